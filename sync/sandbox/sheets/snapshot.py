"""A spreadsheet as `spreadsheets.get` answers it: properties, sheets, and the cells when they are asked for."""

import re
from typing import Any

from sync.sandbox.drive.masks import Mask
from sync.sandbox.frame import Json
from sync.sandbox.sheets import conditions, protection, ranges, render
from sync.sandbox.sheets.answers import THEME, told
from sync.sandbox.sheets.book import DEFAULT_FORMAT, Book, Sheet
from sync.sandbox.sheets.cells import Formula, Row, Value
from sync.sandbox.sheets.formulas import CellError
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.reading import Reader

ROW_PIXELS, COLUMN_PIXELS = 21, 100

_THEME: Json = {
    "primaryFontFamily": "Arial",
    "themeColors": [{"colorType": kind, "color": {"rgbColor": rgb}} for kind, rgb in THEME.items()],
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
            "defaultFormat": _plain_format(book),
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
    if names := [told(thing.body) for thing in book.objects("namedRange")]:
        answer["namedRanges"] = names
    whole = [told(t.body) for t in book.objects("developerMetadata") if t.sheet_key is None]
    if whole:
        answer["developerMetadata"] = whole
    return answer


def sheet_properties(grid: Grid) -> Json:
    sheet = grid.sheet
    own = told(sheet.properties)
    kept = {name: value for name, value in own.items() if name != "gridProperties"}
    return {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": sheet.position,
        "sheetType": "GRID",
        "gridProperties": {
            "rowCount": grid.row_count,
            "columnCount": grid.column_count,
            **own.get("gridProperties", {}),
        },
        **kept,
    }


def sheet_resource(book: Book, grid: Grid) -> Json:
    sheet = grid.sheet
    shown: Json = {"properties": sheet_properties(grid)}
    for kind, name in _LISTS.items():
        if things := book.objects(kind, sheet):
            shown[name] = [told(thing.body) for thing in things]
    if things := book.objects("basicFilter", sheet):
        shown["basicFilter"] = told(things[0].body)
    if things := book.objects("protectedRange", sheet):
        shown["protectedRanges"] = [protection.answer(book, thing) for thing in things]
    for dimension, name in (("ROWS", "rowGroups"), ("COLUMNS", "columnGroups")):
        groups = [
            told(thing.body)
            for thing in book.objects("dimensionGroup", sheet)
            if thing.body["range"]["dimension"] == dimension
        ]
        if groups:
            shown[name] = groups
    own = [
        told(thing.body)
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
    sight = _Sight(reader, area.sheet)
    for at, row in enumerate(rows, area.row_start):
        line = [sight.cell(row, slot, at, n) for n, slot in enumerate(slots, area.column_start)]
        while line and not line[-1]:
            line.pop()
        lines.append({"values": line} if line else {})
    while lines and not lines[-1]:
        lines.pop()
    answer: Json = {}
    if area.row_start:
        answer["startRow"] = area.row_start
    if area.column_start:
        answer["startColumn"] = area.column_start
    if lines:
        answer["rowData"] = lines
    marks = _marks(reader.book, area.sheet)
    hidden = conditions.hidden_rows(reader, area)
    answer["rowMetadata"] = [
        {
            "pixelSize": ROW_PIXELS,
            **told(row.properties),
            **({"hiddenByFilter": True} if at in hidden else {}),
            **marks.get(("ROWS", at), {}),
        }
        for at, row in enumerate(rows, area.row_start)
    ]
    answer["columnMetadata"] = [
        {
            "pixelSize": COLUMN_PIXELS,
            **told(area.sheet.column_properties.get(slot, {})),
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
            shown.setdefault("developerMetadata", []).append(told(thing.body))
    return found


def _plain_format(book: Book) -> Json:
    return _over(DEFAULT_FORMAT, book.properties.get("defaultFormat", {}))


def _over(below: Json, above: Json) -> Json:
    """A format laid over another: text formats mix, all else covers what is below."""
    mixed = {**below, **above}
    if "textFormat" in below and "textFormat" in above:
        mixed["textFormat"] = {**below["textFormat"], **above["textFormat"]}
    return mixed


class _Sight:
    """How the cells of one sheet look."""

    def __init__(self, reader: Reader, sheet: Sheet) -> None:
        self._reader = reader
        self._sheet = sheet
        self._grid = reader.grid(sheet.key)
        self._plain = _plain_format(reader.book)
        self._rules = conditions.Rules(reader, sheet)

    def cell(self, row: Row, slot: int, at: int, across: int) -> Json:
        value = row.values.get(slot)
        look = self._reader.look(self._grid.look_of(row, slot))
        lent = self._rules.format_at(row, slot, at, across)
        answer: Json = {}
        if value is not None:
            answer |= _value_parts(self._reader, self._sheet, value, look)
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
        if "userEnteredFormat" in look or value is not None or lent:
            own = look.get("userEnteredFormat", {})
            answer["effectiveFormat"] = _over(_over(self._plain, own), told(lent))
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
    """Whether a field mask asks for the grid's data; all of the sheets is their data, too."""
    if "*" in mask:
        return True
    below = mask.get("sheets")
    return below is not None and (not below or "*" in below or "data" in below)
