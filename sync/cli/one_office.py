"""One office's worker, from its root: sheets taken, rounds run, what the person at the screen is told."""

import logging
from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING

from sync.cli import screen
from sync.cli.root import Root
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring
    from sync.worker.counter import Counter
    from sync.worker.cycle import CycleReport
    from sync.worker.duty import Duty
    from sync.worker.watch import Watch

log = logging.getLogger(__name__)


def serve_office(office: Root, stop: Event, *, once: bool, take_over: bool = False) -> bool:
    """Every workflow of the office, once or until `stop`; returns whether something was the matter. A province has none: its
    people are mailed their links to the dashboard.

    The caller holds the lock on its data folder. Raises Mendable where nothing can begin.
    """
    from sync.cli.watch_wiring import watch_of
    from sync.cli.wiring import assembled
    from sync.worker.duty import keeping

    with assembled(office, stop) as wiring:
        counters, problems = wiring.counters()
        screen.problems(problems)
        duties = wiring.duties(counters)
        with keeping(duties):
            refused = take(duties, by_force=take_over)
            screen.problems(refused)
            served = [duty for duty in duties if duty.lost is None]
            names = {name for duty in served for name in duty.workflows}
            counters = [one for one in counters if one.workflow.name in names]
            if not (counters or office.is_province):
                return True
            watch = watch_of(wiring, counters, served, problems)
            if once:
                failed = _one_round(office, counters, watch) or bool(problems or refused)
                _back_up(wiring)
                return failed
            interval_s = office.settings.worker.interval_s
            screen.say(
                f"{label(office)}Loket berjalan: {len(counters)} layanan, "
                f"setiap {interval_s:g} detik. Ctrl-C untuk berhenti."
            )
            return _until_stopped(office, counters, watch, stop, lambda: _back_up(wiring))


def label(office: Root) -> str:
    """What lines about one of several offices begin with."""
    return f"{office.tenant}: " if office.tenant else ""


def take(duties: "Sequence[Duty]", *, by_force: bool) -> list[Problem]:
    """Takes every spreadsheet's lease; returns the problems of those that another worker has.

    Where Google can't be reached, each cycle tries again: a PC may be up before its network is.
    """
    refused: list[Problem] = []
    for duty in duties:
        try:
            duty.ensure(by_force=by_force)
        except (Failure, Mendable):
            if duty.lost is not None:
                refused.append(duty.lost)
    return refused


def _back_up(wiring: "Wiring") -> None:
    """Once a day; the letters go out whether it succeeds or not."""
    try:
        trouble = wiring.backups.daily()
    except Mendable as error:  # the passphrase's file is not there: no copy leaves unsealed
        trouble = f"Cadangan ledger tidak dapat dibuat: {error.problems[0].found}."
    if trouble:
        screen.say(label(wiring.root) + trouble, style="red")


def _one_round(office: Root, counters: "Sequence[Counter]", watch: "Watch") -> bool:
    """Whether something was the matter."""
    from sync.worker.loop import run_once

    reports = run_once(counters, teller(label(office)))
    watch.after_round(reports)
    return any(report.trouble for report in reports)


def _until_stopped(
    office: Root,
    counters: "Sequence[Counter]",
    watch: "Watch",
    stop: Event,
    back_up: Callable[[], None],
) -> bool:
    """Until a signal, or until other workers have taken every spreadsheet: then True."""
    from sync.worker.loop import run_for_ever

    def after_round(reports: "list[CycleReport]") -> None:
        watch.after_round(reports)
        back_up()
        if watch.all_lost:
            stop.set()

    run_for_ever(
        counters,
        teller(label(office)),
        interval_s=office.settings.worker.interval_s,
        stop=stop,
        after_round=after_round,
    )
    screen.problems([duty.lost for duty in watch.duties if duty.lost])
    return watch.all_lost


def teller(before: str = "") -> "Callable[[CycleReport], None]":
    """Tells the person at the screen what each cycle did; a trouble that goes on is told once. Lines begin with `before`."""
    told: dict[str, str] = {}

    def tell(report: "CycleReport") -> None:
        matter = " ".join(text for text in (report.trouble, report.notice) if text)
        if matter != told.get(report.workflow, ""):
            told[report.workflow] = matter
            if matter:
                screen.say(f"{before}{report.workflow}: {matter}", style="red")
        if not report.trouble:
            _tell_counts(before, report)

    return tell


def _tell_counts(before: str, report: "CycleReport") -> None:
    """One line for what a cycle did; nothing for a cycle that found nothing to do."""
    counts = (
        (report.taken.new, "baru"),
        (report.taken.edited, "diubah"),
        (report.taken.decided, "keputusan"),
        (report.taken.troubled, "baris bermasalah"),
        (report.letters.done, "surat dibuat"),
        (report.sent.done, "terkirim"),
        (report.written, "baris ditulis"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    if told:
        screen.say(f"{before}{report.workflow}: {told}")
