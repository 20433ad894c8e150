"""The counter as a state machine: applicants, officers, weather and power cuts in any order, and what holds all the same.

The real worker and a real ledger; the sheet, the channels and the press are those of machine_world.py. What is
promised stands in `audit`, looked at after every cycle, and in `the_end`, after everything came to rest.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from sync.core.chat import Arrival
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, QuotaUsedUp, TryAgain
from sync.core.survey import Reach
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import LedgerTrouble
from sync.worker.retrying import retry
from tests.fakes.fuse import PowerCut, full_disk, power_cut
from tests.unit.worker.machine_chat import WatchedPhone, words
from tests.unit.worker.machine_people import index
from tests.unit.worker.machine_promises import Promises

which = st.integers(0, 2)  # of the channels: email, drive, chat
failures = st.sampled_from([TryAgain, Never, CannotKnow, QuotaUsedUp, RuntimeError])
weather = st.one_of(
    *(
        st.tuples(st.just(name), what)
        for name, what in {
            "fails": st.tuples(which, failures, st.integers(1, 4)),
            "away": st.tuples(which, st.sampled_from([None, TryAgain, QuotaUsedUp])),
            "reply lost": which,
            "can't be asked": st.tuples(which, st.integers(1, 3)),
            "words come": st.none(),
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


class CounterMachine(Promises):
    # --- weather

    @precondition(lambda self: self.people)
    @rule(event=weather)
    def weather_changes(self, event: tuple[str, Any]) -> None:
        match event:
            case "fails", (which, failure, times):
                self.channels[which].failures += [failure("Gagal, direncanakan.")] * times
            case "away", (which, failure):
                self.channels[which].away = failure and failure("Sedang tidak dapat dihubungi.")
            case "reply lost", which:  # it arrived: some can be asked, of others nobody can know
                channel = self.channels[which]
                lost = TryAgain if channel.repeatable else CannotKnow
                channel.crash_after_sending = lost("Balasan hilang.")
            case "can't be asked", (which, times):
                if (channel := self.channels[which]).repeatable:
                    channel.asking_failures += [TryAgain("Sedang sibuk.")] * times
            case "words come", _:
                self.chat.words_come()
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

    @precondition(lambda self: self.chat.arrived)
    @rule(at=index, arrivals=words)
    def word_comes_back(self, at: int, arrivals: list[Arrival]) -> None:
        """Of any message, in any order, and more than once."""
        intent, _ = self.chat.arrived[at % len(self.chat.arrived)]
        for arrival in arrivals:
            self.chat.fares(intent.key, arrival)

    # --- the worker

    @invariant()
    def time_goes_on(self) -> None:
        self.happened += 1
        if self.happened % self.pace == 0:
            self.cycle()

    @rule(
        steps=st.integers(1, 40),
        what=st.sampled_from(
            ["power", "power", "sent by 0", "sent by 1", "sent by 2", "disk", "stop"]
        ),
    )
    def cycle_is_cut_short(self, steps: int, what: str) -> None:
        """At a counted step; or when a message had just gone, and nobody heard of it."""
        if what.startswith("sent by"):
            self.channels[int(what[-1])].crash_after_sending = PowerCut()
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
            for channel in self.channels:
                channel.crash_after_sending = None
        if cut and what != "stop":
            self.nobody_knows_of_what_was_on_its_way()
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


class LongSheetMachine(CounterMachine):
    """The same by SMS, and where a look takes in a few rows, as it does of a sheet of half a million."""

    tells_by = WatchedPhone
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
