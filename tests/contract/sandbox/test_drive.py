"""The sandbox's files: made once, read back, found again. Through Google's own client."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, MediaInMemoryUpload

from tests.contract.sandbox.rooms import (
    LETTER,
    RATNA,
    Google,
    errors,
    fetch,
    google_at,
    pdf,
    read,
    service,
)


@pytest.fixture
def ratna(drive_of: Callable[..., Any]) -> Any:
    return drive_of(RATNA)


def refusal(request: Any) -> tuple[int, str, str]:
    with pytest.raises(HttpError) as refused:
        request.execute()
    return errors(refused.value)


# -- one file, once -----------------------------------------------------------------------------------------------


def test_a_letter_comes_back_byte_for_byte(ratna: Any) -> None:
    """A multipart upload holds line ends of both kinds; none may be mended on the way."""
    made = (
        ratna.files().create(body={"name": "SKD Citra.pdf"}, media_body=pdf(), fields="*").execute()
    )
    assert made["size"] == str(len(LETTER))
    assert made["mimeType"] == "application/pdf"
    assert read(ratna, made["id"]) == LETTER


def test_a_create_with_a_chosen_id_happens_once(ratna: Any) -> None:
    """The answer to an upload may be lost: the repeat is told 409 and can be sure the file is there."""
    (file_id,) = ratna.files().generateIds(count=1).execute()["ids"]
    body = {"id": file_id, "name": "SKD Citra.pdf"}
    ratna.files().create(body=body, media_body=pdf()).execute()
    assert refusal(ratna.files().create(body=body, media_body=pdf())) == (
        409,
        "fileIdInUse",
        "A file already exists with the provided ID.",
    )
    assert len(ratna.files().list().execute()["files"]) == 1


def test_an_invented_id_is_refused(ratna: Any) -> None:
    """Only generateIds gives ids, so a program that makes up its own is found out here and not at the office."""
    code, _, message = refusal(ratna.files().create(body={"id": "citra-1", "name": "x"}))
    assert (code, message) == (400, "The provided file ID is not usable.")


def test_a_lost_answer_leaves_the_file(google: Google, ratna: Any) -> None:
    """Drive stored the file, the connection died before the answer: guarantee 1 stands on this."""
    (file_id,) = ratna.files().generateIds(count=1).execute()["ids"]
    google.fails({"api": "drive.files.create", "do": "drop-after"})
    # httplib2 repeats on its own, and then hears the 409 that a retry of ours would hear
    with pytest.raises((OSError, HttpError)):
        ratna.files().create(body={"id": file_id, "name": "a"}, media_body=pdf()).execute()
    google.fails()
    assert ratna.files().get(fileId=file_id).execute()["name"] == "a"
    assert len(ratna.files().list().execute()["files"]) == 1


def test_text_survives_in_names_and_properties(ratna: Any) -> None:
    """Names of citizens are not ASCII, and a property is how a file is found again."""
    name = "Surat – Nguyễn 'Sri' \\ \"Ayu\".pdf"
    body = {"name": name, "appProperties": {"ref": "SKD-26-0004F7"}, "properties": {"k": "é"}}
    made = ratna.files().create(body=body, fields="id,name,appProperties,properties").execute()
    assert made == {"id": made["id"], **body}
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    found = ratna.files().list(q=f"name = '{quoted}'").execute()["files"]
    assert [each["id"] for each in found] == [made["id"]]


def test_a_mask_cuts_the_answer(ratna: Any) -> None:
    """`fields` is how a poll stays small; a misspelt field is refused instead of silently missing."""
    made = ratna.files().create(body={"name": "a"}, fields="id,owners/emailAddress").execute()
    assert made == {"id": made["id"], "owners": [{"emailAddress": RATNA}]}
    assert set(ratna.files().get(fileId=made["id"]).execute()) == {"kind", "id", "name", "mimeType"}
    assert refusal(ratna.files().get(fileId=made["id"], fields="id,modifiedtime"))[:2] == (
        400,
        "invalidParameter",
    )


def test_version_and_time_move_with_every_change(ratna: Any) -> None:
    """The worker asks for these two before it reads a sheet."""
    made = ratna.files().create(body={"name": "a"}, fields="id,version,modifiedTime").execute()
    after = (
        ratna.files()
        .update(fileId=made["id"], body={"name": "b"}, fields="version,modifiedTime,name")
        .execute()
    )
    assert after["name"] == "b"
    assert int(after["version"]) > int(made["version"])
    assert after["modifiedTime"] >= made["modifiedTime"]


def test_new_content_replaces_the_old(ratna: Any) -> None:
    """An update with media keeps the id and the link."""
    made = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()
    ratna.files().update(fileId=made["id"], media_body=pdf(b"%PDF-2")).execute()
    assert read(ratna, made["id"]) == b"%PDF-2"


def test_a_property_set_to_null_goes(ratna: Any) -> None:
    made = ratna.files().create(body={"name": "a", "appProperties": {"a": "1", "b": "2"}}).execute()
    after = (
        ratna.files()
        .update(fileId=made["id"], body={"appProperties": {"a": None}}, fields="appProperties")
        .execute()
    )
    assert after == {"appProperties": {"b": "2"}}


def test_a_copy_is_a_file_of_its_own(ratna: Any) -> None:
    made = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()
    copy = ratna.files().copy(fileId=made["id"], body={"name": "b"}).execute()
    ratna.files().delete(fileId=made["id"]).execute()
    assert read(ratna, copy["id"]) == LETTER
    assert refusal(ratna.files().get(fileId=made["id"])) == (
        404,
        "notFound",
        f"File not found: {made['id']}.",
    )


def test_a_part_of_a_file_can_be_asked_for(google: Google, ratna: Any) -> None:
    """Range is how a broken download goes on; beyond the end there is nothing."""
    made = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()
    assert read(ratna, made["id"], chunk_bytes=1000) == LETTER
    answers = []
    for wanted in ("bytes=10-19", "bytes=-5", f"bytes={len(LETTER)}-"):
        request = ratna.files().get_media(fileId=made["id"])
        response, content = request.http.request(request.uri, headers={"range": wanted})
        answers.append((response.status, content, response.get("content-range")))
    size = len(LETTER)
    assert answers == [
        (206, LETTER[10:20], f"bytes 10-19/{size}"),
        (206, LETTER[-5:], f"bytes {size - 5}-{size - 1}/{size}"),
        (416, b"", f"bytes */{size}"),
    ]


# -- resumable ----------------------------------------------------------------------------------------------------

CHUNK_BYTES = 256 * 1024
BIG = bytes(range(256)) * 3000  # two chunks and a rest


@pytest.mark.parametrize("cut", ["drop-before", "drop-after"])
def test_an_upload_goes_on_where_the_connection_was_cut(
    cut: str, google: Google, drive_of: Callable[..., Any], tmp_path: Path
) -> None:
    """Whether the second part was kept before the cut or not, the client asks and sends only what is missing."""
    # httplib2 tries again on its own, with a body that is used up: only its timeout ends that
    ratna = drive_of(RATNA, timeout_s=1)
    file = tmp_path / "big.bin"
    file.write_bytes(BIG)
    media = MediaFileUpload(str(file), "application/pdf", chunksize=CHUNK_BYTES, resumable=True)
    request = ratna.files().create(body={"name": "big"}, media_body=media, fields="id,md5Checksum")
    status, _ = request.next_chunk()
    assert status.resumable_progress == CHUNK_BYTES
    google.fails({"api": "drive.files.create", "do": cut})
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the moment of the cut
        request.next_chunk()
    google.fails()
    response = None
    while response is None:
        _, response = request.next_chunk()
    assert read(ratna, response["id"], CHUNK_BYTES) == BIG
    assert len(ratna.files().list().execute()["files"]) == 1


def test_a_part_that_broke_off_in_the_middle_is_sent_again(google: Google, ratna: Any) -> None:
    """The office's line dies inside a chunk: the sandbox says honestly what it holds."""
    media = pdf(BIG, chunksize=CHUNK_BYTES, resumable=True)
    request = ratna.files().create(body={"name": "big"}, media_body=media)
    request.next_chunk()
    url = urlsplit(request.resumable_uri)
    with socket.create_connection((url.hostname, url.port), timeout=5) as line:
        head = (
            f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n"
            f"Content-Length: {CHUNK_BYTES}\r\n"
            f"Content-Range: bytes {CHUNK_BYTES}-{2 * CHUNK_BYTES - 1}/{len(BIG)}\r\n\r\n"
        )
        line.sendall(head.encode() + b"half of it")
    response, _ = fetch(
        request.resumable_uri,
        "PUT",
        headers={"content-range": f"bytes */{len(BIG)}", "content-length": "0"},
    )
    assert (response.status, response["range"]) == (308, f"bytes=0-{CHUNK_BYTES - 1}")
    finished = None
    while finished is None:
        _, finished = request.next_chunk()
    assert read(ratna, finished["id"], CHUNK_BYTES) == BIG


def test_a_finished_upload_asked_again_gives_the_same_file(ratna: Any) -> None:
    """The last answer was lost: the session tells it again and makes no second file."""
    request = ratna.files().create(body={"name": "a"}, media_body=pdf(resumable=True))
    made = request.execute()
    response, content = fetch(
        request.resumable_uri,
        "PUT",
        headers={"content-range": f"bytes */{len(LETTER)}", "content-length": "0"},
    )
    assert (response.status, json.loads(content)["id"]) == (200, made["id"])
    assert len(ratna.files().list().execute()["files"]) == 1


# -- finding ------------------------------------------------------------------------------------------------------


@pytest.fixture
def cabinet(ratna: Any) -> dict[str, str]:
    """Ratna's files by name."""
    folder = "application/vnd.google-apps.folder"
    made = {"2026": ratna.files().create(body={"name": "2026", "mimeType": folder}).execute()["id"]}
    for name, parent, properties in (
        ("SKD Citra.pdf", "2026", {"ref": "SKD-1"}),
        ("SKP Budi.pdf", "2026", {"ref": "SKP-1"}),
        ("Catatan.txt", "", {}),
    ):
        body = {"name": name, "appProperties": properties}
        if parent:
            body["parents"] = [made[parent]]
        kind = "application/pdf" if name.endswith("pdf") else "text/plain"
        media = MediaInMemoryUpload(b"x", kind)
        made[name] = ratna.files().create(body=body, media_body=media).execute()["id"]
    return made


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("mimeType = 'application/pdf'", {"SKD Citra.pdf", "SKP Budi.pdf"}),
        ("mimeType != 'application/pdf'", {"2026", "Catatan.txt"}),
        ("name contains 'cit'", {"SKD Citra.pdf"}),
        ("name contains 'itra'", set()),
        ("'{folder}' in parents", {"SKD Citra.pdf", "SKP Budi.pdf"}),
        ("'root' in parents", {"2026", "Catatan.txt"}),
        ("appProperties has {{ key='ref' and value='SKD-1' }}", {"SKD Citra.pdf"}),
        ("properties has {{ key='ref' and value='SKD-1' }}", set()),
        ("not mimeType contains 'application/' and trashed = false", {"Catatan.txt"}),
        (
            "name = 'Catatan.txt' or (name contains 'SKP' and trashed=false)",
            {"Catatan.txt", "SKP Budi.pdf"},
        ),
        (
            "modifiedTime > '2012-06-04T12:00:00'",
            {"2026", "SKD Citra.pdf", "SKP Budi.pdf", "Catatan.txt"},
        ),
        ("modifiedTime > '2112-06-04T12:00:00-08:00'", set()),
        ("trashed = true", set()),
        (
            "'bu.ratna@dukcapil.example.com' in owners",
            {"2026", "SKD Citra.pdf", "SKP Budi.pdf", "Catatan.txt"},
        ),
        ("'doni@example.com' in readers", set()),
        ("fullText contains 'budi'", {"SKP Budi.pdf"}),
        ("sharedWithMe", set()),
    ],
)
def test_a_search_finds(q: str, names: set[str], ratna: Any, cabinet: dict[str, str]) -> None:
    """Google's search language, as far as a counter needs it."""
    found = (
        ratna.files()
        .list(q=q.format(folder=cabinet["2026"]), fields="files(name)")
        .execute()["files"]
    )
    assert {each["name"] for each in found} == names


@pytest.mark.parametrize(
    "q", ["name", "name = Citra", "colour = 'red'", "name = 'a' and", "(name = 'a'", "name = 'a"]
)
def test_a_search_that_is_none_is_refused(q: str, ratna: Any) -> None:
    assert refusal(ratna.files().list(q=q)) == (400, "invalid", "Invalid Value")


def test_a_search_in_a_folder_that_cannot_be_seen_is_refused(ratna: Any) -> None:
    """A wrong folder id in the settings must not look like an empty folder."""
    request = ratna.files().list(q="'1nowhere' in parents")
    assert refusal(request) == (404, "notFound", "File not found: .")


def test_a_type_that_is_none_is_refused(ratna: Any) -> None:
    """It would come back as a header when the file is opened."""
    request = ratna.files().create(body={"name": "a", "mimeType": "text/html\r\nX-Evil: 1"})
    assert refusal(request)[0] == 400


def test_a_long_list_comes_in_pages(ratna: Any) -> None:
    """Every file is on exactly one page."""
    for number in range(5):
        ratna.files().create(body={"name": f"{number}"}).execute()
    names, request = [], ratna.files().list(pageSize=2, orderBy="name desc")
    while request is not None:
        answer = request.execute()
        names += [each["name"] for each in answer["files"]]
        request = ratna.files().list_next(request, answer)
    assert names == ["4", "3", "2", "1", "0"]


def test_a_file_moves_and_goes_to_the_bin(ratna: Any, cabinet: dict[str, str]) -> None:
    """addParents replaces the folder: a file lies in one place only. A folder takes its content along to the bin."""
    letter, folder = cabinet["Catatan.txt"], cabinet["2026"]
    moved = ratna.files().update(fileId=letter, addParents=folder, fields="parents").execute()
    assert moved == {"parents": [folder]}
    ratna.files().update(fileId=folder, body={"trashed": True}).execute()
    answer = ratna.files().get(fileId=letter, fields="trashed,explicitlyTrashed").execute()
    assert answer == {"trashed": True, "explicitlyTrashed": False}
    ratna.files().update(fileId=folder, body={"trashed": False}).execute()
    assert ratna.files().get(fileId=letter, fields="trashed").execute() == {"trashed": False}


def test_a_folder_cannot_lie_in_itself(ratna: Any, cabinet: dict[str, str]) -> None:
    request = ratna.files().update(fileId=cabinet["2026"], addParents=cabinet["2026"])
    assert refusal(request)[0] == 403


# -- many at once, and a kill -------------------------------------------------------------------------------------


def test_two_workers_with_one_id_make_one_file(google: Google) -> None:
    """Whoever is second hears 409, however close they are."""
    token = google.token(RATNA)
    first = service("drive.v3", google.url, token)
    (file_id,) = first.files().generateIds(count=1).execute()["ids"]
    first.close()

    def make(_: int) -> int:
        drive = service("drive.v3", google.url, token)
        try:
            drive.files().create(body={"id": file_id, "name": "a"}, media_body=pdf()).execute()
        except HttpError as failure:
            return int(failure.status_code)
        finally:
            drive.close()
        return 200

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(make, range(8))) == [200] + [409] * 7


KILLED = """
import sys
from pathlib import Path
from sync.sandbox import server
server.serve(Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_file_that_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """kill -9 of the sandbox right after its answer: file, content and a half-done upload are all there."""
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        _, content = fetch(f"{url}/_sandbox/token?account={RATNA}")
        drive = service("drive.v3", url, json.loads(content)["access_token"])
        made = drive.files().create(body={"name": "a"}, media_body=pdf()).execute()
        media = pdf(BIG, chunksize=CHUNK_BYTES, resumable=True)
        upload = drive.files().create(body={"name": "big"}, media_body=media)
        upload.next_chunk()
        process.kill()
        process.wait(10)
        drive.close()
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
    with google_at(tmp_path) as google:
        drive = service("drive.v3", google.url, google.token(RATNA))
        assert read(drive, made["id"]) == LETTER
        session = upload.resumable_uri.replace(url, google.url)
        size = len(BIG)
        head = {"content-range": f"bytes */{size}", "content-length": "0"}
        response, _ = fetch(session, "PUT", head)
        assert (response.status, response["range"]) == (308, f"bytes=0-{CHUNK_BYTES - 1}")
        drive.close()
