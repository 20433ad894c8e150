"""Where a spreadsheet's own address gives it as a file: `/spreadsheets/d/{id}/export?format=csv&gid=0`, and its
older form `/spreadsheets/export?id={id}&exportFormat=csv`.

Text formats hold one sheet, the first unless `gid` names another; XLSX holds them all. Clients send the bearer token
of the API; without one only what anyone may see is given.
"""

import re
import sqlite3
from html import escape
from urllib.parse import quote

from sync.sandbox import oauth
from sync.sandbox.drive import registry
from sync.sandbox.frame import Answer, Call, Content, GoogleError, Route, route
from sync.sandbox.sheets import interchange
from sync.sandbox.sheets.a1 import parse_span
from sync.sandbox.sheets.book import Book, Sheet

_MADE = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xlsx": interchange.XLSX,
}
_AT_GOOGLE_ONLY = ("pdf", "ods", "zip", "html")


def _page(status: int, title: str, text: str) -> Content:
    html = f"<!DOCTYPE html><html lang=en><title>{escape(title)}</title><p>{escape(text)}"
    return Content(html.encode(), "text/html; charset=utf-8", status)


def _caller(db: sqlite3.Connection, call: Call) -> str:
    """The account behind the token; "" without one."""
    if "authorization" not in call.headers and "access_token" not in call.query:
        return ""
    account, scopes = oauth.bearer(db, call.headers, call.query)
    oauth.admit("drive.files.export", scopes | _as_drive(scopes))
    return account


def _as_drive(scopes: frozenset[str]) -> frozenset[str]:
    """A token for Sheets opens this address as well."""
    return frozenset(scope.replace("/spreadsheets", "/drive") for scope in scopes)


def _sheet(book: Book, gid: str) -> Sheet | None:
    if not gid:
        return book.sheets[0]
    return next((sheet for sheet in book.sheets if str(sheet.sheet_id) == gid), None)


def export(call: Call) -> Answer:
    form = call.first("format") or call.first("exportFormat", "xlsx")
    if form not in _MADE:
        if form in _AT_GOOGLE_ONLY:
            raise GoogleError(
                501, "UNIMPLEMENTED", f"The sandbox does not have the export to {form}."
            )
        return _page(400, "Bad Request", "Sorry, unable to open the file at this time.")
    with call.store.read() as db:
        account = _caller(db, call)
        row = registry.find(db, call.path.get("book") or call.first("id"))
        if row is None or row["mime"] != registry.SPREADSHEET:
            return _page(
                404, "Page Not Found", "Sorry, the file you have requested does not exist."
            )
        if registry.role_of(db, row["id"], account) is None:
            if not account:
                return _page(401, "Sign in", "Sign in to continue to Sheets.")
            return _page(403, "Access denied", "You need permission to open this file.")
        book = Book(db, row["id"], account)
        sheet = _sheet(book, call.first("gid"))
        if sheet is None:
            return _page(400, "Bad Request", "Sorry, unable to open the file at this time.")
        part = parse_span(call.first("range")) if "range" in call.query else None
        if "range" in call.query and (part is None or form == "xlsx"):
            return _page(400, "Bad Request", "Sorry, unable to open the file at this time.")
        data = interchange.write(book, _MADE[form], sheet, part)
    title = row["name"] if form == "xlsx" else f"{row['name']} - {sheet.title}"
    plain = re.sub(r"[^\w.-]", "", title, flags=re.ASCII) or "Spreadsheet"
    name = (
        f"attachment; filename=\"{plain}.{form}\"; filename*=UTF-8''{quote(title, safe='')}.{form}"
    )
    return Content(data or b"", _MADE[form], headers={"Content-Disposition": name})


ROUTES: list[Route] = [
    route("GET", path, "docs.spreadsheets.export", export, needs_token=False)
    for path in ("/spreadsheets/d/{book}/export", "/spreadsheets/export")
]
