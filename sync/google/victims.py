"""Cells that a write of Loket hit by mistake because rows or columns moved in that moment, and what had been in them.

It happens when an officer or the form sorts, inserts, deletes or moves between our last look and our write. Pure:
it compares the sheet before and after, knows rows by their answers and columns by their headers, never by position.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher

from sync.core.cells import cell_text
from sync.core.desk import Cell
from sync.core.headers import normal

Block = tuple[int, int, Sequence[Cell]]
"""Row number, first column's index, cells side by side."""

Row = Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows at one moment, by number, under their header row."""

    headers: Row
    rows: Mapping[int, Row]


def victims(
    blocks: Iterable[Block],
    *,
    before: Snapshot,
    after: Snapshot,
    remembered: Snapshot,
    answers: Collection[str],
    own: Collection[str],
) -> list[Block]:
    """What to write so that no cell but Loket's own keeps what was written, and no stranger's row Loket's words.

    `remembered` are the rows of the last full reading, where the content of a row that was not looked at is found.
    `answers` are the headers that tell whose row it is, `own` those of Loket's columns. Loket's cells in rows that
    stayed are left to the worker's next write.
    """
    writing = _Writing(before, after, remembered, set(map(normal, answers)), set(map(normal, own)))
    return list(writing.put_right(list(blocks)))


def unseen(blocks: Iterable[Block], *, before: Snapshot, after: Snapshot) -> bool:
    """Whether nothing of a write shows, wherever rows and columns stand by now: it did not arrive, or the look is older."""
    stood = {cell for row in before.rows.values() for cell in row}
    new = {cell for _, _, cells in blocks for cell in cells} - stood - {""}
    return bool(new) and all(new.isdisjoint(row) for row in after.rows.values())


def cell_at(row: Row, column: int) -> Cell:
    """Sheets leaves out the empty cells at a row's end."""
    cell = row[column] if column < len(row) else ""
    return "" if cell is None else cell


@dataclass(slots=True)
class _Writing:
    before: Snapshot
    after: Snapshot
    remembered: Snapshot
    answers: Set[str]
    own: Set[str]

    def put_right(self, blocks: Sequence[Block]) -> Iterator[Block]:
        columns = {first + at for _, first, cells in blocks for at in range(len(cells))}
        hit = {title_at(look.headers, at) for look in (self.before, self.after) for at in columns}
        looks = [self.before, self.after, *([self.remembered] if self.remembered.rows else [])]
        telling = self.answers - hit
        peoples = set(titles_of(self.after.headers)) - self.own - hit - {""}
        for look in looks:  # a column that was deleted tells nothing any more
            telling &= set(titles_of(look.headers))
            peoples &= set(titles_of(look.headers))
        for number, first, cells in blocks:
            if number not in self.after.rows:
                continue
            now = _key(self.after.headers, self.after.rows[number], telling)
            stayed = now == _key(self.before.headers, self.before.rows.get(number, ()), telling)
            for column, text in enumerate(cells, start=first):
                title = title_at(self.after.headers, column)
                landed_right = stayed and title == title_at(self.before.headers, column)
                if landed_right or cell_at(self.after.rows[number], column) != text:
                    continue
                if title in self.own:
                    held: set[Cell] = set() if stayed else {""}
                elif stayed:
                    held = {self._stood(self.before, self.before.rows[number], column)}
                else:
                    # Emptied by us, or empty as a copy may be whose original is not: that takes more to tell.
                    held = self._held(number, column, telling if text else peoples)
                if len(held) == 1 and held != {text}:
                    yield number, column, [held.pop()]

    def _held(self, number: int, column: int, telling: Set[str]) -> set[Cell]:
        """What stood in the cell of a row that came from elsewhere: one value, or none or several where that can't be told."""
        now = _key(self.after.headers, self.after.rows[number], telling)
        found = {
            self._stood(look, row, column)
            for look in (self.before, self.remembered)
            for row in look.rows.values()
            if _key(look.headers, row, telling) == now
        }
        return found if any(now) else set()

    def _stood(self, look: Snapshot, row: Row, column: int) -> Cell:
        return stood(look.headers, row, self.after.headers, column)


def stood(headers: Row, row: Row, headers_now: Row, column: int) -> Cell:
    """The cell of a row as it was, under the header that stands over `column` now; "" under a new one."""
    title = title_at(headers_now, column)
    titles = [title_at(headers, at) for at in range(max(len(headers), len(row)))]
    stood_at = [at for at, known in enumerate(titles) if known == title]
    if not title or len(stood_at) > 1:  # told apart by what stands beside them
        now = [title_at(headers_now, at) for at in range(max(column + 1, len(titles)))]
        same = SequenceMatcher(None, titles, now, autojunk=False).get_matching_blocks()
        stood_at = [a + column - b for a, b, size in same if b <= column < b + size]
    return cell_at(row, stood_at[0]) if stood_at else ""


def _key(headers: Row, row: Row, telling: Set[str]) -> list[Cell]:
    """What tells whose row it is, whatever the order of the columns."""
    titles = titles_of(headers)
    return [
        cell_at(row, titles.index(title)) if titles.count(title) == 1 else ""
        for title in sorted(telling)
    ]


def titles_of(headers: Row) -> list[str]:
    return [title_at(headers, at) for at in range(len(headers))]


def title_at(headers: Row, column: int) -> str:
    """The header as it is compared."""
    return normal(cell_text(cell_at(headers, column)))
