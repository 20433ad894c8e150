"""The applicants of the demonstration: invented people of Kutai Kartanegara, as plain facts.

Nobody here exists: mail domains are the reserved ones, serials of the NIKs are made up. What they apply for, and
what the officer makes of it, is demo_samples.py's affair.
"""

from dataclasses import dataclass
from datetime import date

DISTRICTS = {
    "Muara Muntai": "01", "Loa Kulu": "02", "Loa Janan": "03", "Anggana": "04", "Muara Badak": "05",
    "Tenggarong": "06", "Sebulu": "07", "Kota Bangun": "08", "Kenohan": "09", "Kembang Janggut": "10",
    "Muara Kaman": "11", "Tabang": "12", "Samboja": "13", "Muara Jawa": "14", "Sanga-Sanga": "15",
    "Tenggarong Seberang": "16", "Marang Kayu": "17", "Muara Wis": "18",
}  # fmt: skip
REGENCY = "6402"


@dataclass(frozen=True, slots=True)
class Person:
    """`serial` are the NIK's last digits; `phone` and `mail` are as the person types them."""

    key: str
    name: str
    sex: str  # "L" or "P"
    birth_place: str
    born: date
    district: str
    street: str
    religion: str
    job: str
    phone: str
    mail: str
    serial: int = 1

    @property
    def nik(self) -> str:
        day = self.born.day + (40 if self.sex == "P" else 0)
        return f"{REGENCY}{DISTRICTS[self.district]}{day:02d}{self.born:%m%y}{self.serial:04d}"

    @property
    def family_card(self) -> str:
        """A KK number: the day its data were entered, without the +40 of a NIK."""
        return f"{REGENCY}{DISTRICTS[self.district]}{self.born:%d%m}14{self.serial:04d}"

    @property
    def address(self) -> str:
        return f"{self.street}, Kec. {self.district}, Kab. Kutai Kartanegara"


def _person(line: str) -> Person:
    key, name, sex, place, born, district, street, religion, job, phone, mail, serial = (
        part.strip() for part in line.split("|")
    )
    return Person(
        key, name, sex, place, date.fromisoformat(born), district, street, religion, job, phone, mail, int(serial)
    )  # fmt: skip


# key | name | sex | born where | when | district | street | religion | job | phone | mail | serial
_TABLE = """
citra | Citra Ayu Lestari | P | Tenggarong | 1994-03-12 | Tenggarong | Jl. K.H. Ahmad Muksin No. 27 RT 09, Kel. Timbau | Islam | Guru | 0812-5501-2301 | citra.lestari@example.com | 3
doni | Doni Setiawan | L | Samarinda | 1990-07-21 | Tenggarong | Jl. Danau Semayang No. 4 RT 03, Kel. Melayu | Islam | Karyawan Swasta | 081255012302 | doni.setiawan@example.com | 1
noorhayati | Siti Noorhayati | P | Loa Kulu | 1987-11-02 | Loa Kulu | Jl. Gerbang Dayaku RT 12, Desa Loa Kulu Kota | Islam | Mengurus Rumah Tangga | +62 812 5501 2303 | noorhayati@example.org | 2
aji | Aji Muhammad Rizky | L | Tenggarong | 1999-01-30 | Tenggarong | Jl. Diponegoro Gg. Masjid No. 8 RT 15, Kel. Panji | Islam | Mahasiswa | 0812 5501 2304 | aji.rizky@example.net | 1
awang | Awang Faisal Ramadhan | L | Kota Bangun | 1985-06-17 | Kota Bangun | Jl. Pangeran Sinum RT 02, Desa Kota Bangun Ulu | Islam | Nelayan | 6281255012305 | awang.faisal@example.com | 4
encek | Encek Nurul Hidayah | P | Muara Kaman | 1992-09-08 | Muara Kaman | Jl. Mulawarman RT 05, Desa Muara Kaman Ulu | Islam | Bidan | 0812.5501.2306 | encek.nurul@example.org | 1
baco | Andi Baco Daeng Rewa | L | Bone | 1978-04-25 | Samboja | Jl. Balikpapan–Handil II Km 38 RT 07, Kel. Handil Baru | Islam | Petani Tambak | 081255012307 | andi.baco@example.com | 2
tenri | Andi Tenri Ajeng | P | Sengkang | 1996-12-19 | Muara Jawa | Jl. Ir. Soekarno RT 21, Kel. Muara Jawa Ulu | Islam | Wiraswasta | 62-812-5501-2308 | tenri.ajeng@example.net | 1
slamet | Slamet Widodo | L | Blitar | 1972-08-05 | Tenggarong Seberang | Blok C No. 14 RT 06, Desa Bangun Rejo (L3) | Islam | Petani | 0812 5501-2309 | slamet.widodo@example.com | 5
sumarni | Sri Sumarni | P | Kediri | 1976-02-14 | Sebulu | Jl. Poros Sebulu SP 2 RT 11, Desa Sumber Sari | Islam | Pedagang | 081255012310 | sumarni@example.org | 1
yohanes | Yohanes Lahang | L | Tabang | 1989-05-11 | Tabang | Jl. Lamin Adat RT 01, Desa Umaq Tukung | Katolik | Guru Honorer | +6281255012311 | yohanes.lahang@example.com | 1
marta | Marta Bulan Ipui | P | Tabang | 1997-10-23 | Tabang | RT 03, Desa Umaq Dian | Kristen | Perawat | 0812-5501-2312 | marta.ipui@example.net | 2
liong | Liong Kian Hok | L | Tenggarong | 1968-01-09 | Tenggarong | Jl. Jenderal Sudirman No. 101 RT 01, Kel. Melayu | Buddha | Pedagang | 0811 5501 2313 | liong.kianhok@example.com | 3
meilani | Tan Mei Lani | P | Samarinda | 1995-06-30 | Loa Janan | Jl. Gerbang Dayaku Km 3 RT 18, Desa Loa Janan Ulu | Khonghucu | Akuntan | 081255012314 | mei.lani@example.org | 1
hairul | Hairul Anwar | L | Amuntai | 1983-03-28 | Anggana | Jl. Niaga RT 04, Desa Sungai Meriam | Islam | Nelayan | 0812 5501 2315 | hairul.anwar@example.com | 2
rusmini | Rusmini | P | Banjarmasin | 1979-07-07 | Muara Muntai | Jl. Titian Ulin RT 08, Desa Muara Muntai Ilir | Islam | Penjahit | 081255012316 | rusmini@example.net | 1
gusti | Gusti Rahmat Hidayat | L | Martapura | 1991-09-16 | Loa Kulu | Perum Loa Ipuh Darat Blok D2 RT 20, Desa Jembayan | Islam | Karyawan Swasta | +62 812-5501-2317 | gusti.rahmat@example.com | 1
norlaila | Norlaila | P | Kandangan | 2001-04-04 | Tenggarong | Jl. Maduningrat No. 33 RT 13, Kel. Sukarame | Islam | Mahasiswa | 0812 5501 2318 | norlaila@example.org | 2
petrus | Petrus Ding Lejau | L | Kembang Janggut | 1993-12-25 | Kembang Janggut | RT 02, Desa Long Beleh Modang | Katolik | Karyawan Kebun | 081255012319 | petrus.ding@example.com | 1
ernawati | Ernawati Uluk | P | Kembang Janggut | 1988-08-18 | Kembang Janggut | RT 05, Desa Hambau | Kristen | Mengurus Rumah Tangga | 081255012320 | ernawati@example.net | 3
mappa | Mappanyompa | L | Pinrang | 1965-05-20 | Muara Badak | Jl. Pelabuhan RT 10, Desa Muara Badak Ilir | Islam | Petani Tambak | 0812/5501/2321 | mappa@example.com | 1
fitri | Fitriani Syamsuddin | P | Bontang | 1998-02-27 | Marang Kayu | Jl. Poros Bontang Km 24 RT 06, Desa Sebuntal | Islam | Apoteker | 081255012322 | fitriani@example.org | 1
bagus | Bagus Tri Prasetyo | L | Malang | 1986-10-10 | Sanga-Sanga | Jl. Pertamina No. 5 RT 04, Kel. Jawa | Islam | Teknisi | +62(812)55012323 | bagus.tri@example.com | 6
wayan | Ni Wayan Sukerti | P | Tenggarong Seberang | 1990-11-11 | Tenggarong Seberang | Banjar Kerta Buana RT 09, Desa Kerta Buana | Hindu | Petani | 0812 5501 2324 | wayan.sukerti@example.net | 1
komang | I Komang Adi Saputra | L | Tenggarong Seberang | 2000-06-06 | Tenggarong Seberang | RT 12, Desa Kerta Buana (L4) | Hindu | Karyawan Tambang | 081255012325 | komang.adi@example.com | 1
irwan | Irwansyah | L | Kenohan | 1981-01-17 | Kenohan | RT 03, Desa Kahala | Islam | Nelayan | 0812-5501-2326 | irwansyah@example.org | 2
halimah | Halimatus Sa'diyah | P | Muara Wis | 1994-07-15 | Muara Wis | RT 01, Desa Melintang | Islam | Pengrajin | 081255012327 | halimah@example.com | 1
tumenggung | Adji Raden Tumenggung Mas Kertanegara Notonegoro Surya Winata Kusuma Wardhana bin Aji Batara Agung | L | Tenggarong | 1970-12-01 | Tenggarong | Jl. Monumen Timur No. 1 RT 02, Kel. Panji | Islam | Pegawai Negeri Sipil | 081255012328 | tumenggung@example.net | 7
obrien | Maria O'Brien-Lejo | P | Balikpapan | 1992-05-05 | Samboja | Perum "Griya Asri" Blok A No. 3 RT 30, Kel. Sungai Seluang | Katolik | Konsultan | +62 812 5501 2329 | maria.obrien@example.com | 1
rudi | Rudi Hartono | L | Balikpapan | 1984-04-14 | Loa Janan | Jl. Soekarno-Hatta Km 8 RT 22, Desa Batuah | Islam | Sopir | 081255012330 | rudi.hartono@example.org | 3
yuli | Yuliana Palembangan | P | Toraja | 1989-09-29 | Muara Jawa | Jl. Delima RT 14, Kel. Dondang | Kristen | Guru | 081255012331 | yuliana@example.com | 2
syahrul | Syahrul Gunawan | L | Sebulu | 1995-03-03 | Sebulu | Jl. Poros Sebulu RT 07, Desa Sebulu Modern | Islam | Wiraswasta | 0812 5501 2332 | syahrul@example.net | 1
jamilah | Jamilah | P | Barabai | 1974-06-21 | Anggana | Jl. Masjid RT 06, Desa Anggana | Islam | Pedagang | 081255012333 | jamilah@example.com | 1
dedi | Dedi Kurniawan | L | Tenggarong | 1997-08-29 | Tenggarong | Jl. Gunung Belah No. 61 RT 39, Kel. Loa Ipuh | Islam | Karyawan Swasta | 0812-55012334 | dedi.kurniawan@example.org | 4
lidya | Lidya Natalia Simanjuntak | P | Medan | 1991-12-24 | Tenggarong | Jl. Pesut No. 19 RT 24, Kel. Timbau | Kristen | Dokter | 081255012335 | lidya.natalia@example.com | 1
usman | Muhammad Usman | L | Muara Kaman | 1982-02-02 | Muara Kaman | RT 02, Desa Bunga Jadi (SP 6) | Islam | Petani | 0812 5501 2336 | m.usman@example.net | 2
ratih | Ratih Puspitasari | P | Yogyakarta | 1993-01-13 | Tenggarong Seberang | RT 04, Desa Manunggal Jaya (L2) | Islam | Bidan | 081255012337 | ratih@example.com | 1
kristian | Kristian Hibau | L | Tabang | 1996-04-17 | Kota Bangun | RT 08, Desa Kedang Ipil | Kristen | Petani | +62-812-5501-2338 | kristian.hibau@example.org | 1
aminah | Hj. Siti Aminah | P | Negara | 1959-10-05 | Muara Muntai | Jl. Jembatan Kayu RT 03, Desa Pulau Harapan | Islam | Pedagang | 0812 5501 2339 | aminah@example.com | 1
joko | Joko Santoso | L | Ponorogo | 1980-07-19 | Samboja | RT 16, Desa Bukit Raya | Islam | Petani | 081255012340 | joko.santoso@example.net | 8
nuraini | Nur'aini | P | Loa Kulu | 2002-05-31 | Loa Kulu | Jl. Wiraguna RT 02, Desa Ponoragan | Islam | Mahasiswa | 081255012341 | nuraini@example.com | 2
heri | Heriansyah | L | Tenggarong | 1998-09-14 | Tenggarong | Jl. Kartini No. 12 RT 10, Kel. Maluhu | Islam | Barista | 0812.5501.2342 | heriansyah@example.org | 1
veronika | Veronika Asung | P | Kembang Janggut | 1999-11-27 | Kembang Janggut | RT 01, Desa Muai | Katolik | Mahasiswa | 081255012343 | veronika@example.com | 1
budi | Budi Hermanto Halim | L | Samarinda | 1977-03-08 | Loa Janan | Jl. A. Wahab Syahranie RT 05, Desa Purwajaya | Buddha | Wiraswasta | 0812 5501 2344 | budi.halim@example.net | 1
reza | Reza Pahlevi | L | Muara Badak | 2000-01-22 | Muara Badak | Jl. Toko Lima RT 17, Desa Gas Alam | Islam | Operator | 081255012345 | reza.pahlevi@example.com | 2
salmah | Salmah binti Ahmad | P | Marang Kayu | 1986-06-09 | Marang Kayu | RT 09, Desa Santan Ulu | Islam | Mengurus Rumah Tangga | 0812 5501 2346 | salmah@example.org | 1
putri | Putri Kinanti | P | Tenggarong | 2010-06-15 | Tenggarong | Jl. Cut Nyak Dien No. 2 RT 05, Kel. Melayu | Islam | Pelajar | 081255012347 | putri.kinanti@example.com | 1
"""

PEOPLE: dict[str, Person] = {
    person.key: person for person in (_person(line) for line in _TABLE.strip().splitlines())
}
