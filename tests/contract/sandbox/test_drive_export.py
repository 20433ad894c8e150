"""A spreadsheet as a file: by Drive's export, and by the spreadsheet's own address."""

import io
import json
from collections.abc import Callable
from typing import Any

import httplib2
import openpyxl
import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox.rooms import CITRA, DONI, RATNA, Google, errors, service

SHEET = "application/vnd.google-apps.spreadsheet"


@pytest.fixture
def book(google: Google) -> str:
    """Bu Ratna's spreadsheet with two sheets, the second with the id 7."""
    sheets = service("sheets.v4", google.url, google.token(RATNA)).spreadsheets()
    titles = [{"properties": {"title": "Satu", "sheetId": 0}}]
    titles.append({"properties": {"title": "Dua", "sheetId": 7}})
    body = {"properties": {"title": "Daftar pemohon"}, "sheets": titles}
    book_id = str(sheets.create(body=body).execute()["spreadsheetId"])
    for title, name in (("Satu", "Citra, A."), ("Dua", "Yohanes")):
        sheets.values().update(
            spreadsheetId=book_id,
            range=f"{title}!A1",
            valueInputOption="RAW",
            body={"values": [["Nama", "Umur"], [name, 36]]},
        ).execute()
    sheets.close()
    return book_id


def export(google: Google, book: str, query: str, account: str = RATNA) -> tuple[Any, bytes]:
    http = httplib2.Http(timeout=5)
    headers = {"Authorization": f"Bearer {google.token(account)}"} if account else {}
    try:
        answer: tuple[Any, bytes] = http.request(
            f"{google.url}/spreadsheets/d/{book}/export?{query}", headers=headers
        )
        return answer
    finally:
        http.close()


@pytest.mark.parametrize(
    ("query", "kind", "text"),
    [
        ("format=csv", "text/csv", 'Nama,Umur\r\n"Citra, A.",36'),
        ("format=csv&gid=7", "text/csv", "Nama,Umur\r\nYohanes,36"),
        ("format=csv&gid=7&range=A2:A2", "text/csv", "Yohanes"),
        ("format=tsv&gid=0", "text/tab-separated-values", "Nama\tUmur\r\nCitra, A.\t36"),
    ],
)
def test_one_sheet_comes_as_text(
    google: Google, book: str, query: str, kind: str, text: str
) -> None:
    """The first sheet, or the one that `gid` names."""
    answer, content = export(google, book, query)
    assert (answer.status, answer["content-type"].partition(";")[0]) == (200, kind)
    assert content.decode() == text
    assert "Daftar%20pemohon%20-%20" in answer["content-disposition"]


@pytest.mark.parametrize("query", ["format=xlsx", "format=xlsx&gid=7", "exportFormat=xlsx", ""])
def test_the_workbook_holds_every_sheet(google: Google, book: str, query: str) -> None:
    """Excel's format has room for them all, whatever `gid` says."""
    answer, content = export(google, book, query)
    assert answer.status == 200
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["Satu", "Dua"]


@pytest.mark.parametrize(
    ("account", "status"), [(DONI, 403), ("", 401)], ids=["a stranger", "nobody"]
)
def test_who_may_not_see_it_gets_nothing(
    google: Google, book: str, account: str, status: int
) -> None:
    """Doni must never see Citra's data, and without a token one is nobody."""
    answer, content = export(google, book, "format=csv", account)
    assert answer.status == status
    assert b"Citra" not in content


def test_what_anyone_may_see_needs_no_token(
    google: Google, drive_of: Callable[..., Any], book: str
) -> None:
    """A sheet that is open to everybody with the link is open to programs, too."""
    grant = {"type": "anyone", "role": "reader"}
    drive_of(RATNA).permissions().create(fileId=book, body=grant).execute()
    assert export(google, book, "format=csv", "")[0].status == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("format=csv&gid=99", 400),
        ("format=csv&gid=x", 400),
        ("format=doc", 400),
        ("format=pdf", 501),
    ],
)
def test_what_is_not_there_is_refused(google: Google, book: str, query: str, status: int) -> None:
    """An unknown sheet or format never gives another one."""
    assert export(google, book, query)[0].status == status
    assert export(google, "1" * 44, "format=csv")[0].status == 404


@pytest.mark.parametrize(
    "mime",
    [
        "application/pdf",
        "application/zip",
        "application/x-vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ],
)
def test_a_conversion_of_googles_that_is_missing_says_whose_fault_it_is(
    drive_of: Callable[..., Any], book: str, mime: str
) -> None:
    """Google makes these; the refusal must not look like Google's own."""
    with pytest.raises(HttpError) as caught:
        drive_of(RATNA).files().export(fileId=book, mimeType=mime).execute()
    assert caught.value.status_code == 501
    assert json.loads(caught.value.content)["error"]["message"] == (
        f"The sandbox does not have the export of {SHEET} to {mime}."
    )


def test_a_conversion_that_google_does_not_make_either_is_refused_as_google_does(
    drive_of: Callable[..., Any], book: str
) -> None:
    """A spreadsheet is no picture."""
    with pytest.raises(HttpError) as caught:
        drive_of(RATNA).files().export(fileId=book, mimeType="image/png").execute()
    assert errors(caught.value)[0] == 400


@pytest.mark.parametrize(
    "kind", ["application/vnd.google-apps.document", "application/vnd.google-apps.presentation"]
)
def test_a_google_document_that_the_sandbox_lacks_is_refused_by_name(
    drive_of: Callable[..., Any], kind: str
) -> None:
    """Neither made empty nor kept as a plain file."""
    with pytest.raises(HttpError) as caught:
        drive_of(CITRA).files().create(body={"name": "Surat", "mimeType": kind}).execute()
    assert caught.value.status_code == 501
    assert kind in json.loads(caught.value.content)["error"]["message"]
