"""A sheet in memory: rows that officers move about, also between Loket's read and its write."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from sync.core.desk import (
    Cell,
    DeskReading,
    DeskRow,
    Glance,
    Glimpse,
    RowUpdate,
    Span,
    WriteReport,
)
from sync.core.outcomes import Never


@dataclass
class SheetRow:
    """`owner` is who sent the row: for the test's eyes only."""

    owner: str
    answers: dict[str, Cell]
    submitted: str
    system: dict[str, str] = field(default_factory=dict)
    officer: dict[str, str] = field(default_factory=dict)


class FakeDesk:
    """Implements core.desk.Desk. `meanwhile` runs once, just before the next write is applied."""

    def __init__(self) -> None:
        self.rows: list[SheetRow] = []
        self.changes = 0
        self.reads = 0
        self.meanwhile: Callable[[], None] | None = None
        self.broken: Exception | None = None
        self.protected: set[str] = set()

    def version(self) -> str:
        if self.broken:
            raise self.broken
        return str(self.changes)

    def prepare(self) -> bool:
        return False

    def read(self) -> DeskReading:
        self.reads += 1
        return self.reading(self.rows, range(2, len(self.rows) + 2))

    def glance(self, spans: Sequence[Span], tail: Span | None = None) -> Glance:
        return self.glancing(self.rows, spans, tail)

    def look_at(self, numbers: Collection[int]) -> DeskReading:
        return self.reading(self.rows, sorted(numbers))

    def glancing(
        self, rows: Sequence[SheetRow], spans: Sequence[Span], tail: Span | None
    ) -> Glance:
        glimpses = [
            _glimpse(number, rows[number - 2])
            for first, last in spans
            for number in range(first, min(last, len(rows) + 1) + 1)
        ]
        first, last = tail or (2, 1)
        return Glance(
            tuple(glimpses), self.reading(rows, range(first, min(last, len(rows) + 1) + 1))
        )

    def reading(self, rows: Sequence[SheetRow], numbers: Collection[int]) -> DeskReading:
        found = (_row(n, rows[n - 2]) for n in numbers if n - 2 < len(rows))
        return DeskReading(tuple(found), "Asia/Makassar")

    def write(self, updates: list[RowUpdate]) -> WriteReport:
        if self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            act()
        if any(self._protected(update) for update in updates):
            raise Never("Sel itu dilindungi.")
        standing = [update for update in updates if self._stands(update)]
        for update in standing:
            self.rows[update.row.number - 2].system |= update.cells
        self.changes += 1
        return WriteReport(len(standing), moved=len(standing) < len(updates))

    def _protected(self, update: RowUpdate) -> bool:
        index = update.row.number - 2
        return index < len(self.rows) and self.rows[index].owner in self.protected

    def _stands(self, update: RowUpdate) -> bool:
        """A row that moved, or changed, is not written."""
        index = update.row.number - 2
        if index >= len(self.rows):
            return False
        now = _row(index + 2, self.rows[index])
        return (now.answers, now.submitted, now.reference) == (
            update.row.answers,
            update.row.submitted,
            update.row.reference,
        )


def _row(number: int, row: SheetRow) -> DeskRow:
    return DeskRow(number, dict(row.answers), row.submitted, dict(row.system), dict(row.officer))


def _glimpse(number: int, row: SheetRow) -> Glimpse:
    reference, status, updated = (
        row.system.get(name, "") for name in ("reference", "status", "updated")
    )
    return Glimpse(number, row.submitted, reference, status, updated, dict(row.officer))
