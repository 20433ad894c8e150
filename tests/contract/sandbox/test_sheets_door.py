"""How a body is read before anything happens: as Google's own JSON reader does, and refused in its words."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest

from sync.sandbox.sheets.requests import REQUESTS
from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.sheets_desk import cells, rows

JSON = "Invalid JSON payload received. "


class Door:
    """One spreadsheet of Bu Ratna's, asked in plain JSON: no client mends the body on its way."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.token = sandbox, sandbox.token()
        self.id = self.creates({"properties": {"title": "Permohonan"}})["spreadsheetId"]

    def asks(self, method: str, rest: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        path = "/v4/spreadsheets" + rest
        return self.sandbox.call(method, path, body, token=self.token)

    def creates(self, body: Any) -> dict[str, Any]:
        status, answer = self.asks("POST", "", body)
        assert status == 200, answer
        return answer

    def shown(self, query: str = "") -> dict[str, Any]:
        status, answer = self.asks("GET", f"/{self.id}?{query}")
        assert status == 200, answer
        return answer

    def refused(self, method: str, rest: str, body: Any = None) -> dict[str, Any]:
        status, answer = self.asks(method, rest, body)
        assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT"), answer
        return dict(answer["error"])

    def does(self, *requests: Any) -> dict[str, Any]:
        status, answer = self.asks("POST", f"/{self.id}:batchUpdate", {"requests": list(requests)})
        assert status == 200, answer
        return answer

    def refuses(self, *requests: Any) -> str:
        error = self.refused("POST", f"/{self.id}:batchUpdate", {"requests": list(requests)})
        return str(error["message"])


@pytest.fixture
def door(sandbox: Sandbox) -> Door:
    return Door(sandbox)


def test_a_null_is_a_field_that_is_not_there(door: Door) -> None:
    """Clients that write every field of a class write nulls; in `values` a null keeps what stands there."""
    title = {"title": None, "gridProperties": None, "sheetId": None}
    made = door.creates(
        {
            "properties": {"defaultFormat": None, "title": None},
            "sheets": [{"properties": title}, None],
        }
    )
    assert made["properties"]["title"] == "Untitled spreadsheet"
    assert [each["properties"]["title"] for each in made["sheets"]] == ["Sheet1"]
    door.does({"addSheet": None, "appendDimension": {"dimension": "ROWS", "length": 1}}, None)
    write = f"/{door.id}/values/A1?valueInputOption=RAW"
    door.asks("PUT", write, {"values": [["Citra", "lama"]], "range": None, "majorDimension": None})
    door.asks("PUT", write, {"values": [[None, "baru"]]})
    assert door.asks("GET", f"/{door.id}/values/A1:B1")[1]["values"] == [["Citra", "baru"]]


def test_a_list_within_a_list_is_more_of_the_same_list(door: Door) -> None:
    """pygsheets sends its resizings so, gspread-formatting its batches."""
    size = {"range": rows(0, 5), "properties": {"pixelSize": 42}, "fields": "pixelSize"}
    answer = door.does(
        [{"updateDimensionProperties": size}], [[{"addSheet": {}}], {"addSheet": {}}]
    )
    assert len(answer["replies"]) == 3
    data = door.shown("ranges=A1&fields=sheets.data.rowMetadata.pixelSize")["sheets"][0]["data"]
    assert data[0]["rowMetadata"] == [{"pixelSize": 42}]
    write = f"/{door.id}/values/A1?valueInputOption=RAW"
    assert door.refused("PUT", write, {"values": [[["x"]]]})  # never inside values


def test_numbers_booleans_and_names_are_read_as_leniently_as_google_reads_them(door: Door) -> None:
    """A number as text, a boolean as text or as 0 and 1, an enum in lower case, `snake_case`; one alone for a list."""
    door.does(
        {"append_dimension": {"sheet_id": "0", "dimension": "rows", "length": 2.0}},
        {"update_sheet_properties": {"properties": {"hidden": "no"}, "fields": "grid_properties.hide_gridlines"}},
        {"updateSheetProperties": {"properties": {"gridProperties": {"hideGridlines": 1}}, "fields": "grid_properties.hide_gridlines"}},
    )  # fmt: skip
    grid = door.shown()["sheets"][0]["properties"]["gridProperties"]
    assert (grid["rowCount"], grid["hideGridlines"]) == (1002, True)
    one = {"requests": {"addSheet": {}}, "includeSpreadsheetInResponse": "yes"}
    status, answer = door.asks("POST", f"/{door.id}:batchUpdate", one)
    assert (status, len(answer["updatedSpreadsheet"]["sheets"])) == (200, 2)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"addSheet": {"properties": {"title": 2026}}}, "Invalid value at 'requests[0].add_sheet.properties.title' (TYPE_STRING), 2026"),
    ({"deleteSheet": {"sheetId": "satu"}}, "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), \"satu\""),
    ({"deleteSheet": {"sheetId": 1.5}}, "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), 1.5"),
    ({"deleteSheet": {"sheetId": 10**30}}, "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), 1e+30"),
    ({"deleteSheet": {"sheetId": True}}, "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), true"),
    ({"deleteSheet": {"sheetId": {"a": 1}}}, "Invalid value at 'requests[0].delete_sheet' (sheet_id), Starting an object on a scalar field"),
    ({"mergeCells": {"range": {"startRowIndex": "x"}}}, "Invalid value at 'requests[0].merge_cells.range.start_row_index.value' (TYPE_INT32), \"x\""),
    ({"mergeCells": {"range": "A1:C3"}}, "Invalid value at 'requests[0].merge_cells.range' (type.googleapis.com/google.apps.sheets.v4.GridRange), \"A1:C3\""),
    ({"mergeCells": {"range": [{}]}}, JSON + "Unknown name \"range\" at 'requests[0].merge_cells': Proto field is not repeating, cannot start list."),
    ({"insertDimension": {"range": {"dimension": "ROW"}}}, "Invalid value at 'requests[0].insert_dimension.range.dimension' (type.googleapis.com/google.apps.sheets.v4.Dimension), \"ROW\""),
    ({"insertDimension": {"inheritFromBefore": "x"}}, "Invalid value at 'requests[0].insert_dimension.inherit_from_before' (TYPE_BOOL), \"x\""),
    ({"addSheet": {"properties": {"tabColor": {"red": "merah"}}}}, "Invalid value at 'requests[0].add_sheet.properties.tab_color.red' (TYPE_FLOAT), \"merah\""),
    ({"updateCells": {"fields": 1}}, "Invalid value at 'requests[0].update_cells.fields' (type.googleapis.com/google.protobuf.FieldMask), 1"),
    ({"updateCells": {"start": {}, "range": {}}}, "Invalid value at 'requests[0].update_cells' (oneof), oneof field 'area' is already set. Cannot set 'range'"),
    ({"addSheet": {}, "deleteSheet": {}}, "Invalid value at 'requests[0]' (oneof), oneof field 'kind' is already set. Cannot set 'deleteSheet'"),
    ({"DeleteRange": {}}, JSON + "Unknown name \"DeleteRange\" at 'requests[0]': Cannot find field."),
    ({}, "Invalid requests[0]: No request set."),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "words"), WRONG, ids=[words[:60] for _, words in WRONG])
def test_a_value_of_the_wrong_kind_is_refused_in_googles_words(
    door: Door, request_: dict[str, Any], words: str
) -> None:
    """The place, what belongs there, and what was given."""
    assert door.refuses(request_) == words


def test_all_that_is_wrong_is_told_at_once(door: Door) -> None:
    """One line and one field violation each, in the body's order; a request that is one alone stands without number."""
    requests = [{"addSheet": {}}, {"addSheet": {"title": "x", "properties": {"index": "a"}}}, "x"]
    error = door.refused("POST", f"/{door.id}:batchUpdate", {"requests": requests, "lagi": 1})
    told = [
        ("requests[1].add_sheet", JSON + "Unknown name \"title\" at 'requests[1].add_sheet': Cannot find field."),
        ("requests[1].add_sheet.properties.index", "Invalid value at 'requests[1].add_sheet.properties.index' (TYPE_INT32), \"a\""),
        ("requests[2]", "Invalid value at 'requests[2]' (type.googleapis.com/google.apps.sheets.v4.BatchUpdateSpreadsheetRequest.Request), \"x\""),
        ("", JSON + 'Unknown name "lagi": Cannot find field.'),
    ]  # fmt: skip
    assert error["message"] == "\n".join(words for _, words in told)
    (detail,) = error["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert detail["fieldViolations"] == [
        {"field": field, "description": words} if field else {"description": words}
        for field, words in told
    ]


@pytest.mark.parametrize(
    ("rest", "body", "words"),
    [
        ("/values/A1?valueInputOption=RAW", {"value": [["x"]]}, JSON + "Unknown name \"value\" at 'data': Cannot find field."),
        ("/values/A1?valueInputOption=RAW", {"values": "X"}, "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""),
        ("/values/A1?valueInputOption=RAW", {"values": ["X"]}, "Invalid value at 'data.values[0]' (type.googleapis.com/google.protobuf.ListValue), \"X\""),
        ("/values/A1?valueInputOption=RAW", {"values": [["a"], {"nama": 1}]}, JSON + "Unknown name \"nama\" at 'data.values[1]': Cannot find field."),
        ("/values/A1?valueInputOption=Text", {}, "Invalid value at 'value_input_option' (type.googleapis.com/google.apps.sheets.v4.ValueInputOption), \"Text\""),
        ("/values/A1?valueInputOption=RAW&includeValuesInResponse=x", {}, "Invalid value at 'include_values_in_response' (TYPE_BOOL), \"x\""),
        ("/values/A1?valueInputOption=RAW&x=1&y=2", {}, "\n".join(JSON + f"Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message." for name in "xy")),
        ("/values/A1?valueInputOption=RAW", [], JSON + 'Unknown name "": Root element must be a message.'),
    ],
)  # fmt: skip
def test_values_are_checked_where_google_says_they_stand(
    door: Door, rest: str, body: Any, words: str
) -> None:
    """The body of values.update is the `data` of its request."""
    assert door.refused("PUT", f"/{door.id}{rest}", body)["message"] == words


def test_what_stands_in_the_path_has_a_type_too(door: Door) -> None:
    """The number of a sheet or of metadata."""
    error = door.refused("POST", f"/{door.id}/sheets/satu:copyTo", {})
    assert error["message"] == "Invalid value at 'sheet_id' (TYPE_INT32), \"satu\""
    error = door.refused("GET", f"/{door.id}/developerMetadata/x")
    assert error["message"] == "Invalid value at 'metadata_id' (TYPE_INT32), \"x\""


@pytest.mark.parametrize("fields", ["sheets.properti", "sheets(data.rowData.values.formulaValue)", "a b", "sheets, properties", "sheets("])  # fmt: skip
def test_a_mask_names_only_fields_of_the_answer(door: Door, fields: str) -> None:
    """A field that the answer cannot have is a mistake, and a blank is none of a mask's characters."""
    quoted = urllib.parse.quote(fields)
    error = door.refused("GET", f"/{door.id}?fields={quoted}")
    assert error["message"] == "Request contains an invalid argument."
    (violation,) = error["details"][0]["fieldViolations"]
    assert violation["field"] == fields
    assert violation["description"].startswith("Error expanding 'fields' parameter. Cannot find matching fields for path '")  # fmt: skip


@pytest.mark.parametrize(
    "request_",
    [
        {"repeatCell": {"range": cells(0, 1, 0, 1), "cell": {}, "fields": "userEnteredFormat.colour"}},
        {"updateCells": {"range": cells(0, 1, 0, 1), "rows": [], "fields": "rows.values.note"}},
        {"updateSheetProperties": {"properties": {}, "fields": "properties.title"}},
        {"updateDimensionProperties": {"range": rows(0, 1), "properties": {}, "fields": "size"}},
    ],
)  # fmt: skip
def test_a_requests_mask_names_only_fields_of_what_it_changes(
    door: Door, request_: dict[str, Any]
) -> None:
    """A misspelt mask would change nothing, and nobody would know."""
    ((name, body),) = request_.items()
    path = body["fields"]
    assert door.refuses(request_).startswith(f"Invalid requests[0].{name}: Invalid field: {path}")


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_an_empty_request_is_refused_in_words_or_has_defaults(door: Door, name: str) -> None:
    """What is missing is named; nothing of the program's own words is shown."""
    status, answer = door.asks("POST", f"/{door.id}:batchUpdate", {"requests": [{name: {}}]})
    if status == 400:
        message = answer["error"]["message"]
        assert message.startswith(f"Invalid requests[0].{name}: ")
        assert "Error" not in message
        assert "None" not in message
    else:
        assert (status, name) in [
            (200, "addSheet"),
            (200, "duplicateSheet"),
            (200, "clearBasicFilter"),
        ]


@pytest.mark.parametrize(
    "request_",
    [
        {"duplicateSheet": {"newSheetId": -4}},
        {"duplicateSheet": {"insertSheetIndex": -4}},
        {"updateSheetProperties": {"properties": {"index": -4}, "fields": "index"}},
        {"updateSheetProperties": {"properties": {"gridProperties": {"frozenRowCount": -1}}, "fields": "gridProperties.frozenRowCount"}},
        {"updateSpreadsheetProperties": {"properties": {}, "fields": "locale"}},
    ],
)  # fmt: skip
def test_what_no_sheet_can_have_is_refused(door: Door, request_: dict[str, Any]) -> None:
    """A number below zero, a spreadsheet without a locale."""
    before = door.shown()
    assert door.refuses(request_).startswith(f"Invalid requests[0].{next(iter(request_))}: ")
    assert door.shown() == before


def test_a_mask_is_required_where_google_requires_one(door: Door) -> None:
    """Without one nothing says what to change."""
    words = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
    for name, body in (
        ("updateNamedRange", {"namedRange": {"namedRangeId": "1"}}),
        ("updateBanding", {"bandedRange": {"bandedRangeId": 1}}),
        ("updateProtectedRange", {"protectedRange": {"protectedRangeId": 1}}),
        ("updateFilterView", {"filter": {"filterViewId": 1}}),
        ("updateDeveloperMetadata", {"dataFilters": [{"a1Range": "A1"}], "developerMetadata": {"metadataKey": "x"}}),
        ("updateSheetProperties", {"properties": {"title": "x"}}),
        ("updateSpreadsheetProperties", {"properties": {"title": "x"}}),
    ):  # fmt: skip
        assert door.refuses({name: body}) == f"Invalid requests[0].{name}: {words}"


def test_a_bad_request_among_good_ones_leaves_nothing_behind(door: Door) -> None:
    """Neither cells nor names, metadata, the file's title, its version or its time."""

    def everything() -> tuple[Any, Any]:
        file = door.sandbox.call("GET", f"/drive/v3/files/{door.id}?fields=*", token=door.token)
        return door.shown("includeGridData=true"), file

    before = everything()
    note = {
        "userEnteredValue": {"stringValue": "x"},
        "note": "y",
        "userEnteredFormat": {"textFormat": {"bold": True}},
    }
    good = [
        {"updateCells": {"start": {}, "rows": [{"values": [note]}], "fields": "*"}},
        {"addSheet": {}},
        {"insertDimension": {"range": rows(0, 3)}},
        {"addNamedRange": {"namedRange": {"name": "Nama", "range": cells(0, 1, 0, 1)}}},
        {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k", "visibility": "DOCUMENT", "location": {"spreadsheet": True}}}},
        {"addProtectedRange": {"protectedRange": {"range": cells(0, 1, 0, 1)}}},
        {"updateSpreadsheetProperties": {"properties": {"title": "Lain"}, "fields": "title"}},
    ]  # fmt: skip
    for bad in (
        {"deleteSheet": {"sheetId": 77}},
        {"addBanding": {}},
        {"addChart": {}},
        {"deleteSheet": {"sheetId": "x"}},
        {},
    ):
        status, _ = door.asks("POST", f"/{door.id}:batchUpdate", {"requests": [*good, bad]})
        assert status in (400, 501)
        assert everything() == before, bad
    mixed = {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [["x"]]}, {"range": "Hilang!A1", "values": [["x"]]}]}  # fmt: skip
    assert door.asks("POST", f"/{door.id}/values:batchUpdate", mixed)[0] == 400
    assert everything() == before


def test_a_form_is_no_json(door: Door) -> None:
    """curl without a content type sends a form: Google takes its text for the name of a parameter."""
    headers = {
        "Authorization": f"Bearer {door.token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    url = f"{door.sandbox.url}/v4/spreadsheets/{door.id}:batchUpdate"
    request = urllib.request.Request(url, b'{"requests": []}', headers)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=10)
    with refusal.value as error:
        assert error.code == 400
        assert "Cannot bind query parameter" in json.loads(error.read())["error"]["message"]


@pytest.mark.parametrize("text", [b"{", b"NaN", b'{"values": [[NaN]]}', b'{"values": [[1e999]]}', b"x", b"{" * 5000])  # fmt: skip
def test_what_is_no_json_is_refused(door: Door, text: bytes) -> None:
    """Nor is what Python alone takes for JSON."""
    headers = {"Authorization": f"Bearer {door.token}", "Content-Type": "application/json"}
    url = f"{door.sandbox.url}/v4/spreadsheets/{door.id}/values/A1?valueInputOption=RAW"
    request = urllib.request.Request(url, text, headers, method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=10)
    with refusal.value as error:
        assert error.code == 400
        message = json.loads(error.read())["error"]["message"]
    assert message.startswith("Invalid JSON payload received. ")


# A new spreadsheet


def test_a_new_spreadsheet_brings_all_that_its_sheets_were_given(door: Door) -> None:
    """Cells, sizes, merges, rules, bands, filters, groups, protections, names and marks; nothing is dropped in silence."""
    span = {
        "sheetId": 5,
        "startRowIndex": 0,
        "endRowIndex": 2,
        "startColumnIndex": 0,
        "endColumnIndex": 2,
    }
    bold = {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}}
    mark = {"metadataKey": "k", "visibility": "DOCUMENT"}
    sheet = {
        "properties": {"sheetId": 5, "title": "Arsip", "gridProperties": {"rowCount": 9, "columnCount": 4}},
        "data": [{
            "startRow": 1, "startColumn": 1,
            "rowData": [{"values": [{"userEnteredValue": {"stringValue": "Citra"}, "note": "n"}]}],
            "rowMetadata": [{"pixelSize": 40}], "columnMetadata": [{}, {"hiddenByUser": True}],
        }],
        "merges": [{**span, "startRowIndex": 4, "endRowIndex": 6}],
        "conditionalFormats": [{"ranges": [span], "booleanRule": bold}],
        "bandedRanges": [{"range": span, "rowProperties": {"headerColor": {"red": 1}}}],
        "basicFilter": {"range": span},
        "filterViews": [{"title": "Menunggu", "range": span}],
        "protectedRanges": [{"range": span, "description": "Loket"}],
        "rowGroups": [{"range": {"sheetId": 5, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}, "depth": 1, "collapsed": True}],
        "developerMetadata": [{**mark, "location": {"sheetId": 5}}],
    }  # fmt: skip
    made = door.creates({
        "properties": {"title": "Baru", "locale": "id_ID", "timeZone": "Asia/Makassar"},
        "sheets": [sheet, {"properties": {"title": "Kosong"}}],
        "namedRanges": [{"name": "Nama", "range": span}],
        "developerMetadata": [{**mark, "location": {"spreadsheet": True}}],
    })  # fmt: skip
    found = door.asks("GET", f"/{made['spreadsheetId']}?includeGridData=true&ranges=Arsip")[1]
    (shown,) = found["sheets"]
    assert set(sheet) - set(shown) == set()
    data = shown["data"][0]
    assert data["rowData"][1]["values"][1]["formattedValue"] == "Citra"
    assert (data["rowMetadata"][1]["pixelSize"], data["columnMetadata"][2]["hiddenByUser"]) == (40, True)  # fmt: skip
    assert shown["rowGroups"][0]["collapsed"] is True
    assert shown["protectedRanges"][0]["editors"]["users"]
    assert (found["namedRanges"][0]["name"], len(found["developerMetadata"])) == ("Nama", 1)
    assert [each["properties"]["title"] for each in made["sheets"]] == ["Arsip", "Kosong"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"sheets": [{"properties": {"sheetId": 3}}, {"properties": {"sheetId": 3}}]}, "already exists"),
        ({"sheets": [{"properties": {"title": "Satu"}}, {"properties": {"title": "SATU"}}]}, "already exists"),
        ({"sheets": [{"properties": {"sheetId": -1}}]}, "Invalid sheets[0]: sheetId must not be negative."),
        ({"sheets": [{"properties": {"gridProperties": {"rowCount": -1}}}]}, "rowCount must not be negative."),
        ({"sheets": [{"properties": {"gridProperties": {"rowCount": 5, "frozenRowCount": 5}}}]}, "You can't freeze all visible rows"),
        ({"sheets": [{"properties": {"hidden": True}}]}, "You can't hide all the sheets in a document."),
        ({"sheets": [{"properties": 1}]}, "Invalid value at 'spreadsheet.sheets[0].properties' (type.googleapis.com/google.apps.sheets.v4.SheetProperties), 1"),
        ({"sheets": [{"properties": {"sheetId": []}}]}, "Unknown name \"sheetId\" at 'spreadsheet.sheets[0].properties': Proto field is not repeating"),
        ({"properties": {"title": {}}}, "Invalid value at 'spreadsheet.properties' (title), Starting an object on a scalar field"),
        ({"properties": {"timeZone": "Mars/Olympus"}}, "Mars/Olympus"),
        ({"properties": {"locale": "indonesia"}}, "indonesia"),
        ({"title": "x"}, "Unknown name \"title\" at 'spreadsheet': Cannot find field."),
        ({"sheets": [{"merges": [{"sheetId": 9}]}]}, "Invalid sheets[0].merges[0]: "),
        ({"namedRanges": [{"name": "Nama", "range": {"sheetId": 9}}]}, "Invalid namedRanges[0]: No grid with id: 9"),
    ],
)  # fmt: skip
def test_a_new_spreadsheet_with_a_mistake_is_not_made(
    door: Door, body: dict[str, Any], words: str
) -> None:
    """400, and no file of that name lies in the drive."""
    listed = "/drive/v3/files?fields=files(id)"
    before = door.sandbox.call("GET", listed, token=door.token)
    assert words in door.refused("POST", "", body)["message"]
    assert door.sandbox.call("GET", listed, token=door.token) == before


@pytest.mark.parametrize("name", ["charts", "slicers", "tables"])
def test_a_new_spreadsheet_with_what_the_sandbox_has_not_says_so(door: Door, name: str) -> None:
    """501 and its name, rather than a spreadsheet without it."""
    status, answer = door.asks("POST", "", {"sheets": [{name: [{}]}]})
    assert (status, name in answer["error"]["message"]) == (501, True)


def test_a_body_names_the_range_that_the_path_names(door: Door) -> None:
    """Or it is not known where to write."""
    body = {"range": "A1:B3", "values": [["x"]]}
    words = "Request range[A1:B2] does not match value's range[A1:B3]"
    for method, rest in (("PUT", ""), ("POST", ":append")):
        path = f"/{door.id}/values/A1:B2{rest}?valueInputOption=RAW"
        assert door.refused(method, path, body)["message"] == words


def test_a_count_of_nothing_is_not_told(door: Door) -> None:
    """Zeros and empty lists are left out, as everywhere in Google's answers."""
    only = {"spreadsheetId": door.id}
    nothing = {"valueInputOption": "RAW", "data": []}
    assert door.asks("POST", f"/{door.id}/values:batchUpdate", nothing) == (200, only)
    assert door.asks("POST", f"/{door.id}/values:batchClear", {}) == (200, only)
    assert door.asks("GET", f"/{door.id}/values:batchGet") == (200, only)


def test_an_option_of_the_answers_form_that_the_sandbox_has_not_says_so(door: Door) -> None:
    """501, rather than an answer in another form than was asked for."""
    for option in ("alt=media", "alt=proto", "callback=f", "$.xgafv=1"):
        status, answer = door.asks("GET", f"/{door.id}?{option}")
        assert (status, option in answer["error"]["message"]) == (501, True)
    assert door.asks("GET", f"/{door.id}?alt=json&prettyPrint=false&key=x")[0] == 200
