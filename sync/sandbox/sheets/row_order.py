"""The order of a sheet's rows: a long list of row keys, kept in blocks, so that a million rows can be inserted into,
cut and sorted by rewriting a few kilobytes.

A key is a row's identity: it never changes while the row moves and is never given twice. What stands in a row is
cells.py's affair.
"""

import sqlite3
from array import array
from collections.abc import Sequence

SCHEMA = """
CREATE TABLE IF NOT EXISTS sheets_blocks (
    sheet_key INTEGER NOT NULL,
    place REAL NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY (sheet_key, place)
);
CREATE TABLE IF NOT EXISTS sheets_next (
    what TEXT PRIMARY KEY,
    value INTEGER NOT NULL
);
"""

_BLOCK = 512
_WIDTH = 8


def reserve(db: sqlite3.Connection, what: str, count: int = 1) -> int:
    """The first of `count` numbers that were never given before."""
    db.execute("INSERT INTO sheets_next VALUES (?, 1) ON CONFLICT DO NOTHING", (what,))
    first: int = db.execute("SELECT value FROM sheets_next WHERE what = ?", (what,)).fetchone()[0]
    db.execute("UPDATE sheets_next SET value = value + ? WHERE what = ?", (count, what))
    return first


class RowOrder:
    """Read and changed within one transaction; changes are written at once."""

    def __init__(self, db: sqlite3.Connection, sheet_key: int) -> None:
        self._db = db
        self.sheet_key = sheet_key
        self._places: list[float] = []
        self._sizes: list[int] = []
        self._loaded: dict[float, array[int]] = {}
        for row in db.execute(
            "SELECT place, length(keys) FROM sheets_blocks WHERE sheet_key = ? ORDER BY place",
            (sheet_key,),
        ):
            self._places.append(row[0])
            self._sizes.append(row[1] // _WIDTH)

    def __len__(self) -> int:
        return sum(self._sizes)

    def keys(self, start: int, end: int) -> list[int]:
        """The keys at these positions."""
        found: list[int] = []
        at = 0
        for place, size in zip(self._places, self._sizes, strict=True):
            if at >= end:
                break
            if at + size > start:
                found += self._block(place)[max(0, start - at) : end - at]
            at += size
        return found

    def blocks(self) -> list[tuple[int, int, float]]:
        """Spans of positions that are kept together, and the block's own place in the store."""
        spans, at = [], 0
        for place, size in zip(self._places, self._sizes, strict=True):
            spans.append((at, at + size, place))
            at += size
        return spans

    def loaded(self) -> list[tuple[float, "array[int]"]]:
        """The blocks that were looked at or written."""
        return list(self._loaded.items())

    def forget(self, place: float) -> None:
        """What fills.py keeps of this block no longer holds."""
        self._db.execute(
            "DELETE FROM sheets_fills WHERE sheet_key = ? AND place = ?", (self.sheet_key, place)
        )

    def forget_all(self) -> None:
        self._db.execute("DELETE FROM sheets_fills WHERE sheet_key = ?", (self.sheet_key,))

    def position(self, key: int) -> int | None:
        """Where this row is now; None when it was deleted."""
        at = 0
        for place, size in zip(self._places, self._sizes, strict=True):
            try:
                return at + self._block(place).index(key)
            except ValueError:
                at += size
        return None

    def insert(self, at: int, count: int) -> list[int]:
        """New blank rows; their keys."""
        first = reserve(self._db, "row", count)
        new = list(range(first, first + count))
        self._splice(at, at, new)
        return new

    def delete(self, start: int, end: int) -> list[int]:
        """Takes rows out; the keys they had."""
        gone = self.keys(start, end)
        self._splice(start, end, ())
        return gone

    def put(self, at: int, keys: Sequence[int]) -> None:
        """Sets back rows taken out by `delete`."""
        self._splice(at, at, keys)

    def reorder(self, start: int, keys: Sequence[int]) -> None:
        """The same rows in another order, from `start` on."""
        at, taken = 0, 0
        for place, size in zip(self._places, self._sizes, strict=True):
            low, high = max(start, at), min(start + len(keys), at + size)
            if low < high:
                block = self._block(place)
                block[low - at : high - at] = array("q", keys[taken : taken + high - low])
                taken += high - low
                self._save(place, block)
            at += size

    def _block(self, place: float) -> "array[int]":
        block = self._loaded.get(place)
        if block is None:
            block = array("q")
            row = self._db.execute(
                "SELECT keys FROM sheets_blocks WHERE sheet_key = ? AND place = ?",
                (self.sheet_key, place),
            ).fetchone()
            block.frombytes(row[0])
            self._loaded[place] = block
        return block

    def _save(self, place: float, block: "array[int]") -> None:
        self._loaded[place] = block
        self.forget(place)
        self._db.execute(
            "INSERT OR REPLACE INTO sheets_blocks VALUES (?, ?, ?)",
            (self.sheet_key, place, block.tobytes()),
        )

    def _splice(self, start: int, end: int, new: Sequence[int]) -> None:
        if not self._places:
            self._places, self._sizes = [0.0], [0]
            self._loaded[0.0] = array("q")
        first, at = 0, 0
        while first < len(self._sizes) - 1 and at + self._sizes[first] < start:
            at += self._sizes[first]
            first += 1
        last, reach = first, at + self._sizes[first]
        while reach < end:
            last += 1
            reach += self._sizes[last]
        touched = self._places[first : last + 1]
        merged = array("q")
        for place in touched:
            merged += self._block(place)
        merged[start - at : end - at] = array("q", new)
        pieces = [merged[i : i + _BLOCK] for i in range(0, len(merged), _BLOCK)]
        if len(merged) <= 2 * _BLOCK:
            pieces = [merged] if merged else []
        for place in touched:
            self._loaded.pop(place, None)
            self.forget(place)
        self._db.executemany(
            "DELETE FROM sheets_blocks WHERE sheet_key = ? AND place = ?",
            [(self.sheet_key, place) for place in touched],
        )
        after = self._places[last + 1] if last + 1 < len(self._places) else None
        places = _between(touched[0], after, len(pieces))
        if places is None:
            self._renumber()
            after = self._places[last + 1] if last + 1 < len(self._places) else None
            places = _between(self._places[first], after, len(pieces)) or []
        self._places[first : last + 1] = places
        self._sizes[first : last + 1] = [len(piece) for piece in pieces]
        for place, piece in zip(places, pieces, strict=True):
            self._save(place, piece)

    def _renumber(self) -> None:
        """Gives the blocks whole places again, wide apart, when halving has used up the room between two."""
        spaced = [float(i << 20) for i in range(len(self._places))]
        # By way of negative places: two blocks must never share one, not even for a moment.
        sql = "UPDATE sheets_blocks SET place = ? WHERE sheet_key = ? AND place = ?"
        key = self.sheet_key
        moves = list(zip(self._places, spaced, strict=True))
        self._db.executemany(sql, [(-1.0 - new, key, old) for old, new in moves])
        self._db.executemany(sql, [(new, key, -1.0 - new) for _, new in moves])
        self.forget_all()
        self._loaded = {}
        self._places = spaced


def _between(first: float, after: float | None, count: int) -> list[float] | None:
    """Places for `count` blocks from `first` on and before `after`; None when no room is left."""
    step = 1.0 if after is None else (after - first) / max(count, 1)
    places = [first + step * i for i in range(count)]
    if any(
        b <= a
        for a, b in zip(
            places, [*places[1:], *([after] if after is not None else [])], strict=False
        )
    ):
        return None
    return places
