"""Cells as CellData: updateCells, appendCells, repeatCell, and the field masks that say which part of a cell to set."""

import math
from typing import Any

from sync.sandbox.drive import masks
from sync.sandbox.drive.masks import Mask
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import answers, cells, protection, ranges, references, serials
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Formula, Row, Value
from sync.sandbox.sheets.grid import Area, Grid, set_value
from sync.sandbox.sheets.requests.unsupported import unsupported

_NOT_HERE = ("pivotTable", "dataSourceTable", "dataSourceFormula", "chipRuns")
_LOOK_PARTS = ("userEnteredFormat", "note", "dataValidation", "textFormatRuns", "hyperlink")


def fields_of(body: Json, where: str) -> Mask:
    """The request's `fields`. Raises 400 when there are none."""
    text = body.get("fields")
    if not text:
        raise invalid(
            where
            + "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    return masks.parse(text)


def cell_mask(body: Json, where: str) -> Mask:
    """`fields` of a request on cells."""
    mask = fields_of(body, where)
    if "*" in mask:
        return {name: {} for name in ("userEnteredValue", *_LOOK_PARTS)}
    for name in mask:
        if name in _NOT_HERE:
            raise unsupported(f"{where}fields {name}")
    return mask


def merged(current: Json, given: Json, mask: Mask) -> Json:
    """`current` with the masked parts taken from `given`; a part that is not given is removed.

    A repeated field is taken as a whole, each of its items cut down to what the mask says below it.
    """
    if "*" in mask:
        return dict(answers.coloured(given))
    result = dict(current)
    for name in sorted(mask, key=lambda name: name.endswith("Style")):  # the style counts
        below, part = mask[name], given.get(name)
        had: Any = result.get(name)
        value: Any = part
        if isinstance(part, list):
            value = masks.keep(part, below)
        elif below and not isinstance(had, list):
            value = merged(had or {}, part or {}, below) or None
        if value is None:
            result.pop(name, None)
        else:
            result[name] = answers.coloured(value)
        answers.match_colour(result, name)
    return result


class Looks:
    """Looks changed by one mask: each distinct look is worked out once."""

    def __init__(self, grid: Grid) -> None:
        self._db = grid.book.db
        self._known: dict[tuple[int, int], int] = {}

    def changed(self, look: int, given: Json, mask: Mask) -> int:
        mask = {name: below for name, below in mask.items() if name in _LOOK_PARTS}
        if not mask:
            return look
        known = self._known.get((look, id(given)))
        if known is None:
            known = cells.look_number(self._db, merged(cells.look(self._db, look), given, mask))
            self._known[look, id(given)] = known
        return known


def entered(value: Any, where: str = "") -> Value:
    """An ExtendedValue as a cell's value."""
    if not value:
        return None
    if "stringValue" in value:
        return str(value["stringValue"])
    if "boolValue" in value:
        return bool(value["boolValue"])
    if "formulaValue" in value:
        text = str(value["formulaValue"])
        return Formula(text if text.startswith("=") else "=" + text)
    if "numberValue" in value:
        number = float(value["numberValue"])
        if not math.isfinite(number):
            raise invalid(where + "Invalid value: not a finite number.")
        return serials.plain(number)
    raise invalid(where + "Invalid userEnteredValue.")


def apply_cell(
    grid: Grid,
    looks: Looks,
    row: Row,
    slot: int,
    given: Json,
    mask: Mask,
    away: tuple[int, int] = (0, 0),
) -> None:
    """`away`: rows and columns from the cell that a given formula is written for."""
    if "userEnteredValue" in mask:
        value = entered(given.get("userEnteredValue"))
        if isinstance(value, Formula) and any(away):
            value = Formula(references.shifted(value.text, *away))
        set_value(row, slot, value)
    set_look(grid, row, slot, looks.changed(grid.look_of(row, slot), given, mask))


def set_look(grid: Grid, row: Row, slot: int, look: int) -> None:
    """The row keeps a look of its own only where it differs from its column's."""
    if look == grid.sheet.column_looks.get(slot, 0):
        row.looks.pop(slot, None)
    else:
        row.looks[slot] = look


def put_row_data(
    grid: Grid, row_start: int, column_start: int, lines: list[Json], mask: Mask
) -> None:
    """Lays RowData from this cell on; the grid must be large enough."""
    looks = Looks(grid)
    rows = grid.rows(row_start, row_start + len(lines))
    for row, line in zip(rows, lines, strict=True):
        for column, given in enumerate(line.get("values") or [], column_start):
            apply_cell(grid, looks, row, grid.sheet.columns[column], given, mask)
    grid.save(rows)


def update_cells(book: Book, body: Json, where: str) -> Json:
    lines = body.get("rows") or []
    width = max((len(line.get("values") or []) for line in lines), default=0)
    if "start" in body:
        at = body["start"]
        row, column = at.get("rowIndex", 0), at.get("columnIndex", 0)
        span = {
            "sheetId": at.get("sheetId", 0),
            "startRowIndex": row,
            "endRowIndex": row + max(len(lines), 1),
            "startColumnIndex": column,
            "endColumnIndex": column + max(width, 1),
        }
        grid, area = ranges.grid_area(book, span, where)
    else:
        grid, area = ranges.grid_area(book, body.get("range"), where)
        for count, room, start, kind in (
            (len(lines), area.height, area.row_start, "row"),
            (width, area.width, area.column_start, "column"),
        ):
            if count > room:
                raise invalid(
                    f"{where}Attempting to write {kind}: {start + room}, beyond the last requested"
                    f" {kind} of: {start + room - 1}"
                )
        # What the rows do not reach within the range is cleared.
        lines = [
            {
                "values": [
                    *(line.get("values") or []),
                    *[{}] * (area.width - len(line.get("values") or [])),
                ]
            }
            for line in [*lines, *[{}] * (area.height - len(lines))]
        ]
    protection.check(book, area, where)
    put_row_data(grid, area.row_start, area.column_start, lines, cell_mask(body, where))
    return {}


def append_cells(book: Book, body: Json, where: str) -> Json:
    """Below the last row of the sheet that holds anything."""
    sheet, _ = ranges.span_of(book, {"sheetId": body.get("sheetId", 0)}, where)
    grid = Grid(book, sheet)
    lines = body.get("rows") or []
    row = grid.last_row_with_content() + 1
    width = max((len(line.get("values") or []) for line in lines), default=0)
    grid.ensure_size(row + len(lines), width)
    if lines and width:
        protection.check(book, Area(sheet, row, row + len(lines), 0, width), where)
    put_row_data(grid, row, 0, lines, cell_mask(body, where))
    return {}


def repeat_cell(book: Book, body: Json, where: str) -> Json:
    """What of the range lies below or beside the grid is passed over."""
    sheet, span = ranges.span_of(book, body.get("range"), where)
    grid = Grid(book, sheet)
    area = ranges.area(grid, span, where=where)
    protection.check(book, area, where)
    repeat(grid, area, body.get("cell") or {}, cell_mask(body, where))
    return {}


def repeat(grid: Grid, area: Area, given: Json, mask: Mask) -> None:
    """One cell's parts over a whole area; a formula's relative references go along.

    A look over all rows is kept by the column, and rows to come have it too.
    """
    looks, sheet = Looks(grid), area.sheet
    slots = sheet.columns[area.column_start : area.column_end]
    if area.height == grid.row_count and "userEnteredValue" not in mask:
        own = [row for row in grid.stored() if any(slot in row.looks for slot in slots)]
        before = [
            (row, {slot: row.looks[slot] for slot in slots if slot in row.looks}) for row in own
        ]
        for slot in slots:
            sheet.column_looks[slot] = looks.changed(sheet.column_looks.get(slot, 0), given, mask)
        sheet.save()
        for row, had in before:
            for slot, look in had.items():
                set_look(grid, row, slot, looks.changed(look, given, mask))
        grid.save(own)
        return
    rows = grid.rows(area.row_start, area.row_end)
    for down, row in enumerate(rows):
        for across, slot in enumerate(slots):
            apply_cell(grid, looks, row, slot, given, mask, (down, across))
    grid.save(rows)


REQUESTS = {"updateCells": update_cells, "appendCells": append_cells, "repeatCell": repeat_cell}
