"""A PDF from SIAK in the officer's own Drive, relayed by the real program: the very bytes, once, whatever happens meanwhile."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from sync.google.credentials import account_of
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.acceptance.audit import audit, drive_files, hashes
from tests.acceptance.conftest import Office
from tests.acceptance.test_counter import CITRA, DONI
from tests.acceptance.test_kill_anywhere import COMMIT, comes_to_rest, killed
from tests.fakes import foreign_pdfs

FILES = "https://www.googleapis.com/drive/v3/files"
UPLOAD = "https://www.googleapis.com/upload/drive/v3/files"
ALL_DRIVES = {"supportsAllDrives": "true"}

STEPS = {
    "the file is fetched": "sync.google.officer_file:OfficerFiles.fetch",
    "the file is checked": "sync.worker.officer_files:is_signed",
    "the file is put on disk": "sync.worker.officer_files:write_durably",
    "the decision is recorded": "sync.worker.officer_files:relay",
    "the file is uploaded for the applicant": "sync.google.drive:Drive.upload",
    "the email is handed over": "sync.delivery.smtp:_hand_over",
}
ALWAYS = (("the file is put on disk", "after"), ("the decision is recorded", "after"))
MOMENTS = [
    pytest.param(
        step,
        when,
        id=f"{when} {step}",
        marks=() if (step, when) in ALWAYS else pytest.mark.thorough,
    )
    for step in STEPS
    for when in ("before", "after")
]
COMMITS = range(1, 9)  # a cycle of one application has about eight


@dataclass
class OfficersDrive:
    """Bu Ratna's own shared drive: Loket sees what she shares with it, and nothing else."""

    office: Office
    folder: str

    @classmethod
    def of(cls, office: Office) -> "OfficersDrive":
        made = office.officer.request(
            "POST",
            "https://www.googleapis.com/drive/v3/drives",
            params={"requestId": str(uuid4())},
            json={"name": "Arsip SIAK"},
        )
        return cls(office, made.json()["id"])

    def uploads(self, pdf: bytes, *, shared: bool = True) -> str:
        """The id of the file."""
        about = {"name": "KK 6402014101900001.pdf", "parents": [self.folder]}
        made = self.office.officer.request(
            "POST",
            UPLOAD,
            params={"uploadType": "multipart", **ALL_DRIVES},
            files={
                "metadata": (None, json.dumps(about), "application/json; charset=UTF-8"),
                "media": ("KK.pdf", pdf, "application/pdf"),
            },
        )
        file_id = str(made.json()["id"])
        if shared:
            self.shares(file_id)
        return file_id

    def shares(self, file_id: str) -> None:
        self.office.officer.request(
            "POST",
            f"{FILES}/{file_id}/permissions",
            params={"sendNotificationEmail": "false", **ALL_DRIVES},
            json={
                "type": "user",
                "role": "reader",
                "emailAddress": account_of(self.office.folder / "credentials.json"),
            },
        )

    def replaces(self, file_id: str, pdf: bytes) -> None:
        """Another version under the same link."""
        self.office.officer.request(
            "PATCH",
            f"{UPLOAD}/{file_id}",
            params={"uploadType": "media", **ALL_DRIVES},
            data=pdf,
            headers={"Content-Type": "application/pdf"},
        )

    def throws_away(self, file_id: str) -> None:
        self.office.officer.request(
            "PATCH", f"{FILES}/{file_id}", params=ALL_DRIVES, json={"trashed": True}
        )


@pytest.fixture
def drive(office: Office) -> OfficersDrive:
    return OfficersDrive.of(office)


def decides(office: Office, name: str, link: str, decision: str = "Setujui") -> None:
    office.types(name, "Berkas Petugas", link)
    office.types(name, "Keputusan", decision)


def decides_again(office: Office, name: str, link: str, decision: str) -> None:
    office.types(name, "Keputusan", "")
    office.run_once()
    decides(office, name, link, decision)


def applied(office: Office, drive: OfficersDrive, pdf: bytes) -> str:
    """Citra's application waits with a decision beside the file; the file's id."""
    office.applies(*CITRA)
    office.run_once()
    file_id = drive.uploads(pdf)
    decides(office, CITRA[0], f"https://drive.google.com/file/d/{file_id}/view?usp=sharing")
    return file_id


def document_of(office: Office) -> dict[str, Any]:
    """What the ledger knows of Citra's letter, and the bytes on the disk."""
    ledger = Ledger.open(sqlite_url(office.folder / "data" / "ledger.sqlite3"))
    with ledger.reading() as look:
        application = next(iter(look.applications.of_workflow("domisili")))
        document = look.documents.of(application.id)
        serials = look.numbers.letters("domisili", application.received_at.year)
    ledger.close()
    assert document is not None
    return {
        "sha256": document.sha256,
        "number": document.number,
        "bytes": (office.folder / "data" / document.path).read_bytes(),
        "serials": serials,
    }


def test_the_very_bytes_go_to_ledger_disk_mail_and_drive(
    office: Office, drive: OfficersDrive
) -> None:
    """A signed PDF arrives as it came from SIAK: no QR, no number, no signature of Loket's on it; and again the same
    when the file in Drive was replaced meanwhile and the officer chooses "Kirim ulang"."""
    pdf = foreign_pdfs.signed()
    sha256 = hashlib.sha256(pdf).hexdigest()
    file_id = applied(office, drive, pdf)
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert (row["Status"], row["Keterangan"]) == (
        "Selesai",
        "Berkas Petugas sudah dikirim ke email pemohon dan ke Drive pemohon.",
    )
    assert document_of(office) == {"sha256": sha256, "number": "", "bytes": pdf, "serials": []}
    drive.replaces(file_id, foreign_pdfs.signed(foreign_pdfs.unsigned(width=420)))
    decides_again(office, CITRA[0], file_id, "Kirim ulang")
    office.run_once()
    assert [hashes(mail) for mail in office.mailbox()] == [[sha256], [sha256]]
    drive.throws_away(file_id)
    delivered = drive_files(office)
    assert [file["sha256Checksum"] for file in delivered] == [sha256]
    assert "citra@example.org" in delivered[0]["readers"]
    assert "anyone" not in delivered[0]["readers"]


def test_what_cannot_be_relayed_is_told_in_the_row_until_it_is_mended(
    office: Office, drive: OfficersDrive
) -> None:
    """Not shared, then a broken signature, then good: each time the officer reads what to do, and nothing goes out
    before; the letters beside it are not held up."""
    for person in (CITRA, DONI):
        office.applies(*person)
    office.run_once()
    file_id = drive.uploads(foreign_pdfs.with_a_byte_changed(), shared=False)
    decides(office, CITRA[0], file_id)
    office.types(DONI[0], "Keputusan", "Setujui")
    office.run_once()
    rows = office.rows()
    account = account_of(office.folder / "credentials.json")
    assert rows[CITRA[0]]["Status"] == "Menunggu petugas"
    assert (
        f"Bagikan berkas itu di Drive kepada akun Loket ({account})" in rows[CITRA[0]]["Keterangan"]
    )
    assert rows[DONI[0]]["Status"] == "Selesai"
    drive.shares(file_id)
    decides_again(office, CITRA[0], file_id, "Setujui")
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert row["Status"] == "Menunggu petugas"
    assert "Tanda tangan elektronik di Berkas Petugas rusak." in row["Keterangan"]
    assert [mail["to"] for mail in office.mailbox()] == ["doni@example.org"]
    drive.replaces(file_id, foreign_pdfs.unsigned())
    decides_again(office, CITRA[0], file_id, "Setujui")
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert row["Status"] == "Selesai"
    assert "tanpa tanda tangan elektronik" in row["Keterangan"]


@pytest.mark.parametrize(("step", "when"), MOMENTS)
def test_a_kill_around_a_step_of_the_file_leads_to_the_same_end(
    office: Office, drive: OfficersDrive, step: str, when: str
) -> None:
    """kill -9: the file goes out once, byte for byte; only an email that was being handed over can't be known of."""
    pdf = foreign_pdfs.signed()
    file_id = applied(office, drive, pdf)
    assert killed(office, STEPS[step], when, 1)
    comes_to_rest(office)
    drive.throws_away(file_id)  # what the audit finds in Drive is the applicant's
    findings = audit(office, [CITRA[0]])
    assert findings.clean, findings
    by_email = step == "the email is handed over"
    assert findings.uncertain == (1 if by_email else 0)
    assert office.rows()[CITRA[0]]["Status"] == ("Perlu dicek" if by_email else "Selesai")
    document = document_of(office)
    assert (document["bytes"], document["serials"]) == (pdf, [])


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", COMMITS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_around_every_commit_leads_to_the_same_end(
    office: Office, drive: OfficersDrive, number: int, when: str
) -> None:
    """The same moments as unit/worker/test_officer_files.py, with the real process, sheet, Drive and mail."""
    pdf = foreign_pdfs.signed()
    file_id = applied(office, drive, pdf)
    killed(office, COMMIT, when, number)
    comes_to_rest(office)
    drive.throws_away(file_id)
    findings = audit(office, [CITRA[0]])
    assert findings.clean, findings
    document = document_of(office)
    assert (document["bytes"], document["serials"]) == (pdf, [])
