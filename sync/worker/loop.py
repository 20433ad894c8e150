"""The worker of one machine: every workflow's cycle, again and again, until it is asked to stop.

Ctrl-C and SIGTERM finish the step in hand: the stop event is looked at between rows, letters and messages.
"""

import logging
from collections.abc import Callable, Sequence
from threading import Event

import schedule

from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport, run_cycle

log = logging.getLogger(__name__)

Told = Callable[[CycleReport], None]


def run_once(counters: Sequence[Counter], tell: Told) -> list[CycleReport]:
    """One whole cycle of every workflow, in order."""
    reports = []
    for counter in counters:
        if counter.stop.is_set():
            break
        try:
            report = run_cycle(counter)
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
    counters: Sequence[Counter], tell: Told, *, interval_s: float, stop: Event
) -> None:
    """A cycle now and then one every `interval_s` seconds. Returns when `stop` is set."""
    scheduler = schedule.Scheduler()

    def plan() -> None:
        every = scheduler.every(interval_s)  # type: ignore[arg-type] # fractions work too
        every.seconds.do(
            run_once, counters, tell
        )  # run_once never raises: that would end the schedule

    run_once(counters, tell)
    plan()
    while not stop.is_set():
        idle_s = scheduler.idle_seconds or 0.0
        if idle_s > interval_s:  # the clock was set back: schedule would wait for the lost time
            scheduler.clear()
            plan()
        stop.wait(max(0.05, min(idle_s, 1.0)))
        scheduler.run_pending()
