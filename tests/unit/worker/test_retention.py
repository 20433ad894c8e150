"""Retention: what is erased, when, and that the row of an erased application begins nothing anew."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from sync.core.application import Application
from sync.core.mendable import Mendable
from sync.core.officer_file import DriveLink
from sync.core.outcomes import Never, TryAgain
from sync.core.retention import NOTES, Cause, is_sealed
from sync.core.states import State
from sync.core.workflow.model import Workflow
from sync.google.backup_folder import StoredLetter
from sync.ledger.desks import restored_mark
from sync.ledger.engine import sqlite_url
from sync.ledger.forgetting import Place
from sync.ledger.ledger import Ledger
from sync.worker.cycle import run_cycle
from sync.worker.outside import Outside
from sync.worker.recovering import recover
from sync.worker.retention import Leftovers, Retention, forget
from sync.worker.sealing_key import FILE
from tests.fakes import foreign_pdfs
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, WORKFLOW, World
from tests.unit.worker.test_backing_up import FakeFolder

TERM, REQUEST = NOTES[Cause.TERM], NOTES[Cause.REQUEST]


@dataclass
class FakeDrive:
    """Shared letters: what was taken back, and what Drive says instead."""

    taken_back: list[str] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)

    def take_back(self, file_id: str) -> None:
        for part, failure in self.failures.items():
            if part in file_id:
                raise failure
        self.taken_back.append(file_id)


@dataclass
class Office(World):
    """A counter whose data are kept for a year."""

    shared: FakeDrive = field(default_factory=FakeDrive)
    copies: FakeFolder = field(default_factory=FakeFolder)

    @property
    def leftovers(self) -> Leftovers:
        return Leftovers(self.ledger, self.data, lambda: self.shared, lambda: self.copies)

    def retention(self, *, stop: Event | None = None) -> Retention:
        """As a worker that was just started has it."""
        workflow = Workflow.model_validate(self.workflow)
        return Retention([workflow], self.leftovers, 14, lambda: self.now, stop or Event())

    def approved(self, person: dict[str, str] = CITRA) -> SheetRow:
        row = self.applies(person)
        self.cycle()
        self.decides(row, "Setujui")
        self.cycle(2)
        return row

    def a_year_later(self) -> None:
        self.now += timedelta(days=366)
        self.retention().keep()

    def looks_again(self) -> None:
        """Whatever happened: every row is read in the next cycle."""
        self.desk.changes += 1
        self.cycle(2)

    def all(self) -> list[Application]:
        with self.ledger.reading() as look:
            return list(look.applications.of_workflow())

    def left(self) -> list[str]:
        with self.ledger.reading() as look:
            return [one.name for place in Place for one in look.forgetting.left(place, limit=99)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    workflow = {**WORKFLOW, "retention_days": 365}
    yield Office(ledger, tmp_path, workflow)
    ledger.close()


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_year_after_its_end_an_application_is_erased(office: Office) -> None:
    """Not a day before. The letter leaves the disk; no word of the person is in any file; the register keeps name and number."""
    office.approved()
    office.now += timedelta(days=364)
    office.retention().keep()
    assert bytes_of(office.data / "letters")
    office.now += timedelta(days=2)
    office.retention().keep()
    [application] = office.all()
    assert (application.name, application.letter_number) == ("Citra Lestari", "470/0001/DKPS/2026")
    assert application.state is State.DELIVERED
    assert list((office.data / "letters" / "2026").iterdir()) == []
    held = bytes_of(office.data)
    for word in (CITRA["NIK"], CITRA["Alamat"], CITRA["Alamat Email"]):
        assert word.encode() not in held, word
    with office.ledger.reading() as look:
        made = [e for e in look.applications.events(application.id) if e.kind == "letter_made"]
    assert len(made[0].detail["sha256"]) == 64
    assert office.left() == []


def test_without_a_term_everything_is_kept(office: Office) -> None:
    del office.workflow["retention_days"]
    office.approved()
    office.a_year_later()
    assert office.all()[0].answers


def test_what_waits_for_somebody_is_told_and_not_erased(office: Office) -> None:
    """The tab names how many, for its own services only; the data stay."""
    office.applies(CITRA)
    office.cycle(2)
    office.a_year_later()
    assert office.all()[0].answers
    [matter] = office.retention().matters(["domisili"])
    assert "1 permohonan belum selesai" in matter.found
    assert "forget" in matter.remedy
    assert office.retention().matters(["lain"]) == []


def test_the_row_of_an_erased_application_stays_as_it_is(office: Office) -> None:
    """Nothing is written into it, nothing is new, nothing goes out."""
    row = office.approved()
    before, sent = dict(row.system), len(office.email.arrived)
    office.a_year_later()
    office.looks_again()
    assert row.system == before
    assert len(office.all()) == 1
    assert len(office.email.arrived) == sent
    assert office.cycle().at_rest


@pytest.mark.parametrize(
    "change",
    [
        lambda office, row: office.edits(row, Alamat="Jl. Lain 3"),
        lambda office, row: row.answers.update({"Alamat": "Jl. Lain 3"}),
        lambda office, row: office.decides(row, "Kirim ulang"),
        lambda office, row: office.decides(row, ""),
    ],
    ids=["the response", "the answers in the row", "a decision", "no decision"],
)
def test_an_edit_of_an_erased_row_says_so_and_does_nothing(office: Office, change) -> None:  # type: ignore[no-untyped-def]
    row = office.approved()
    before, sent = dict(row.system), len(office.email.arrived)
    office.a_year_later()
    change(office, row)
    office.looks_again()
    assert row.system == before | {"note": TERM}
    [application] = office.all()
    assert application.answers == {}
    assert is_sealed(application.fingerprint)
    assert len(office.email.arrived) == sent
    assert office.cycle().at_rest


def test_a_row_that_lost_its_reference_is_known_by_its_seal(office: Office) -> None:
    """It gets the reference back, and is no new application."""
    row = office.approved()
    before = dict(row.system)
    office.a_year_later()
    row.system = {}
    office.looks_again()
    assert len(office.all()) == 1
    assert row.system == {"reference": before["reference"]}


def test_a_copy_and_a_former_answer_of_an_erased_row_are_no_new_applications(
    office: Office,
) -> None:
    """The officer duplicates the row; the answers before an edit come back beside the newer ones."""
    row = office.approved()
    former = SheetRow("former", dict(row.answers), row.submitted)
    office.edits(row, Alamat="Jl. Mawar 9")
    office.cycle(2)
    office.a_year_later()
    office.desk.rows += [SheetRow("copy", dict(row.answers), row.submitted), former]
    office.looks_again()
    assert len(office.all()) == 1
    assert office.desk.rows[1].system["status"] == "Salinan"
    assert office.desk.rows[2].system["status"] == "Digantikan"


def test_the_same_person_applies_anew(office: Office) -> None:
    """Another response is another application, also when the old row was just deleted, and no duplicate of what is gone."""
    office.approved()
    office.a_year_later()
    office.desk.rows.clear()
    again = office.applies(CITRA)
    office.cycle(2)
    assert len(office.all()) == 2
    assert again.system["status"] == "Menunggu petugas"
    assert "sudah diterima" not in again.system["note"]


def test_a_lost_key_makes_no_new_applications_and_no_noise(office: Office) -> None:
    """A new computer has the copy of the ledger and not the key: rows are known by their references and moments."""
    first, second = office.approved(), office.approved(DONI)
    before = [dict(first.system), dict(second.system)]
    office.a_year_later()
    (office.data / FILE).unlink()
    office.edits(second, Alamat="Jl. Lain 3")
    office.looks_again()
    assert first.system == before[0]
    assert second.system == before[1] | {"note": TERM}
    third = office.approved({**CITRA, "NIK": "6402014101900003"})
    office.a_year_later()  # sealed with a new key
    office.looks_again()
    assert first.system == before[0]
    assert third.system["status"] == "Selesai"
    assert len(office.all()) == 3


def test_the_key_is_this_accounts_alone(office: Office) -> None:
    """And in no copy of the ledger: it is a file beside it."""
    office.approved()
    office.a_year_later()
    key = office.data / FILE
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_bytes() not in (office.data / "ledger.sqlite3").read_bytes()


def test_recovering_brings_nothing_back(office: Office) -> None:
    """`repair --from-sheet` after a restore: the row's answers stay where they are, in the sheet."""
    row = office.approved()
    office.applies(DONI)
    office.cycle(2)
    office.a_year_later()
    with office.ledger.begin() as tx:
        tx.desks.keep_resource(restored_mark("domisili"), "a copy")
    pdf = b"%PDF of Citra"
    stored = StoredLetter(
        "id-1", "SKD Citra.pdf", "link", row.system["reference"], "470/0001/DKPS/2026",
        hashlib.sha256(pdf).hexdigest(), office.now,
    )  # fmt: skip
    fetched: list[str] = []

    def fetch(file_id: str) -> bytes:
        fetched.append(file_id)
        return pdf

    office.decides(row, "Kirim ulang")
    assert recover(office.counter(), Outside({stored.reference: stored}, fetch)).behind
    assert fetched == []
    assert bytes_of(office.data / "letters") == b""
    erased = next(one for one in office.all() if one.reference == row.system["reference"])
    assert (erased.answers, erased.email, erased.note) == ({}, "", TERM)
    with office.ledger.reading() as look:
        assert look.documents.of(erased.id) is None


def test_recovering_passes_over_no_number_for_what_was_erased(office: Office) -> None:
    """An officer's file had none, and its row was deleted with everything else."""
    office.approved()
    with office.ledger.begin() as tx:
        tx._connection.exec_driver_sql("DELETE FROM letter_numbers")
        tx._connection.exec_driver_sql("UPDATE applications SET letter_number = ''")
    office.a_year_later()
    office.desk.rows.clear()
    office.applies(DONI)
    office.cycle(2)
    with office.ledger.begin() as tx:
        tx.desks.keep_resource(restored_mark("domisili"), "a copy")
    found = recover(office.counter(), Outside({}, lambda _id: b""))
    assert found.behind
    assert found.passed_over == {}


def test_a_decision_in_the_very_moment_brings_nothing_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The officer's file was just fetched when the person's data were erased: it does not stay on the disk."""
    row = office.applies(CITRA)
    office.cycle(2)
    office.decides(row, "Setujui")
    row.officer["officer_file"] = (
        "https://drive.google.com/file/d/1KK-Citra-dari-SIAK-dengan-TTE/view"
    )
    counter = office.counter()

    def fetch(_link: DriveLink) -> bytes:
        forget(office.ledger, office.data, office.all()[0].id, office.now)
        fetched.append(pdf := foreign_pdfs.unsigned())
        return pdf

    fetched: list[bytes] = []
    counter.fetch_file = fetch
    run_cycle(counter)
    assert fetched
    [application] = office.all()
    assert (application.state, application.note) == (State.CANCELLED, REQUEST)
    assert bytes_of(office.data / "letters") == b""


def test_a_restored_ledger_erases_nothing_before_it_was_compared(office: Office) -> None:
    office.approved()
    with office.ledger.begin() as tx:
        tx.desks.keep_resource(restored_mark("domisili"), "a copy")
    office.a_year_later()
    assert office.all()[0].answers


@pytest.mark.parametrize(("drive", "taken"), [("keep", 0), ("trash", 1)])
def test_the_applicants_copy_in_drive_is_taken_back_only_where_the_workflow_says_so(
    office: Office, drive: str, taken: int
) -> None:
    """Kept, its link stays in the register; taken back, no link is left."""
    office.workflow["retention_drive"] = drive
    office.approved()
    link = office.all()[0].link
    office.a_year_later()
    assert len(office.shared.taken_back) == taken
    assert office.all()[0].link == ("" if taken else link)
    assert link


def test_the_private_copy_of_a_letter_goes_too(office: Office) -> None:
    """Another letter's copy stays."""
    office.workflow["deliver"] = ["email"]
    office.approved()
    with office.ledger.reading() as look:
        [document] = look.documents.all()
    office.copies.files = {f"surat-{document.sha256}.cadangan": b"x", "surat-other.cadangan": b"y"}
    office.a_year_later()
    assert list(office.copies.files) == ["surat-other.cadangan"]


def test_one_file_that_drive_refuses_holds_up_no_other(office: Office) -> None:
    """It is told in the tab and tried again an hour later."""
    office.workflow["retention_drive"] = "trash"
    rows = [office.approved(), office.approved(DONI)]
    refused = rows[0].system["reference"]
    office.shared.failures[refused] = Never("Akun Loket tidak boleh mengubah berkas ini.")
    office.now += timedelta(days=366)
    retention = office.retention()
    retention.keep()
    assert len(office.shared.taken_back) == 1
    assert len(office.left()) == 1
    [matter] = retention.matters(["domisili"])
    assert "tidak boleh mengubah" in matter.found
    office.shared.failures.clear()
    office.now += timedelta(minutes=61)
    retention.keep()
    assert office.left() == []
    assert retention.matters(["domisili"]) == []


def test_drive_away_is_made_up_for(office: Office) -> None:
    """Everything on this computer is erased meanwhile."""
    office.workflow["retention_drive"] = "trash"
    office.approved()
    office.shared.failures[""] = TryAgain("Google tidak dapat dihubungi. Dicoba lagi sendiri.")
    office.copies.down = True
    office.a_year_later()
    assert len(office.left()) == 2
    assert bytes_of(office.data / "letters") == b""
    office.shared.failures.clear()
    office.copies.down = False
    office.retention().keep()
    assert office.left() == []


@pytest.mark.parametrize("after", ["the ledger", "half the files", "the files"])
def test_a_crash_leaves_nothing_behind_for_good(
    office: Office, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger forgets first; the next start takes away what the list still names."""

    class Killed(BaseException):
        pass

    def dies(*_arguments: object, **_named: object) -> None:
        raise Killed

    office.approved()
    office.approved(DONI)
    office.now += timedelta(days=366)
    unlinks, unlink = iter(range(8)), Path.unlink  # for each reference, three names in two folders

    def limited(path: Path, *, missing_ok: bool = False) -> None:
        if next(unlinks, None) is None:
            raise Killed
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patched:
        match after:
            case "the ledger":
                patched.setattr(Leftovers, "clear", dies)
            case "the files":
                patched.setattr(Leftovers, "_gone", dies)
            case _:
                patched.setattr(Path, "unlink", limited)
        with pytest.raises(Killed):
            office.retention().keep()
    assert [one.answers for one in office.all()] == [{}, {}]
    assert office.left()
    office.retention().keep()
    assert office.left() == []
    assert bytes_of(office.data / "letters") == b""
    assert CITRA["Alamat"].encode() not in bytes_of(office.data)


def test_a_backlog_is_erased_in_turns(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """No round takes longer than its turn, and the next one goes on at once."""
    monkeypatch.setattr("sync.worker.retention.BATCH", 1)
    for number in range(4):
        office.approved({**CITRA, "NIK": f"640201410190000{number + 1}"})
    office.now += timedelta(days=366)
    retention = office.retention()
    retention.turn_s = 0.0
    retention.keep()
    assert sum(one.erased_at is None for one in office.all()) == 4  # no time at all: nothing
    retention.turn_s = 30.0
    retention.keep()
    assert sum(one.erased_at is None for one in office.all()) == 0
    assert office.left() == []


def test_a_day_passes_between_two_looks(office: Office) -> None:
    """An idle counter is not searched in every round."""
    retention = office.retention()
    retention.keep()
    office.approved()
    office.now += timedelta(hours=23)
    office.workflow["retention_days"] = 1
    retention.workflows = office.retention().workflows
    retention.keep()
    assert office.all()[0].answers
    office.now += timedelta(hours=3)
    retention.keep()
    assert office.all()[0].answers == {}


def test_copies_that_no_rotation_deletes_age_out(office: Office) -> None:
    """Before a migration, set aside by a restore: as long as the daily ones; never where nothing is to be erased."""
    import os

    backup = office.data / "backup"
    aside = backup / "disisihkan-20260101-000000"
    aside.mkdir(parents=True)
    (aside / "ledger.sqlite3").write_bytes(b"x")
    for name in ("sebelum-migrasi-dari-0003.sqlite3", "loket-20260101-000000Z-01234567.cadangan"):
        (backup / name).write_bytes(b"x")
    made = (office.now - timedelta(days=13)).timestamp()
    for file in backup.iterdir():
        os.utime(file, (made, made))
    office.retention().keep()
    assert len(list(backup.iterdir())) == 3
    office.now += timedelta(days=2)
    office.workflow["retention_days"], term = None, office.workflow["retention_days"]
    office.retention().keep()
    assert len(list(backup.iterdir())) == 3
    office.workflow["retention_days"] = term
    office.retention().keep()
    assert [file.name for file in backup.iterdir()] == ["loket-20260101-000000Z-01234567.cadangan"]


@pytest.mark.parametrize(
    ("decision", "state", "label"),
    [
        ("", State.CANCELLED, "Dibatalkan"),
        ("Tolak", State.REJECTED, "Ditolak"),
        ("Minta perbaikan", State.CANCELLED, "Dibatalkan"),
        ("Setujui", State.DELIVERED, "Selesai"),
    ],
)
def test_forgetting_on_request_ends_and_erases_at_once(
    office: Office, decision: str, state: State, label: str
) -> None:
    """The row says so in the next cycle, and the letter in Drive is taken back."""
    row = office.applies(CITRA)
    office.cycle()
    if decision:
        office.decides(row, decision, "Alamat kurang.")
    office.cycle(2)
    [application] = office.all()
    forget(office.ledger, office.data, application.id, office.now)
    assert office.leftovers.clear() == ""
    [application] = office.all()
    assert (application.state, application.answers, application.email) == (state, {}, "")
    assert len(office.shared.taken_back) == (decision == "Setujui")
    assert CITRA["Alamat"].encode() not in bytes_of(office.data)
    sent = len(office.email.arrived)
    office.cycle(2)
    assert (row.system["status"], row.system["note"]) == (label, REQUEST)
    assert len(office.email.arrived) == sent
    assert len(office.all()) == 1
    assert office.cycle().at_rest


def test_nothing_is_forgotten_while_the_letter_is_on_its_way(office: Office) -> None:
    """Refused with words, and nothing was erased."""
    office.email.failures = [TryAgain("Server email sedang sibuk.")] * 3
    office.approved()
    [application] = office.all()
    assert application.state is State.DELIVERING
    with pytest.raises(Mendable, match="sedang dikirim"):
        forget(office.ledger, office.data, application.id, office.now)
    assert office.all()[0].answers
    assert office.left() == []


def test_what_was_still_to_be_told_is_told_no_more(office: Office) -> None:
    """The address is gone with the rest."""
    row = office.applies(CITRA)
    office.cycle()
    office.email.failures = [TryAgain("Server email sedang sibuk.")]
    office.decides(row, "Tolak", "Alamat di luar wilayah.")
    office.cycle()
    forget(office.ledger, office.data, office.all()[0].id, office.now)
    office.now += timedelta(hours=2)
    office.cycle(2)
    assert office.email.arrived == []
    assert row.system["note"] == REQUEST


def test_a_letter_kept_in_drive_is_taken_back_when_the_person_asks(office: Office) -> None:
    """Also after its term: then only that is left to do."""
    office.approved()
    office.a_year_later()
    assert office.shared.taken_back == []
    forget(office.ledger, office.data, office.all()[0].id, office.now)
    office.leftovers.clear()
    assert len(office.shared.taken_back) == 1
    with office.ledger.reading() as look:
        told = look.applications.events(office.all()[0].id)
    assert [one.detail["cause"] for one in told if one.kind == "erased"] == ["term", "request"]


def test_a_full_disk_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key nothing is erased; the tab says why, and an hour later it is tried again."""

    def full(_data: Path) -> bytes:
        raise OSError(28, "No space left on device")

    office.approved()
    office.now += timedelta(days=366)
    retention = office.retention()
    with monkeypatch.context() as patched:
        patched.setattr("sync.worker.retention.made_key", full)
        retention.keep()
    assert office.all()[0].answers
    [matter] = retention.matters(["domisili"])
    assert "No space left" in matter.found
    office.now += timedelta(minutes=61)
    retention.keep()
    assert office.all()[0].answers == {}


def test_what_export_wrote_is_forgotten_too(office: Office) -> None:
    office.approved()
    [application] = office.all()
    exports = office.data / "ekspor"
    exports.mkdir()
    for name in (f"{application.reference}.json", f"{application.reference}.pdf", "lain.json"):
        (exports / name).write_bytes(b"x")
    forget(office.ledger, office.data, application.id, office.now)
    office.leftovers.clear()
    assert [file.name for file in exports.iterdir()] == ["lain.json"]
