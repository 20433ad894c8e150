"""One sender's flood: a thousand responses within a minute are a mistake or an attack.

Nothing of it is lost. What one sender sends beyond a day's measure goes to an officer, never straight to a letter, and
the address is sent no more notices than that: a flood must not use up the office's mail quota. Within a day: the last
24 hours. The measure is worker.per_applicant_per_day; 0 is none.
"""

from collections.abc import MutableMapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from sync.core.answers import Checked
from sync.core.application import Application, sender_of
from sync.core.workflow.model import ReviewKind
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter

_DAY = timedelta(days=1)


class Senders:
    """How many applications each sender sent within a day: asked once for all the rows of a transaction."""

    def __init__(self, counter: Counter, tx: Transaction) -> None:
        self._counter = counter
        self._tx = tx

    @cached_property
    def _came(self) -> MutableMapping[str, int]:
        return self._tx.applications.came_since(self._counter.clock() - _DAY)

    def add(self, application: Application) -> None:
        """It was just registered in this transaction."""
        if "_came" in self.__dict__:  # else the first question counts it
            sender = sender_of(application.email, application.phone)
            self._came[sender] = self._came.get(sender, 0) + 1

    def with_flood(self, checked: Checked) -> Checked:
        """Warns the officer of a sender beyond measure."""
        count = self._beyond_measure(checked)
        if not count:
            return checked
        said = f"Pengirim ini mengajukan {count} permohonan dalam 24 jam; periksa dahulu."
        return replace(checked, warnings=(said, *checked.warnings))

    def review_of(self, checked: Checked) -> ReviewKind:
        return "petugas" if self._beyond_measure(checked) else self._counter.workflow.review

    def _beyond_measure(self, checked: Checked) -> int:
        """How many it were; 0 within measure, and for a sender that nobody can tell."""
        most = self._counter.settings.worker.per_applicant_per_day
        sender = sender_of(checked.applicant.email, checked.applicant.phone)
        if not most or not sender:
            return 0
        count = self._came.get(sender, 0)
        return count if count > most else 0


def told_enough(counter: Counter, tx: Transaction, address: str, at: datetime) -> bool:
    """Whether an address was sent as many notices within a day as one applicant may cause."""
    most = counter.settings.worker.per_applicant_per_day
    return bool(most and address) and (
        tx.intents.told_since(address, at - _DAY, limit=most) >= most
    )
