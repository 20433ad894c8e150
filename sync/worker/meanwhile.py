"""Work that a second thread does beside this one: printers wait for nobody while a mail server takes its time."""

import logging
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from threading import Event, Thread
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)


class Meanwhile:
    """`work` is done after each `again()`; several of those before it begins count once. Leaving the block waits for
    the work in hand, and raises what the work raised.

    What was asked for last may be left undone: whoever leaves the block does the rest himself.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._due = Event()
        self._over = False
        self._thread: Thread | None = None  # most cycles have no use for one
        self._error: BaseException | None = None

    def again(self) -> None:
        self._due.set()
        if self._thread is None:
            run = partial(copy_context().run, self._run)
            self._thread = Thread(target=run, name="meanwhile", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            while True:
                self._due.wait()
                self._due.clear()
                if self._over:
                    return
                self._work()
        except BaseException as error:
            self._error = error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()
        if self._error is not None:
            if error is None:
                raise self._error
            log.warning("meanwhile: %s", type(self._error).__name__)
