"""The queue in the ledger's database: put there by the transaction that makes the work, fair, and never trusted."""

import asyncio
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from sqlalchemy import text

from sync.ledger.claims import Work
from sync.ledger.engine import in_schema, server_of
from sync.ledger.ledger import Ledger

jobs = pytest.importorskip("sync.worker.cluster.jobs", reason="procrastinate is not for Windows")

QUEUE = jobs.Queue.new()


@pytest.fixture
def url(new_postgresql_database: str) -> str:
    return in_schema(new_postgresql_database, "kantor_kutai")


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger.open(url)
    ledger.outbox = QUEUE.outbox
    with ledger.beginning() as (tx, connection):
        jobs.ensure_schema(tx, connection)
    yield ledger
    ledger.close()


def wants(ledger: Ledger, workflow: str, count: int) -> None:
    with ledger.begin() as tx:
        for _ in range(count):
            tx.want(Work.LETTER, workflow)


def waiting(ledger: Ledger, workflow: str) -> int:
    with ledger.beginning() as (_, connection):
        return QUEUE.waiting(connection, jobs.Role.LETTERS, workflow)


def serve(url: str, stop: Event, does: dict) -> None:  # type: ignore[type-arg]
    async def until_stopped(hands: object) -> None:
        while not stop.is_set():
            await asyncio.sleep(0.02)

    asyncio.run(jobs.Hands(*server_of(url), does).work(until_stopped))


def test_the_queue_lives_in_the_ledgers_schema_and_is_made_once(url: str, ledger: Ledger) -> None:
    """Offices on one server have queues of their own; a second start changes nothing."""
    with ledger.beginning() as (tx, connection):
        jobs.ensure_schema(tx, connection)
        found = text("SELECT schemaname FROM pg_tables WHERE tablename = 'procrastinate_jobs'")
        assert connection.execute(found).scalars().all() == ["kantor_kutai"]


def test_a_job_is_there_exactly_when_its_work_is(ledger: Ledger) -> None:
    """Rolled back with the approval, committed with it; sixteen letters are one turn."""

    class Stumbled(Exception):
        pass

    def stumble() -> None:
        with ledger.begin() as tx:
            tx.want(Work.LETTER, "domisili")
            tx.applications.counts()
            raise Stumbled

    with pytest.raises(Stumbled):
        stumble()
    assert waiting(ledger, "domisili") == 0
    wants(ledger, "domisili", 33)
    assert waiting(ledger, "domisili") == 3
    wants(ledger, "domisili", 100_000)
    assert waiting(ledger, "domisili") == 200


def test_a_backlog_does_not_delay_a_single_letter(url: str, ledger: Ledger) -> None:
    """A hundred turns of one workflow stand in the queue when another's single letter comes: it is the next but one."""
    done: list[str] = []
    stop = Event()
    wants(ledger, "suket", 1600)
    wants(ledger, "domisili", 1)
    wants(ledger, "pindah", 20)

    def take(workflow: str) -> None:
        done.append(workflow)
        if len(done) == 10:
            stop.set()

    serve(url, stop, {jobs.Role.LETTERS: take})
    assert done[:4] == ["suket", "domisili", "pindah", "suket"] or done[:3] == [
        "suket",
        "domisili",
        "pindah",
    ]
    assert done[3:5] in (["suket", "pindah"], ["pindah", "suket"])


def test_a_sheet_has_one_visit_waiting_and_one_going_on(url: str, ledger: Ledger) -> None:
    """However often it is asked for, and however many members there are."""
    at_once, most, visits = 0, 0, 0
    stop = Event()

    def ask() -> None:
        with ledger.beginning() as (_, connection):
            QUEUE.visit(connection, "sheet-id")
            QUEUE.visit(connection, "sheet-id")

    def visit(spreadsheet: str) -> None:
        nonlocal at_once, most, visits
        at_once += 1
        most, visits = max(most, at_once), visits + 1
        ask()
        Event().wait(0.2)
        at_once -= 1
        if visits == 4:
            stop.set()

    ask()
    members = [Thread(target=serve, args=(url, stop, {jobs.Role.SHEETS: visit})) for _ in range(2)]
    for member in members:
        member.start()
    for member in members:
        member.join(30)
    assert most == 1
    assert 4 <= visits <= 5


def test_the_jobs_of_a_dead_worker_hold_up_nobody(url: str, ledger: Ledger) -> None:
    """kill -9 in the middle of a visit leaves a job that holds the sheet's lock: it is thrown away, not waited for."""
    with ledger.beginning() as (_, connection):
        QUEUE.visit(connection, "sheet-id")
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))  # worker: none

    async def bury(hands: "jobs.Hands") -> None:
        assert await hands.bury() == 1
        assert await hands.bury() == 0

    asyncio.run(jobs.Hands(*server_of(url), {jobs.Role.LETTERS: print}).work(bury))
    visited, stop = [], Event()

    def visit(spreadsheet: str) -> None:
        visited.append(spreadsheet)
        stop.set()

    with ledger.beginning() as (_, connection):
        QUEUE.visit(connection, "sheet-id")
    serve(url, stop, {jobs.Role.SHEETS: visit})
    assert visited == ["sheet-id"]
