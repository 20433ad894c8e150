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


def visits(ledger: Ledger) -> list[tuple[str, float]]:
    """Of the sheet: todo or doing, and in how many seconds."""
    query = text(
        "SELECT status, coalesce(extract(epoch from scheduled_at - clock_timestamp()), 0)"
        " FROM procrastinate_jobs WHERE lock = 'sheet sheet-id' ORDER BY status"
    )
    with ledger.beginning() as (_, connection):
        return [(status, float(in_s)) for status, in_s in connection.execute(query)]


def test_a_sheet_has_one_visit_waiting_or_one_going_on(url: str, ledger: Ledger) -> None:
    """However often it is asked for, and however many members there are; the one that ends puts the next there."""
    at_once, most, visits = 0, 0, 0
    stop = Event()

    def ask() -> None:
        with ledger.beginning() as (_, connection):
            QUEUE.ensure_visit(connection, "sheet-id")
            QUEUE.ensure_visit(connection, "sheet-id")

    def visit(spreadsheet: str) -> None:
        nonlocal at_once, most, visits
        at_once += 1
        most, visits = max(most, at_once), visits + 1
        ask()
        Event().wait(0.2)
        with ledger.beginning() as (_, connection):
            QUEUE.next_visit(connection, "sheet-id", after_s=0)
            QUEUE.next_visit(connection, "sheet-id", after_s=0)
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


def test_a_visit_that_takes_long_is_followed_by_a_pause(url: str, ledger: Ledger) -> None:
    """The sweeps of all members, meanwhile and afterwards, add none."""
    visited: list[str] = []
    stop = Event()

    def sweep() -> None:
        with ledger.beginning() as (_, connection):
            QUEUE.ensure_visit(connection, "sheet-id")

    def visit(spreadsheet: str) -> None:
        visited.append(spreadsheet)
        sweep()
        with ledger.beginning() as (_, connection):
            QUEUE.next_visit(connection, spreadsheet, after_s=30)
        stop.set()

    sweep()
    serve(url, stop, {jobs.Role.SHEETS: visit})
    sweep()
    [(status, in_s)] = visits(ledger)
    assert visited == ["sheet-id"]
    assert status == "todo"
    assert 20 < in_s <= 30


def test_a_visit_is_brought_forward_never_put_off(ledger: Ledger) -> None:
    """A letter was made: its row says so soon, however many more are made."""
    with ledger.beginning() as (_, connection):
        QUEUE.next_visit(connection, "sheet-id", after_s=60)
        for within_s in (5, 30, 20):
            QUEUE.bring_forward(connection, "sheet-id", within_s=within_s)
    [(_, in_s)] = visits(ledger)
    assert 0 < in_s <= 5


def test_the_jobs_of_a_dead_worker_hold_up_nobody(url: str, ledger: Ledger) -> None:
    """kill -9 in the middle of a visit leaves a job that holds the sheet's lock: it is thrown away, not waited for."""
    with ledger.beginning() as (_, connection):
        QUEUE.ensure_visit(connection, "sheet-id")
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
        QUEUE.ensure_visit(connection, "sheet-id")
    serve(url, stop, {jobs.Role.SHEETS: visit})
    assert visited == ["sheet-id"]
