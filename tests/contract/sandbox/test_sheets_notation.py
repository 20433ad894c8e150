"""Ranges as clients write them: A1, R1C1, names, data filters and developer metadata."""

from typing import Any

import gspread
import pytest

from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.sheets_desk import Desk, cells, columns, rows


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("R1C1", "A1"),
        ("r2c3", "C2"),
        ("Sheet1!R1C1:R2C2", "A1:B2"),
        ("'Sheet1'!R3C2:R1C1", "A1:B3"),
        ("R2C2:R5", "B2:Z5"),
        ("R2C2:C3", "B2:C1000"),
        ("R[3]C[1]", "B4"),
        ("R[0]C[0]:R[1]C[1]", "A1:B2"),
        ("R1:R3", "R1:R3"),
        ("C5", "C5"),
        ("$A:$B", "A1:B1000"),
        ("3:3", "A3:Z3"),
        ("B5:7", "B5:Z7"),
        ("A:C5", "A1:C5"),
    ],
)
def test_every_notation_names_its_cells(book: gspread.Spreadsheet, asked: str, told: str) -> None:
    """Where a text is both, A1 comes first: R1:R3 is a piece of column R."""
    assert book.values_get(asked)["range"] == f"Sheet1!{told}"


@pytest.mark.parametrize(
    "asked", ["RC", "R0C1", "R1C0", "R1C1:B2", "R[1", "Sheet1!R1C1:", "A1:B2:C3"]
)
def test_what_is_neither_is_refused(
    sandbox: Sandbox, book: gspread.Spreadsheet, asked: str
) -> None:
    """In Google's words, with the text that was given."""
    with pytest.raises(gspread.exceptions.APIError, match="Unable to parse range"):
        book.values_get(asked)


def test_a_name_stands_for_its_range_and_goes_before_a_title(desk: Desk) -> None:
    """As Google documents it: `Arsip` is the name, `'Arsip'` the sheet; values can be written by the name, too."""
    named = {"name": "Arsip", "range": cells(1, 3, 1, 2)}
    desk.does(
        {"addSheet": {"properties": {"title": "Arsip"}}},
        {"addNamedRange": {"namedRange": named}},
    )
    desk.write([["Citra"], ["Doni"]], "arsip")
    assert desk.rows("Sheet1!A1:B3") == [[], ["", "Citra"], ["", "Doni"]]
    assert desk.rows("Arsip") == [["Citra"], ["Doni"]]
    assert desk.rows("'Arsip'") == []
    desk.does({"insertDimension": {"range": rows(0, 1)}})
    assert desk.rows("Arsip") == [["Citra"], ["Doni"]]


def mark(key: str, location: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"metadataKey": key, "visibility": "DOCUMENT", "location": location, **more}
    return {"createDeveloperMetadata": {"developerMetadata": body}}


@pytest.fixture
def marked(desk: Desk) -> Desk:
    """One mark on a row, a column, the sheet, the spreadsheet."""
    desk.write([["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    desk.does(
        mark("baris", {"dimensionRange": rows(2, 3)}, metadataValue="SKP-1"),
        mark("kolom", {"dimensionRange": columns(1, 2)}),
        mark("tab", {"sheetId": 0}),
        mark("buku", {"spreadsheet": True}),
    )
    return desk


def found(desk: Desk, *filters: dict[str, Any]) -> list[str]:
    body = {"dataFilters": list(filters)}
    answer = desk.api.developerMetadata().search(spreadsheetId=desk.id, body=body).execute()
    every = answer.get("matchedDeveloperMetadata", [])
    return sorted(each["developerMetadata"]["metadataKey"] for each in every)


def lookup(**asked: Any) -> dict[str, Any]:
    return {"developerMetadataLookup": asked}


def test_metadata_is_looked_up_by_place_exactly_or_where_it_meets(marked: Desk) -> None:
    """A column meets every row; the spreadsheet meets nothing but itself."""
    row_3 = {"dimensionRange": rows(2, 3)}
    assert found(marked, lookup(metadataLocation=row_3)) == ["baris", "kolom", "tab"]
    exact = lookup(metadataLocation=row_3, locationMatchingStrategy="EXACT_LOCATION")
    assert found(marked, exact) == ["baris"]
    assert found(marked, lookup(metadataLocation={"spreadsheet": True})) == ["buku"]
    assert found(marked, lookup(locationType="COLUMN")) == ["kolom"]
    assert found(marked, {"a1Range": "A3:A9"}) == ["baris", "tab"]
    assert found(marked, {"gridRange": cells(0, 2, 1, 2)}) == ["kolom", "tab"]


@pytest.mark.parametrize(
    "asked",
    [
        {"locationMatchingStrategy": "EXACT_LOCATION"},
        {"metadataLocation": {"dimensionRange": rows(2, 5)}},
        {"metadataLocation": {"sheetId": 0}, "locationType": "SPREADSHEET"},
        {
            "metadataLocation": {"sheetId": 0},
            "locationType": "SHEET",
            "locationMatchingStrategy": "EXACT_LOCATION",
        },
    ],
)
def test_a_lookup_that_google_documents_as_wrong_is_refused(
    sandbox: Sandbox, book: gspread.Spreadsheet, asked: dict[str, Any]
) -> None:
    """A strategy without a place, a block of rows, a type that cannot be met."""
    path = f"/v4/spreadsheets/{book.id}/developerMetadata:search"
    status, _ = sandbox.call(
        "POST", path, {"dataFilters": [lookup(**asked)]}, token=sandbox.token()
    )
    assert status == 400


def test_values_are_read_written_and_cleared_by_metadata(marked: Desk) -> None:
    """A range that two filters mean is answered once, and names both."""
    values = marked.api.values()
    by_row, by_text = lookup(metadataKey="baris"), {"a1Range": "3:3"}
    asked = {"dataFilters": [by_row, by_text, {"gridRange": cells(0, 1, 0, 1)}]}
    answer = values.batchGetByDataFilter(spreadsheetId=marked.id, body=asked).execute()
    first, second = answer["valueRanges"]
    assert first["valueRange"]["values"] == [["g", "h", "i"]]
    assert first["dataFilters"] == [by_row, by_text]
    assert second["valueRange"]["range"] == "Sheet1!A1"
    data = [{"dataFilter": by_row, "values": [["x"]], "majorDimension": "ROWS"}]
    body = {"valueInputOption": "RAW", "data": data}
    values.batchUpdateByDataFilter(spreadsheetId=marked.id, body=body).execute()
    assert marked.rows()[2] == ["x", "h", "i"]
    cleared = {"dataFilters": [lookup(metadataKey="kolom")]}
    values.batchClearByDataFilter(spreadsheetId=marked.id, body=cleared).execute()
    assert marked.rows() == [["a", "", "c"], ["d", "", "f"], ["x", "", "i"]]


def test_a_mark_goes_with_its_row_through_sorts_and_is_shown_with_it(marked: Desk) -> None:
    """Rows that are sorted as a whole take along what hangs on them."""
    specs = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    marked.does({"sortRange": {"range": cells(0, 3, 0, 3), "sortSpecs": specs}})
    (data,) = marked.shown(ranges=["A1:C1"], includeGridData=True)["sheets"][0]["data"]
    (shown,) = data["rowMetadata"][0]["developerMetadata"]
    assert (shown["metadataKey"], shown["metadataValue"]) == ("baris", "SKP-1")
    assert data["columnMetadata"][1]["developerMetadata"][0]["metadataKey"] == "kolom"
    assert marked.rows("A1:C1") == [["g", "h", "i"]]


def test_metadata_is_changed_and_deleted_by_filter(marked: Desk) -> None:
    """The id stays; what was found is told."""
    change = {
        "dataFilters": [lookup(metadataKey="baris")],
        "developerMetadata": {"metadataValue": "SKP-2", "location": {"dimensionRange": rows(0, 1)}},
        "fields": "metadataValue,location",
    }
    told = marked.does({"updateDeveloperMetadata": change})["replies"][0]["updateDeveloperMetadata"]
    assert told["developerMetadata"][0]["metadataValue"] == "SKP-2"
    assert found(marked, {"a1Range": "1:1"}) == ["baris", "kolom", "tab"]
    gone = marked.does({"deleteDeveloperMetadata": {"dataFilter": lookup(visibility="DOCUMENT")}})
    assert len(gone["replies"][0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]) == 4
    assert found(marked, lookup(visibility="DOCUMENT")) == []
