"""Every method and every batch request of Google's discovery document: it answers in Google's shape, or says that it is missing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gspread
import pytest

from sync.sandbox.sheets.requests import REQUESTS
from sync.sandbox.sheets.requests.unsupported import UNSUPPORTED
from sync.sandbox.sheets.routes import ROUTES
from tests.contract.sandbox import rooms
from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.sheets_desk import cells, rows

DOCUMENT = rooms.document("sheets.v4")
ROW_2 = {"developerMetadataLookup": {"metadataKey": "baris"}}
WRITE = {"valueInputOption": "USER_ENTERED", "includeValuesInResponse": True}


def described(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from described(inner)


METHODS = {each["id"]: each for each in described(DOCUMENT)}

# What each is asked: what is said in the path, the query, the body.
CALLS: dict[str, tuple[dict[str, str], str, Any]] = {
    "create": ({}, "", {"properties": {"title": "Baru"}}),
    "get": ({}, "includeGridData=true", None),
    "getByDataFilter": ({}, "", {"dataFilters": [ROW_2, {"a1Range": "A1:B2"}], "includeGridData": True}),
    "batchUpdate": ({}, "", {"requests": [{"addSheet": {}}], "includeSpreadsheetInResponse": True}),
    "values.get": ({"range": "R1C1:R3C3"}, "majorDimension=COLUMNS", None),
    "values.batchGet": ({}, "ranges=A1&ranges=2:2", None),
    "values.batchGetByDataFilter": ({}, "", {"dataFilters": [ROW_2]}),
    "values.update": ({"range": "A1"}, "valueInputOption=RAW&includeValuesInResponse=true", {"values": [["x"]]}),
    "values.batchUpdate": ({}, "", {**WRITE, "data": [{"range": "A1", "values": [["50%"]]}]}),
    "values.batchUpdateByDataFilter": ({}, "", {**WRITE, "data": [{"dataFilter": ROW_2, "values": [["x"]]}]}),
    "values.append": ({"range": "A1"}, "valueInputOption=RAW&includeValuesInResponse=true", {"values": [[1, True]]}),
    "values.clear": ({"range": "A1"}, "", {}),
    "values.batchClear": ({}, "", {"ranges": ["A1", "B:B"]}),
    "values.batchClearByDataFilter": ({}, "", {"dataFilters": [ROW_2]}),
    "sheets.copyTo": ({"sheetId": "0"}, "", {"destinationSpreadsheetId": "{id}"}),
    "developerMetadata.get": ({"metadataId": "7"}, "", None),
    "developerMetadata.search": ({}, "", {"dataFilters": [ROW_2]}),
}  # fmt: skip


@pytest.fixture
def full(sandbox: Sandbox, book: gspread.Spreadsheet) -> str:
    """A spreadsheet with something of everything that an answer can show."""
    text = {"userEnteredValue": {"stringValue": "Citra"}, "note": "diperiksa"}
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Setujui"}]}}
    span = cells(0, 3, 0, 3)
    boolean = {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}}
    band = {"rowProperties": {"headerColor": {"red": 1}}}
    requests: list[dict[str, Any]] = [
        {"updateCells": {"start": {"sheetId": 0}, "rows": [{"values": [text]}], "fields": "*"}},
        {"setDataValidation": {"range": cells(1, 3, 1, 2), "rule": rule}},
        {"addProtectedRange": {"protectedRange": {"range": span, "description": "Loket"}}},
        {"addNamedRange": {"namedRange": {"name": "Arsip", "range": span}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [span], "booleanRule": boolean}}},
        {"addBanding": {"bandedRange": {"range": span, **band}}},
        {"mergeCells": {"range": cells(5, 7, 0, 2), "mergeType": "MERGE_ROWS"}},
        {"setBasicFilter": {"filter": {"range": span}}},
        {"addFilterView": {"filter": {"range": span, "title": "Menunggu"}}},
        {"addDimensionGroup": {"range": rows(2, 4)}},
        {"updateBorders": {"range": span, "top": {"style": "SOLID"}, "innerVertical": {"style": "DOTTED"}}},
        *(
            {"createDeveloperMetadata": {"developerMetadata": {"visibility": "DOCUMENT", **each}}}
            for each in (
                {"metadataId": 7, "metadataKey": "baris", "location": {"dimensionRange": rows(1, 2)}},
                {"metadataKey": "tab", "location": {"sheetId": 0}},
                {"metadataKey": "buku", "location": {"spreadsheet": True}},
            )
        ),
    ]  # fmt: skip
    path = f"/v4/spreadsheets/{book.id}:batchUpdate"
    status, answer = sandbox.call("POST", path, {"requests": requests}, token=sandbox.token())
    assert status == 200, answer
    book.sheet1.update([["=1/0", "=A1", "1/31/2026", "=SUM(1,2)", True]], "A2", raw=False)
    return book.id


@pytest.mark.parametrize("api", sorted(METHODS))
def test_every_method_answers_with_nothing_but_googles_fields(
    sandbox: Sandbox, full: str, api: str
) -> None:
    """Google's own schema, unknown keys refused."""
    parts, query, body = CALLS[api.removeprefix("sheets.spreadsheets.")]
    path = "/" + METHODS[api]["path"].format(spreadsheetId=full, **parts)
    if body and "destinationSpreadsheetId" in body:
        body = {"destinationSpreadsheetId": full}
    status, answer = sandbox.call(
        METHODS[api]["httpMethod"], f"{path}?{query}", body, token=sandbox.token()
    )
    assert status == 200, answer
    assert answer, "an empty answer proves nothing"
    assert rooms.problems(answer, METHODS[api]["response"], DOCUMENT["schemas"]) == []


def test_the_sandbox_has_every_method_of_google_and_no_other() -> None:
    """A method that appears in the document is added here, or the table of what is missing begins."""
    assert {route.api for route in ROUTES} == set(METHODS)


def test_every_batch_request_of_google_is_there_or_listed_as_missing() -> None:
    """Nothing is forgotten in silence."""
    known = set(DOCUMENT["schemas"]["Request"]["properties"])
    assert set(REQUESTS) | UNSUPPORTED == known
    assert set(REQUESTS).isdisjoint(UNSUPPORTED)


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_a_missing_request_says_so_by_name(sandbox: Sandbox, full: str, name: str) -> None:
    """501, and nothing of the batch happens."""
    path, token = f"/v4/spreadsheets/{full}", sandbox.token()
    requests = [{"addSheet": {}}, {name: {}}]
    status, answer = sandbox.call(
        "POST", path + ":batchUpdate", {"requests": requests}, token=token
    )
    assert (status, answer["error"]["status"]) == (501, "UNIMPLEMENTED")
    assert name in answer["error"]["message"]
    assert len(sandbox.call("GET", path, token=token)[1]["sheets"]) == 1


def test_the_page_tells_what_is_there_and_what_is_missing() -> None:
    """Who writes a program against the sandbox reads it there."""
    page = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\w+", page.partition("## Sheets v4")[2].partition("\n## ")[0]))
    assert (set(REQUESTS) | UNSUPPORTED) - told == set(), "add to docs/sandbox.md"
