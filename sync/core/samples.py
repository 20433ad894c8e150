"""Plausible answers for trying a letter out: usual ones, and the shortest and longest that an applicant may give.

Each function makes what an entry of the registry (fieldtypes.py) shows; a field's own min and max are kept.
"""

import unicodedata
from collections.abc import Callable
from datetime import date, time
from enum import StrEnum
from textwrap import wrap
from typing import Any

from sync.core.cells import clean_text
from sync.core.limits import FILES_MAX, count
from sync.core.workflow.model import Field


class Extent(StrEnum):
    """How much is answered; the values are what people read."""

    USUAL = "biasa"
    SHORTEST = "terpendek"
    LONGEST = "terpanjang"


Sample = Callable[[Field, Extent], object]

_SHORT = "Ai"  # a name that many people have, and nothing else
_LONG = "Kusumaningrat Mangkusubroto Wiryodiningrat Tenggarong Seberang Loa Kulu "
_LINE_WIDTH = 60
_FILES_USUAL_MAX = 10  # the most that a form's own question takes

NAMES_OF_PEOPLE = {
    Extent.USUAL: "Citra Lestari",
    Extent.SHORTEST: _SHORT,
    Extent.LONGEST: "Raden Ajeng Siti Nurhaliza Kusumaningrat Mangkusubroto binti Kiai Haji Abdurrahman Wiryodiningrat SH",
}
"""Of an applicant, where the letter has no field of that name; the longest is as long as a name may be."""


def same(value: object) -> Sample:
    """Of a type whose answers are all equally long."""
    return lambda _field, _extent: value


def each(usual: object, shortest: object, longest: object) -> Sample:
    """Of a type that no field limits."""
    values = dict(zip(Extent, (usual, shortest, longest), strict=True))
    return lambda _field, extent: values[extent]


def within(limit: Callable[[str], Any], usual: Any, shortest: Any, longest: Any) -> Sample:
    """Of a type with order: what lies beyond the field's min or max gives way to that. `limit` reads them."""
    values = dict(zip(Extent, (usual, shortest, longest), strict=True))

    def sample(field: Field, extent: Extent) -> object:
        value = values[extent]
        if field.min and value < limit(field.min):
            return limit(field.min)
        if field.max and value > limit(field.max):
            return limit(field.max)
        return value

    return sample


def text(hard_max: int, *, lines: bool = False) -> Sample:
    def sample(field: Field, extent: Extent) -> str:
        fewest = count(field.min) if field.min else 0
        most = min(count(field.max), hard_max) if field.max else hard_max
        match extent:
            case Extent.SHORTEST:
                made = _SHORT
            case Extent.LONGEST:
                made = (_LONG * (most // len(_LONG) + 1))[:most]
                made = "\n".join(wrap(made, _LINE_WIDTH)) if lines else made
            case _ if "nama" in field.question.casefold():
                made = NAMES_OF_PEOPLE[extent]
            case _:
                made = f"Contoh {_printable(field.question)}"
        return made[:most].rstrip().ljust(fewest, "x")[:most]

    return sample


def _printable(question: str) -> str:
    """A question may hold an emoji, an answer may not."""
    return clean_text("".join(char for char in question if unicodedata.category(char) != "So"))


def choice(field: Field, extent: Extent) -> str:
    options = field.options or ("",)
    match extent:
        case Extent.SHORTEST:
            return min(options, key=len)
        case Extent.LONGEST:
            return max(options, key=len)
        case _:
            return options[0]


def choices(field: Field, extent: Extent) -> tuple[str, ...]:
    fewest = max(count(field.min) if field.min else 1, 1)
    match extent:
        case Extent.SHORTEST:
            ticked = sorted(field.options, key=len)[:fewest]
        case Extent.LONGEST:
            most = count(field.max) if field.max else len(field.options)
            ticked = sorted(field.options, key=len, reverse=True)[:most]
        case _:
            ticked = list(field.options[:fewest])
    return tuple(option for option in field.options if option in ticked)


def files(field: Field, extent: Extent) -> tuple[str, ...]:
    how_many = count(field.min) if field.min else 1
    if extent is Extent.LONGEST:
        most = count(field.max) if field.max else _FILES_USUAL_MAX
        how_many = max(how_many, min(most, FILES_MAX))
    return tuple(
        f"https://drive.google.com/open?id=1Contoh-berkas-{n:02d}" for n in range(how_many)
    )


USUAL_DATES = (date(1990, 1, 1), date(1990, 5, 1), date(1990, 9, 23))
"""The shortest and the longest name of a month, and a Sunday: "Minggu, 23 September 1990"."""
USUAL_TIME = time(9, 30)
