"""The queue: procrastinate's, in the ledger's own database and schema. The only file that knows procrastinate.

A job is a hint that there is something to do, put there by the transaction that made it so. What is to be done, and that
it is done once, the ledger alone says: a job that is lost, runs twice or is abandoned does no harm.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.jobs import Job
from procrastinate.tasks import Task
from sqlalchemy import Connection, text

from sync.ledger.claims import Work
from sync.ledger.ledger import Transaction, Wanted
from sync.worker.cluster.share import BATCH

log = logging.getLogger(__name__)

HEARTBEAT_S, DEAD_AFTER_S = 5.0, 30.0
_POLL_S = 1.0
_MOST_WAITING = 200  # more turns of one workflow in the queue help nobody
_MIGRATION = "procrastinate"


class Role(StrEnum):
    """The kinds of jobs, as settings.yaml calls them; each is a queue."""

    SHEETS = "sheets"
    LETTERS = "letters"
    SENDERS = "senders"


_ROLES = {Work.LETTER: Role.LETTERS, Work.SENDING: Role.SENDERS}
Does = Mapping[Role, Callable[[str], None]]
"""What a member does with a job of each role; a sheet's is named by its spreadsheet, the others' by their workflow."""


def ensure_schema(tx: Transaction, connection: Connection) -> None:
    """Procrastinate's tables in the ledger's schema, brought up to date; in the transaction."""
    folder = resources.files("procrastinate") / "sql"
    migrations = sorted(one.name for one in (folder / "migrations").iterdir() if _is_sql(one.name))
    tx.claims.one_at_a_time(_MIGRATION)
    at = tx.desks.resource(_MIGRATION)
    if at is None:
        todo = [folder / "schema.sql"]
    else:
        todo = [folder / "migrations" / name for name in migrations if name > at]
    driver: Any = connection.connection.driver_connection
    for file in todo:
        driver.execute(file.read_text(encoding="utf-8"))
    if todo:
        tx.desks.set_resource(_MIGRATION, migrations[-1])


def _visit_name(spreadsheet: str) -> str:
    return f"sheet {spreadsheet}"


def _is_sql(name: str) -> bool:
    return name.endswith(".sql")


@dataclass(frozen=True)
class Queue:
    """Puts jobs into the queue, in the caller's transaction. Thread-safe."""

    app: App

    @classmethod
    def new(cls) -> "Queue":
        return cls(_app(SyncPsycopgConnector(), {}))

    def outbox(self, connection: Connection, wanted: Wanted) -> None:
        """ledger.Outbox: what a transaction wants done becomes turns, BATCH each."""
        for (work, workflow), count in wanted.items():
            self.turns(connection, _ROLES[work], workflow, -(-count // BATCH))

    def turns(self, connection: Connection, role: Role, workflow: str, count: int) -> None:
        """Fair: a workflow's turns stand behind each other, the first one beside everybody's first."""
        waiting = self.waiting(connection, role, workflow)
        jobs = [
            self._job(role, {"subject": workflow}, priority=-place)
            for place in range(waiting, min(waiting + count, _MOST_WAITING))
        ]
        if jobs:
            self._defer(connection, jobs)

    def ensure_visit(self, connection: Connection, spreadsheet: str) -> None:
        """A look at a sheet, at once, where none waits or goes on: whoever is at it sees to the next one."""
        if not self._visits(connection, spreadsheet):
            self._defer(connection, [self._visit(spreadsheet)])

    def next_visit(self, connection: Connection, spreadsheet: str, *, after_s: float) -> None:
        """By whoever ends one: the next, where none waits."""
        if "todo" not in self._visits(connection, spreadsheet):
            at = self.now(connection) + timedelta(seconds=after_s)
            self._defer(connection, [self._visit(spreadsheet, at)])

    def bring_forward(self, connection: Connection, spreadsheet: str, *, within_s: float) -> None:
        """The look that waits begins after so long, unless it does sooner."""
        earlier = text(
            "UPDATE procrastinate_jobs SET scheduled_at = :at WHERE queueing_lock = :name"
            " AND status = 'todo' AND scheduled_at > :at"
        )
        at = self.now(connection) + timedelta(seconds=within_s)
        connection.execute(earlier, {"at": at, "name": _visit_name(spreadsheet)})

    def now(self, connection: Connection) -> datetime:
        """By the database's clock: one for all."""
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment

    def _visits(self, connection: Connection, spreadsheet: str) -> set[str]:
        """How those of a sheet stand, todo and doing; others who ask wait until this transaction ends."""
        name = _visit_name(spreadsheet)
        self._one_at_a_time(connection, name)
        found = text(
            "SELECT status FROM procrastinate_jobs"
            " WHERE lock = :name AND status IN ('todo', 'doing')"
        )
        return set(connection.execute(found, {"name": name}).scalars())

    def _visit(self, spreadsheet: str, at: datetime | None = None) -> Job:
        name = _visit_name(spreadsheet)
        return self._job(Role.SHEETS, {"subject": spreadsheet}, name=name, at=at)

    def waiting(self, connection: Connection, role: Role, workflow: str) -> int:
        """How many turns of a workflow stand in the queue."""
        found = text(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
            " AND queue_name = :role AND args->>'subject' = :workflow"
        )
        return int(connection.execute(found, {"role": role, "workflow": workflow}).scalar_one())

    def _one_at_a_time(self, connection: Connection, subject: str) -> None:
        Transaction(connection).claims.one_at_a_time(subject)

    def _job(
        self,
        role: Role,
        arguments: dict[str, Any],
        *,
        priority: int = 0,
        name: str | None = None,
        at: datetime | None = None,
    ) -> Job:
        task: Task[Any, Any, Any] = self.app.tasks[role]
        deferrer = task.configure(
            priority=priority, lock=name, queueing_lock=name, schedule_at=at, task_kwargs=arguments
        )
        return deferrer.job

    def _defer(self, connection: Connection, jobs: list[Job]) -> None:
        driver = connection.connection.driver_connection
        self.app.job_manager.batch_defer_jobs(jobs, connection=driver)


def _app(connector: Any, does: Does) -> App:
    app = App(connector=connector)
    for role in Role:
        app.task(name=role, queue=role)(_doing(does.get(role)))
    return app


def _doing(do: Callable[[str], None] | None) -> Callable[[str], None]:
    def job(subject: str) -> None:
        if do is None:
            raise LookupError("not a role of this member")
        do(subject)

    return job


class Hands:
    """Takes jobs of some roles from the queue, one of each role at a time, until it is asked to stop."""

    def __init__(self, conninfo: str, options: str, does: Does) -> None:
        arguments = {"options": options} if options else {}
        connector = PsycopgConnector(conninfo=conninfo, kwargs=arguments, min_size=1, max_size=4)
        self._app = _app(connector, does)
        self._roles = list(does)

    async def work(self, beside: "Callable[[Hands], Awaitable[None]]") -> None:
        """Returns when `beside` does, the jobs in hand finished; raises what the database does."""
        async with self._app.open_async():
            workers = [
                asyncio.create_task(
                    self._app.run_worker_async(
                        queues=[role],
                        name=role,
                        concurrency=1,
                        install_signal_handlers=False,
                        listen_notify=False,
                        fetch_job_polling_interval=_POLL_S,
                        update_heartbeat_interval=HEARTBEAT_S,
                        stalled_worker_timeout=DEAD_AFTER_S,
                        delete_jobs="always",
                    )
                )
                for role in self._roles
            ]
            own = asyncio.ensure_future(beside(self))
            try:
                done, _ = await asyncio.wait([own, *workers], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (own, *workers):
                    task.cancel()  # a worker finishes its job first
                ends = await asyncio.gather(own, *workers, return_exceptions=True)
        if own not in done:
            broken = [one for one in ends if isinstance(one, Exception)]
            raise broken[0] if broken else RuntimeError("a worker ended by itself")

    async def bury(self) -> int:
        """Throws away the jobs of workers that are no more. Returns how many."""
        jobs = self._app.job_manager
        dead = list(await jobs.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_S))
        for job in dead:
            if job.id is not None:
                await self._app.connector.execute_query_async(
                    "DELETE FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing'",
                    id=job.id,
                )
        return len(dead)
