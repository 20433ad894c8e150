"""The ledger's front door: one transaction at a time, and the tables' rooms inside it.

Leaving a transaction with an exception undoes all of it. No transaction may be open across a call to anyone
outside: a slow mail server must not hold a database connection.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Self

from sqlalchemy import Connection, Engine

from sync.ledger.alarms import Alarms
from sync.ledger.applications import Applications
from sync.ledger.calls import Calls
from sync.ledger.chat import Chat
from sync.ledger.citizens import Citizens
from sync.ledger.claims import Claims, Work
from sync.ledger.desks import Desks
from sync.ledger.documents import Documents
from sync.ledger.engine import READ_ONLY, ensure_same_version, ensure_whole, open_engine
from sync.ledger.forgetting import Forgetting, scrub
from sync.ledger.intents import Intents
from sync.ledger.numbers import Numbers
from sync.ledger.office_mails import OfficeMails
from sync.ledger.places import Places
from sync.ledger.recovering import Recovering
from sync.ledger.register import Register
from sync.ledger.reports import Reports
from sync.ledger.sign_ins import SignIns
from sync.ledger.standing import Standing
from sync.ledger.trail import Trail
from sync.ledger.trouble import place_of, told
from sync.ledger.verification import Verification
from sync.ledger.waiting import Waiting

Wanted = Counter[tuple[Work, str]]
Outbox = Callable[[Connection, Wanted], None]


class Transaction:
    """What may be asked and recorded, by subject. `wanted`: what there is to do once it is committed, (what, workflow)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.wanted: Wanted = Counter()

    def want(self, work: Work, workflow: str) -> None:
        """Once this is committed there is something to do."""
        self.wanted[work, workflow] += 1

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
    def chat(self) -> Chat:
        return Chat(self._connection)

    @cached_property
    def citizens(self) -> Citizens:
        return Citizens(self._connection)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self._connection)

    @cached_property
    def claims(self) -> Claims:
        return Claims(self._connection)

    @cached_property
    def desks(self) -> Desks:
        return Desks(self._connection)

    @cached_property
    def places(self) -> Places:
        return Places(self._connection)

    @cached_property
    def alarms(self) -> Alarms:
        return Alarms(self._connection)

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting(self._connection)

    @cached_property
    def office_mails(self) -> OfficeMails:
        return OfficeMails(self._connection)

    @cached_property
    def recovering(self) -> Recovering:
        return Recovering(self._connection)

    @cached_property
    def register(self) -> Register:
        return Register(self._connection)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self._connection)

    @cached_property
    def sign_ins(self) -> SignIns:
        return SignIns(self._connection)

    @cached_property
    def standing(self) -> Standing:
        return Standing(self._connection)

    @cached_property
    def trail(self) -> Trail:
        return Trail(self._connection)

    @cached_property
    def verification(self) -> Verification:
        return Verification(self._connection)

    @cached_property
    def waiting(self) -> Waiting:
        return Waiting(self._connection)


class Ledger:
    """`outbox` is handed what a transaction wanted, inside it: where several machines share the work."""

    outbox: Outbox | None = None

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Opens and, where needed, migrates the ledger. Raises Mendable."""
        return cls(open_engine(url))

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """A writing transaction, committed at the end of the block. Raises LedgerTrouble."""
        with self._told(), self._engine.begin() as connection:
            ensure_same_version(connection)
            transaction = Transaction(connection)
            yield transaction
            if self.outbox and transaction.wanted:
                self.outbox(connection, transaction.wanted)

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

    @contextmanager
    def beginning(self) -> Iterator[tuple[Transaction, Connection]]:
        """As `begin`, for a queue that is kept in the same database. Raises LedgerTrouble."""
        with self._told(), self._engine.begin() as connection:
            ensure_same_version(connection)
            yield Transaction(connection), connection

    def ensure_whole(self) -> None:
        """Raises LedgerTrouble when the ledger's file is damaged."""
        ensure_whole(self._engine)

    def scrub(self) -> bool:
        """Leaves nothing of what was erased in the ledger's file. False: it has to be tried again."""
        return scrub(self._engine)

    def close(self) -> None:
        self._engine.dispose()
