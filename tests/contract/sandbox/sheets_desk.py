"""One spreadsheet through googleapiclient, for the tests of Sheets; and ranges in Google's words."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox.rooms import errors


class Desk:
    """One spreadsheet through googleapiclient, which checks every answer against Google's schema."""

    def __init__(self, api: Any, book_id: str) -> None:
        self.service = api
        self.api = api.spreadsheets()
        self.id = book_id

    def does(self, *requests: dict[str, Any], **more: Any) -> dict[str, Any]:
        body = {"requests": list(requests), **more}
        return dict(self.api.batchUpdate(spreadsheetId=self.id, body=body).execute())

    def refuses(self, *requests: dict[str, Any]) -> tuple[int, str]:
        with pytest.raises(HttpError) as refusal:
            self.does(*requests)
        code, _, message = errors(refusal.value)
        return code, message

    def rows(self, text: str = "Sheet1") -> list[list[Any]]:
        answer = self.api.values().get(
            spreadsheetId=self.id, range=text, valueRenderOption="FORMULA"
        )
        return list(answer.execute().get("values", []))

    def write(self, lines: list[list[Any]], text: str = "A1") -> None:
        self.api.values().update(
            spreadsheetId=self.id,
            range=text,
            body={"values": lines},
            valueInputOption="USER_ENTERED",
        ).execute()

    def shown(self, **asked: Any) -> dict[str, Any]:
        return dict(self.api.get(spreadsheetId=self.id, **asked).execute())

    def sheet(self, number: int = 0) -> dict[str, Any]:
        return dict(self.shown()["sheets"][number])


def rows(start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end, **more}


def columns(start: int, end: int) -> dict[str, Any]:
    return {"sheetId": 0, "dimension": "COLUMNS", "startIndex": start, "endIndex": end}


def told(range_asked: dict[str, Any]) -> dict[str, Any]:
    """A range of the first sheet as Google answers it: without the sheet's id, which is 0."""
    return {name: value for name, value in range_asked.items() if name != "sheetId"}


def cells(row: int, row_end: int, column: int, column_end: int) -> dict[str, Any]:
    return {
        "sheetId": 0,
        "startRowIndex": row,
        "endRowIndex": row_end,
        "startColumnIndex": column,
        "endColumnIndex": column_end,
    }
