"""One printer: a child process that makes letters, watched from here.

The promise: an order ends within its time with a PDF or LetterFailed, whatever the template, the engine or the
answers do; a printer that hangs, dies or has printed enough is replaced before the next order. What the child
does is child.py's affair; how many printers there are is press.py's.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sync.letter.failed import LetterFailed
from sync.letter.frames import ORDER, PDF, READY, SETUP, TAKEN, read_frame, write_frame
from sync.letter.order import LetterOrder

_START_TIMEOUT_S = 60
"""A cold disk and a virus scanner may be slow; an order's own time starts when the printer is ready."""

_PROGRAM = Path(__file__).resolve().parents[2]
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from sync.letter.child import main; main()"
# Nothing else of the environment goes down: passwords may be in it.
_ENVIRONMENT = (
    "PATH",
    "PYTHONPATH",
    "SYSTEMROOT",
    "WINDIR",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "LANG",
    "LC_ALL",
    "PROGRAMFILES",
    "WEASYPRINT_DLL_DIRECTORIES",
    "DYLD_FALLBACK_LIBRARY_PATH",
)

if sys.platform == "win32":
    _NEW_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _NEW_GROUP = 0


@dataclass(frozen=True, slots=True)
class Setup:
    """What a printer is told once."""

    template_dirs: tuple[Path, ...]
    engine: str
    timeout_s: float
    memory_bytes: int
    folder: Path = Path()  # the printer's own, for as long as it lives


class _NotTaken(LetterFailed):
    """The printer ended before it had the order in hand."""


class Printer:
    """Not for two threads at once: press.py lends it to one."""

    def __init__(self, setup: Setup, *, letters_per_process: int) -> None:
        self._setup = setup
        self._letters_per_process = letters_per_process
        self._process: subprocess.Popen[bytes] | None = None
        self._printed = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def pid(self) -> int | None:
        """The process that is running now, if any."""
        return self._process.pid if self._process else None

    def make(self, order: LetterOrder) -> bytes:
        """Raises LetterFailed."""
        try:
            content = pickle.dumps(order)
        except Exception as error:
            raise LetterFailed(
                "Data surat tidak dapat dibaca.",
                detail=f"the order cannot be sent to a printer: {type(error).__name__}",
            ) from None
        if self._printed >= self._letters_per_process:
            self.stop()
        try:
            kind, answer = self._print(content, order.template)
        except _NotTaken:  # it died while idle: this letter is not to blame
            kind, answer = self._print(content, order.template)
        if kind == PDF:
            return answer
        raise _failure(answer)

    def _print(self, content: bytes, template: str) -> tuple[bytes, bytes]:
        process = self._process or self._start()
        self._printed += 1
        try:
            return self._exchange(process, content, self._setup.timeout_s)
        except _NotTaken:
            raise
        except LetterFailed as failed:
            raise failed.in_template(template) from None

    def stop(self) -> None:
        """Ends the child: kindly, then not."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin  # noqa: S101 - opened as pipes in _start
        assert process.stdout  # noqa: S101 - likewise
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.wait()
        process.stdout.close()
        if self._folder:
            self._folder.cleanup()

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # A group of its own: Ctrl-C in the terminal is the parent's, and a hanging engine is killed with its child.
        process = subprocess.Popen(  # noqa: S603 - this very interpreter, our own code
            [sys.executable, "-X", "utf8", "-c", _CHILD, str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=_NEW_GROUP,
            start_new_session=True,
        )
        self._process, self._printed = process, 0
        self._folder = tempfile.TemporaryDirectory(prefix="loket-", ignore_cleanup_errors=True)
        setup = pickle.dumps(replace(self._setup, folder=Path(self._folder.name)))
        kind, answer = self._exchange(process, setup, _START_TIMEOUT_S, SETUP)
        if kind != READY:
            self.stop()
            raise _failure(answer)
        return process

    def _exchange(
        self,
        process: "subprocess.Popen[bytes]",
        content: bytes,
        timeout_s: float,
        kind: bytes = ORDER,
    ) -> tuple[bytes, bytes]:
        assert process.stdin  # noqa: S101 - opened as pipes in _start
        assert process.stdout  # noqa: S101 - likewise
        taken = False
        with self._killed_after(process, timeout_s) as overdue:
            try:
                write_frame(process.stdin, kind, content)
                answer = read_frame(process.stdout)
                taken = answer[0] == TAKEN
                if taken:
                    answer = read_frame(process.stdout)
            except (OSError, EOFError):
                _kill(process)  # what it started beside itself
                self.stop()
                if overdue.is_set():
                    raise LetterFailed(
                        f"Surat terlalu lama dibuat (lebih dari {timeout_s:g} detik).",
                        detail=f"killed after {timeout_s:g} s",
                    ) from None
                raise (LetterFailed if taken else _NotTaken)(
                    "Pembuat surat terhenti di tengah jalan.",
                    detail=f"the printer ended with code {process.returncode}",
                ) from None
            except BaseException:
                # An interrupted exchange would give this letter to the next order.
                _kill(process)
                self.stop()
                raise
        if overdue.is_set():  # the answer came at the last moment; the printer is no more
            self.stop()
        return answer

    @contextmanager
    def _killed_after(
        self, process: "subprocess.Popen[bytes]", timeout_s: float
    ) -> Iterator[threading.Event]:
        overdue = threading.Event()

        def kill() -> None:
            overdue.set()
            _kill(process)

        # A timer works the same on every system; a read with a time limit does not.
        timer = threading.Timer(timeout_s, kill)
        timer.daemon = True
        timer.start()
        try:
            yield overdue
        finally:
            timer.cancel()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.returncode is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _failure(answer: bytes) -> LetterFailed:
    told = json.loads(answer)
    return LetterFailed(str(told["reason"]), detail=str(told["detail"]))
