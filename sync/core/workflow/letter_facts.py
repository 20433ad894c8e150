"""What every letter's template knows besides the workflow's fields; worker/letters.py gives them."""

LETTER_FACTS = (
    "nama",
    "nomor",
    "referensi",
    "tanggal_surat",
    "berlaku_sampai",
    "kantor",
    "judul_layanan",
    "verifikasi",
)
