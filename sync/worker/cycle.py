"""One cycle of one workflow: intake → review → letter → deliver → write back.

An idle cycle asks one thing, whether the spreadsheet changed, and reads no row. Trouble with one workflow is
recorded for people and never reaches another.
"""

import logging
from dataclasses import dataclass, field

from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.ledger.desks import DeskMemory
from sync.worker.counter import NOTHING, Counter, Tally
from sync.worker.delivering import deliver, settle_interrupted
from sync.worker.intake import Taken, take_in
from sync.worker.letters import make_letters
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

    @property
    def at_rest(self) -> bool:
        """Nothing was done: a further cycle would find nothing to do either."""
        taken = self.taken.new + self.taken.edited + self.taken.decided
        return not (taken or self.letters.tried or self.sent.tried or self.written or self.trouble)


def run_cycle(counter: Counter) -> CycleReport:
    """Never raises for what happens outside: sheet, mail, templates. The report and the ledger say it."""
    name = counter.workflow.name
    try:
        report, version = _run(counter)
    except Mendable as error:
        report, version = CycleReport(name, trouble=str(error.problems[0])), ""
    except Failure as failure:
        log.warning("workflow %s: %s", name, failure.detail)
        report, version = CycleReport(name, trouble=failure.reason), ""
    except Exception as error:
        log.exception("workflow %s: the cycle broke", name)
        report = CycleReport(
            name, trouble=f"Kesalahan program ({type(error).__name__}); lihat data/log."
        )
        version = ""
    with counter.ledger.begin() as tx:
        tx.desks.remember(DeskMemory(name, version, counter.clock(), report.trouble))
    return report


def _run(counter: Counter) -> tuple[CycleReport, str]:
    """The report, and the spreadsheet's version that needs no further look ("" when one is needed)."""
    name = counter.workflow.name
    if not counter.prepared:
        counter.desk.prepare()
        counter.prepared = True
    interrupted = settle_interrupted(counter)
    version = counter.desk.version()
    with counter.ledger.reading() as look:
        memory = look.desks.of(name)
        due = bool(look.intents.due(name, counter.clock(), limit=1))
        due = due or bool(interrupted) or bool(look.applications.awaiting_letter(name))
    if memory is not None and memory.version == version and not due:
        return CycleReport(name, idle=True), version
    # Forgotten first: whatever ends this cycle early, the next one looks at the rows again.
    with counter.ledger.begin() as tx:
        tx.desks.remember(DeskMemory(name, "", counter.clock(), memory.trouble if memory else ""))
    reading = counter.desk.read()
    taken = take_in(counter, reading)
    # Before the slow part, so that officers see at once what was read and decided.
    written = write_back(counter, reading)
    letters = make_letters(counter)
    sent = deliver(counter)
    if letters.tried or sent.tried or written:
        written += write_back(counter, counter.desk.read())
    report = CycleReport(name, taken=taken, letters=letters, sent=sent, written=written)
    unchanged = report.at_rest and not taken.troubled and not counter.stop.is_set()
    return report, version if unchanged else ""
