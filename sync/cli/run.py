"""`run`: the worker."""

import logging
import signal
from collections.abc import Callable, Sequence
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring
    from sync.worker.counter import Counter
    from sync.worker.cycle import CycleReport
    from sync.worker.duty import Duty
    from sync.worker.watch import Watch

log = logging.getLogger(__name__)


def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Satu putaran penuh, lalu selesai.")] = False,
    take_over: Annotated[
        bool,
        typer.Option(
            "--take-over",
            help="Ambil alih sheet dari komputer yang tidak dipakai lagi.",
        ),
    ] = False,
    root: RootFolder = None,
) -> int:
    """Jalankan loket: baca sheet, jalankan keputusan, kirim surat.

    Semua layanan, terus-menerus, sampai dihentikan dengan Ctrl-C; langkah yang sedang berjalan diselesaikan.
    Satu sheet dilayani satu komputer: jika komputer lain sedang melayaninya, Loket menolak dan menyebutnya.
    """
    from sync.cli.log_file import start_log
    from sync.cli.one_worker import only_worker
    from sync.cli.wiring import assembled
    from sync.worker.duty import keeping

    office = root_of(context, root)
    stop = Event()
    received = _stop_on_signals(stop)
    with only_worker(office.data), assembled(office, stop) as wiring:
        start_log(office.data)
        counters, problems = wiring.counters()
        screen.problems(problems)
        duties = wiring.duties(counters)
        with keeping(duties):
            refused = _take(duties, by_force=take_over)
            screen.problems(refused)
            served = [duty for duty in duties if duty.lost is None]
            names = {name for duty in served for name in duty.workflows}
            counters = [one for one in counters if one.workflow.name in names]
            if not counters:
                return 1
            watch = wiring.watch(counters, served, problems)
            if once:
                failed = _one_round(counters, watch) or bool(problems or refused)
                _back_up(wiring)
            else:
                interval_s = office.settings.worker.interval_s
                screen.say(
                    f"Loket berjalan: {len(counters)} layanan, setiap {interval_s:g} detik. "
                    "Ctrl-C untuk berhenti."
                )
                failed = _until_stopped(counters, watch, interval_s, stop, lambda: _back_up(wiring))
    if signal.SIGINT in received:
        return 130
    return 1 if failed else 0


def _take(duties: "Sequence[Duty]", *, by_force: bool) -> list[Problem]:
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
        screen.say(trouble, style="red")


def _one_round(counters: "Sequence[Counter]", watch: "Watch") -> bool:
    """Whether something was the matter."""
    from sync.worker.loop import run_once

    reports = run_once(counters, teller())
    watch.after_round(reports)
    return any(report.trouble for report in reports)


def _until_stopped(
    counters: "Sequence[Counter]",
    watch: "Watch",
    interval_s: float,
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

    run_for_ever(counters, teller(), interval_s=interval_s, stop=stop, after_round=after_round)
    screen.problems([duty.lost for duty in watch.duties if duty.lost])
    return watch.all_lost


def teller() -> "Callable[[CycleReport], None]":
    """Tells the person at the screen what each cycle did; a trouble that goes on is told once."""
    told: dict[str, str] = {}

    def tell(report: "CycleReport") -> None:
        matter = " ".join(text for text in (report.trouble, report.notice) if text)
        if matter != told.get(report.workflow, ""):
            told[report.workflow] = matter
            if matter:
                screen.say(f"{report.workflow}: {matter}", style="red")
        if not report.trouble:
            _tell_counts(report)

    return tell


def _tell_counts(report: "CycleReport") -> None:
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
        screen.say(f"{report.workflow}: {told}")


def _stop_on_signals(stop: Event) -> list[int]:
    """Ctrl-C and SIGTERM ask the worker to finish the step in hand; a second Ctrl-C ends it at once."""
    received: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if received and number == signal.SIGINT:
            raise KeyboardInterrupt
        received.append(number)
        stop.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    return received
