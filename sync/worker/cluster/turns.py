"""What a member does with one job: a look at a sheet, a batch of letters, a batch of messages. Nothing raised: the queue
would only forget it; what is left undone, the ledger shows to the next one.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from sync.core.mendable import Mendable
from sync.ledger.applications import Overtaken
from sync.ledger.desks import DeskMemory, is_once, once
from sync.ledger.fence import FencedLedger
from sync.worker.beside import repeated
from sync.worker.cluster.comparing import Comparing
from sync.worker.cluster.duty import SharedDuty
from sync.worker.cluster.share import Batch
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport
from sync.worker.delivering import Sending, settle_interrupted
from sync.worker.duty import keeping
from sync.worker.letters import make_letters
from sync.worker.loop import TURN_S, run_once
from sync.worker.turn import Turn
from sync.worker.watch import Watch

log = logging.getLogger(__name__)

RENEW_EVERY_S = 60.0


@contextmanager
def told(job: str) -> Iterator[None]:
    """What a job meets is in the log, and nowhere else."""
    try:
        yield
    except Overtaken as error:
        log.info("%s: another member has it: %s", job, error)
    except Mendable as error:
        log.warning("%s: %s", job, error.problems[0].name)
    except Exception:
        log.exception("%s: broke", job)


@dataclass(frozen=True)
class Printing:
    """Batches of letters. `made` is told the spreadsheet whose rows have something new to say."""

    counters: Mapping[str, Counter]
    by: str
    made: Callable[[str], None]

    def __call__(self, workflow: str) -> None:
        with told(f"letters {workflow}"), _batch(self.counters, workflow, self.by) as counter:
            if make_letters(counter, Turn(counter.stop, TURN_S)).tried:
                self.made(counter.workflow.sheet)


@dataclass(frozen=True)
class Mailing:
    """Batches of messages, over whatever channels they go. `sent` as Printing's `made`."""

    counters: Mapping[str, Counter]
    by: str
    sent: Callable[[str], None]

    def __call__(self, workflow: str) -> None:
        with told(f"sending {workflow}"), _batch(self.counters, workflow, self.by) as counter:
            settled = settle_interrupted(counter)
            sending = Sending(counter)
            sending.go_on(Turn(counter.stop, TURN_S))
            if settled or sending.tally.tried:
                self.sent(counter.workflow.sheet)


@contextmanager
def _batch(counters: Mapping[str, Counter], workflow: str, by: str) -> Iterator[Counter]:
    """The counter with a share of its own; what it claimed is given back at the end."""
    counter = counters.get(workflow)
    if counter is None:
        raise LookupError(f"no such workflow here: {workflow}")
    share = Batch(by, counter.settings)
    counter.share = share
    try:
        with _renewing(share, counter):
            yield counter
    finally:
        share.release(counter.ledger)


@contextmanager
def _renewing(share: Batch, counter: Counter) -> Iterator[None]:
    """What is being sent stays in hand, however long that takes: only a member that is no more lets go of it."""

    def renew() -> None:
        try:
            share.renew(counter.ledger, counter.clock())
        except Exception as error:  # the next minute tries again
            log.warning("what is being sent: %s", type(error).__name__)

    with repeated(renew, every_s=RENEW_EVERY_S, name="claims"):
        yield


class Schedule(Protocol):
    """When spreadsheets are looked at: pace.Visits."""

    def begin(self, spreadsheet: str) -> None: ...
    def next(self, spreadsheet: str, reports: Sequence[CycleReport]) -> None: ...


@dataclass(frozen=True)
class Visiting:
    """One cycle of every workflow of a spreadsheet; `visits` is told that it begins, and what it found."""

    ledger: FencedLedger
    duties: Mapping[str, SharedDuty]
    counters: Mapping[str, Counter]
    tell: Callable[[CycleReport], None]
    visits: Schedule

    def __call__(self, spreadsheet: str) -> None:
        with told(f"sheet {spreadsheet}"):
            reports: list[CycleReport] = []
            try:
                self.visits.begin(spreadsheet)
                reports = self._visit(spreadsheet)
            finally:
                self.visits.next(spreadsheet, reports)

    def _visit(self, spreadsheet: str) -> list[CycleReport]:
        duty = self.duties.get(spreadsheet)
        if duty is None:
            raise LookupError(f"no such spreadsheet here: {spreadsheet}")
        counters = [self.counters[name] for name in duty.workflows]
        comparing = {one.workflow.name: Comparing(duty, one) for one in counters}
        with self.ledger.turn(f"sheet {spreadsheet}"), keeping([duty]):
            duty.adopt()
            for one in counters:
                one.duty = comparing[one.workflow.name]
                _look_at_what_changed(one)
            reports = run_once(counters, self.tell, turn_s=TURN_S)
            for report in reports:
                comparing[report.workflow].after(report)
            return reports


def _look_at_what_changed(counter: Counter) -> None:
    """Rows that do not say yet what other members did are looked at, whether or not the sheet changed."""
    name = counter.workflow.name
    with counter.ledger.reading() as look:
        memory = look.desks.of(name)
        unshown = look.places.unshown(name, after=0, limit=1)
    if unshown and memory is not None and memory.version and not is_once(memory.version):
        with counter.ledger.begin() as tx:
            tx.desks.remember(replace(memory, version=once(memory.version)))


@dataclass(frozen=True)
class Rounds:
    """What follows a round of cycles where one worker is alone, once a minute for the whole office."""

    ledger: FencedLedger
    duties: Sequence[SharedDuty]
    counters: Sequence[Counter]
    watch: Watch
    next_round: Callable[[], None]

    def __call__(self) -> None:
        with told("round"):
            try:
                with self.ledger.turn("round"), keeping(self.duties):
                    for duty in self.duties:
                        duty.adopt()
                    self.watch.alarms.read_again()
                    self.watch.after_round([self._report(one) for one in self.counters])
            finally:
                self.next_round()

    def _report(self, counter: Counter) -> CycleReport:
        with self.ledger.reading() as look:
            memory: DeskMemory | None = look.desks.of(counter.workflow.name)
        trouble = memory.trouble if memory else ""
        return CycleReport(counter.workflow.name, trouble=trouble, again=bool(trouble))
