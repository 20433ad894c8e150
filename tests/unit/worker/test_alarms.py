"""The responsible person is told once when something begins and once when it is over; nothing is lost in silence."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from sync.core.outcomes import CannotKnow, TryAgain
from sync.core.settings import Settings
from sync.delivery.messages import Messages
from sync.worker.alarms import Alarms
from sync.worker.cycle import CycleReport
from sync.worker.ping import Ping
from tests.fakes.loopback_http import LoopbackServer, Prepared
from tests.unit.worker.conftest import CITRA, DONI, World

BU_RATNA = "ratna@example.go.id"
GONE = CycleReport("domisili", trouble="Sheet tidak dibagikan lagi", again=True)
WELL = CycleReport("domisili")


@dataclass
class Office:
    """The alarms of a worker, which may be started anew at any moment."""

    world: World
    settings: dict[str, Any] = field(default_factory=lambda: {"office": {"responsible": BU_RATNA}})
    free_bytes: int = 10**10
    messages: Any = None
    alarms: Alarms | None = None

    def starts(self) -> None:
        from pathlib import Path

        templates = Path(__file__).parents[3] / "templates"
        self.alarms = Alarms(
            self.world.ledger,
            self.world.email,
            self.messages or Messages([templates]),
            Settings.model_validate(self.settings),
            self.world.data,
            lambda: self.world.now,
            lambda _folder: self.free_bytes,
        )

    def rounds(self, *reports: CycleReport, minutes: int = 1) -> None:
        """One round a minute."""
        if self.alarms is None:
            self.starts()
        assert self.alarms is not None
        for _ in range(minutes):
            self.world.now += timedelta(minutes=1)
            self.alarms.look(reports, (), ["domisili"])

    def told(self) -> list[str]:
        return [
            message.subject
            for intent, message in self.world.email.arrived
            if intent.address == BU_RATNA
        ]


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_an_hour_without_a_good_cycle_is_told_once(office: Office) -> None:
    """Not after a minute, and not every minute; and once more when it is over."""
    office.rounds(GONE, minutes=60)
    assert office.told() == []
    office.rounds(GONE, minutes=300)
    assert office.told() == ["Loket perlu perhatian: layanan domisili berhenti"]
    office.rounds(WELL, minutes=10)
    assert office.told()[1:] == ["Loket sudah pulih: layanan domisili berhenti"]


def test_a_restart_tells_nobody_again(office: Office) -> None:
    """The ledger remembers who was told, and since when the trouble is."""
    office.rounds(GONE, minutes=30)
    office.starts()
    office.rounds(GONE, minutes=32)
    office.starts()
    office.rounds(GONE, minutes=90)
    assert len(office.told()) == 1
    office.starts()
    office.rounds(WELL)
    assert len(office.told()) == 2


def test_a_trouble_that_passes_soon_is_not_told(office: Office) -> None:
    """Neither it nor its end; the next one begins anew."""
    for _ in range(5):
        office.rounds(GONE, minutes=40)
        office.rounds(WELL)
    assert office.told() == []


def test_a_message_that_did_not_go_out_is_sent_later(office: Office) -> None:
    """Mail itself was the trouble: it stands in the tab meanwhile, and goes out once."""
    office.rounds(GONE, minutes=60)
    office.world.email.failures = [TryAgain("Server email tidak dapat dihubungi.")]
    office.rounds(GONE, minutes=2)
    assert office.told() == []
    assert office.alarms is not None
    assert [alarm.told_at for alarm in office.alarms.on()] == [None]
    office.rounds(GONE, minutes=20)
    assert len(office.told()) == 1


def test_one_that_may_have_arrived_is_not_repeated(office: Office) -> None:
    """A connection that was cut after the text."""
    office.rounds(GONE, minutes=60)
    office.world.email.failures = [CannotKnow("Tidak diketahui.")]
    office.rounds(GONE, minutes=60)
    assert office.told() == []
    assert office.alarms is not None
    assert office.alarms.on()[0].told_at is not None


def test_a_broken_template_does_not_silence_the_alarm(office: Office) -> None:
    """The office changed the text of the message itself; the bare facts go out."""
    office.messages = Messages([office.world.data / "nowhere"])
    office.rounds(GONE, minutes=62)
    [told] = office.told()
    assert "layanan domisili berhenti" in told
    assert "Sheet tidak dibagikan lagi" in office.world.email.arrived[0][1].text


def test_a_ledger_that_is_away_does_not_silence_the_alarm(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is broken: this process still tells once."""
    office.rounds(WELL)
    monkeypatch.setattr(office.world.ledger, "begin", _raise)
    monkeypatch.setattr(office.world.ledger, "reading", _raise)
    office.rounds(GONE, minutes=200)
    assert len(office.told()) == 1


def _raise() -> Any:
    raise OSError("disk")


def test_nobody_to_tell_is_no_trouble_of_its_own(office: Office) -> None:
    """office.email is empty: the alarm stands in the tab and in `status`."""
    office.settings = {}
    office.rounds(GONE, minutes=90)
    assert office.world.email.arrived == []
    assert office.alarms is not None
    assert len(office.alarms.on()) == 1


def test_a_nearly_full_disk_is_told_at_once(office: Office) -> None:
    """Before the ledger can't be written."""
    office.free_bytes = 199_999_999
    office.rounds(WELL, minutes=3)
    assert office.told() == ["Loket perlu perhatian: ruang penyimpanan komputer hampir habis"]
    office.free_bytes = 200_000_000
    office.rounds(WELL)
    assert len(office.told()) == 2


def test_the_mail_quota_rings_at_ninety_percent_and_not_at_each_letter(office: Office) -> None:
    """It is over below eighty."""
    office.settings["mail"] = {"per_day": 10}
    used = 0
    office.starts()
    assert office.alarms is not None
    rounds = {8: 0, 9: 1, 8.5: 1, 10: 1, 7: 2}
    from sync.core.board import Quota

    for used, told in rounds.items():
        office.alarms.quota = lambda used=used: Quota(int(used * 10), 100)  # type: ignore[method-assign]
        office.rounds(WELL)
        assert len(office.told()) == told, used


def test_a_template_that_spoils_every_letter_is_told(office: Office) -> None:
    """Three in a row that could not be made are no applicant's fault; one is."""
    world = office.world
    world.press.fails_for = {CITRA["Nama Lengkap"], DONI["Nama Lengkap"], "Eka Wijaya"}
    eka = {**CITRA, "Nama Lengkap": "Eka Wijaya", "NIK": "6402010101910003"}
    for number, person in enumerate((CITRA, DONI, eka), 1):
        row = world.applies(person)
        world.cycle()
        world.decides(row, "Setujui")
        world.cycle(times=2)
        office.rounds(WELL)
        assert len(office.told()) == (1 if number == 3 else 0)
    assert office.told() == ["Loket perlu perhatian: surat layanan domisili tidak dapat dibuat"]


def test_letters_that_do_not_leave_for_an_hour_are_told(office: Office) -> None:
    """The mail server is away: between two attempts the cycles look quite well."""
    world = office.world
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.failures = [TryAgain("Server email tidak dapat dihubungi.") for _ in range(2)]
    world.cycle(times=2)
    world.email.failures.clear()
    office.rounds(WELL, minutes=50)
    assert office.told() == []
    office.rounds(WELL, minutes=15)
    assert office.told() == ["Loket perlu perhatian: surat layanan domisili belum terkirim"]


def test_a_ping_comes_once_a_minute_and_never_raises(world: World) -> None:
    """Refused, redirected or unanswered: the counter goes on, and the secret goes nowhere else."""
    server = LoopbackServer()
    try:
        ping = Ping(f"{server.url}/rahasia", lambda: world.now)
        for _ in range(3):
            ping.after_a_good_round()
        assert len(server.asked) == 1
        for answer in (Prepared(500), Prepared(302, headers={"Location": f"{server.url}/lain"})):
            server.answers = [answer]
            world.now += timedelta(minutes=1)
            ping.after_a_good_round()
        assert [asked.path for asked in server.asked] == ["/rahasia"] * 3
    finally:
        server.close()
    world.now += timedelta(minutes=1)
    ping.after_a_good_round()
    Ping("", lambda: world.now).after_a_good_round()
