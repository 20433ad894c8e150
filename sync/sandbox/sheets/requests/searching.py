"""Cells that are searched and cleaned, and text that is taken apart into cells."""

import re
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import protection, ranges
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Formula, Row, Value
from sync.sandbox.sheets.formulas import CellError
from sync.sandbox.sheets.grid import Area, Grid, set_value
from sync.sandbox.sheets.parse_input import typed
from sync.sandbox.sheets.reading import Reader
from sync.sandbox.sheets.render import shown
from sync.sandbox.sheets.requests.moving import permute
from sync.sandbox.sheets.requests.unsupported import unsupported
from sync.sandbox.sheets.writing import put


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
    return {name: count for name, count in reply.items() if count}


def _replace(
    grid: Grid, area: Area, wanted: re.Pattern[str], body: Json, told: dict[str, int], where: str
) -> int:
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
    """Rows with the same values, whatever their case or formulas: the first of them stays."""
    grid, area = ranges.grid_area(book, body.get("range"), where)
    protection.check(book, area, where)
    slots = area.sheet.columns
    compared = [
        slots[column]
        for each in body.get("comparisonColumns") or [{}]
        for column in range(
            each.get("startIndex", area.column_start), each.get("endIndex", area.column_end)
        )
    ]
    reader = Reader(book)
    seen: set[tuple[Any, ...]] = set()
    kept: list[int] = []
    gone: list[int] = []
    for at, row in enumerate(grid.rows(area.row_start, area.row_end)):
        key = tuple(_same(reader, grid, row.values.get(slot)) for slot in compared)
        (gone if key in seen else kept).append(at)
        seen.add(key)
    if not gone:
        return {}
    permute(grid, area, kept + gone)
    below = Area(
        area.sheet, area.row_start + len(kept), area.row_end, area.column_start, area.column_end
    )
    grid.clear(below)
    return {"duplicatesRemovedCount": len(gone)}


def _same(reader: Reader, grid: Grid, value: Value) -> tuple[bool, Any]:
    try:
        result = reader.value(grid.sheet.key, value)
    except CellError as error:
        return False, error.name
    return isinstance(result, bool), result.casefold() if isinstance(result, str) else result


# Text that becomes cells


_DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}


def text_to_columns(book: Book, body: Json, where: str) -> Json:
    grid, area = ranges.grid_area(book, body.get("source"), where)
    if area.width != 1:
        raise invalid(where + "The source range must span exactly one column.")
    kind = body.get("delimiterType")
    delimiter = body.get("delimiter") if kind == "CUSTOM" else _DELIMITERS.get(str(kind))
    if kind == "AUTODETECT":
        raise unsupported(where + "delimiterType AUTODETECT")
    if not delimiter:
        raise invalid(where + "A delimiter is required.")
    for at, (value,) in enumerate(grid.values(area), area.row_start):
        if isinstance(value, str) and delimiter in value:
            line = value.split(delimiter)
            grid.ensure_size(0, area.column_start + len(line))
            put(grid, at, area.column_start, [list(line)], "USER_ENTERED")
    return {}


def paste_data(book: Book, body: Json, where: str) -> Json:
    at = body.get("coordinate") or {}
    sheet, _ = ranges.span_of(book, {"sheetId": at.get("sheetId", 0)}, where)
    how, delimiter = body.get("type", "PASTE_NORMAL"), body.get("delimiter")
    if body.get("html"):
        raise unsupported(where + "html")
    if how not in ("PASTE_NORMAL", "PASTE_VALUES"):
        raise unsupported(f"{where}type {how}")
    if not isinstance(delimiter, str) or not delimiter:
        raise invalid(where + "A delimiter is required.")
    lines: list[list[Any]] = [line.split(delimiter) for line in str(body["data"]).splitlines()]
    grid = Grid(book, sheet)
    row, column = at.get("rowIndex", 0), at.get("columnIndex", 0)
    if row < 0 or column < 0:
        raise invalid(where + "coordinate must not be negative.")
    width = max((len(line) for line in lines), default=0)
    grid.ensure_size(row + len(lines), column + width)
    put(grid, row, column, lines, "USER_ENTERED")
    return {}


REQUESTS = {
    "findReplace": find_replace,
    "trimWhitespace": trim_whitespace,
    "deleteDuplicates": delete_duplicates,
    "textToColumns": text_to_columns,
    "pasteData": paste_data,
}
