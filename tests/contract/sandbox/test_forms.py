"""A form and its linked sheet: rows come as Google Forms writes them, wherever officers have moved things meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gspread
import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.rooms import errors

UNFORMATTED = "UNFORMATTED_VALUE"
QUESTIONS: list[dict[str, Any]] = [
    {"title": "Nama", "type": "text", "required": True},
    {"title": "NIK", "type": "text"},
    {"title": "Alamat", "type": "paragraph"},
    {"title": "Tanggal Lahir", "type": "date"},
    {"title": "Jam", "type": "time"},
    {"title": "Agama", "type": "dropdown", "options": ["Islam", "Hindu"]},
    {"title": "Status", "type": "choice", "options": ["Kawin", "Belum kawin"]},
    {"title": "Lampiran", "type": "checkbox", "options": ["KTP", "KK"]},
    {"title": "Foto KTP", "type": "file"},
]
CITRA = {
    "Nama": "Citra",
    "NIK": "6472014503900001",
    "Alamat": '=IMPORTXML("http://192.0.2.1")',
    "Tanggal Lahir": "1990-03-05",
    "Jam": "09:30",
    "Agama": "Hindu",
    "Status": "Belum kawin",
    "Lampiran": ["KTP", "KK"],
    "Foto KTP": ["https://drive.google.com/open?id=1a", "https://drive.google.com/open?id=1b"],
}


def tab(client: gspread.Client, form: dict[str, Any]) -> gspread.Worksheet:
    return client.open_by_key(form["spreadsheetId"]).worksheet(form["tab"])


def rows(sheet: gspread.Worksheet, text: str) -> list[list[Any]]:
    return list(sheet.get(text, value_render_option=UNFORMATTED))


def test_a_response_becomes_a_row_as_google_forms_writes_it(
    sandbox: Sandbox, worker: gspread.Client
) -> None:
    """Timestamp in the sheet's zone as a date, then the email, then the questions in their order."""
    form = sandbox.form(*QUESTIONS, collect_email=True)
    told = sandbox.answer(form, CITRA, email="citra@example.com", timestamp="2026-11-24T16:30:00Z")
    assert told["row"] == 2
    sheet = tab(worker, form)
    assert rows(sheet, "A1:K1") == [
        ["Timestamp", "Email Address", *(q["title"] for q in QUESTIONS)]
    ]
    (row,) = rows(sheet, "A2:K2")
    assert row[0] == pytest.approx(46351 + 0.5 / 24)  # half past midnight in Makassar
    assert row[1:] == [
        "citra@example.com",
        "Citra",
        "6472014503900001",
        '=IMPORTXML("http://192.0.2.1")',
        32937,
        9.5 / 24,
        "Hindu",
        "Belum kawin",
        "KTP, KK",
        "https://drive.google.com/open?id=1a, https://drive.google.com/open?id=1b",
    ]
    assert sheet.get("A2:A2") == [["11/25/2026 0:30:00"]]
    assert sheet.get("F2:G2") == [["3/5/1990", "9:30:00 AM"]]
    info = worker.open_by_key(form["spreadsheetId"]).fetch_sheet_metadata()["properties"]
    assert (info["timeZone"], info["locale"]) == ("Asia/Makassar", "en_US")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("123", 123),
        ("12.5", 12.5),
        ("-3", -3),
        ("0812", "0812"),
        ("+62812", "+62812"),
        ("123456789012345", 123456789012345),
        ("1234567890123456", "1234567890123456"),
        ("1e5", "1e5"),
        ("=1+1", "=1+1"),
        ("TRUE", "TRUE"),
    ],
)
def test_only_plain_short_numbers_become_numbers(
    sandbox: Sandbox, worker: gspread.Client, typed: str, stored: Any
) -> None:
    """What looks like a number is one; a NIK with all its digits, a phone number and a formula stay text."""
    form = sandbox.form("Nomor")
    sandbox.answer(form, {"Nomor": typed})
    assert rows(tab(worker, form), "B2:B2") == [[stored]]


def test_a_column_formatted_as_text_keeps_text(sandbox: Sandbox, worker: gspread.Client) -> None:
    """Offices format the NIK column so; rows that are inserted later have it too."""
    form = sandbox.form("Nomor")
    sheet = tab(worker, form)
    sheet.format("B:B", {"numberFormat": {"type": "TEXT"}})
    for _ in range(2):
        sandbox.answer(form, {"Nomor": "123"})
    assert rows(sheet, "B2:B3") == [["123"], ["123"]]


def test_a_new_row_is_inserted_above_rows_added_by_hand(
    sandbox: Sandbox, worker: gspread.Client, officer: gspread.Client
) -> None:
    """And below the form's last one; what officers keep to the right moves along, formulas too."""
    form = sandbox.form("Nama")
    sandbox.answer(form, {"Nama": "Citra"})
    desk = tab(officer, form)
    desk.update([["Keputusan", "Salinan"], ["Setujui", "=B2"], ["", "=B3"]], "D1", raw=False)
    desk.update([["walk-in", "Budi"]], "A3")
    assert sandbox.answer(form, {"Nama": "Dewi"})["row"] == 3
    sheet = tab(worker, form)
    assert [row[1:] for row in rows(sheet, "A2:E4")] == [
        ["Citra", "", "Setujui", "Citra"],
        ["Dewi"],
        ["Budi", "", "", "Budi"],
    ]


def test_an_edited_response_finds_its_row_after_sorting_and_inserting(
    sandbox: Sandbox, officer: gspread.Client, worker: gspread.Client
) -> None:
    """Same row, new timestamp; the officer's columns beside it are not touched."""
    form = sandbox.form("Nama", "Alamat")
    first = sandbox.answer(
        form, {"Nama": "Citra", "Alamat": "lama"}, timestamp="2026-11-01T00:00:00Z"
    )
    sandbox.answer(form, {"Nama": "Ani", "Alamat": "x"})
    desk = tab(officer, form)
    desk.update([["Status"], ["punya Citra"], ["punya Ani"]], "D1")
    desk.sort((2, "asc"), range="A2:D3")
    desk.insert_row(["sisipan"], 2)
    path = f"/forms/{form['formId']}/responses/{first['responseId']}"
    told = sandbox.control(
        "PUT", path, {"answers": {"Alamat": "baru"}, "timestamp": "2026-11-02T00:00:00Z"}
    )
    assert (told["row"], told["responseId"]) == (4, first["responseId"])
    assert rows(tab(worker, form), "A4:D4") == [
        [pytest.approx(46328 + 8 / 24), "Citra", "baru", "punya Citra"]
    ]
    assert rows(tab(worker, form), "A2:D3")[1][1:] == ["Ani", "x", "punya Ani"]


def test_answers_follow_moved_columns_and_deleted_ones_come_back(
    sandbox: Sandbox, officer: gspread.Client, worker: gspread.Client
) -> None:
    """The form knows its columns by identity, not by letter; a renamed header changes nothing."""
    form = sandbox.form("Nama", "NIK", "Alamat")
    desk = tab(officer, form)
    book = desk.spreadsheet

    def columns(start: int) -> dict[str, Any]:
        return {"sheetId": 0, "dimension": "COLUMNS", "startIndex": start, "endIndex": start + 1}

    move = {"moveDimension": {"source": columns(1), "destinationIndex": 4}}
    book.batch_update({"requests": [move, {"deleteDimension": {"range": columns(1)}}]})
    desk.update([["Nama Pemohon"]], "C1")
    desk.update([["Status"]], "D1")
    sandbox.answer(form, {"Nama": "Citra", "NIK": "x1", "Alamat": "Bontang"})
    assert [row[1:] for row in rows(tab(worker, form), "A1:E2")] == [
        ["Alamat", "Nama Pemohon", "NIK", "Status"],
        ["Bontang", "Citra", "x1"],
    ]


def test_a_deleted_row_comes_back_when_its_response_is_edited(
    sandbox: Sandbox, officer: gspread.Client
) -> None:
    """The response lives in the form; the sheet is a copy."""
    form = sandbox.form("Nama")
    told = sandbox.answer(form, {"Nama": "Citra"})
    tab(officer, form).delete_rows(2)
    path = f"/forms/{form['formId']}/responses/{told['responseId']}"
    assert sandbox.control("PUT", path, {"answers": {}})["row"] == 2


def test_many_at_once_each_get_a_row_of_their_own(sandbox: Sandbox, worker: gspread.Client) -> None:
    """Near-simultaneous submits made scripts write to the wrong row; the sandbox itself must not lose one."""
    form = sandbox.form("Nama")
    with ThreadPoolExecutor(8) as people:
        told = list(people.map(lambda n: sandbox.answer(form, {"Nama": f"p{n}"}), range(40)))
    assert sorted(each["row"] for each in told) == list(range(2, 42))
    names = [row[0] for row in rows(tab(worker, form), "B2:B60")]
    assert sorted(names) == sorted(f"p{n}" for n in range(40))


def test_only_those_named_may_open_the_sheet(sandbox: Sandbox, worker: gspread.Client) -> None:
    """share_with replaces the worker as the invited one; Bu Ratna owns the form."""
    form = sandbox.form("Nama", share_with=["doni@example.com"])
    with pytest.raises(PermissionError):
        worker.open_by_key(form["spreadsheetId"])
    sheets = sandbox.google("sheets.v4", "doni@example.com").spreadsheets()
    assert sheets.get(spreadsheetId=form["spreadsheetId"]).execute()["sheets"]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"Nama": "x", "Umur": "3"}, "no question is called 'Umur'"),
        ({}, "'Nama' is required"),
        ({"Nama": "x", "Agama": "Jedi"}, "'Agama': 'Jedi' is not one of the options"),
        ({"Nama": "x", "Tanggal Lahir": "5 Maret"}, "'5 Maret' is not a date"),
        ({"Nama": ["x", "y"]}, "'Nama' takes one answer"),
        ({"Nama": {"a": 1}}, "'Nama': an answer is a text or a list of texts"),
        (["Nama"], "answers must be an object"),
    ],
)
def test_a_form_lets_no_wrong_answer_through(sandbox: Sandbox, answers: Any, why: str) -> None:
    """A clear 400, and no row."""
    form = sandbox.form(*QUESTIONS)
    path = f"/_sandbox/forms/{form['formId']}/responses"
    status, told = sandbox.call("POST", path, {"answers": answers})
    assert (status, told["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert told["error"]["message"].startswith(why)
    assert (
        sandbox.google("forms.v1").forms().responses().list(formId=form["formId"]).execute() == {}
    )


def test_the_forms_api_shows_questions_and_responses(sandbox: Sandbox) -> None:
    """Each answer is checked against Google's schema; the worker may read what was shared with it."""
    form = sandbox.form(*QUESTIONS, collect_email=True)
    for number in range(3):
        sandbox.answer(
            form, CITRA, email="citra@example.com", timestamp=f"2026-11-0{number + 1}T00:00:00Z"
        )
    forms = sandbox.google("forms.v1", "worker").forms()
    shown = forms.get(formId=form["formId"]).execute()
    assert shown["linkedSheetId"] == form["spreadsheetId"]
    asked = {i["title"]: i["questionItem"]["question"] for i in shown["items"]}
    assert asked["Nama"]["required"] is True
    assert asked["Agama"]["choiceQuestion"] == {
        "type": "DROP_DOWN",
        "options": [{"value": "Islam"}, {"value": "Hindu"}],
    }
    responses = forms.responses()
    page = responses.list(formId=form["formId"], pageSize=2).execute()
    rest = responses.list(
        formId=form["formId"], pageSize=2, pageToken=page["nextPageToken"]
    ).execute()
    assert (len(page["responses"]), len(rest["responses"])) == (2, 1)
    assert "nextPageToken" not in rest
    later = responses.list(
        formId=form["formId"], filter="timestamp > 2026-11-02T00:00:00Z"
    ).execute()
    (last,) = later["responses"]
    assert last == rest["responses"][0]
    given = last["answers"][asked["Lampiran"]["questionId"]]["textAnswers"]["answers"]
    assert given == [{"value": "KTP"}, {"value": "KK"}]
    file = last["answers"][asked["Foto KTP"]["questionId"]]["fileUploadAnswers"]["answers"][0]
    assert file["fileId"] == "1a"
    one = responses.get(formId=form["formId"], responseId=last["responseId"]).execute()
    assert one["respondentEmail"] == "citra@example.com"
    with pytest.raises(HttpError) as refusal:
        responses.list(formId=form["formId"], filter="email = x").execute()
    assert errors(refusal.value)[0] == 400
    doni = sandbox.google("forms.v1", "doni@example.com").forms()
    with pytest.raises(HttpError) as refusal:
        doni.responses().list(formId=form["formId"]).execute()
    assert errors(refusal.value)[0] == 403
