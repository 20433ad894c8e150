"""Who sees and changes a file in the sandbox's Drive, and what a person sees who clicks its link."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload

from sync.sandbox import mailbox
from sync.sandbox.drive import registry
from tests.contract.sandbox.rooms import (
    CITRA,
    DONI,
    LETTER,
    RATNA,
    WORKER,
    Google,
    errors,
    fetch,
    pdf,
    read,
    service,
)


@pytest.fixture
def ratna(drive_of: Callable[..., Any]) -> Any:
    return drive_of(RATNA)


@pytest.fixture
def shared_drive(google: Google) -> str:
    """A shared drive of the office, in which the worker may write."""
    with google.store.write() as db:
        drive_id = "0A" + "k" * 17
        members = {RATNA: "organizer", WORKER: "fileOrganizer"}
        registry.new_drive(db, id=drive_id, name="Arsip", members=members)
    return drive_id


def refusal(request: Any) -> tuple[int, str, str]:
    with pytest.raises(HttpError) as refused:
        request.execute()
    return errors(refused.value)


# -- who may ------------------------------------------------------------------------------------------------------


def test_doni_never_sees_citras_letter(drive_of: Callable[..., Any], ratna: Any) -> None:
    """A letter shared with Citra alone does not exist for Doni: not by id, not in a search."""
    letter = ratna.files().create(body={"name": "SKD Citra.pdf"}, media_body=pdf()).execute()["id"]
    grant = {"type": "user", "role": "reader", "emailAddress": CITRA}
    ratna.permissions().create(fileId=letter, body=grant, sendNotificationEmail=False).execute()
    citra, doni = drive_of(CITRA), drive_of(DONI)
    assert read(citra, letter) == LETTER
    assert [each["id"] for each in citra.files().list(q="sharedWithMe").execute()["files"]] == [
        letter
    ]
    seen = citra.files().get(fileId=letter, fields="parents,permissions,ownedByMe").execute()
    assert seen == {"ownedByMe": False}
    hidden = (404, "notFound", f"File not found: {letter}.")
    assert refusal(doni.files().get(fileId=letter)) == hidden
    assert refusal(doni.permissions().list(fileId=letter)) == hidden
    assert refusal(doni.files().delete(fileId=letter)) == hidden
    assert doni.files().list().execute()["files"] == []


def test_a_reader_changes_nothing(drive_of: Callable[..., Any], ratna: Any) -> None:
    letter = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()["id"]
    grant = {"type": "user", "role": "reader", "emailAddress": CITRA}
    ratna.permissions().create(fileId=letter, body=grant, sendNotificationEmail=False).execute()
    files = drive_of(CITRA).files()
    for request in (
        files.update(fileId=letter, body={"name": "b"}),
        files.update(fileId=letter, body={"trashed": True}),
        files.delete(fileId=letter),
    ):
        assert refusal(request) == (
            403,
            "insufficientFilePermissions",
            f"The user does not have sufficient permissions for file {letter}.",
        )


def test_the_same_grant_twice_is_one_permission(google: Google, ratna: Any) -> None:
    """A retry after a lost answer neither adds a permission nor sends a second email."""
    letter = ratna.files().create(body={"name": "SKD Citra.pdf"}, media_body=pdf()).execute()["id"]
    body = {"type": "user", "role": "reader", "emailAddress": CITRA}
    options = {"fileId": letter, "body": body, "emailMessage": "Surat Anda."}
    first = ratna.permissions().create(**options).execute()
    assert ratna.permissions().create(**options).execute() == first
    grants = (
        ratna.permissions().list(fileId=letter, fields="permissions(emailAddress,role)").execute()
    )
    assert {each["emailAddress"]: each["role"] for each in grants["permissions"]} == {
        RATNA: "owner",
        CITRA: "reader",
    }
    (message,) = mailbox.messages(google.store)
    assert message["recipients"] == [CITRA]
    assert "Surat Anda." in message["text"]
    assert f"/drive/file/{letter}/view" in message["text"]


@pytest.mark.parametrize("email", ["bukan-email", "a b@example.com", "citra@tidak-ada.invalid", ""])
def test_an_address_without_an_account_is_refused(email: str, ratna: Any) -> None:
    """What an applicant mistyped is told to the worker as Google tells it."""
    letter = ratna.files().create(body={"name": "a"}).execute()["id"]
    body = {"type": "user", "role": "reader", "emailAddress": email}
    refused = refusal(ratna.permissions().create(fileId=letter, body=body))
    assert refused[:2] == (400, "invalidSharingRequest")


def test_who_has_no_google_account_must_be_invited(google: Google, ratna: Any) -> None:
    """Without the email Google refuses; with it the applicant comes in as a guest."""
    named = {"name": "a\r\nBcc: doni@example.com\u2028"}
    letter = ratna.files().create(body=named, media_body=pdf()).execute()["id"]
    body = {"type": "user", "role": "reader", "emailAddress": "citra@tanpa-google.example"}
    silent = ratna.permissions().create(fileId=letter, body=body, sendNotificationEmail=False)
    code, reason, message = refusal(silent)
    assert (code, reason) == (400, "invalidSharingRequest")
    assert "no Google account" in message
    ratna.permissions().create(fileId=letter, body=body).execute()
    (invitation,) = mailbox.messages(google.store)
    assert invitation["recipients"] == ["citra@tanpa-google.example"]
    assert "Bcc" not in invitation["headers"]


def test_a_permission_can_be_changed_and_taken_back(
    drive_of: Callable[..., Any], ratna: Any
) -> None:
    letter = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()["id"]
    body = {"type": "user", "role": "reader", "emailAddress": CITRA}
    made = (
        ratna.permissions().create(fileId=letter, body=body, sendNotificationEmail=False).execute()
    )
    key = {"fileId": letter, "permissionId": made["id"]}
    assert ratna.permissions().update(**key, body={"role": "writer"}).execute()["role"] == "writer"
    assert ratna.permissions().get(**key).execute()["role"] == "writer"
    assert ratna.permissions().delete(**key).execute() == ""
    assert refusal(ratna.permissions().get(**key))[0] == 404
    assert refusal(drive_of(CITRA).files().get(fileId=letter))[0] == 404


def test_a_link_for_anyone_is_seen_in_the_permissions(
    drive_of: Callable[..., Any], ratna: Any
) -> None:
    """`doctor` has to find a response sheet that was published by mistake."""
    letter = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()["id"]
    ratna.permissions().create(fileId=letter, body={"type": "anyone", "role": "reader"}).execute()
    assert read(drive_of(DONI), letter) == LETTER
    grants = ratna.permissions().list(fileId=letter).execute()["permissions"]
    assert {"anyoneWithLink"} == {each["id"] for each in grants if each["type"] == "anyone"}


def test_an_owner_is_not_replaced_by_accident(ratna: Any) -> None:
    letter = ratna.files().create(body={"name": "a"}).execute()["id"]
    body = {"type": "user", "role": "owner", "emailAddress": CITRA}
    assert refusal(ratna.permissions().create(fileId=letter, body=body))[:2] == (403, "forbidden")


# -- service accounts and shared drives ---------------------------------------------------------------------------


def test_a_service_account_owns_nothing_in_my_drive(
    drive_of: Callable[..., Any], ratna: Any
) -> None:
    """Not even in a folder of a person who gave it write access; a folder costs no storage and is allowed."""
    folder_type = "application/vnd.google-apps.folder"
    folder = ratna.files().create(body={"name": "Surat", "mimeType": folder_type}).execute()["id"]
    grant = {"type": "user", "role": "writer", "emailAddress": WORKER}
    ratna.permissions().create(fileId=folder, body=grant, sendNotificationEmail=False).execute()
    worker = drive_of(WORKER)
    for media in (pdf(), pdf(resumable=True)):
        request = worker.files().create(body={"name": "a", "parents": [folder]}, media_body=media)
        code, reason, message = refusal(request)
        assert (code, reason) == (403, "storageQuotaExceeded")
        assert message.startswith("Service Accounts do not have storage quota.")
    worker.files().create(
        body={"name": "2026", "mimeType": folder_type, "parents": [folder]}
    ).execute()
    assert worker.about().get(fields="storageQuota(limit)").execute() == {
        "storageQuota": {"limit": "0"}
    }


def test_a_service_account_writes_into_a_shared_drive(
    drive_of: Callable[..., Any], ratna: Any, shared_drive: str
) -> None:
    """The way out that Google names; nobody owns the file, the drive does."""
    worker = drive_of(WORKER)
    body = {"name": "a", "parents": [shared_drive]}
    made = (
        worker.files()
        .create(body=body, media_body=pdf(), supportsAllDrives=True, fields="id,driveId,owners")
        .execute()
    )
    assert made == {"id": made["id"], "driveId": shared_drive}
    assert read(ratna, made["id"]) == LETTER
    names = {each["name"] for each in ratna.drives().list().execute()["drives"]}
    assert "Arsip" in names


def test_a_shared_drive_is_hidden_from_who_does_not_ask_for_it(
    ratna: Any, shared_drive: str
) -> None:
    """Forgetting supportsAllDrives is the usual mistake, and Google answers it with 404."""
    body = {"name": "a", "parents": [shared_drive]}
    assert refusal(ratna.files().create(body=body, media_body=pdf()))[0] == 404
    made = ratna.files().create(body=body, media_body=pdf(), supportsAllDrives=True).execute()
    assert refusal(ratna.files().get(fileId=made["id"]))[0] == 404
    assert ratna.files().list().execute()["files"] == []
    found = ratna.files().list(supportsAllDrives=True, includeItemsFromAllDrives=True).execute()
    assert made["id"] in {each["id"] for each in found["files"]}


def test_a_file_changes_owners_when_it_leaves_or_enters_a_shared_drive(
    ratna: Any, shared_drive: str
) -> None:
    """In the drive nobody owns it; taken out again, it belongs to who took it."""
    letter = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()["id"]
    options = {"fileId": letter, "supportsAllDrives": True, "fields": "ownedByMe,driveId"}
    moved = ratna.files().update(addParents=shared_drive, **options).execute()
    assert moved == {"ownedByMe": False, "driveId": shared_drive}
    back = ratna.files().update(addParents="root", **options).execute()
    assert back == {"ownedByMe": True}


def test_a_shared_drive_is_made_once(ratna: Any, drive_of: Callable[..., Any]) -> None:
    """requestId is the promise; a stranger is told that there is no such drive."""
    made = ratna.drives().create(requestId="r-1", body={"name": "Arsip 2026"}).execute()
    assert ratna.drives().get(driveId=made["id"]).execute()["name"] == "Arsip 2026"
    assert refusal(ratna.drives().create(requestId="r-1", body={"name": "Arsip 2026"}))[0] == 409
    assert refusal(drive_of(DONI).drives().get(driveId=made["id"]))[0] == 404
    ratna.drives().delete(driveId=made["id"]).execute()
    names = {each["name"] for each in ratna.drives().list().execute()["drives"]}
    assert "Arsip 2026" not in names


# -- a person's view ----------------------------------------------------------------------------------------------


def test_the_link_in_the_sheet_opens_the_letter(ratna: Any) -> None:
    """In the demo somebody clicks it. A stranger's HTML runs nothing."""
    letter = (
        ratna.files()
        .create(body={"name": "SKD Citra.pdf"}, media_body=pdf(), fields="webViewLink")
        .execute()
    )
    response, content = fetch(letter["webViewLink"])
    assert (response.status, response["content-type"], content) == (200, "application/pdf", LETTER)
    assert response["content-disposition"].startswith("inline")
    bad = MediaInMemoryUpload(b"<script>alert(1)</script>", "text/html")
    page = (
        ratna.files()
        .create(body={"name": "x.html"}, media_body=bad, fields="webViewLink")
        .execute()
    )
    response, _ = fetch(page["webViewLink"])
    assert "sandbox" in response["content-security-policy"]


def test_a_folders_page_names_its_files_as_text(ratna: Any) -> None:
    folder_type = "application/vnd.google-apps.folder"
    folder = (
        ratna.files()
        .create(body={"name": "<b>2026", "mimeType": folder_type}, fields="id,webViewLink")
        .execute()
    )
    ratna.files().create(
        body={"name": "<script>", "parents": [folder["id"]]}, media_body=pdf()
    ).execute()
    response, content = fetch(folder["webViewLink"])
    assert response.status == 200
    assert b"&lt;script&gt;" in content
    assert b"<script>" not in content
    assert b"<b>" not in content


# -- spreadsheets as files ----------------------------------------------------------------------------------------


@pytest.fixture
def sheets(google: Google) -> Iterator[Any]:
    opened = service("sheets.v4", google.url, google.token(RATNA))
    yield opened.spreadsheets()
    opened.close()


def test_a_spreadsheet_is_a_file_too(ratna: Any, sheets: Any) -> None:
    """Made by Drive, filled by Sheets, exported and copied by Drive; its version moves when a cell does."""
    body = {"name": "Respons", "mimeType": registry.SPREADSHEET}
    made = ratna.files().create(body=body, fields="id,version,webViewLink").execute()
    assert made["webViewLink"].endswith(f"/spreadsheets/d/{made['id']}/edit")
    title = sheets.get(spreadsheetId=made["id"]).execute()["properties"]["title"]
    assert title == "Respons"
    values = {"values": [["Nama", "NIK"], ["Citra, S.", "6402010101900001"]]}
    key = {"spreadsheetId": made["id"], "range": "A1", "valueInputOption": "RAW"}
    sheets.values().update(**key, body=values).execute()
    after = ratna.files().get(fileId=made["id"], fields="version").execute()
    assert int(after["version"]) > int(made["version"])
    copy = ratna.files().copy(fileId=made["id"], body={"name": "Arsip"}).execute()["id"]
    ratna.files().delete(fileId=made["id"]).execute()
    exported = ratna.files().export(fileId=copy, mimeType="text/csv").execute()
    assert exported == b'Nama,NIK\r\n"Citra, S.",6402010101900001'
    assert refusal(ratna.files().export(fileId=copy, mimeType="image/png"))[0] == 400
    assert refusal(ratna.files().get_media(fileId=copy))[:2] == (403, "fileNotDownloadable")
    assert refusal(sheets.get(spreadsheetId=made["id"]))[0] == 404


def test_only_documents_of_google_are_exported(ratna: Any) -> None:
    letter = ratna.files().create(body={"name": "a"}, media_body=pdf()).execute()["id"]
    request = ratna.files().export(fileId=letter, mimeType="text/csv")
    assert refusal(request)[:2] == (403, "fileNotExportable")


def test_a_service_account_makes_no_spreadsheet_of_its_own(drive_of: Callable[..., Any]) -> None:
    """Drive words it differently for its own documents than for uploads."""
    body = {"name": "Respons", "mimeType": registry.SPREADSHEET}
    assert refusal(drive_of(WORKER).files().create(body=body)) == (
        403,
        "storageQuotaExceeded",
        "The user's Drive storage quota has been exceeded.",
    )
