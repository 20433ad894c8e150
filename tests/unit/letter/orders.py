"""Citra's orders, and the text of what comes out."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2

from sync.letter.order import LetterOrder

OURS = Path(__file__).resolve().parents[3] / "templates"
NUMBER = "470/0123/DKPS/XI/2026"
OFFICE = {
    "name": "Dinas Kependudukan dan Pencatatan Sipil",
    "government": "Pemerintah Kabupaten Contoh",
    "unit": "DKPS",
    "address": "Jalan Melati Nomor 1",
    "city": "Kota Contoh",
    "phone": "(0541) 123 456",
    "email": "dukcapil@contoh.go.id",
    "emblem": "",
    "head": {
        "title": "Kepala Dinas",
        "name": "Dra. Ratna Wulandari, M.Si.",
        "rank": "Pembina Utama Muda",
        "nip": "197003121995032002",
    },
}
ANSWERS = {
    "nama": "Citra Ayu Lestari",
    "nik": "6402055203980001",
    "kk": "6402051203150007",
    "tempat_lahir": "Samarinda",
    "lahir": date(1998, 3, 12),
    "jenis_kelamin": "Perempuan",
    "agama": "Islam",
    "pekerjaan": "Karyawan swasta",
    "alamat": "Jalan Kenanga Nomor 7, RT 004/RW 002",
    "domisili": "Jalan Anggrek Nomor 9, RT 001/RW 003",
    "sejak": date(2024, 1, 5),
    "status": "Belum Kawin",
    "alasan": "KTP-el baru",
    "rekam": date(2026, 10, 2),
    "keperluan": "Melamar pekerjaan",
    "nomor": NUMBER,
    "referensi": "SKD-26-0004F7",
    "tanggal_surat": date(2026, 8, 31),
    "berlaku_sampai": date(2027, 2, 28),
    "verifikasi": None,
    "kantor": OFFICE,
    "judul_layanan": "Surat Keterangan Domisili",
}
CITRA = LetterOrder(
    template="letters/domisili.html",
    context=ANSWERS,
    title=f"Surat Keterangan Domisili {NUMBER}",
    must_contain=("Citra Ayu Lestari", NUMBER),
)

HEAD = """<!DOCTYPE html><html lang="id"><head><style>
@font-face { font-family: "Liberation Serif"; src: url("letters/fonts/LiberationSerif-Regular.ttf"); }
body { font-family: "Liberation Serif"; }
</style></head>"""


def order(template: str = CITRA.template, **answers: object) -> LetterOrder:
    """Citra's order with some answers changed; the name and number must be readable as ever."""
    context = {**ANSWERS, **answers}
    return replace(
        CITRA,
        template=template,
        context=context,
        must_contain=(str(context["nama"]), NUMBER),
    )


def text_of(pdf: bytes) -> str:
    """The text on the paper, in one line. The reader has signs of its own for a hyphen at a line's end."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_bounded())
            text.close()
            page.close()
        together = " ".join(pages).replace("\ufffe", "-").replace("\x02", "-")
        return " ".join(together.split())
    finally:
        document.close()


def soon(true: Callable[[], object], within_s: float = 10) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False
