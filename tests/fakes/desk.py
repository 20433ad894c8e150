"""A sheet in memory: rows that officers move about, also between Loket's read and its write."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sync.core.desk import Cell, DeskReading, DeskRow, RowUpdate, WriteReport
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
        return DeskReading(
            tuple(self._row(number) for number in range(len(self.rows))), "Asia/Makassar"
        )

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
        now = self._row(index)
        return (now.answers, now.submitted, now.reference) == (
            update.row.answers,
            update.row.submitted,
            update.row.reference,
        )

    def _row(self, index: int) -> DeskRow:
        row = replace(self.rows[index])
        return DeskRow(
            index + 2, dict(row.answers), row.submitted, dict(row.system), dict(row.officer)
        )
