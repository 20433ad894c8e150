"""One line a day: what an office publishes for its province, in the tab "Laporan Harian". Report in, cells out, and back.

No citizen stands in it. What can't be read is told with its cell and counts as unknown.
"""

from dataclasses import dataclass
from datetime import date

from sync.core.board import zoned_text
from sync.core.cells import is_empty
from sync.core.dates import read_date
from sync.core.mendable import Mendable, Problem
from sync.core.refused import Refused
from sync.core.report.report import DayReport
from sync.core.report.stock import MOST_PROBLEMS, NUMBERS, Row, Rows, columns_of, read_count

TITLE = "Laporan Harian"
HEADERS = {
    "day": "Tanggal",
    "received": "Diterima",
    "delivered": "Selesai",
    "rejected": "Ditolak",
    "cancelled": "Dibatalkan",
    "mending": "Diminta perbaikan",
    "waiting": "Menunggu petugas",
    "overdue": "Lewat janji",
    "with_applicant": "Menunggu pemohon",
    "blanks": "Blangko KTP-el",
    "suket": "Suket belum dicetak",
    "printers_working": "Alat cetak berfungsi",
    "printers": "Alat cetak seluruhnya",
    "stock_day": "Stok per tanggal",
    "note": "Catatan",
}
OFFICE, MADE = "Kantor", "Dibuat"
COLUMNS = (*HEADERS.values(), OFFICE, MADE)
COUNTS = tuple(name for name in HEADERS if name not in ("day", "stock_day", "note"))

Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Line:
    """None: not known. `stock_day` is the day that blanks, suket and printers were counted on."""

    day: date
    received: int | None = None
    delivered: int | None = None
    rejected: int | None = None
    cancelled: int | None = None
    mending: int | None = None
    waiting: int | None = None
    overdue: int | None = None
    with_applicant: int | None = None
    blanks: int | None = None
    suket: int | None = None
    printers_working: int | None = None
    printers: int | None = None
    stock_day: date | None = None
    note: str = ""

    def count(self, name: str) -> int | None:
        """The figure of this very day: an older day's stock is none."""
        if name in NUMBERS and self.stock_day != self.day:
            return None
        value: int | None = getattr(self, name)
        return value


def line_of(report: DayReport) -> Line:
    figures, stock = report.total, report.stock
    return Line(
        day=report.day,
        received=figures.received,
        delivered=figures.delivered,
        rejected=figures.rejected,
        cancelled=figures.cancelled,
        mending=figures.mending,
        waiting=figures.all_waiting,
        overdue=figures.overdue,
        with_applicant=figures.with_applicant,
        blanks=stock.blanks if stock else None,
        suket=stock.suket if stock else None,
        printers_working=stock.printers_working if stock else None,
        printers=stock.printers if stock else None,
        stock_day=stock.day if stock else None,
        note=stock.note if stock else "",
    )


def cells_of(report: DayReport) -> tuple[Value, ...]:
    """In the order of COLUMNS."""
    line = line_of(report)
    made = zoned_text(report.made_at, report.local.tzinfo)  # type: ignore[arg-type]
    return (*(getattr(line, name) for name in HEADERS), report.office, made)


def read_lines(rows: Rows) -> tuple[dict[date, Line], list[Problem]]:
    """By day; of several rows of one day the lowest counts."""
    try:
        columns = columns_of(rows, TITLE, HEADERS)
    except Mendable as error:
        return {}, list(error.problems)
    lines: dict[date, Line] = {}
    problems: list[Problem] = []
    for number, cells in enumerate(rows[1:], start=2):
        if all(cell is None or is_empty(cell) for cell in cells):
            continue
        line = _read(Row(TITLE, number, cells, columns), problems)
        if line is not None:
            lines[line.day] = line
    return lines, problems[-MOST_PROBLEMS:]


def _read(row: Row, problems: list[Problem]) -> Line | None:
    values: dict[str, int | date | None] = {}
    for name in HEADERS:
        cell = row.cell(name)
        if name == "note" or is_empty(cell):
            continue
        try:
            values[name] = read_count(cell) if name in COUNTS else read_date(cell)
        except Refused as refused:
            problems.append(row.problem(name, " ".join(refused.reasons)))
    if "day" not in values:
        return None
    return Line(**values, note=row.note)  # type: ignore[arg-type]
