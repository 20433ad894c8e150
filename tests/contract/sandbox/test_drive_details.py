"""What a client may say beside a file's name and content: it counts, or it is refused by name."""

import json
from collections.abc import Callable
from typing import Any

import httplib2
import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox.rooms import CITRA, RATNA, Google, errors, pdf, service

THEN = "2026-01-02T03:04:05.678Z"


@pytest.fixture
def files(drive_of: Callable[..., Any]) -> Any:
    return drive_of(RATNA).files()


def test_a_file_keeps_the_times_that_its_maker_gives(files: Any) -> None:
    """Backups carry their own time over; in another zone it is the same moment."""
    fields = "id,createdTime,modifiedTime"
    body = {"name": "Arsip", "createdTime": "2026-01-02T11:04:05.678+08:00", "modifiedTime": THEN}
    made = files.create(body=body, media_body=pdf(), fields=fields).execute()
    assert (made["createdTime"], made["modifiedTime"]) == (THEN, THEN)

    later = {"modifiedTime": "2026-02-01T00:00:00Z"}
    changed = files.update(fileId=made["id"], body=later, fields=fields).execute()
    assert (changed["createdTime"], changed["modifiedTime"]) == (THEN, "2026-02-01T00:00:00.000Z")
    renamed = files.update(fileId=made["id"], body={"name": "Lain"}, fields=fields).execute()
    assert renamed["modifiedTime"] > changed["modifiedTime"]


@pytest.mark.parametrize("given", ["kemarin", "2026-01-02", "2026-01-02T00:00:00", 5])
def test_a_time_that_is_none_is_refused(files: Any, given: Any) -> None:
    """A moment has a date, a time and a zone."""
    with pytest.raises(HttpError) as caught:
        files.create(body={"name": "Arsip", "modifiedTime": given}).execute()
    assert caught.value.status_code == 400


def test_a_file_can_be_starred_when_it_is_made(files: Any) -> None:
    """One call less, and found by the star at once."""
    made = files.create(body={"name": "Penting", "starred": True}, fields="id,starred").execute()
    assert made["starred"] is True
    found = files.list(q="starred = true").execute()["files"]
    assert [each["id"] for each in found] == [made["id"]]


def test_what_lies_in_the_bin_is_counted(files: Any, drive_of: Callable[..., Any]) -> None:
    """Programs warn before the bin is what fills the Drive."""
    made = files.create(body={"name": "Arsip"}, media_body=pdf(b"x" * 1000)).execute()
    files.update(fileId=made["id"], body={"trashed": True}).execute()
    quota = drive_of(RATNA).about().get(fields="storageQuota").execute()["storageQuota"]
    assert (quota["usage"], quota["usageInDriveTrash"]) == ("1000", "1000")


def test_what_google_can_and_the_sandbox_cannot_is_refused_by_name(
    files: Any, drive_of: Callable[..., Any]
) -> None:
    """A permission that would never expire, a list in another order: half an answer misleads."""
    made = files.create(body={"name": "Arsip"}).execute()
    grant = {"type": "user", "role": "reader", "emailAddress": CITRA, "expirationTime": THEN}
    permissions = drive_of(RATNA).permissions()
    for refused in (
        permissions.create(fileId=made["id"], body=grant),
        files.list(orderBy="viewedByMeTime desc"),
        files.list(q="visibility = 'limited'"),
    ):
        with pytest.raises(HttpError) as caught:
            refused.execute()
        assert caught.value.status_code == 501
        assert errors(caught.value)[2].startswith("The sandbox does not have ")
    assert len(permissions.list(fileId=made["id"]).execute()["permissions"]) == 1


def test_what_only_goes_to_the_trash_was_not_modified(google: Google) -> None:
    """As rclone's own tests expect it of Google; `version` tells that something happened all the same."""
    drive = service("drive.v3", google.url, google.token(RATNA)).files()
    made = drive.create(body={"name": "surat.txt"}, fields="id,modifiedTime,version").execute()
    trashed = drive.update(
        fileId=made["id"], body={"trashed": True}, fields="modifiedTime,version,trashed"
    ).execute()
    drive.close()
    assert trashed["trashed"]
    assert trashed["modifiedTime"] == made["modifiedTime"]
    assert int(trashed["version"]) > int(made["version"])


def test_words_that_other_clients_send_are_understood(google: Google) -> None:
    """R's client writes booleans in capitals and single values of an upload's metadata as lists of one."""
    drive = service("drive.v3", google.url, google.token(RATNA)).files()
    assert drive.list(q="trashed = FALSE", fields="files(id)").execute()["files"] is not None
    drive.close()
    body = (
        b'--x\r\nContent-Type: application/json\r\n\r\n{"name":["surat.txt"],"fields":["*"]}\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nisi\r\n--x--"
    )
    http = httplib2.Http(timeout=5)
    headers = {"Authorization": f"Bearer {google.token(RATNA)}"}
    headers["Content-Type"] = "multipart/related; boundary=x"
    answer, content = http.request(
        f"{google.url}/upload/drive/v3/files?uploadType=multipart", "POST", body, headers
    )
    http.close()
    assert answer.status == 200
    assert json.loads(content)["name"] == "surat.txt"
