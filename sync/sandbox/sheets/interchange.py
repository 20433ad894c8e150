"""Spreadsheets as files of others: CSV and TSV in and out, xlsx out.

What comes in is read as if typed, as Google's conversion does. xlsx carries every sheet's values, formulas with their
results, and number formats; looks, widths, merges and rules stay behind.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from sync.sandbox.frame import invalid
from sync.sandbox.sheets import cells, ranges, writing
from sync.sandbox.sheets.a1 import Span
from sync.sandbox.sheets.book import Book, Sheet
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.reading import Reader, trimmed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEPARATORS = {"text/csv": ",", "text/tab-separated-values": "\t"}
TAKES = frozenset([*SEPARATORS, "text/plain", "application/csv", "application/vnd.ms-excel.csv"])
_TITLE_CHARACTERS = 31


def read_csv(data: bytes) -> list[list[str]]:
    """The separator is found out from the first line, as Google does."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count) if first else ","
    csv.field_size_limit(10 * cells.CELL_CHARACTERS)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise invalid("The file could not be converted.") from None


def lay(grid: Grid, lines: list[list[str]]) -> None:
    """Writes the lines into the sheet, which grows as needed."""
    grid.ensure_size(len(lines), max((len(line) for line in lines), default=0))
    writing.put(grid, 0, 0, list(lines), "USER_ENTERED")


def write(
    book: Book, mime: str, sheet: Sheet | None = None, part: Span | None = None
) -> bytes | None:
    """The file; None for a type the sandbox cannot make. Text formats hold one sheet, the first unless told, or a
    part of it."""
    if mime == XLSX:
        return _xlsx(book)
    if mime not in SEPARATORS:
        return None
    reader = Reader(book)
    grid = reader.grid((sheet or book.sheets[0]).key)
    area = ranges.area(grid, part) if part else grid.whole
    lines = trimmed(reader.lines(area, "FORMATTED_VALUE", "FORMATTED_STRING"))
    width = max((len(line) for line in lines), default=0)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATORS[mime], lineterminator="\r\n")
    writer.writerows(line + [""] * (width - len(line)) for line in lines)
    return text.getvalue().removesuffix("\r\n").encode("utf-8", "replace")


def _xlsx(book: Book) -> bytes:
    from openpyxl import Workbook

    made = Workbook()
    del made[made.sheetnames[0]]
    reader = Reader(book)
    results: list[dict[str, Any]] = []
    titles: set[str] = set()
    for sheet in book.sheets:
        page = made.create_sheet(_title(sheet.title, titles))
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        results.append(_page(reader, sheet, page))
    out = io.BytesIO()
    made.save(out)
    return _with_results(out.getvalue(), results)


def _title(title: str, taken: set[str]) -> str:
    """Excel knows fewer characters and shorter titles."""
    plain = re.sub(r"[\\/*?:\[\]\x00-\x1f]", "_", title)[:_TITLE_CHARACTERS].strip("'") or "Sheet"
    number = 1
    while plain.lower() in taken:
        number += 1
        plain = f"{plain[: _TITLE_CHARACTERS - 4]} {number}"
    taken.add(plain.lower())
    return plain


def _page(reader: Reader, sheet: Sheet, page: Any) -> dict[str, Any]:
    """Fills the page; gives the results of its formulas by cell."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.utils import get_column_letter

    grid = reader.grid(sheet.key)
    last = grid.last_row_with_content() + 1
    area = Area(sheet, 0, last, 0, grid.column_count)
    entered = reader.lines(area, "FORMULA", "SERIAL_NUMBER")
    shown = reader.lines(area, "UNFORMATTED_VALUE", "SERIAL_NUMBER")
    rows = grid.rows(0, last)
    format_of = _formats(reader)
    results: dict[str, Any] = {}
    for at, (row, line) in enumerate(zip(rows, entered, strict=True)):
        for column, value in enumerate(line):
            if value == "":
                continue
            slot = sheet.columns[column]
            cell = page.cell(at + 1, column + 1)
            if isinstance(row.values.get(slot), cells.Formula):
                cell.value = value
                results[f"{get_column_letter(column + 1)}{at + 1}"] = shown[at][column]
            elif isinstance(value, str):  # a text that looks like a formula stays a text
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
            else:
                cell.value = value
            if pattern := format_of(grid.look_of(row, slot)):
                cell.number_format = pattern
    return results


def _formats(reader: Reader) -> Callable[[int], str]:
    """The number format of a look, as Excel writes it."""
    known: dict[int, str] = {0: ""}
    defaults = {
        "DATE": "yyyy-mm-dd",
        "TIME": "h:mm:ss",
        "DATE_TIME": "yyyy-mm-dd h:mm:ss",
        "PERCENT": "0.00%",
        "TEXT": "@",
    }

    def format_of(look: int) -> str:
        if look not in known:
            entered = cells.look(reader.book.db, look).get("userEnteredFormat") or {}
            given = entered.get("numberFormat") or {}
            known[look] = given.get("pattern") or defaults.get(given.get("type", ""), "")
        return known[look]

    return format_of


def _with_results(file: bytes, results: list[dict[str, Any]]) -> bytes:
    """openpyxl writes formulas without results; who reads values alone would find nothing there."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for item in given.infolist():
            content = given.read(item)
            if match := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", item.filename):
                content = _filled(content.decode(), results[int(match[1]) - 1]).encode()
            made.writestr(item.filename, content)
    return out.getvalue()


_CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)><f>(.*?)</f><v ?(?:/>|></v>)</c>', re.DOTALL)


def _filled(xml: str, results: dict[str, Any]) -> str:
    def cell(match: re.Match[str]) -> str:
        result = results[match[1]]
        kind, value = "", str(result)
        if isinstance(result, bool):
            kind, value = ' t="b"', str(int(result))
        elif isinstance(result, str):
            kind, value = (' t="e"' if result.startswith("#") else ' t="str"'), escape(result)
        style = re.sub(r' t="\w+"', "", match[2])
        return f'<c r="{match[1]}"{style}{kind}><f>{match[3]}</f><v>{value}</v></c>'

    return _CELL.sub(cell, xml)
