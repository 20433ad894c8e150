"""A spreadsheet and its sheets as they stand in the store: titles, sizes, columns, and the things laid over ranges.

`Book.open` checks that the caller may. Everything is read and written within the caller's transaction.
What stands in the cells is grid.py's affair.
"""

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sync.sandbox.drive import registry
from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets.row_order import reserve

SCHEMA = """
CREATE TABLE IF NOT EXISTS sheets_books (
    id TEXT PRIMARY KEY,
    properties TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sheets_sheets (
    key INTEGER PRIMARY KEY,
    book_id TEXT NOT NULL,
    sheet_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    properties TEXT NOT NULL,
    columns TEXT NOT NULL,            -- slots in their order
    next_slot INTEGER NOT NULL,
    column_properties TEXT NOT NULL,  -- by slot
    column_looks TEXT NOT NULL,       -- by slot
    UNIQUE (book_id, sheet_id)
);
CREATE TABLE IF NOT EXISTS sheets_objects (
    number INTEGER PRIMARY KEY,
    book_id TEXT NOT NULL,
    sheet_key INTEGER,                -- NULL: belongs to the whole spreadsheet
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    place INTEGER NOT NULL DEFAULT 0, -- order among its kind, where order matters
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sheets_objects_by_book ON sheets_objects (book_id, kind);
"""

ROWS, COLUMNS = 1000, 26
_LOCALE = re.compile(r"[a-z]{2,3}(_([A-Z]{2}|[0-9]{3}))?", re.ASCII)
CELLS_AT_MOST = 10_000_000
COLUMNS_AT_MOST = 18_278

DEFAULT_FORMAT: Json = {
    "backgroundColor": {"red": 1, "green": 1, "blue": 1},
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": {"red": 1, "green": 1, "blue": 1}},
}


class Sheet:
    """One sheet's own facts; change them and call `save`."""

    def __init__(self, db: sqlite3.Connection, row: sqlite3.Row) -> None:
        self._db = db
        self.key: int = row["key"]
        self.book_id: str = row["book_id"]
        self.sheet_id: int = row["sheet_id"]
        self.position: int = row["position"]
        self.title: str = row["title"]
        self.properties: Json = json.loads(row["properties"])
        self.columns: list[int] = json.loads(row["columns"])
        self.next_slot: int = row["next_slot"]
        self.column_properties: dict[int, Json] = _by_slot(row["column_properties"])
        self.column_looks: dict[int, int] = _by_slot(row["column_looks"])

    @property
    def hidden(self) -> bool:
        return bool(self.properties.get("hidden"))

    def new_slots(self, count: int) -> list[int]:
        first = self.next_slot
        self.next_slot += count
        return list(range(first, first + count))

    def save(self) -> None:
        self._db.execute(
            "UPDATE sheets_sheets SET sheet_id = ?, position = ?, title = ?, properties = ?, columns = ?,"
            " next_slot = ?, column_properties = ?, column_looks = ? WHERE key = ?",
            (
                self.sheet_id,
                self.position,
                self.title,
                json.dumps(self.properties),
                json.dumps(self.columns),
                self.next_slot,
                json.dumps(self.column_properties),
                json.dumps(self.column_looks),
                self.key,
            ),
        )


def _by_slot(text: str) -> dict[int, Any]:
    return {int(slot): value for slot, value in json.loads(text).items()}


def check_properties(properties: Json, where: str = "") -> None:
    """Refuses a time zone or a locale that is none. `where` names the request for the error's words."""
    zone, locale = properties.get("timeZone", ""), properties.get("locale", "")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise invalid(f"{where}Invalid time zone: {zone}") from None
    if not _LOCALE.fullmatch(locale):
        raise invalid(f"{where}Unsupported locale: {locale}")


class Book:
    """One spreadsheet within one transaction."""

    def __init__(self, db: sqlite3.Connection, book_id: str, account: str) -> None:
        self.db = db
        self.id = book_id
        self.account = account
        row = db.execute("SELECT * FROM sheets_books WHERE id = ?", (book_id,)).fetchone()
        if row is None:
            # A PDF, a folder: Drive knows the id, Sheets cannot open it.
            raise invalid("This operation is not supported for this document")
        self.properties: Json = json.loads(row["properties"])
        self.sheets: list[Sheet] = [
            Sheet(db, each)
            for each in db.execute(
                "SELECT * FROM sheets_sheets WHERE book_id = ? ORDER BY position", (book_id,)
            )
        ]

    @classmethod
    def open(cls, db: sqlite3.Connection, book_id: str, account: str, need: str) -> "Book":
        """Raises Google's 404 for an id that does not exist and 403 for a spreadsheet of others."""
        registry.ensure(db, book_id, account, need, words="sheets")
        return cls(db, book_id, account)

    @classmethod
    def create(
        cls, db: sqlite3.Connection, book_id: str, account: str, properties: Json | None = None
    ) -> "Book":
        """Without sheets; the file's registration in Drive is the caller's affair."""
        given = {
            "title": "Untitled spreadsheet",
            "locale": "en_US",
            "autoRecalc": "ON_CHANGE",
            "timeZone": "Etc/GMT",
            **(properties or {}),
        }
        check_properties(given)
        db.execute("INSERT INTO sheets_books VALUES (?, ?)", (book_id, json.dumps(given)))
        return cls(db, book_id, account)

    @property
    def title(self) -> str:
        row = registry.find(self.db, self.id)
        return str(row["name"] if row is not None else self.properties["title"])

    @property
    def time_zone(self) -> str:
        return str(self.properties["timeZone"])

    @property
    def locale(self) -> str:
        return str(self.properties["locale"])

    def save_properties(self) -> None:
        self.db.execute(
            "UPDATE sheets_books SET properties = ? WHERE id = ?",
            (json.dumps(self.properties), self.id),
        )

    def by_id(self, sheet_id: int) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.sheet_id == sheet_id), None)

    def by_title(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title.lower() == title.lower()), None)

    def free_sheet_id(self) -> int:
        if not self.sheets:
            return 0
        number = 1000 + reserve(self.db, "sheet_id") * 7919 % 2_000_000_000
        return number if self.by_id(number) is None else self.free_sheet_id()

    def free_title(self) -> str:
        number = len(self.sheets) + 1
        while self.by_title(f"Sheet{number}") is not None:
            number += 1
        return f"Sheet{number}"

    def add_sheet(
        self,
        *,
        title: str,
        sheet_id: int,
        columns: int,
        position: int | None = None,
        properties: Json | None = None,
    ) -> Sheet:
        """A sheet without rows yet: grid.py lays them."""
        key = reserve(self.db, "sheet")
        self.db.execute(
            "INSERT INTO sheets_sheets VALUES (?, ?, ?, ?, ?, ?, ?, ?, '{}', '{}')",
            (
                key,
                self.id,
                sheet_id,
                len(self.sheets),
                title,
                json.dumps(properties or {}),
                json.dumps(list(range(columns))),
                columns,
            ),
        )
        row = self.db.execute("SELECT * FROM sheets_sheets WHERE key = ?", (key,)).fetchone()
        sheet = Sheet(self.db, row)
        self.sheets.append(sheet)
        if position is not None:
            self.move_sheet(sheet, position)
        return sheet

    def move_sheet(self, sheet: Sheet, position: int) -> None:
        self.sheets.remove(sheet)
        self.sheets.insert(min(position, len(self.sheets)), sheet)
        self.renumber()

    def renumber(self) -> None:
        for position, sheet in enumerate(self.sheets):
            if sheet.position != position:
                sheet.position = position
                sheet.save()

    # Things laid over ranges: protections, merges, filters, rules, names …

    def objects(self, kind: str, sheet: Sheet | None = None) -> list["Thing"]:
        sql = "SELECT * FROM sheets_objects WHERE book_id = ? AND kind = ?"
        given: list[Any] = [self.id, kind]
        if sheet is not None:
            sql += " AND sheet_key = ?"
            given.append(sheet.key)
        rows = self.db.execute(sql + " ORDER BY place, number", given)
        return [Thing(self.db, row) for row in rows]

    def object(self, kind: str, id: str | int) -> "Thing | None":
        return next((thing for thing in self.objects(kind) if thing.id == str(id)), None)

    def on_sheet(self, sheet: Sheet) -> Iterable["Thing"]:
        rows = self.db.execute(
            "SELECT * FROM sheets_objects WHERE book_id = ? AND sheet_key = ?", (self.id, sheet.key)
        ).fetchall()
        return [Thing(self.db, row) for row in rows]

    def add_object(
        self, kind: str, sheet: Sheet | None, body: Json, *, id: str | int = "", place: int = 0
    ) -> "Thing":
        number = self.db.execute(
            "INSERT INTO sheets_objects (book_id, sheet_key, kind, id, place, body) VALUES (?, ?, ?, ?, ?, ?)",
            (self.id, sheet.key if sheet else None, kind, str(id), place, json.dumps(body)),
        ).lastrowid
        row = self.db.execute("SELECT * FROM sheets_objects WHERE number = ?", (number,)).fetchone()
        return Thing(self.db, row)

    def new_object_id(self) -> int:
        return 100_000 + reserve(self.db, "object") * 104_729 % 2_000_000_000


class Thing:
    """One object of a spreadsheet: `body` is Google's own resource."""

    def __init__(self, db: sqlite3.Connection, row: sqlite3.Row) -> None:
        self._db = db
        self.number: int = row["number"]
        self.sheet_key: int | None = row["sheet_key"]
        self.kind: str = row["kind"]
        self.id: str = row["id"]
        self.place: int = row["place"]
        self.body: Json = json.loads(row["body"])

    def save(self) -> None:
        self._db.execute(
            "UPDATE sheets_objects SET sheet_key = ?, place = ?, body = ? WHERE number = ?",
            (self.sheet_key, self.place, json.dumps(self.body), self.number),
        )

    def delete(self) -> None:
        self._db.execute("DELETE FROM sheets_objects WHERE number = ?", (self.number,))
