"""The form's sheet: every wrong turn is answered with what to do."""

import re

import pytest

from tests.acceptance.assistant.steps import look_at, to_google, told
from tests.assisting import WORKER, Assistant, LocalGoogle


def test_a_wrong_link_is_told_apart(assistant: Assistant) -> None:
    """What was pasted, and what to paste instead; nothing is asked of Google for it."""
    for link, says in {
        "": "tempel tautan",
        "halo dunia": "bukan tautan Google Sheet",
        "https://docs.google.com/forms/d/1abcdefghijklmnop/edit": "tautan formulir",
        "https://forms.gle/abc": "tautan formulir",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1abcdefgh/pubhtml": "terbitan web",
        "https://drive.google.com/drive/folders/1abcdefghijklmnop": "tautan Google Drive",
        "https://docs.google.com/document/d/1abcdefghijklmnop/edit": "Google Dokumen",
    }.items():
        answer = look_at(assistant, link)
        assert answer.status_code == 422
        assert says in told(answer)


def test_the_forms_public_link_is_no_editors_link(
    assistant: Assistant, google: LocalGoogle
) -> None:
    form = google.form()
    answer = look_at(
        assistant,
        form["spreadsheetUrl"],
        "https://docs.google.com/forms/d/e/1FAIpQLSabcdefgh/viewform",
    )
    assert "berakhir /edit" in told(answer)


def test_a_sheet_that_is_not_shared_names_the_account(
    assistant: Assistant, google: LocalGoogle
) -> None:
    """To copy into the sheet's sharing; once that is done, the same form goes through."""
    to_google(assistant, google)
    form = google.form(share_with=())
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert f"bagikan kepada {WORKER}" in told(answer)
    share = f"/drive/v3/files/{form['spreadsheetId']}/permissions"
    google.sheets("POST", share, {"type": "user", "role": "reader", "emailAddress": WORKER})
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert "hanya dapat melihat" in told(answer)
    google.sheets("POST", share, {"type": "user", "role": "writer", "emailAddress": WORKER})
    assert look_at(assistant, form["spreadsheetUrl"]).ok


@pytest.mark.parametrize(
    ("fault", "says"), [("400", "Simpan sebagai Google Spreadsheet"), ("403-disabled", "Library")]
)
def test_an_excel_file_or_an_api_that_is_off_is_told(
    assistant: Assistant, google: LocalGoogle, fault: str, says: str
) -> None:
    """An uploaded workbook has a link like any sheet's; Sheets refuses it, and the remedy is not to share it again."""
    to_google(assistant, google)
    form = google.form()
    google.control("PUT", "/faults", {"rules": [{"api": "sheets.spreadsheets.get", "do": fault}]})
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert says in told(answer)


@pytest.mark.parametrize(
    ("fault", "says"),
    [("403-disabled", "Google Forms API"), ("403-scope", "dengan semua kotak dicentang")],
)
def test_a_form_behind_an_api_that_is_off_is_not_shared_once_more(
    assistant: Assistant, google: LocalGoogle, fault: str, says: str
) -> None:
    """Else one who forgot the Forms API goes round in circles; one that is not shared is told as such."""
    to_google(assistant, google)
    form = google.form()
    link = f"https://docs.google.com/forms/d/{form['formId']}/edit"
    for do, told_so in ((fault, says), ("403", "Tambahkan kolaborator")):
        google.control("PUT", "/faults", {"rules": [{"api": "forms.forms.get", "do": do}]})
        answer = look_at(assistant, form["spreadsheetUrl"], link)
        assert answer.status_code == 422
        assert told_so in told(answer)
        assert ("kolaborator" in told(answer)) == (do == "403")


def test_a_public_sheet_is_not_taken(assistant: Assistant, google: LocalGoogle) -> None:
    """Every NIK would lie open: first it is closed, and how is told."""
    to_google(assistant, google)
    form = google.form()
    share = f"/drive/v3/files/{form['spreadsheetId']}/permissions"
    google.sheets("POST", share, {"type": "anyone", "role": "reader"})
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert "SIAPA PUN" in told(answer)
    assert "Dibatasi" in told(answer)


def test_a_form_without_email_is_told_how_to_ask_for_it(
    assistant: Assistant, google: LocalGoogle
) -> None:
    to_google(assistant, google)
    form = google.form(collect_email=False)
    seen = look_at(assistant, form["spreadsheetUrl"])
    assert "belum meminta alamat email" in told(seen)
    answer = assistant.submit(seen.url.removeprefix(assistant.url), "pakai")
    assert answer.status_code == 422
    assert "Kumpulkan alamat email" in told(answer)
    assert assistant.get("/layanan").text.count("Ke langkah Sheet jawaban")


def test_of_two_tabs_alike_a_person_chooses(assistant: Assistant, google: LocalGoogle) -> None:
    """Loket says how to tell them apart and takes neither by itself."""
    to_google(assistant, google)
    form = google.form()
    book = f"/v4/spreadsheets/{form['spreadsheetId']}"
    first = google.sheets("GET", book)["sheets"][0]["properties"]["sheetId"]
    copy = {"duplicateSheet": {"sourceSheetId": first, "newSheetName": "Form Responses 2"}}
    google.sheets("POST", f"{book}:batchUpdate", {"requests": [copy]})
    seen = look_at(assistant, form["spreadsheetUrl"])
    assert "Ada 2 tab jawaban formulir yang sama judul kolomnya" in told(seen)
    path = seen.url.removeprefix(assistant.url)
    assert "tab" not in assistant.fields(path, "pakai")
    answer = assistant.submit(path, "pakai")
    assert answer.status_code == 422
    assert "pilih tab" in told(answer)
    assert assistant.submit(path, "pakai", tab="Form Responses 2").url.endswith("/layanan")


def test_a_form_that_writes_elsewhere_is_told(assistant: Assistant, google: LocalGoogle) -> None:
    """And one that Loket may not read is optional."""
    to_google(assistant, google)
    form, other = google.form(), google.form()
    link = "https://docs.google.com/forms/d/{}/edit"
    answer = look_at(assistant, form["spreadsheetUrl"], link.format(other["formId"]))
    assert answer.status_code == 422
    assert re.search("menulis ke sheet yang lain|belum boleh membaca formulir", told(answer))
    assert look_at(assistant, form["spreadsheetUrl"]).ok
