"""Spreadsheets as Drive's own kind of file: Drive makes, copies, deletes and exports them through here."""

import sqlite3
from typing import Any

from sync.sandbox.drive import registry
from sync.sandbox.frame import Json
from sync.sandbox.sheets import cells, interchange
from sync.sandbox.sheets.answers import coloured
from sync.sandbox.sheets.book import COLUMNS, ROWS, Book, Sheet
from sync.sandbox.sheets.cells import Row
from sync.sandbox.sheets.grid import Grid


def lay_sheet(book: Book, properties: Json) -> Sheet:
    """One sheet with blank rows, from its SheetProperties."""
    properties = coloured(properties)
    size = dict(properties.pop("gridProperties", {}))
    title = properties.pop("title", "") or book.free_title()
    sheet_id = properties.pop("sheetId", None)
    position = properties.pop("index", None)
    properties.pop("sheetType", None)
    rows = size.pop("rowCount", None) or ROWS
    columns = size.pop("columnCount", None) or COLUMNS
    if size:
        properties["gridProperties"] = size
    sheet = book.add_sheet(
        title=title,
        sheet_id=book.free_sheet_id() if sheet_id is None else sheet_id,
        columns=0,
        position=position,
        properties=properties,
    )
    grid = Grid(book, sheet)
    grid.insert("COLUMNS", 0, columns)
    grid.insert("ROWS", 0, rows)
    return sheet


def copy_sheet(source: Book, sheet: Sheet, target: Book, *, title: str, sheet_id: int) -> Sheet:
    """All cells and what lies over them, into another spreadsheet or the same."""
    new = target.add_sheet(title=title, sheet_id=sheet_id, columns=0, properties=sheet.properties)
    new.columns, new.next_slot = list(sheet.columns), sheet.next_slot
    new.column_properties = dict(sheet.column_properties)
    new.column_looks = dict(sheet.column_looks)
    new.save()
    old_grid, new_grid = Grid(source, sheet), Grid(target, new)
    rows = old_grid.rows(0, old_grid.row_count)
    keys = new_grid.order.insert(0, len(rows))
    new_grid.save(
        Row(key, row.values, row.looks, row.properties)
        for key, row in zip(keys, rows, strict=True)
        if row.values or row.looks or row.properties
    )
    for thing in source.on_sheet(sheet):
        if thing.kind in ("developerMetadata", "namedRange"):
            continue
        body = _for_sheet(thing.body, sheet.sheet_id, new.sheet_id)
        object_id: str | int = thing.id
        for name in ("protectedRangeId", "bandedRangeId", "filterViewId"):
            if name in body:
                object_id = body[name] = target.new_object_id()
        target.add_object(thing.kind, new, body, id=object_id, place=thing.place)
    return new


def _for_sheet(body: Any, old: int, new: int) -> Any:
    if isinstance(body, list):
        return [_for_sheet(item, old, new) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        name: new if name == "sheetId" and value == old else _for_sheet(value, old, new)
        for name, value in body.items()
    }


def delete_sheet(book: Book, sheet: Sheet) -> None:
    grid = Grid(book, sheet)
    cells.delete(book.db, grid.order.keys(0, grid.row_count))
    grid.order.forget_all()
    book.db.execute("DELETE FROM sheets_blocks WHERE sheet_key = ?", (sheet.key,))
    book.db.execute("DELETE FROM sheets_objects WHERE sheet_key = ?", (sheet.key,))
    book.db.execute("DELETE FROM sheets_sheets WHERE key = ?", (sheet.key,))
    book.sheets.remove(sheet)
    book.renumber()


class Spreadsheets:
    """What Drive asks of the room of a Google-native type."""

    def create(self, db: sqlite3.Connection, file_id: str, name: str) -> None:
        lay_sheet(Book.create(db, file_id, "", {"title": name}), {})

    def copy(self, db: sqlite3.Connection, source_id: str, file_id: str) -> None:
        source = Book(db, source_id, "")
        target = Book.create(db, file_id, "", source.properties)
        for sheet in source.sheets:
            copy_sheet(source, sheet, target, title=sheet.title, sheet_id=sheet.sheet_id)
        for thing in source.objects("namedRange"):
            target.add_object("namedRange", None, thing.body, id=thing.id)

    def delete(self, db: sqlite3.Connection, file_id: str) -> None:
        book = Book(db, file_id, "")
        for sheet in list(book.sheets):
            delete_sheet(book, sheet)
        db.execute("DELETE FROM sheets_objects WHERE book_id = ?", (file_id,))
        db.execute("DELETE FROM sheets_books WHERE id = ?", (file_id,))

    def takes(self, mime: str) -> bool:
        """Whether a file of this type can become a spreadsheet."""
        return mime in interchange.TAKES

    def fill(self, db: sqlite3.Connection, file_id: str, data: bytes) -> None:
        """The file's lines in place of all that stood there: one sheet is left."""
        book = Book(db, file_id, "")
        for sheet in book.sheets[1:]:
            delete_sheet(book, sheet)
        old = book.sheets[0]
        delete_sheet(book, old)
        sheet = lay_sheet(book, {"title": old.title, "sheetId": old.sheet_id})
        interchange.lay(Grid(book, sheet), interchange.read_csv(data))

    def export(self, db: sqlite3.Connection, file_id: str, mime: str) -> bytes | None:
        return interchange.write(Book(db, file_id, ""), mime)


registry.NATIVE[registry.SPREADSHEET] = Spreadsheets()
