"""Retention: what is erased and when, on the disk and in Drive, whatever breaks meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.outcomes import Never, TryAgain
from sync.core.states import State
from sync.ledger.desks import restored_mark
from sync.worker.retention import Leftovers
from tests.unit.worker.conftest import CITRA, DONI
from tests.unit.worker.retention_world import (
    Office,
    bytes_of,
    office_of_a_year,  # noqa: F401 - a fixture
)


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
