"""The desk: a row of the linked sheet as Loket sees it, and what Loket writes into one. Plain values.

Reading and writing the sheet is google/desk.py's affair; whose row it is, core/matching.py's.
"""

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
    """One look at a tab: the rows in their order, and the time zone that its dates are in."""

    rows: tuple[DeskRow, ...]
    timezone: str


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

    def read(self) -> DeskReading: ...

    def write(self, updates: list[RowUpdate]) -> WriteReport:
        """Writes RAW, in batches, then reads back whether every row written still holds the same answers."""
        ...
