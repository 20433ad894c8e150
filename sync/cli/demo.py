"""`demo`: the whole counter on this machine, without a Google account."""

import signal
import time
import webbrowser
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli import screen
from sync.cli.options import AsJson
from sync.cli.root import PROGRAM

if TYPE_CHECKING:
    from sync.cli.demo_samples import OfficerStep
    from sync.cli.demo_world import World
    from sync.worker.counter import Counter

_LIVE_INTERVAL_S = 1.5


def demo(
    once: Annotated[
        bool,
        typer.Option("--once", help="Tanpa peramban: jalankan sampai selesai, lalu tampilkan."),
    ] = False,
    as_json: AsJson = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", help="Folder peragaan yang dilanjutkan. Bawaan: data/demo, dari awal."
        ),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Buka peramban dengan sendirinya.")] = True,
) -> int:
    """Peragakan seluruh loket di komputer ini, tanpa akun Google.

    Di peramban: formulir warga, meja petugas, dan kotak surat dengan surat yang tiba.
    """
    from sync.cli.demo_report import list_applications, show_applications
    from sync.cli.demo_world import world
    from sync.cli.log_file import start_log
    from sync.cli.wiring import assembled

    started = time.monotonic()
    folder = (data or PROGRAM / "data" / "demo").resolve()
    stop = Event()
    if not once:
        _stop_on_signals(stop)
    with world(folder, afresh=data is None) as around:
        around.open_counter()
        with assembled(around.root, stop) as wiring:
            start_log(around.root.data)
            counters, problems = wiring.counters()
            if problems:
                screen.problems(problems)
                return 1
            if not once:
                return _live(around, counters, stop, browser=browser)
            _play(around, counters)
            messages = around.mailbox()
            applications = list_applications(wiring.ledger, around.root.data)
    seconds = time.monotonic() - started
    if as_json:
        mailbox = {"dir": str(around.mailbox_folder), "messages": len(messages)}
        screen.as_json(
            {"applications": applications, "mailbox": mailbox, "seconds": round(seconds, 2)}
        )
    else:
        show_applications(applications, messages, around.mailbox_folder, seconds)
    return 0


def _play(around: "World", counters: "list[Counter]") -> None:
    """The sample day: responses, corrections, decisions, mended answers, decisions; cycles to rest after each."""
    from sync.cli.demo_samples import EDITS, PLAN, responses
    from sync.worker.loop import run_to_rest

    today = counters[0].today
    samples = responses(today)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("Warga mengisi formulir", lambda: _submit(around, today)),
        ("Petugas membetulkan jawaban", lambda: around.correct(PLAN)),
        ("Petugas memutuskan", lambda: around.decide(_round(1))),
        ("Pemohon memperbaiki jawaban", lambda: around.edit(EDITS)),
        ("Petugas memutuskan lagi", lambda: around.decide(_round(2))),
    )
    with screen.progress() as bar:
        task = bar.add_task(f"{len(samples)} permohonan", total=len(steps))
        for name, act in steps:
            bar.update(task, description=name)
            if around.once(name):
                act()
                around.did(name)
            run_to_rest(counters, lambda _report: None)
            bar.advance(task)


def _submit(around: "World", today: Any) -> None:
    from sync.cli.demo_samples import responses

    samples = responses(today)
    now = datetime.now().astimezone()
    first = now - timedelta(minutes=samples[-1].minute + 10)
    for sample in samples:
        around.submit(sample, first)


def _round(number: int) -> "list[OfficerStep]":
    from sync.cli.demo_samples import PLAN

    return [step for step in PLAN if step.round == number]


def _live(around: "World", counters: "list[Counter]", stop: Event, *, browser: bool) -> int:
    """The worker runs; the visitor is citizen and officer in the browser."""
    from sync.worker.loop import run_for_ever, run_to_rest

    if around.once("live"):
        _submit(around, counters[0].today)
        run_to_rest(counters, lambda _report: None)
        around.decide(_round(1)[:6])
        around.did("live")
    screen.say(f"Peragaan Loket: {around.sandbox.url}", style="bold")
    screen.say("Ctrl-C untuk berhenti.")
    if browser:
        webbrowser.open(around.sandbox.url)
    run_for_ever(counters, lambda _report: None, interval_s=_LIVE_INTERVAL_S, stop=stop)
    return 130


def _stop_on_signals(stop: Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
