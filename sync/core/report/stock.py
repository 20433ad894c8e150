"""What officers enter in the tab "Stok": a row a day. Cells in, a day's stock out.

Promise: nothing is guessed. A cell that is no whole number is told with its address and counts as unknown; a row whose
date can't be read is told and left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sync.core.cells import cell_text, clean_text, is_empty, whole_number
from sync.core.dates import read_date
from sync.core.desk import Cell
from sync.core.headers import column_letters, find_columns
from sync.core.masking import mask_numbers
from sync.core.mendable import Mendable, Problem
from sync.core.refused import Refused

TITLE = "Stok"
HEADERS = {
    "day": "Tanggal",
    "blanks": "Blangko KTP-el",
    "suket": "Suket belum dicetak",
    "printers_working": "Alat cetak berfungsi",
    "printers": "Alat cetak seluruhnya",
    "note": "Catatan",
}
NUMBERS = ("blanks", "suket", "printers_working", "printers")
MOST_PROBLEMS = 10
_LONGEST_NOTE = 300
_MOST = 100_000_000
_WHOLE = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+", re.ASCII)
_ADVICE = "bilangan bulat dari 0, misalnya 38310"

Rows = Sequence[Sequence[Cell | None]]


@dataclass(frozen=True, slots=True)
class Stock:
    """`day` is the one that officers counted on. None: not filled in, or not readable. `suket`: temporary letters whose
    cards are still to be printed."""

    day: date
    blanks: int | None = None
    suket: int | None = None
    printers_working: int | None = None
    printers: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a tab; `columns` says where each name stands."""

    tab: str
    number: int
    cells: Sequence[Cell | None]
    columns: dict[str, int]

    def cell(self, name: str) -> Cell:
        index = self.columns[name]
        found = self.cells[index] if index < len(self.cells) else None
        return "" if found is None else found

    @property
    def note(self) -> str:
        return mask_numbers(clean_text(cell_text(self.cell("note"))))[:_LONGEST_NOTE]

    def problem(self, name: str, allowed: str) -> Problem:
        return Problem(
            "sel-laporan-tidak-terbaca",
            where=f'tab "{self.tab}", sel {column_letters(self.columns[name])}{self.number}',
            found=f'"{mask_numbers(clean_text(cell_text(self.cell(name))))[:60]}"',
            allowed=allowed,
        )


def read_stock(rows: Rows, day: date) -> tuple[Stock | None, list[Problem]]:
    """The last day's stock that is not later than `day`; of several rows of one day the lowest."""
    try:
        columns = columns_of(rows, TITLE, HEADERS)
    except Mendable as error:
        return None, list(error.problems)
    found: tuple[date, Row] | None = None
    problems: list[Problem] = []
    for number, cells in enumerate(rows[1:], start=2):
        row = Row(TITLE, number, cells, columns)
        if all(is_empty(row.cell(name)) for name in HEADERS):
            continue
        try:
            own = read_date(row.cell("day"))
        except Refused as refused:
            problems.append(row.problem("day", " ".join(refused.reasons)))
            continue
        if own <= day and (found is None or own >= found[0]):
            found = own, row
    if found is None:
        return None, problems[-MOST_PROBLEMS:]
    stock, bad = _stock(*found)
    return stock, [*bad, *problems[-MOST_PROBLEMS:]]


def columns_of(rows: Rows, tab: str, headers: dict[str, str]) -> dict[str, int]:
    """Where each header stands, by name. Raises Mendable."""
    titles = ["" if cell is None else cell_text(cell) for cell in (rows[0] if rows else ())]
    found = find_columns(titles, list(headers.values()), where=f'baris 1 tab "{tab}"')
    return {name: found[header] for name, header in headers.items()}


def read_count(cell: Cell) -> int:
    """`38310` or `38.310`. Raises Refused."""
    if isinstance(cell, str):
        text = clean_text(cell)
        number = int(text.replace(".", "")) if _WHOLE.fullmatch(text) else None
    else:
        number = whole_number(cell)
    if number is None or number > _MOST:
        raise Refused(_ADVICE)
    return number


def _stock(day: date, row: Row) -> tuple[Stock, list[Problem]]:
    numbers: dict[str, int | None] = {}
    problems: list[Problem] = []
    for name in NUMBERS:
        numbers[name] = None
        if not is_empty(row.cell(name)):
            try:
                numbers[name] = read_count(row.cell(name))
            except Refused:
                problems.append(row.problem(name, _ADVICE))
    working, printers = numbers["printers_working"], numbers["printers"]
    if working is not None and printers is not None and working > printers:
        problems.append(row.problem("printers_working", f"paling banyak {printers}, seluruhnya"))
        numbers["printers_working"] = numbers["printers"] = None
    return Stock(day, note=row.note, **numbers), problems
