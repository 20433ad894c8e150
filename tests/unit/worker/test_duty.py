"""A worker acts only while the spreadsheet is surely its own, and its own writes make waiting no dearer."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.cli.holder import holder_of
from sync.core.board import Facts, Quota
from sync.core.lease import DURATION, MARGIN, Holder, lease_text, new_lease, read_lease
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.ledger.desks import DeskMemory
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker.cycle import run_cycle
from sync.worker.duty import Duty, LeftDuty, keeping
from tests.fakes.post_office import FakePostOffice
from tests.unit.worker.conftest import CITRA, DONI, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Office:
    """One spreadsheet, a clock, and as many computers as the test starts."""

    ledger: Ledger
    sheet: FakePostOffice
    now: datetime = START

    def duty(self, holder: str = "aa", computer: str = "PC-DEPAN", process: int = 1) -> Duty:
        return Duty(
            self.sheet,
            spreadsheet_id="sheet-id",
            workflows={"domisili": "Respons"},
            holder=Holder(holder, computer, process),
            ledger=self.ledger,
            clock=lambda: self.now,
            timezone=ZoneInfo("Asia/Makassar"),
        )

    def later(self, time: timedelta) -> None:
        self.now += time

    def holder(self) -> str | None:
        lease = read_lease(self.sheet.lease)
        return lease and lease.holder.computer


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "duty.sqlite3"))
    yield Office(ledger, FakePostOffice())
    ledger.close()


def facts(used: int = 0, **more: Any) -> Facts:
    return Facts("PC-DEPAN", (), Quota(used, 450), (), **more)


def test_which_tab_is_a_workflow_s_is_noted_for_links(office: Office) -> None:
    """By its title, at every write of the lease: a tab that was made anew has another id."""
    for number in (0, 815):
        office.sheet.tabs = {"Loket": 7, "Respons": number}
        office.later(6 * MINUTE)
        duty = office.duty()
        duty.ensure()
        duty.renew()
        with office.ledger.reading() as look:
            assert look.waiting.tab("domisili") == number
    office.sheet.tabs = {"Loket": 7}
    office.later(6 * MINUTE)
    duty.renew()
    with office.ledger.reading() as look:
        assert look.waiting.tab("domisili") == 815


def test_a_free_spreadsheet_is_taken_and_given_back(office: Office) -> None:
    """Another worker may begin at once after a clean end."""
    duty = office.duty()
    assert not duty.held
    duty.ensure()
    assert duty.held
    assert office.holder() == "PC-DEPAN"
    duty.release()
    assert office.sheet.lease is None
    assert not duty.held


def test_another_worker_is_refused_and_told_whose_it_is(office: Office) -> None:
    """Which computer, since when, last seen, and what to do."""
    office.duty().ensure()
    office.later(2 * MINUTE)
    second = office.duty("bb", "PC-BELAKANG")
    with pytest.raises(Mendable) as refused:
        second.ensure()
    [problem] = refused.value.problems
    assert "PC-DEPAN" in problem.found
    assert "sejak 24/11/2026 10:00 WITA" in problem.found
    assert "--take-over" in problem.run
    assert not second.held
    assert "replace" not in office.sheet.calls[-2:]


def test_a_refused_worker_never_asks_again(office: Office) -> None:
    """Even when the lease runs out later: its ledger no longer knows what happened meanwhile."""
    office.duty().ensure()
    second = office.duty("bb", "PC-BELAKANG")
    with pytest.raises(Mendable):
        second.ensure()
    office.later(DURATION * 3)
    calls = len(office.sheet.calls)
    for ask in (second.ensure, second.renew, lambda: second.confirm("9 x")):
        with pytest.raises(Mendable):
            ask()
    assert len(office.sheet.calls) == calls


def test_the_same_folder_goes_on_at_once_after_a_kill(office: Office) -> None:
    """Its lease lives, and is its own."""
    office.duty(process=1).ensure()
    again = office.duty(process=2)
    again.ensure()
    assert again.held


def test_a_dead_pc_s_lease_is_taken_when_it_is_surely_over(office: Office) -> None:
    """Not a moment earlier, and without anybody's help."""
    office.duty().ensure()
    office.later(DURATION + MARGIN - timedelta(seconds=1))
    with pytest.raises(Mendable):
        office.duty("bb", "PC-BELAKANG").ensure()
    office.later(timedelta(seconds=1))
    third = office.duty("cc", "PC-BARU")
    third.ensure()
    assert third.held


def test_a_rival_that_was_faster_wins(office: Office) -> None:
    """Both saw a free spreadsheet; only one write was the first."""
    rival = lease_text(new_lease(Holder("bb", "PC-BELAKANG", 2), START))
    office.sheet.meanwhile = lambda: setattr(office.sheet, "lease", rival)
    duty = office.duty()
    with pytest.raises(Mendable):
        duty.ensure()
    assert not duty.held
    assert office.holder() == "PC-BELAKANG"


def test_a_take_over_is_noticed_as_soon_as_the_spreadsheet_changed(office: Office) -> None:
    """At the next cycle, before a row is read: the worker stops for good and names the other."""
    first, second = office.duty(), office.duty("bb", "PC-BELAKANG", 7)
    first.ensure()
    first.confirm(office.sheet.version())
    second.ensure(by_force=True)
    with pytest.raises(Mendable) as lost:
        first.confirm(office.sheet.version())
    assert "PC-BELAKANG (proses 7) mengambil alih" in lost.value.problems[0].found
    assert not first.held
    first.release()
    assert office.holder() == "PC-BELAKANG"


def test_a_worker_that_slept_asks_before_it_acts(office: Office) -> None:
    """A laptop is opened again; meanwhile another PC serves, or nobody does."""
    alone, night = office.duty(), timedelta(hours=9)
    alone.ensure()
    office.later(night)
    assert not alone.held
    alone.ensure()
    assert alone.held
    office.later(night)
    office.duty("bb", "PC-BELAKANG").ensure()
    with pytest.raises(Mendable):
        alone.ensure()


def test_a_letter_is_not_sent_after_the_lease_ran_out(office: Office) -> None:
    """In the middle of a cycle: the step in hand is the last one."""
    duty, stop = office.duty(), Event()
    duty.ensure()
    left = LeftDuty(stop, duty)
    assert not left.is_set()
    office.later(DURATION)
    assert left.is_set()
    duty.ensure()
    assert not left.is_set()
    stop.set()
    assert left.is_set()


def test_a_renewal_whose_answer_was_lost_is_no_loss(office: Office) -> None:
    """It was applied; the worker knows only the older text, and finds that it is its own."""
    duty = office.duty()
    duty.ensure()
    lease = read_lease(office.sheet.lease)
    assert lease is not None
    office.later(MINUTE)
    office.sheet.lease = lease_text(lease.renewed(office.now))
    duty.renew()
    assert duty.held
    assert duty.lost is None


def test_a_lease_that_somebody_removed_is_taken_again(office: Office) -> None:
    """An older version of the spreadsheet was brought back, or an add-on tidied up."""
    duty = office.duty()
    duty.ensure()
    office.sheet.lease = None
    office.sheet.changes += 1
    duty.confirm(office.sheet.version())
    assert office.holder() == "PC-DEPAN"


def test_without_google_nothing_is_taken_and_it_is_asked_again(office: Office) -> None:
    """A PC is up before its network is."""
    office.sheet.away = True
    duty = office.duty()
    with pytest.raises(Failure):
        duty.ensure()
    assert not duty.held
    assert duty.lost is None
    office.sheet.away = False
    duty.ensure()
    assert duty.held


def test_the_tab_is_written_when_it_says_something_new_or_the_lease_is_due(office: Office) -> None:
    """One call for both; a mere moment is nothing new, and figures that race do not make it hurry."""
    duty = office.duty()
    duty.ensure()
    duty.tell(facts())
    assert office.sheet.posts == 1
    office.later(2 * MINUTE)
    duty.tell(facts())
    assert office.sheet.posts == 1
    duty.tell(facts(used=1))
    assert office.sheet.posts == 2
    office.later(timedelta(seconds=10))
    duty.tell(facts(used=2))
    assert office.sheet.posts == 2
    office.later(5 * MINUTE)
    until = read_lease(office.sheet.lease)
    duty.tell(facts(used=2))
    assert office.sheet.posts == 3
    now = read_lease(office.sheet.lease)
    assert now is not None
    assert until is not None
    assert now.until > until.until


@pytest.mark.parametrize("harm", ["deleted", "protected"])
def test_a_tab_that_cannot_be_written_does_not_cost_the_lease(office: Office, harm: str) -> None:
    """Deleted, it is made again; protected, it is told, and the lease is renewed without it."""
    duty = office.duty()
    duty.ensure()
    duty.tell(facts())
    office.later(6 * MINUTE)
    if harm == "deleted":
        office.sheet.tab = False
    else:
        office.sheet.protected = True
    duty.tell(facts(used=3))
    lease = read_lease(office.sheet.lease)
    assert lease is not None
    assert lease.last_seen == office.now
    assert office.sheet.tab
    assert bool(duty.trouble) == (harm == "protected")


def test_telling_never_raises(office: Office) -> None:
    """Whatever is the matter with the spreadsheet: the cycle has told it, and the next round comes."""
    duty = office.duty()
    duty.tell(facts())
    duty.ensure()
    office.sheet.away = True
    duty.tell(facts())
    office.sheet.away, office.sheet.broken = False, ValueError("x")
    office.later(6 * MINUTE)
    duty.tell(facts())
    office.sheet.broken = None
    duty.tell(facts())
    assert duty.held


def test_our_own_write_is_nothing_new_to_read(office: Office) -> None:
    """What was read to the end stays read, as long as nobody else wrote in between."""

    def remembered() -> str:
        with office.ledger.reading() as look:
            memory = look.desks.of("domisili")
        assert memory is not None
        return memory.version

    def reads_all() -> None:
        with office.ledger.begin() as tx:
            tx.desks.remember(DeskMemory("domisili", office.sheet.version(), office.now, ""))

    duty = office.duty()
    duty.ensure()
    reads_all()
    duty.tell(facts())
    assert remembered() == office.sheet.version()
    office.later(6 * MINUTE)
    office.sheet.meanwhile = lambda: setattr(office.sheet, "changes", office.sheet.changes + 1)
    duty.tell(facts())
    assert remembered() != office.sheet.version()


def test_the_lease_is_renewed_beside_a_long_cycle(office: Office) -> None:
    """A thousand letters take longer than a lease lasts."""
    duty = office.duty()
    duty.ensure()
    renewed = threading.Event()
    office.sheet.meanwhile = renewed.set
    with keeping([duty], look_every_s=0.01):
        office.later(8 * MINUTE)
        assert renewed.wait(5)
    assert office.sheet.lease is None  # given back at the end


def test_the_worker_beside_a_failing_google_lives_on(office: Office) -> None:
    """The next round meets the trouble too, and tells it."""
    duty = office.duty()
    duty.ensure()
    office.sheet.away = True
    asked = len(office.sheet.calls)
    with keeping([duty], look_every_s=0.01):
        office.later(8 * MINUTE)
        deadline = threading.Event()
        for _ in range(200):
            if len(office.sheet.calls) >= asked + 2:
                break
            deadline.wait(0.01)
    assert len(office.sheet.calls) >= asked + 2


def on_duty(world: World, duty: Duty, office: Office) -> Any:
    counter = world.counter()
    counter.duty = duty
    office.now = world.now
    return run_cycle(counter)


def test_a_cycle_without_the_lease_does_nothing_at_all(office: Office, world: World) -> None:
    """Approved letters are not sent, rows not read, cells not written: another worker does that."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.applies(DONI)
    office.ledger = world.ledger
    office.sheet.lease = lease_text(new_lease(Holder("bb", "PC-BELAKANG", 2), world.now))
    reads, writes = world.desk.reads, world.desk.changes
    report = on_duty(world, office.duty(), office)
    assert "PC-BELAKANG" in report.trouble
    assert report.again
    assert (world.desk.reads, world.desk.changes) == (reads, writes)
    assert world.email.arrived == []


def test_a_cycle_stops_where_the_lease_was_lost_just_before(office: Office, world: World) -> None:
    """The spreadsheet changed since: it is asked whose it is before anything is read or sent."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    office.ledger, office.now = world.ledger, world.now
    duty = office.duty()
    duty.ensure()
    office.sheet.lease = lease_text(new_lease(Holder("bb", "PC-BELAKANG", 2), world.now))
    report = on_duty(world, duty, office)
    assert "mengambil alih" in report.trouble
    assert world.email.arrived == []
    assert world.drive.arrived == []


def test_a_copied_data_folder_is_another_holder(tmp_path: Path) -> None:
    """The same one at every start in its place; elsewhere, or spoilt, another."""
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    first = holder_of(here)
    assert holder_of(here) == first
    there.mkdir()
    (there / "worker.json").write_bytes((here / "worker.json").read_bytes())
    assert holder_of(there).id != first.id
    (here / "worker.json").write_text("[]", encoding="utf-8")
    assert holder_of(here).id != first.id
