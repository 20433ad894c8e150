"""What a spreadsheet says about its worker: the lease, as metadata of the spreadsheet, and the tab "Loket".

Promise: a lease changes hands in one step. It is replaced only where it still reads as it did, and every write
answers with what stands there afterwards, so a lost answer or a rival is seen. The tab is known by its id: officers
may rename, move, overwrite or delete it. What the two say is core/lease.py's and core/board.py's affair.
"""

from collections.abc import Sequence
from typing import Any

from sync.core.board import COLUMNS, ROWS, Board
from sync.core.lease import Posted, winner
from sync.google.refusals import Refused
from sync.google.tab import Tab, free_title
from sync.google.transport import Transport

LEASE_KEY = "loket.lease"
LEASE_ID = 1_480_261_101
TAB_ID = 1_480_261_102
"""Ids that we choose: Google refuses to make a second thing under one, so two workers never make two."""
TITLE = "Loket"
WIDTHS = (360, 260, 170, 110, 110, 110)
_SEEN = "properties.title,developerMetadata,sheets.properties(sheetId,title,index)"
_URL = "https://sheets.googleapis.com/v4/spreadsheets/"

Request = dict[str, Any]


class DutyTab:
    """One spreadsheet, however many workflows share it."""

    def __init__(self, transport: Transport, spreadsheet_id: str) -> None:
        self._transport = transport
        self._url = _URL + spreadsheet_id
        self._file = Tab(transport, spreadsheet_id, TITLE)

    def version(self) -> str:
        return self._file.version()

    def only_ours(self, before: str, after: str) -> bool:
        """Whether between two versions of the spreadsheet nothing happened but one write, which was ours."""
        first, last = int(before.split()[0]), int(after.split()[0])
        return last - first in (0, 1)  # 0: Google did not count it

    def read(self) -> Posted:
        with self._file.told():
            answer = self._transport.request("GET", self._url, params={"fields": _SEEN})
        return _posted(answer.json())

    def replace_lease(self, was: str | None, then: str | None) -> Posted:
        """Puts `then` where `was` stands, and nothing where anything else does. The answer tells which."""
        try:
            return self._change(_lease_requests(was, then))
        except Refused as refusal:
            if refusal.status != 400:  # 400: somebody's lease has been made meanwhile
                raise
            return self.read()

    def post(self, board: Board, was: str, then: str, seen: Posted) -> Posted:
        """Renews the lease and writes the tab, made where it is missing, in one step."""
        return self._change([*_lease_requests(was, then), *tab_requests(board, seen)])

    def _change(self, requests: Sequence[Request]) -> Posted:
        with self._file.told():
            answer = self._transport.request(
                "POST",
                self._url + ":batchUpdate",
                params={"fields": f"updatedSpreadsheet({_SEEN})"},
                json={"requests": list(requests), "includeSpreadsheetInResponse": True},
            )
        return _posted(answer.json()["updatedSpreadsheet"])


def _posted(about: dict[str, Any]) -> Posted:
    sheets = [sheet["properties"] for sheet in about.get("sheets", ())]
    leases = [
        str(each.get("metadataValue", ""))
        for each in about.get("developerMetadata", ())
        if each.get("metadataKey") == LEASE_KEY
    ]
    return Posted(
        title=str(about["properties"]["title"]),
        lease=winner(leases),
        tab=any(sheet.get("sheetId") == TAB_ID for sheet in sheets),
        tabs={str(sheet["title"]): int(sheet.get("sheetId", 0)) for sheet in sheets},
    )


def _lease_requests(was: str | None, then: str | None) -> list[Request]:
    if was is None:
        made = {
            "metadataId": LEASE_ID,
            "metadataKey": LEASE_KEY,
            "metadataValue": then,
            "location": {"spreadsheet": True},
            "visibility": "DOCUMENT",  # other offices' keys belong to other projects
        }
        return [{"createDeveloperMetadata": {"developerMetadata": made}}]
    where = {"developerMetadataLookup": {"metadataKey": LEASE_KEY, "metadataValue": was}}
    if then is None:
        return [{"deleteDeveloperMetadata": {"dataFilter": where}}]
    changed = {"metadataValue": then}
    return [
        {
            "updateDeveloperMetadata": {
                "dataFilters": [where],
                "developerMetadata": changed,
                "fields": "metadataValue",
            }
        }
    ]


def tab_requests(board: Board, seen: Posted) -> list[Request]:
    requests: list[Request] = []
    grid = {"rowCount": ROWS, "columnCount": COLUMNS}
    if not seen.tab:
        properties = {
            "sheetId": TAB_ID,
            "title": free_title(TITLE, seen.tabs),
            "index": len(seen.tabs),  # at the end: programs of the office take the first tab
            "gridProperties": grid,
        }
        requests.append({"addSheet": {"properties": properties}})
        requests += [_column_width(column, width) for column, width in enumerate(WIDTHS)]
    else:  # an officer may have deleted or added some
        requests.append(
            {
                "updateSheetProperties": {
                    "properties": {
                        "sheetId": TAB_ID,
                        "gridProperties": {**grid, "frozenRowCount": 0, "frozenColumnCount": 0},
                    },
                    "fields": "gridProperties(rowCount,columnCount,frozenRowCount,frozenColumnCount)",
                }
            }
        )
    whole = {
        "sheetId": TAB_ID,
        "startRowIndex": 0,
        "endRowIndex": ROWS,
        "startColumnIndex": 0,
        "endColumnIndex": COLUMNS,
    }
    requests.append(
        {
            "updateCells": {
                "range": whole,
                "rows": [
                    {
                        "values": [
                            {
                                "userEnteredValue": {"stringValue": text},
                                "userEnteredFormat": {
                                    "textFormat": {"bold": line.bold},
                                    "wrapStrategy": "WRAP",
                                },
                            }
                            for text in line.texts
                        ]
                    }
                    for line in board
                ],
                "fields": "userEnteredValue,userEnteredFormat(textFormat.bold,wrapStrategy)",
            }
        }
    )
    return requests


def _column_width(column: int, width: int) -> Request:
    return {
        "updateDimensionProperties": {
            "range": {
                "sheetId": TAB_ID,
                "dimension": "COLUMNS",
                "startIndex": column,
                "endIndex": column + 1,
            },
            "properties": {"pixelSize": width},
            "fields": "pixelSize",
        }
    }
