"""data/log/: one rotating log of the worker, and a file for each mistake of ours. No unmasked NIK gets in."""

import logging
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sync.cli.screen import say
from sync.core.masking import mask_numbers

log = logging.getLogger(__name__)

office_named: ContextVar[str] = ContextVar("office_named", default="")
"""Where several offices are served: whose work it is that the lines are about. Threads are given it by who starts them."""


class _Masked(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        name = office_named.get()
        record.office = f"[{name}] " if name else ""
        return mask_numbers(super().format(record))


class _Log(RotatingFileHandler):
    """Told once when nothing can be written: a full disk must not stop the counter, nor fill the screen."""

    _was_told = False

    def doRollover(self) -> None:  # noqa: N802 - logging's own name
        """Where another verb has the file open, Windows gives it no other name: it grows on until that one ends."""
        aside = f"{self.baseFilename}.aside"
        if self.stream:
            self.stream.close()
        try:
            os.rename(self.baseFilename, aside)  # noqa: PTH104
            os.rename(aside, self.baseFilename)  # noqa: PTH104
        except PermissionError:
            self.stream = self._open()
            return
        super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._was_told:
            self._was_told = True
            what = error.strerror or error
            say(f"Log tidak dapat ditulis di {self.baseFilename}: {what}. Loket tetap berjalan.")


def start_log(data: Path) -> None:
    """The worker's log, at most 5 files of 2 MB."""
    folder = data / "log"
    with suppress(OSError):  # told when there is something to write
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
    handler = _Log(
        folder / "loket.log", maxBytes=2_000_000, backupCount=4, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Masked("%(asctime)s %(levelname)s %(office)s%(name)s: %(message)s"))
    logger = logging.getLogger("sync")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    log.info("started, process %d", os.getpid())


def keep_traceback(arguments: list[str], data: Path) -> str:
    """Writes the current exception's traceback, masked; returns where it lies."""

    text = mask_numbers(f"{arguments}\n{traceback.format_exc()}")
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    for folder in (data / "log", Path(tempfile.gettempdir())):
        try:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
            return str(folder / name)
        except OSError:
            continue
    sys.stderr.write(text)
    return "layar"
