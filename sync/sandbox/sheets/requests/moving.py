"""Cells that change place: sorted, copied, cut, shifted; and cells that are searched."""

import re
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import cells, protection, ranges
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Formula, Row, Value
from sync.sandbox.sheets.formulas import CellError
from sync.sandbox.sheets.grid import Area, Grid, set_value
from sync.sandbox.sheets.reading import Reader
from sync.sandbox.sheets.requests.cell_data import set_look

_VALUES = ("PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMULA", "PASTE_NO_BORDERS")
_LOOKS = {
    "PASTE_NORMAL": ("userEnteredFormat", "note", "dataValidation", "textFormatRuns", "hyperlink"),
    "PASTE_NO_BORDERS": ("userEnteredFormat", "note", "dataValidation", "textFormatRuns"),
    "PASTE_FORMAT": ("userEnteredFormat",),
    "PASTE_DATA_VALIDATION": ("dataValidation",),
}


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
        column = spec.get("dimensionIndex", 0)
        if not area.column_start <= column < area.column_end:
            raise invalid(f"{where}sortSpecs.dimensionIndex[{column}] is outside the range.")
        slot = grid.sheet.columns[column]
        keys = [_sort_key(reader, grid, row.values.get(slot)) for row in rows]
        down = spec.get("sortOrder") == "DESCENDING"
        order.sort(key=lambda at: keys[at], reverse=down)
        # Blanks come last whichever way.
        order.sort(key=lambda at: keys[at][0] == _BLANK)
    slots = grid.sheet.columns[area.column_start : area.column_end]
    whole = all(set(row.values) <= set(slots) for row in rows)
    if whole:
        grid.order.reorder(area.row_start, [rows[at].key for at in order])
        return
    contents = [
        (
            [rows[at].values.get(slot) for slot in slots],
            [grid.look_of(rows[at], slot) for slot in slots],
        )
        for at in order
    ]
    for row, (values, looks) in zip(rows, contents, strict=True):
        for slot, value, look in zip(slots, values, looks, strict=True):
            set_value(row, slot, value)
            set_look(grid, row, slot, look)
    grid.save(rows)


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


def copy_paste(book: Book, body: Json, where: str) -> Json:
    source_grid, source = ranges.grid_area(book, body.get("source"), where)
    target_grid, target = ranges.grid_area(book, body.get("destination"), where)
    transposed = body.get("pasteOrientation") == "TRANSPOSE"
    height, width = (source.width, source.height) if transposed else (source.height, source.width)
    # A larger destination is filled over and over; a smaller one is overrun.
    down, across = max(target.height // height, 1), max(target.width // width, 1)
    rows, columns = target.row_start + height * down, target.column_start + width * across
    target_grid.ensure_size(rows, columns)
    landing = Area(target.sheet, target.row_start, rows, target.column_start, columns)
    protection.check(book, landing, where)
    block = _block(source_grid, source)
    if transposed:
        block = [list(line) for line in zip(*block, strict=True)]
    lines = [line * across for line in block] * down
    _lay(
        target_grid, landing, lines, body.get("pasteType", "PASTE_NORMAL"), source.sheet.key, where
    )
    return {}


def cut_paste(book: Book, body: Json, where: str) -> Json:
    grid, source = ranges.grid_area(book, body.get("source"), where)
    at = body.get("destination") or {}
    sheet, _ = ranges.span_of(book, {"sheetId": at.get("sheetId", 0)}, where)
    target = Grid(book, sheet)
    row, column = at.get("rowIndex", 0), at.get("columnIndex", 0)
    landing = Area(sheet, row, row + source.height, column, column + source.width)
    target.ensure_size(landing.row_end, landing.column_end)
    protection.check(book, source, where)
    protection.check(book, landing, where)
    block = _block(grid, source)
    blank: list[list[tuple[Value, int]]] = [[(None, 0)] * source.width] * source.height
    _lay(grid, source, blank, "PASTE_NORMAL", sheet.key, where)
    _lay(target, landing, block, body.get("pasteType", "PASTE_NORMAL"), source.sheet.key, where)
    return {}


def _block(grid: Grid, area: Area) -> list[list[tuple[Value, int]]]:
    slots = area.sheet.columns[area.column_start : area.column_end]
    return [
        [(row.values.get(slot), grid.look_of(row, slot)) for slot in slots]
        for row in grid.rows(area.row_start, area.row_end)
    ]


def _lay(
    grid: Grid,
    area: Area,
    lines: list[list[tuple[Value, int]]],
    how: str,
    source_key: int,
    where: str,
) -> None:
    if how not in _VALUES and how not in _LOOKS:
        raise invalid(f"{where}The sandbox does not know pasteType {how}.")
    reader = Reader(grid.book)
    slots = area.sheet.columns[area.column_start : area.column_end]
    rows = grid.rows(area.row_start, area.row_end)
    for row, line in zip(rows, lines, strict=True):
        for slot, (value, look) in zip(slots, line, strict=True):
            if how in _VALUES:
                if how == "PASTE_VALUES" and isinstance(value, Formula):
                    value = _result(reader, source_key, value)
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
    blank: tuple[Value, int] = (None, 0)
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
    _lay(grid, landing, lines, "PASTE_NORMAL", area.sheet.key, where)
    return {}


def delete_range(book: Book, body: Json, where: str) -> Json:
    """What is below or to the right moves into the gap."""
    grid, area = ranges.grid_area(book, body.get("range"), where)
    rest = _rest(grid, area, body.get("shiftDimension"), where)
    protection.check(book, rest, where)
    block = _block(grid, rest)
    blank: tuple[Value, int] = (None, 0)
    if body.get("shiftDimension") == "ROWS":
        lines = block[area.height :] + [[blank] * area.width] * area.height
    else:
        lines = [line[area.width :] + [blank] * area.width for line in block]
    _lay(grid, rest, lines, "PASTE_NORMAL", area.sheet.key, where)
    return {}


def _rest(grid: Grid, area: Area, dimension: Any, where: str) -> Area:
    """The area and everything that a shift along this dimension would move."""
    if dimension == "ROWS":
        end = max(area.row_end, grid.last_row_with_content(area.column_start, area.column_end) + 1)
        return Area(area.sheet, area.row_start, end, area.column_start, area.column_end)
    if dimension == "COLUMNS":
        return Area(area.sheet, area.row_start, area.row_end, area.column_start, grid.column_count)
    raise invalid(where + "shiftDimension is required.")


# Searching


def find_replace(book: Book, body: Json, where: str) -> Json:
    if not body.get("find"):
        raise invalid(where + "find is required.")
    if body.get("allSheets"):
        places = [(grid, grid.whole) for grid in (Grid(book, sheet) for sheet in book.sheets)]
    elif "range" in body:
        places = [ranges.grid_area(book, body["range"], where)]
    else:
        places = [ranges.grid_area(book, {"sheetId": body.get("sheetId", 0)}, where)]
    pattern = body["find"] if body.get("searchByRegex") else re.escape(body["find"])
    try:
        wanted = re.compile(pattern, 0 if body.get("matchCase") else re.IGNORECASE)
    except re.error as error:
        raise invalid(f"{where}Invalid regular expression: {error}") from None
    told = {"valuesChanged": 0, "formulasChanged": 0, "occurrencesChanged": 0}
    changed_rows = 0
    changed_sheets = set()
    for grid, area in places:
        rows = _replace(grid, area, wanted, body, told, where)
        changed_rows += rows
        if rows:
            changed_sheets.add(area.sheet.key)
    reply = {**told, "rowsChanged": changed_rows, "sheetsChanged": len(changed_sheets)}
    return {name: count for name, count in reply.items() if count} or {"occurrencesChanged": 0}


def _replace(
    grid: Grid, area: Area, wanted: re.Pattern[str], body: Json, told: dict[str, int], where: str
) -> int:
    from sync.sandbox.sheets.parse_input import typed

    replacement = str(body.get("replacement", ""))
    if body.get("searchByRegex"):
        replacement = re.sub(r"\$(\d+)", r"\\\1", replacement)
    else:
        replacement = replacement.replace("\\", "\\\\")
    reader, touched = Reader(grid.book), []
    slots = area.sheet.columns[area.column_start : area.column_end]
    for row in grid.stored(area.row_start, area.row_end):
        before = dict(row.values)
        for slot in slots:
            value = row.values.get(slot)
            if value is None or (isinstance(value, Formula) and not body.get("includeFormulas")):
                continue
            text = (
                value.text if isinstance(value, Formula) else _text(reader, grid, row, slot, value)
            )
            whole = wanted.fullmatch(text) if body.get("matchEntireCell") else wanted.search(text)
            if not whole:
                continue
            new, count = wanted.subn(replacement, text)
            told["occurrencesChanged"] += count
            told["formulasChanged" if isinstance(value, Formula) else "valuesChanged"] += 1
            set_value(row, slot, typed(new, grid.book.locale)[0])
        if row.values != before:
            touched.append(row)
    if touched:
        protection.check(grid.book, area, where)
        grid.save(touched)
    return len(touched)


def _text(reader: Reader, grid: Grid, row: Row, slot: int, value: Value) -> str:
    from sync.sandbox.sheets.render import shown

    return shown(value, reader.number_format(grid.look_of(row, slot)), grid.book.locale)


def trim_whitespace(book: Book, body: Json, where: str) -> Json:
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    slots, count, touched = area.sheet.columns[area.column_start : area.column_end], 0, []
    for row in grid.stored(area.row_start, area.row_end):
        for slot in slots:
            value = row.values.get(slot)
            if isinstance(value, str) and (new := " ".join(value.split())) != value:
                set_value(row, slot, new)
                count += 1
                touched.append(row)
    grid.save(touched)
    return {"cellsChangedCount": count} if count else {}


def delete_duplicates(book: Book, body: Json, where: str) -> Json:
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    compared = [
        column
        for each in body.get("comparisonColumns") or [{}]
        for column in range(
            each.get("startIndex", area.column_start), each.get("endIndex", area.column_end)
        )
    ]
    block = _block(grid, area)
    seen: set[tuple[Value, ...]] = set()
    kept = []
    for line in block:
        key = tuple(line[column - area.column_start][0] for column in compared)
        if key not in seen:
            seen.add(key)
            kept.append(line)
    gone = len(block) - len(kept)
    blank: list[list[tuple[Value, int]]] = [[(None, 0)] * area.width] * gone
    _lay(grid, area, kept + blank, "PASTE_NORMAL", area.sheet.key, where)
    return {"duplicatesRemovedCount": gone} if gone else {}


REQUESTS = {
    "sortRange": sort_range,
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "insertRange": insert_range,
    "deleteRange": delete_range,
    "findReplace": find_replace,
    "trimWhitespace": trim_whitespace,
    "deleteDuplicates": delete_duplicates,
}
