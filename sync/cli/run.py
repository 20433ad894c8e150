"""`run`: the worker."""

import signal
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli import screen
from sync.cli.options import RootFolder, root_of

if TYPE_CHECKING:
    from sync.worker.cycle import CycleReport


def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Satu putaran penuh, lalu selesai.")] = False,
    root: RootFolder = None,
) -> int:
    """Jalankan loket: baca sheet, jalankan keputusan, kirim surat.

    Semua layanan, terus-menerus, sampai dihentikan dengan Ctrl-C; langkah yang sedang berjalan diselesaikan.
    """
    from sync.cli.log_file import start_log
    from sync.cli.one_worker import only_worker
    from sync.cli.wiring import assembled
    from sync.worker.loop import run_for_ever, run_once

    office = root_of(context, root)
    stop = Event()
    received = _stop_on_signals(stop)
    with only_worker(office.data), assembled(office, stop) as wiring:
        start_log(office.data)
        counters, problems = wiring.counters()
        screen.problems(problems)
        if not counters:
            return 1
        if once:
            reports = run_once(counters, tell)
            failed = bool(problems) or any(report.trouble for report in reports)
        else:
            interval_s = office.settings.worker.interval_s
            screen.say(
                f"Loket berjalan: {len(counters)} layanan, setiap {interval_s:g} detik. Ctrl-C untuk berhenti."
            )
            run_for_ever(counters, tell, interval_s=interval_s, stop=stop)
            failed = False
    if signal.SIGINT in received:
        return 130
    return 1 if failed else 0


def tell(report: "CycleReport") -> None:
    """One line for what a cycle did; nothing for a cycle that found nothing to do."""
    if report.trouble:
        screen.say(f"{report.workflow}: {report.trouble}", style="red")
        return
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
