"""The watch: what happens after every round of cycles so that nothing goes wrong in silence.

The register of letters and alarms first, for the tab names their trouble; then the tab "Loket" of every spreadsheet,
with its lease; then the ping. Never raises.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sync.core.alarms import REMEDIES
from sync.core.board import Facts, Matter, ServiceLine
from sync.core.mendable import Problem
from sync.core.projection import rows_gone
from sync.core.states import State
from sync.ledger.ledger import Ledger
from sync.worker.alarms import Alarms
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport
from sync.worker.duty import Duty
from sync.worker.errand import Errand
from sync.worker.ping import Ping
from sync.worker.register import REMEDY, Register
from sync.worker.retention import Retention
from sync.worker.sign_in_mail import SignInMails
from sync.worker.verifying import unpublished

ROWS_GONE = "Setelah barisnya kembali, Loket melanjutkan sendiri."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Watch:
    """`problems` are of workflows that could not even start."""

    counters: Sequence[Counter]
    duties: Sequence[Duty]
    ledger: Ledger
    alarms: Alarms
    ping: Ping
    problems: Sequence[Problem] = ()
    registers: Sequence[Register] = ()
    retention: Retention | None = None
    errands: Sequence[Errand] = ()
    sign_ins: SignInMails | None = None

    def after_round(self, reports: Sequence[CycleReport]) -> None:
        if self.sign_ins is not None:  # somebody waits for it
            self.sign_ins.keep()
        if self.retention is not None:
            self.retention.keep()
        troubled = {report.workflow for report in reports if report.again}
        for register in self.registers:
            if not troubled & set(register.duty.workflows):  # else there is other work to do
                register.keep()
        for errand in self.errands:
            errand.keep()
        self.alarms.look(reports, self.duties, [one.workflow.name for one in self.counters])
        for duty in self.duties:
            try:
                duty.tell(self._facts(duty))
            except Exception:
                log.exception("spreadsheet %s: nothing to tell", duty.spreadsheet_id)
        all_ran = len(reports) == len(self.counters) and not self.problems
        if all_ran and not any(one.again for one in reports):
            self.ping.after_a_good_round()

    @property
    def all_lost(self) -> bool:
        """Whether other workers have every spreadsheet."""
        return bool(self.duties) and all(duty.lost for duty in self.duties)

    def _facts(self, duty: Duty) -> Facts:
        own = [one for one in self.counters if one.workflow.name in duty.workflows]
        names = {one.workflow.name for one in self.counters}
        with self.ledger.reading() as look:
            counts = look.applications.counts()
            gone = {
                one.workflow.name: look.applications.wanting_their_row(one.workflow.name)
                for one in own
            }
            memories = [look.desks.of(one.workflow.name) for one in own]
            keys = look.verification.public_keys()
        services = tuple(
            ServiceLine(
                counter.workflow.title,
                for_officer=counts.get((name, State.IN_REVIEW), 0),
                for_delivery=counts.get((name, State.APPROVED), 0)
                + counts.get((name, State.DELIVERING), 0),
                uncertain=counts.get((name, State.UNCERTAIN), 0),
                failed=counts.get((name, State.FAILED), 0),
                missing=len(gone[name]),
            )
            for counter in own
            for name in (counter.workflow.name,)
        )
        known = {alarm.subject: alarm for alarm in self.alarms.on()}
        matters = [
            Matter(memory.trouble, REMEDIES["cycle"], alarm.since if alarm else None)
            for memory in memories
            if memory is not None and memory.trouble
            for alarm in (known.get(f"cycle {memory.workflow}"),)
        ]
        matters += [
            Matter(
                f"{alarm.title[:1].upper()}{alarm.title[1:]}. {alarm.reason}",
                alarm.remedy,
                alarm.since,
            )
            for alarm in known.values()
            if not alarm.subject.startswith("cycle ")
            and _concerns(alarm.subject, names - {one.workflow.name for one in own}, duty)
        ]
        matters += [
            Matter(told, ROWS_GONE)
            for rows in gone.values()
            for told in (rows_gone([application.reference for application in rows]),)
            if told
        ]
        matters += [
            Matter(register.trouble, REMEDY)
            for register in self.registers
            if register.duty is duty and register.trouble
        ]
        if self.retention is not None:
            matters += self.retention.matters(duty.workflows)
        for errand in self.errands:
            matters += errand.matters()
        matters += unpublished(keys)
        matters += [
            Matter(str(problem), f"Jalankan: {problem.run}" if problem.run else "")
            for problem in self.problems
        ]
        return Facts(duty.holder.computer, services, self.alarms.quota(), tuple(matters))


def _concerns(subject: str, others: set[str], duty: Duty) -> bool:
    """Whether an alarm is told in this spreadsheet: its own workflows', and what concerns the whole counter."""
    kind, _, name = subject.partition(" ")
    if kind in ("lease", "tab", "public"):
        return name == duty.spreadsheet_id
    return name not in others
