"""The reminder, kept by the worker: once a day to each address, from its hour on, and only where somebody waits too long."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.core.application import Application
from sync.core.delivery import IntentState, Message
from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.core.settings import Office as OfficeSettings
from sync.core.states import State
from sync.core.workflow.model import Applicant, Letter, Workflow
from sync.delivery.messages import Messages
from sync.ledger.applications import Arrival
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About, Mail
from sync.ledger.waiting import tab_name
from sync.worker.office_mail import OfficeMails
from sync.worker.reminding import ReminderPaper, Reminding
from tests.fakes.channel import FakeChannel

ROOT = Path(__file__).parents[3]
WITA = ZoneInfo("Asia/Makassar")
HEAD = "kepala@example.org"
NIK, NAME = "6472010101900001", "Citra Lestari"


def at(hour: float, day: int = 24) -> datetime:
    """That hour of November 2026 in Samarinda."""
    return (datetime(2026, 11, day, tzinfo=WITA) + timedelta(hours=hour)).astimezone(UTC)


class Killed(BaseException):
    """The process ends here."""


class Duty:
    held = True


def workflow(name: str, title: str, promised_days: int | None) -> Workflow:
    return Workflow(
        name=name,
        title=title,
        prefix=name[:3].upper(),
        sheet="s" * 44,
        tab="Respons",
        applicant=Applicant(name="Nama"),
        fields={},
        letter=Letter(template="letters/domisili.html", number="{{ serial }}"),
        promised_days=promised_days,
    )


WORKFLOWS = [
    workflow("domisili", "Surat Keterangan Domisili", 3),
    workflow("pindah", "Surat Pindah", 1),
    workflow("tanpa-janji", "Surat Lain", None),
]


@dataclass
class Office:
    ledger: Ledger
    now: datetime = field(default_factory=lambda: at(6))
    channel: FakeChannel = field(default_factory=lambda: FakeChannel("email"))
    duty: Duty = field(default_factory=Duty)
    to: tuple[str, ...] = (HEAD,)
    templates: list[Path] = field(default_factory=lambda: [ROOT / "templates"])

    def starts(self) -> Reminding:
        """A worker that knows nothing but the ledger."""
        office = OfficeSettings(name="Disdukcapil", timezone="Asia/Makassar")
        paper = ReminderPaper(
            self.ledger,
            Messages(self.templates),
            WORKFLOWS,
            office,
            lambda: self.now,
        )
        mails = OfficeMails(self.ledger, self.channel, paper, lambda: self.now, timedelta(hours=48))
        self.worker = Reminding(
            mails, "07:30", self.to, WITA, self.ledger, self.duty, lambda: self.now
        )
        return self.worker

    def runs(self, until: datetime, step: timedelta = timedelta(minutes=15)) -> None:
        while self.now < until:
            self.now = min(self.now + step, until)
            self.worker.keep()

    def applies(
        self, when: datetime, *states: State, service: str = "domisili", row: int | None = None
    ) -> Application:
        """One that has come so far."""
        with self.ledger.begin() as tx:
            answers = {"NIK": NIK}
            arrival = Arrival(
                service,
                service[:3].upper(),
                2026,
                answers,
                "f",
                "1",
                None,
                NAME,
                "c@x.id",
                "",
                when,
            )
            made = tx.applications.register(arrival)
            if row is not None:
                tx.places.put(service, {made.id: row})
            for state in states:
                made = tx.applications.change(made, at=when, event=state.value, states=(state,))
        return made

    @property
    def told(self) -> list[str]:
        """The days that emails told of, in order."""
        return [intent.reference[10:20] for intent, _ in self.channel.arrived]

    @property
    def message(self) -> Message:
        [(_, message)] = self.channel.arrived
        return message

    def mails(self, day: int = 24) -> list[Mail]:
        with self.ledger.reading() as look:
            return look.office_mails.of(About.REMINDER, date(2026, 11, day))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    with ledger.begin() as tx:
        tx.desks.set_resource(tab_name("domisili"), "42")
    office = Office(ledger)
    office.starts()
    yield office
    ledger.close()


def test_each_address_is_reminded_once_a_day_from_the_hour_on(office: Office) -> None:
    """Not before; also after a restart; for as long as somebody waits."""
    office.to = (HEAD, "loket1@example.org")
    office.starts()
    office.applies(at(9, 20), State.IN_REVIEW)
    office.runs(at(7.4))
    assert office.told == []
    office.runs(at(7.5))
    office.starts()
    office.runs(at(23))
    assert office.told == ["2026-11-24"] * 2
    assert {intent.address for intent, _ in office.channel.arrived} == set(office.to)
    office.runs(at(8, 26))
    assert office.told == ["2026-11-24"] * 2 + ["2026-11-25"] * 2 + ["2026-11-26"] * 2


def test_nobody_is_written_to_where_nothing_is_late(office: Office) -> None:
    """The last promised day is not over; and a service that promises nothing is never late."""
    office.applies(at(0, 21), State.IN_REVIEW)
    office.applies(at(9, 1), State.IN_REVIEW, service="tanpa-janji")
    office.runs(at(23))
    assert office.told == []
    office.runs(at(8, 25))
    assert office.told == ["2026-11-25"]


def test_what_waits_for_the_applicant_or_has_ended_is_not_late(office: Office) -> None:
    """Whoever is to mend has the next move."""
    delivered = (State.APPROVED, State.DELIVERING, State.DELIVERED)
    for states in (
        (State.NEEDS_FIXING,),
        (State.IN_REVIEW, State.REJECTED),
        (State.IN_REVIEW, State.CANCELLED),
        (State.IN_REVIEW, *delivered),
    ):
        office.applies(at(9, 1), *states)
    office.runs(at(12))
    assert office.told == []


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ((), "Diterima"),
        ((State.IN_REVIEW,), "Menunggu petugas"),
        ((State.IN_REVIEW, State.APPROVED), "Disetujui"),
        ((State.IN_REVIEW, State.APPROVED, State.DELIVERING), "Sedang dikirim"),
        ((State.IN_REVIEW, State.APPROVED, State.DELIVERING, State.FAILED), "Gagal kirim"),
        ((State.IN_REVIEW, State.APPROVED, State.DELIVERING, State.UNCERTAIN), "Perlu dicek"),
    ],
)
def test_whatever_waits_for_the_office_is_late(
    office: Office, states: tuple[State, ...], status: str
) -> None:
    """Its officers, or its mail; told as its row tells it."""
    made = office.applies(at(9, 19), *states, row=12)
    office.runs(at(8))
    told = f"- {made.reference}, diterima 19 November 2026, lewat 2 hari, {status}: "
    link = f"https://docs.google.com/spreadsheets/d/{'s' * 44}/edit#gid=42&range=A12"
    assert told + link in office.message.text


def test_who_waits_longest_is_told_first_by_service_and_nobody_by_name(office: Office) -> None:
    """Five of a service at most; the others are counted."""
    first = office.applies(at(9, 1), State.IN_REVIEW)
    for day in range(2, 9):
        office.applies(at(9, day), State.IN_REVIEW)
    moved = office.applies(at(9, 2), State.IN_REVIEW, service="pindah")
    office.runs(at(8))
    text = office.message.text
    assert "Surat Keterangan Domisili (janji 3 hari): 8 permohonan.\n- " + first.reference in text
    assert "- dan 3 permohonan lain." in text
    assert f"Surat Pindah (janji 1 hari): 1 permohonan.\n- {moved.reference}" in text
    assert office.message.subject.startswith("9 permohonan ")
    for word in (NIK, NAME, "Citra", "c@x.id"):
        assert word not in text + office.message.html + office.message.subject


def test_a_row_is_linked_only_where_its_tab_is_known(office: Office) -> None:
    """Until then the spreadsheet is linked, not somebody else's row."""
    office.applies(at(9, 1), State.IN_REVIEW, service="pindah", row=12)
    office.runs(at(8))
    assert f"/{'s' * 44}/edit\n" in office.message.text


def test_a_pc_that_was_off_at_the_hour_reminds_the_same_day_and_not_for_days_before(
    office: Office,
) -> None:
    """Turned on at noon after a long weekend: one email."""
    office.applies(at(9, 1), State.IN_REVIEW)
    office.now = at(12)
    office.starts()
    office.runs(at(13))
    assert office.told == ["2026-11-24"]
    office.now = at(22, 27)
    office.starts()
    office.runs(at(23, 27))
    assert office.told == ["2026-11-24", "2026-11-27"]


def test_one_that_could_not_leave_before_midnight_is_left(office: Office) -> None:
    """The day after has its own, at its hour; nobody reads yesterday's."""
    office.applies(at(9, 1), State.IN_REVIEW)
    office.channel.failures = [TryAgain("Server email tidak dapat dihubungi.")] * 24
    office.runs(at(23.5))
    [matter] = office.worker.matters()
    assert "Pengingat 24 November 2026 untuk k***@example.org belum terkirim." in matter.found
    office.channel.failures.clear()
    office.runs(at(7, 25))
    assert (office.told, office.mails()[0].state) == ([], IntentState.DROPPED)
    assert office.worker.matters() == []
    office.runs(at(8, 25))
    assert office.told == ["2026-11-25"]


def test_it_tells_what_is_late_when_it_is_sent(office: Office) -> None:
    """A mail server that was away for a while: who was served meanwhile is not told; and when all were, nobody is."""
    made = office.applies(at(9, 1), State.IN_REVIEW)
    office.channel.failures = [TryAgain("Server sibuk.")] * 3
    office.runs(at(7.75))
    with office.ledger.begin() as tx:
        tx.applications.change(made, at=at(8), event="rejected", states=(State.REJECTED,))
    office.runs(at(12))
    assert (office.told, office.mails()[0].state) == ([], IntentState.DROPPED)


@pytest.mark.parametrize("step", range(1, 4))
def test_a_kill_between_any_two_steps_sends_no_second_email(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Around every commit; where it can't be known whether it left, the tab says so."""
    office.applies(at(9, 1), State.IN_REVIEW)
    original, count = Ledger.begin, 0

    def killed_at(ledger: Ledger) -> Any:
        nonlocal count
        count += 1
        if count == step:
            raise Killed
        return original(ledger)

    with monkeypatch.context() as dying:
        dying.setattr(Ledger, "begin", killed_at)
        with pytest.raises(Killed):
            office.runs(at(8))
    office.starts()
    office.runs(at(23))
    [mail] = office.mails()
    assert office.told == ["2026-11-24"]
    assert mail.state is (IntentState.UNCERTAIN if step == 3 else IntentState.DELIVERED)
    assert bool(office.worker.matters()) == (step == 3)


@pytest.mark.parametrize(
    ("failure", "said", "remedy"),
    [
        (Never("Alamat ditolak."), "tidak terkirim. Alamat ditolak.", "dashboard.reminder_to"),
        (CannotKnow("Sambungan putus."), "Sambungan putus.", "Tanyakan kepada penerimanya."),
    ],
)
def test_what_does_not_arrive_is_told_for_a_day(
    office: Office, failure: Exception, said: str, remedy: str
) -> None:
    """With its remedy; the next day's takes its place."""
    office.applies(at(9, 1), State.IN_REVIEW)
    office.channel.failures = [failure]
    office.runs(at(7, 25))
    [matter] = office.worker.matters()
    assert said in matter.found
    assert remedy in matter.remedy
    office.runs(at(8, 25))
    assert (office.told, office.worker.matters()) == (["2026-11-25"], [])


def test_a_template_that_an_office_broke_is_told_by_its_place(
    office: Office, tmp_path: Path
) -> None:
    """Nothing leaves until it is mended."""
    own = tmp_path / "reports" / "pengingat.txt"
    own.parent.mkdir()
    own.write_text("Subjek: Pengingat\n\n{{ jumlahnya }}\n", encoding="utf-8")
    office.templates = [tmp_path, ROOT / "templates"]
    office.starts()
    office.applies(at(9, 1), State.IN_REVIEW)
    office.runs(at(8))
    [matter] = office.worker.matters()
    assert "tidak terkirim. templates/reports/pengingat.txt" in matter.found
    assert office.told == []


def test_a_day_on_which_nothing_is_late_costs_two_writes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the worker goes round."""
    original, count = Ledger.begin, 0

    def counted(ledger: Ledger) -> Any:
        nonlocal count
        count += 1
        return original(ledger)

    monkeypatch.setattr(Ledger, "begin", counted)
    office.runs(at(23.5))
    assert count == 2


def test_who_does_not_serve_the_counter_reminds_nobody(office: Office) -> None:
    """Another computer does."""
    office.applies(at(9, 1), State.IN_REVIEW)
    office.duty.held = False
    office.runs(at(12))
    assert office.mails() == []


def test_trouble_that_passed_is_told_no_longer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours stops nothing else, and the tab tells of it until it went well."""

    def breaks(_: OfficeMails) -> None:
        raise ValueError("ours")

    with monkeypatch.context() as broken:
        broken.setattr(OfficeMails, "send_due", breaks)
        office.runs(at(7))
        [matter] = office.worker.matters()
    assert matter.found.startswith("Pengingat terhenti")
    office.runs(at(7.3))
    assert office.worker.matters() == []
