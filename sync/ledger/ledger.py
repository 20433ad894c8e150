"""The ledger's front door: one transaction at a time, and the tables' rooms inside it.

Leaving a transaction with an exception undoes all of it. No transaction may be open across a call to anyone
outside: a slow mail server must not hold a database connection.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property

from sqlalchemy import Connection, Engine

from sync.ledger.alarms import Alarms
from sync.ledger.applications import Applications
from sync.ledger.desks import Desks
from sync.ledger.documents import Documents
from sync.ledger.engine import READ_ONLY, ensure_whole, open_engine, place_of
from sync.ledger.forgetting import Forgetting, scrub
from sync.ledger.intents import Intents
from sync.ledger.numbers import Numbers
from sync.ledger.recovering import Recovering
from sync.ledger.register import Register
from sync.ledger.standing import Standing
from sync.ledger.trouble import told
from sync.ledger.verification import Verification


class Transaction:
    """What may be asked and recorded, by subject."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def applications(self) -> Applications:
        return Applications(self._connection)

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self._connection)

    @cached_property
    def documents(self) -> Documents:
        return Documents(self._connection)

    @cached_property
    def intents(self) -> Intents:
        return Intents(self._connection)

    @cached_property
    def desks(self) -> Desks:
        return Desks(self._connection)

    @cached_property
    def alarms(self) -> Alarms:
        return Alarms(self._connection)

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting(self._connection)

    @cached_property
    def recovering(self) -> Recovering:
        return Recovering(self._connection)

    @cached_property
    def register(self) -> Register:
        return Register(self._connection)

    @cached_property
    def standing(self) -> Standing:
        return Standing(self._connection)

    @cached_property
    def verification(self) -> Verification:
        return Verification(self._connection)


class Ledger:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> "Ledger":
        """Opens and, where needed, migrates the ledger. Raises Mendable."""
        return cls(open_engine(url))

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """A writing transaction, committed at the end of the block. Raises LedgerTrouble."""
        with self._told(), self._engine.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A consistent look that holds up no writer. Raises LedgerTrouble."""
        with (
            self._told(),
            self._engine.connect().execution_options(**{READ_ONLY: True}) as connection,
        ):
            yield Transaction(connection)

    def _told(self) -> AbstractContextManager[None]:
        # Opened anew after trouble: the file may be another by then.
        return told(place_of(self._engine.url), afterwards=self._engine.dispose)

    def ensure_whole(self) -> None:
        """Raises LedgerTrouble when the ledger's file is damaged."""
        ensure_whole(self._engine)

    def scrub(self) -> bool:
        """Leaves nothing of what was erased in the ledger's file. False: it has to be tried again."""
        return scrub(self._engine)

    def close(self) -> None:
        self._engine.dispose()
