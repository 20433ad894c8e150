"""East Kalimantan on 4 May 2020, as the province told it to the press: the table that this report is made for.

Only four regencies' suket were named, and three sums; what the source does not say is unknown here too.
"""

from datetime import date

from sync.core.report.line import Line
from sync.core.report.province import ProvinceDay, Regency, province_day

DAY = date(2020, 5, 4)
PROVINCE = "Provinsi Kalimantan Timur"
SUKET: dict[str, int | None] = {
    "Kota Samarinda": 10_499,
    "Kota Balikpapan": 23_224,
    "Kota Bontang": None,
    "Kab. Kutai Kartanegara": 53_333,
    "Kab. Kutai Timur": 16_464,
    "Kab. Kutai Barat": None,
    "Kab. Berau": None,
    "Kab. Paser": None,
    "Kab. Penajam Paser Utara": None,
    "Kab. Mahakam Ulu": None,
}
SUMS = {"blanks": 38_310, "suket": 113_046, "printers": 57}
SOURCE = (
    "Angka 4 Mei 2020 menurut keterangan provinsi kepada pers. Sumber menyebut empat kabupaten/kota "
    "dan jumlah provinsi saja; yang tidak disebut ditulis –."
)


def sample() -> ProvinceDay:
    regencies = [
        Regency(name, {DAY: Line(DAY, suket=suket, stock_day=DAY)}) for name, suket in SUKET.items()
    ]
    return province_day(PROVINCE, regencies, DAY, given=SUMS, source=SOURCE)
