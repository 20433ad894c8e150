"""One tab of a spreadsheet, as raw values: read, write, and the facts about it. Knows no columns and no answers.

Reads are UNFORMATTED_VALUE with dates as serial numbers, writes are RAW: a citizen's text never becomes a formula.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sync.core.desk import Cell
from sync.core.headers import column_letters, nearest
from sync.core.mendable import Mendable
from sync.google.refusals import NOT_SHARED, Refused
from sync.google.sheets_client import SheetsClient
from sync.google.transport import Transport
from sync.google.victims import Block

READ = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
RANGES_A_WRITE = 1_000
BYTES_A_WRITE = 1_500_000  # Google advises 2 MB a call
RANGES_IN_AN_ADDRESS = 60  # which must stay short
LONGEST_CELL = 50_000

Rows = list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class TabFacts:
    sheet_id: int
    rows: int
    columns: int
    frozen_rows: int
    timezone: str


@dataclass(frozen=True, slots=True)
class FirstRow:
    """The cells under the header as Sheets tells their format, and the tab's protections."""

    cells: Sequence[Mapping[str, Any]]
    protections: Sequence[Mapping[str, Any]]

    def has_validation(self, column: int) -> bool:
        """Whether there is a dropdown or another rule."""
        return "dataValidation" in self._cell(column)

    def is_text(self, column: int) -> bool:
        """Whether what is typed there stays text."""
        chosen = self._cell(column).get("userEnteredFormat", {}).get("numberFormat", {})
        return bool(chosen.get("type") == "TEXT")

    def is_locked(self, column: int) -> bool:
        """Whether this account may not change every cell of the column below the header."""
        locks = (
            one.get("range", {})
            for one in self.protections
            if not (one.get("warningOnly") or one.get("requestingUserCanEdit"))
        )
        return any(
            lock.get("startColumnIndex", 0) <= column < lock.get("endColumnIndex", column + 1)
            for lock in locks
            if lock.get("endRowIndex") != 1
        )

    def _cell(self, column: int) -> Mapping[str, Any]:
        return self.cells[column] if column < len(self.cells) else {}


class Tab:
    def __init__(self, transport: Transport, spreadsheet_id: str, title: str) -> None:
        self._client = SheetsClient(transport)
        self._transport = transport
        self._spreadsheet_id = spreadsheet_id
        self.title = title
        self.quoted = "'" + title.replace("'", "''") + "'"

    def version(self) -> str:
        with self.told():
            answer = self._transport.request(
                "GET",
                f"https://www.googleapis.com/drive/v3/files/{self._spreadsheet_id}",
                params={
                    "fields": "name,trashed,version,modifiedTime",
                    "supportsAllDrives": "true",
                },
            ).json()
        if answer.get("trashed"):
            raise Mendable.one(
                "sheet-di-sampah",
                where=f'Google Sheet "{answer["name"]}"',
                found="sheet ini ada di Sampah Google Drive; loket ini berhenti membacanya",
                allowed="kembalikan dari Sampah; yang tertunda dilanjutkan sendiri",
            )
        return f"{answer['version']} {answer['modifiedTime']}"

    def facts(self) -> TabFacts:
        """Raises Mendable when the tab is not there: the first thing to tell when a range is refused."""
        with self.told():
            about = self._client.fetch_sheet_metadata(
                self._spreadsheet_id,
                params={
                    "fields": "properties(title,timeZone),"
                    "sheets.properties(sheetId,title,gridProperties)"
                },
            )
        tabs = {sheet["properties"]["title"]: sheet["properties"] for sheet in about["sheets"]}
        if self.title not in tabs:
            near = nearest(self.title, list(tabs)) or [f'"{title}"' for title in tabs]
            raise Mendable.one(
                "tab-tidak-ditemukan",
                where=f'Google Sheet "{about["properties"]["title"]}"',
                found=f'tab "{self.title}" tidak ada; yang ada: {", ".join(near)}',
                allowed="nama tab yang ditulisi formulir, persis seperti di Google Sheet",
                run="python loket.py check",
            )
        tab = tabs[self.title]
        grid = tab.get("gridProperties", {})
        return TabFacts(
            sheet_id=int(tab.get("sheetId", 0)),
            rows=int(grid.get("rowCount", 0)),
            columns=int(grid.get("columnCount", 0)),
            frozen_rows=int(grid.get("frozenRowCount", 0)),
            timezone=str(about["properties"].get("timeZone", "")),
        )

    def sheets(self) -> dict[int, str]:
        """The titles of the spreadsheet's tabs, by id."""
        with self.told():
            answer = self._transport.request(
                "GET",
                f"https://sheets.googleapis.com/v4/spreadsheets/{self._spreadsheet_id}",
                params={"fields": "sheets.properties(sheetId,title)"},
            ).json()
        found = (sheet["properties"] for sheet in answer.get("sheets", ()))
        return {int(one.get("sheetId", 0)): str(one["title"]) for one in found}

    def read_all(self) -> Rows:
        return self._get(self.quoted)

    def header_row(self) -> list[Cell | None]:
        rows = self._get(f"{self.quoted}!1:1")
        return rows[0] if rows else []

    def column(self, index: int) -> list[Cell | None]:
        """The cells under the header."""
        letters = column_letters(index)
        return [row[0] if row else "" for row in self._get(f"{self.quoted}!{letters}2:{letters}")]

    def first_row(self) -> FirstRow:
        """Row 2 as it is formatted, not what it holds. The tab must have one."""
        about = self._client.fetch_sheet_metadata(
            self._spreadsheet_id,
            params={
                "ranges": f"{self.quoted}!2:2",
                "includeGridData": "true",
                "fields": "sheets(protectedRanges(range,warningOnly,requestingUserCanEdit),"
                "data.rowData.values(dataValidation,userEnteredFormat.numberFormat))",
            },
        )
        sheet: dict[str, Any] = next(iter(about.get("sheets", ())), {})
        rows = [row for grid in sheet.get("data", ()) for row in grid.get("rowData", ())]
        cells = rows[0].get("values", ()) if rows else ()
        return FirstRow(cells, sheet.get("protectedRanges", ()))

    def rows(
        self, numbers: Collection[int]
    ) -> tuple[list[Cell | None], dict[int, list[Cell | None]]]:
        """The header row, and these rows as they stand now, by number."""
        runs = _runs(sorted(set(numbers)))
        top, *blocks = self.ranges(["1:1", *(f"{first}:{last}" for first, last in runs)])
        found = {
            number: block[number - first] if number - first < len(block) else []
            for (first, last), block in zip(runs, blocks, strict=True)
            for number in range(first, last + 1)
        }
        return (top[0] if top else []), found

    def ranges(self, wanted: Sequence[str]) -> list[Rows]:
        """Several ranges of the tab, in A1 notation and no two alike, as they stand at one moment."""
        names = [f"{self.quoted}!{a1}" for a1 in wanted]
        with self.told():
            if len(names) <= RANGES_IN_AN_ADDRESS:
                answer = self._client.values_batch_get(
                    self._spreadsheet_id, names, params=dict(READ)
                )
                return [block.get("values", []) for block in answer["valueRanges"]]
            answer = self._transport.request(
                "POST",
                f"https://sheets.googleapis.com/v4/spreadsheets/{self._spreadsheet_id}"
                "/values:batchGetByDataFilter",
                json={"dataFilters": [{"a1Range": name} for name in names], **READ},
            ).json()
        found = {
            asked["a1Range"]: one["valueRange"].get("values", [])
            for one in answer["valueRanges"]
            for asked in one["dataFilters"]
        }
        return [found[name] for name in names]

    def write(self, blocks: Sequence[Block]) -> None:
        """Each call within Google's limits; texts are cut to what a cell holds."""
        ranges = [
            {
                "range": f"{self.quoted}!{column_letters(column)}{number}",
                "values": [[_fitting(cell) for cell in cells]],
            }
            for number, column, cells in blocks
        ]
        for batch in _batches(ranges):
            body = {"valueInputOption": "RAW", "data": batch, "includeValuesInResponse": False}
            with self.told():
                self._client.values_batch_update(self._spreadsheet_id, body=body)

    def change(self, requests: Sequence[Mapping[str, Any]]) -> None:
        """All of these or none, in one step, and never twice. After a TryAgain: look whether it went through."""
        with self.told():
            self._transport.request(
                "POST",
                f"https://sheets.googleapis.com/v4/spreadsheets/{self._spreadsheet_id}:batchUpdate",
                json={"requests": list(requests)},
                repeatable=False,
            )

    @contextmanager
    def told(self) -> Iterator[None]:
        """A spreadsheet that is out of reach is told with its address and with the account that must be let in."""
        try:
            yield
        except Refused as refusal:
            if refusal.status != 404 and refusal.reason != NOT_SHARED:
                raise
            account = getattr(self._transport.credentials, "service_account_email", "")
            raise Mendable.one(
                "sheet-tidak-terjangkau",
                where=f"https://docs.google.com/spreadsheets/d/{self._spreadsheet_id}",
                found="Google Sheet ini sudah dihapus, atau tidak dibagikan lagi kepada akun Loket",
                allowed=f"bagikan kepada {account or 'akun Google kantor'} sebagai Editor; "
                "yang tertunda dilanjutkan sendiri",
                run="python loket.py doctor",
            ) from refusal

    def _get(self, a1: str) -> Rows:
        try:
            with self.told():
                answer = self._client.values_get(self._spreadsheet_id, a1, params=dict(READ))
        except Refused as refusal:
            if refusal.status == 400:  # "Unable to parse range": the tab was renamed or removed
                self.facts()
            raise
        rows: Rows = answer.get("values", [])
        return rows


def free_title(title: str, taken: Collection[str]) -> str:
    """A title for a new tab: people may have one of that name."""
    folded = {one.casefold() for one in taken}
    number, free = 2, title
    while free.casefold() in folded:
        number, free = number + 1, f"{title} {number}"
    return free


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Rows side by side are asked for together."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _fitting(cell: Cell) -> Cell:
    return cell[:LONGEST_CELL] if isinstance(cell, str) else cell


def _batches(ranges: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size_bytes = 0
    for item in ranges:
        item_bytes = len(json.dumps(item))
        if batch and (len(batch) >= RANGES_A_WRITE or size_bytes + item_bytes > BYTES_A_WRITE):
            yield batch
            batch, size_bytes = [], 0
        batch.append(item)
        size_bytes += item_bytes
    if batch:
        yield batch
