"""Drive's API (the sandbox's): one file an id, one reader a file, however often it is asked."""

import base64
from collections.abc import Iterator

import pytest

from sync.core.outcomes import Never
from sync.google.drive import Drive
from tests.contract.google.conftest import Google

PDF = b"%PDF-1.7 surat Citra " + base64.b16encode(bytes(range(256)))


@pytest.fixture
def drive(google: Google) -> Iterator[Drive]:
    transport = google.transport()
    yield Drive(transport)
    transport.close()


@pytest.fixture(scope="module")
def office_drive(google: Google) -> str:
    return google.new_shared_drive()


@pytest.fixture
def folder(drive: Drive, office_drive: str) -> str:
    (folder_id,) = drive.new_ids(1)
    drive.ensure_folder(folder_id, "Surat Keterangan Domisili", office_drive)
    return folder_id


def test_a_letter_is_stored_once_under_its_id(drive: Drive, folder: str) -> None:
    """A repeat after a lost answer finds it there, byte for byte, and gives the same link."""
    (file_id,) = drive.new_ids(1)
    assert not drive.exists(file_id)

    link = drive.upload(file_id, folder, "SKD Citra.pdf", PDF)

    assert drive.upload(file_id, folder, "SKD Citra.pdf", PDF) == link
    assert drive.exists(file_id)
    assert drive.link(file_id) == link
    assert link.startswith("http")


def test_the_applicant_alone_may_read_it(drive: Drive, folder: str) -> None:
    """Sharing twice is sharing once; Doni is not on the list, and nor is anyone."""
    (file_id,) = drive.new_ids(1)
    drive.upload(file_id, folder, "SKD Citra.pdf", PDF)
    before = set(drive.readers(file_id))

    drive.share_with(file_id, "citra@example.com")
    drive.share_with(file_id, "citra@example.com")

    readers = drive.readers(file_id)
    assert sorted(set(readers) - before) == ["citra@example.com"]
    assert readers.count("citra@example.com") == 1
    assert "anyone" not in readers


def test_a_lost_answer_leaves_one_file(google: Google, drive: Drive, folder: str) -> None:
    """The transport repeats the upload, and Drive says 409: that is the receipt."""
    (file_id,) = drive.new_ids(1)
    google.faults({"api": "drive.files.create", "do": "drop-after", "times": 1})
    try:
        assert drive.upload(file_id, folder, "SKD Citra.pdf", PDF)
    finally:
        google.faults()
    assert drive.exists(file_id)


def test_a_folder_is_made_once(drive: Drive, folder: str) -> None:
    """Every start asks for it."""
    (folder_id,) = drive.new_ids(1)
    drive.ensure_folder(folder_id, "Surat", folder)
    drive.ensure_folder(folder_id, "Surat", folder)
    assert drive.exists(folder_id)


def test_a_service_account_has_no_storage_of_its_own(drive: Drive) -> None:
    """Google's answer is a code; ours says what the office can do about it."""
    (file_id,) = drive.new_ids(1)
    with pytest.raises(Never) as caught:
        drive.upload(file_id, "", "SKD Citra.pdf", PDF)
    assert "Drive bersama" in caught.value.reason


def test_an_applicant_without_a_google_account_is_let_in_by_invitation(
    drive: Drive, folder: str
) -> None:
    """Drive lets such an address in only together with its own email; sharing twice still shares once."""
    (file_id,) = drive.new_ids(1)
    drive.upload(file_id, folder, "SKD Citra.pdf", PDF)

    for _ in range(2):
        drive.share_with(file_id, "citra@tanpa-google.example.com")

    assert drive.readers(file_id).count("citra@tanpa-google.example.com") == 1


def test_an_address_that_cannot_be_shared_with_is_refused_for_good(
    drive: Drive, folder: str
) -> None:
    """No invitation helps: the officer reads why."""
    (file_id,) = drive.new_ids(1)
    drive.upload(file_id, folder, "SKD Citra.pdf", PDF)
    with pytest.raises(Never):
        drive.share_with(file_id, "citra@domain.invalid")


def test_a_letter_that_was_thrown_away_is_taken_out_of_the_trash(
    drive: Drive, google: Google, folder: str
) -> None:
    """Kirim ulang must not say that it arrived while the file lies in the trash."""
    (file_id,) = drive.new_ids(1)
    drive.upload(file_id, folder, "SKD Citra.pdf", PDF)
    transport = google.transport()
    url = f"https://www.googleapis.com/drive/v3/files/{file_id}?supportsAllDrives=true"
    transport.request("PATCH", url, json={"trashed": True})
    transport.close()
    assert not drive.exists(file_id)

    drive.upload(file_id, folder, "SKD Citra.pdf", PDF)

    assert drive.exists(file_id)
