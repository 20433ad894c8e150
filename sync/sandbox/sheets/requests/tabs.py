"""The spreadsheet and its tabs: added, copied, renamed, resized, hidden, deleted."""

from sync.sandbox.drive import masks, registry
from sync.sandbox.frame import GoogleError, Json, invalid
from sync.sandbox.sheets import protection, references, snapshot
from sync.sandbox.sheets.book import COLUMNS, ROWS, Book, Sheet, check_properties
from sync.sandbox.sheets.grid import Area, Grid, rewrite_formulas
from sync.sandbox.sheets.native import copy_sheet, delete_sheet, lay_sheet
from sync.sandbox.sheets.requests.cell_data import fields_of, merged
from sync.sandbox.sheets.requests.unsupported import unsupported
from sync.sandbox.sheets.shift import Dimension

_TITLE_CHARACTERS = 100


def _taken(title: str) -> str:
    return f'A sheet with the name "{title}" already exists. Please enter another name.'


def _find(book: Book, sheet_id: int, where: str) -> Sheet:
    sheet = book.by_id(sheet_id)
    if sheet is None:
        raise invalid(f"{where}No sheet with id: {sheet_id}")
    return sheet


def _check_title(book: Book, title: str, where: str, own: Sheet | None = None) -> None:
    if not title:
        raise invalid(where + "Sheet name cannot be empty.")
    if len(title) > _TITLE_CHARACTERS:
        raise invalid(where + "Sheet name cannot be greater than 100 characters.")
    if book.by_title(title) not in (None, own):
        raise invalid(where + _taken(title))


def _check_numbers(properties: Json, where: str) -> None:
    """Refuses what no sheet can have. Without a size, or with 0, a sheet gets the usual one."""
    grid = properties.get("gridProperties", {})
    for name, value in (*properties.items(), *grid.items()):
        if isinstance(value, int) and value < 0:
            raise invalid(f"{where}{name} must not be negative.")
    for count, usual, frozen, what in (
        ("rowCount", ROWS, "frozenRowCount", "rows"),
        ("columnCount", COLUMNS, "frozenColumnCount", "columns"),
    ):
        if grid.get(frozen, 0) >= (grid.get(count) or usual):
            raise _all_frozen(where, what)


def add(book: Book, body: Json, where: str) -> Json:
    properties = body.get("properties") or {}
    if properties.get("title"):
        _check_title(book, properties["title"], where)
    if properties.get("sheetId") is not None and book.by_id(properties["sheetId"]) is not None:
        raise invalid(f"{where}A sheet with the id {properties['sheetId']} already exists.")
    _check_numbers(properties, where)
    if properties.get("sheetType", "GRID") not in ("GRID", "SHEET_TYPE_UNSPECIFIED"):
        raise unsupported(f"a sheet of the type {properties['sheetType']}")
    sheet = lay_sheet(book, properties)
    return {"properties": snapshot.sheet_properties(Grid(book, sheet))}


def duplicate(book: Book, body: Json, where: str) -> Json:
    source = _find(book, body.get("sourceSheetId", 0), where)
    title = body.get("newSheetName") or _copy_title(book, source)
    _check_title(book, title, where)
    sheet_id = body.get("newSheetId")
    if sheet_id is not None and book.by_id(sheet_id) is not None:
        raise invalid(f"{where}A sheet with the id {sheet_id} already exists.")
    _check_numbers({"sheetId": sheet_id, "index": body.get("insertSheetIndex")}, where)
    new = copy_sheet(
        book,
        source,
        book,
        title=title,
        sheet_id=book.free_sheet_id() if sheet_id is None else sheet_id,
    )
    book.move_sheet(new, body.get("insertSheetIndex", 0))
    return {"properties": snapshot.sheet_properties(Grid(book, new))}


def _copy_title(book: Book, source: Sheet) -> str:
    title, number = f"Copy of {source.title}", 2
    while book.by_title(title) is not None:
        title, number = f"Copy of {source.title} {number}", number + 1
    return title


def delete(book: Book, body: Json, where: str) -> Json:
    sheet = _find(book, body.get("sheetId", 0), where)
    if not [other for other in book.sheets if other is not sheet and not other.hidden]:
        raise invalid(where + "You can't remove all the visible sheets in a document.")
    protection.check(book, Grid(book, sheet).whole, where)
    delete_sheet(book, sheet)
    _retitle(book, sheet.title, None)
    return {}


def _retitle(book: Book, title: str, new_title: str | None) -> None:
    """What looks at the sheet goes on doing so under its new title, or is broken."""
    rewrite_formulas(book, lambda text, _: references.retitled(text, title, new_title))


def update_sheet(book: Book, body: Json, where: str) -> Json:
    given = body.get("properties") or {}
    mask = fields_of(body, where)
    sheet = _find(book, given.get("sheetId", 0), where)
    protection.check_sheet(book, sheet, where)
    if "*" in mask:
        mask = {name: {} for name in given if name != "sheetId"}
    if "index" in mask and given.get("index", 0) < 0:
        raise invalid(where + "index must not be negative.")
    if "title" in mask:
        _check_title(book, given.get("title", ""), where, own=sheet)
        _retitle(book, sheet.title, given["title"])
        sheet.title = given["title"]
    if "gridProperties" in mask:
        _resize(book, sheet, given.get("gridProperties") or {}, mask["gridProperties"], where)
    rest = {
        name: below
        for name, below in mask.items()
        if name not in ("title", "index", "sheetId", "sheetType", "gridProperties")
    }
    sheet.properties = merged(sheet.properties, given, rest)
    if not any(not each.hidden for each in book.sheets):
        raise invalid(where + "You can't hide all the sheets in a document.")
    sheet.save()
    if "index" in mask:
        _move(book, sheet, given.get("index", 0))
    return {}


def _move(book: Book, sheet: Sheet, index: int) -> None:
    # Google counts the new index before the sheet is taken out of its place.
    book.move_sheet(sheet, index - 1 if index > sheet.position else index)


def _resize(book: Book, sheet: Sheet, given: Json, mask: masks.Mask, where: str) -> None:
    grid = Grid(book, sheet)
    named = mask or {name: {} for name in given}
    if "*" in named:
        named = {name: {} for name in given}
    for name, dimension, count in (
        ("rowCount", "ROWS", grid.row_count),
        ("columnCount", "COLUMNS", grid.column_count),
    ):
        if name not in named or (wanted := given.get(name, 0)) == count:
            continue
        if wanted < 1:
            raise invalid(f"{where}{name} must be greater than 0.")
        axis: Dimension = "ROWS" if dimension == "ROWS" else "COLUMNS"
        if wanted > count:
            grid.insert(axis, count, wanted - count)
        else:
            gone = (
                Area(sheet, wanted, count, 0, grid.column_count)
                if axis == "ROWS"
                else Area(sheet, 0, grid.row_count, wanted, count)
            )
            protection.check(book, gone, where)
            grid.delete(axis, wanted, count)
    rest: masks.Mask = {n: {} for n in named if n not in ("rowCount", "columnCount")}
    kept = merged(sheet.properties.get("gridProperties", {}), given, rest)
    frozen = kept.get("frozenRowCount", 0), kept.get("frozenColumnCount", 0)
    if min(frozen) < 0:
        raise invalid(where + "frozenRowCount and frozenColumnCount must not be negative.")
    if frozen[0] >= grid.row_count or frozen[1] >= grid.column_count:
        raise _all_frozen(where, "rows" if frozen[0] >= grid.row_count else "columns")
    sheet.properties["gridProperties"] = {name: value for name, value in kept.items() if value}


def _all_frozen(where: str, name: str) -> GoogleError:
    return invalid(f"{where}You can't freeze all visible {name} on the sheet.")


def update_spreadsheet(book: Book, body: Json, where: str) -> Json:
    given, mask = body.get("properties") or {}, fields_of(body, where)
    if "*" in mask:
        mask = {name: {} for name in given}
    book.properties = merged(book.properties, given, mask)
    check_properties(book.properties, where)
    book.save_properties()
    if "title" in mask:
        registry.rename(book.db, book.id, given.get("title", ""), book.account)
    return {}


REQUESTS = {
    "addSheet": add,
    "duplicateSheet": duplicate,
    "deleteSheet": delete,
    "updateSheetProperties": update_sheet,
    "updateSpreadsheetProperties": update_spreadsheet,
}
