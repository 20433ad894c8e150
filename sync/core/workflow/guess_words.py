"""The words of Indonesian form headers: what each says about an answer. Data for guess.py, extended freely.

A header is looked up without its hints, so an entry here must be certain by itself: what might be two things is not in it.
"""

import re

KNOWN: dict[str, tuple[str, str]] = {
    "nama": ("nama", "text"),
    "nama lengkap": ("nama", "text"),
    "nik": ("nik", "nik"),
    "no nik": ("nik", "nik"),
    "nomor nik": ("nik", "nik"),
    "nik ktp": ("nik", "nik"),
    "no ktp": ("nik", "nik"),
    "nomor ktp": ("nik", "nik"),
    "nomor induk kependudukan": ("nik", "nik"),
    "nomor induk kependudukan nik": ("nik", "nik"),
    "no kk": ("kk", "kk"),
    "nomor kk": ("kk", "kk"),
    "no kartu keluarga": ("kk", "kk"),
    "nomor kartu keluarga": ("kk", "kk"),
    "nomor kartu keluarga kk": ("kk", "kk"),
    "nomor kk kartu keluarga": ("kk", "kk"),
    "nip": ("nip", "nip"),
    "nomor induk pegawai": ("nip", "nip"),
    "email": ("email", "email"),
    "e mail": ("email", "email"),
    "surel": ("email", "email"),
    "alamat email": ("email", "email"),
    "alamat e mail": ("email", "email"),
    "alamat surel": ("email", "email"),
    "email address": ("email", "email"),
    "tempat lahir": ("tempat_lahir", "text"),
    "kota lahir": ("tempat_lahir", "text"),
    "tanggal lahir": ("lahir", "date"),
    "jenis kelamin": ("jenis_kelamin", "text"),
    "agama": ("agama", "text"),
    "pekerjaan": ("pekerjaan", "text"),
    "alamat": ("alamat", "text"),
    "alamat lengkap": ("alamat", "text"),
    "alamat domisili": ("domisili", "text"),
    "alamat tempat tinggal sekarang": ("domisili", "text"),
    "keperluan": ("keperluan", "text"),
    "keperluan surat": ("keperluan", "text"),
    "status perkawinan": ("status", "text"),
    "status pernikahan": ("status", "text"),
    "kewarganegaraan": ("kewarganegaraan", "text"),
}
"""Headers without hints → a field's name and type."""

LONGEST = {
    "nama": 100,
    "tempat_lahir": 60,
    "pekerjaan": 60,
    "alamat": 300,
    "domisili": 300,
    "keperluan": 150,
}
"""Characters, as in the workflows that Loket comes with."""

MOBILE = frozenset({"wa", "whatsapp", "hp", "handphone", "ponsel", "seluler"})
NUMBER = frozenset({"nomor", "no"})
PHONE = MOBILE | NUMBER | {"telepon", "telp", "tlp"}
"""A header of these words alone, at least one of MOBILE among them, asks for a mobile number."""

ROLES = {
    "ayah": "ayah",
    "bapak": "ayah",
    "ibu": "ibu",
    "anak": "anak",
    "bayi": "bayi",
    "suami": "suami",
    "istri": "istri",
    "isteri": "istri",
    "pasangan": "pasangan",
    "pelapor": "pelapor",
    "saksi": "saksi",
    "almarhum": "almarhum",
    "jenazah": "jenazah",
    "wali": "wali",
    "kuasa": "kuasa",
    "kepala keluarga": "kepala_keluarga",
    "ahli waris": "ahli_waris",
    "orang tua": "orang_tua",
}
"""Of whom an answer speaks, when not of the applicant → the end of the field's name."""

OF_APPLICANT = frozenset({"pemohon", "anda", "saudara", "yang bersangkutan", "pendaftar"})

HINTS = (
    r"\d+ (?:digit|angka|huruf|karakter)",
    r"(?:yang )?(?:masih |sedang )?aktif",
    r"(?:yang )?(?:sesuai|menurut|berdasarkan|seperti|tertera|tertulis|tercantum)"
    r"(?: dengan| di| pada| dalam| yang)*(?: (?:e ktp|ktp el|ktp|kk|kartu keluarga|akta kelahiran|akta|akte|ijazah|identitas|dokumen))"
    r"(?: (?:dan |atau )?(?:ktp el|ktp|kk|kartu keluarga|akta|ijazah))?",
    r"(?:wajib|harap|mohon) di ?isi(?: dengan benar| lengkap)?",
    r"(?:huruf kapital|huruf besar|tanpa spasi|tanpa gelar|tanpa singkatan|dengan benar)",
    r"(?:contoh|misal|misalnya)\b.*",
    r"(?:hh|dd|tgl) (?:bb|mm|bln) (?:tttt|yyyy|thn)",
    r"wajib",
)
"""Patterns of words that say how to answer and not what is asked."""

OPTIONAL = re.compile(
    r"\b(?:opsional|optional|tidak wajib|boleh (?:di ?)?kosong(?:kan)?"
    r"|(?:jika|bila|kalau|apabila) (?:ada|memiliki|punya|diperlukan|perlu)|kosongkan (?:jika|bila).*)"
)

ABBREVIATIONS = {"tgl": "tanggal", "tgl.": "tanggal", "no.": "no", "nmr": "nomor", "jml": "jumlah"}

NOT_ONE_DATE = frozenset(
    {
        "tempat",
        "dan",
        "jam",
        "waktu",
        "pukul",
        "hari",
        "nomor",
        "no",
        "atau",
        "sampai",
        "s",
        "hingga",
        "umur",
        "usia",
        "pilih",
        "pilihan",
        "dipilih",
    }
)
"""With one of these, what begins as a date asks for more than one day, or for something besides."""

NOT_ONE_NUMBER = frozenset({"dan", "atau", "nama", "terbilang", "rincian", "beserta", "per"})
MONEY = frozenset({"rp", "rupiah", "uang"})
UPLOADS = frozenset({"upload", "unggah", "foto", "swafoto", "selfie", "scan"})
LONG_ANSWERS = frozenset({"kronologi", "uraian"})
LITTLE = frozenset(
    {"yang", "di", "ke", "dari", "dan", "atau", "untuk", "pada", "dengan", "apakah", "ini", "itu"}
)
GENERAL = frozenset(
    {
        "formulir",
        "form",
        "google",
        "permohonan",
        "pengajuan",
        "pendaftaran",
        "pelayanan",
        "layanan",
        "online",
        "daring",
    }
)
"""Words of a title that name no service."""
