"""Which columns hold something, block of rows by block: so that a table's edges in a million rows are found at once.

A block's summary is kept in the store until one of its rows is saved or its order changes (`note`, and RowOrder's own
rewriting), and is worked out again when it is next asked for: ask only within a transaction that may write.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from sync.sandbox.sheets import cells
from sync.sandbox.sheets.cells import Row
from sync.sandbox.sheets.row_order import RowOrder

SCHEMA = """
CREATE TABLE IF NOT EXISTS sheets_fills (
    sheet_key INTEGER NOT NULL,
    place REAL NOT NULL,
    every TEXT NOT NULL,              -- slots that are filled in each row of the block
    some TEXT NOT NULL,               -- slots that are filled in any of them
    PRIMARY KEY (sheet_key, place)
) WITHOUT ROWID;
"""


class Fills:
    """One sheet's, as they are now: make a new one after a change."""

    def __init__(self, db: sqlite3.Connection, columns: list[int], order: RowOrder) -> None:
        self._db = db
        self._order = order
        self._position = {slot: at for at, slot in enumerate(columns)}
        self._spans = order.blocks()
        self._starts = [start for start, _, _ in self._spans]
        self._known = {
            place: (every, some)
            for place, every, some in db.execute(
                "SELECT place, every, some FROM sheets_fills WHERE sheet_key = ?",
                (order.sheet_key,),
            )
        }
        self._sets: dict[str, frozenset[int]] = {}
        self._rows: dict[int, list[frozenset[int]]] = {}

    def passed(self, row: int, step: int, left: int, right: int) -> int:
        """From `row` on, downwards (1) or upwards (-1), past all blocks whose rows all touch these columns."""
        at = bisect_right(self._starts, row) - 1
        verdicts: dict[tuple[str, str], bool] = {}  # most blocks look alike
        while 0 <= at < len(self._spans):
            told = self._summary(at)
            if told not in verdicts:
                every = self._columns(told[0])
                verdicts[told] = any(left - 1 <= column <= right for column in every)
            if not verdicts[told]:
                break
            start, end, _ = self._spans[at]
            row = end if step > 0 else start - 1
            at += step
        return row

    def within(self, row_start: int, row_end: int) -> frozenset[int]:
        """The columns that any row of the span fills."""
        found: set[int] = set()
        alike: set[str] = set()
        at = bisect_right(self._starts, row_start) - 1
        while at < len(self._spans) and self._spans[at][0] < row_end:
            start, end, _ = self._spans[at]
            if row_start <= start and end <= row_end:
                alike.add(self._summary(at)[1])
            else:
                for row in range(max(start, row_start), min(end, row_end)):
                    found |= self.columns(row)
            at += 1
        return frozenset(found.union(*map(self._columns, alike)))

    def _summary(self, at: int) -> tuple[str, str]:
        """Of one block: the slots that are filled in every row, and in some."""
        start, end, place = self._spans[at]
        if place not in self._known:
            keys = self._order.keys(start, end)
            held = cells.with_content(self._db, keys)
            rows = [held.get(key, ()) for key in keys]
            self._known[place] = _store(self._db, self._order.sheet_key, place, rows)
        return self._known[place]

    def columns(self, row: int) -> frozenset[int]:
        """Those that this row fills."""
        start, end, _ = self._spans[bisect_right(self._starts, row) - 1]
        if start not in self._rows:
            keys = self._order.keys(start, end)
            held = cells.with_content(self._db, keys)
            self._rows[start] = [
                frozenset(
                    self._position[slot] for slot in held.get(key, ()) if slot in self._position
                )
                for key in keys
            ]
        return self._rows[start][row - start]

    def last(self, row_start: int, row_end: int, column_start: int, column_end: int) -> int:
        """The lowest row of the span that holds a value in these columns; -1 when there is none."""
        wanted = range(column_start, column_end)
        row = row_end - 1
        while row >= row_start:
            at = bisect_right(self._starts, row) - 1
            if self._columns(self._summary(at)[1]).isdisjoint(wanted):
                row = self._starts[at] - 1
            elif self.columns(row).isdisjoint(wanted):
                row -= 1
            else:
                return row
        return -1

    def _columns(self, slots: str) -> frozenset[int]:
        if slots not in self._sets:
            numbers = map(int, slots.split(",")) if slots else ()
            self._sets[slots] = frozenset(
                self._position[slot] for slot in numbers if slot in self._position
            )
        return self._sets[slots]


def note(order: RowOrder, db: sqlite3.Connection, saved: Iterable[Row]) -> None:
    """Rows were saved: a block saved as a whole is summed up, others are forgotten."""
    values = {row.key: row.values for row in saved}
    found = 0
    for place, block in order.loaded():
        held = [values[key] for key in block if key in values]
        found += len(held)
        if held and len(held) == len(block):
            _store(db, order.sheet_key, place, held)
        elif held:
            order.forget(place)
    if found < len(values):  # rows that came from elsewhere: better no summary than a wrong one
        order.forget_all()


def _store(
    db: sqlite3.Connection, sheet_key: int, place: float, rows: Sequence[Iterable[int]]
) -> tuple[str, str]:
    every: set[int] = set(rows[0]) if rows else set()
    some: set[int] = set()
    for held in rows:
        every.intersection_update(held)
        some.update(held)
    told = ",".join(map(str, sorted(every))), ",".join(map(str, sorted(some)))
    db.execute("INSERT OR REPLACE INTO sheets_fills VALUES (?, ?, ?, ?)", (sheet_key, place, *told))
    return told
