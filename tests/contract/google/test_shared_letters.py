"""A letter in Drive is taken back: its applicant no longer reads it, and it lies in the trash."""

from collections.abc import Iterator

import pytest

from sync.core.outcomes import Never, TryAgain
from sync.google.credentials import account_of
from sync.google.drive import Drive
from sync.google.shared_letters import SharedLetters
from sync.google.transport import Transport
from tests.contract.google.conftest import Google

FILES = "https://www.googleapis.com/drive/v3/files"

ALL = {"supportsAllDrives": "true"}


@pytest.fixture
def transport(google: Google) -> Iterator[Transport]:
    transport = google.transport(attempts=2)
    yield transport
    google.faults()
    transport.close()


@pytest.fixture
def letter(google: Google, transport: Transport) -> str:
    """In a shared drive, as a service account needs it, and shared with its applicant."""
    drive = Drive(transport)
    [file_id] = drive.new_ids(1)
    drive.upload(file_id, google.new_shared_drive(), "SKD Citra.pdf", b"%PDF")
    drive.share_with(file_id, "citra@example.org")
    return file_id


def test_nobody_but_the_office_reads_it_any_more(
    google: Google, transport: Transport, letter: str
) -> None:
    """The shared drive's own people keep what they have; twice is as once."""
    drive = Drive(transport)
    officer = google.transport(google.officer)
    found = officer.request("GET", f"{FILES}/{letter}", params={"fields": "driveId", **ALL}).json()
    member = {"type": "user", "role": "reader", "emailAddress": "kepala@example.org"}
    permissions = f"{FILES}/{found['driveId']}/permissions"
    officer.request(
        "POST", permissions, params={"sendNotificationEmail": "false", **ALL}, json=member
    )
    officer.close()
    assert "citra@example.org" in drive.readers(letter)
    for _ in range(2):
        SharedLetters(transport).take_back(letter)
        assert "citra@example.org" not in drive.readers(letter)
        assert account_of(google.credentials) in drive.readers(letter)
        assert "kepala@example.org" in drive.readers(letter)
        assert not drive.exists(letter)


def test_a_letter_in_my_drive_is_taken_back_too(google: Google) -> None:
    """Where Loket signs in as the office's own account."""
    transport = google.transport(google.officer)
    drive = Drive(transport)
    [file_id] = drive.new_ids(1)
    drive.upload(file_id, "", "SKD Doni.pdf", b"%PDF")
    drive.share_with(file_id, "doni@example.org")
    SharedLetters(transport).take_back(file_id)
    assert drive.readers(file_id) == [account_of(google.officer)]
    assert not drive.exists(file_id)
    transport.close()


def test_what_is_gone_is_taken_back(google: Google, transport: Transport, letter: str) -> None:
    """Somebody deleted it for good."""
    officer = google.transport(google.officer)
    officer.request("DELETE", f"{FILES}/{letter}", params=ALL)
    SharedLetters(transport).take_back(letter)
    officer.close()


def test_a_file_that_loket_may_not_change_is_told(google: Google, transport: Transport) -> None:
    """An officer's own file: the sentence is for the office, and nothing was changed."""
    officer = google.transport(google.officer)
    drive = Drive(officer)
    [file_id] = drive.new_ids(1)
    drive.upload(file_id, "", "milik petugas.pdf", b"%PDF")
    drive.share_with(file_id, account_of(google.credentials))
    with pytest.raises(Never):
        SharedLetters(transport).take_back(file_id)
    assert drive.exists(file_id)
    officer.close()


def test_google_away_is_tried_again(google: Google, transport: Transport, letter: str) -> None:
    google.faults({"api": "drive.permissions.list", "do": "503"})
    with pytest.raises(TryAgain):
        SharedLetters(transport).take_back(letter)
