"""A ledger that takes changes from whoever's turn it is, and from nobody else.

Promise: once another worker has taken a turn, no transaction of the one before it commits any more, however long it was
asleep. A transaction that is under way ends before the turn can be taken.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from sync.ledger.applications import Overtaken
from sync.ledger.ledger import Ledger, Transaction


class LostTurn(Overtaken):
    """Another worker has the turn now."""


class FencedLedger(Ledger):
    """One turn at a time; used by one thread and those that help it."""

    _turn: tuple[str, str] | None = None

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Within the block all changes are made in the turn of that name, which nobody else has then."""
        mine = (name, token_hex(8))
        with super().begin() as tx:
            tx.desks.take_turn(*mine)
        self._turn = mine
        try:
            yield
        finally:
            self._turn = None

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Raises LostTurn where another worker has taken it."""
        with super().begin() as tx:
            if self._turn is not None and not tx.desks.has_turn(*self._turn):
                raise LostTurn(self._turn[0])
            yield tx
