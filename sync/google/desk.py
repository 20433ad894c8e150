"""The desk on Google Sheets: reads a tab as DeskRows, writes Loket's cells, and checks before and after what it hits.

Promise: answers and officers' cells are not written, but given back what they held where a column moved in the very
moment of a write. A row number is never trusted: whatever was sorted away is reported, and the worker repairs it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from sync.core.cells import cell_text
from sync.core.desk import SYSTEM_COLUMNS, Cell, DeskReading, DeskRow, RowUpdate, WriteReport
from sync.core.headers import find_columns
from sync.core.settings import Columns
from sync.google.columns import make_columns
from sync.google.layout import Layout, ensure_apart, find_layout
from sync.google.refusals import Refused
from sync.google.tab import Tab
from sync.google.transport import Transport
from sync.google.victims import Block, cell_at, victims

GONE = "baris yang ditulis sudah tidak ada"


class GoogleDesk:
    """One workflow's tab. `questions` are the headers that the workflow reads; `decisions` fill the dropdown."""

    def __init__(
        self,
        transport: Transport,
        *,
        spreadsheet_id: str,
        tab: str,
        questions: Sequence[str],
        columns: Columns,
        decisions: Sequence[str],
    ) -> None:
        self._tab = Tab(transport, spreadsheet_id, tab)
        self._questions = tuple(questions)
        self._columns = columns
        self._decisions = tuple(decisions)
        self._timezone = ""
        self._where = f'baris 1 tab "{tab}"'
        ensure_apart(self._questions, columns, where=self._where)

    def version(self) -> str:
        return self._tab.version()

    def prepare(self) -> bool:
        # First whether this is the sheet: a title is never written over an applicant's row.
        titles = ["" if title is None else cell_text(title) for title in self._tab.header_row()]
        find_columns(titles, self._questions, where=self._where)
        return make_columns(self._tab, self._columns, self._decisions, where=self._where)

    def read(self) -> DeskReading:
        if not self._timezone:
            self._timezone = self._tab.facts().timezone
        rows = self._tab.read_all()
        layout = self._layout(rows[0] if rows else [])
        found = (layout.row(number, cells) for number, cells in enumerate(rows[1:], start=2))
        return DeskReading(tuple(row for row in found if row is not None), self._timezone)

    def write(self, updates: list[RowUpdate]) -> WriteReport:
        if not updates:
            return WriteReport(written=0, moved=False)
        before = self._look(updates)
        if before is None:
            return WriteReport(written=0, moved=True, details=(GONE,))
        held = {
            update.row.number: before.holds(update.row, update.row.reference) for update in updates
        }
        details = _moved(number for number, stands in held.items() if not stands)
        standing = [update for update in updates if held[update.row.number]]
        blocks = [block for update in standing for block in _blocks(update, before.layout)]
        refusal: Refused | None = None
        try:
            self._tab.write(blocks)
        except Refused as error:
            if error.status != 400:
                raise
            refusal = error  # rows that are gone answer 400, and so do protected cells
        details += self._read_back(standing, before, blocks, refused=refusal is not None)
        if refusal and not details:
            raise refusal
        return WriteReport(len(standing), moved=bool(details), details=tuple(details))

    def _layout(self, headers: Sequence[Cell | None]) -> Layout:
        return find_layout(headers, self._questions, self._columns, where=self._where)

    def _look(self, updates: Sequence[RowUpdate]) -> "_Look | None":
        """The rows to write as they stand now; None when some of them are beyond the end of the sheet."""
        try:
            headers, rows = self._tab.rows([update.row.number for update in updates])
        except Refused as refusal:
            if refusal.status != 400:
                raise
            self._tab.facts()  # a tab that was renamed is told as such
            return None
        return _Look(headers, rows, self._layout(headers))

    def _read_back(
        self,
        updates: Sequence[RowUpdate],
        before: "_Look",
        blocks: Sequence[Block],
        *,
        refused: bool,
    ) -> list[str]:
        """What is not as it was, one line each, with row numbers only."""
        if not updates:
            return []
        after = self._look(updates)
        if after is None:
            return [GONE]
        if after.layout != before.layout:
            self._give_back(updates, before, after, blocks)
            return ["kolom berpindah ketika ditulis"]
        moved = set()
        for update in updates:
            references = {update.cells.get("reference", update.row.reference)}
            if refused:  # of several batches some may have gone through
                references.add(update.row.reference)
            if not after.holds(update.row, *references):
                moved.add(update.row.number)
        self._take_back(after, [block for block in blocks if block[0] in moved])
        return _moved(sorted(moved))

    def _take_back(self, after: "_Look", blocks: Sequence[Block]) -> None:
        """Empties what was written beside a stranger's answers. A row that Loket knows gets its own cells at the
        worker's next write; one it does not know yet must not be taken for another's."""
        self._tab.write(
            [
                (number, first, [""] * len(cells))
                for number, first, cells in blocks
                if [cell_at(after.rows[number], first + at) for at in range(len(cells))] == cells
            ]
        )

    def _give_back(
        self,
        updates: Sequence[RowUpdate],
        before: "_Look",
        after: "_Look",
        blocks: Sequence[Block],
    ) -> None:
        written = {first + at for _, first, cells in blocks for at in range(len(cells))}
        same = {u.row.number for u in updates if after.holds_besides(u.row, written)}
        self._tab.write(
            victims(
                [block for block in blocks if block[0] in same],
                headers_before=before.headers,
                headers_after=after.headers,
                rows_before=before.rows,
                rows_after=after.rows,
                own=[getattr(self._columns, name) for name in SYSTEM_COLUMNS],
            )
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """Some rows at one moment."""

    headers: Sequence[Cell | None]
    rows: Mapping[int, Sequence[Cell | None]]
    layout: Layout

    def holds(self, row: DeskRow, *references: str) -> bool:
        """Whether this row still stands where it was read."""
        now = self.layout.row(row.number, self.rows[row.number])
        return (
            now is not None
            and now.answers == row.answers
            and now.submitted == row.submitted
            and now.reference in references
        )

    def holds_besides(self, row: DeskRow, written: Set[int]) -> bool:
        """The same, looking only at columns that our write cannot have hit."""
        now = self.layout.row(row.number, self.rows[row.number])
        return now is not None and all(
            now.answers[question] == row.answers[question]
            for question, column in self.layout.answers.items()
            if column not in written
        )


def _moved(numbers: Iterable[int]) -> list[str]:
    return [f"baris {number} bukan baris yang dibaca" for number in numbers]


def _blocks(update: RowUpdate, layout: Layout) -> Iterator[Block]:
    """Loket's cells of one row; columns side by side become one range."""
    first, texts = 0, list[str]()
    for column, text in sorted((layout.system[name], text) for name, text in update.cells.items()):
        if texts and column == first + len(texts):
            texts.append(text)
            continue
        if texts:
            yield update.row.number, first, texts
        first, texts = column, [text]
    if texts:
        yield update.row.number, first, texts
