"""The officer's file is read from Drive (the sandbox's) byte for byte, or refused with what the officer can do."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from sync.core.officer_file import MOST_BYTES, DriveLink, read_link
from sync.core.outcomes import Never, TryAgain
from sync.google.credentials import account_of
from sync.google.officer_file import OfficerFiles
from sync.google.refusals import Answer, failure_of
from sync.google.transport import Transport
from tests.contract.google.conftest import Google

FILES = "https://www.googleapis.com/drive/v3/files"
UPLOAD = "https://www.googleapis.com/upload/drive/v3/files"
PDF = b"%PDF-1.7 KK dari SIAK " + bytes(range(256))
ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz_-0123"


@pytest.fixture
def ratna(google: Google) -> Iterator[Transport]:
    transport = google.transport(google.officer)
    yield transport
    transport.close()


@pytest.fixture
def files(google: Google) -> Iterator[OfficerFiles]:
    transport = google.transport(attempts=2)
    yield OfficerFiles(transport)
    google.faults()
    transport.close()


@pytest.fixture(scope="module")
def folder(google: Google) -> str:
    """Bu Ratna's folder in the office's shared drive, which Loket may read."""
    return google.new_shared_drive()


def calls(google: Google) -> Counter[str]:
    """How often each API method was called so far."""
    methods = google.control("GET", "/requests")["methods"]
    return Counter({api: told["calls"] for api, told in methods.items()})


def uploads(ratna: Transport, parent: str, content: bytes = PDF) -> str:
    """Bu Ratna puts a PDF into Drive; its id."""
    about = {"name": "KK.pdf", "mimeType": "application/pdf"} | (
        {"parents": [parent]} if parent else {}
    )
    made = ratna.request(
        "POST",
        UPLOAD,
        params={"uploadType": "multipart", "supportsAllDrives": "true"},
        files={
            "metadata": (None, json.dumps(about), "application/json; charset=UTF-8"),
            "media": ("KK.pdf", content, "application/pdf"),
        },
    )
    return str(made.json()["id"])


def test_the_bytes_are_those_in_drive(files: OfficerFiles, ratna: Transport, folder: str) -> None:
    assert files.fetch(DriveLink(uploads(ratna, folder))) == PDF


def test_nothing_is_copied_or_shared(
    files: OfficerFiles, ratna: Transport, folder: str, google: Google
) -> None:
    """Fetching reads, and does nothing else."""
    link = DriveLink(uploads(ratna, folder))
    before = calls(google)
    files.fetch(link)
    assert set(calls(google) - before) <= {"drive.files.get", "oauth.token"}


def test_a_file_that_was_not_shared_is_told_with_the_account_to_share_it_with(
    files: OfficerFiles, google: Google
) -> None:
    """Drive answers 404 for what an account may not see."""
    with pytest.raises(Never, match="belum dibagikan") as refused:
        files.fetch(DriveLink(ID))
    assert account_of(google.credentials) in refused.value.reason


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("cannotDownloadFile", "izinkan Pelihat mengunduh"),
        ("cannotDownloadAbusiveFile", "berbahaya"),
        ("fileNotDownloadable", "bukan PDF"),
        ("insufficientFilePermissions", "belum dibagikan"),
        ("accessNotConfigured", "API Google"),
    ],
)
def test_what_drive_refuses_is_told_with_its_remedy(reason: str, said: str) -> None:
    """Drive API, "Resolve errors": one sentence for each reason that a file can have."""

    class Refusing:
        def request(self, *_: object, **__: object) -> object:
            raise failure_of(Answer(403, frozenset({reason}), ""))

    with pytest.raises(Never, match=said):
        OfficerFiles(Refusing()).fetch(DriveLink(ID))  # type: ignore[arg-type]


def test_a_file_in_the_trash_is_refused(files: OfficerFiles, ratna: Transport, folder: str) -> None:
    """Somebody threw it away: it is not what the office wants to send."""
    file_id = uploads(ratna, folder)
    ratna.request(
        "PATCH",
        f"{FILES}/{file_id}",
        params={"supportsAllDrives": "true"},
        json={"trashed": True},
    )
    with pytest.raises(Never, match="tempat sampah"):
        files.fetch(DriveLink(file_id))


def test_what_has_no_bytes_is_no_pdf(files: OfficerFiles, folder: str) -> None:
    """A folder, a Google Doc: the id is right, the kind is not."""
    with pytest.raises(Never, match="bukan PDF"):
        files.fetch(DriveLink(folder))


def test_what_mail_cannot_carry_is_refused_before_it_is_downloaded(
    files: OfficerFiles, ratna: Transport, folder: str, google: Google
) -> None:
    """Its size is asked first: one call, and no byte of it."""
    link = DriveLink(uploads(ratna, folder, b"%PDF" + b"0" * MOST_BYTES))
    before = calls(google)
    with pytest.raises(Never, match="terlalu besar: paling besar 10 MB"):
        files.fetch(link)
    assert (calls(google) - before)["drive.files.get"] == 1


def test_drive_away_is_tried_again(
    files: OfficerFiles, ratna: Transport, folder: str, google: Google
) -> None:
    link = DriveLink(uploads(ratna, folder))
    google.faults({"api": "drive.files.get", "do": "503"})
    with pytest.raises(TryAgain):
        files.fetch(link)
    google.faults()
    assert files.fetch(link) == PDF


def test_a_file_that_changes_under_our_hands_is_fetched_anew(
    ratna: Transport, folder: str, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its size and its bytes the officer uploaded another version: neither half is taken."""
    file_id = uploads(ratna, folder)
    transport = google.transport()
    original = transport.request

    def request(method: str, url: str, **named: object) -> object:
        if named.get("params", {}).get("alt") == "media":  # type: ignore[attr-defined]
            ratna.request(
                "PATCH",
                f"{UPLOAD}/{file_id}",
                params={"uploadType": "media", "supportsAllDrives": "true"},
                data=PDF[::-1],
                headers={"Content-Type": "application/pdf"},
            )
        return original(method, url, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(transport, "request", request)
    with pytest.raises(TryAgain, match="berubah"):
        OfficerFiles(transport).fetch(DriveLink(file_id))
    transport.close()


def test_an_older_file_is_asked_for_with_its_resource_key(google: Google) -> None:
    """Drive opens such a file only to who shows the key that its link carries."""
    shown: list[object] = []
    transport = google.transport()

    class Watched:
        def request(self, method: str, url: str, **named: object) -> object:
            shown.append(named.get("headers"))
            return transport.request(method, url, **named)  # type: ignore[arg-type]

    with pytest.raises(Never):
        OfficerFiles(Watched()).fetch(DriveLink(ID, "0-abcDEF_9"))  # type: ignore[arg-type]
    transport.close()
    assert shown[0] == {"X-Goog-Drive-Resource-Keys": f"{ID}/0-abcDEF_9"}


@pytest.mark.parametrize(
    "link",
    [
        ID,
        f"  {ID}\n",
        f"https://drive.google.com/file/d/{ID}/view",
        f"https://drive.google.com/file/d/{ID}/view?usp=sharing",
        f"https://drive.google.com/file/d/{ID}/edit?usp=drive_link#a",
        f"https://drive.google.com/file/d/{ID}",
        f"https://drive.google.com/file/u/1/d/{ID}/preview",
        f"https://drive.google.com/a/dukcapil.go.id/file/d/{ID}/view",
        f"https://drive.google.com/open?id={ID}",
        f"https://drive.google.com/open?usp=drive_copy&id={ID}&authuser=0",
        f"https://drive.google.com/uc?export=download&id={ID}",
        f"https://drive.google.com/u/0/uc?id={ID}&export=download",
        f"https://docs.google.com/uc?id={ID}",
        f"https://docs.google.com/file/d/{ID}/edit",
        f"https://drive.usercontent.google.com/download?id={ID}&export=download",
        f"http://127.0.0.1:8765/drive/file/{ID}/view",
    ],
)
def test_every_form_of_a_drive_link_is_read(link: str) -> None:
    assert read_link(link) == DriveLink(ID)


def test_the_resource_key_of_an_older_link_is_kept() -> None:
    link = f"https://drive.google.com/file/d/{ID}/view?usp=sharing&resourcekey=0-abcDEF_9"
    assert read_link(link) == DriveLink(ID, "0-abcDEF_9")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KK Citra.pdf",
        "KK_Citra_Lestari",
        f"https://evil.example/file/d/{ID}/view",
        f"https://drive.google.com.evil.example/file/d/{ID}/view",
        f"https://evil.example/?x=https://drive.google.com/file/d/{ID}/view",
        f"https://drive.google.com@evil.example/file/d/{ID}/view",
        f"ftp://drive.google.com/file/d/{ID}/view",
        f"https://drive.google.com/drive/folders/{ID}",
        f"https://docs.google.com/document/d/{ID}/edit",
        f"https://drive.google.com/file/d/{ID}/view https://drive.google.com/file/d/{ID}/view",
        f"https://drive.google.com/open?id=../../{ID}",
        "https://drive.google.com/file/d/abc/view",
        "https://[drive.google.com/file/d/x",
        '=HYPERLINK("https://drive.google.com/file/d/x")',
    ],
)
def test_anything_else_is_no_link_to_a_file(text: str) -> None:
    """Other hosts, folders, documents, two links at once."""
    assert read_link(text) is None
