"""A member's share: what it has claimed for one job, and nothing else. Letters lie in the ledger."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sync.core.application import Application
from sync.core.settings import Settings
from sync.ledger.applications import Overtaken
from sync.ledger.claims import Work
from sync.ledger.intents import IntentRecord
from sync.ledger.ledger import Ledger, Transaction
from sync.worker.cluster.comparing import is_compared
from sync.worker.queueing import quotas

BATCH = 16
"""So many letters, or messages, a job: small enough that every workflow has its turn soon."""
IN_HAND = timedelta(minutes=2)
"""What a killed member had claimed is anybody's after that."""
IN_SENDING = timedelta(minutes=5)
"""What was being handed over is asked after then: whoever lives renews it every minute, however long Google or a mail
server takes (an hour, where every attempt of every call runs into its time-out)."""


class _InLedger:
    """Every machine sends from the ledger, and none needs another's disk."""

    def write(self, data: Path, files: Mapping[str, bytes]) -> None:
        pass

    def keep(self, tx: Transaction, application: Application, pdf: bytes) -> None:
        """Raises Overtaken when somebody else made the letter, or the answers are no longer those it holds."""
        now = tx.applications.get(application.id)
        same = (now.answers, now.approved_at) == (application.answers, application.approved_at)
        if not same or tx.documents.of(application.id) is not None:
            raise Overtaken(application.reference)
        tx.documents.keep(application.id, pdf)


class AtTheSheet(_InLedger):
    """Whoever reads and writes a sheet leaves letters and sending to the other jobs."""

    def letters(self, ledger: Ledger, workflow: str, at: datetime) -> list[Application]:  # noqa: ARG002
        return []

    def due(
        self,
        ledger: Ledger,  # noqa: ARG002
        workflow: str,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
        after: tuple[int, int, int],  # noqa: ARG002
    ) -> list[IntentRecord]:
        return []

    def interrupted(self, ledger: Ledger, workflow: str, at: datetime) -> list[IntentRecord]:  # noqa: ARG002
        return []

    def sends(self, tx: Transaction, record: IntentRecord, at: datetime) -> None:  # noqa: ARG002
        raise Overtaken(record.intent.reference)


@dataclass
class Batch(_InLedger):
    """One job's: at most BATCH letters, or intents, of one workflow, the oldest that nobody has in hand. None of a ledger
    that may be behind its sheet."""

    by: str
    settings: Settings
    _taken: dict[Work, set[int]] = field(default_factory=lambda: {work: set() for work in Work})
    _asked: bool = False
    _sending: int | None = None

    def letters(self, ledger: Ledger, workflow: str, at: datetime) -> list[Application]:
        with _taking(ledger, Work.LETTER, workflow) as tx:
            if tx is None:
                return []
            waiting = tx.applications.awaiting_letter(workflow, limit=BATCH, unclaimed_at=at)
            mine = self._take(tx, Work.LETTER, [one.id for one in waiting], at)
        return [one for one in waiting if one.id in mine]

    def due(
        self,
        ledger: Ledger,
        workflow: str,
        at: datetime,
        after: tuple[int, int, int],  # noqa: ARG002
    ) -> list[IntentRecord]:
        """Never more of a channel than its quota has room for, whatever the other members have in hand."""
        if self._asked:
            return []
        self._asked = True
        with _taking(ledger, Work.SENDING, workflow) as tx:
            if tx is None:
                return []
            due = tx.intents.due(workflow, at, limit=BATCH, unclaimed=True)
            room = {
                channel: per_day
                - tx.intents.sent_in_a_day(channel, at)
                - tx.claims.on_their_way(channel, at)
                for channel, per_day in quotas(self.settings).items()
            }
            found = []
            for record in due:
                channel = record.intent.channel
                if room.get(channel, 1) > 0:
                    found.append(record)
                    room[channel] = room.get(channel, BATCH + 1) - 1
            mine = self._take(tx, Work.SENDING, [one.intent.id for one in found], at)
        return [one for one in found if one.intent.id in mine]

    def interrupted(self, ledger: Ledger, workflow: str, at: datetime) -> list[IntentRecord]:
        with ledger.reading() as look:
            if not look.intents.interrupted(workflow, at, unclaimed=True):
                return []
        with _taking(ledger, Work.SENDING, workflow) as tx:
            if tx is None:
                return []
            found = tx.intents.interrupted(workflow, at, unclaimed=True)
            mine = self._take(tx, Work.SENDING, [one.intent.id for one in found], at)
        return [one for one in found if one.intent.id in mine]

    def sends(self, tx: Transaction, record: IntentRecord, at: datetime) -> None:
        one = record.intent.id
        if one not in tx.claims.take(Work.SENDING, [one], self.by, at, at + IN_SENDING):
            raise Overtaken(record.intent.reference)
        self._sending = one

    def renew(self, ledger: Ledger, at: datetime) -> None:
        """What is being handed over is still in hand."""
        if self._sending is not None:
            with ledger.begin() as tx:
                tx.claims.take(Work.SENDING, [self._sending], self.by, at, at + IN_SENDING)

    def release(self, ledger: Ledger) -> None:
        """At the end of the job: what was not dealt with is anybody's at once."""
        if any(self._taken.values()):
            with ledger.begin() as tx:
                for work, ids in self._taken.items():
                    tx.claims.release(work, ids, self.by)

    def _take(self, tx: Transaction, work: Work, ids: list[int], at: datetime) -> set[int]:
        mine = tx.claims.take(work, ids, self.by, at, at + IN_HAND)
        self._taken[work] |= mine
        return mine


@contextmanager
def _taking(ledger: Ledger, work: Work, workflow: str) -> Iterator[Transaction | None]:
    """One member at a time. None: the ledger has to be compared with the sheet first."""
    with ledger.beginning() as (tx, connection):
        tx.claims.one_at_a_time(work)
        yield tx if is_compared(tx, connection, workflow) else None
