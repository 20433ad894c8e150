"""One member of the cluster: takes jobs of its roles until it is asked to stop, and sees to it that none is forgotten.

A database that is away is waited for; the jobs in hand end by themselves, and whatever they left is done by others.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from sync.core.mendable import Mendable
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import NEWER, LedgerTrouble
from sync.worker.cluster.comparing import is_compared
from sync.worker.cluster.jobs import Does, Hands, Queue, Role, ensure_schema
from sync.worker.cluster.members import Presence, be_there, leave
from sync.worker.cluster.share import BATCH

log = logging.getLogger(__name__)

ROUND = "round"
"""The subject of the job that looks on after the others, among the sheets'."""
ROUND_EVERY_S = 60.0
_SWEEP_EVERY_S = 5.0
_LOOK_FOR_STOP_S = 0.2
_PATIENCE_S = 2.0


_ENOUGH = BATCH * 8
"""So many are looked for in a sweep: more turns than that are put into the queue by the next one."""
_OLD = timedelta(days=1)
_ALL = 1_000_000
_MOST_BATCHES = 100_000


@dataclass(frozen=True)
class Todo:
    """What the ledger says is to be done, and the queue."""

    ledger: Ledger
    queue: Queue
    workflows: Sequence[str]
    spreadsheets: Sequence[str]
    clock: Callable[[], datetime]

    def prepare(self) -> None:
        """The queue's tables are there."""
        with self.ledger.beginning() as (tx, connection):
            ensure_schema(tx, connection)

    def sweep(self) -> None:
        """A job for whatever has none: it was lost, its worker was killed, or its time has only now come."""
        at = self.clock()
        with self.ledger.beginning() as (tx, connection):
            tx.claims.one_at_a_time("sweep")
            tx.claims.forget_old(at - _OLD)
            for spreadsheet in (*self.spreadsheets, ROUND):
                self.queue.ensure_visit(connection, spreadsheet)
            for workflow in self.workflows:
                if not is_compared(tx, connection, workflow):
                    continue
                unmade = tx.applications.awaiting_letter(workflow, limit=_ENOUGH, unclaimed_at=at)
                unsent = tx.intents.due(workflow, at, limit=_ENOUGH, unclaimed=True)
                unsent += tx.intents.interrupted(workflow, at, unclaimed=True)
                for role, found in ((Role.LETTERS, unmade), (Role.SENDERS, unsent)):
                    there = self.queue.waiting(connection, role, workflow)
                    self.queue.turns(connection, role, workflow, -(-len(found) // BATCH) - there)

    def there(self) -> dict[str, int]:
        """By workflow: how many letters and messages wait that nobody has in hand."""
        at = self.clock()
        with self.ledger.reading() as look:
            return {
                one: len(look.applications.awaiting_letter(one, unclaimed_at=at))
                + len(look.intents.due(one, at, limit=_ALL, unclaimed=True))
                + len(look.intents.interrupted(one, at, unclaimed=True))
                for one in self.workflows
            }

    def in_trouble(self) -> bool:
        """Whether a cycle left something for people to mend."""
        with self.ledger.reading() as look:
            return any(memory and memory.trouble for memory in map(look.desks.of, self.workflows))

    def be_there(self, me: Presence) -> None:
        with self.ledger.begin() as tx:
            be_there(tx, me, self.clock())

    def leave(self, me: Presence) -> None:
        with self.ledger.begin() as tx:
            leave(tx, me, self.clock())

    def next_round(self) -> None:
        with self.ledger.beginning() as (_, connection):
            self.queue.next_visit(connection, ROUND, after_s=ROUND_EVERY_S)


@dataclass(frozen=True)
class Member:
    todo: Todo
    does: Does
    server: tuple[str, str]  # ledger.engine.server_of
    stop: Event
    me: Presence

    def work(self, tell: Callable[[str], None]) -> None:
        """Until `stop`. `tell` is given what the person at the screen should know."""
        told = ""
        while not self.stop.is_set():
            try:
                self.todo.prepare()
                if told:
                    tell("Loket bekerja lagi.")
                    told = ""
                asyncio.run(Hands(*self.server, self.does).work(self._beside))
            except Exception as error:
                log.warning("the queue: %s: %s", type(error).__name__, _said(error))
                before, told = told, _told_of(error)
                if told != before:
                    tell(told)
                self.stop.wait(_PATIENCE_S)
        with suppress(Exception):  # a database that is away forgets it by itself
            self.todo.leave(self.me)

    def work_once(self) -> bool:
        """Every sheet, then letters and messages until nobody finds any, then every sheet again; the queue is not
        asked. Returns whether something is the matter."""
        rest = [self.does[role] for role in (Role.LETTERS, Role.SENDERS) if role in self.does]
        self._visit(self.todo.spreadsheets)
        was: dict[str, int] = {}
        for _ in range(_MOST_BATCHES):
            there = self.todo.there()
            if not any(there.values()) or there == was or self.stop.is_set():
                break
            was = there
            for workflow in there:
                for do in rest:
                    do(workflow)
        self._visit([*self.todo.spreadsheets, ROUND])
        return self.todo.in_trouble()

    def _visit(self, spreadsheets: Sequence[str]) -> None:
        visit = self.does.get(Role.SHEETS)
        if visit is None:
            return
        for spreadsheet in spreadsheets:
            visit(spreadsheet)

    async def _beside(self, hands: Hands) -> None:
        """Sweeps now and then; returns when the member should stop."""
        loop, due = asyncio.get_running_loop(), 0.0
        while not self.stop.is_set():
            if loop.time() >= due:
                if dead := await hands.bury():
                    log.warning("the queue: %d jobs of workers that are no more", dead)
                await asyncio.to_thread(self.todo.sweep)
                await asyncio.to_thread(self.todo.be_there, self.me)
                due = loop.time() + _SWEEP_EVERY_S
            await asyncio.sleep(_LOOK_FOR_STOP_S)


def _told_of(error: Exception) -> str:
    if isinstance(error, LedgerTrouble) and error.problems[0].name == NEWER[0]:
        problem = error.problems[0]
        return (
            f"{problem.found[:1].upper()}{problem.found[1:]}. Komputer ini menunggu; tidak ada yang hilang. Hentikan Loket di sini, "
            f"perbarui ({problem.run}), lalu jalankan lagi."
        )
    return "Basis data atau antrean tidak dapat dicapai; dicoba lagi sendiri."


def _said(error: Exception) -> str:
    if isinstance(error, Mendable):
        return error.problems[0].name
    return str(error).splitlines()[0] if str(error) else ""
