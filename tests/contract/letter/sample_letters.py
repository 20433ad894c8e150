"""The eight letters that Loket comes with, each with its shortest, its usual and its longest answers."""

from collections.abc import Mapping
from datetime import date

from sync.letter.order import LetterOrder
from tests.unit.letter.orders import NUMBER, OFFICE

REFERENCE = "SKD-26-0004F7"
LINK = f"HTTPS://PERIKSA.CONTOH.GO.ID/#{'V1A2B3C4D5E6' * 20}"

_PERSON = ("nama", "nik", "tempat_lahir", "lahir", "jenis_kelamin", "alamat")
_NOTICE = ("nama", "catatan", "masalah")
PRINTED: Mapping[str, tuple[str, ...]] = {
    "domisili": (*_PERSON, "agama", "pekerjaan", "domisili", "sejak", "keperluan"),
    "belum-menikah": (*_PERSON, "kk", "agama", "pekerjaan", "keperluan"),
    "suket-ktp": (*_PERSON, "kk", "agama", "pekerjaan", "alasan", "rekam", "keperluan"),
    "pindah": (
        *(*_PERSON, "kk", "pekerjaan", "tujuan"),
        *("jenis_pindah", "alasan", "tanggal_pindah", "anggota"),
    ),
    "pengantar-rekam": (*_PERSON, "kk", "keterangan", "tempat_rekam", "tanggal_rekam"),
    "tanda-terima": _NOTICE,
    "perbaikan": _NOTICE,
    "penolakan": _NOTICE,
}
"""Letter → the answers that it must show; it is given no others."""

NOTICES = ("tanda-terima", "perbaikan", "penolakan")
LETTERS = tuple(PRINTED)
SIZES = ("short", "usual", "longest")

_TITLES = {
    "domisili": "Surat Keterangan Domisili",
    "belum-menikah": "Surat Keterangan Belum Menikah",
    "suket-ktp": "Surat Keterangan Pengganti KTP-el",
    "pindah": "Surat Keterangan Pindah",
    "pengantar-rekam": "Surat Pengantar Perekaman KTP-el",
}
_OFFICES = {
    "short": {
        **dict.fromkeys(OFFICE, ""),
        "name": "Dinas Dukcapil",
        "government": "Pemerintah Kota X",
        "city": "X",
        "head": {"title": "Kepala Dinas", "name": "Ani", "rank": "", "nip": ""},
    },
    "usual": OFFICE,
    "longest": {
        **OFFICE,
        "name": "Dinas Kependudukan, Pencatatan Sipil, Pemberdayaan Perempuan, dan Perlindungan Anak",
        "government": "Pemerintah Kabupaten Contoh Kepulauan Bagian Timur Laut",
        "address": "Kompleks Perkantoran Pemerintah Daerah Gedung C Lantai 2, Jalan Jenderal Sudirman Nomor 1234",
        "city": "Tanjung Contoh Selatan",
        "head": {
            "title": "Plt. Kepala Dinas Kependudukan, Pencatatan Sipil, Pemberdayaan Perempuan, dan Perlindungan Anak",
            "name": "Prof. Dr. Ir. H. Raden Mas Muhammad Abdurrahman Kusumawardhana, S.H., M.Si., Ph.D.",
            "rank": "Pembina Utama Muda",
            "nip": "197003121995032002",
        },
    },
}
_ONE_WORD = (
    "Abdurrahmankusumaningratwidyastutipurwaningsihlestarisuryadiningratpangestuwijay"  # 80 letters
)
_LONG_ADDRESS = (
    "Perumahan Griya Contoh Permai Tahap Kedua Blok ZZ Nomor 1234, Jalan Letnan Jenderal Raden Suprapto Gang "
    "Melati Putih, RT 012/RW 034, Dusun Sumber Makmur, Kelurahan Contoh Kepulauan Bagian Timur Laut, Kecamatan "
    "Tanjung Contoh Selatan, Kabupaten Contoh, Provinsi Kalimantan Contoh 75599, di belakang masjid raya"
)  # 300 letters
_RELIGION = "Kepercayaan terhadap Tuhan YME"
_ANSWERS: Mapping[str, dict[str, object]] = {
    "short": {
        "nama": "Ani",
        "tempat_lahir": "Aceh",
        "jenis_kelamin": "Perempuan",
        "agama": "Islam",
        "pekerjaan": "-",
        "alamat": "Buntok",
        "domisili": "Sampit",
        "tujuan": "Sampit",
        "keperluan": "Kerja",
        "rekam": None,
        "anggota": None,
        "tempat_rekam": "UPT 1",
        "catatan": "",
        "masalah": [],
    },
    "usual": {
        "nama": "Citra Ayu Lestari",
        "tempat_lahir": "Samarinda",
        "jenis_kelamin": "Perempuan",
        "agama": "Islam",
        "pekerjaan": "Karyawan swasta",
        "alamat": "Jalan Kenanga Nomor 7, RT 004/RW 002, Kelurahan Melayu, Kecamatan Contoh",
        "domisili": "Jalan Anggrek Nomor 9, RT 001/RW 003, Kelurahan Timbau, Kecamatan Contoh",
        "tujuan": "Jalan Veteran Nomor 21, RT 011, Kelurahan Damai, Kecamatan Kota, Kota Contoh",
        "keperluan": "Melamar pekerjaan",
        "rekam": date(2026, 10, 2),
        "anggota": "Budi Santoso; 6402051107950003; suami\nDewi Santoso; 6402056509210002; anak",
        "tempat_rekam": "Kantor Kecamatan Contoh",
        "catatan": "Foto KTP tidak terbaca. Mohon diunggah kembali dengan cahaya yang cukup.",
        "masalah": [
            "NIK terdiri atas 16 angka; yang terisi 15.",
            "Tanggal mulai tinggal tidak boleh setelah hari ini.",
        ],
    },
    "longest": {
        "nama": _ONE_WORD,
        "tempat_lahir": "Kecamatan Tanjung Contoh Selatan, Kabupaten Contoh Kepulauan",
        "jenis_kelamin": "Laki-laki",
        "agama": _RELIGION,
        "pekerjaan": "Pegawai pemerintah dengan perjanjian kerja di kantor kelurah",
        "alamat": _LONG_ADDRESS,
        "domisili": _LONG_ADDRESS.replace("Griya", "Graha"),
        "tujuan": _LONG_ADDRESS.replace("Griya", "Wisma"),
        "keperluan": "Melengkapi persyaratan pengajuan kredit pemilikan rumah pertama pada bank daerah serta pendaftaran "
        "anak di sekolah dasar negeri yang terdekat dari rumah",
        "rekam": date(2026, 10, 22),
        "anggota": "\n".join(
            f"{'Raden Ajeng Kusumaningrum Widyastuti binti Abdurrahman' if n % 7 == 3 else 'Putra Lestari'} {n}; "
            f"64020511079500{n:02}; {'keponakan' if n % 5 else 'orang tua dari pemohon'}"
            for n in range(1, 31)
        ),
        "tempat_rekam": "Unit Pelaksana Teknis Dinas Kependudukan Wilayah Tanjung Contoh Selatan",
        "catatan": "Mohon dilengkapi.\nLampiran pertama tidak terbaca, dan lampiran kedua milik orang lain. "
        * 6,
        "masalah": [
            f"Jawaban nomor {n} belum sesuai dengan ketentuan; mohon diisi kembali sebagaimana tertulis pada Kartu Keluarga."
            for n in range(1, 26)
        ],
    },
}
_OF_ALL: dict[str, object] = {
    "nik": "6402055203980001",
    "kk": "6402051203150007",
    "lahir": date(1998, 3, 12),
    "sejak": date(2024, 1, 5),
    "tanggal_pindah": date(2026, 9, 28),
    "tanggal_rekam": date(2026, 9, 7),
    "alasan": "Pekerjaan",
    "jenis_pindah": "Antarkabupaten/kota dalam satu provinsi",
    "keterangan": "Perekaman pertama",
}


def letter_order(letter: str, size: str, *, link: str = "") -> LetterOrder:
    """`size` is one of SIZES; with a `link` the letter can be verified.

    A notice knows nothing of the workflow's fields, and its number is the reference.
    """
    answers = _OF_ALL | _ANSWERS[size]
    title = _TITLES.get(letter, "Surat Keterangan Domisili")
    number = REFERENCE if letter in NOTICES else NUMBER
    context: dict[str, object] = {name: answers[name] for name in PRINTED[letter]}
    if letter == "suket-ktp":
        context["alasan"] = "KTP-el baru"
    context |= {
        "nomor": number,
        "referensi": REFERENCE,
        "tanggal_surat": date(2026, 8, 31),
        "kantor": _OFFICES[size],
        "judul_layanan": title,
    }
    if letter not in NOTICES:
        context["berlaku_sampai"] = date(2027, 2, 28) if letter == "suket-ktp" else None
        context["verifikasi"] = {"tautan": link, "alamat": "surat.contoh.go.id"} if link else None
    return LetterOrder(
        template=f"letters/{letter}.html",
        context=context,
        title=f"{title} {number}",
        must_contain=(str(context["nama"]), number),
    )
