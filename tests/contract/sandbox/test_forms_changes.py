"""A form that is changed while answers come in: its questions through the Forms API, its sheet by officers."""

from typing import Any

import gspread
import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.rooms import CITRA, DONI
from tests.contract.sandbox.test_forms import rows, tab

TEXT: dict[str, Any] = {"questionItem": {"question": {"textQuestion": {}}}}
AGAMA = {
    "choiceQuestion": {"type": "DROP_DOWN", "options": [{"value": "Islam"}, {"value": "Hindu"}]}
}


class Form:
    """Bu Ratna's form, as she changes it."""

    def __init__(self, sandbox: Sandbox, *questions: Any, **options: Any) -> None:
        self.sandbox, self.made = sandbox, sandbox.form(*questions, **options)
        self.api = sandbox.google("forms.v1").forms()

    def change(self, *requests: dict[str, Any], **options: Any) -> dict[str, Any]:
        body = {"requests": list(requests), **options}
        told: dict[str, Any] = self.api.batchUpdate(formId=self.made["formId"], body=body).execute()
        return told

    def get(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(formId=self.made["formId"]).execute()
        return found

    def titles(self) -> list[str]:
        return [item["title"] for item in self.get().get("items", [])]

    def answer(self, answers: dict[str, Any], **options: Any) -> dict[str, Any]:
        return self.sandbox.answer(self.made, answers, **options)


def at(index: int) -> dict[str, int]:
    return {"index": index}


def create(title: str, index: int, kind: dict[str, Any] | None = None) -> dict[str, Any]:
    item = {"title": title, "questionItem": {"question": kind or {"textQuestion": {}}}}
    return {"createItem": {"item": item, "location": at(index)}}


def rename(index: int, title: str) -> dict[str, Any]:
    return {"updateItem": {"item": {"title": title}, "location": at(index), "updateMask": "title"}}


def delete(index: int) -> dict[str, Any]:
    return {"deleteItem": {"location": at(index)}}


def test_an_added_question_gets_a_column_beside_the_forms_others(
    sandbox: Sandbox, officer: gspread.Client
) -> None:
    """Wherever it stands in the form: to the right of the form's columns, and the officers' move on."""
    form = Form(sandbox, "Nama", "Alamat")
    form.answer({"Nama": "Citra", "Alamat": "Bontang"})
    desk = tab(officer, form.made)
    desk.update([["Keputusan"], ["Setujui"]], "D1")
    told = form.change(create("Agama", 1, AGAMA))
    assert form.titles() == ["Nama", "Agama", "Alamat"]
    form.answer({"Nama": "Doni", "Agama": "Hindu", "Alamat": "Sangatta"})

    assert [row[1:] for row in rows(desk, "A1:E3")] == [
        ["Nama", "Alamat", "Agama", "Keputusan"],
        ["Citra", "Bontang", "", "Setujui"],
        ["Doni", "Sangatta", "Hindu"],
    ]
    (item,) = (item for item in form.get()["items"] if item["title"] == "Agama")
    assert item["itemId"] == told["replies"][0]["createItem"]["itemId"]
    assert item["questionItem"]["question"]["choiceQuestion"] == AGAMA["choiceQuestion"]


def test_a_renamed_question_renames_its_header(sandbox: Sandbox, officer: gspread.Client) -> None:
    """Wherever officers have moved the column; the answers stay in it, other headers are left alone."""
    form = Form(sandbox, "Nama", "Alamat")
    form.answer({"Nama": "Citra", "Alamat": "Bontang"})
    desk = tab(officer, form.made)
    there = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    desk.spreadsheet.batch_update(
        {"requests": [{"moveDimension": {"source": there, "destinationIndex": 3}}]}
    )
    desk.update([["Alamat rumah"]], "B1")
    form.change(rename(0, "Nama Lengkap"))

    assert [row[1:] for row in rows(desk, "A1:C2")] == [
        ["Alamat rumah", "Nama Lengkap"],
        ["Bontang", "Citra"],
    ]
    form.answer({"Nama Lengkap": "Doni"})
    assert rows(desk, "C3:C3") == [["Doni"]]


def test_a_deleted_question_keeps_its_column(sandbox: Sandbox, officer: gspread.Client) -> None:
    """What was answered is not lost; one asked anew under the same title gets a column of its own."""
    form = Form(sandbox, "Nama", "Alamat", "NIK")
    form.answer({"Nama": "Citra", "Alamat": "Bontang", "NIK": "x1"})
    form.change(delete(1))
    form.answer({"Nama": "Doni", "NIK": "x2"})
    desk = tab(officer, form.made)
    assert [row[1:] for row in rows(desk, "A1:D3")] == [
        ["Nama", "Alamat", "NIK"],
        ["Citra", "Bontang", "x1"],
        ["Doni", "", "x2"],
    ]
    form.change(create("Alamat", 2))
    assert rows(desk, "A1:F1") == [["Timestamp", "Nama", "Alamat", "NIK", "Alamat"]]


def test_two_questions_may_bear_one_title(sandbox: Sandbox, officer: gspread.Client) -> None:
    """Each has its column; who answers says which is meant, by its id."""
    form = Form(sandbox, "Nama", "Nama")
    (told,) = sandbox.control("GET", "/forms")["forms"]
    father, mother = (question["questionId"] for question in told["questions"])
    form.answer({father: "Yohanes", mother: "Maria"})
    assert [row[1:] for row in rows(tab(officer, form.made), "A1:C2")] == [
        ["Nama", "Nama"],
        ["Yohanes", "Maria"],
    ]
    path = f"/_sandbox/forms/{form.made['formId']}/responses"
    status, refused = sandbox.call("POST", path, {"answers": {"Nama": "siapa?"}})
    assert status == 400
    assert father in refused["error"]["message"]


def test_the_control_room_tells_the_questions_in_their_order(sandbox: Sandbox) -> None:
    """With the ids of the Forms API, so that both can be asked about the same question."""
    form = Form(sandbox, "Nama", "NIK")
    form.change({"moveItem": {"originalLocation": at(1), "newLocation": at(0)}})
    (told,) = sandbox.control("GET", "/forms")["forms"]
    shown = [
        (item["questionItem"]["question"]["questionId"], item["title"])
        for item in form.get()["items"]
    ]
    assert [title for _, title in shown] == ["NIK", "Nama"]
    assert [(each["questionId"], each["title"]) for each in told["questions"]] == shown


def test_a_form_whose_tab_was_deleted_goes_on_without_it(
    sandbox: Sandbox, officer: gspread.Client
) -> None:
    """The responses are the form's; no other tab is written to."""
    form = Form(sandbox, "Nama")
    book = tab(officer, form.made).spreadsheet
    other = book.add_worksheet("Lain", 5, 5)
    book.del_worksheet(tab(officer, form.made))
    assert form.answer({"Nama": "Citra"})["row"] is None
    form.change(create("NIK", 1))
    assert "linkedSheetId" not in form.get()
    assert other.get_all_values() in ([], [[]])
    answered = form.api.responses().list(formId=form.made["formId"]).execute()["responses"]
    assert len(answered) == 1


def test_a_mask_changes_only_what_it_names(sandbox: Sandbox) -> None:
    """Required is set, options are replaced, the ids and the title stay."""
    question = {"title": "Agama", "type": "dropdown", "options": ["Islam", "Hindu"]}
    form = Form(sandbox, question)
    before = form.get()["items"][0]
    item = {
        "title": "tidak dipakai",
        "questionItem": {
            "question": {
                "required": True,
                "choiceQuestion": {"type": "RADIO", "options": [{"value": "Buddha"}]},
            }
        },
    }
    mask = "questionItem.question.required,questionItem.question.choiceQuestion.options"
    form.change({"updateItem": {"item": item, "location": at(0), "updateMask": mask}})
    after = form.get()["items"][0]
    asked = after["questionItem"]["question"]
    assert (after["title"], after["itemId"]) == ("Agama", before["itemId"])
    assert asked["questionId"] == before["questionItem"]["question"]["questionId"]
    assert asked["required"] is True
    assert asked["choiceQuestion"] == {"type": "DROP_DOWN", "options": [{"value": "Buddha"}]}
    form.change({"updateFormInfo": {"info": {"title": "Baru"}, "updateMask": "title"}})
    assert form.get()["info"]["title"] == "Baru"


def test_addresses_may_be_collected_from_now_on(sandbox: Sandbox, officer: gspread.Client) -> None:
    """The setting makes the column, and the form insists on an address."""
    form = Form(sandbox, "Nama")
    settings = {"emailCollectionType": "RESPONDER_INPUT"}
    form.change({"updateSettings": {"settings": settings, "updateMask": "emailCollectionType"}})
    form.answer({"Nama": "Citra"}, email=CITRA)
    assert [row[1:] for row in rows(tab(officer, form.made), "A1:C2")] == [
        ["Nama", "Email Address"],
        ["Citra", CITRA],
    ]


def test_a_batch_is_all_or_nothing(sandbox: Sandbox) -> None:
    """The second of three fails: none has happened, and the revision is the old one."""
    form = Form(sandbox, "Nama")
    before = form.get()
    with pytest.raises(HttpError) as caught:
        form.change(create("NIK", 0), delete(7), create("Alamat", 0))
    assert caught.value.status_code == 400
    assert "requests[1]" in str(caught.value)
    assert form.get() == before


def test_a_change_of_a_form_that_others_changed_is_refused(sandbox: Sandbox) -> None:
    """With the revision that one saw, nobody overwrites the other."""
    form = Form(sandbox, "Nama")
    seen = form.get()["revisionId"]
    told = form.change(create("NIK", 1), writeControl={"requiredRevisionId": seen})
    assert told["writeControl"]["requiredRevisionId"] == form.get()["revisionId"] != seen
    with pytest.raises(HttpError) as caught:
        form.change(create("Agama", 1), writeControl={"requiredRevisionId": seen})
    assert caught.value.status_code == 400


def test_a_reader_cannot_change_a_form(sandbox: Sandbox) -> None:
    """Doni was not invited, the worker may write."""
    form = Form(sandbox, "Nama")
    body = {"requests": [create("NIK", 1)]}
    with pytest.raises(HttpError) as caught:
        sandbox.google("forms.v1", DONI).forms().batchUpdate(
            formId=form.made["formId"], body=body
        ).execute()
    assert caught.value.status_code == 403


SCALE = {"scaleQuestion": {"low": 1, "high": 5}}
GRID = {"questionGroupItem": {"questions": [{"rowQuestion": {"title": "Ramah"}}]}}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (create("Nilai", 0, SCALE), 501),
        (create("Nilai", 0, {"ratingQuestion": {"ratingScaleLevel": 5}}), 501),
        ({"createItem": {"item": {"title": "Kisi", **GRID}, "location": at(0)}}, 501),
        ({"createItem": {"item": {"pageBreakItem": {}}, "location": at(0)}}, 501),
        (create("Lain", 0, {"choiceQuestion": {"type": "RADIO", "options": [{"isOther": True}]}}), 501),
        (create("Ulang tahun", 0, {"dateQuestion": {}}), 501),
        (create("KTP", 0, {"fileUploadQuestion": {"folderId": "1"}}), 400),
        (create("Dua", 0, {"textQuestion": {}, "dateQuestion": {"includeYear": True}}), 400),
        (create("Dua\nbaris", 0), 400),
        (create("Pilih", 0, {"choiceQuestion": {"type": "RADIO"}}), 400),
        (create("Pilih", 0, {"choiceQuestion": {"type": "RADIO", "options": "x"}}), 400),
        ({"createItem": {"item": {"title": "Nama", **TEXT}}}, 400),
        ({"createItem": {"item": 5, "location": at(0)}}, 400),
        ({"createItem": 5}, 400),
        ({"updateItem": {"item": {"title": "x"}, "location": at(0)}}, 400),
        ({"updateItem": {"item": [], "location": at(0), "updateMask": "*"}}, 400),
        ({"updateItem": {"item": {}, "location": at(0), "updateMask": "questionItem.question.x.y"}}, 400),
        ({"deleteItem": {"location": at(1)}}, 400),
        ({"deleteItem": {"location": {"index": True}}}, 400),
        ({"moveItem": {"originalLocation": at(0), "newLocation": at(9)}}, 400),
        ({"updateFormInfo": {"info": {"title": ""}, "updateMask": "title"}}, 400),
        ({"updateSettings": {"settings": {"quizSettings": {"isQuiz": True}}, "updateMask": "*"}}, 501),
        ({"burnForm": {}}, 400),
        ({}, 400),
        ("x", 400),
    ],
)  # fmt: skip
def test_what_a_form_cannot_become_is_refused(sandbox: Sandbox, request_: Any, status: int) -> None:
    """Google's 400 for nonsense, 501 with a name for what only Google has; the form stays as it is."""
    form = Form(sandbox, "Nama")
    before = form.get()
    path = f"/v1/forms/{form.made['formId']}:batchUpdate"
    answered, told = sandbox.call(
        "POST", path, {"requests": [request_]}, token=sandbox.token("officer")
    )
    assert answered == status, told
    assert "Error" not in told["error"]["message"]
    assert form.get() == before


@pytest.mark.parametrize("kind", ["scale", "grid", "rating", 5])
def test_the_control_room_makes_no_question_that_it_does_not_know(
    sandbox: Sandbox, kind: Any
) -> None:
    """It lists those that there are."""
    body = {"title": "Formulir", "questions": [{"title": "Nilai", "type": kind}]}
    status, told = sandbox.call("POST", "/_sandbox/forms", body)
    assert status == 400
    assert "'checkbox'" in told["error"]["message"]


def test_a_response_finds_its_place_above_many_rows_added_by_hand(
    sandbox: Sandbox, officer: gspread.Client
) -> None:
    """More rows than are looked at in one go; a row deleted by an officer does not lead astray."""
    form = Form(sandbox, "Nama")
    for name in ("Citra", "Ani", "Budi"):
        form.answer({"Nama": name})
    desk = tab(officer, form.made)
    desk.append_rows([["", f"loket {number}"] for number in range(2000)])
    desk.delete_rows(4)
    assert form.answer({"Nama": "Dewi"})["row"] == 4
    assert form.answer({"Nama": "Eka"})["row"] == 5
    assert [row[1] for row in rows(desk, "A2:B6")] == ["Citra", "Ani", "Dewi", "Eka", "loket 0"]
