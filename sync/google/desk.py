"""The desk on Google Sheets: reads a tab as DeskRows, writes Loket's cells, and checks before and after what it hits.

Promise: answers and officers' cells are not written, but given back what they held where rows or columns moved in the
very moment of a write. A row number is never trusted: whatever moved is reported, and the worker reads again.
A write is in the journal until it was seen to stand right, so that a crash in between is put right afterwards.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sync.core.desk import (
    Cell,
    DeskReading,
    DeskRow,
    Glance,
    RowUpdate,
    Span,
    WriteReport,
)
from sync.core.headers import column_letters
from sync.core.outcomes import TryAgain
from sync.core.settings import Columns
from sync.google.layout import TIMESTAMP, Layout, ensure_apart, find_layout
from sync.google.refusals import Refused
from sync.google.sheet_setup import TabSetup
from sync.google.tab import Tab
from sync.google.transport import Transport
from sync.google.victims import Block, Snapshot, unseen, victims
from sync.google.write_in_hand import Journal, WriteInHand

PUT_RIGHT_TIMES = 5
UNSEEN_PAUSES_S = (0.0, 0.5, 1.0, 2.0, 2.0)
"""An answer may be some seconds old: a write that does not show is looked for again, so long between the looks."""
ON_ITS_WAY_S = 3.0
"""So long a call may still be carried out that nobody waits for any more."""
LOOKS = 3
REMEMBERED = 20_000
PAGE = 20_000
"""Of whole rows: some 10 MB a call."""


class GoogleDesk:
    """One workflow's tab. `questions` are the headers that the workflow reads, `digits` those among them whose answers are
    kept as text; `decisions` fill the dropdown."""

    def __init__(
        self,
        transport: Transport,
        *,
        spreadsheet_id: str,
        tab: str,
        questions: Sequence[str],
        columns: Columns,
        decisions: Sequence[str],
        journal: Journal,
        digits: Collection[str] = (),
    ) -> None:
        self._journal = journal
        self._transport = transport
        self._tab = Tab(transport, spreadsheet_id, tab)
        self._questions = tuple(questions)
        self._columns = columns
        self._decisions = tuple(decisions)
        self._digits = tuple(digits)
        self._timezone = ""
        self._remembered = Snapshot([], {})
        self._where = f'baris 1 tab "{tab}"'
        self._telling = (*self._questions, TIMESTAMP)
        self._own = tuple(getattr(columns, name) for name in columns.system)
        ensure_apart(self._questions, columns, where=self._where)

    def version(self) -> str:
        return self._tab.version()

    def prepare(self) -> bool:
        setup = TabSetup(
            self._tab,
            questions=self._questions,
            columns=self._columns,
            decisions=self._decisions,
            where=self._where,
            digits=self._digits,
        )
        return bool(setup.carry_out())

    def read(self) -> DeskReading:
        self._finish()
        self._remembered = self._whole()
        return self._reading(self._remembered)

    def glance(self, spans: Sequence[Span], tail: Span | None = None) -> Glance:
        self._finish()
        try:
            found = self._glance(spans, tail)
        except Refused as refusal:
            if refusal.status != 400:
                raise
            end = self._tab.facts().rows  # a tab that was renamed is told as such
            there = [(first, min(last, end)) for first, last in spans if first <= end]
            found = self._glance(there, tail if tail and tail[0] <= end else None)
        return found

    def look_at(self, numbers: Collection[int]) -> DeskReading:
        self._finish()
        look = self._now(numbers)
        self._remember(look)
        return self._reading(look)

    def _glance(self, spans: Sequence[Span], tail: Span | None) -> Glance:
        headers: Sequence[Cell | None] = self._remembered.headers or self._tab.header_row()
        whole = [] if tail is None else [tail]
        for _ in range(LOOKS):
            layout = self._layout(headers)
            columns = layout.narrow()
            top, *blocks = self._tab.ranges(
                [
                    "1:1",
                    *(f"{first}:{last}" for first, last in whole),
                    *(_a1(span, column) for span in spans for column in columns),
                ]
            )
            now = top[0] if top else []
            if now == headers:
                break
            headers = now  # a column was moved since
        else:
            raise TryAgain("Kolom sheet sedang dipindah-pindah. Dicoba lagi sendiri.")
        rows = dict(enumerate(blocks[0], start=whole[0][0])) if whole else {}
        look = Snapshot(headers, rows)
        self._remember(look)
        cells: dict[int, dict[int, Cell]] = {}
        narrow = iter(blocks[len(whole) :])
        for first, _last in spans:
            for column, _ in columns:
                for number, row in enumerate(next(narrow), start=first):
                    told = cells.setdefault(number, {})
                    told |= {column + at: "" if c is None else c for at, c in enumerate(row)}
        seen = (layout.glimpse(number, cells[number]) for number in sorted(cells))
        return Glance(tuple(one for one in seen if one is not None), self._reading(look))

    def _reading(self, look: Snapshot) -> DeskReading:
        if not self._timezone:
            self._timezone = self._tab.facts().timezone
        layout = self._layout(look.headers)
        found = (layout.row(number, cells) for number, cells in sorted(look.rows.items()))
        return DeskReading(tuple(row for row in found if row is not None), self._timezone)

    def _remember(self, look: Snapshot) -> None:
        """Rows that were read lately, for what a write may hit by mistake."""
        known = self._remembered
        same = known.headers == look.headers and len(known.rows) + len(look.rows) < REMEMBERED
        self._remembered = Snapshot(
            look.headers, {**known.rows, **look.rows} if same else look.rows
        )

    def write(self, updates: list[RowUpdate]) -> WriteReport:
        if not updates:
            return WriteReport(written=0, moved=False)
        if not self._finish():
            return WriteReport(0, moved=True, details=("penulisan sebelumnya belum tuntas",))
        look = self._now({update.row.number for update in updates})
        before = _Look(look, self._layout(look.headers))
        held = {
            update.row.number: before.holds(update.row, update.row.reference) for update in updates
        }
        details = _moved(number for number, stands in held.items() if not stands)
        standing = [update for update in updates if held[update.row.number]]
        blocks = [block for update in standing for block in _blocks(update, before.layout)]
        in_hand = WriteInHand(look, blocks, self._columns.reference)
        if blocks:
            self._journal.keep(in_hand.as_text())
        refusal: Refused | None = None
        lost = self._transport.lost
        try:
            self._tab.write(blocks)
        except Refused as error:
            if error.status != 400:
                raise
            refusal = error  # rows that are gone answer 400, and so do protected cells
        if self._transport.lost > lost:
            self._transport.pause(ON_ITS_WAY_S)
        if standing:
            after, stood = self._put_right(before.snapshot, blocks, refused=refusal is not None)
            moved = self._moved_meanwhile(standing, before, after, refused=refusal is not None)
            if stood and not moved:
                self._journal.forget()
            else:
                self._settle(in_hand, self._all_that_shows(in_hand, after))
            details += moved
        if refusal and not details:
            raise refusal
        return WriteReport(len(standing), moved=bool(details), details=tuple(details))

    def _put_right(
        self, before: Snapshot, hit: Sequence[Block], *, refused: bool = False
    ) -> tuple[Snapshot, bool]:
        """Gives back whatever the write hit by mistake, and looks whether that in turn hit the right cells.

        Returns the rows as they stood right after the write, and whether it had hit nothing by mistake.
        """
        first = after = self._now(before.rows) if refused else self._after(before, hit)
        for _ in range(PUT_RIGHT_TIMES):
            back = victims(
                hit,
                before=before,
                after=after,
                remembered=self._remembered,
                answers=self._telling,
                own=self._own,
            )
            if not back:
                return first, after is first
            try:
                self._tab.write(back)
            except Refused as error:
                if error.status != 400:
                    raise
                after = self._now(before.rows)  # what was hit is not given back yet
            else:
                hit, before, after = back, after, self._after(after, back)
        return first, False

    def _after(self, before: Snapshot, blocks: Sequence[Block]) -> Snapshot:
        """The rows after a write, once it shows."""
        return self._once_it_shows(lambda: self._now(before.rows), before, blocks)

    def _once_it_shows(
        self, look: Callable[[], Snapshot], before: Snapshot, blocks: Sequence[Block]
    ) -> Snapshot:
        """Looks again, a few times, while nothing of the write shows."""
        after = look()
        for pause_s in UNSEEN_PAUSES_S:
            if not unseen(blocks, before=before, after=after):
                break
            self._transport.pause(pause_s)
            after = look()
        return after

    def _finish(self) -> bool:
        """Puts right what a write hit that nobody saw the end of. False: rows move too fast, it is still in hand."""
        text = self._journal.kept()
        if not text:
            return True
        write = WriteInHand.from_text(text)
        self._transport.pause(ON_ITS_WAY_S)
        after = self._after(write.before, write.blocks)
        return self._settle(write, self._all_that_shows(write, after))

    def _all_that_shows(self, write: WriteInHand, after: Snapshot) -> Snapshot:
        """All rows that the write may have hit; where it showed in `after`, a look that is older is not believed."""
        if unseen(write.blocks, before=write.before, after=after):  # it never arrived
            return self._concerned(write)
        return self._once_it_shows(lambda: self._concerned(write), write.before, write.blocks)

    def _settle(self, write: WriteInHand, whole: Snapshot) -> bool:
        """Searches the whole sheet for what a write left where it does not belong, until nothing is left of it."""
        for _ in range(PUT_RIGHT_TIMES):
            self._remembered = whole
            blocks = list(write.strays(whole, answers=self._telling, own=self._own))
            if not blocks:
                self._journal.forget()
                return True
            look = self._now({number for number, _, _ in blocks})
            if all(look.rows.get(n) == whole.rows[n] for n, _, _ in blocks):
                self._tab.write(blocks)
                self._put_right(look, blocks)
            whole = self._concerned(write)  # they may have moved again
        return False

    def _concerned(self, write: WriteInHand) -> Snapshot:
        """All rows that the write may have hit, wherever they stand now; a long sheet page by page."""
        end = self._tab.facts().rows
        for _ in range(LOOKS):
            headers: list[Sequence[Cell | None]] = []
            found: dict[int, Sequence[Cell | None]] = {}
            for first in range(2, end + 1, PAGE):
                top, rows = self._tab.ranges(["1:1", f"{first}:{min(first + PAGE - 1, end)}"])
                headers.append(top[0] if top else [])
                page = Snapshot(headers[-1], dict(enumerate(rows, start=first)))
                if end > PAGE:
                    found |= write.concerned(page, answers=self._telling, own=self._own)
                else:
                    found |= page.rows
            if all(header == headers[0] for header in headers):
                break  # else a column was moved meanwhile
        return Snapshot(headers[-1] if headers else self._tab.header_row(), found)

    def _whole(self) -> Snapshot:
        rows = self._tab.read_all()
        return Snapshot(rows[0] if rows else [], dict(enumerate(rows[1:], start=2)))

    def _now(self, numbers: Iterable[int]) -> Snapshot:
        """These rows as they stand now, without those beyond the sheet's end."""
        wanted = sorted(numbers)
        try:
            return Snapshot(*self._tab.rows(wanted))
        except Refused as refusal:
            if refusal.status != 400:
                raise
        end = self._tab.facts().rows  # a tab that was renamed is told as such
        there = [number for number in wanted if number <= end]
        return Snapshot(*self._tab.rows(there))

    def _layout(self, headers: Sequence[Cell | None]) -> Layout:
        return find_layout(headers, self._questions, self._columns, where=self._where)

    def _moved_meanwhile(
        self, updates: Sequence[RowUpdate], before: "_Look", after: Snapshot, *, refused: bool
    ) -> list[str]:
        """What is not as it was, one line each, with row numbers only. Raises Mendable for a lost column."""
        layout = self._layout(after.headers)
        if layout != before.layout:
            return ["kolom berpindah ketika ditulis"]
        look = _Look(after, layout)
        moved = []
        for update in updates:
            references = {update.cells.get("reference", update.row.reference)}
            if refused:  # of several batches some may have gone through
                references.add(update.row.reference)
            if not look.holds(update.row, *references):
                moved.append(update.row.number)
        return _moved(moved)


@dataclass(frozen=True, slots=True)
class _Look:
    """Some rows at one moment, and which column is which."""

    snapshot: Snapshot
    layout: Layout

    def holds(self, row: DeskRow, *references: str) -> bool:
        """Whether this row still stands where it was read."""
        now = self.layout.row(row.number, self.snapshot.rows.get(row.number, ()))
        return (
            now is not None
            and now.answers == row.answers
            and now.submitted == row.submitted
            and now.reference in references
        )


def _a1(span: Span, columns: tuple[int, int]) -> str:
    (first, last), (left, right) = span, columns
    return f"{column_letters(left)}{first}:{column_letters(right)}{last}"


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
