"""The desk: a row of the linked sheet as Loket sees it, and what Loket writes into one. Plain values.

Reading and writing the sheet is google/desk.py's affair; whose row it is, core/matching.py's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Cell = str | int | float | bool
"""A raw value as Sheets gives it (UNFORMATTED_VALUE, dates as serial numbers)."""

SYSTEM_COLUMNS = ("reference", "status", "note", "document", "updated")
OFFICER_COLUMNS = ("decision", "officer_note", "officer_file")


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One row that holds answers. `number` counts from 1 and is stale at once: never an identity.

    `answers` maps the workflow's spelling of a question header to its raw cell ("" when empty).
    `submitted` is the form's timestamp cell as text ("" when there is none).
    `system` and `officer` map the names of Loket's and the officer's columns to their text.
    """

    number: int
    answers: dict[str, Cell]
    submitted: str
    system: dict[str, str]
    officer: dict[str, str]

    @property
    def reference(self) -> str:
        return self.system.get("reference", "")


@dataclass(frozen=True, slots=True)
class DeskReading:
    """One look at a tab: rows in their order, and the time zone that its dates are in.

    `expected`: of a part of the sheet, the applications whose rows were looked for and stand in it, or nowhere.
    None: these are all rows of the sheet.
    """

    rows: tuple[DeskRow, ...]
    timezone: str
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What tells that nothing happened to a row, without its answers. Nothing is decided or written by it alone.

    `officer` as in DeskRow, without the file.
    """

    number: int
    submitted: str
    reference: str
    status: str
    updated: str
    officer: dict[str, str]


Span = tuple[int, int]
"""Rows from the first to the last, by number."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Narrow cells of some rows, and the rows at the sheet's end whole, at one moment. Empty rows are left out."""

    glimpses: tuple[Glimpse, ...]
    tail: DeskReading


@dataclass(frozen=True, slots=True)
class RowUpdate:
    """System cells to write into the row that had this number in the reading."""

    row: DeskRow
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What the read-back after a write found. `moved`: some row was not the one it had been."""

    written: int
    moved: bool
    details: tuple[str, ...] = field(default=())


class Desk(Protocol):
    """The sheet of one workflow."""

    def version(self) -> str:
        """Changes whenever anything in the spreadsheet changes; one cheap call."""
        ...

    def prepare(self) -> bool:
        """Makes Loket's and the officer's columns where they are missing. True when something was made."""
        ...

    def read(self) -> DeskReading:
        """All rows."""
        ...

    def glance(self, spans: Sequence[Span], tail: Span | None = None) -> Glance:
        """Spans may reach beyond the sheet's end."""
        ...

    def look_at(self, numbers: Collection[int]) -> DeskReading:
        """These rows as they stand now, all at one moment; not those beyond the sheet's end."""
        ...

    def write(self, updates: list[RowUpdate]) -> WriteReport:
        """Writes RAW, in batches, then reads back whether every row written still holds the same answers."""
        ...
