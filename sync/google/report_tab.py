"""Two tabs of a spreadsheet, a row a day: "Stok", which officers fill in, and "Laporan Harian", which Loket publishes.

Promise: a tab is made where it is missing and never emptied; officers may rename, move, sort and extend it. A day's line
is written where its day stands, else below the last row. A text is a text, never a formula.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sync.core.desk import Cell
from sync.core.mendable import Mendable
from sync.core.report import line, stock
from sync.google.refusals import Refused
from sync.google.tab import READ, Tab, free_title
from sync.google.transport import Transport

STOCK_ID = 1_480_261_104
LINES_ID = 1_480_261_105
"""Ids that we choose, as the tab "Loket" has one."""
_SHEETS = "https://sheets.googleapis.com/v4/spreadsheets/"
_EPOCH = date(1899, 12, 30)
_DATE = {"type": "DATE", "pattern": "dd/mm/yyyy"}
_COUNT = {"type": "NUMBER", "pattern": "#,##0"}
_PIXELS = 8  # a character
_FIELDS = "userEnteredValue,userEnteredFormat.numberFormat"

Request = dict[str, Any]
Rows = list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a tab of ours is made. `dates` and `counts` are the columns that hold such; `hint` is the first header's note."""

    id: int
    title: str
    headers: tuple[str, ...]
    dates: tuple[int, ...]
    counts: tuple[int, ...]
    widest: int
    hint: str
    warning: str = ""  # told to whoever changes the tab; "": it is theirs


STOCK = Plan(
    STOCK_ID,
    stock.TITLE,
    tuple(stock.HEADERS.values()),
    dates=(0,),
    counts=(1, 2, 3, 4),
    widest=5,
    hint="Diisi petugas, satu baris setiap hari. Sel yang belum diketahui dikosongkan saja.",
)
LINES = Plan(
    LINES_ID,
    line.TITLE,
    line.COLUMNS,
    dates=(0, line.COLUMNS.index(line.HEADERS["stock_day"])),
    counts=tuple(line.COLUMNS.index(line.HEADERS[name]) for name in line.COUNTS),
    widest=line.COLUMNS.index(line.HEADERS["note"]),
    hint="Ditulis Loket setiap hari.",
    warning="Laporan harian ini ditulis oleh Loket",
)


class ReportTab:
    """`plan` says which of the two."""

    def __init__(self, transport: Transport, spreadsheet_id: str, plan: Plan) -> None:
        self._transport = transport
        self._url = _SHEETS + spreadsheet_id
        self._tab = Tab(transport, spreadsheet_id, plan.title)
        self._plan = plan

    def read(self) -> Rows | None:
        """Every row, the headers first; None where there is no such tab. One that people made themselves is known by its
        title. Raises what Google and the transport raise."""
        span = {"gridRange": {"sheetId": self._plan.id}}
        try:
            found = self._post(":batchGetByDataFilter", {"dataFilters": [span], **READ})
            blocks = found.get("valueRanges", ())
            rows: Rows = blocks[0]["valueRange"].get("values", []) if blocks else []
            return rows
        except Refused as refusal:
            if refusal.status != 400:
                raise
        return self._tab.read_all() if self._plan.title in self._tab.sheets().values() else None

    def missing(self) -> bool:
        """Whether `ensure` would make it."""
        return self._found(self._tab.sheets()) is None

    def ensure(self) -> bool:
        """Makes the tab where it is missing; whether it was."""
        return self._ensured()[1]

    def put(self, day: date, cells: Sequence[str | int | date | None]) -> None:
        """The day's row, in the order of the plan's headers. After a TryAgain: do it again. Raises Mendable where people
        changed the headers."""
        sheet_id, _ = self._ensured()
        rows = self.read() or []
        headers = rows[0] if rows else []
        if headers[: len(self._plan.headers)] != list(self._plan.headers):
            raise _not_ours(self._plan)
        serial = (day - _EPOCH).days
        places = [at for at, row in enumerate(rows) if at and row and row[0] == serial]
        row = {"values": [_cell(value) for value in cells]}
        if places:
            start = {"sheetId": sheet_id, "rowIndex": places[-1], "columnIndex": 0}
            change: Request = {"updateCells": {"start": start, "rows": [row], "fields": _FIELDS}}
        else:
            change = {"appendCells": {"sheetId": sheet_id, "rows": [row], "fields": _FIELDS}}
        self._tab.change([change])

    def _ensured(self) -> tuple[int, bool]:
        """The tab's own id; and whether it was missing."""
        sheets = self._tab.sheets()
        there = self._found(sheets)
        if there is not None:
            return there, False
        self._tab.change(_made(self._plan, sheets.values()))
        return self._plan.id, True

    def _found(self, sheets: Mapping[int, str]) -> int | None:
        """The tab's own id, for one that people made has one of Google's; None where it is missing."""
        if self._plan.id in sheets:
            return self._plan.id
        return next((number for number, title in sheets.items() if title == self._plan.title), None)

    def _post(self, path: str, body: Request) -> Request:
        with self._tab.told():
            answer: Request = self._transport.request(
                "POST", f"{self._url}/values{path}", json={**body, "majorDimension": "ROWS"}
            ).json()
        return answer


def _cell(value: str | int | date | None) -> Request:
    if isinstance(value, date):
        number: Request = {"numberValue": (value - _EPOCH).days}
        return {"userEnteredValue": number, "userEnteredFormat": {"numberFormat": _DATE}}
    if isinstance(value, int):
        number = {"numberValue": value}
        return {"userEnteredValue": number, "userEnteredFormat": {"numberFormat": _COUNT}}
    return {"userEnteredValue": {"stringValue": value}} if value else {}


def _made(plan: Plan, titles: Collection[str]) -> list[Request]:
    rows = (
        2 if plan.warning else 200
    )  # Loket adds rows below the last, people fill in what is there
    grid = {"rowCount": rows, "columnCount": len(plan.headers), "frozenRowCount": 1}
    properties = {
        "sheetId": plan.id,
        "title": free_title(plan.title, titles),
        "index": len(titles),  # at the end, as the tab "Loket"
        "gridProperties": grid,
    }
    requests: list[Request] = [{"addSheet": {"properties": properties}}, _header(plan)]
    for column, header in enumerate(plan.headers):
        span = {"dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
        width = 320 if column == plan.widest else max(80, len(header) * _PIXELS)
        size = {"range": {"sheetId": plan.id, **span}, "properties": {"pixelSize": width}}
        requests.append({"updateDimensionProperties": {**size, "fields": "pixelSize"}})
    if plan.warning:
        protected: Request = {"range": {"sheetId": plan.id}, "warningOnly": True}
        protected["description"] = plan.warning
        return [*requests, {"addProtectedRange": {"protectedRange": protected}}]
    return (
        requests
        + [_format(plan.id, at, _DATE) for at in plan.dates]
        + [_format(plan.id, at, _COUNT) for at in plan.counts]
    )


def _format(sheet_id: int, column: int, shown: Request) -> Request:
    span = {"startRowIndex": 1, "startColumnIndex": column, "endColumnIndex": column + 1}
    cell = {"userEnteredFormat": {"numberFormat": shown}}
    asked = {"range": {"sheetId": sheet_id, **span}, "cell": cell}
    return {"repeatCell": {**asked, "fields": "userEnteredFormat.numberFormat"}}


def _not_ours(plan: Plan) -> Mendable:
    return Mendable.one(
        "tab-laporan-diubah",
        where=f'baris 1 tab "{plan.title}"',
        found="judul kolomnya bukan yang ditulis Loket",
        allowed=", ".join(plan.headers),
        run=f'kembalikan judulnya, atau beri tab itu nama lain: Loket membuat tab "{plan.title}" yang baru',
    )


def _header(plan: Plan) -> Request:
    bold = {"textFormat": {"bold": True}, "wrapStrategy": "WRAP"}
    cells: list[Request] = [
        {"userEnteredValue": {"stringValue": text}, "userEnteredFormat": bold}
        for text in plan.headers
    ]
    cells[0]["note"] = plan.hint
    return {
        "updateCells": {
            "start": {"sheetId": plan.id, "rowIndex": 0, "columnIndex": 0},
            "rows": [{"values": cells}],
            "fields": "userEnteredValue,userEnteredFormat(textFormat.bold,wrapStrategy),note",
        }
    }
