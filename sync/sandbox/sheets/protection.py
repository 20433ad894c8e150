"""Protected ranges: whether this account may change these cells, and Google's words when it may not."""

from sync.sandbox.drive import registry
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets.answers import told
from sync.sandbox.sheets.book import Book, Sheet, Thing
from sync.sandbox.sheets.grid import Area
from sync.sandbox.sheets.shift import BOUNDS, Dimension

REFUSAL = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection"
    " if you need to edit."
)


def check(book: Book, area: Area, where: str = "") -> None:
    """Raises 400 when a protection that is more than a warning holds any of these cells against this account."""
    for thing in book.objects("protectedRange", area.sheet):
        if (
            not thing.body.get("warningOnly")
            and _overlaps(thing.body.get("range", {}), area)
            and not any(_covers(free, area) for free in thing.body.get("unprotectedRanges", []))
            and not may_edit(book, thing)
        ):
            raise invalid(where + REFUSAL)


def check_sheet(book: Book, sheet: Sheet, where: str) -> None:
    """Raises 400 when the whole sheet is protected against this account: its name and its place are, too."""
    for thing in book.objects("protectedRange", sheet):
        whole = not thing.body["range"].keys() - {"sheetId"}
        if whole and not thing.body.get("warningOnly") and not may_edit(book, thing):
            raise invalid(where + REFUSAL)


def check_insert(book: Book, sheet: Sheet, dimension: Dimension, at: int, where: str) -> None:
    """Raises 400 when new rows or columns before `at` would widen what is protected against this account."""
    low, high = BOUNDS[dimension]
    for thing in book.objects("protectedRange", sheet):
        body = thing.body.get("range", {})
        inside = body.get(low, -1) < at and (body.get(high) is None or at < body[high])
        if inside and not thing.body.get("warningOnly") and not may_edit(book, thing):
            raise invalid(where + REFUSAL)


def may_edit(book: Book, thing: Thing) -> bool:
    """The spreadsheet's owner and the protection's editors may."""
    if registry.role_of(book.db, book.id, book.account) in ("owner", "organizer"):
        return True
    editors = thing.body.get("editors", {})
    users = {email.lower() for email in editors.get("users", [])}
    domain = book.account.rpartition("@")[2]
    return book.account.lower() in users or bool(
        editors.get("domainUsersCanEdit") and domain == _owner(book).rpartition("@")[2]
    )


def _owner(book: Book) -> str:
    row = registry.find(book.db, book.id)
    return str(row["owner"]) if row is not None else ""


def answer(book: Book, thing: Thing) -> Json:
    """The resource as this account sees it."""
    return dict(told({**thing.body, "requestingUserCanEdit": may_edit(book, thing)}))


def _overlaps(grid_range: Json, area: Area) -> bool:
    return (
        grid_range.get("startRowIndex", 0) < area.row_end
        and (grid_range.get("endRowIndex") is None or grid_range["endRowIndex"] > area.row_start)
        and grid_range.get("startColumnIndex", 0) < area.column_end
        and (
            grid_range.get("endColumnIndex") is None
            or grid_range["endColumnIndex"] > area.column_start
        )
    )


def _covers(grid_range: Json, area: Area) -> bool:
    return (
        grid_range.get("sheetId", area.sheet.sheet_id) == area.sheet.sheet_id
        and grid_range.get("startRowIndex", 0) <= area.row_start
        and (grid_range.get("endRowIndex") is None or grid_range["endRowIndex"] >= area.row_end)
        and grid_range.get("startColumnIndex", 0) <= area.column_start
        and (
            grid_range.get("endColumnIndex") is None
            or grid_range["endColumnIndex"] >= area.column_end
        )
    )
