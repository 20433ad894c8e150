"""The form behind the sheet: what is wrong with it is provoked, and its remedy shown."""

import dataclasses

import requests

from sync.cli.doctor.finding import Finding, Level
from tests.acceptance.conftest import Office
from tests.acceptance.doctor.conftest import diagnose, fails, new_form, serves, worker
from tests.unit.cli.remedies import shown


def asks(office: Office, form: str = "") -> dict[str, Finding]:
    serves(office, then=f"form: {form or office.form['formId']}\n")
    return diagnose(office, "form domisili")


def test_a_form_in_order_and_another_one(office: Office) -> None:
    """Whose answers go elsewhere."""
    assert asks(office) == {}
    found = asks(office, new_form(office)["formId"])["form-sheet-lain"]
    assert "Tautkan ke Spreadsheet" in shown(found)


def test_a_form_that_loket_may_not_read(office: Office) -> None:
    """A warning: the service runs without."""
    fails(office, "forms.forms.get", "403")
    found = asks(office)["form-tidak-terbaca"]
    assert found.level is Level.WARNING
    assert f"masukkan {worker(office)}" in shown(found)


def test_a_form_that_collects_no_address(office: Office) -> None:
    """Nobody would get a letter; one that collects it by itself is well."""
    for collects in (True, False):
        asked = [{"title": title, "type": "text"} for title in ("Nama Lengkap", "NIK", "Alamat")]
        body = {"title": "Domisili", "questions": asked, "collect_email": collects}
        answer = requests.post(f"{office.url}/_sandbox/forms", json=body, timeout=30)
        office = dataclasses.replace(office, form=answer.json())
        found = asks(office)
        assert list(found) == ([] if collects else ["form-tanpa-email"])
    assert "Kumpulkan alamat email" in shown(found["form-tanpa-email"])


def test_a_form_that_takes_no_answers(office: Office) -> None:
    """A warning: it may be meant."""
    closed = {"publishState": {"isPublished": True}}  # Google leaves out what is false
    fails(office, "forms.forms.get", "tell", tell={"publishSettings": closed})
    found = asks(office)
    assert list(found) == ["form-tertutup"]
    assert found["form-tertutup"].level is Level.WARNING
    assert "Menerima jawaban" in shown(found["form-tertutup"])


def test_the_forms_api_is_not_switched_on(office: Office) -> None:
    """The remedy is not to share the form once more."""
    fails(office, "forms.forms.get", "403-disabled")
    assert "“Google Forms API”" in shown(asks(office)["api-belum-aktif"])


def test_a_question_was_renamed(office: Office) -> None:
    """In the form alone, by its owner."""
    form = new_form(office, {"title": "Pekerjaan", "type": "text"})
    office = dataclasses.replace(office, form=form)
    url = f"https://forms.googleapis.com/v1/forms/{form['formId']}"
    item = office.officer.request("GET", url).json()["items"][4]
    item["title"] = "Pekerjaan Sekarang"
    change = {"item": item, "location": {"index": 4}, "updateMask": "title"}
    body = {"requests": [{"updateItem": change}]}
    office.officer.request("POST", f"{url}:batchUpdate", json=body)
    serves(
        office,
        then=f"form: {form['formId']}\n",
        alamat="kerja: {question: Pekerjaan, type: text}\n  alamat",
    )
    found = diagnose(office, "form domisili")["form-pertanyaan"]
    assert '"Pekerjaan Sekarang"' in found.found
    assert "“Pekerjaan”" in shown(found)
