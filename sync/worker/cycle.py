"""One cycle of one workflow: intake → review → letter → deliver → write back.

An idle cycle asks one thing, whether the spreadsheet changed, and reads no row. Trouble with one workflow is
recorded for people and never reaches another.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from sync.core.desk import DeskReading
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.core.projection import rows_gone
from sync.core.survey import FIRST_ROW, Survey
from sync.ledger.applications import Overtaken
from sync.ledger.desks import DeskMemory, once, restored_mark
from sync.worker.chat_reports import take_reports
from sync.worker.counter import NOTHING, Counter, Tally
from sync.worker.delivering import Sending, settle_interrupted
from sync.worker.duty import LeftDuty
from sync.worker.intake import Taken, take_in
from sync.worker.letters import make_letters
from sync.worker.meanwhile import Meanwhile
from sync.worker.notices import plan_apologies
from sync.worker.rows import LedgerBehind
from sync.worker.sight import Sight, again, rows_at, see
from sync.worker.turn import Turn
from sync.worker.versions import Versions
from sync.worker.write_back import write_back

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What one cycle did. `trouble` is for people; "" when all went well."""

    workflow: str
    idle: bool = False
    taken: Taken = field(default_factory=Taken)
    letters: Tally = NOTHING
    sent: Tally = NOTHING
    written: int = 0
    trouble: str = ""
    notice: str = ""  # for people too, but nothing that a further cycle could mend
    again: bool = False  # the trouble may pass: look again in the next cycle
    more: bool = False  # the turn was over: there is more to do at once
    overtaken: bool = False  # somebody else was at it at the very moment: look again
    surveying: bool = False  # rows that nobody waits for are still to be looked at

    @property
    def active(self) -> bool:
        """Something was new, tried or written."""
        taken = self.taken.new + self.taken.edited + self.taken.decided + self.taken.deferred
        return bool(taken or self.letters.tried or self.sent.tried or self.written)

    @property
    def did_nothing(self) -> bool:
        """And nothing waits to be tried again."""
        return not (self.active or self.again or self.more or self.overtaken)

    @property
    def at_rest(self) -> bool:
        """A further cycle would find nothing to do either."""
        return self.did_nothing and not self.surveying


def run_cycle(
    counter: Counter, *, turn_s: float | None = None, versions: Versions | None = None
) -> CycleReport:
    """`versions`: those that the cycles of a round share. `turn_s`: letters are made, and sent, for that long; the rest is left for the next cycle.

    Never raises for what happens outside: sheet, mail, templates. The report and the ledger say it.

    Raises what the ledger itself raises: without the ledger there is nothing to go by.
    """
    with counter.ledger.reading() as look:
        memory = look.desks.of(counter.workflow.name)
    clock = counter.clock_watch.look(
        memory.cycle_at if memory else None, counter.clock(), counter.timezone
    )
    cycle = _Cycle(counter, turn_s, clock, versions or Versions())
    cycle.guarded(lambda: cycle.look(memory))
    if not cycle.idle and counter.duty.held:
        cycle.guarded(cycle.take_in)
        # What is approved already goes out, whatever is the matter with the sheet.
        if not cycle.behind:
            cycle.guarded(cycle.send)
        cycle.guarded(cycle.write_back)
    report = cycle.report()
    version = ""
    if cycle.idle:
        version = cycle.version
    elif report.did_nothing and not counter.stop.is_set():
        # A reading may be older than the version that was asked before it: two of them tell.
        twice = memory is not None and memory.version in (cycle.version, once(cycle.version))
        version = cycle.version if twice else once(cycle.version)
    with counter.ledger.begin() as tx:
        tx.desks.remember(DeskMemory(report.workflow, version, counter.clock(), report.trouble))
    return report


class _Cycle:
    """One cycle's steps, and what they found."""

    def __init__(
        self, counter: Counter, turn_s: float | None, clock: str, versions: Versions
    ) -> None:
        self._counter = counter
        self._versions = versions
        self._turn_s = turn_s
        self._reading: DeskReading | None = None
        self._sight: Sight | None = None
        self._survey = Survey()
        self._surveying = self._more_to_see = self._overtaken = False
        self._taken = Taken()
        self._letters = self._sent = NOTHING
        self._written = 0
        self._troubles: list[str] = []
        self._clock = clock
        self._foreign = ""
        self._notice = ""
        self.version = ""
        self.idle = False
        self.behind = False

    def guarded(self, step: Callable[[], None]) -> None:
        """Runs a step; what it meets becomes a line for people and never stops the next step."""
        name = self._counter.workflow.name
        try:
            step()
        except Mendable as error:
            self._troubles.append(str(error.problems[0]))
            self.behind = self.behind or isinstance(error, LedgerBehind)
        except Overtaken as error:
            log.info("workflow %s: %s changed meanwhile", name, error)
            self._overtaken = True
        except Failure as failure:
            log.warning("workflow %s: %s", name, failure.detail)
            self._troubles.append(failure.reason)
        except Exception as error:
            log.exception("workflow %s: the cycle broke", name)
            self._troubles.append(f"Kesalahan program ({type(error).__name__}); lihat data/log.")

    def look(self, memory: DeskMemory | None) -> None:
        """Finds out whether there is anything to do, with one call."""
        counter, name = self._counter, self._counter.workflow.name
        counter.duty.ensure()
        with counter.ledger.reading() as look:
            restored = look.desks.resource(restored_mark(name))
        if restored:
            raise LedgerBehind.restored(restored)
        interrupted = settle_interrupted(counter)
        reported = take_reports(counter)
        plan_apologies(counter)
        with counter.ledger.reading() as look:
            due = bool(look.intents.due(name, counter.clock(), limit=1))
            due = (
                due
                or bool(interrupted)
                or bool(reported)
                or bool(look.applications.awaiting_letter(name, limit=1))
            )
        if not counter.prepared:
            counter.desk.prepare()
            counter.prepared = True
        self.version = self._versions.of(counter)
        counter.duty.confirm(self.version)
        with counter.ledger.reading() as tx:
            self._survey = Survey(**tx.desks.survey(name))
        read = memory is not None and memory.version == self.version
        read = read and not (due or self._survey.under_way)
        self.idle = read and self._survey.over
        if self.idle:
            return
        if not read:
            if memory is None or memory.version not in (self.version, once(self.version)):
                self._survey = self._survey.begun()
            # Forgotten first: whatever ends this cycle early, the next one looks at the rows again.
            trouble = memory.trouble if memory else ""
            with counter.ledger.begin() as tx:
                tx.desks.remember(DeskMemory(name, "", counter.clock(), trouble))
        self._show(see(counter, self._survey, only_survey=read))

    def _show(self, sight: Sight) -> None:
        self._sight, self._reading = sight, sight.reading

    def take_in(self) -> None:
        while self._sight is not None and self._reading is not None:
            done = self._done
            self._take_in_what_was_seen(self._reading)
            self._keep_survey(self._sight, went_on=self._done > done)
            if self._turn_s is not None or self._counter.stop.is_set():
                break
            if not self._survey.under_way:
                break
            self._show(see(self._counter, self._survey))

    def _take_in_what_was_seen(self, reading: DeskReading) -> None:
        self._taken = self._taken.then(take_in(self._counter, reading))
        if self._taken.deferred:
            unwritten = self._write_back(reading)
            reading = self._reading = again(self._counter, reading)
            second = take_in(self._counter, reading, believe=bool(unwritten))
            self._taken = self._taken.then(second)
        if self._taken.troubled:
            self._troubles.append(
                f"{self._taken.troubled} baris tidak dapat diproses; rinciannya di data/log."
            )
        if self._taken.foreign:
            self._foreign = (
                f"{self._taken.foreign} baris memuat nomor permohonan yang tidak dikenal; "
                "baris itu tidak disentuh."
            )
        with self._counter.ledger.reading() as tx:
            gone = tx.applications.wanting_their_row(self._counter.workflow.name)
        self._notice = rows_gone([application.reference for application in gone])
        # Before the slow part, so that officers see at once what was read and decided.
        self._write_back(reading)

    def _keep_survey(self, sight: Sight, *, went_on: bool) -> None:
        """Rows that could not be taken in are looked at again with those that are new; not so many that these have no
        room: the survey comes to the others."""
        survey, end = sight.survey, self._survey.end
        if self._taken.troubled or self._counter.stop.is_set():
            back = survey.end - self._counter.reach.tail // 2
            survey = replace(survey, end=min(survey.end, max(end, back)))
        went_on = went_on or survey.end > end
        if sight.cut and went_on:
            survey = replace(survey, unfinished=True)
        self._more_to_see = (survey.below > 0 and went_on) or survey.unfinished
        self._surveying = survey.under_way or not survey.over
        self._survey = survey
        with self._counter.ledger.begin() as tx:
            tx.desks.keep_survey(self._counter.workflow.name, asdict(survey))

    def send(self) -> None:
        stop = LeftDuty(self._counter.stop, self._counter.duty)
        sending, turn = Sending(self._counter), Turn(stop, self._turn_s)
        with Meanwhile(lambda: sending.go_on(turn) if sending.flows else None) as meanwhile:
            self._letters = make_letters(self._counter, turn, meanwhile.again)
        sending.go_on(Turn(stop, self._turn_s))
        self._sent = sending.tally
        self._troubles += [tally.trouble for tally in (self._letters, self._sent) if tally.trouble]

    def write_back(self) -> None:
        """Once more, after the slow part. A sheet that could not be read is not written either."""
        worked = self._letters.tried or self._sent.tried or self._written
        if not worked or self._reading is None or not self._counter.duty.held:
            return
        if self._reading.expected is None:
            self._write_back(self._counter.desk.read())
            return
        name, limit = self._counter.workflow.name, self._counter.reach.tail
        last = FIRST_ROW - 1
        while not self._counter.stop.is_set():
            with self._counter.ledger.reading() as tx:
                rows = tx.places.unshown(name, after=last, limit=limit)
            if not rows:
                break
            last = rows[-1]
            self._write_back(rows_at(self._counter, rows))

    def report(self) -> CycleReport:
        return CycleReport(
            self._counter.workflow.name,
            idle=self.idle,
            taken=self._taken,
            letters=self._letters,
            sent=self._sent,
            written=self._written,
            trouble=" ".join(dict.fromkeys([self._clock, *self._troubles, self._foreign])).strip(),
            notice=self._notice,
            again=bool(self._troubles),
            more=self._letters.more or self._sent.more or self._more_to_see,
            overtaken=self._overtaken,
            surveying=self._surveying,
        )

    @property
    def _done(self) -> int:
        """How many rows were taken in or written."""
        return self._taken.new + self._taken.edited + self._taken.decided + self._written

    def _write_back(self, reading: DeskReading) -> str:
        back = write_back(self._counter, reading)
        self._written += back.done
        if back.trouble:
            self._troubles.append(back.trouble)
        return back.trouble
