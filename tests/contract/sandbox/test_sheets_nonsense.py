"""Nonsense to every method of Sheets, Forms and the control room: always Google's 4xx, never a 500, never a change."""

import itertools
import random
from typing import Any

import pytest

from sync.sandbox.application import ROUTES
from sync.sandbox.sheets.requests import REQUESTS
from tests.contract.sandbox.conftest import Sandbox

JUNK: list[Any] = [
    None, "", "x", 0, -1, 10**30, 1.5, True, [], {}, [[]], [{}], ["x", None], "\x00", "'", "A1:",
    {"sheetId": 0}, {"sheetId": "x"}, {"sheetId": 0, "startRowIndex": "a"}, {"range": None},
    {"sheetId": 0, "startRowIndex": 2, "endRowIndex": 1}, {"sheetId": 0, "dimension": "ROWS"},
    {"sheetId": 0, "dimension": "KE SAMPING", "startIndex": 0, "endIndex": 1},
    {"sheetId": 0, "dimension": "ROWS", "startIndex": "a"}, {"values": {}}, {"properties": []},
]  # fmt: skip
FIELDS = (
    "range", "source", "destination", "properties", "fields", "rows", "start", "cell", "rule", "index", "sheetId",
    "dimension", "length", "destinationIndex", "sortSpecs", "filter", "protectedRange", "namedRange", "find",
    "bandedRange", "developerMetadata", "dataFilter", "dataFilters", "pasteType", "mergeType", "dimensions", "top",
    "dimensionGroup", "newSheetName", "newSheetId", "insertSheetIndex", "shiftDimension", "comparisonColumns",
    "replacement", "inheritFromBefore", "newIndex",
)  # fmt: skip
SANE: dict[str, Any] = {
    "range": {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 3},
    "fields": "*",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_no_request_breaks_on_nonsense(sandbox: Sandbox, name: str) -> None:
    """A client's mistake is the client's: 400 with the request's name, or a plain 200."""
    form = sandbox.form("Nama")
    token, dice = sandbox.token(), random.Random(name)
    path = f"/v4/spreadsheets/{form['spreadsheetId']}"
    bodies: list[Any] = [*JUNK, *({field: dice.choice(JUNK)} for field in FIELDS)]
    bodies += [SANE | {dice.choice(FIELDS): dice.choice(JUNK)} for _ in range(25)]
    bodies += [{f: dice.choice(JUNK) for f in dice.sample(FIELDS, 6)} for _ in range(25)]
    for body in bodies:
        status, answer = sandbox.call(
            "POST", path + ":batchUpdate", {"requests": [{name: body}]}, token=token
        )
        assert status in (200, 400), (body, answer)
        if status == 200:
            status, answer = sandbox.call("GET", path, token=token)
            assert status == 200, (body, answer)
    shown = "?includeGridData=true&ranges=A1:Z20"
    assert sandbox.call("GET", path + shown, token=token)[0] == 200


def test_no_values_method_breaks_on_nonsense(sandbox: Sandbox) -> None:
    """Bodies, ranges and options of the wrong kind."""
    form = sandbox.form("Nama")
    token = sandbox.token()
    path = f"/v4/spreadsheets/{form['spreadsheetId']}/values"
    methods = (
        ":batchUpdate",
        ":batchClear",
        ":batchGetByDataFilter",
        ":batchUpdateByDataFilter",
        "/A1:append",
    )
    names = (
        "data",
        "ranges",
        "dataFilters",
        "values",
        "valueInputOption",
        "majorDimension",
        "range",
    )
    for method, name, junk in itertools.product(methods, names, JUNK):
        body = {"valueInputOption": "RAW", name: junk}
        status, answer = sandbox.call(
            "POST", path + method + "?valueInputOption=USER_ENTERED", body, token=token
        )
        assert status in (200, 400), (method, body, answer)
    for junk in JUNK:
        for body in (junk, {"values": junk}, {"values": [junk]}, {"values": [[junk]]}):
            status, answer = sandbox.call(
                "PUT", path + "/A1?valueInputOption=USER_ENTERED", body, token=token
            )
            assert status in (200, 400), (body, answer)
    for text in (
        "%00",
        "%27",
        "A1%3A",
        "!!",
        "%F0%9F%98%80",
        "A0",
        "A1%3AB2%3AC3",
        "R1C1",
        "A99999999999",
    ):
        status, answer = sandbox.call("GET", f"{path}/{text}", token=token)
        assert status in (200, 400), (text, answer)
    for query in ("fields=(", "fields=a..b", "majorDimension=X", "valueRenderOption=1"):
        assert sandbox.call("GET", f"{path}/A1?{query}", token=token)[0] == 400


def test_no_control_route_breaks_on_nonsense(sandbox: Sandbox) -> None:
    """Tests are written by people in a hurry, too."""
    form = sandbox.form("Nama", {"title": "Tanggal", "type": "date"})
    responses = f"/_sandbox/forms/{form['formId']}/responses"
    calls = [
        ("POST", "/_sandbox/forms", ("title", "questions", "share_with")),
        ("POST", responses, ("answers", "email", "timestamp")),
        ("PUT", "/_sandbox/faults", ("rules", "smtp")),
        ("POST", "/_sandbox/reset", ("only",)),
    ]
    for method, path, names in calls:
        for junk in [each for each in JUNK if each is not None]:
            bodies = [{name: junk} for name in names]
            bodies.append({"answers": {"Nama": junk, "Tanggal": junk}})
            if path.endswith("/reset"):
                bodies = [{"only": junk}]
            for body in bodies:
                status, answer = sandbox.call(method, path, body)
                assert status in (200, 400), (path, body, answer)
    for account in ("", "x", "a@b", "%00@"):
        assert sandbox.call("GET", f"/_sandbox/token?account={account}")[0] in (200, 400)


@pytest.mark.parametrize(
    "formula",
    ["=", "==", "=(", "=A1:", "=1+", "=-" * 2000 + "1", "=" + "(" * 3000, '="', "=SUM(", "=A1", "=1E400",
     "=9^9^9^9", "=IF()", "=LEFT(1,2,3)", "=Hilang!A1", "=ROUND(1,999)", "={1}", "=%", "=ABS(\"x\")", "=SUM(A:A)"],
)  # fmt: skip
def test_no_formula_breaks_a_reading(sandbox: Sandbox, formula: str) -> None:
    """Loops, towers and broken ones show an error in their cell and nowhere else."""
    form = sandbox.form("Nama")
    token = sandbox.token()
    path = f"/v4/spreadsheets/{form['spreadsheetId']}"
    body = {"values": [[formula, "tetangga"]]}
    sandbox.call("PUT", path + "/values/A1?valueInputOption=USER_ENTERED", body, token=token)
    status, answer = sandbox.call("GET", path + "/values/A1:B1", token=token)
    assert (status, answer["values"][0][1]) == (200, "tetangga")
    assert sandbox.call("GET", path + "?includeGridData=true", token=token)[0] == 200


def test_a_body_that_is_no_json_object_is_refused(sandbox: Sandbox) -> None:
    """Before anything is looked at."""
    form, token = sandbox.form("Nama"), sandbox.token()
    path = f"/v4/spreadsheets/{form['spreadsheetId']}:batchUpdate"
    for body in ([], "x", 5, None):
        assert sandbox.call("POST", path, body, token=token)[0] == 400


def test_the_routes_are_one_table_without_doubles() -> None:
    """Two routes with one pattern would hide each other."""
    seen = [(each.method, each.pattern.pattern) for each in ROUTES]
    assert len(seen) == len(set(seen))


def test_what_google_does_not_describe_is_refused_by_name(sandbox: Sandbox) -> None:
    """A misspelt field or option changes nothing in silence; Google's other spelling is taken."""
    form, token = sandbox.form("Nama"), sandbox.token()
    path = f"/v4/spreadsheets/{form['spreadsheetId']}"

    def refused(method: str, rest: str, body: Any) -> str:
        status, answer = sandbox.call(method, path + rest, body, token=token)
        assert status == 400, answer
        return str(answer["error"]["message"]).removeprefix("Invalid JSON payload received. ")

    misspelt = {"requests": [{"updateCells": {"row": []}}]}
    assert refused("POST", ":batchUpdate", misspelt) == (
        "Unknown name \"row\" at 'requests[0].update_cells': Cannot find field."
    )
    write = "/values/A1?valueInputOption=RAW"
    assert refused("PUT", write, {"value": [["x"]]}) == (
        "Unknown name \"value\" at 'data': Cannot find field."
    )
    assert "Cannot bind query parameter" in refused("PUT", write + "&values=1", {"values": [["x"]]})
    spelt = {"requests": [{"append_dimension": {"sheet_id": 0, "dimension": "ROWS", "length": 1}}]}
    number = sandbox.call("GET", path, token=token)[1]["sheets"][0]["properties"]["sheetId"]
    spelt["requests"][0]["append_dimension"]["sheet_id"] = number
    assert sandbox.call("POST", path + ":batchUpdate", spelt, token=token)[0] == 200
