"""A response sheet that lies open to anyone: told at once and once, asked after once a day, and never at the counter's cost."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.outcomes import TryAgain
from sync.core.settings import Settings
from sync.delivery.messages import Messages
from sync.worker.alarms import Alarms
from sync.worker.exposure import Exposure
from sync.worker.watch import _concerns
from tests.unit.worker.conftest import World

OPEN = "SIAPA PUN yang memegang tautannya dapat membaca jawaban dan NIK semua pemohon."
TEMPLATES = Path(__file__).parents[3] / "templates"
DAY = 24 * 60


@dataclass
class Served:
    """Of a Duty, what alarms look at."""

    spreadsheet_id: str = "sheet-id"
    workflows: dict[str, str] = field(default_factory=lambda: {"domisili": "Respons"})
    lost: None = None
    trouble: str = ""
    held: bool = True


@dataclass
class Office:
    """`google` is what it answers next: what is open, "" nothing, None when this account may not ask, or an error."""

    world: World
    google: str | Exception | None = ""
    asked: int = 0
    duty: Served = field(default_factory=Served)
    alarms: Alarms = field(init=False)

    def __post_init__(self) -> None:
        self.starts()

    def starts(self) -> None:
        self.alarms = self.worker()

    def worker(self) -> Alarms:
        world = self.world
        return Alarms(
            world.ledger,
            world.email,
            Messages([TEMPLATES]),
            Settings.model_validate({"office": {"responsible": "ratna@example.go.id"}}),
            world.data,
            lambda: world.now,
            lambda _folder: 10**10,
            Exposure(self._answer, lambda: world.now),
        )

    def _answer(self, spreadsheet_id: str) -> str | None:
        assert spreadsheet_id == "sheet-id"
        self.asked += 1
        if isinstance(self.google, Exception):
            raise self.google
        return self.google

    def rounds(self, minutes: int = 1, every: int = 1) -> None:
        for _ in range(0, minutes, every):
            self.world.now += timedelta(minutes=every)
            self.alarms.look((), [self.duty], ["domisili"])  # type: ignore[list-item]

    def told(self) -> list[str]:
        return [message.subject.partition(":")[0] for _, message in self.world.email.arrived]


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


BEGUN, OVER = "Loket perlu perhatian", "Loket sudah pulih"


def test_google_is_asked_at_the_start_and_once_a_day(office: Office) -> None:
    """An idle counter's cost does not grow."""
    office.rounds(minutes=3 * DAY, every=30)
    assert (office.asked, office.told()) == (3, [])
    office.starts()
    office.rounds(minutes=60)
    assert office.asked == 4


def test_a_clock_that_is_set_back_does_not_put_the_question_off(office: Office) -> None:
    office.rounds()
    office.world.now -= timedelta(days=400)
    office.rounds()
    assert office.asked == 2


def test_it_is_told_in_the_tab_of_that_spreadsheet_alone() -> None:
    """The others would be searched for what is not there."""
    concerned = [
        _concerns("public sheet-id", set(), Served(sheet))  # type: ignore[arg-type]
        for sheet in ("sheet-id", "another")
    ]
    assert concerned == [True, False]


def test_an_open_sheet_is_told_at_once_and_closed_within_the_hour(office: Office) -> None:
    office.google = OPEN
    office.rounds()
    assert office.told() == [BEGUN]
    [alarm] = office.alarms.on()
    assert (alarm.reason, alarm.title[:7]) == (OPEN, "DARURAT")
    assert "Dibatasi" in alarm.remedy
    office.rounds(minutes=3 * 60)
    office.google = ""
    office.rounds(minutes=61)
    assert (office.told(), office.asked) == ([BEGUN, OVER], 5)


@pytest.mark.parametrize("silence", [None, TryAgain("Google sibuk."), RuntimeError("broken")])
def test_what_google_does_not_tell_makes_no_alarm_and_ends_none(
    office: Office, silence: Exception | None
) -> None:
    """Also across a restart; and the rest is looked at all the same."""
    office.google = silence
    office.rounds(minutes=DAY, every=30)
    assert office.told() == []
    assert office.asked == (1 if silence is None else 24)
    office.starts()
    office.google = OPEN
    office.rounds(minutes=60)
    office.google = silence
    office.starts()
    office.rounds(minutes=DAY, every=30)
    assert office.told() == [BEGUN]
    assert [alarm.reason for alarm in office.alarms.on()] == [OPEN]


def test_without_the_lease_nobody_is_asked_and_nothing_ends(office: Office) -> None:
    """Another computer's worker serves the sheet, or the network is away."""
    office.google = OPEN
    office.rounds()
    office.duty.held = False
    office.google = ""
    office.rounds(minutes=DAY, every=30)
    assert (office.told(), office.asked) == ([BEGUN], 1)


def test_members_of_a_cluster_tell_it_once(office: Office) -> None:
    """One asked while the sheet was closed; it goes by what another found since."""
    office.rounds()
    first, second = office.alarms, office.worker()
    office.google = OPEN
    for _ in range(30):
        for office.alarms in (second, first):
            office.alarms.read_again()
            office.rounds()
    assert office.told() == [BEGUN]
