"""A write that nobody saw the end of: the worker died, or every answer was lost, before what it hit was put right.

The rows before it and what it writes are kept until then. Afterwards rows and columns may stand elsewhere: a row is
known by its answers, as they were or overwritten by the write itself, and a column by its header. Pure but for Journal.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from sync.core.desk import Cell
from sync.core.headers import normal
from sync.core.projection import LABEL_COPY, LABEL_REPLACED
from sync.google.victims import Block, Row, Snapshot, cell_at, stood, titles_of

SET_ASIDE = {LABEL_COPY, LABEL_REPLACED}
"""Statuses of rows that carry another row's reference, and rightly so."""


class Journal(Protocol):
    """Keeps one write's text over a crash."""

    def keep(self, text: str) -> None: ...

    def kept(self) -> str:
        """ "" when there is none."""
        ...

    def forget(self) -> None: ...


@dataclass(frozen=True, slots=True)
class WriteInHand:
    """`reference` is the header of the column that references are written into."""

    before: Snapshot
    blocks: Sequence[Block]
    reference: str

    def as_text(self) -> str:
        rows = list(self.before.rows.items())
        return json.dumps([self.before.headers, rows, self.blocks, self.reference])

    @classmethod
    def from_text(cls, text: str) -> "WriteInHand":
        headers, rows, blocks, reference = json.loads(text)
        return cls(Snapshot(headers, dict(rows)), [tuple(block) for block in blocks], reference)

    def strays(
        self, now: Snapshot, *, answers: Collection[str], own: Collection[str]
    ) -> Iterator[Block]:
        """What to write so that people's cells are as they were, no row has a reference meant for another, and none
        that is nobody's has Loket's words.

        `now` are all rows of the tab, `answers` the headers that tell whose row it is, `own` those of Loket's columns.
        """
        search = _Search(self, now, set(map(normal, answers)), set(map(normal, own)))
        yield from search.words()
        yield from search.references()
        yield from search.nobodys()

    def concerned(
        self, now: Snapshot, *, answers: Collection[str], own: Collection[str]
    ) -> dict[int, Row]:
        """Those of some rows that `strays` has to see: of a long sheet all need not be kept."""
        return _Search(self, now, set(map(normal, answers)), set(map(normal, own))).concerned()


class _Search:
    def __init__(self, write: WriteInHand, now: Snapshot, answers: Set[str], own: Set[str]) -> None:
        self._write, self._now = write, now
        self._written: set[Cell] = {cell for _, _, cells in write.blocks for cell in cells}
        titles = titles_of(now.headers)
        self._as_it_was = titles_of(write.before.headers) == titles
        self._own_at = {at for at, title in enumerate(titles) if title in own}
        columns = (_columns(write.before.headers), _columns(now.headers))
        telling = sorted(answers & columns[0].keys() & columns[1].keys())
        self._telling = [(columns[0][title], columns[1][title]) for title in telling]
        self._peoples = [
            (at, columns[1][title])
            for title, at in columns[0].items()
            if title in columns[1] and title not in own
        ]
        self._index: list[dict[Cell, set[int]]] = [{} for _ in telling]
        for number, row in write.before.rows.items():
            for index, (column, _) in zip(self._index, self._telling, strict=True):
                index.setdefault(cell_at(row, column), set()).add(number)
        self._stands_at: dict[int, list[int]] = {}  # number before → numbers now
        self._stood_at: dict[int, int] = {}  # number now → number before
        for number, row in now.rows.items():
            was = self._was(row)
            if was is not None:
                self._stands_at.setdefault(was, []).append(number)
                self._stood_at[number] = was

    def concerned(self) -> dict[int, Row]:
        references = self._written - {""}
        column = _columns(self._now.headers).get(normal(self._write.reference))
        return {
            number: row
            for number, row in self._now.rows.items()
            if number in self._stood_at
            or (column is not None and cell_at(row, column) in references)
            or self._is_nobodys(row)
        }

    def words(self) -> Iterator[Block]:
        """Loket's words in cells that are not Loket's."""
        titles = titles_of(self._now.headers)
        for was, numbers in self._stands_at.items():
            row_before = self._write.before.rows[was]
            nearest = max(self._alike(row_before, self._now.rows[number]) for number in numbers)
            for number in numbers:
                row = self._now.rows[number]
                is_copy = self._alike(row_before, row) < nearest
                for column in range(max(len(titles), len(row))):
                    cell = cell_at(row, column)
                    if cell not in self._written or column in self._own_at:
                        continue
                    if cell == "" and (self._as_it_was or is_copy):
                        continue  # no column moved: somebody emptied it; a copy may be empty where its original is not
                    held = stood(self._write.before.headers, row_before, self._now.headers, column)
                    if held != cell:
                        yield number, column, [held]

    def references(self) -> Iterator[Block]:
        """A reference under its header, in another row than the one it was meant for, which is still there."""
        before, now = (_columns(look.headers) for look in (self._write.before, self._now))
        title = normal(self._write.reference)
        if title not in before or title not in now:
            return
        meant = {
            cells[before[title] - first]: number
            for number, first, cells in self._write.blocks
            if first <= before[title] < first + len(cells)
        }
        for number, row in self._now.rows.items():
            cell = cell_at(row, now[title])
            was = meant.get(cell) if cell else None
            if was is None or number in self._stands_at.get(was, [number]):
                continue
            stood_at = self._stood_at.get(number)
            if stood_at is None:  # not looked at: one that was set aside keeps the reference
                set_aside = not SET_ASIDE.isdisjoint(row)
            else:
                set_aside = cell_at(self._write.before.rows[stood_at], before[title]) == cell
            if not set_aside:
                yield number, now[title], [""]

    def nobodys(self) -> Iterator[Block]:
        """Loket's words in a row that holds nothing else: the one that they were meant for was deleted, or moved."""
        for number, row in self._now.rows.items():
            if self._is_nobodys(row):
                for column, cell in enumerate(row):
                    if cell and cell in self._written:
                        yield number, column, [""]

    def _is_nobodys(self, row: Row) -> bool:
        return all(
            cell in ("", None) or at in self._own_at or cell in self._written
            for at, cell in enumerate(row)
        )

    def _alike(self, before: Row, now: Row) -> int:
        """In how many of people's cells that the write cannot have hit two looks at a row agree."""
        return sum(
            cell_at(before, at) == cell_at(now, there)
            for at, there in self._peoples
            if cell_at(now, there) not in self._written
        )

    def _was(self, row: Row) -> int | None:
        """The number that this row had; None when it was not looked at or can't be told."""
        fitting: set[int] | None = None
        known = False
        for index, (_, column) in zip(self._index, self._telling, strict=True):
            cell = cell_at(row, column)
            here = index.get(cell, set())
            if cell in self._written:  # it may stand in place of the answer
                continue
            known = known or bool(cell)
            fitting = here if fitting is None else fitting & here
            if not fitting:
                return None
        return next(iter(fitting)) if known and fitting and len(fitting) == 1 else None


def _columns(headers: Row) -> dict[str, int]:
    """Title → column, of titles that stand once."""
    titles = titles_of(headers)
    times = Counter(titles)
    return {title: at for at, title in enumerate(titles) if title and times[title] == 1}
