"""The ledger is lost, or older than the world: nothing that may have happened happens again."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.core.application import Application
from sync.core.outcomes import TryAgain
from sync.core.states import State
from sync.ledger.copying import copy_ledger, mark_restored
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker.outside import Outside
from sync.worker.recovering import Recovered, recover
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, World


@dataclass(frozen=True)
class InDrive:
    """As google.backup_folder.StoredLetter."""

    file_id: str
    file_name: str
    reference: str
    number: str
    sha256: str
    link: str = "https://drive.example/x"
    stored_at: datetime = datetime(2026, 11, 24, tzinfo=UTC)


def outside(world: World) -> Outside:
    """What Drive would tell of the letters that arrived there."""
    letters, bytes_of = {}, {}
    for intent, message in world.drive.arrived:
        letter = message.letter
        assert letter is not None
        bytes_of[intent.key] = letter.pdf
        letters[intent.reference] = InDrive(
            intent.key, letter.file_name, intent.reference, letter.number, letter.sha256
        )
    return Outside(letters, bytes_of.__getitem__)


def dies(world: World, *, copy: Path | None = None) -> None:
    """Another computer, with an empty data folder or with a ledger from a copy."""
    world.ledger.close()
    world.data = world.data / "komputer baru"
    world.data.mkdir()
    file = world.data / "ledger.sqlite3"
    if copy:
        shutil.copy(copy, file)
        mark_restored(file, "kemarin")
    world.ledger = Ledger.open(sqlite_url(file))


def copied(world: World) -> Path:
    copy = world.data / "copy"
    copy_ledger(world.data / "ledger.sqlite3", copy)
    return copy


def repaired(world: World) -> Recovered:
    return recover(world.counter(), outside(world))


def approved(world: World, person: dict[str, str]) -> SheetRow:
    row = world.applies(person)
    world.cycle()
    world.decides(row, "Setujui")
    return row


def serials(world: World) -> list[int]:
    with world.ledger.reading() as look:
        return look.numbers.letters("domisili", 2026)


def is_uncertain(world: World, row: SheetRow) -> Application:
    found = world.application(row)
    assert found.state is State.UNCERTAIN
    return found


@pytest.fixture(params=["from the sheet alone", "from a copy made before"])
def lose(request: pytest.FixtureRequest) -> Callable[[World, Path], None]:
    """Both ways that a ledger comes to be behind."""
    alone = request.param == "from the sheet alone"
    return lambda world, copy: dies(world, copy=None if alone else copy)


def test_a_letter_that_was_delivered_keeps_its_number_and_its_bytes(
    world: World, lose: Callable[[World, Path], None]
) -> None:
    """The next letter has the next number, and "Kirim ulang" sends what was sent then."""
    copy = copied(world)
    row = approved(world, CITRA)
    world.cycle(times=2)
    first = world.drive.arrived[0][1].letter
    assert first is not None
    lose(world, copy)
    repaired(world)
    world.cycle(times=2)
    assert world.application(row).letter_number == first.number
    assert len(world.email.letters_to("citra@example.org")) == 1
    other = approved(world, DONI)
    world.cycle(times=2)
    assert world.application(other).letter_number == "470/0002/DKPS/2026"
    assert serials(world) == [1, 2]
    world.decides(row, "Kirim ulang")
    world.cycle(times=2)
    again = world.email.letters_to("citra@example.org")[1].letter
    assert again is not None
    assert again.sha256 == first.sha256 == hashlib.sha256(again.pdf).hexdigest()


def test_a_letter_that_went_just_before_the_end_is_an_officers_question(
    world: World, lose: Callable[[World, Path], None]
) -> None:
    """The mail left, the row still says "Disetujui" or "Sedang dikirim": nobody can know, so nobody sends."""
    copy = copied(world)
    row = approved(world, CITRA)
    world.drive.failures = [TryAgain("Drive sibuk. Dicoba lagi.")] * 9
    world.cycle()
    assert row.system["status"] == "Sedang dikirim"
    assert len(world.email.letters_to("citra@example.org")) == 1
    lose(world, copy)
    found = repaired(world)
    application = is_uncertain(world, row)
    assert found.uncertain == [application.reference]
    assert application.letter_number == "470/0001/DKPS/2026"
    world.drive.failures = []
    world.cycle(times=3)
    assert len(world.email.letters_to("citra@example.org")) == 1
    assert row.system["status"] == "Perlu dicek"
    world.decides(row, "")
    world.cycle()
    world.decides(row, "Setujui")  # Citra says that it arrived
    world.cycle()
    assert row.system["status"] == "Selesai"
    assert len(world.email.letters_to("citra@example.org")) == 1


def test_an_approval_that_the_copy_knows_and_the_row_does_not_outrun_is_not_sent_again(
    world: World,
) -> None:
    """When the copy was made the letter was planned; it left a second later."""
    row = approved(world, CITRA)
    world.email.failures = [TryAgain("sibuk. Dicoba lagi.")] * 9
    world.drive.failures = [TryAgain("sibuk. Dicoba lagi.")] * 9
    world.cycle()
    copy = copied(world)
    dies(world, copy=copy)
    world.email.failures, world.drive.failures = [], []
    repaired(world)
    is_uncertain(world, row)
    world.cycle(times=3)
    assert world.email.letters_to("citra@example.org") == []
    world.decides(row, "Kirim ulang")
    world.cycle(times=2)
    assert len(world.email.letters_to("citra@example.org")) == 1
    assert row.system["status"] == "Selesai"


def test_a_decision_of_before_is_asked_for_again(
    world: World, lose: Callable[[World, Path], None]
) -> None:
    """Its row could not be written when the letter went out: the word in the cell may have been dealt with."""
    row = world.applies(CITRA)
    world.cycle()
    copy = copied(world)
    world.desk.protected = {CITRA["Nama Lengkap"]}
    world.decides(row, "Setujui")
    world.drive.failures = [TryAgain("sibuk")] * 9
    world.cycle()
    assert row.system["status"] == "Menunggu petugas"
    assert len(world.email.letters_to("citra@example.org")) == 1
    world.desk.protected = set()
    world.drive.failures = []
    lose(world, copy)
    found = repaired(world)
    assert found.decide_again == [row.system["reference"]]
    assert found.passed_over == {2026: (1, 1)}
    world.cycle(times=2)
    assert len(world.email.letters_to("citra@example.org")) == 1
    assert "keputusan di baris ini mungkin sudah dijalankan" in row.system["note"]
    other = approved(world, DONI)
    world.cycle(times=2)
    assert world.application(other).letter_number == "470/0002/DKPS/2026"  # 1 is on Citra's letter


def test_a_row_in_review_goes_on_as_ever(world: World, lose: Callable[[World, Path], None]) -> None:
    """Nothing was decided, so nothing can have been sent; a row without a reference is a new application."""
    row = world.applies(CITRA)
    copy = copied(world)
    world.cycle()
    other = world.applies(DONI)
    lose(world, copy)
    repaired(world)
    world.cycle()
    assert other.system["reference"] not in ("", row.system["reference"])
    world.decides(row, "Setujui")
    world.cycle(times=2)
    assert row.system["status"] == "Selesai"
    assert len(world.email.letters_to("citra@example.org")) == 1
    assert serials(world) == [1]


def test_a_reference_of_a_deleted_row_is_not_given_again(world: World) -> None:
    """Its applicant has it in an email; the letter in Drive says so, although the row is gone."""
    row = approved(world, CITRA)
    world.cycle(times=2)
    reference = row.system["reference"]
    world.applies(DONI)
    world.cycle()
    world.desk.rows.remove(row)
    dies(world)
    repaired(world)
    other = world.applies({**CITRA, "Alamat": "Jl. Baru 3"})
    world.cycle()
    assert other.system["reference"] != reference
    world.decides(other, "Setujui")
    world.cycle(times=2)
    assert world.application(other).letter_number == "470/0002/DKPS/2026"


def test_repairing_twice_and_a_ledger_that_is_not_behind_change_nothing(world: World) -> None:
    """What is on its way in a healthy ledger stays on its way."""
    row = approved(world, CITRA)
    world.email.failures = [TryAgain("sibuk. Dicoba lagi.")]
    world.cycle()
    found = repaired(world)
    assert not found.behind
    assert world.application(row).state is State.DELIVERING
    world.cycle(times=3)
    assert row.system["status"] == "Selesai"


def test_before_it_was_compared_a_restored_ledger_does_nothing(world: World) -> None:
    """It would send what it had planned when it was copied."""
    row = approved(world, CITRA)
    world.email.failures = [TryAgain("sibuk. Dicoba lagi.")] * 9
    world.cycle()
    dies(world, copy=copied(world))
    world.email.failures = []
    report = world.cycle(times=3)
    assert "belum dicocokkan" in report.trouble
    assert world.email.letters_to("citra@example.org") == []
    assert row.system["status"] == "Sedang dikirim"


def test_a_copied_old_data_folder_sends_nothing_either(world: World) -> None:
    """Somebody copied an old data/ by hand: the sheet carries references that this ledger never gave."""
    approved(world, CITRA)
    world.email.failures = [TryAgain("sibuk. Dicoba lagi.")] * 9
    world.cycle()
    copy = copied(world)
    world.applies(DONI)
    world.cycle()
    world.ledger.close()
    file = world.data / "lama.sqlite3"
    shutil.copy(copy, file)
    world.ledger = Ledger.open(sqlite_url(file))
    world.email.failures = []
    report = world.cycle(times=3)
    assert "ledger lain" in report.trouble
    assert world.email.letters_to("citra@example.org") == []
