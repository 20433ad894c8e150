"""spreadsheets.batchUpdate through the real clients: what officers do to a sheet while the worker runs."""

from typing import Any

import gspread
import pytest
from googleapiclient.errors import HttpError

from sync.sandbox.accounts import OFFICER
from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.rooms import errors
from tests.contract.sandbox.sheets_desk import Desk, cells, columns, rows, told


def test_rows_and_columns_are_inserted_deleted_and_moved(desk: Desk) -> None:
    """Cells go with their rows and columns."""
    desk.write([["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]])
    desk.does({"insertDimension": {"range": rows(1, 3)}})
    assert desk.rows() == [["a", "b", "c"], [], [], [1, 2, 3], [4, 5, 6]]
    desk.does({"deleteDimension": {"range": rows(1, 3)}})
    desk.does({"moveDimension": {"source": columns(0, 1), "destinationIndex": 3}})
    assert desk.rows() == [["b", "c", "a"], [2, 3, 1], [5, 6, 4]]
    desk.does({"moveDimension": {"source": rows(2, 3), "destinationIndex": 1}})
    assert desk.rows() == [["b", "c", "a"], [5, 6, 4], [2, 3, 1]]
    desk.does({"insertDimension": {"range": columns(1, 2), "inheritFromBefore": True}})
    desk.does({"deleteDimension": {"range": columns(0, 1)}})
    assert desk.rows() == [["", "c", "a"], ["", 6, 4], ["", 3, 1]]
    grid = desk.sheet()["properties"]["gridProperties"]
    assert (grid["rowCount"], grid["columnCount"]) == (1000, 26)


def test_formulas_follow_the_rows_they_look_at(desk: Desk) -> None:
    """An inserted row shifts references; a deleted cell becomes #REF!."""
    desk.write([["x", 5], ["y", 7], ["=SUM(B1:B2)", "=B2*2", "='Sheet1'!$B$1"]])
    desk.does({"insertDimension": {"range": rows(1, 2)}})
    assert desk.rows()[3] == ["=SUM(B1:B3)", "=B3*2", "='Sheet1'!$B$1"]
    desk.does({"deleteDimension": {"range": rows(0, 1)}})
    assert desk.rows()[2] == ["=SUM(B1:B2)", "=B2*2", "='Sheet1'!#REF!"]


def test_sorting_keeps_every_row_together_and_blanks_last(desk: Desk) -> None:
    """Numbers before texts, empty cells at the end whichever way."""
    desk.write([["n"], ["b", 1], ["", 2], ["a", 3], [10, 4]])
    span = cells(1, 5, 0, 2)

    def sort(order: str) -> list[list[Any]]:
        specs = [{"dimensionIndex": 0, "sortOrder": order}]
        desk.does({"sortRange": {"range": span, "sortSpecs": specs}})
        return desk.rows("A2:B5")

    assert sort("ASCENDING") == [[10, 4], ["a", 3], ["b", 1], ["", 2]]
    assert sort("DESCENDING") == [["b", 1], ["a", 3], [10, 4], ["", 2]]


def test_sorting_a_few_columns_leaves_the_others(desk: Desk) -> None:
    """The classic accident: answers sorted, status column not."""
    desk.write([["b", "x", 1], ["a", "y", 2]])
    desk.does(
        {"sortRange": {"range": cells(0, 2, 0, 2), "sortSpecs": [{"sortOrder": "ASCENDING"}]}}
    )
    assert desk.rows() == [["a", "y", 1], ["b", "x", 2]]


def test_one_bad_request_undoes_the_whole_batch(desk: Desk) -> None:
    """Nothing of it happens, and the message names the request."""
    desk.write([["a"]])
    good = {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 5}}
    code, message = desk.refuses(good, {"deleteSheet": {"sheetId": 77}})
    assert (code, message) == (400, "Invalid requests[1].deleteSheet: No sheet with id: 77")
    code, message = desk.refuses(good, {"brewCoffee": {}})
    assert code == 400
    assert message.startswith(
        "Invalid JSON payload received. Unknown name \"brewCoffee\" at 'requests[1]': Cannot find field."
    )
    assert desk.refuses({"updateCells": {"rows": 5, "fields": "*", "start": {}}})[0] == 400
    assert desk.sheet()["properties"]["gridProperties"]["rowCount"] == 1000


def test_the_last_visible_sheet_cannot_be_hidden_or_removed(desk: Desk) -> None:
    """In the words that were recorded at Google."""
    hide = {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}
    assert desk.refuses({"updateSheetProperties": hide}) == (
        400,
        "Invalid requests[0].updateSheetProperties: You can't hide all the sheets in a document.",
    )
    assert desk.refuses({"deleteSheet": {"sheetId": 0}})[0] == 400


def test_tabs_are_added_copied_renamed_moved_and_deleted(desk: Desk) -> None:
    """Each reply tells what came of it; titles are unique."""
    desk.write([["a", "=A1"]])
    replies = desk.does(
        {"addSheet": {"properties": {"title": "Loket", "gridProperties": {"rowCount": 5}}}},
        {"duplicateSheet": {"sourceSheetId": 0, "insertSheetIndex": 2, "newSheetName": "Salinan"}},
    )["replies"]
    loket = replies[0]["addSheet"]["properties"]
    assert (loket["title"], loket["index"], loket["gridProperties"]["rowCount"]) == ("Loket", 1, 5)
    copy_id = replies[1]["duplicateSheet"]["properties"]["sheetId"]
    assert desk.rows("Salinan") == [["a", "=A1"]]
    taken = {"properties": {"sheetId": copy_id, "title": "loket"}, "fields": "title"}
    assert "already exists" in desk.refuses({"updateSheetProperties": taken})[1]
    renamed = {
        "properties": {"sheetId": copy_id, "title": "Arsip", "index": 0},
        "fields": "title,index",
    }
    desk.does({"updateSheetProperties": renamed}, {"deleteSheet": {"sheetId": 0}})
    titles = [sheet["properties"]["title"] for sheet in desk.shown()["sheets"]]
    assert titles == ["Arsip", "Loket"]
    desk.does({"updateSpreadsheetProperties": {"properties": {"title": "Baru"}, "fields": "title"}})
    assert desk.shown()["properties"]["title"] == "Baru"


def test_resizing_a_sheet_cuts_what_is_outside(desk: Desk) -> None:
    """Fewer rows than content: the content goes."""
    desk.write([["a"], ["b"], ["c"]])
    size = {"properties": {"gridProperties": {"rowCount": 2, "columnCount": 2}}}
    desk.does({"updateSheetProperties": {**size, "fields": "gridProperties(rowCount,columnCount)"}})
    assert desk.rows() == [["a"], ["b"]]
    assert desk.sheet()["properties"]["gridProperties"] == {"rowCount": 2, "columnCount": 2}


def test_ten_million_cells_are_the_limit(desk: Desk) -> None:
    """Of all sheets together, as at Google; nothing is added."""
    more = {"sheetId": 0, "dimension": "ROWS", "length": 400_000}
    assert "above the limit of 10000000 cells" in desk.refuses({"appendDimension": more})[1]
    desk.does({"appendDimension": {**more, "length": 300_000}})
    tab = {"properties": {"gridProperties": {"rowCount": 100_000, "columnCount": 26}}}
    assert "above the limit of 10000000 cells" in desk.refuses({"addSheet": tab})[1]
    desk.write([["jauh"]], "A301000")
    assert desk.rows("A300999:A301000") == [[], ["jauh"]]


def test_cells_with_formats_notes_and_hidden_rows_are_shown(desk: Desk) -> None:
    """includeGridData answers what was set, in Google's own fields."""
    yellow = {"userEnteredFormat": {"backgroundColor": {"red": 1, "green": 1}}}
    desk.does(
        {
            "updateCells": {
                "start": {"sheetId": 0, "rowIndex": 1, "columnIndex": 1},
                "rows": [
                    {
                        "values": [
                            {"userEnteredValue": {"stringValue": "Citra"}, "note": "diperiksa"},
                            {"userEnteredValue": {"numberValue": 5}},
                            {"userEnteredValue": {"formulaValue": "=C2+1"}},
                        ]
                    }
                ],
                "fields": "userEnteredValue,note",
            }
        },
        {"repeatCell": {"range": cells(1, 2, 1, 2), "cell": yellow, "fields": "userEnteredFormat.backgroundColor"}},
        {"updateDimensionProperties": {"range": rows(1, 2), "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}},
        {"updateDimensionProperties": {"range": columns(0, 1), "properties": {"pixelSize": 40}, "fields": "pixelSize"}},
    )  # fmt: skip
    data = desk.shown(ranges=["Sheet1!A1:D2"], includeGridData=True)["sheets"][0]["data"][0]
    line = data["rowData"][1]["values"]
    assert line[1]["userEnteredValue"] == {"stringValue": "Citra"}
    assert (line[1]["note"], line[1]["formattedValue"]) == ("diperiksa", "Citra")
    assert line[1]["userEnteredFormat"] == {
        "backgroundColor": {"red": 1, "green": 1},
        "backgroundColorStyle": {"rgbColor": {"red": 1, "green": 1}},
    }
    assert line[3]["effectiveValue"] == {"numberValue": 6}
    assert data["rowMetadata"][1] == {"pixelSize": 21, "hiddenByUser": True}
    assert data["columnMetadata"][0]["pixelSize"] == 40


def test_a_field_mask_says_what_is_answered(desk: Desk) -> None:
    """With dots, slashes and parentheses; grid data comes when the mask names it."""
    desk.write([["a"]])
    mask = "sheets(properties/title,data.rowData.values(formattedValue))"
    assert desk.shown(fields=mask, ranges=["A1:B1"]) == {
        "sheets": [
            {
                "properties": {"title": "Sheet1"},
                "data": [{"rowData": [{"values": [{"formattedValue": "a"}]}]}],
            }
        ]
    }


def test_a_format_of_a_whole_column_reaches_rows_to_come(desk: Desk) -> None:
    """Officers format a column as text before the first answer."""
    whole = {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2}
    text = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    mask = "userEnteredFormat.numberFormat"
    desk.does({"repeatCell": {"range": whole, "cell": text, "fields": mask}})
    desk.does({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 2}})
    desk.write([["0812", "0812"]], "A1001")
    assert desk.rows("A1001:B1001") == [[812, "0812"]]


def test_a_protected_column_is_closed_to_the_worker_only(desk: Desk, workers_desk: Desk) -> None:
    """Bu Ratna owns the sheet; the worker gets Google's 400 for values and for requests."""
    guard = {
        "protectedRange": {"range": {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 2}}
    }
    told = desk.does({"addProtectedRange": guard})["replies"][0]["addProtectedRange"]
    assert told["protectedRange"]["requestingUserCanEdit"] is True
    assert told["protectedRange"]["editors"]["users"] == [OFFICER]
    words = "You are trying to edit a protected cell or object."
    with pytest.raises(HttpError) as refusal:
        workers_desk.write([["x", "y"]])
    assert errors(refusal.value)[0] == 400
    assert errors(refusal.value)[2].startswith(words)
    cut = {"source": cells(0, 1, 0, 1), "destination": {"sheetId": 0, "columnIndex": 1}}
    delete = {"protectedRangeId": told["protectedRange"]["protectedRangeId"]}
    for request in (
        {"cutPaste": cut},
        {"deleteDimension": {"range": columns(1, 2)}},
        {"deleteProtectedRange": delete},
    ):
        assert words in workers_desk.refuses(request)[1]
    workers_desk.write([["x"]])
    desk.write([["x", "y"]])
    assert "requestingUserCanEdit" not in workers_desk.sheet()["protectedRanges"][0]
    desk.does({"deleteProtectedRange": delete})
    workers_desk.write([["x", "z"]])
    assert desk.rows() == [["x", "z"]]


def test_a_protected_sheet_is_not_renamed_hidden_or_sorted_by_a_filter(
    desk: Desk, workers_desk: Desk
) -> None:
    """What cannot be done to the cells cannot be done around them; the sheet's own people may."""
    desk.write([["n"], ["b"], ["a"]])
    desk.does({"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}})
    rename = {"properties": {"sheetId": 0, "title": "Lain"}, "fields": "title"}
    by = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    for request in (
        {"updateSheetProperties": rename},
        {"setBasicFilter": {"filter": {"range": cells(0, 3, 0, 1), "sortSpecs": by}}},
    ):
        code, message = workers_desk.refuses(request)
        assert (code, "protected cell or object" in message) == (400, True)
        desk.does(request)
    assert desk.rows("Lain") == [["n"], ["a"], ["b"]]


def test_a_protection_moves_with_its_column_and_a_warning_stops_nobody(
    desk: Desk, workers_desk: Desk
) -> None:
    """The officer inserts a column to the left; what was protected stays protected."""
    desk.does({"addProtectedRange": {"protectedRange": {"range": cells(0, 5, 1, 2)}}})
    desk.does({"insertDimension": {"range": columns(0, 1)}})
    workers_desk.write([["x"]], "B1")
    with pytest.raises(HttpError):
        workers_desk.write([["x"]], "C1")
    desk.does({"moveDimension": {"source": columns(2, 3), "destinationIndex": 0}})
    with pytest.raises(HttpError):
        workers_desk.write([["x"]], "A1")
    warning = {"range": {"sheetId": 0}, "warningOnly": True}
    desk.does({"addProtectedRange": {"protectedRange": warning}})
    workers_desk.write([["x"]], "D1")


def test_copying_cutting_and_shifting_cells(desk: Desk) -> None:
    """Values, formats and a repeated source; cut cells leave a hole."""
    desk.write([["a", "b"], ["c", "=A1"]])
    desk.does({"copyPaste": {"source": cells(0, 1, 0, 2), "destination": cells(4, 6, 0, 4)}})
    assert desk.rows("A5:D6") == [["a", "b", "a", "b"]] * 2
    paste = {"source": cells(1, 2, 1, 2), "destination": cells(7, 8, 0, 1)}
    desk.does({"copyPaste": {**paste, "pasteType": "PASTE_VALUES"}})
    assert desk.rows("A8") == [["a"]]
    at = {"sheetId": 0, "rowIndex": 2, "columnIndex": 2}
    desk.does({"cutPaste": {"source": cells(0, 1, 0, 2), "destination": at}})
    assert desk.rows("A1:D3") == [[], ["c", "=C3"], ["", "", "a", "b"]]
    desk.does({"deleteRange": {"range": cells(0, 1, 0, 1), "shiftDimension": "ROWS"}})
    assert desk.rows("A1:A4") == [["c"], [], [], ["a"]]
    desk.does({"insertRange": {"range": cells(0, 2, 0, 1), "shiftDimension": "ROWS"}})
    assert desk.rows("A1:A6") == [[], [], ["c"], [], [], ["a"]]


def test_find_and_replace_counts_what_it_changed(desk: Desk) -> None:
    """Cells, rows and occurrences."""
    desk.write([["Setujui", "setujui tidak"], ["Tolak"]])
    asked = {"find": "setujui", "replacement": "Tolak", "sheetId": 0}
    told = desk.does({"findReplace": {**asked, "matchEntireCell": True}})["replies"][0]
    assert told == {
        "findReplace": {
            "valuesChanged": 1,
            "rowsChanged": 1,
            "sheetsChanged": 1,
            "occurrencesChanged": 1,
        }
    }
    assert desk.rows() == [["Tolak", "setujui tidak"], ["Tolak"]]


def test_merged_cells_keep_the_first_and_swallow_the_rest(desk: Desk) -> None:
    """What is written under a merge is lost, as at Google."""
    desk.write([["a", "b"], ["c", "d"]])
    desk.does({"mergeCells": {"range": cells(0, 2, 0, 2), "mergeType": "MERGE_ALL"}})
    desk.write([["e", "f"]])
    assert desk.rows() == [["e"]]
    assert desk.sheet()["merges"] == [told(cells(0, 2, 0, 2))]
    desk.does({"unmergeCells": {"range": cells(0, 3, 0, 3)}})
    assert "merges" not in desk.sheet()


def test_things_laid_over_cells_are_kept_shown_and_removed(desk: Desk) -> None:
    """Filter, rules, dropdowns, bands, names, groups and metadata: what `setup` lays, and what officers add."""
    rule = {
        "ranges": [cells(1, 9, 0, 1)],
        "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {}},
    }
    choices = [{"userEnteredValue": "Setujui"}, {"userEnteredValue": "Tolak"}]
    dropdown = {"condition": {"type": "ONE_OF_LIST", "values": choices}, "strict": True}
    where = {"dimensionRange": columns(2, 3)}
    metadata = {
        "metadataKey": "k",
        "metadataValue": "v",
        "visibility": "DOCUMENT",
        "location": where,
    }
    replies = desk.does(
        {"setBasicFilter": {"filter": {"range": cells(0, 9, 0, 3)}}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"setDataValidation": {"range": cells(1, 3, 2, 3), "rule": dropdown}},
        {"addBanding": {"bandedRange": {"range": cells(0, 9, 0, 3), "rowProperties": {}}}},
        {"addNamedRange": {"namedRange": {"name": "antrean", "range": cells(1, 3, 0, 2)}}},
        {"addDimensionGroup": {"range": rows(3, 5)}},
        {"createDeveloperMetadata": {"developerMetadata": metadata}},
        {"updateBorders": {"range": cells(0, 2, 0, 2), "top": {"style": "SOLID"}}},
        {"autoResizeDimensions": {"dimensions": columns(0, 2)}},
    )["replies"]
    assert replies[:3] == [{}, {}, {}]
    assert replies[5]["addDimensionGroup"]["dimensionGroups"][0]["depth"] == 1
    name_id = replies[4]["addNamedRange"]["namedRange"]["namedRangeId"]
    desk.does({"insertDimension": {"range": rows(1, 2)}})
    shown = desk.sheet()
    assert shown["basicFilter"]["range"]["endRowIndex"] == 10
    assert shown["conditionalFormats"][0]["ranges"][0]["startRowIndex"] == 2
    assert shown["bandedRanges"][0]["range"]["endRowIndex"] == 10
    desk.write([["x", "y"]], "A3")
    assert desk.rows("antrean") == [["x", "y"]]
    found = desk.api.values().batchGetByDataFilter(
        spreadsheetId=desk.id,
        body={"dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}]},
    )
    assert found.execute()["valueRanges"][0]["valueRange"]["range"] == "Sheet1!C1:C1001"
    grid = desk.shown(includeGridData=True, ranges=["C3"])["sheets"][0]["data"][0]
    assert grid["rowData"][0]["values"][0]["dataValidation"]["strict"] is True
    desk.does(
        {"clearBasicFilter": {"sheetId": 0}},
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
        {"deleteNamedRange": {"namedRangeId": name_id}},
        {"setDataValidation": {"range": cells(0, 9, 2, 3)}},
    )
    assert not {"basicFilter", "conditionalFormats"} & set(desk.sheet())


def test_a_changed_sheet_has_a_new_version_in_drive(sandbox: Sandbox, desk: Desk) -> None:
    """An idle worker asks Drive only."""
    drive = sandbox.google("drive.v3").files()

    def version() -> int:
        return int(drive.get(fileId=desk.id, fields="version").execute()["version"])

    before = version()
    desk.rows()
    assert version() == before
    desk.write([["a"]])
    after = version()
    desk.does({"insertDimension": {"range": rows(1, 2)}})
    assert before < after < version()


def test_the_clients_own_helpers_work(book: gspread.Spreadsheet) -> None:
    """gspread's everyday calls, as offices' own scripts make them."""
    sheet = book.sheet1
    sheet.update([["nama", "nik"], ["Citra", "1"], ["Budi", "2"]])
    sheet.insert_row(["Ani", "3"], 2)
    sheet.delete_rows(3)
    sheet.freeze(rows=1)
    sheet.format("A1:B1", {"textFormat": {"bold": True}})
    assert sheet.get_all_records() == [{"nama": "Ani", "nik": 3}, {"nama": "Budi", "nik": 2}]
    found = sheet.find("Budi")
    assert found is not None
    assert (found.row, found.col) == (3, 1)
    sheet.sort((1, "des"), range="A2:B3")
    sheet.add_protected_range("B1:B9")
    copy = sheet.duplicate(new_sheet_name="Salinan")
    assert copy.col_values(1) == ["nama", "Budi", "Ani"]
    sheet.copy_to(book.id)
    sheet.hide()
    sheet.clear()
    book.del_worksheet(copy)
    assert [tab.title for tab in book.worksheets()] == ["Sheet1", "Copy of Sheet1"]


def test_a_spreadsheet_is_made_with_its_tabs_and_cells(sandbox: Sandbox) -> None:
    """spreadsheets.create takes titles, sizes and data at once."""
    api = sandbox.google("sheets.v4").spreadsheets()
    cell = {"userEnteredValue": {"stringValue": "Loket"}}
    tab = {
        "properties": {"title": "Antrean", "gridProperties": {"rowCount": 3, "columnCount": 2}},
        "data": [{"rowData": [{"values": [cell]}]}],
    }
    made = api.create(body={"properties": {"title": "Baru", "locale": "id_ID"}, "sheets": [tab]})
    book = made.execute()
    assert (book["properties"]["title"], book["properties"]["locale"]) == ("Baru", "id_ID")
    desk = Desk(sandbox.google("sheets.v4"), book["spreadsheetId"])
    assert desk.rows("Antrean!A1:B3") == [["Loket"]]
    desk.write([["31/1/2026"]], "B1")
    shown = desk.api.values().get(spreadsheetId=desk.id, range="B1").execute()
    assert shown["values"] == [["31/01/2026"]]


def test_a_batch_may_answer_with_the_spreadsheet(desk: Desk) -> None:
    """includeSpreadsheetInResponse, with the cells of the ranges asked for."""
    answer = desk.does(
        {"appendCells": {"rows": [{"values": [{"userEnteredValue": {"boolValue": True}}]}], "fields": "*"}},
        includeSpreadsheetInResponse=True,
        responseIncludeGridData=True,
        responseRanges=["A1:A1"],
    )  # fmt: skip
    (sheet,) = answer["updatedSpreadsheet"]["sheets"]
    (line,) = sheet["data"][0]["rowData"]
    assert line["values"][0]["effectiveValue"] == {"boolValue": True}


def test_a_tab_is_copied_to_another_spreadsheet(desk: Desk, officer: gspread.Client) -> None:
    """Its cells, formats and protections come along; the source stays."""
    desk.write([["a", "=A1"]])
    desk.does({"addProtectedRange": {"protectedRange": {"range": cells(0, 1, 0, 1)}}})
    other = officer.create("Arsip")
    copy = desk.api.sheets().copyTo(
        spreadsheetId=desk.id, sheetId=0, body={"destinationSpreadsheetId": other.id}
    )
    assert copy.execute()["title"] == "Copy of Sheet1"
    archive = Desk(desk.service, other.id)
    assert archive.rows("Copy of Sheet1") == [["a", "=A1"]]
    assert len(archive.sheet(1)["protectedRanges"]) == 1
    assert desk.rows() == [["a", "=A1"]]


def test_metadata_is_found_by_key_and_place_and_goes_with_its_row(desk: Desk) -> None:
    """A mark on a row follows it, and goes when the row is deleted."""
    where = {"dimensionRange": rows(4, 5)}
    mark = {
        "metadataKey": "ref",
        "metadataValue": "SKP-1",
        "visibility": "DOCUMENT",
        "location": where,
    }
    reply = desk.does({"createDeveloperMetadata": {"developerMetadata": mark}})["replies"][0]
    number = reply["createDeveloperMetadata"]["developerMetadata"]["metadataId"]
    desk.does({"moveDimension": {"source": rows(4, 5), "destinationIndex": 1}})
    metadata = desk.api.developerMetadata()
    found = metadata.get(spreadsheetId=desk.id, metadataId=number).execute()
    assert found["location"]["dimensionRange"]["startIndex"] == 1
    asked = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "ref"}}]}
    both = desk.api.getByDataFilter(spreadsheetId=desk.id, body={**asked, "includeGridData": True})
    assert both.execute()["sheets"][0]["data"][0]["startRow"] == 1
    desk.does({"deleteDimension": {"range": rows(1, 2)}})
    assert metadata.search(spreadsheetId=desk.id, body=asked).execute() == {}
