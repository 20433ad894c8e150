"""The family card's number (KK): 16 digits, area, date of data entry (without the NIK's +40), serial."""

from sync.core.cells import digits_of
from sync.core.desk import Cell
from sync.core.nik import PROVINCES, possible_date
from sync.core.refused import Refused


def read_family_card(cell: Cell) -> str:
    """The 16 digits. Raises Refused with every reason."""
    digits = digits_of(cell, 16)
    reasons = []
    if digits[:2] not in PROVINCES:
        reasons.append("dua angka pertama bukan kode provinsi; periksa lagi di Kartu Keluarga.")
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    if not possible_date(day, month, year):
        hint = " Mungkin ini NIK?" if possible_date(day - 40, month, year) else ""
        reasons.append(
            "angka ke-7 sampai ke-12 bukan tanggal; isi nomor di bagian atas Kartu Keluarga." + hint
        )
    if digits.endswith("0000"):
        reasons.append("empat angka terakhir tidak mungkin 0000; periksa lagi di Kartu Keluarga.")
    if reasons:
        raise Refused(*reasons)
    return digits
