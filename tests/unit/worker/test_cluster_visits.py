"""A cluster at the sheets: one holder of the lease, whoever looks; rows that say what other members did."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import sleep

import pytest

from sync.core.application import Event as Happening
from sync.core.desk import DeskReading
from sync.core.lease import RENEW_EVERY, Holder
from sync.core.mendable import Mendable
from sync.core.outcomes import Receipt
from sync.core.references import make_reference
from sync.core.states import State
from sync.ledger.desks import restored_mark
from sync.ledger.engine import sqlite_url
from sync.ledger.fence import FencedLedger
from sync.ledger.ledger import Ledger
from sync.worker import intake
from sync.worker.cluster import turns
from sync.worker.cluster.duty import SharedDuty, cluster_holder
from sync.worker.cluster.share import AtTheSheet, Batch
from sync.worker.cluster.turns import Mailing, Printing, Visiting
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport
from sync.worker.delivering import settle_interrupted
from sync.worker.rows import MatchedRow, match_rows
from tests.fakes.post_office import FakePostOffice
from tests.unit.worker.conftest import CITRA, DONI, World
from tests.unit.worker.test_duty import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "duty.sqlite3"))
    yield Office(ledger, FakePostOffice())
    ledger.close()


def member(office: Office, computer: str) -> SharedDuty:
    holder = cluster_holder(office.ledger, computer, 1)
    duty = SharedDuty.of(office.duty(), holder)
    duty.adopt()
    return duty


def test_the_cluster_is_one_holder_for_ever(office: Office) -> None:
    """Chosen once, in the ledger: a member that comes next month is it too."""
    assert {cluster_holder(office.ledger, name, 7).id for name in ("a", "b")} == {
        cluster_holder(office.ledger, "c", 8).id
    }


def test_members_act_on_each_others_lease_and_write_none(office: Office) -> None:
    """Whoever looks next finds it held: two members cost no more than one."""
    first = member(office, "A")
    first.ensure()
    written = office.sheet.calls.count("replace")
    for name in ("B", "C"):
        other = member(office, name)
        assert other.held
        other.ensure()
        other.confirm("another version")
        assert other.held
    first.confirm("yet another version")
    assert first.held
    assert office.sheet.calls.count("replace") == written


def test_a_lease_that_another_member_renewed_is_followed(office: Office) -> None:
    """And not fought over: the first goes on with what the second posted."""
    first, second = member(office, "A"), member(office, "B")
    first.ensure()
    second.adopt()
    office.later(RENEW_EVERY)
    second.renew()
    written = office.sheet.calls.count("replace")
    first.confirm("a version that second made")
    assert first.held
    assert office.sheet.calls.count("replace") == written


def test_a_single_pc_is_refused_while_a_cluster_serves(office: Office) -> None:
    """And the other way round: they are two ledgers."""
    member(office, "A").ensure()
    with pytest.raises(Mendable) as refused:
        office.duty("bb", "PC-BELAKANG").ensure()
    assert "A (klaster)" in refused.value.problems[0].found
    other = Office(office.ledger, FakePostOffice())
    other.duty("bb", "PC-BELAKANG").ensure()
    with pytest.raises(Mendable):
        member(other, "A").ensure()


def test_a_member_that_ends_takes_the_lease_from_nobody(office: Office) -> None:
    """The others go on."""
    first = member(office, "A")
    first.ensure()
    first.release()
    assert office.holder() == "A (klaster)"
    assert member(office, "B").held


class Members:
    """One workflow, and what members of each role do with a job of it."""

    def __init__(self, world: World, url: str = "") -> None:
        self.world = world
        self.fenced = FencedLedger.open(url or sqlite_url(world.data / "ledger.sqlite3"))
        self.asked_for: list[str] = []
        self.to_say: list[str] = []
        self.found: list[CycleReport] = []
        duty = SharedDuty.of(
            Office(self.fenced, FakePostOffice(), world.now).duty(), Holder("aa", "A", 1)
        )
        duty.clock = lambda: world.now
        at_the_sheet = world.counter()
        at_the_sheet.ledger, at_the_sheet.share, at_the_sheet.duty = self.fenced, AtTheSheet(), duty
        self.visit = Visiting(
            self.fenced,
            {"sheet-id": duty},
            {"domisili": at_the_sheet},
            lambda _: None,
            self,
        )
        self.letters = Printing({"domisili": world.counter()}, "p", self.to_say.append)
        self.senders = Mailing({"domisili": world.counter()}, "m", self.to_say.append)

    def begin(self, spreadsheet: str) -> None:
        pass

    def next(self, spreadsheet: str, reports: Sequence[CycleReport]) -> None:
        self.asked_for.append(spreadsheet)
        self.found = list(reports)

    def sheet(self) -> None:
        self.world.now += timedelta(seconds=15)
        self.visit("sheet-id")


@pytest.fixture
def members(world: World) -> Iterator[Members]:
    members = Members(world)
    yield members
    members.fenced.close()


def test_rows_say_what_other_members_did(world: World, members: Members) -> None:
    """Printed and sent elsewhere while the sheet stood still: the next visit writes it, and the one after finds rest."""
    row = world.applies(CITRA)
    for _ in range(4):
        members.sheet()
    world.decides(row, "Setujui")
    for _ in range(4):
        members.sheet()
    members.letters("domisili")
    members.senders("domisili")
    assert members.to_say == ["sheet-id", "sheet-id"]
    for _ in range(4):
        members.sheet()
    assert row.system["status"] == "Selesai"
    reads = world.desk.reads
    for _ in range(4):
        members.sheet()
    assert world.desk.reads == reads


def test_the_next_visit_is_asked_for_whatever_happened(world: World, members: Members) -> None:
    """Also where the spreadsheet is not this member's, or its rows can't be read."""
    members.visit("somebody else's")
    world.desk.broken = RuntimeError("away")
    members.sheet()
    assert members.asked_for == ["somebody else's", "sheet-id"]


def test_jobs_of_workflows_that_are_not_here_do_no_harm(members: Members) -> None:
    """A member whose workflows/ is older than the others'."""
    members.letters("baru")
    members.senders("baru")


def test_no_sheet_is_visited_for_nothing(members: Members) -> None:
    """Neither letters nor messages were due."""
    members.letters("domisili")
    members.senders("domisili")
    assert members.to_say == []


def test_what_a_sheet_knows_and_the_ledger_does_not_stops_everything(
    world: World, members: Members
) -> None:
    """Another ledger served it meanwhile: a letter that was ready may have left from there."""
    row = world.applies(CITRA)
    members.sheet()
    world.decides(row, "Setujui")
    members.sheet()
    members.letters("domisili")
    stranger = world.applies(DONI)
    stranger.system = {"reference": make_reference("SKD", 26, 99), "status": "Selesai"}
    members.sheet()
    members.senders("domisili")
    assert not world.email.arrived
    with world.ledger.reading() as look:
        assert look.desks.resource(restored_mark("domisili"))
    stranger.system = {}
    members.sheet()
    members.senders("domisili")
    assert not world.email.arrived
    assert "belum dicocokkan" in members.found[0].trouble


def test_what_a_living_member_is_sending_stays_in_its_hands(
    world: World, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mail server takes longer than a claim lasts: nobody asks after the message, which would become Perlu dicek."""
    monkeypatch.setattr(turns, "RENEW_EVERY_S", 0.01)
    world.workflow["deliver"] = ["email"]
    slow = Members(world)
    row = world.applies(CITRA)
    slow.sheet()
    world.decides(row, "Setujui")
    slow.sheet()
    slow.letters("domisili")

    def takes_its_time(*_: object) -> Receipt:
        for _ in range(10):
            world.now += timedelta(minutes=1)
            sleep(0.1)
            other = world.counter()
            other.share = Batch("other", world.settings)
            assert settle_interrupted(other) == 0
        return Receipt("arrived")

    monkeypatch.setattr(world.email, "send", takes_its_time)
    slow.senders("domisili")
    assert world.application(row).state is State.DELIVERED
    slow.fenced.close()


def test_a_visit_that_lost_its_turn_changes_nothing_more(
    world: World, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It slept between seeing a new row and recording it, and another member recorded it meanwhile: that is all that
    happened, and nothing is the matter."""
    row = world.applies(CITRA)
    slept, other = Event(), Members(world)
    happened: list[Happening] = []

    def events() -> list[Happening]:
        with world.ledger.reading() as look:
            [application] = look.applications.of_workflow()
            return look.applications.events(application.id)

    def match_and_sleep(counter: Counter, reading: DeskReading) -> list[MatchedRow]:
        matched = match_rows(counter, reading)
        if not slept.is_set():
            slept.set()
            other.sheet()
            happened.extend(events())
        return matched

    monkeypatch.setattr(intake, "match_rows", match_and_sleep)
    members.sheet()
    assert happened
    assert events() == happened
    [report] = members.found
    assert not report.trouble
    assert report.overtaken
    other.sheet()
    assert row.system["reference"]
    other.fenced.close()
