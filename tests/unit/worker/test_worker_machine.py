"""The counter as a state machine: applicants, officers, weather and power cuts in any order, and what holds all the same.

The real worker and a real ledger; the sheet, the channels and the press are those of machine_world.py. What is
promised stands in `audit`, looked at after every cycle, and in `the_end`, after everything came to rest.
"""

import os
import re
import shutil
import tempfile
from collections import Counter as Count
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.core.application import Application
from sync.core.delivery import IntentState, Kind
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, QuotaUsedUp, TryAgain
from sync.core.projection import LABEL_COPY, LABEL_REPLACED, status_label
from sync.core.references import read_reference
from sync.core.settings import Settings
from sync.core.states import State
from sync.core.survey import Reach
from sync.core.workflow.model import Workflow
from sync.ledger.engine import open_engine, sqlite_url
from sync.ledger.intents import IntentRecord, unsettled
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import LedgerTrouble
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport, run_cycle
from sync.worker.retrying import retry
from tests.fakes.fuse import Fuse, FusedLedger, PowerCut, full_disk, power_cut
from tests.unit.worker.conftest import WORKFLOW, PlainMessages
from tests.unit.worker.machine_world import (
    FusedPress,
    PaperRow,
    Stroke,
    WatchedChannel,
    WatchedDesk,
    response_of,
)

DONE = {State.DELIVERED, State.REJECTED, State.CANCELLED}
WAITING = {State.NEEDS_FIXING, State.IN_REVIEW, State.UNCERTAIN, State.FAILED}
LETTER_OUT = {State.DELIVERING, State.UNCERTAIN, State.FAILED, State.DELIVERED}
DECIDED_BY = {  # an event that only an officer's word brings about
    "approved": "Setujui",
    "rejected": "Tolak",
    "mending_asked": "Minta perbaikan",
    "cancelled": "Batalkan",
    "delivery_confirmed": "Setujui",
}
WORDS = ["Setujui", "Setujui", "Tolak", "Minta perbaikan", "Kirim ulang", "Batalkan", "?"]
WISHES = {  # by the status shown: what leads on, and what ends it
    "Menunggu petugas": ("Setujui", "Tolak"),
    "Perlu dicek": ("Kirim ulang", "Setujui"),
    "Gagal kirim": ("Kirim ulang", "Batalkan"),
    "Selesai": ("Kirim ulang", "Batalkan"),
}
GOOD_NIK, BAD_NIK = "6402014101900001", "123"
MOST_RESPONSES = 5

index = st.integers(0, 9)
when = st.sampled_from(["now", "now", "now", "in the write", "in the sending"])

failures = st.tuples(
    st.sampled_from([TryAgain, Never, CannotKnow, QuotaUsedUp, RuntimeError]), st.integers(1, 4)
)
away = st.sampled_from([None, TryAgain, QuotaUsedUp])
weather = st.one_of(
    *(
        st.tuples(st.just(name), what)
        for name, what in {
            "email fails": failures,
            "drive fails": failures,
            "email away": away,
            "drive away": away,
            "email's reply lost": st.none(),
            "drive's reply lost": st.none(),
            "drive can't be asked": st.integers(1, 3),
            "desk fails": st.sampled_from(["read", "write", "written"]),
            "late reading": st.none(),
            "protected": index,
            "press fails": index,
            "quota": st.sampled_from([0, 1, 3, 450]),
            "clock": st.sampled_from([1, 3, 25, 49, 24 * 40, -1, -30]),
        }.items()
    )
)


@pytest.fixture(scope="module", autouse=True)
def empty_ledger() -> Iterator[None]:
    """Migrated once, copied for every example."""
    folder = Path(tempfile.mkdtemp(prefix="loket-machine-"))
    Ledger.open(sqlite_url(folder / "empty.sqlite3")).close()
    CounterMachine.empty = folder / "empty.sqlite3"
    yield
    shutil.rmtree(folder)


class CounterMachine(RuleBasedStateMachine):
    empty: Path
    reach = Reach()

    @initialize(pace=st.integers(1, 4))
    def opens(self, pace: int) -> None:
        """`pace`: how many things happen between two cycles."""
        self.pace, self.happened = pace, 0
        self.folder = Path(tempfile.mkdtemp(prefix="loket-machine-"))
        shutil.copy(self.empty, self.folder / "ledger.sqlite3")
        self.ledger = FusedLedger(open_engine(sqlite_url(self.folder / "ledger.sqlite3")))
        self.fuse = self.ledger.fuse = Fuse()
        self.unknowable: set[int] = set()
        self.desk = WatchedDesk(self.fuse)
        self.email = WatchedChannel("email", self.fuse, self.unknowable, repeatable=False)
        self.drive = WatchedChannel("drive", self.fuse, self.unknowable, repeatable=True)
        self.press = FusedPress(self.fuse)
        self.settings = Settings()
        self.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
        self.people: list[int] = []  # of each response, who sent it
        self.changes = 0
        self.retried: Count[str] = Count()
        self.edited: dict[int, int] = {}  # responses changed since the last whole cycle: in which
        self.disturbed: dict[int, int] = {}  # responses whose rows were copied, wiped or torn
        self.binned: list[PaperRow] = []
        self.cycles = 0
        self.holders: dict[int, set[int]] = {}
        self.failed = False
        self.worker = self.started()

    def started(self) -> Counter:
        """A worker that was just started: only the ledger, the data folder and the world outside last."""
        return Counter(
            workflow=Workflow.model_validate(WORKFLOW),
            settings=self.settings,
            ledger=self.ledger,
            desk=self.desk,
            press=self.press,  # type: ignore[arg-type]
            channels={"email": self.email, "drive": self.drive},
            messages=PlainMessages(),  # type: ignore[arg-type]
            data=self.folder,
            clock=lambda: self.now,
            reach=self.reach,
        )

    # --- applicants

    @precondition(lambda self: len(self.people) < MOST_RESPONSES)
    @rule(nik=st.sampled_from([GOOD_NIK, GOOD_NIK, BAD_NIK]))
    def applies(self, nik: str) -> None:
        person = len(self.people)
        self.does("now", lambda: self.responds(person, f"p{person}@example.org", nik, ""))

    @precondition(lambda self: len(self.people) < MOST_RESPONSES)
    @rule(at=index, nik=st.sampled_from([GOOD_NIK, BAD_NIK]), moment=when)
    def answers_again(self, at: int, nik: str, moment: str) -> None:
        """By the prefilled link of the message that asked for mending."""
        rows = [row for row in self.desk.rows if row.status == "Perlu perbaikan"]
        if not rows:
            return
        row = rows[at % len(rows)]
        reference, email = row.system.get("reference", ""), str(row.answers["Alamat Email"])
        person = self.people[response_of(row.address)]

        def act() -> None:
            if len(self.people) < MOST_RESPONSES:
                self.disturb(row, lambda: self.responds(person, email, nik, reference))

        self.does(moment, act)

    def responds(self, person: int, email: str, nik: str, reference: str) -> None:
        number = len(self.people)
        self.people.append(person)
        answers = {
            "Nomor Permohonan": reference,
            "Nama Lengkap": f"Pemohon {'ABCDEFGHIJ'[person]}",
            "Alamat Email": email,
            "NIK": nik,
            "Alamat": f"Jl. {number}.0",
        }
        self.desk.rows.append(PaperRow(answers["Nama Lengkap"], dict(answers), f"46350.{number}"))

    @rule(
        at=index,
        what=st.sampled_from(["good", "good", "bad", "email", "nothing"]),
        officer=st.booleans(),
        moment=when,
    )
    def edits(self, at: int, what: str, officer: bool, moment: str) -> None:
        """The applicant by the form's edit link; the officer in the cell, which leaves the timestamp as it is."""
        row = self.some_row(at)
        if row is None:
            return

        def act() -> None:
            number = response_of(row.address)
            if row.status in (LABEL_COPY, LABEL_REPLACED):
                return
            if not self.stands(row) or number in self.disturbed or self.rows_of(number) != [row]:
                return
            self.edited[number] = self.cycles
            self.changes += 1
            if what != "nothing":
                row.answers["Alamat"] = f"Jl. {number}.{self.changes}"
            if what in ("good", "bad"):
                row.answers["NIK"] = GOOD_NIK if what == "good" else BAD_NIK
            if what == "email" and self.is_placed(row):
                person = self.people[number]
                row.answers["Alamat Email"] = f"p{person}.{self.changes}@example.org"
            if not officer:
                row.submitted = f"46351.{self.changes}"

        self.does(moment, act)

    # --- officers

    @rule(at=index, word=st.sampled_from(WORDS), note=st.sampled_from(["", "a", "b"]), moment=when)
    def decides(self, at: int, word: str, note: str, moment: str) -> None:
        row = self.some_row(at)
        if row is not None:
            self.does(moment, lambda: self.types(row, word, note))

    @rule(at=index, wish=st.sampled_from(["yes", "yes", "yes", "no", "other"]))
    def decides_anew(self, at: int, wish: str) -> None:
        """Where somebody has to: empties the cell, waits, decides."""
        waiting = [row for row in self.desk.rows if row.status in WISHES]
        if not waiting:
            return
        row = waiting[at % len(waiting)]
        yes, no = WISHES[row.status]
        self.does("now", lambda: self.types(row, "", ""))
        self.cycle()
        word = {"yes": yes, "no": no, "other": "Minta perbaikan"}[wish]
        self.does("now", lambda: self.types(row, word, "c"))

    @rule(at=index, moment=when)
    def clears(self, at: int, moment: str) -> None:
        row = self.some_row(at)
        if row is not None:
            self.does(moment, lambda: self.types(row, "", row.officer.get("officer_note", "")))

    def types(self, row: PaperRow, word: str, note: str) -> None:
        """Choosing the word that stands there already changes nothing in the cell."""
        was = (row.officer.get("decision", ""), row.officer.get("officer_note", ""))
        same = was[0] == word and (was[1] == note or word not in ("Tolak", "Minta perbaikan"))
        row.officer = {"decision": word, "officer_note": note}
        if not same:
            void = row.status in (LABEL_COPY, LABEL_REPLACED)
            row.stroke = Stroke(word, row.address, void) if word else None

    @rule(
        what=st.sampled_from(["copy", "delete", "sort", "wipe", "scribble", "tear"]),
        at=index,
        other=index,
        moment=when,
    )
    def moves_cells(self, what: str, at: int, other: int, moment: str) -> None:
        row, beside = self.some_row(at), self.some_row(other)
        if row is None or beside is None:
            return
        act = {
            "copy": lambda: self.disturb(row, lambda: self.paste_copy(row)),
            "delete": lambda: self.deletes(row),
            "sort": lambda: Random(other).shuffle(self.desk.rows),
            "wipe": lambda: self.disturb(row, row.system.clear),
            "scribble": lambda: self.scribbles(row, ["status", "note", "updated"][other % 3]),
            "tear": lambda: self.disturb(row, lambda: self.tears(row, beside)),
        }[what]
        self.does(moment, act)

    def paste_copy(self, row: PaperRow) -> None:
        parts = {name: dict(getattr(row, name)) for name in ("answers", "system", "officer")}
        self.desk.rows.append(replace(row, **parts))

    def deletes(self, row: PaperRow) -> None:
        if self.stands(row):
            self.desk.rows = [one for one in self.desk.rows if one is not row]
            self.binned.append(row)

    def scribbles(self, row: PaperRow, cell: str) -> None:
        if row.status not in (LABEL_COPY, LABEL_REPLACED):
            row.system[cell] = "tulisan petugas"

    def tears(self, one: PaperRow, two: PaperRow) -> None:
        """Only the answers are sorted: the cells beside them belong to another row now."""

        def swap() -> None:
            for name in ("system", "officer", "stroke", "shown"):
                mine, theirs = getattr(one, name), getattr(two, name)
                setattr(one, name, theirs)
                setattr(two, name, mine)

        self.disturb(two, swap)

    @precondition(lambda self: self.binned)
    @rule(at=index)
    def brings_back(self, at: int) -> None:
        """Undo, or the version history."""
        row = self.binned.pop(at % len(self.binned))
        self.does("now", lambda: self.desk.rows.append(row))

    def disturb(self, row: PaperRow, act: Callable[[], None]) -> None:
        """Not beside an unread edit: then a row would have lost all by which it can be known."""
        number = response_of(row.address)
        if self.stands(row) and number not in self.edited:
            self.disturbed[number] = self.cycles
            act()

    def does(self, moment: str, act: Callable[[], None]) -> None:
        def changing() -> None:
            act()
            self.desk.changes += 1

        if moment == "now":
            changing()
        elif moment == "in the write":
            self.desk.interruptions.append(changing)
        else:
            self.email.interruptions.append(changing)

    def some_row(self, at: int) -> PaperRow | None:
        return self.desk.rows[at % len(self.desk.rows)] if self.desk.rows else None

    def stands(self, row: PaperRow) -> bool:
        return any(one is row for one in self.desk.rows)

    def rows_of(self, number: int) -> list[PaperRow]:
        return [row for row in self.desk.rows if response_of(row.address) == number]

    # --- weather

    @precondition(lambda self: self.people)
    @rule(event=weather)
    def weather_changes(self, event: tuple[str, Any]) -> None:
        match event:
            case "email fails", (failure, times):
                self.email.failures += [failure("Gagal, direncanakan.")] * times
            case "drive fails", (failure, times):
                self.drive.failures += [failure("Gagal, direncanakan.")] * times
            case "email away", failure:
                self.email.away = failure and failure("Sedang tidak dapat dihubungi.")
            case "drive away", failure:
                self.drive.away = failure and failure("Sedang tidak dapat dihubungi.")
            case "email's reply lost", _:  # it arrived; nobody can know
                self.email.crash_after_sending = CannotKnow("Balasan hilang.")
            case "drive's reply lost", _:  # it arrived; Drive can be asked
                self.drive.crash_after_sending = TryAgain("Balasan hilang.")
            case "drive can't be asked", times:
                self.drive.asking_failures += [TryAgain("Google sedang sibuk.")] * times
            case "desk fails", where:
                self.desk.fails_in.add(where)
            case "late reading", _:
                self.desk.late = self.desk.copied()
            case "protected", at:
                self.desk.protected ^= {row.owner for row in [self.some_row(at)] if row}
            case "press fails", at:
                self.press.fails_for ^= {row.owner for row in [self.some_row(at)] if row}
            case "quota", most:
                self.mails_a_day(most)
            case "clock", hours:
                self.now += timedelta(hours=hours)

    def mails_a_day(self, most: int) -> None:
        mail = self.settings.mail.model_copy(update={"per_day": most})
        self.settings = self.settings.model_copy(update={"mail": mail})
        self.worker = self.started()

    # --- the worker

    @invariant()
    def time_goes_on(self) -> None:
        self.happened += 1
        if self.happened % self.pace == 0:
            self.cycle()

    @rule(
        steps=st.integers(1, 40),
        what=st.sampled_from(
            ["power", "power", "power at email", "power at drive", "disk", "stop"]
        ),
    )
    def cycle_is_cut_short(self, steps: int, what: str) -> None:
        """At a counted step; or when a message had just gone, and nobody heard of it."""
        if what in ("power at email", "power at drive"):
            channel = self.email if what == "power at email" else self.drive
            channel.crash_after_sending = PowerCut()
        else:
            stop = self.worker.stop.set
            self.fuse.light(steps, {"power": power_cut, "disk": full_disk, "stop": stop}[what])
        cut = False
        try:
            self.cycle()
        except (PowerCut, LedgerTrouble):
            cut = True
        finally:
            cut, self.fuse.went_off = cut or self.fuse.went_off, False
            self.fuse.put_out()
            self.email.crash_after_sending = self.drive.crash_after_sending = None
        if cut and what != "stop":
            with self.ledger.reading() as look:
                for application in look.applications.of_workflow():
                    for record in look.intents.of(application.id):
                        if record.intent.state is IntentState.SENDING:
                            self.unknowable.add(record.intent.id)
        if cut and what != "disk":
            self.worker = self.started()
        self.audit()

    @precondition(lambda self: self.holders)
    @rule(at=index)
    def retries(self, at: int) -> None:
        applications = self.applications()
        if applications:
            application = applications[at % len(applications)]
            try:
                retry(self.worker, application)
            except Mendable:
                return
            self.retried[application.reference] += 1
            self.audit()

    def cycle(self) -> CycleReport:
        self.now += timedelta(minutes=1)
        self.cycles += 1
        late = self.desk.late is not None
        report = run_cycle(self.worker)
        cut = self.fuse.went_off or self.worker.stop.is_set()
        read = self.reach.whole_rows or report.at_rest
        if read and not report.trouble and not late and not cut and self.all_shown():
            for unread in (self.edited, self.disturbed):
                for number in [n for n, cycle in unread.items() if cycle < self.cycles]:
                    del unread[number]
        self.audit()
        return report

    def all_shown(self) -> bool:
        own = {
            one.reference: response_of(str(one.answers["Alamat"])) for one in self.applications()
        }
        return all(
            row.status in (LABEL_COPY, LABEL_REPLACED)
            or own.get(row.system.get("reference", "")) == response_of(row.address)
            for row in self.desk.rows
        )

    def is_placed(self, row: PaperRow) -> bool:
        """Before that, another address makes it another person's row."""
        reference = row.system.get("reference")
        return any(one.reference == reference and one.placed for one in self.applications())

    def applications(self) -> list[Application]:
        with self.ledger.reading() as look:
            return list(look.applications.of_workflow())

    # --- what holds at every moment

    def audit(self) -> None:
        with self.ledger.reading() as look:
            applications = list(look.applications.of_workflow())
            records = {one.id: look.intents.of(one.id) for one in applications}
            events = {one.id: look.applications.events(one.id) for one in applications}
            letters = {one.id: look.documents.of(one.id) for one in applications}
            serials = {year: look.numbers.letters("domisili", year) for year in (2026, 2027, 2028)}
        self.failed = True  # until all of it was found true
        self.numbers_have_no_gap(applications, serials)
        for one in applications:
            kinds = Count(event.kind for event in events[one.id])
            self.one_application_a_response(one)
            self.only_officers_decided(one, kinds)
            self.intents_in_order(one, records[one.id], kinds)
            if one.state in WAITING:
                assert one.note.strip(), (
                    f"{one.reference} waits for somebody and does not say for what"
                )
            if one.state not in LETTER_OUT:
                assert letters[one.id] is None
                assert not any(r.intent.kind is Kind.LETTER for r in records[one.id])
        self.letters_hold_what_was_decided({one.reference: one for one in applications})
        self.failed = False

    def numbers_have_no_gap(
        self, applications: list[Application], serials: dict[int, list[int]]
    ) -> None:
        numbers = [one.letter_number for one in applications if one.letter_number]
        assert len(numbers) == len(set(numbers)) == sum(map(len, serials.values()))
        for of_year in serials.values():
            assert of_year == list(range(1, len(of_year) + 1))
        given: dict[int, list[int]] = {}
        for one in applications:
            reference = read_reference(one.reference)
            assert reference is not None
            given.setdefault(reference.year, []).append(reference.serial)
        for of_year in given.values():
            assert sorted(of_year) == list(range(1, len(of_year) + 1))

    def one_application_a_response(self, one: Application) -> None:
        number = response_of(str(one.answers["Alamat"]))
        holders = self.holders.setdefault(number, set())
        holders.add(one.id)
        assert len(holders) == 1, f"response {number} became two applications"
        person = self.people[number]
        assert one.name == f"Pemohon {'ABCDEFGHIJ'[person]}"

    def only_officers_decided(self, one: Application, kinds: Count[str]) -> None:
        """Every decision recorded is a stroke of the pen beside this application's answers, each counted once."""
        mine = {number for number, holders in self.holders.items() if one.id in holders}
        strokes = Count(
            stroke.word for stroke in self.desk.strokes_read if response_of(stroke.address) in mine
        )
        for kind, word in DECIDED_BY.items():
            assert kinds[kind] <= strokes[word], f"{one.reference}: {kind} without an officer"
        most = strokes["Kirim ulang"] + self.retried[one.reference]
        assert kinds["resend_asked"] <= most, f"{one.reference}: sent again without an officer"

    def intents_in_order(
        self, one: Application, records: list[IntentRecord], kinds: Count[str]
    ) -> None:
        for record in records:
            if record.intent.state is IntentState.UNCERTAIN:
                assert record.intent.id in self.unknowable, f"{one.reference}: it could be known"
            if record.intent.kind is Kind.LETTER:
                assert record.series <= 1 + kinds["resend_asked"]
        if one.state is State.UNCERTAIN:
            assert any(record.intent.state is IntentState.UNCERTAIN for record in records)

    def letters_hold_what_was_decided(self, applications: dict[str, Application]) -> None:
        approved = {s.address for s in self.desk.strokes_read if s.word == "Setujui"}
        for channel in (self.email, self.drive):
            twice = [key for key, n in Count(i.key for i, _ in channel.arrived).items() if n > 1]
            assert not twice, f"delivered twice: {twice}"
            printed: dict[str, str] = {}
            for intent, message in channel.arrived:
                letter = intent.kind is Kind.LETTER
                assert letter == (message.letter is not None)
                application = applications[intent.reference]
                mine = {n for n, holders in self.holders.items() if application.id in holders}
                people = {self.people[number] for number in mine}
                assert len(people) == 1
                assert re.match(rf"p{people.pop()}[.@]", intent.address), "misdirected"
                if message.letter is None:
                    continue
                address = re.search(r"Jl\. .*", message.letter.pdf.decode())
                assert address is not None
                assert response_of(address.group()) in mine, "another one's letter"
                assert address.group() in approved, "nobody approved these answers"
                assert application.state in LETTER_OUT
                assert application.letter_number == message.letter.number
                assert printed.setdefault(intent.reference, message.letter.sha256) == (
                    message.letter.sha256
                ), "not the same bytes"

    # --- and in the end

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            if not self.failed:
                self.the_end()
        finally:
            self.ledger.close()
            shutil.rmtree(self.folder)

    def the_end(self) -> None:
        """The weather clears up: everything comes to rest, and does as its notes say when they are followed."""
        self.fuse.put_out()
        for channel in (self.email, self.drive):
            channel.away = channel.crash_after_sending = None
            channel.failures, channel.asking_failures = [], []
        self.desk.interruptions, self.email.interruptions = [], []
        self.desk.fails_in, self.desk.late = set(), None
        self.desk.protected, self.press.fails_for = set(), set()
        self.mails_a_day(450)
        self.comes_to_rest()
        for _ in range(6):
            waiting = [
                one for one in self.applications() if self.has_row(one) and one.state in WAITING
            ]
            for one in waiting:
                self.follow_the_note(one)
            self.comes_to_rest()
        left = [one for one in self.applications() if self.has_row(one) and one.state not in DONE]
        assert not left, f"no way out: {[(one.state, one.note) for one in left]}"

    def has_row(self, one: Application) -> bool:
        return one.missing_at is None

    def comes_to_rest(self) -> None:
        for _ in range(150):
            report = self.cycle()
            if report.at_rest:
                if not self.under_way():
                    break
                self.now += timedelta(hours=1)
        else:
            raise AssertionError(f"never at rest: {report}, {self.under_way()}")
        assert not report.trouble
        self.rows_say_what_the_ledger_says(report)

    def under_way(self) -> list[IntentRecord]:
        with self.ledger.reading() as look:
            applications = list(look.applications.of_workflow())
            return [r for one in applications for r in unsettled(look.intents.of(one.id))]

    def rows_say_what_the_ledger_says(self, report: CycleReport) -> None:
        applications = {one.reference: one for one in self.applications()}
        owned = Count[str]()
        for row in self.desk.rows:
            if row.status in (LABEL_COPY, LABEL_REPLACED):
                continue
            reference = row.system.get("reference", "")
            assert reference in applications, f"a row without its application: {row}"
            one = applications[reference]
            owned[reference] += 1
            mine = {number for number, holders in self.holders.items() if one.id in holders}
            assert response_of(row.address) in mine, "a reference beside a stranger's answers"
            assert (row.status, row.system["note"]) == (status_label(one), one.note)
        for reference, one in applications.items():
            assert owned[reference] == (1 if self.has_row(one) else 0)
            assert one.state in DONE | WAITING, f"{reference} is {one.state} at rest"
        responses = {response_of(row.address) for row in self.desk.rows}
        assert responses <= set(self.holders) | self.never_the_newest(), "a response was lost"

    def never_the_newest(self) -> set[int]:
        return {response_of(row.address) for row in self.desk.rows if row.status == LABEL_REPLACED}

    def follow_the_note(self, one: Application) -> None:
        """An officer, or the applicant, who does what the row says and nothing else."""
        row = next(
            row
            for row in self.desk.rows
            if row.system.get("reference") == one.reference
            and row.status not in (LABEL_COPY, LABEL_REPLACED)
        )
        if one.state is State.NEEDS_FIXING:
            self.changes += 1
            row.answers["NIK"] = GOOD_NIK
            row.answers["Alamat"] = f"Jl. {response_of(row.address)}.{self.changes}"
            self.desk.changes += 1
            return
        word = "Setujui" if one.state is State.IN_REVIEW else "Kirim ulang"
        above, _, below = one.note.rpartition("\n")
        choice = "putuskan lagi|pilih Keputusan|Pilih Setujui"
        told = re.search(
            choice if one.state is State.IN_REVIEW else "[^.]*pilih Kirim ulang", below
        )
        assert told, f"{one.state}: the note names no way out: {one.note}"
        sentence = one.note if one.state is State.IN_REVIEW else f"{above} {told.group()}"
        if "kosongkan keputusan" in sentence.casefold():
            self.does("now", lambda: self.types(row, "", ""))
            self.comes_to_rest()
        self.does("now", lambda: self.types(row, word, "a"))
        self.comes_to_rest()
        with self.ledger.reading() as look:
            after = look.applications.get(one.id)
        assert after.state is not one.state, f"{one.state}: as told, in vain: {one.note!r}"


class LongSheetMachine(CounterMachine):
    """The same where a look takes in a few rows, as it does of a sheet of half a million."""

    reach = Reach(
        whole_rows=0,
        anchor=2,
        near=2,
        awake=4,
        spans=2,
        gap=1,
        tail=3,
        search=3,
        survey=2,
        reread=1,
    )


TestCounterMachine = CounterMachine.TestCase
TestLongSheetMachine = LongSheetMachine.TestCase
TestCounterMachine.settings = TestLongSheetMachine.settings = settings(
    max_examples=int(os.environ.get("LOKET_MACHINE_EXAMPLES", "25")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
