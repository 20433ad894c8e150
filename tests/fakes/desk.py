"""A sheet in memory: rows that officers move about, also between Loket's read and its write."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sync.core.desk import Cell, DeskReading, DeskRow, RowUpdate, WriteReport


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
        moved = False
        for update in updates:
            index = update.row.number - 2
            if index < len(self.rows):
                self.rows[index].system |= update.cells
            moved = moved or index >= len(self.rows) or self._moved(index, update)
        self.changes += 1
        return WriteReport(len(updates), moved)

    def _moved(self, index: int, update: RowUpdate) -> bool:
        now = self._row(index)
        return (now.answers, now.submitted) != (update.row.answers, update.row.submitted) or (
            now.reference != update.cells.get("reference", update.row.reference)
        )

    def _row(self, index: int) -> DeskRow:
        row = replace(self.rows[index])
        return DeskRow(
            index + 2, dict(row.answers), row.submitted, dict(row.system), dict(row.officer)
        )
