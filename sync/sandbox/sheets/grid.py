"""The cells of one sheet, and its rows and columns as things that are inserted, deleted, moved and sorted.

Positions are counted from 0 as they are now; identity (row keys, column slots) stays below. Ranges and formulas that
refer to moved rows are carried along here; permission and Google's wording of errors are the callers' affair.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sync.sandbox.frame import GoogleError, invalid
from sync.sandbox.sheets import a1, cells, fills, references
from sync.sandbox.sheets.book import CELLS_AT_MOST, COLUMNS_AT_MOST, Book, Sheet
from sync.sandbox.sheets.cells import CELL_CHARACTERS, Formula, Row, Value
from sync.sandbox.sheets.row_order import RowOrder
from sync.sandbox.sheets.shift import Change, Dimension, carry_objects


@dataclass(frozen=True, slots=True)
class Area:
    """A closed rectangle of one sheet: half-open, counted from 0."""

    sheet: Sheet
    row_start: int
    row_end: int
    column_start: int
    column_end: int

    @property
    def text(self) -> str:
        return a1.text_of(
            self.sheet.title, self.row_start, self.row_end, self.column_start, self.column_end
        )

    @property
    def height(self) -> int:
        return self.row_end - self.row_start

    @property
    def width(self) -> int:
        return self.column_end - self.column_start


class Grid:
    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.book = book
        self.sheet = sheet
        self._db: sqlite3.Connection = book.db
        self.order = RowOrder(book.db, sheet.key)

    @property
    def row_count(self) -> int:
        return len(self.order)

    @property
    def column_count(self) -> int:
        return len(self.sheet.columns)

    @property
    def whole(self) -> Area:
        return Area(self.sheet, 0, self.row_count, 0, self.column_count)

    # Cells

    def rows(self, start: int, end: int) -> list[Row]:
        """Every row of the span, blank ones too. Change them and hand them to `save`."""
        keys = self.order.keys(start, end)
        stored = cells.fetch(self._db, keys)
        return [stored.get(key) or Row(key) for key in keys]

    def save(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        cells.save(self._db, self.sheet.key, rows)
        fills.note(self.order, self._db, rows)

    def fills(self) -> fills.Fills:
        return fills.Fills(self._db, self.sheet.columns, self.order)

    def values(self, area: Area) -> list[list[Value]]:
        """Rows of equal length."""
        slots = self.sheet.columns[area.column_start : area.column_end]
        keys = self.order.keys(area.row_start, area.row_end)
        stored = cells.fetch(self._db, keys)
        blank: list[Value] = [None] * len(slots)
        found = []
        for key in keys:
            row = stored.get(key)
            found.append([row.values.get(slot) for slot in slots] if row else blank[:])
        return found

    def put(
        self, row_start: int, column_start: int, lines: Sequence[Sequence["Value | Keep"]]
    ) -> None:
        """Writes a block of values; KEEP leaves a cell as it is. The block must lie within the grid."""
        if not lines:
            return
        rows = self.rows(row_start, row_start + len(lines))
        hidden = self.covered()
        for offset, (row, line) in enumerate(zip(rows, lines, strict=True)):
            for column, value in enumerate(line, column_start):
                if isinstance(value, Keep) or (hidden and (row_start + offset, column) in hidden):
                    continue
                set_value(row, self.sheet.columns[column], value)
        self.save(rows)

    def clear(self, area: Area) -> None:
        """Empties values; looks stay."""
        slots = self.sheet.columns[area.column_start : area.column_end]
        touched = []
        for row in self.stored(area.row_start, area.row_end):
            held = row.values.keys() & slots
            if held:
                for slot in held:
                    del row.values[slot]
                touched.append(row)
        self.save(touched)

    def stored(self, start: int = 0, end: int | None = None) -> list[Row]:
        """The rows of the span that were ever written, in no order."""
        end = self.row_count if end is None else end
        return list(cells.fetch(self._db, self.order.keys(start, end)).values())

    def covered(self) -> set[tuple[int, int]]:
        """Cells covered by a merge: all but its first. What is written there is lost, as at Google."""
        covered: set[tuple[int, int]] = set()
        for merge in self.book.objects("merge", self.sheet):
            body = merge.body
            first = (body["startRowIndex"], body["startColumnIndex"])
            covered |= {
                (row, column)
                for row in range(first[0], body["endRowIndex"])
                for column in range(first[1], body["endColumnIndex"])
            } - {first}
        return covered

    def last_row_with_content(self, column_start: int = 0, column_end: int | None = None) -> int:
        """Position of the lowest row that holds a value in these columns; -1 when there is none."""
        end = self.column_count if column_end is None else column_end
        return self.fills().last(0, self.row_count, column_start, end)

    # Looks

    def look_of(self, row: Row, slot: int) -> int:
        return row.looks.get(slot, self.sheet.column_looks.get(slot, 0))

    # Rows and columns

    def ensure_size(self, rows: int, columns: int) -> None:
        """Grows the grid so that it has at least this many."""
        if rows > self.row_count:
            self.insert("ROWS", self.row_count, rows - self.row_count)
        if columns > self.column_count:
            self.insert("COLUMNS", self.column_count, columns - self.column_count)

    def insert(self, dimension: Dimension, at: int, count: int, *, like: int | None = None) -> None:
        """New blank rows or columns before position `at`; they take the look of the one at `like`."""
        self._refuse_too_many(dimension, count)
        at_end = at >= (self.row_count if dimension == "ROWS" else self.column_count)
        if dimension == "ROWS":
            pattern = self.rows(like, like + 1)[0] if like is not None else None
            keys = self.order.insert(at, count)
            if pattern is not None and pattern.looks:
                self.save(Row(key, looks=dict(pattern.looks)) for key in keys)
        else:
            slots = self.sheet.new_slots(count)
            if like is not None:
                self._like_column(self.sheet.columns[like], slots)
            self.sheet.columns[at:at] = slots
            self.sheet.save()
        if not at_end:
            self._carry(Change(dimension, "insert", at, at + count))

    def _like_column(self, pattern: int, slots: list[int]) -> None:
        look = self.sheet.column_looks.get(pattern)
        for slot in slots if look else ():
            self.sheet.column_looks[slot] = look or 0
        touched = [row for row in self.stored() if pattern in row.looks]
        for row in touched:
            row.looks |= dict.fromkeys(slots, row.looks[pattern])
        self.save(touched)

    def delete(self, dimension: Dimension, start: int, end: int) -> None:
        if dimension == "ROWS":
            cells.delete(self._db, self.order.delete(start, end))
        else:
            gone = self.sheet.columns[start:end]
            del self.sheet.columns[start:end]
            for slot in gone:
                self.sheet.column_properties.pop(slot, None)
                self.sheet.column_looks.pop(slot, None)
            self.sheet.save()
        self._carry(Change(dimension, "delete", start, end))

    def move(self, dimension: Dimension, start: int, end: int, destination: int) -> None:
        """`destination` is counted before the move; within the moved block nothing happens."""
        if start <= destination <= end:
            return
        landing = destination if destination < start else destination - (end - start)
        if dimension == "ROWS":
            self.order.put(landing, self.order.delete(start, end))
        else:
            block = self.sheet.columns[start:end]
            del self.sheet.columns[start:end]
            self.sheet.columns[landing:landing] = block
            self.sheet.save()
        self._carry(Change(dimension, "move", start, end, destination))

    def _carry(self, change: Change) -> None:
        carry_objects(self.book, self.sheet, change)
        rewrite_formulas(
            self.book,
            lambda text, sheet: references.carried(
                text, sheet.key == self.sheet.key, self.sheet.title, change
            ),
        )

    def _refuse_too_many(self, dimension: Dimension, count: int) -> None:
        rows, columns = self.row_count, self.column_count
        others = self._db.execute(
            "SELECT b.sheet_key, sum(length(b.keys)) / 8, s.columns FROM sheets_blocks b"
            " JOIN sheets_sheets s ON s.key = b.sheet_key WHERE s.book_id = ? AND s.key != ? GROUP BY s.key",
            (self.book.id, self.sheet.key),
        ).fetchall()
        total = sum(row[1] * (row[2].count(",") + 1) for row in others)
        if dimension == "ROWS":
            rows += count
        else:
            columns += count
        if columns > COLUMNS_AT_MOST or total + rows * columns > CELLS_AT_MOST:
            raise too_many_cells()


def rewrite_formulas(book: Book, new: Callable[[str, Sheet], str]) -> None:
    """Every formula of the spreadsheet, made anew from its text and the sheet it stands in."""
    for sheet in book.sheets:
        touched = []
        for row in cells.rows_with_formulas(book.db, sheet.key):
            before = dict(row.values)
            for slot, value in before.items():
                if isinstance(value, Formula):
                    row.values[slot] = Formula(new(value.text, sheet))
            if row.values != before:
                touched.append(row)
        cells.save(book.db, sheet.key, touched)


class Keep:
    """The mark for a cell that a block of values leaves alone (JSON's null)."""


KEEP = Keep()


def set_value(row: Row, slot: int, value: Value) -> None:
    """An empty string and None empty the cell."""
    if value is None or value == "":
        row.values.pop(slot, None)
        return
    if isinstance(value, str) and len(value) > CELL_CHARACTERS:
        raise invalid(
            "Your input contains more than the maximum of 50000 characters in a single cell."
        )
    row.values[slot] = value


def too_many_cells() -> GoogleError:
    return invalid(
        "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
    )
