"""A spreadsheet's lease and tab in memory, with Google's rules: replaced only where it reads as it was seen."""

from collections.abc import Callable

from sync.core.board import Board
from sync.core.lease import Posted
from sync.google.refusals import NOT_SHARED, PROTECTED, Refused


class FakePostOffice:
    """Implements worker.duty.Post. `meanwhile` runs once, just before the next write is applied."""

    def __init__(self) -> None:
        self.lease: str | None = None
        self.tab = False
        self.tabs: dict[str, int] = {}
        self.board: Board = ()
        self.changes = 1
        self.calls: list[str] = []
        self.posts = 0
        self.away = False
        self.protected = False
        self.broken: Exception | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def version(self) -> str:
        self._call("version")
        return f"{self.changes} 2026-11-24T02:00:00Z"

    def only_ours(self, before: str, after: str) -> bool:
        return int(after.split()[0]) - int(before.split()[0]) in (0, 1)

    def read(self) -> Posted:
        self._call("read")
        return Posted("Permohonan Domisili", self.lease, self.tab, self.tabs)

    def replace_lease(self, was: str | None, then: str | None) -> Posted:
        self._write("replace")
        if self.lease == was:
            self.lease = then
        self.changes += 1
        return Posted("Permohonan Domisili", self.lease, self.tab, self.tabs)

    def post(self, board: Board, was: str, then: str, seen: Posted) -> Posted:
        self._write("post")
        if self.protected or seen.tab != self.tab:
            raise Refused(PROTECTED, status=400, reasons=frozenset())
        self.tab, self.board = True, board
        self.posts += 1
        if self.lease == was:
            self.lease = then
        self.changes += 1
        return Posted("Permohonan Domisili", self.lease, self.tab, self.tabs)

    def _write(self, name: str) -> None:
        self._call(name)
        act, self.meanwhile = self.meanwhile, lambda: None
        act()

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.broken:
            raise self.broken
        if self.away:
            raise Refused(NOT_SHARED, status=403, reasons=frozenset())
