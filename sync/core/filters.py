"""Filters for letters, letter numbers and file names: the FILTERS registry, listed in docs/workflow.md.

Safe under autoescape: every filter gives plain text, a date or a list of texts, never markup, so whatever comes out is
escaped again. An empty answer (None) gives an empty text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sync.core.cells import clean_text
from sync.core.dates import add_months, as_day, format_date, read_date, read_time, roman
from sync.core.masking import mask_email, mask_nik, mask_numbers
from sync.core.money import grouped, in_words, read_number, rupiah
from sync.core.nip import format_nip
from sync.core.phones import format_phone, read_phone


@dataclass(frozen=True, slots=True)
class Filter:
    """`example` is how an office writes it, `gives` what then comes out; a test holds the two together."""

    call: Callable[..., object]
    description: str
    english: str
    example: str
    gives: str


def pad(value: object, width: int = 4) -> str:
    """The number with leading zeros."""
    if value is None:
        return ""
    return _plain(value).zfill(min(max(int(width), 0), 20))


def tanggal(value: object, bentuk: str = "") -> str:
    """The date in words; `bentuk` "hari" puts the weekday before it."""
    return "" if value is None else format_date(_day(value), with_day=bentuk == "hari")


def tambah_bulan(value: object, bulan: int = 1) -> date | str:
    """The date so many months later: a date again, for `tanggal`."""
    return "" if value is None else add_months(_day(value), max(-1200, min(int(bulan), 1200)))


def jam(value: object) -> str:
    """The time of day with a dot, as Indonesian has it."""
    if value is None:
        return ""
    moment = value if isinstance(value, time) else read_time(_plain(value))
    return moment.strftime("%H.%M")


def angka(value: object) -> str:
    """The number with dots between thousands and a decimal comma."""
    if value is None:
        return ""
    number = value if isinstance(value, int | Decimal) else read_number(_plain(value))
    return grouped(number)


def romawi(value: object) -> str:
    """The number in Roman numerals."""
    return "" if value is None else roman(_whole(value))


def uang(value: object) -> str:
    """The amount with Rp and dots."""
    return "" if value is None else rupiah(_whole(value))


def terbilang(value: object) -> str:
    """The number in Indonesian words."""
    return "" if value is None else in_words(_whole(value))


def samar(value: object) -> str:
    """A NIK, another number or an email address, masked."""
    if value is None:
        return ""
    text = _plain(value)
    if "@" in text:
        return mask_email(text)
    return mask_nik(text) if text.isdecimal() else mask_numbers(text)


def nip(value: object) -> str:
    """A NIP in its four groups."""
    return "" if value is None else format_nip(_plain(value))


def telepon(value: object) -> str:
    """A phone number as it is dialled."""
    return "" if value is None else format_phone(read_phone(_plain(value)))


def besar(value: object) -> str:
    """Capitals."""
    return "" if value is None else _plain(value).upper()


def baris(value: object, pemisah: str = "") -> list[str] | list[list[str]] | str:
    """The lines that say something, for a loop; each cut into its parts where `pemisah` is given."""
    if value is None:
        return ""
    lines = [line.strip() for line in _plain(value).splitlines() if line.strip()]
    if not pemisah:
        return lines
    return [[part.strip() for part in line.split(pemisah)] for line in lines]


_SMALL = frozenset({"bin", "binti", "van", "der", "den", "von", "dan", "di", "ke", "dari"})
_WRITTEN = (
    "S.H. S.E. S.T. S.Kom. S.Sos. S.Pd. S.Ag. S.IP. S.Si. S.Ked. S.Kep. S.STP. M.H. M.M. M.T. M.Si. M.Kom. "
    "M.Pd. M.AP. M.Kes. A.Md. Ph.D. Drs. Dra. Ir. H. Hj. dr. drg. Prof. Dr. RT RW KTP KK"
)
_TITLES = {title.lower(): title for title in _WRITTEN.split()}
_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})", re.IGNORECASE)


def judul(value: object) -> str:
    """A name typed in capitals or small letters, as it is written politely; a mixed one stays as it is."""
    if value is None:
        return ""
    text = _plain(value)
    if text != text.upper() and text != text.lower():
        return text
    return " ".join(_word(word, first=place == 0) for place, word in enumerate(text.split()))


def _word(word: str, *, first: bool) -> str:
    bare, comma = (word[:-1], ",") if word.endswith(",") else (word, "")
    lower = bare.lower()
    # "dr." is a physician, "Dr." a doctorate: typed in capitals the two can't be told apart.
    if lower == "dr." and bare.isupper():
        return "Dr." + comma
    for known in (lower, lower + "."):
        if known in _TITLES and ("." in bare or "." not in _TITLES[known]):
            return _TITLES[known].removesuffix("" if bare.endswith(".") else ".") + comma
    if lower in _SMALL and not first:
        return word.lower()
    if _ROMAN.fullmatch(bare):
        return word.upper()
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))


def _plain(value: object) -> str:
    # str() also makes plain text of markup: what was escaped is then escaped once more, never less.
    return clean_text("".join(str(value)), lines=True)


def _day(value: object) -> date:
    return as_day(value) if isinstance(value, date | datetime) else read_date(_plain(value))


def _whole(value: object) -> int:
    if isinstance(value, int):
        return int(value)
    return int(_plain(value))


FILTERS: dict[str, Filter] = {
    "pad": Filter(
        pad,
        "Nol di depan sampai sekian angka.",
        "Leading zeros up to that many digits.",
        "{{ 123|pad(4) }}",
        "0123",
    ),
    "tanggal": Filter(
        tanggal,
        'Tanggal dengan nama bulan; tanggal("hari") dengan nama hari.',
        "A date with the month's name; with the weekday on request.",
        "{{ '2026-11-24'|tanggal }}",
        "24 November 2026",
    ),
    "tambah_bulan": Filter(
        tambah_bulan,
        "Tanggal sekian bulan kemudian.",
        "The date so many months later.",
        "{{ '2026-11-24'|tambah_bulan(6)|tanggal }}",
        "24 Mei 2027",
    ),
    "jam": Filter(jam, "Jam dan menit.", "A time of day.", "{{ '13:30'|jam }}", "13.30"),
    "angka": Filter(
        angka,
        "Angka dengan titik ribuan dan koma.",
        "A number with dots between thousands and a decimal comma.",
        "{{ '12500,5'|angka }}",
        "12.500,5",
    ),
    "romawi": Filter(romawi, "Angka Romawi.", "Roman numerals.", "{{ 11|romawi }}", "XI"),
    "rupiah": Filter(
        uang,
        "Jumlah uang dengan Rp dan titik.",
        "An amount with Rp and dots.",
        "{{ 1500000|rupiah }}",
        "Rp1.500.000",
    ),
    "terbilang": Filter(
        terbilang,
        "Angka dalam kata-kata.",
        "A number in words.",
        "{{ 1500|terbilang }}",
        "seribu lima ratus",
    ),
    "samar": Filter(
        samar,
        "NIK, nomor lain, atau email yang disamarkan.",
        "A masked NIK, number or email address.",
        "{{ '6472010101900001'|samar }}",
        "6472********0001",
    ),
    "judul": Filter(
        judul,
        "Nama dengan huruf besar di awal kata; gelar dan bin/binti ditulis lazim.",
        "A name in title case; degrees and particles as is usual.",
        "{{ 'CITRA BINTI AHMAD'|judul }}",
        "Citra binti Ahmad",
    ),
    "nip": Filter(
        nip,
        "NIP dalam empat kelompok.",
        "A NIP in its four groups.",
        "{{ '198001012005011001'|nip }}",
        "19800101 200501 1 001",
    ),
    "telepon": Filter(
        telepon,
        "Nomor telepon seperti diputar.",
        "A phone number as it is dialled.",
        "{{ '+6281234567890'|telepon }}",
        "0812-3456-7890",
    ),
    "baris": Filter(
        baris,
        'Daftar baris dari isian paragraph; baris(";") memisahkan setiap baris di tanda itu.',
        "The lines of a paragraph, as a list; each cut at a sign where one is given.",
        r"{{ 'Citra\nBudi'|baris|last }}",
        "Budi",
    ),
    "besar": Filter(besar, "Huruf besar semua.", "Capitals.", "{{ 'Citra'|besar }}", "CITRA"),
}
