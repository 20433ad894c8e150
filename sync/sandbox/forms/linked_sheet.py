"""The sheet that a form writes into: how rows come, where they land, and what stays when officers rearrange it.

A new response is an inserted row below the form's last one, above rows people added by hand. The form remembers its
columns and rows by identity, so they may be moved and sorted; columns to the right are the officers'. A column outlives
its question.
"""

import sqlite3
from collections.abc import Mapping, Sequence
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
_AT_ONCE = 500  # rows
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
    grid = _linked(db, form)
    if grid is None:
        return None
    _ensure_columns(grid, form)
    at = grid.order.position(response.row_key) if response.row_key is not None else None
    if at is None:
        at = _last_form_row(db, grid, form) + 1
        # A row takes the look of the one above it, but not of the header.
        like = at - 1 if at > 1 else at if at < grid.row_count else None
        grid.insert("ROWS", at, 1, like=like)
    (row,) = grid.rows(at, at + 1)
    response.row_key = row.key
    for what, value, number_format in _cells(form, response, grid.book):
        _set(grid, row, form.slots[what], value, number_format)
    grid.save([row])
    registry.touch(db, grid.book.id, OFFICER)
    return at + 1


def follow(db: sqlite3.Connection, form: Form, titles: Mapping[str, str]) -> None:
    """The form was changed: new questions get a column, renamed ones their header. Nothing is taken away.

    `titles` are those before the change, by questionId.
    """
    grid = _linked(db, form)
    if grid is None:
        return
    _ensure_columns(grid, form)
    (head,) = grid.rows(0, 1)
    for question in form.questions:
        asked, title = question["questionId"], question["title"]
        if titles.get(asked, title) != title:
            set_value(head, form.slots[asked], title)
    grid.save([head])
    registry.touch(db, grid.book.id, OFFICER)


def time_zone(db: sqlite3.Connection, form: Form) -> str:
    book = _book(db, form)
    return book.time_zone if book else TIME_ZONE


def tab(db: sqlite3.Connection, form: Form) -> tuple[int, str] | None:
    """The linked tab's id and its title now; None when it was deleted."""
    grid = _linked(db, form)
    return (grid.sheet.sheet_id, grid.sheet.title) if grid else None


def _book(db: sqlite3.Connection, form: Form) -> Book | None:
    known = db.execute("SELECT 1 FROM sheets_books WHERE id = ?", (form.spreadsheet_id,)).fetchone()
    return Book(db, form.spreadsheet_id, OFFICER) if known else None


def _linked(db: sqlite3.Connection, form: Form) -> Grid | None:
    book = _book(db, form)
    sheet = next((s for s in book.sheets if s.key == form.sheet_key), None) if book else None
    return Grid(book, sheet) if book and sheet else None


def _last_form_row(db: sqlite3.Connection, grid: Grid, form: Form) -> int:
    """The lowest row that a response of this form stands in; the header when there is none.

    It is mostly among the very last rows. Else they are looked through from above, until every row of the form was
    met: below it may stand a million rows that people added by hand.
    """
    count = grid.row_count
    tail = max(0, count - _AT_ONCE)
    if at := _lowest(grid, tail, count, _of_form(db, form, grid.order.keys(tail, count))):
        return at
    wanted = {
        row[0]
        for row in db.execute(
            "SELECT row_key FROM forms_responses WHERE form_id = ? AND row_key IS NOT NULL",
            (form.id,),
        )
    }
    last, start, size = 0, 0, _AT_ONCE
    while wanted and start < tail:
        end = min(start + size, tail)
        found = wanted.intersection(grid.order.keys(start, end))
        if found:
            last = _lowest(grid, start, end, found)
            wanted -= found
        start, size = end, size * 2
    # What is left was deleted from the sheet: it is not looked for again.
    db.executemany(
        "UPDATE forms_responses SET row_key = NULL WHERE form_id = ? AND row_key = ?",
        [(form.id, key) for key in wanted],
    )
    return last


def _lowest(grid: Grid, start: int, end: int, own: set[int]) -> int:
    """The position of the lowest of these rows; 0 when none is there."""
    keys = grid.order.keys(start, end) if own else []
    return next((start + at for at in range(len(keys) - 1, -1, -1) if keys[at] in own), 0)


def _of_form(db: sqlite3.Connection, form: Form, keys: Sequence[int]) -> set[int]:
    marks = ",".join("?" * len(keys))
    sql = f"SELECT row_key FROM forms_responses WHERE form_id = ? AND row_key IN ({marks})"  # noqa: S608 - question marks only
    return {row[0] for row in db.execute(sql, (form.id, *keys))}


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
