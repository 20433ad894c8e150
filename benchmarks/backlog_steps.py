"""Runs the real program with a clock around named steps: `backlog_steps.py OUT.json -- ARGS`; and what a printer does.

The CPU that each step uses by itself, without the steps inside it, in its own thread. Nothing in the program knows of
this; the clocks cost some microseconds a call. The printers' own steps are measured in this process, by `printed`.
"""

import contextlib
import importlib
import json
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

WORKER = {
    "the sheet: reading": ("sync.google.tab:Tab.read_all",),
    "the sheet: rows found again": ("sync.google.tab:Tab.rows",),
    "the sheet: writing": ("sync.google.tab:Tab.write",),
    "the sheet: what a write hit": ("sync.google.desk:victims",),
    "write-back: differences": ("sync.worker.cycle:write_back",),
    "intake: rows and decisions": ("sync.worker.cycle:take_in",),
    "letter: answers checked again": ("sync.worker.letters:application_context",),
    "letter: code signed": ("sync.worker.letters:verification_of",),
    "letter: to and from the printer": ("sync.letter.printer:Printer.make",),
    "letter: office's signature": ("sync.letter.signature:OfficeSignature.sign",),
    "letter: on the disk": ("sync.worker.letters:write_durably",),
    "letter: recorded": ("sync.worker.letters:_keep",),
    "letters: the rest": ("sync.worker.cycle:make_letters",),
    "sending: message composed": ("sync.worker.delivering:_message",),
    "sending: intent committed": ("sync.ledger.intents:Intents.claim",),
    "sending: email built": ("sync.delivery.smtp:SmtpChannel.send",),
    "sending: handed over": ("sync.delivery.smtp:SmtpChannel._hand_over",),
    "sending: to Drive": ("sync.google.drive:Drive.upload", "sync.google.drive:Drive.share_with"),
    "sending: outcome recorded": ("sync.worker.delivering:_record",),
    "sending: the rest": ("sync.worker.delivering:Sending.go_on",),
    "after the round": ("sync.worker.watch:Watch.after_round",),
}
PRINTER = {
    "printer: template": ("sync.letter.job:render",),
    "printer: QR": ("sync.letter.qr:qr",),
    "printer: page read": ("sync.letter.job:read_page", "sync.letter.job:resources_of"),
    "printer: engine": ("sync.letter.engines.plutoprint:PlutoprintEngine.print",),
    "printer: read back": ("sync.letter.proofread:proofread",),
    "printer: title and language": ("sync.letter.metadata:with_metadata",),
    "printer: the rest": ("sync.letter.job:Job.make",),
}


class Clocks:
    """CPU seconds by step, of all threads together."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._inside = threading.local()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        stack: list[float] = self._inside.__dict__.setdefault("stack", [])
        stack.append(0.0)
        begun = time.thread_time()
        try:
            yield
        finally:
            whole = time.thread_time() - begun
            own = whole - stack.pop()
            if stack:
                stack[-1] += whole
            with self._lock:
                self.spent[name] += own

    def around(self, steps: dict[str, tuple[str, ...]]) -> None:
        """Puts a clock around every function of these steps; one that is no longer there is a mistake to mend."""
        for name, places in steps.items():
            for place in places:
                module, path = place.split(":")
                owner: Any = importlib.import_module(module)
                *owners, attribute = path.split(".")
                for part in owners:
                    owner = getattr(owner, part)
                setattr(owner, attribute, self._timed(name, getattr(owner, attribute)))

    def _timed(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.step(name):
                return original(*arguments, **named)

        return timed


def printed(letters: int) -> dict[str, float]:
    """CPU milliseconds a letter of each step in a printer, with the code that a verified letter carries."""
    clocks = Clocks()
    clocks.around({name: places for name, places in PRINTER.items() if name != "printer: QR"})
    from sync.letter import qr, render

    render.qr = clocks._timed("printer: QR", qr.qr)  # type: ignore[attr-defined]
    from sync.letter.job import Job
    from tests.unit.letter.orders import CITRA, OURS

    link = "https://verifikasi.contoh.go.id/#" + "LOKET234567" * 24
    context = {**CITRA.context, "verifikasi": {"tautan": link, "alamat": "contoh.go.id"}}
    with tempfile.TemporaryDirectory() as folder:
        job = Job([OURS], "plutoprint", folder=Path(folder), timeout_s=60)
        for number in range(letters + 3):
            if number == 3:  # the first ones warm up
                clocks.spent.clear()
            job.make(replace(CITRA, context=context))
    return {name: spent / letters * 1000 for name, spent in clocks.spent.items()}


def main() -> int:
    out, dashes, *arguments = sys.argv[1:]
    assert dashes == "--"
    clocks = Clocks()
    from sync.cli.app import main as loket

    begun = time.process_time()
    clocks.around(WORKER)
    imported = time.process_time() - begun
    code = loket(arguments)
    spent = {**clocks.spent, "start: imports": imported}
    spent["worker: everything else"] = time.process_time() - sum(spent.values())
    Path(out).write_text(json.dumps(spent), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
