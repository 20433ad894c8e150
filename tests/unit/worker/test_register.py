"""The tab "Buku Agenda", kept by the worker: every letter once, for few calls, whatever officers and power cuts do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sync.core.board import Quota
from sync.core.lease import Holder
from sync.core.mendable import Mendable
from sync.core.outcomes import Never, TryAgain
from sync.core.register import Line
from sync.core.states import State
from sync.ledger.applications import Arrival
from sync.ledger.desks import DeskMemory
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker import register as room
from sync.worker.cycle import CycleReport
from sync.worker.duty import Duty
from sync.worker.ping import Ping
from sync.worker.register import REST, REST_AFTER_TROUBLE, Register
from sync.worker.watch import Watch
from tests.fakes.post_office import FakePostOffice

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@dataclass
class Seen:
    whole: bool
    references: dict[int, str]


class Killed(BaseException):
    """The process ends here."""


@dataclass
class FakeTab:
    """A tab in memory. `fail` is raised at the next write, before it or, with `afterwards`, after it went through."""

    lines: list[Line | None] | None = None  # None: there is no tab
    header: bool = True
    calls: list[str] = field(default_factory=list)
    fail: BaseException | None = None
    afterwards: bool = False

    def look(self, first: int = 2) -> Seen | None:
        self.calls.append(f"look {first}")
        if self.lines is None:
            return None
        there = enumerate(self.lines, start=2)
        return Seen(
            self.header, {row: line.reference for row, line in there if line and row >= first}
        )

    def begin(self) -> None:
        self.calls.append("begin")
        self.lines, self.header = [], True

    def write(self, rows: Mapping[int, Line], new: Sequence[Line]) -> None:
        self.calls.append(f"write {len(rows)}+{len(new)}")
        if not self.afterwards:
            self._fail()
        assert self.lines is not None
        for row, line in rows.items():
            self.lines[row - 2] = line
        self.lines += new
        self._fail()

    def _fail(self) -> None:
        error, self.fail = self.fail, None
        if error:
            raise error

    @property
    def references(self) -> list[str]:
        return [line.reference for line in self.lines or () if line]


@dataclass
class Office:
    ledger: Ledger
    tab: FakeTab = field(default_factory=FakeTab)
    sheet: FakePostOffice = field(default_factory=FakePostOffice)
    now: datetime = START
    register: Register | None = None

    def starts(self) -> None:
        """A worker that knows nothing but the ledger."""
        duty = Duty(
            self.sheet,
            spreadsheet_id="sheet-id",
            workflows={"domisili": "Respons"},
            holder=Holder("aa", "PC-DEPAN", 1),
            ledger=self.ledger,
            clock=lambda: self.now,
            timezone=ZoneInfo("Asia/Makassar"),
        )
        duty.ensure()
        self.register = Register(
            self.tab, duty, self.ledger, {"domisili": "Domisili"}, lambda: self.now
        )

    def approves(self, count: int = 1) -> list[str]:
        references = []
        for _ in range(count):
            with self.ledger.begin() as tx:
                arrival = Arrival(
                    "domisili", "SKD", 2026, {}, "f", "1", None, "Citra", "c@x.id", "", START
                )
                application = tx.applications.register(arrival)
                tx.numbers.take_letter("domisili", 2026, application.id)
                tx.applications.change(
                    application,
                    at=START,
                    event="approved",
                    states=(State.IN_REVIEW, State.APPROVED),
                    letter_number="470",
                    approved_on=date(2026, 11, 24),
                )
            references.append(application.reference)
        return references

    def delivers(self, reference: str) -> None:
        with self.ledger.begin() as tx:
            application = tx.applications.find(reference)
            assert application is not None
            states = (State.DELIVERING, State.DELIVERED)
            tx.applications.change(application, at=START, event="delivered", states=states)

    def rounds(self, count: int = 1, rest: timedelta = REST) -> list[str]:
        """So many rounds; returns the calls that they made."""
        assert self.register is not None
        before = len(self.tab.calls)
        for _ in range(count):
            self.now += rest
            self.register.duty.renew()
            self.register.keep()
        return self.tab.calls[before:]


@pytest.fixture
def office(tmp_path: Path):
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    office = Office(ledger)
    office.starts()
    yield office
    ledger.close()


def test_every_letter_is_told_once_in_the_order_of_the_numbers(office: Office) -> None:
    """The tab is made with the first of them."""
    assert office.rounds() == []
    first = office.approves(3)
    office.rounds()
    second = office.approves(2)
    office.rounds()
    assert office.tab.references == first + second


def test_what_is_new_costs_two_calls_and_what_is_old_costs_none(office: Office) -> None:
    """However many letters stand there already."""
    office.approves(50)
    office.rounds()
    assert office.rounds(5) == []
    office.approves(2)
    assert office.rounds() == ["look 51", "write 0+2"]
    assert office.rounds(5) == []


def test_a_letter_whose_state_changed_is_written_where_it_stands(office: Office) -> None:
    """Only that line."""
    references = office.approves(5)
    office.rounds()
    office.delivers(references[3])
    assert office.rounds() == ["look 5", "write 1+0"]
    assert office.tab.lines is not None
    assert [line and line.status for line in office.tab.lines] == [
        *["Disetujui"] * 3,
        "Selesai",
        "Disetujui",
    ]


def test_a_busy_counter_writes_no_more_often_than_once_a_minute(office: Office) -> None:
    """It must not use up the minute's calls."""
    office.approves()
    office.rounds()
    calls = []
    for _ in range(4):
        office.approves()
        calls += office.rounds(rest=REST / 4)
    assert calls == ["look 2", "write 0+4"]


@pytest.mark.parametrize("afterwards", [False, True], ids=["before the write", "after it"])
def test_a_kill_at_the_write_repeats_no_line(office: Office, afterwards: bool) -> None:
    """The next worker finds by their references which lines stand there."""
    first = office.approves(2)
    office.rounds()
    second = office.approves(2)
    office.tab.fail, office.tab.afterwards = Killed(), afterwards
    with pytest.raises(Killed):
        office.rounds()
    office.starts()
    office.rounds()
    assert office.tab.references == first + second
    assert office.rounds(3) == []


def test_a_kill_while_a_deleted_tab_is_written_anew_leaves_nothing_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Portion by portion, from where it was."""
    monkeypatch.setattr(room, "PORTION", 3)
    references = office.approves(7)
    office.rounds(3)
    office.tab.lines = None
    references += office.approves()
    office.rounds()
    assert office.tab.references == references[:3]
    office.tab.fail = Killed()
    with pytest.raises(Killed):
        office.rounds()
    office.starts()
    office.rounds(4)
    assert office.tab.references == references


def test_an_answer_that_was_lost_repeats_no_line(office: Office) -> None:
    """The worker looks before it writes again."""
    office.tab.fail, office.tab.afterwards = TryAgain("Google tidak dapat dihubungi."), True
    references = office.approves(2)
    office.rounds()
    office.rounds(rest=REST_AFTER_TROUBLE)
    assert office.tab.references == references


def test_trouble_is_one_line_and_tried_again_later(office: Office) -> None:
    """A protected tab: the counter goes on, and asks again after a while only."""
    office.approves()
    office.tab.fail = Never("Sel atau tab itu dilindungi.")
    office.rounds()
    assert office.register is not None
    assert office.register.trouble == (
        'Tab "Buku Agenda" belum dapat ditulis: Sel atau tab itu dilindungi.'
    )
    assert office.rounds(3) == []
    office.rounds(2)
    assert office.register.trouble == ""
    assert len(office.tab.references) == 1


@pytest.mark.parametrize(
    "error", [ValueError("a mistake of ours"), Mendable.one("x", where="y", found="z")]
)
def test_nothing_that_happens_reaches_the_counter(office: Office, error: Exception) -> None:
    """Whatever is raised."""
    office.approves()
    office.tab.fail = error
    office.rounds()
    assert office.register is not None
    assert office.register.trouble


def test_lines_that_officers_sorted_stay_where_they_are(office: Office) -> None:
    """What changes is written where it stands now; new ones come below."""
    first, second, third = office.approves(3)
    office.rounds()
    assert office.tab.lines is not None
    office.tab.lines.reverse()
    office.delivers(first)
    [new] = office.approves()
    assert office.rounds() == ["look 2", "look 2", "write 1+1"]
    assert office.tab.references == [third, second, first, new]
    assert [line and line.status for line in office.tab.lines][2] == "Selesai"


def test_a_line_that_was_deleted_comes_back_with_the_next_letter(office: Office) -> None:
    """Below the others; nobody has to notice."""
    first, second, third = office.approves(3)
    office.rounds()
    assert office.tab.lines is not None
    del office.tab.lines[0]
    [new] = office.approves()
    office.rounds()
    assert sorted(office.tab.references) == sorted([first, second, third, new])


@pytest.mark.parametrize("damage", ["deleted", "header"])
def test_a_tab_that_is_gone_or_not_ours_any_more_is_written_anew(
    office: Office, damage: str
) -> None:
    """With the next letter."""
    references = office.approves(3)
    office.rounds()
    if damage == "deleted":
        office.tab.lines = None
    else:
        office.tab.header = False
    assert office.rounds(3) == []
    references += office.approves()
    office.rounds()
    assert office.tab.references == references
    assert office.tab.header


def test_a_line_that_an_officer_copied_confuses_nobody(office: Office) -> None:
    """The first counts."""
    [first, _] = office.approves(2)
    office.rounds()
    assert office.tab.lines is not None
    office.tab.lines.append(office.tab.lines[0])
    office.delivers(first)
    office.rounds()
    assert [line and line.status for line in office.tab.lines] == [
        "Selesai",
        "Disetujui",
        "Disetujui",
    ]


def test_repair_writes_every_line_as_the_ledger_has_it(office: Office) -> None:
    """Also those that nothing happened to since."""
    office.approves(3)
    office.rounds()
    assert office.tab.lines is not None
    right = list(office.tab.lines)
    spoiled = right[1]
    assert spoiled is not None
    office.tab.lines[1] = spoiled._replace(name="diubah", status="")
    assert office.register is not None
    office.register.rewrite()
    assert office.tab.lines == right


def test_a_worker_that_does_not_hold_the_sheet_writes_nothing(office: Office) -> None:
    """Another computer may be writing it."""
    office.approves()
    assert office.register is not None
    office.register.duty.release()
    office.now += REST
    office.register.keep()
    assert office.tab.calls == []


def test_a_write_of_its_own_makes_no_cycle_read_the_rows_again(office: Office) -> None:
    """A sheet that was read to the end still counts as such."""
    office.approves()
    version = office.sheet.version()
    with office.ledger.begin() as tx:
        tx.desks.remember(DeskMemory("domisili", version, START, ""))
    write = office.tab.write

    def counted(rows: Mapping[int, Line], new: Sequence[Line]) -> None:
        write(rows, new)
        office.sheet.changes += 1

    office.tab.write = counted  # type: ignore[method-assign]
    assert office.register is not None
    office.register.keep()
    assert office.sheet.version() != version
    with office.ledger.reading() as look:
        memory = look.desks.of("domisili")
    assert memory is not None
    assert memory.version == office.sheet.version()


class QuietAlarms:
    """As worker.alarms.Alarms, when nothing is the matter."""

    def look(self, *_: object) -> None:
        pass

    def on(self) -> list[object]:
        return []

    def quota(self) -> Quota:
        return Quota(0, 450)


def watch(office: Office) -> Watch:
    assert office.register is not None
    ping = Ping("", lambda: office.now)
    duties = [office.register.duty]
    return Watch((), duties, office.ledger, QuietAlarms(), ping, (), [office.register])  # type: ignore[arg-type]


def test_its_trouble_is_told_in_the_tab_loket(office: Office) -> None:
    """With what to do, beside the counter's own problems."""
    office.approves()
    office.tab.fail = Never("Sel atau tab itu dilindungi.")
    watch(office).after_round([])
    [told] = [line.texts for line in office.sheet.board if "Buku Agenda" in "".join(line.texts)]
    assert told[0] == 'Tab "Buku Agenda" belum dapat ditulis: Sel atau tab itu dilindungi.'
    assert "Lepaskan perlindungan" in told[1]


def test_where_the_counter_itself_has_trouble_the_register_waits(office: Office) -> None:
    """Google is away, or slow: its calls are for the letters."""
    references = office.approves()
    watch(office).after_round([CycleReport("domisili", trouble="Google sibuk.", again=True)])
    assert office.tab.calls == []
    watch(office).after_round([CycleReport("domisili")])
    assert office.tab.references == references
