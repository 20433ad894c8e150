"""A spreadsheet as `spreadsheets.get` answers it: properties, sheets, and the cells when they are asked for."""

import re
from typing import Any

from sync.sandbox.drive.masks import Mask
from sync.sandbox.frame import Json
from sync.sandbox.sheets import cells, protection, ranges, render
from sync.sandbox.sheets.book import DEFAULT_FORMAT, Book, Sheet
from sync.sandbox.sheets.cells import Formula, Row, Value
from sync.sandbox.sheets.formulas import CellError
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.reading import Reader

ROW_PIXELS, COLUMN_PIXELS = 21, 100

_THEME: Json = {
    "primaryFontFamily": "Arial",
    "themeColors": [
        {"colorType": kind, "color": {"rgbColor": rgb}}
        for kind, rgb in (
            ("TEXT", {}),
            ("BACKGROUND", {"red": 1, "green": 1, "blue": 1}),
            ("ACCENT1", {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275}),
        )
    ],
}

_ERRORS = {"#DIV/0!": "DIVIDE_BY_ZERO", "#N/A": "N_A", "#NULL!": "NULL_VALUE"}

_LINK = re.compile(r'=\s*HYPERLINK\(\s*"((?:[^"]|"")*)"', re.IGNORECASE)

# Where a sheet's resource keeps its objects.
_LISTS = {
    "merge": "merges",
    "conditionalFormat": "conditionalFormats",
    "filterView": "filterViews",
    "bandedRange": "bandedRanges",
}


def spreadsheet(
    book: Book, asked: list[ranges.Named] | None = None, *, grid_data: bool = False
) -> Json:
    """`asked` limits the answer to these ranges' sheets and cells."""
    reader = Reader(book)
    sheets = book.sheets
    if asked:
        wanted = {named.sheet.key for named in asked}
        sheets = [sheet for sheet in sheets if sheet.key in wanted]
    answer: Json = {
        "spreadsheetId": book.id,
        "properties": {
            **book.properties,
            "title": book.title,
            "defaultFormat": {**DEFAULT_FORMAT, **book.properties.get("defaultFormat", {})},
            "spreadsheetTheme": book.properties.get("spreadsheetTheme", _THEME),
        },
        "sheets": [],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
    }
    for sheet in sheets:
        shown = sheet_resource(book, reader.grid(sheet.key))
        if grid_data:
            grid = reader.grid(sheet.key)
            areas = [ranges.area(grid, n.span) for n in asked or () if n.sheet.key == sheet.key]
            shown["data"] = [_data(reader, area) for area in areas or [grid.whole]]
        answer["sheets"].append(shown)
    if names := [thing.body for thing in book.objects("namedRange")]:
        answer["namedRanges"] = names
    whole = [t.body for t in book.objects("developerMetadata") if t.sheet_key is None]
    if whole:
        answer["developerMetadata"] = whole
    return answer


def sheet_properties(grid: Grid) -> Json:
    sheet = grid.sheet
    kept = {name: value for name, value in sheet.properties.items() if name != "gridProperties"}
    return {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": sheet.position,
        "sheetType": "GRID",
        "gridProperties": {
            "rowCount": grid.row_count,
            "columnCount": grid.column_count,
            **sheet.properties.get("gridProperties", {}),
        },
        **kept,
    }


def sheet_resource(book: Book, grid: Grid) -> Json:
    sheet = grid.sheet
    shown: Json = {"properties": sheet_properties(grid)}
    for kind, name in _LISTS.items():
        if things := book.objects(kind, sheet):
            shown[name] = [thing.body for thing in things]
    if things := book.objects("basicFilter", sheet):
        shown["basicFilter"] = things[0].body
    if things := book.objects("protectedRange", sheet):
        shown["protectedRanges"] = [protection.answer(book, thing) for thing in things]
    for dimension, name in (("ROWS", "rowGroups"), ("COLUMNS", "columnGroups")):
        groups = [
            thing.body
            for thing in book.objects("dimensionGroup", sheet)
            if thing.body["range"]["dimension"] == dimension
        ]
        if groups:
            shown[name] = groups
    own = [
        thing.body
        for thing in book.objects("developerMetadata", sheet)
        if "dimensionRange" not in thing.body["location"]
    ]
    if own:
        shown["developerMetadata"] = own
    return shown


def _data(reader: Reader, area: Area) -> Json:
    grid = reader.grid(area.sheet.key)
    rows = grid.rows(area.row_start, area.row_end)
    slots = area.sheet.columns[area.column_start : area.column_end]
    lines: list[Json] = []
    for row in rows:
        line = [_cell(reader, area.sheet, row, slot) for slot in slots]
        while line and not line[-1]:
            line.pop()
        lines.append({"values": line} if line else {})
    answer: Json = {}
    if area.row_start:
        answer["startRow"] = area.row_start
    if area.column_start:
        answer["startColumn"] = area.column_start
    answer["rowData"] = lines
    marks = _marks(reader.book, area.sheet)
    answer["rowMetadata"] = [
        {"pixelSize": ROW_PIXELS, **row.properties, **marks.get(("ROWS", at), {})}
        for at, row in enumerate(rows, area.row_start)
    ]
    answer["columnMetadata"] = [
        {
            "pixelSize": COLUMN_PIXELS,
            **area.sheet.column_properties.get(slot, {}),
            **marks.get(("COLUMNS", at), {}),
        }
        for at, slot in enumerate(slots, area.column_start)
    ]
    return answer


def _marks(book: Book, sheet: Sheet) -> dict[tuple[str, int], Json]:
    """The developer metadata of rows and columns, where their dimension's properties show it."""
    found: dict[tuple[str, int], Json] = {}
    for thing in book.objects("developerMetadata", sheet):
        if along := thing.body["location"].get("dimensionRange"):
            shown = found.setdefault((along["dimension"], along["startIndex"]), {})
            shown.setdefault("developerMetadata", []).append(thing.body)
    return found


def _cell(reader: Reader, sheet: Sheet, row: Row, slot: int) -> Json:
    value = row.values.get(slot)
    number = reader.grid(sheet.key).look_of(row, slot)
    if value is None and not number:
        return {}
    look = cells.look(reader.book.db, number)
    answer: Json = {}
    if value is not None:
        answer |= _value_parts(reader, sheet, value, look)
    for name in (
        "userEnteredFormat",
        "hyperlink",
        "note",
        "textFormatRuns",
        "dataValidation",
    ):
        if name in look:
            answer[name] = look[name]
    if isinstance(value, Formula) and (link := _LINK.match(value.text)):
        answer["hyperlink"] = link[1].replace('""', '"')
    if "userEnteredFormat" in look or value is not None:
        answer["effectiveFormat"] = {**DEFAULT_FORMAT, **look.get("userEnteredFormat", {})}
    return answer


def _value_parts(reader: Reader, sheet: Sheet, value: Value, look: Json) -> Json:
    answer: Json = {"userEnteredValue": extended(value)}
    number_format = look.get("userEnteredFormat", {}).get("numberFormat", {})
    try:
        result = reader.value(sheet.key, value)
    except CellError as error:
        kind = _ERRORS.get(error.name, error.name.strip("#!?"))
        answer["effectiveValue"] = {"errorValue": {"type": kind, "message": error.message}}
        answer["formattedValue"] = error.name
        return answer
    if result is not None:
        answer["effectiveValue"] = extended(result)
    answer["formattedValue"] = render.shown(result, number_format, reader.book.locale)
    return answer


def extended(value: Any) -> Json:
    """An ExtendedValue."""
    if isinstance(value, Formula):
        return {"formulaValue": value.text}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int | float):
        return {"numberValue": value}
    return {"stringValue": value}


def wants_cells(mask: Mask) -> bool:
    """Whether a field mask asks for the grid's data."""
    below = mask.get("sheets", mask if "data" in mask else None)
    if below is None:
        return False
    return "data" in below
