"""The sheet that a form writes into: how rows come, where they land, and what stays when officers rearrange it.

A new response is an inserted row below the form's last one, above rows people added by hand. The form remembers its
columns and rows by identity, so they may be moved and sorted; columns to the right are the officers'.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from sync.sandbox.accounts import OFFICER
from sync.sandbox.drive import registry
from sync.sandbox.forms.book import Form, Response, shared_with
from sync.sandbox.forms.questions import cell_of
from sync.sandbox.frame import Json
from sync.sandbox.sheets import cells, render, serials
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Row, Value
from sync.sandbox.sheets.grid import Grid, set_value
from sync.sandbox.sheets.native import lay_sheet

TAB = "Form Responses 1"
TIME_ZONE = "Asia/Makassar"
TIMESTAMP, EMAIL = "timestamp", "email"
_HEADERS = {TIMESTAMP: "Timestamp", EMAIL: "Email Address"}


def link(db: sqlite3.Connection, form: Form, body: Json) -> None:
    """Makes the spreadsheet with the form's tab and headers."""
    book_id = registry.new_id(44)
    title = f"{form.title} (Responses)"
    registry.new_file(db, id=book_id, name=title, mime=registry.SPREADSHEET, owner=OFFICER)
    for email in shared_with(body):
        registry.grant(db, book_id, email, "writer")
    book = Book.create(db, book_id, OFFICER, {"title": title, "timeZone": TIME_ZONE})
    sheet = lay_sheet(
        book, {"title": TAB, "gridProperties": {"rowCount": 100, "frozenRowCount": 1}}
    )
    form.spreadsheet_id, form.sheet_key = book_id, sheet.key
    _ensure_columns(Grid(book, sheet), form)


def _wanted(form: Form) -> list[tuple[str, str]]:
    """The form's columns in their order: what they hold and their header."""
    wanted = [(TIMESTAMP, _HEADERS[TIMESTAMP])]
    if form.collect_email:
        wanted.append((EMAIL, _HEADERS[EMAIL]))
    return wanted + [(question["questionId"], question["title"]) for question in form.questions]


def _ensure_columns(grid: Grid, form: Form) -> None:
    """A column that is missing (new, or deleted by an officer) is put to the right of the form's others."""
    for what, header in _wanted(form):
        if form.slots.get(what) in grid.sheet.columns:
            continue
        own = [
            grid.sheet.columns.index(slot)
            for slot in form.slots.values()
            if slot in grid.sheet.columns
        ]
        at = max(own, default=-1) + 1
        (head,) = grid.rows(0, 1)
        free = at < grid.column_count and not _in_use(grid, head, at)
        if not free:
            grid.insert("COLUMNS", at, 1, like=at - 1 if at else None)
            (head,) = grid.rows(0, 1)
        form.slots[what] = grid.sheet.columns[at]
        set_value(head, form.slots[what], header)
        grid.save([head])


def _in_use(grid: Grid, head: Row, at: int) -> bool:
    return grid.sheet.columns[at] in head.values or grid.last_row_with_content(at, at + 1) >= 0


def write(db: sqlite3.Connection, form: Form, response: Response) -> int | None:
    """Puts the response into its row, a new one if it has none; the row's number, None when the tab is gone."""
    book = _book(db, form)
    sheet = next((s for s in book.sheets if s.key == form.sheet_key), None) if book else None
    if book is None or sheet is None:
        return None
    grid = Grid(book, sheet)
    _ensure_columns(grid, form)
    at = grid.order.position(response.row_key) if response.row_key is not None else None
    if at is None:
        at = _last_form_row(db, grid, form) + 1
        # A row takes the look of the one above it, but not of the header.
        like = at - 1 if at > 1 else at if at < grid.row_count else None
        grid.insert("ROWS", at, 1, like=like)
    (row,) = grid.rows(at, at + 1)
    response.row_key = row.key
    for what, value, number_format in _cells(form, response, book):
        _set(grid, row, form.slots[what], value, number_format)
    grid.save([row])
    registry.touch(db, book.id, OFFICER)
    return at + 1


def row_of(db: sqlite3.Connection, form: Form, response: Response) -> int | None:
    """Where the response stands now."""
    book = _book(db, form)
    sheet = next((s for s in book.sheets if s.key == form.sheet_key), None) if book else None
    if book is None or sheet is None or response.row_key is None:
        return None
    at = Grid(book, sheet).order.position(response.row_key)
    return None if at is None else at + 1


def time_zone(db: sqlite3.Connection, form: Form) -> str:
    book = _book(db, form)
    return book.time_zone if book else TIME_ZONE


def tab(db: sqlite3.Connection, form: Form) -> tuple[int, str] | None:
    """The linked tab's id and its title now."""
    book = _book(db, form)
    sheet = next((s for s in book.sheets if s.key == form.sheet_key), None) if book else None
    return (sheet.sheet_id, sheet.title) if sheet else None


def _book(db: sqlite3.Connection, form: Form) -> Book | None:
    known = db.execute("SELECT 1 FROM sheets_books WHERE id = ?", (form.spreadsheet_id,)).fetchone()
    return Book(db, form.spreadsheet_id, OFFICER) if known else None


def _last_form_row(db: sqlite3.Connection, grid: Grid, form: Form) -> int:
    """The lowest row that a response of this form stands in; the header when there is none."""
    for start, end in grid.order.blocks_from_below():
        keys = grid.order.keys(start, end)
        own = _of_form(db, form, keys)
        for offset in range(len(keys) - 1, -1, -1):
            if keys[offset] in own:
                return start + offset
    return 0


def _of_form(db: sqlite3.Connection, form: Form, keys: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for i in range(0, len(keys), 500):
        some = keys[i : i + 500]
        marks = ",".join("?" * len(some))
        found |= {
            row[0]
            for row in db.execute(
                f"SELECT row_key FROM forms_responses WHERE form_id = ? AND row_key IN ({marks})",  # noqa: S608 - question marks only
                (form.id, *some),
            )
        }
    return found


def _cells(form: Form, response: Response, book: Book) -> list[tuple[str, Value, Json]]:
    moment = datetime.fromisoformat(response.submitted_at)
    written: list[tuple[str, Value, Json]] = [
        (TIMESTAMP, serials.of_moment(moment, book.time_zone), render.DATE_TIME)
    ]
    if form.collect_email:
        written.append((EMAIL, response.email, {}))
    for question in form.questions:
        answer = response.answers.get(question["questionId"], [])
        written.append((question["questionId"], *cell_of(question, answer)))
    return written


def _set(grid: Grid, row: Row, slot: int, value: Value, number_format: Json) -> None:
    db = grid.book.db
    number = grid.look_of(row, slot)
    look = cells.look(db, number)
    entered = look.get("userEnteredFormat", {})
    chosen = entered.get("numberFormat", {})
    if chosen.get("type") == "TEXT" and isinstance(value, int | float):
        value = render.shown(value, number_format, grid.book.locale)
    elif number_format and not render.is_moment(chosen):
        entered = {**entered, "numberFormat": number_format}
        row.looks[slot] = cells.look_number(db, {**look, "userEnteredFormat": entered})
    set_value(row, slot, value)
