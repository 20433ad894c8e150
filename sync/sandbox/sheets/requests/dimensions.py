"""Rows and columns: inserted, appended, deleted, moved, hidden, sized. Groups are groups.py's."""

from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import protection
from sync.sandbox.sheets.book import Book, Sheet
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.requests.cell_data import fields_of, merged
from sync.sandbox.sheets.shift import Dimension


def _sheet(book: Book, sheet_id: Any, where: str) -> Sheet:
    sheet = book.by_id(sheet_id or 0)
    if sheet is None:
        raise invalid(f"{where}No grid with id: {sheet_id}")
    return sheet


def _dimension(name: Any, where: str) -> Dimension:
    if name == "ROWS":
        return "ROWS"
    if name == "COLUMNS":
        return "COLUMNS"
    raise invalid(where + "No dimension specified.")


def dimension_range(book: Book, given: Any, where: str) -> tuple[Grid, Dimension, int, int]:
    """A DimensionRange with its open sides filled in."""
    if not isinstance(given, dict):
        raise invalid(where + "Range is required.")
    grid = Grid(book, _sheet(book, given.get("sheetId", 0), where))
    dimension = _dimension(given.get("dimension"), where)
    count = grid.row_count if dimension == "ROWS" else grid.column_count
    start, end = given.get("startIndex", 0), given.get("endIndex", count)
    if start < 0 or end <= start:
        raise invalid(f"{where}range.endIndex[{end}] must be after range.startIndex[{start}]")
    return grid, dimension, start, end


def _within(grid: Grid, dimension: Dimension, start: int, end: int, where: str) -> int:
    """The end, clipped to the grid. Raises 400 when the start lies beyond it."""
    count = grid.row_count if dimension == "ROWS" else grid.column_count
    name = "rows" if dimension == "ROWS" else "columns"
    if start >= count:
        raise invalid(f"{where}Cannot use {name} {start} to {end}: the sheet has {count} {name}.")
    return min(end, count)


def _area(grid: Grid, dimension: Dimension, start: int, end: int) -> Area:
    if dimension == "ROWS":
        return Area(grid.sheet, start, end, 0, grid.column_count)
    return Area(grid.sheet, 0, grid.row_count, start, end)


def insert(book: Book, body: Json, where: str) -> Json:
    grid, dimension, start, end = dimension_range(book, body.get("range"), where)
    count = grid.row_count if dimension == "ROWS" else grid.column_count
    if start > count or (start == count and not body.get("inheritFromBefore")):
        raise invalid(
            f"{where}range.startIndex[{start}] must be less than the grid size ({count})"
            " if inheritFromBefore is false."
        )
    if body.get("inheritFromBefore"):
        if start == 0:
            raise invalid(where + "inheritFromBefore cannot be true if inserting at the start.")
        like = start - 1
    else:
        like = start
    protection.check_insert(book, grid.sheet, dimension, start, where)
    grid.insert(dimension, start, end - start, like=like)
    return {}


def append(book: Book, body: Json, where: str) -> Json:
    grid = Grid(book, _sheet(book, body.get("sheetId", 0), where))
    dimension = _dimension(body.get("dimension"), where)
    length = body.get("length", 0)
    if length < 1:
        raise invalid(where + "length must be greater than 0.")
    count = grid.row_count if dimension == "ROWS" else grid.column_count
    grid.insert(dimension, count, length)
    return {}


def delete(book: Book, body: Json, where: str) -> Json:
    grid, dimension, start, end = dimension_range(book, body.get("range"), where)
    end = _within(grid, dimension, start, end, where)
    count = grid.row_count if dimension == "ROWS" else grid.column_count
    if end - start == count:
        name = "rows" if dimension == "ROWS" else "columns"
        raise invalid(f"{where}You can't delete all the {name} on the sheet.")
    protection.check(book, _area(grid, dimension, start, end), where)
    grid.delete(dimension, start, end)
    return {}


def move(book: Book, body: Json, where: str) -> Json:
    grid, dimension, start, end = dimension_range(book, body.get("source"), where)
    end = _within(grid, dimension, start, end, where)
    destination = body.get("destinationIndex", 0)
    count = grid.row_count if dimension == "ROWS" else grid.column_count
    if not 0 <= destination <= count:
        raise invalid(f"{where}destinationIndex[{destination}] is outside the grid.")
    protection.check(book, _area(grid, dimension, start, end), where)
    grid.move(dimension, start, end, destination)
    return {}


def update_properties(book: Book, body: Json, where: str) -> Json:
    grid, dimension, start, end = dimension_range(book, body.get("range"), where)
    end = _within(grid, dimension, start, end, where)
    mask, given = fields_of(body, where), body.get("properties") or {}
    if dimension == "ROWS":
        rows = grid.rows(start, end)
        for row in rows:
            row.properties = merged(row.properties, given, mask)
        grid.save(rows)
    else:
        for slot in grid.sheet.columns[start:end]:
            before = grid.sheet.column_properties.get(slot, {})
            grid.sheet.column_properties[slot] = merged(before, given, mask)
        grid.sheet.save()
    return {}


def auto_resize(book: Book, body: Json, where: str) -> Json:
    """The sandbox draws nothing: sizes go back to their defaults."""
    grid, dimension, start, end = dimension_range(book, body.get("dimensions"), where)
    end = _within(grid, dimension, start, end, where)
    if dimension == "COLUMNS":
        for slot in grid.sheet.columns[start:end]:
            grid.sheet.column_properties.get(slot, {}).pop("pixelSize", None)
        grid.sheet.save()
    return {}


REQUESTS = {
    "insertDimension": insert,
    "appendDimension": append,
    "deleteDimension": delete,
    "moveDimension": move,
    "updateDimensionProperties": update_properties,
    "autoResizeDimensions": auto_resize,
}
