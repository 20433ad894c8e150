"""The one registry of field types: how the answer to a question is read, limited, and shown as a sample.

`TYPES` is what workflow files, the docs and `loket.py check --types` list. A new type costs one entry here. The
meaning of each number or date lives in a module of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from sync.core import samples
from sync.core.cells import cell_text, clean_text, printable_text
from sync.core.dates import format_date, read_date, read_time
from sync.core.desk import Cell
from sync.core.emails import read_email
from sync.core.family_card import read_family_card
from sync.core.limits import FILES_MAX, PARAGRAPH_MAX, TEXT_MAX, count
from sync.core.money import grouped, read_money, read_number, rupiah
from sync.core.nik import read_nik
from sync.core.nip import read_nip
from sync.core.phones import read_phone
from sync.core.refused import Refused
from sync.core.samples import Extent, Sample
from sync.core.workflow.model import Field

__all__ = ["TYPES", "FieldType", "Refused"]


@dataclass(frozen=True, slots=True)
class FieldType:
    """`read` gives the value of an answer that is not empty, or raises Refused. `limit` reads a min or max of
    the workflow file (None: the type has no limits). `sample` is a value as `read` would give it, for any field
    and extent."""

    read: Callable[[Cell, Field], object]
    sample: Sample
    description: str
    english: str
    limit: Callable[[str], Any] | None = None
    has_options: bool = False


def _read_text(cell: Cell, field: Field) -> str:
    text = printable_text(cell)
    _check_length(text, field, TEXT_MAX)
    return text


def _read_paragraph(cell: Cell, field: Field) -> str:
    text = printable_text(cell, lines=True)
    _check_length(text, field, PARAGRAPH_MAX)
    return text


def _check_length(text: str, field: Field, hard_max: int) -> None:
    longest = min(count(field.max), hard_max) if field.max else hard_max
    if len(text) > longest:
        raise Refused(f"paling panjang {longest} huruf; yang terisi {len(text)}.")
    if field.min and len(text) < count(field.min):
        raise Refused(f"paling sedikit {count(field.min)} huruf; yang terisi {len(text)}.")


def _within(
    read: Callable[[Cell], Any], limit: Callable[[str], Any], show: Callable[[Any], str]
) -> Callable[[Cell, Field], object]:
    """A reader whose values lie between the field's min and max."""

    def read_within(cell: Cell, field: Field) -> object:
        value = read(cell)
        if field.min and value < limit(field.min):
            raise Refused(f"paling rendah {show(limit(field.min))}.")
        if field.max and value > limit(field.max):
            raise Refused(f"paling tinggi {show(limit(field.max))}.")
        return value

    return read_within


def _read_date(cell: Cell, field: Field) -> date:
    day = read_date(cell)
    if field.min and day < read_date(field.min):
        raise Refused(f"paling awal {format_date(read_date(field.min))}.")
    if field.max and day > read_date(field.max):
        raise Refused(f"paling akhir {format_date(read_date(field.max))}.")
    return day


def _key(text: str) -> str:
    return clean_text(text).casefold()


def _read_choice(cell: Cell, field: Field) -> str:
    known = {_key(option): option for option in field.options}
    answer = _key(cell_text(cell))
    if answer not in known:
        raise Refused(f"pilih salah satu: {', '.join(field.options)}.")
    return known[answer]


def _read_choices(cell: Cell, field: Field) -> tuple[str, ...]:
    """Google joins the ticked options by ", ", which may also stand inside an option."""
    known = {_key(option): option for option in field.options}
    ticked = _split(_key(cell_text(cell)), sorted(known, key=len))
    if ticked is None:
        raise Refused(f"pilih dari: {', '.join(field.options)}.")
    chosen = {known[key] for key in ticked}
    _check_count(len(chosen), field, "pilihan")
    return tuple(option for option in field.options if option in chosen)


def _split(text: str, options: list[str]) -> tuple[str, ...] | None:
    """The text as options joined by ", ": the longest first, another way where that leads nowhere."""
    waiting: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    tried: set[int] = set()
    while waiting:
        start, before = waiting.pop()
        if start >= len(text):
            return before
        if start in tried or len(before) == len(options):
            continue
        tried.add(start)
        for option in options:
            end = start + len(option)
            if text.startswith(option, start) and text[end : end + 2] in ("", ", "):
                waiting.append((end + 2, (*before, option)))
    return None


_DRIVE_LINK = re.compile(
    r"https://(?:drive|docs)\.google\.com/(?:open\?(?:[\w=&.-]*&)?id=|(?:a/[\w.-]+/)?file/(?:u/\d+/)?d/|uc\?(?:[\w=&.-]*&)?id=)"
    r"([\w-]{10,200})(?:[/?&#][\w=&%./?#-]*)?",
    re.ASCII,
)


def _read_files(cell: Cell, field: Field) -> tuple[str, ...]:
    links = [link for link in re.split(r"[,\s]+", clean_text(cell_text(cell))) if link]
    if not all(_DRIVE_LINK.fullmatch(link) for link in links):
        raise Refused("unggah berkasnya lewat formulir; tautan ini bukan berkas Google Drive.")
    _check_count(len(links), field, "berkas", FILES_MAX)
    return tuple(dict.fromkeys(links))


def _check_count(found: int, field: Field, what: str, hard_max: int | None = None) -> None:
    most = count(field.max) if field.max else hard_max
    if field.min and found < count(field.min):
        raise Refused(f"paling sedikit {count(field.min)} {what}; yang diterima {found}.")
    if most is not None and found > most:
        raise Refused(f"paling banyak {most} {what}; yang diterima {found}.")


_LONG_EMAIL = "raden.ajeng.siti.nurhaliza.kusumaningrat@kecamatan-tenggarong-seberang.example.com"

TYPES: dict[str, FieldType] = {
    "text": FieldType(
        _read_text,
        samples.text(TEXT_MAX),
        "Satu baris teks, paling panjang 500 huruf (min/max: jumlah huruf).",
        "One line of text, at most 500 characters (min/max: characters).",
        limit=count,
    ),
    "paragraph": FieldType(
        _read_paragraph,
        samples.text(PARAGRAPH_MAX, lines=True),
        "Teks beberapa baris, paling panjang 5.000 huruf (min/max: jumlah huruf).",
        "Text of several lines, at most 5,000 characters (min/max: characters).",
        limit=count,
    ),
    "nik": FieldType(
        lambda cell, _: read_nik(cell).text,
        samples.same("6472010101900001"),
        "NIK, 16 angka: provinsi dan tanggal lahirnya diperiksa.",
        "The citizen's number, 16 digits: province and birth date are checked.",
    ),
    "kk": FieldType(
        lambda cell, _: read_family_card(cell),
        samples.same("6472011203150002"),
        "Nomor Kartu Keluarga, 16 angka.",
        "The family card's number, 16 digits.",
    ),
    "nip": FieldType(
        lambda cell, _: read_nip(cell),
        samples.same("198001012005011001"),
        "NIP pegawai, 18 angka.",
        "A civil servant's number, 18 digits.",
    ),
    "phone": FieldType(
        lambda cell, _: read_phone(cell),
        samples.each("+6281234567890", "+62811234567", "+62812345678901"),
        "Nomor ponsel; disimpan sebagai +62….",
        "A mobile phone number, kept as +62….",
    ),
    "email": FieldType(
        lambda cell, _: read_email(cell),
        samples.each("citra@example.com", "a@b.id", _LONG_EMAIL),
        "Satu alamat email.",
        "One email address.",
    ),
    "date": FieldType(
        _read_date,
        samples.within(read_date, *samples.USUAL_DATES),
        "Tanggal, misalnya 17-08-1990 atau 17 Agustus 1990 (min/max: tanggal).",
        "A date (min/max: dates).",
        limit=read_date,
    ),
    "time": FieldType(
        _within(read_time, read_time, lambda moment: moment.strftime("%H.%M")),
        samples.within(read_time, *[samples.USUAL_TIME] * 3),
        "Jam dan menit, misalnya 13.30 (min/max: jam).",
        "A time of day (min/max: times).",
        limit=read_time,
    ),
    "number": FieldType(
        _within(read_number, read_number, grouped),
        samples.within(read_number, 2, 1, 999_999_999),
        "Angka, dengan koma untuk pecahan (min/max: angka).",
        "A number, with a decimal comma (min/max: numbers).",
        limit=read_number,
    ),
    "money": FieldType(
        _within(read_money, read_money, rupiah),
        samples.within(read_money, 1_500_000, 1, 999_999_999_999),
        "Jumlah rupiah penuh, misalnya Rp1.500.000 (min/max: jumlah).",
        "An amount in whole rupiah (min/max: amounts).",
        limit=read_money,
    ),
    "choice": FieldType(
        _read_choice,
        samples.choice,
        "Satu dari `options`.",
        "One of `options`.",
        has_options=True,
    ),
    "choices": FieldType(
        _read_choices,
        samples.choices,
        "Beberapa dari `options` (min/max: jumlah pilihan).",
        "Several of `options` (min/max: how many).",
        limit=count,
        has_options=True,
    ),
    "file": FieldType(
        _read_files,
        samples.files,
        "Berkas yang diunggah lewat formulir (min/max: jumlah berkas).",
        "Files uploaded in the form (min/max: how many).",
        limit=count,
    ),
}


def sample_values(fields: dict[str, Field], extent: Extent = Extent.USUAL) -> dict[str, object]:
    """A plausible value for each field; the shortest way to answer an optional one is not to (None)."""
    return {
        name: None
        if extent is Extent.SHORTEST and not field.required
        else TYPES[field.type].sample(field, extent)
        for name, field in fields.items()
    }


def show(value: object) -> str:
    """A value as a person reads it."""
    match value:
        case None:
            return ""
        case date():
            return format_date(value)
        case time():
            return value.strftime("%H.%M")
        case bool():
            return "ya" if value else "tidak"
        case int() | Decimal():
            return grouped(value)
        case tuple() | list():
            return ", ".join(str(part) for part in value)
        case _:
            return str(value)
