"""Drive's older calls that clients still make: v2, comments, conversion, and many calls in one batch."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload

from tests.contract.sandbox.rooms import RATNA, Google, google_at, service

SHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = b'Nama,Umur\nCitra,36\n=1+1,"Jl. Mawar, 1"\n'


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    with google_at(tmp_path_factory.mktemp("sandbox")) as google:
        yield google


@pytest.fixture
def opened(google: Google) -> Iterator[Callable[[str], Any]]:
    made = []

    def open_service(name: str) -> Any:
        made.append(service(name, google.url, google.token(RATNA)))
        return made[-1]

    yield open_service
    for each in made:
        each.close()


def test_a_csv_becomes_a_spreadsheet_and_comes_back(opened: Callable[[str], Any]) -> None:
    """v3 converts what is uploaded as a Google document; the export has the same rows."""
    files = opened("drive.v3").files()
    media = MediaInMemoryUpload(TABLE, mimetype="text/csv")
    made = files.create(body={"name": "Daftar", "mimeType": SHEET}, media_body=media).execute()
    assert made["mimeType"] == SHEET
    back = files.export(fileId=made["id"], mimeType="text/csv").execute()
    assert back.decode().splitlines()[:2] == ["Nama,Umur", "Citra,36"]
    workbook = files.export(fileId=made["id"], mimeType=XLSX).execute()
    assert workbook.startswith(b"PK")


def test_v2_tells_and_keeps_a_file_in_its_own_words(opened: Callable[[str], Any]) -> None:
    """`title` instead of `name`, `items` instead of `files`: one file behind both."""
    older, newer = opened("drive.v2"), opened("drive.v3")
    media = MediaInMemoryUpload(b"halo", mimetype="text/plain")
    made = older.files().insert(body={"title": "Catatan"}, media_body=media).execute()
    assert made["title"] == "Catatan"
    assert newer.files().get(fileId=made["id"], fields="name").execute() == {"name": "Catatan"}
    listed = older.files().list(q="title = 'Catatan'").execute()["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    older.files().trash(fileId=made["id"]).execute()
    assert newer.files().get(fileId=made["id"], fields="trashed").execute() == {"trashed": True}
    older.files().delete(fileId=made["id"]).execute()
    with pytest.raises(HttpError) as caught:
        newer.files().get(fileId=made["id"]).execute()
    assert caught.value.resp.status == 404


def test_a_comment_is_kept_with_its_file(opened: Callable[[str], Any]) -> None:
    """Clients copy comments along with a spreadsheet."""
    drive = opened("drive.v3")
    file_id = drive.files().create(body={"name": "Catatan"}).execute()["id"]
    fields = "id,content"
    made = (
        drive.comments()
        .create(fileId=file_id, body={"content": "Periksa"}, fields=fields)
        .execute()
    )
    listed = drive.comments().list(fileId=file_id, fields="comments(id,content)").execute()
    assert listed["comments"] == [made]


def test_many_calls_travel_in_one_batch_and_each_has_its_own_answer(
    opened: Callable[[str], Any],
) -> None:
    """One that fails does not fail the others."""
    drive = opened("drive.v3")
    there = drive.files().create(body={"name": "Ada"}).execute()["id"]
    answers: dict[str, Any] = {}

    def told(request_id: str, response: Any, error: HttpError | None) -> None:
        answers[request_id] = error.resp.status if error else response["name"]

    batch = drive.new_batch_http_request(callback=told)
    batch._batch_uri = drive._baseUrl.split("/drive/")[0] + "/batch/drive/v3"
    batch.add(drive.files().get(fileId=there, fields="name"), request_id="ada")
    batch.add(drive.files().get(fileId="1" * 33, fields="name"), request_id="tidak")
    batch.execute()
    assert answers == {"ada": "Ada", "tidak": 404}
