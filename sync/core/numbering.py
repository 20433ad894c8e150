"""How a letter's number is printed: `470/{{ serial|pad(4) }}/DKPS/{{ bulan_romawi }}/{{ tahun }}` → 470/0123/DKPS/XI/2026.

Which serial comes next is the ledger's affair. A pattern without the serial is refused: its letters would share a
number.
"""

from datetime import date
from functools import lru_cache

from jinja2 import Template

from sync.core.cells import clean_text
from sync.core.dates import roman_month
from sync.core.expressions import NotAllowed, compile_text, render

NAMES: dict[str, str] = {
    "serial": "nomor urut tahun ini",
    "bulan_romawi": "bulan dengan angka Romawi",
    "bulan": "bulan dengan dua angka",
    "tahun": "tahun dengan empat angka",
    "unit": "kode kantor dari settings.yaml",
    "prefix": "prefix layanan",
}
LONGEST_NUMBER = 100


def letter_number(pattern: str, *, serial: int, on: date, unit: str, prefix: str) -> str:
    """The number as the letter prints it. Raises NotAllowed for a pattern that `check_pattern` refuses."""
    values = {
        "serial": serial,
        "bulan_romawi": roman_month(on),
        "bulan": f"{on.month:02d}",
        "tahun": on.year,
        "unit": unit,
        "prefix": prefix,
    }
    try:
        number = clean_text(render(_compiled(pattern), values))
    except NotAllowed:
        raise
    except Exception as error:  # whatever an office's pattern may raise
        raise NotAllowed(f"tidak dapat dihitung ({type(error).__name__})") from error
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise NotAllowed(f"hasilnya harus 1 sampai {LONGEST_NUMBER} huruf")
    return number


def check_pattern(pattern: str) -> None:
    """A dry run. Raises NotAllowed."""
    day = date(2026, 11, 24)
    printed = {
        letter_number(pattern, serial=serial, on=day, unit="DKPS", prefix="SKD")
        for serial in (1, 2, 123, 99_999)
    }
    if len(printed) < 4:
        raise NotAllowed("nomor surat harus memuat {{ serial }}, agar tidak ada dua yang sama")


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> Template:
    template, _ = compile_text(pattern, names=frozenset(NAMES))
    return template
