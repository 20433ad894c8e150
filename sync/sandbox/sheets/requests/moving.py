"""Cells that change place: sorted, shuffled, copied, cut, shifted. References follow as they do at Google."""

import random
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import cells, protection, ranges, references
from sync.sandbox.sheets.a1 import Span
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Formula, Row, Value
from sync.sandbox.sheets.formulas import CellError
from sync.sandbox.sheets.grid import Area, Grid, rewrite_formulas, set_value
from sync.sandbox.sheets.reading import Reader
from sync.sandbox.sheets.requests.cell_data import set_look
from sync.sandbox.sheets.requests.formatting import unmerge
from sync.sandbox.sheets.requests.unsupported import unsupported

_VALUES = ("PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMULA", "PASTE_NO_BORDERS")
_MERGES = ("PASTE_NORMAL", "PASTE_NO_BORDERS")
_LOOKS = {
    "PASTE_NORMAL": ("userEnteredFormat", "note", "dataValidation", "textFormatRuns", "hyperlink"),
    "PASTE_NO_BORDERS": ("userEnteredFormat", "note", "dataValidation", "textFormatRuns"),
    "PASTE_FORMAT": ("userEnteredFormat",),
    "PASTE_DATA_VALIDATION": ("dataValidation",),
}

_Block = list[list[tuple[Value, int]]]
_BLANK_CELL: tuple[Value, int] = (None, 0)


# Sorting


def sort_range(book: Book, body: Json, where: str) -> Json:
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    sort(grid, area, body.get("sortSpecs") or [], where)
    return {}


def sort(grid: Grid, area: Area, specs: list[Json], where: str) -> None:
    """Sorts rows; a row that lies wholly within the area keeps its identity, else only its cells change places."""
    reader = Reader(grid.book)
    rows = grid.rows(area.row_start, area.row_end)
    order = list(range(len(rows)))
    for spec in reversed(specs):
        if extra := spec.keys() - {"dimensionIndex", "sortOrder"}:
            raise unsupported(f"{where}sortSpecs.{min(extra)}")
        column = spec.get("dimensionIndex", 0)
        if not area.column_start <= column < area.column_end:
            raise invalid(f"{where}sortSpecs.dimensionIndex[{column}] is outside the range.")
        slot = grid.sheet.columns[column]
        keys = [_sort_key(reader, grid, row.values.get(slot)) for row in rows]
        down = spec.get("sortOrder") == "DESCENDING"
        order.sort(key=lambda at: keys[at], reverse=down)
        # Blanks come last whichever way.
        order.sort(key=lambda at: keys[at][0] == _BLANK)
    permute(grid, area, order)


def permute(grid: Grid, area: Area, order: list[int]) -> None:
    """Rows of the area in another order, counted within it; relative references go along as if copied."""
    rows = grid.rows(area.row_start, area.row_end)
    slots = grid.sheet.columns[area.column_start : area.column_end]
    if all(set(row.values) <= set(slots) for row in rows):
        changed = []
        for at, old in enumerate(order):
            before = dict(rows[old].values)
            for slot, value in before.items():
                rows[old].values[slot] = copied(value, at - old, 0)
            if rows[old].values != before:
                changed.append(rows[old])
        grid.save(changed)
        grid.order.reorder(area.row_start, [rows[at].key for at in order])
        _carry_metadata(grid, area, {old: at for at, old in enumerate(order)})
        return
    contents = [
        [
            (copied(rows[old].values.get(slot), at - old, 0), grid.look_of(rows[old], slot))
            for slot in slots
        ]
        for at, old in enumerate(order)
    ]
    for row, line in zip(rows, contents, strict=True):
        for slot, (value, look) in zip(slots, line, strict=True):
            set_value(row, slot, value)
            set_look(grid, row, slot, look)
    grid.save(rows)


def _carry_metadata(grid: Grid, area: Area, places: dict[int, int]) -> None:
    """What hangs on a row that moved as a whole goes with it."""
    for thing in grid.book.objects("developerMetadata", grid.sheet):
        along = thing.body["location"].get("dimensionRange", {})
        at = along.get("startIndex", 0) - area.row_start
        if along.get("dimension") == "ROWS" and places.get(at, at) != at:
            start = area.row_start + places[at]
            thing.body["location"]["dimensionRange"] = {
                **along,
                "startIndex": start,
                "endIndex": start + 1,
            }
            thing.save()


def randomize(book: Book, body: Json, where: str) -> Json:
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    order = list(range(area.height))
    random.shuffle(order)
    permute(grid, area, order)
    return {}


_BLANK = 9


def _sort_key(reader: Reader, grid: Grid, value: Value) -> tuple[int, Any]:
    try:
        result = reader.value(grid.sheet.key, value)
    except CellError as error:
        return 3, error.name
    if result is None:
        return _BLANK, 0
    if isinstance(result, bool):
        return 2, result
    return (1, result.casefold()) if isinstance(result, str) else (0, result)


# Copying and cutting


def copied(value: Value, rows: int, columns: int) -> Value:
    """A formula's relative references go this far; anything else stays."""
    return (
        Formula(references.shifted(value.text, rows, columns))
        if isinstance(value, Formula)
        else value
    )


def copy_paste(book: Book, body: Json, where: str) -> Json:
    source_grid, source = ranges.grid_area(book, body.get("source"), where)
    target_grid, target = ranges.grid_area(book, body.get("destination"), where)
    transposed = body.get("pasteOrientation") == "TRANSPOSE"
    how = _paste_type(body, where)
    height, width = (source.width, source.height) if transposed else (source.height, source.width)
    # A larger destination is filled over and over; a smaller one is overrun.
    down, across = max(target.height // height, 1), max(target.width // width, 1)
    rows, columns = target.row_start + height * down, target.column_start + width * across
    target_grid.ensure_size(rows, columns)
    landing = Area(target.sheet, target.row_start, rows, target.column_start, columns)
    protection.check(book, landing, where)
    block = _block(source_grid, source)
    if how == "PASTE_VALUES":
        block = _results(book, source, block)
    merges = _merges(book, source)
    lines = []
    for row in range(landing.height):
        line = []
        for column in range(landing.width):
            at = row % height, column % width
            value, look = block[at[1]][at[0]] if transposed else block[at[0]][at[1]]
            by_rows = landing.row_start + row - source.row_start - at[transposed]
            by_columns = landing.column_start + column - source.column_start - at[not transposed]
            line.append((copied(value, by_rows, by_columns), look))
        lines.append(line)
    _lay(target_grid, landing, lines, how)
    if how in _MERGES:
        unmerge(book, landing, where)
        for row in range(0, landing.height, height):
            for column in range(0, landing.width, width):
                for merge in merges:
                    piece = _transposed(merge) if transposed else merge
                    _add_merge(book, landing, piece, row, column)
    return {}


def cut_paste(book: Book, body: Json, where: str) -> Json:
    """What referred to the cut cells refers to them in their new place."""
    grid, source = ranges.grid_area(book, body.get("source"), where)
    at, how = body.get("destination") or {}, _paste_type(body, where)
    sheet, _ = ranges.span_of(book, {"sheetId": at.get("sheetId", 0)}, where)
    target = Grid(book, sheet)
    row, column = at.get("rowIndex", 0), at.get("columnIndex", 0)
    landing = Area(sheet, row, row + source.height, column, column + source.width)
    target.ensure_size(landing.row_end, landing.column_end)
    protection.check(book, source, where)
    protection.check(book, landing, where)
    block, merges = _block(grid, source), _merges(book, source)
    if how == "PASTE_VALUES":
        block = _results(book, source, block)
    if sheet.key != source.sheet.key:
        block = [
            [(_rooted(value, source.sheet.title), look) for value, look in line] for line in block
        ]
    _lay(grid, source, [[_BLANK_CELL] * source.width] * source.height, "PASTE_NORMAL")
    unmerge(book, source, where)
    _lay(target, landing, block, how)
    if how in _MERGES:
        unmerge(book, landing, where)
        for merge in merges:
            _add_merge(book, landing, merge, 0, 0)
    _follow(book, source, sheet.title, row, column)
    return {}


def _paste_type(body: Json, where: str) -> str:
    how = str(body.get("pasteType", "PASTE_NORMAL"))
    if how not in _VALUES and how not in _LOOKS:
        raise unsupported(f"{where}pasteType {how}")
    return how


def _results(book: Book, area: Area, block: _Block) -> _Block:
    reader = Reader(book)
    return [
        [(_result(reader, area.sheet.key, value), look) for value, look in line] for line in block
    ]


def _rooted(value: Value, title: str) -> Value:
    return Formula(references.rooted(value.text, title)) if isinstance(value, Formula) else value


def _follow(book: Book, source: Area, title: str, row: int, column: int) -> None:
    """References to cells that were moved to this corner."""
    span = Span(source.row_start, source.row_end, source.column_start, source.column_end)
    rewrite_formulas(
        book,
        lambda text, sheet: references.followed(
            text, sheet.title, (source.sheet.title, span), (title, row, column)
        ),
    )


def _merges(book: Book, area: Area) -> list[tuple[int, int, int, int]]:
    """Those that lie wholly in the area, counted from its corner: rows, then columns."""
    found = []
    for thing in book.objects("merge", area.sheet):
        body = thing.body
        rows = body["startRowIndex"] - area.row_start, body["endRowIndex"] - area.row_start
        columns = (
            body["startColumnIndex"] - area.column_start,
            body["endColumnIndex"] - area.column_start,
        )
        if rows[0] >= 0 and columns[0] >= 0 and rows[1] <= area.height and columns[1] <= area.width:
            found.append((*rows, *columns))
    return found


def _transposed(merge: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return (*merge[2:], *merge[:2])


def _add_merge(
    book: Book, landing: Area, merge: tuple[int, int, int, int], down: int, right: int
) -> None:
    row, column = landing.row_start + down, landing.column_start + right
    area = Area(landing.sheet, row + merge[0], row + merge[1], column + merge[2], column + merge[3])
    book.add_object("merge", landing.sheet, ranges.grid_range(area))


def _block(grid: Grid, area: Area) -> _Block:
    slots = area.sheet.columns[area.column_start : area.column_end]
    return [
        [(row.values.get(slot), grid.look_of(row, slot)) for slot in slots]
        for row in grid.rows(area.row_start, area.row_end)
    ]


def _lay(grid: Grid, area: Area, lines: _Block, how: str = "PASTE_NORMAL") -> None:
    slots = area.sheet.columns[area.column_start : area.column_end]
    rows = grid.rows(area.row_start, area.row_end)
    for row, line in zip(rows, lines, strict=True):
        for slot, (value, look) in zip(slots, line, strict=True):
            if how in _VALUES:
                set_value(row, slot, value)
            if how in _LOOKS:
                set_look(grid, row, slot, _mixed(grid, row, slot, look, _LOOKS[how]))
    grid.save(rows)


def _result(reader: Reader, sheet_key: int, value: Value) -> Value:
    try:
        return reader.value(sheet_key, value)
    except CellError as error:
        return error.name


def _mixed(grid: Grid, row: Row, slot: int, look: int, parts: tuple[str, ...]) -> int:
    """The cell's look with these parts taken from the pasted one."""
    db = grid.book.db
    own, pasted = cells.look(db, grid.look_of(row, slot)), cells.look(db, look)
    kept = {name: part for name, part in own.items() if name not in parts}
    return cells.look_number(db, kept | {n: p for n, p in pasted.items() if n in parts})


# Shifting


def insert_range(book: Book, body: Json, where: str) -> Json:
    """Blank cells push what is there down or to the right."""
    grid, area = ranges.grid_area(book, body.get("range"), where)
    rest = _rest(grid, area, body.get("shiftDimension"), where)
    protection.check(book, rest, where)
    block = _block(grid, rest)
    blank = _BLANK_CELL
    if body.get("shiftDimension") == "ROWS":
        grid.ensure_size(rest.row_end + area.height, 0)
        lines = [[blank] * area.width] * area.height + block
        landing = Area(
            area.sheet,
            rest.row_start,
            rest.row_end + area.height,
            rest.column_start,
            rest.column_end,
        )
    else:
        grid.ensure_size(0, rest.column_end + area.width)
        lines = [[blank] * area.width + line for line in block]
        landing = Area(
            area.sheet,
            rest.row_start,
            rest.row_end,
            rest.column_start,
            rest.column_end + area.width,
        )
    _lay(grid, landing, lines)
    down, right = landing.row_end - rest.row_end, landing.column_end - rest.column_end
    _follow(book, rest, area.sheet.title, rest.row_start + down, rest.column_start + right)
    return {}


def delete_range(book: Book, body: Json, where: str) -> Json:
    """What is below or to the right moves into the gap."""
    grid, area = ranges.grid_area(book, body.get("range"), where)
    rest = _rest(grid, area, body.get("shiftDimension"), where)
    protection.check(book, rest, where)
    block = _block(grid, rest)
    blank = _BLANK_CELL
    if body.get("shiftDimension") == "ROWS":
        lines = block[area.height :] + [[blank] * area.width] * area.height
    else:
        lines = [line[area.width :] + [blank] * area.width for line in block]
    _lay(grid, rest, lines)
    down, right = (area.height, 0) if body.get("shiftDimension") == "ROWS" else (0, area.width)
    behind = Area(
        area.sheet, rest.row_start + down, rest.row_end, rest.column_start + right, rest.column_end
    )
    _follow(book, behind, area.sheet.title, rest.row_start, rest.column_start)
    return {}


def _rest(grid: Grid, area: Area, dimension: Any, where: str) -> Area:
    """The area and everything that a shift along this dimension would move."""
    if dimension == "ROWS":
        end = max(area.row_end, grid.last_row_with_content(area.column_start, area.column_end) + 1)
        return Area(area.sheet, area.row_start, end, area.column_start, area.column_end)
    if dimension == "COLUMNS":
        return Area(area.sheet, area.row_start, area.row_end, area.column_start, grid.column_count)
    raise invalid(where + "shiftDimension is required.")


REQUESTS = {
    "sortRange": sort_range,
    "randomizeRange": randomize,
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "insertRange": insert_range,
    "deleteRange": delete_range,
}
