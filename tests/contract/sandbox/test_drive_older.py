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
    for q in ("title = 'Catatan'", 'title = "Catatan"'):
        listed = older.files().list(q=q).execute()["items"]
        assert [item["id"] for item in listed] == [made["id"]]
    older.files().trash(fileId=made["id"]).execute()
    assert newer.files().get(fileId=made["id"], fields="trashed").execute() == {"trashed": True}
    older.files().delete(fileId=made["id"]).execute()
    with pytest.raises(HttpError) as caught:
        newer.files().get(fileId=made["id"]).execute()
    assert caught.value.resp.status == 404


def test_v2_tells_who_may_only_when_it_is_asked(opened: Callable[[str], Any]) -> None:
    """Clients take the absence of `permissions` as "not fetched yet"."""
    files = opened("drive.v2").files()
    made = files.insert(body={"title": "Catatan"}).execute()
    assert "permissions" not in made
    assert "permissions" not in files.get(fileId=made["id"]).execute()
    listed = files.list(q=f"title = '{made['title']}'").execute()["items"]
    assert all("permissions" not in each for each in listed)
    asked = files.get(fileId=made["id"], fields="permissions").execute()
    assert [each["role"] for each in asked["permissions"]] == ["owner"]
    everything = files.get(fileId=made["id"], fields="*").execute()
    assert (everything["hasThumbnail"], everything["thumbnailVersion"]) == (False, "0")
    assert everything["permissions"]


@pytest.mark.parametrize(("version", "name"), [("v2", "items"), ("v3", "permissions")])
def test_the_newest_permission_comes_first(
    opened: Callable[[str], Any], version: str, name: str
) -> None:
    """The owner, who was there from the beginning, comes last."""
    drive, newer = opened(f"drive.{version}"), opened("drive.v3")
    file_id = newer.files().create(body={"name": "Catatan"}).execute()["id"]
    newer.permissions().create(fileId=file_id, body={"type": "anyone", "role": "reader"}).execute()
    citra = {"type": "user", "role": "reader", "emailAddress": "citra@example.com"}
    newer.permissions().create(fileId=file_id, body=citra).execute()
    listed = drive.permissions().list(fileId=file_id).execute()[name]
    assert [each["type"] for each in listed] == ["user", "anyone", "user"]
    assert listed[-1]["role"] == "owner"


def test_a_file_has_the_revision_that_it_holds_now(opened: Callable[[str], Any]) -> None:
    """Its id is the file's head revision, its content the file's; another content is another revision."""
    newer, older = opened("drive.v3"), opened("drive.v2")
    media = MediaInMemoryUpload(b"satu", mimetype="text/plain")
    file_id = newer.files().create(body={"name": "Catatan"}, media_body=media).execute()["id"]
    (first,) = newer.revisions().list(fileId=file_id, fields="*").execute()["revisions"]
    head = newer.files().get(fileId=file_id, fields="headRevisionId").execute()
    assert (first["id"], first["size"]) == (head["headRevisionId"], "4")
    assert newer.revisions().get_media(fileId=file_id, revisionId=first["id"]).execute() == b"satu"
    (same,) = older.revisions().list(fileId=file_id).execute()["items"]
    assert (same["id"], same["fileSize"]) == (first["id"], "4")
    assert older.revisions().get(fileId=file_id, revisionId="head").execute()["id"] == first["id"]

    other = MediaInMemoryUpload(b"dua", mimetype="text/plain")
    newer.files().update(fileId=file_id, media_body=other).execute()
    (second,) = newer.revisions().list(fileId=file_id).execute()["revisions"]
    assert second["id"] != first["id"]
    with pytest.raises(HttpError) as caught:
        newer.revisions().get(fileId=file_id, revisionId=first["id"]).execute()
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
