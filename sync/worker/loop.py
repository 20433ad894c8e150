"""The worker of one machine: every workflow's cycle, again and again, until it is asked to stop.

Ctrl-C and SIGTERM finish the step in hand: the stop event is looked at between rows, letters and messages.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event

import schedule

from sync.core.mendable import Mendable
from sync.core.pace_of_polling import interval_s as paced_s
from sync.ledger.applications import Overtaken
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport, run_cycle
from sync.worker.versions import Versions

log = logging.getLogger(__name__)

Told = Callable[[CycleReport], None]
AfterRound = Callable[[list[CycleReport]], None]

TURN_S = 60.0
"""So long one workflow makes letters, and sends them, before the next one has its turn."""


def run_once(
    counters: Sequence[Counter], tell: Told, *, turn_s: float | None = None
) -> list[CycleReport]:
    """One cycle of every workflow, in order; a whole one unless turns are limited."""
    reports = []
    versions = Versions()
    for counter in counters:
        if counter.stop.is_set():
            break
        try:
            report = run_cycle(counter, turn_s=turn_s, versions=versions)
            tell(report)
        except Overtaken as error:  # another member of the cluster is at the sheet by now
            log.info("workflow %s: %s was taken over", counter.workflow.name, error)
            report = CycleReport(counter.workflow.name, overtaken=True)
        except Mendable as error:  # without the ledger; the next round tries again
            problem = error.problems[0]
            report = CycleReport(
                counter.workflow.name, trouble=f"{problem} Jalankan: {problem.run}.", again=True
            )
            tell(report)
        except Exception:  # one service's trouble is no other's
            log.exception("workflow %s: no cycle", counter.workflow.name)
            report = CycleReport(
                counter.workflow.name, trouble="Kesalahan program; lihat data/log.", again=True
            )
        reports.append(report)
    return reports


def run_to_rest(counters: Sequence[Counter], tell: Told, *, limit: int = 50) -> int:
    """Cycles until none of them finds anything to do; returns how many. Raises RuntimeError at the limit."""
    for count in range(1, limit + 1):
        if all(report.at_rest for report in run_once(counters, tell)):
            return count
    raise RuntimeError(f"not at rest after {limit} cycles")


def run_for_ever(
    counters: Sequence[Counter],
    tell: Told,
    *,
    interval_s: float,
    stop: Event,
    after_round: AfterRound = lambda _reports: None,
) -> None:
    """A round of cycles now and then one after another, or at once while there is more to do. Returns when `stop` is
    set. `interval_s` is the pause by day; core/pace_of_polling.py tells when it is another.

    `after_round` never raises.
    """
    scheduler = schedule.Scheduler()
    pace = _Pace(counters, interval_s)

    def one_round() -> None:
        more = True
        while more and not stop.is_set():
            reports = run_once(counters, tell, turn_s=TURN_S)
            after_round(reports)
            pace.look(reports)
            more = any(report.more for report in reports)
        plan()

    def plan() -> None:
        scheduler.clear()
        every = scheduler.every(pace.interval_s)  # type: ignore[arg-type] # fractions work too
        every.seconds.do(one_round)  # one_round never raises: that would end the schedule

    one_round()
    while not stop.is_set():
        idle_s = scheduler.idle_seconds or 0.0
        if (
            idle_s > pace.interval_s
        ):  # the clock was set back: schedule would wait for the lost time
            plan()
        stop.wait(max(0.05, min(idle_s, 1.0)))
        scheduler.run_pending()


class _Pace:
    """The pause until the next round."""

    def __init__(self, counters: Sequence[Counter], day_s: float) -> None:
        self._counters, self._day_s = counters, day_s
        self._active_at: datetime | None = None
        self.interval_s = day_s

    def look(self, reports: Sequence[CycleReport]) -> None:
        if not self._counters:
            return
        one = self._counters[0]
        now = one.clock().astimezone(one.timezone)
        if any(report.active for report in reports):
            self._active_at = now
        changed = {report.workflow for report in reports if not report.idle}
        busy = {each.workflow.sheet for each in self._counters if each.workflow.name in changed}
        self.interval_s = paced_s(
            self._day_s,
            now=now,
            active_at=self._active_at,
            busy=len(busy),
            calls_per_minute=one.settings.google.calls_per_minute,
        )
