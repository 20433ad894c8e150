"""The tab "Buku Agenda" of a spreadsheet: lines are found by their reference, wherever officers sorted them to, and new
ones come below the last. What a line says is core/register.py's affair; which are due, worker/register.py's.

Promise: appending never overwrites anything, whatever is done to the tab in that moment; texts are texts and never
formulas. The tab is known by its id: officers may rename, move or delete it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sync.core.register import COLUMNS, REFERENCE_COLUMN, TITLE, WIDTHS, Line
from sync.google.refusals import Refused
from sync.google.tab import READ, Tab, free_title
from sync.google.transport import Transport

TAB_ID = 1_480_261_103
"""An id that we choose, as the tab "Loket" has one."""
_SHEETS = "https://sheets.googleapis.com/v4/spreadsheets/"
_PIXELS = 8  # a character
_EPOCH = date(1899, 12, 30)
_FIELDS = "userEnteredValue,userEnteredFormat.numberFormat"

FIRST_ROW = 2

Request = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands in the tab now: whether its header row is as we wrote it, and the references by row number."""

    whole: bool
    references: Mapping[int, str]


class RegisterTab:
    def __init__(self, transport: Transport, spreadsheet_id: str) -> None:
        self._transport = transport
        self._url = _SHEETS + spreadsheet_id
        self._tab = Tab(transport, spreadsheet_id, TITLE)

    def look(self, first: int = FIRST_ROW) -> Seen | None:
        """The references from this row on; None where the tab is missing."""
        try:
            header, column = self._header_and_references(first)
        except Refused as refusal:
            if refusal.status != 400:
                raise
            if TAB_ID not in self._tab.sheets():
                return None
            return Seen(whole=False, references={})  # fewer rows or columns than there were
        references = {
            first + place: str(cells[0])
            for place, cells in enumerate(column)
            if cells and cells[0] not in ("", None)
        }
        return Seen(header == [list(COLUMNS)], references)

    def begin(self) -> None:
        """Makes the tab, or empties the one that is no longer as we wrote it."""
        sheets = self._tab.sheets()
        requests = _emptied() if TAB_ID in sheets else _made(set(sheets.values()))
        self._tab.change([*requests, _header()])

    def write(self, rows: Mapping[int, Line], new: Sequence[Line]) -> None:
        """Writes these rows, and the new ones below the last. After a TryAgain: look what came of it."""
        requests: list[Request] = [
            {
                "updateCells": {
                    "start": {"sheetId": TAB_ID, "rowIndex": first - 1, "columnIndex": 0},
                    "rows": [_row(rows[row]) for row in range(first, end)],
                    "fields": _FIELDS,
                }
            }
            for first, end in _runs(rows)
        ]
        if new:
            below = {"sheetId": TAB_ID, "rows": [_row(line) for line in new], "fields": _FIELDS}
            requests.append({"appendCells": below})
        if requests:
            self._tab.change(requests)

    def _header_and_references(self, first: int) -> tuple[list[list[Any]], list[list[Any]]]:
        top = {"startRowIndex": 0, "endRowIndex": 1}
        below = {
            "startRowIndex": first - 1,
            "startColumnIndex": REFERENCE_COLUMN,
            "endColumnIndex": REFERENCE_COLUMN + 1,
        }
        spans = ({"sheetId": TAB_ID, **top}, {"sheetId": TAB_ID, **below})
        filters = [{"gridRange": span} for span in spans]
        with self._tab.told():
            answer = self._transport.request(
                "POST",
                self._url + "/values:batchGetByDataFilter",
                json={"dataFilters": filters, "majorDimension": "ROWS", **READ},
            ).json()
        ranges = [one["valueRange"] for one in answer.get("valueRanges", ())]
        # By where they begin: in the header's row, or below it.
        tops = [one.get("values", []) for one in ranges if _first_row(one["range"]) == 1]
        others = [one.get("values", []) for one in ranges if _first_row(one["range"]) != 1]
        return (tops or [[]])[0], (others or [[]])[0]


def _first_row(a1: str) -> int:
    """`'Buku Agenda'!F5:F99` → 5; a range of whole columns begins in row 1."""
    digits = re.search(r"[0-9]+", a1.rpartition("!")[2].partition(":")[0])
    return int(digits[0]) if digits else 1


def _runs(rows: Collection[int]) -> list[tuple[int, int]]:
    """Rows side by side, each from its first to the one after its last."""
    runs: list[tuple[int, int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1]:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs


def _row(line: Line) -> Request:
    return {"values": [_cell(value) for value in line]}


def _cell(value: str | int | date | None) -> Request:
    if isinstance(value, date):
        number = (value - _EPOCH).days
        shown = {"numberFormat": {"type": "DATE", "pattern": "dd/mm/yyyy"}}
        return {"userEnteredValue": {"numberValue": number}, "userEnteredFormat": shown}
    if isinstance(value, int):
        return {"userEnteredValue": {"numberValue": value}}
    return {"userEnteredValue": {"stringValue": value}} if value else {}


def _header() -> Request:
    bold = {"textFormat": {"bold": True}}
    cells = [{"userEnteredValue": {"stringValue": t}, "userEnteredFormat": bold} for t in COLUMNS]
    return {
        "updateCells": {
            "start": {"sheetId": TAB_ID, "rowIndex": 0, "columnIndex": 0},
            "rows": [{"values": cells}],
            "fields": "userEnteredValue,userEnteredFormat.textFormat.bold",
        }
    }


def _emptied() -> list[Request]:
    """Whatever stood there; at least the header's row and our columns are there again."""
    grid = {"rowCount": 2, "columnCount": len(COLUMNS), "frozenRowCount": 1}
    properties = {"sheetId": TAB_ID, "gridProperties": grid}
    fields = "gridProperties(rowCount,columnCount,frozenRowCount)"
    return [
        {"updateSheetProperties": {"properties": properties, "fields": fields}},
        {"updateCells": {"range": {"sheetId": TAB_ID}, "fields": "userEnteredValue"}},
    ]


def _made(titles: Collection[str]) -> list[Request]:
    grid = {"rowCount": 2, "columnCount": len(COLUMNS), "frozenRowCount": 1}
    properties = {
        "sheetId": TAB_ID,
        "title": free_title(TITLE, titles),
        "index": len(titles),  # at the end, as the tab "Loket"
        "gridProperties": grid,
    }
    made: list[Request] = [{"addSheet": {"properties": properties}}]
    for column, width in enumerate(WIDTHS):
        span = {"startIndex": column, "endIndex": column + 1}
        made.append(
            {
                "updateDimensionProperties": {
                    "range": {"sheetId": TAB_ID, "dimension": "COLUMNS", **span},
                    "properties": {"pixelSize": width * _PIXELS},
                    "fields": "pixelSize",
                }
            }
        )
    warning = {
        "range": {"sheetId": TAB_ID},
        "description": "Buku agenda ini ditulis oleh Loket",
        "warningOnly": True,
    }
    return [*made, {"addProtectedRange": {"protectedRange": warning}}]
