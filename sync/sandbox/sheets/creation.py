"""A new spreadsheet as spreadsheets.create takes it: its sheets, and all that lies over them, by the very requests that
batchUpdate has for each. What the sandbox cannot lay is refused, never left out.
"""

from collections.abc import Callable
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.requests import REQUESTS
from sync.sandbox.sheets.requests.unsupported import unsupported

_ABSENT = {
    "": ("dataSources", "dataSourceSchedules", "comments"),
    "sheets": ("charts", "slicers", "tables", "commentAnchors"),
}

Ask = Callable[[Any], Json]
_OVER_A_SHEET: tuple[tuple[str, str, Ask], ...] = (
    ("merges", "mergeCells", lambda span: {"range": span, "mergeType": "MERGE_ALL"}),
    ("bandedRanges", "addBanding", lambda given: {"bandedRange": given}),
    ("filterViews", "addFilterView", lambda given: {"filter": given}),
    ("protectedRanges", "addProtectedRange", lambda given: {"protectedRange": given}),
    ("developerMetadata", "createDeveloperMetadata", lambda given: {"developerMetadata": given}),
)  # fmt: skip
_OVER_ALL: tuple[tuple[str, str, Ask], ...] = (
    ("namedRanges", "addNamedRange", lambda given: {"namedRange": given}),
    ("developerMetadata", "createDeveloperMetadata", lambda given: {"developerMetadata": given}),
)


def lay(book: Book, given: Json) -> None:
    """The sheets of a Spreadsheet into a new book. Raises 400 for what does not fit together, 501 for what is not had."""
    _refuse_absent(given, "", "")
    sheets = given.get("sheets") or [{}]
    numbers = []
    for at, sheet in enumerate(sheets):
        _refuse_absent(sheet, "sheets", f"sheets[{at}].")
        properties = sheet.get("properties", {})
        reply = _does(book, "addSheet", {"properties": properties}, f"sheets[{at}]")
        numbers.append(reply["properties"]["sheetId"])
    if all(sheet.hidden for sheet in book.sheets):
        raise invalid("Invalid sheets[0]: You can't hide all the sheets in a document.")
    for at, (sheet, number) in enumerate(zip(sheets, numbers, strict=True)):
        _fill(book, sheet, number, f"sheets[{at}].")
    _lay_each(book, given, _OVER_ALL, "")


def _does(book: Book, name: str, body: Json, place: str) -> Json:
    return REQUESTS[name](book, body, f"Invalid {place}: ")


def _refuse_absent(given: Json, of: str, place: str) -> None:
    for name in _ABSENT[of]:
        if given.get(name):
            raise unsupported(place + name)


def _fill(book: Book, sheet: Json, number: int, place: str) -> None:
    for at, data in enumerate(sheet.get("data", [])):
        _lay_data(book, data, number, f"{place}data[{at}]")
    _lay_each(book, sheet, _OVER_A_SHEET, place)
    for at, rule in enumerate(sheet.get("conditionalFormats", [])):
        asked = {"rule": rule, "index": at}
        _does(book, "addConditionalFormatRule", asked, f"{place}conditionalFormats[{at}]")
    if "basicFilter" in sheet:
        _does(book, "setBasicFilter", {"filter": sheet["basicFilter"]}, place + "basicFilter")
    for name in ("rowGroups", "columnGroups"):
        groups = list(enumerate(sheet.get(name, [])))
        for at, group in sorted(groups, key=lambda each: each[1].get("depth", 1)):
            where = f"{place}{name}[{at}]"
            _does(book, "addDimensionGroup", {"range": group.get("range")}, where)
            if group.get("collapsed"):
                folded = {"dimensionGroup": group, "fields": "collapsed"}
                _does(book, "updateDimensionGroup", folded, where)


def _lay_each(book: Book, given: Json, table: tuple[tuple[str, str, Ask], ...], place: str) -> None:
    for name, request, ask in table:
        for at, each in enumerate(given.get(name, [])):
            _does(book, request, ask(each), f"{place}{name}[{at}]")


def _lay_data(book: Book, data: Json, number: int, place: str) -> None:
    row, column = data.get("startRow", 0), data.get("startColumn", 0)
    if rows := data.get("rowData"):
        start = {"sheetId": number, "rowIndex": row, "columnIndex": column}
        _does(book, "updateCells", {"start": start, "rows": rows, "fields": "*"}, place)
    for name, dimension, first in (
        ("rowMetadata", "ROWS", row),
        ("columnMetadata", "COLUMNS", column),
    ):
        for at, properties in enumerate(data.get(name, []), first):
            if "developerMetadata" in properties:
                raise unsupported(f"{place}.{name}.developerMetadata")
            if properties:
                along = {"sheetId": number, "dimension": dimension, "startIndex": at, "endIndex": at + 1}  # fmt: skip
                asked = {"range": along, "properties": properties, "fields": ",".join(properties)}
                _does(book, "updateDimensionProperties", asked, place)
