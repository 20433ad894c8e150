"""The press: letters from orders, in a few supervised printers that are started when first needed.

The promise: one order that fails, hangs or kills its printer fails alone. Importing this costs nothing: the
engine and the PDF reader are loaded in the printers only (printer.py, child.py).
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sync.letter.engines.here import AUTO, choose_engine
from sync.letter.failed import LetterFailed
from sync.letter.order import LetterOrder
from sync.letter.printer import Printer, Setup

__all__ = ["LetterFailed", "Letterpress"]

K = TypeVar("K")
log = logging.getLogger(__name__)

AHEAD = 8
"""So many orders for each printer are taken at once: whoever sends meanwhile leaves no printer idle."""


class Letterpress:
    """Any number of threads may call `make`; at most `processes` letters are being made at a time.

    `engine` is chosen once, here: raises Mendable when it is not on this machine.
    """

    def __init__(
        self,
        template_dirs: Sequence[Path],
        *,
        engine: str = AUTO,
        processes: int = 2,
        timeout_s: float = 20,
        memory_bytes: int = 1536 * 1024 * 1024,
        letters_per_process: int = 500,
    ) -> None:
        if processes < 1:
            raise ValueError("a press needs at least one process")
        self.engine = choose_engine(engine)
        log.info("letters are printed by %s", self.engine)
        setup = Setup(
            tuple(Path(folder).resolve() for folder in template_dirs),
            self.engine,
            timeout_s,
            memory_bytes,
        )
        self._idle = [
            Printer(setup, letters_per_process=letters_per_process) for _ in range(processes)
        ]
        self._all = tuple(self._idle)
        self._lock = threading.Lock()
        self._free = threading.Semaphore(processes)
        self._closed = False

    def make(self, order: LetterOrder) -> bytes:
        """One letter. Raises LetterFailed."""
        with self._printer() as printer:
            return printer.make(order)

    def make_all(
        self, orders: Iterable[tuple[K, LetterOrder]]
    ) -> Iterator[tuple[K, bytes | LetterFailed]]:
        """Each key with its PDF or its failure, in the orders' order; few orders and PDFs are held at a time.

        What the caller does with one goes on while the next ones are printed.
        """

        def one(order: LetterOrder) -> bytes | LetterFailed:
            try:
                return self.make(order)
            except LetterFailed as failed:
                return failed

        at_once = len(self._all)
        underway: deque[tuple[K, Future[bytes | LetterFailed]]] = deque()
        crew = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="letterpress")
        try:
            for key, order in orders:
                underway.append((key, crew.submit(one, order)))
                if len(underway) > at_once * AHEAD:
                    yield _first(underway)
            while underway:
                yield _first(underway)
        finally:
            crew.shutdown(cancel_futures=True)

    def pids(self) -> tuple[int, ...]:
        """The printers' processes that are running now."""
        return tuple(printer.pid for printer in self._all if printer.pid is not None)

    def close(self) -> None:
        """Waits for the letters in hand, which their time limit bounds, and ends the printers."""
        if self._closed:
            return
        self._closed = True
        for _ in self._all:
            self._free.acquire()
        for printer in self._all:
            printer.stop()
        for _ in self._all:
            self._free.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _printer(self) -> Iterator[Printer]:
        with self._free:
            if self._closed:
                raise RuntimeError("the press is closed")
            with self._lock:
                printer = self._idle.pop()  # the last one used is warm
            try:
                yield printer
            finally:
                with self._lock:
                    self._idle.append(printer)


def _first(
    underway: deque[tuple[K, Future[bytes | LetterFailed]]],
) -> tuple[K, bytes | LetterFailed]:
    key, future = underway.popleft()
    return key, future.result()
