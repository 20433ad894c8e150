"""The real program with a clock around named steps: `backlog_steps.py OUT.json -- ARGS`; a printer's steps: `OUT.json`.

The CPU seconds that each step uses by itself, without the steps inside it, in its own thread. Nothing in the program
knows of this; the clocks cost some microseconds a call. Printers are processes of their own, out of the clocks' reach:
what happens in one is measured with letters of the same template.
"""

import contextlib
import importlib
import json
import os
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
LETTERS_PRINTED = 100

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
    "letter: on the disk": ("sync.worker.share:write_all_durably",),
    "letter: recorded": ("sync.worker.letters:_keep",),
    "letters: the rest": ("sync.worker.cycle:make_letters",),
    "sending: message composed": ("sync.worker.delivering:message_of",),
    "sending: intent committed": ("sync.ledger.intents:Intents.claim",),
    "sending: email built": ("sync.delivery.smtp:SmtpChannel.send",),
    "sending: handed over": (
        "sync.delivery.smtp:SmtpChannel._begun",
        "sync.delivery.smtp:SmtpChannel._offer",
        "sync.delivery.smtp:_hand_over",
    ),
    "sending: to Drive": ("sync.google.drive:Drive.upload", "sync.google.drive:Drive.share_with"),
    "sending: outcome recorded": (
        "sync.worker.delivering:settle",
        "sync.worker.delivering:settle_now",
    ),
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


def print_letters(clocks: Clocks) -> None:
    """What a printer does, with the code that a verified letter carries."""
    clocks.around({name: places for name, places in PRINTER.items() if name != "printer: QR"})
    from sync.letter import qr, render

    render.qr = clocks._timed("printer: QR", qr.qr)  # type: ignore[attr-defined]
    from sync.letter.job import Job
    from tests.unit.letter.orders import CITRA, OURS

    link = "https://verifikasi.contoh.go.id/#" + "LOKET234567" * 24
    context = {**CITRA.context, "verifikasi": {"tautan": link, "alamat": "contoh.go.id"}}
    with tempfile.TemporaryDirectory() as folder:
        job = Job([OURS], "plutoprint", folder=Path(folder), timeout_s=60)
        job.make(replace(CITRA, context=context))
        clocks.spent.clear()  # the first one warms up
        for _ in range(LETTERS_PRINTED):
            job.make(replace(CITRA, context=context))


def main() -> int:
    out, *dashes_and_arguments = sys.argv[1:]
    clocks = Clocks()
    if not dashes_and_arguments:
        print_letters(clocks)
        Path(out).write_text(json.dumps(clocks.spent), encoding="utf-8")
        os._exit(0)  # as printers do: PlutoPrint may crash while it is taken down
    dashes, *arguments = dashes_and_arguments
    assert dashes == "--"
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
