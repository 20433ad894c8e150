"""How a letter's number is printed: `470/{{ serial|pad(4) }}/DKPS/{{ bulan_romawi }}/{{ tahun }}` → 470/0123/DKPS/XI/2026.

Which serial comes next is the ledger's affair. A pattern by which two letters of one year could share a number is
refused.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import chain

from jinja2 import Template

from sync.core.cells import clean_text
from sync.core.dates import roman_month
from sync.core.expressions import NotAllowed, compile_text, render
from sync.core.workflow.model import Workflow

NAMES: dict[str, str] = {
    "serial": "nomor urut tahun ini",
    "klasifikasi": "kode klasifikasi surat (letter.classification)",
    "bulan_romawi": "bulan dengan angka Romawi",
    "bulan": "bulan dengan dua angka",
    "tahun": "tahun dengan empat angka",
    "tahun_pendek": "tahun dengan dua angka",
    "unit": "kode kantor dari settings.yaml",
    "prefix": "prefix layanan",
}
LONGEST_NUMBER = 100
CLASSIFICATION = re.compile(r"[0-9]{3}(\.[0-9]{1,3}){0,5}")
"""The archive codes of Permendagri 83/2022 (and 78/2012 before it): three digits, subdivided by dots."""
START_YEAR = re.compile(r"20[0-9]{2}")
START_SERIAL = re.compile(r"[1-9][0-9]{0,5}")

_TRIED_YEAR = 2026
_EACH_MONTH = (*range(1, 131), 1_000, 1_001, 9_999, 10_000)
_ONE_MONTH = (*range(131, 1_102), 2_000, 2_001, 10_001, 11_000, 99_999, 100_000, 100_001, 123_456)
"""Serials that a pattern is tried with: enough to meet what cuts, rounds or runs together."""


def letter_number(
    pattern: str, *, serial: int, on: date, unit: str, prefix: str, classification: str = ""
) -> str:
    """The number as the letter prints it. Raises NotAllowed for a pattern that `check_pattern` refuses."""
    values = {
        "serial": serial,
        "klasifikasi": classification,
        "bulan_romawi": roman_month(on),
        "bulan": f"{on.month:02d}",
        "tahun": on.year,
        "tahun_pendek": f"{on.year % 100:02d}",
        "unit": unit,
        "prefix": prefix,
    }
    try:
        number = clean_text(render(_compiled(pattern)[0], values))
    except NotAllowed:
        raise
    except Exception as error:  # whatever an office's pattern may raise
        raise NotAllowed(f"tidak dapat dihitung ({type(error).__name__})") from error
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise NotAllowed(f"hasilnya harus 1 sampai {LONGEST_NUMBER} huruf")
    return number


def number_of(workflow: Workflow, *, serial: int, on: date, unit: str) -> str:
    """A letter's number by its workflow. Raises NotAllowed as `letter_number`."""
    return letter_number(
        workflow.letter.number,
        serial=serial,
        on=on,
        unit=unit,
        prefix=workflow.prefix,
        classification=workflow.letter.classification,
    )


def check_pattern(pattern: str, classification: str = "") -> None:
    """A dry run. Raises NotAllowed."""
    if "klasifikasi" in _compiled(pattern)[1] and not classification:
        raise NotAllowed('klasifikasi belum diisi: tambahkan letter.classification, misalnya "470"')
    _numbers(pattern, "SKD", classification)


def clash(first: Workflow, second: Workflow) -> str:
    """A number that letters of both workflows could bear in one year; "" when none was found. Raises NotAllowed."""
    numbers, others = (
        _numbers(one.letter.number, one.prefix, one.letter.classification)
        for one in (first, second)
    )
    one_series = first.series == second.series  # there, no serial is given twice
    shared = numbers.keys() & others.keys()
    return min((n for n in shared if not one_series or numbers[n] != others[n]), default="")


@lru_cache(maxsize=128)
def _numbers(pattern: str, prefix: str, classification: str) -> Mapping[str, int]:
    """Numbers of one year, each with its serial. Raises NotAllowed where two serials give the same one."""
    serials: dict[str, int] = {}
    for number, serial in _tried(pattern, prefix, classification):
        if serials.setdefault(number, serial) != serial:
            raise NotAllowed(
                f"nomor urut {serials[number]} dan {serial} sama-sama menjadi {number}; nomor surat harus "
                "memuat {{ serial }} seutuhnya, terpisah dari bulan, agar tidak ada dua yang sama"
            )
    return serials


def _tried(pattern: str, prefix: str, classification: str) -> Iterator[tuple[str, int]]:
    template_names = _compiled(pattern)[1]
    months = range(1, 13) if template_names & {"bulan", "bulan_romawi"} else (11,)
    for serial, month in chain(
        ((serial, month) for serial in _EACH_MONTH for month in months),
        ((serial, 11) for serial in _ONE_MONTH),
    ):
        number = letter_number(
            pattern,
            serial=serial,
            on=date(_TRIED_YEAR, month, 24),
            unit="DKPS",
            prefix=prefix,
            classification=classification,
        )
        yield number, serial


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> tuple[Template, frozenset[str]]:
    """The template, and the names that it reads."""
    return compile_text(pattern, names=frozenset(NAMES))
