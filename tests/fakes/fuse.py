"""A fuse: the power fails, or the disk is full, at a chosen step of whatever burns it. Steps are counted, not timed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sync.ledger.ledger import Ledger, Transaction
from sync.ledger.trouble import FULL, trouble


class PowerCut(BaseException):
    """No `except Exception` stops it: the process is gone."""


class Fuse:
    """Burns one step at a time; at the last one `goes_off` is called, once. Unlit it never does.

    Of a ledger two steps are burned at each commit, before it and after it.
    """

    def __init__(self) -> None:
        self._left = 0
        self._goes_off: Callable[[], None] = lambda: None
        self.went_off = False

    def light(self, steps: int, goes_off: Callable[[], None]) -> None:
        self._left, self._goes_off, self.went_off = steps, goes_off, False

    def put_out(self) -> None:
        self._left = 0

    def burn(self) -> None:
        if self._left == 0:
            return
        self._left -= 1
        if self._left == 0:
            self.went_off = True
            self._goes_off()


def power_cut() -> None:
    raise PowerCut


def full_disk() -> None:
    raise trouble(FULL, "ledger.sqlite3")


class FusedLedger(Ledger):
    """A real ledger; every commit burns two steps of the fuse."""

    fuse: Fuse

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with super().begin() as tx:
            yield tx
            self.fuse.burn()  # nothing of it was committed
        self.fuse.burn()
