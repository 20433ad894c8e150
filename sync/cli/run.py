"""`run`: the worker."""

import gc
import signal
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from sync.cli.options import RootFolder, root_of


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
    Dengan worker.cluster: true, beberapa komputer berbagi pekerjaan; perintahnya sama di setiap komputer.
    Dengan folder offices/, semua kantor di dalamnya dilayani bersama, masing-masing dengan pengaturannya sendiri.
    """
    from sync.cli.log_file import start_log
    from sync.cli.offices import serve, serve_offices

    office = root_of(context, root)
    stop = Event()
    received = _stop_on_signals(stop)
    start_log(office.data)
    gc.set_threshold(20_000, 10, 10)  # a backlog in memory is not looked through for every few rows
    by_whom = serve_offices if office.offices() else serve
    failed = by_whom(office, stop, once=once, take_over=take_over)
    if signal.SIGINT in received:
        return 130
    return 1 if failed else 0


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
