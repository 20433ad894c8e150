"""Members of a cluster at one application in the same moment: what came of its messages is recorded, and one of them ends
it. In PostgreSQL neither sees what the other has not committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from sync.core.delivery import IntentState, Kind
from sync.core.outcomes import Never, Receipt, TryAgain
from sync.core.states import State
from sync.ledger.intents import IntentRecord
from sync.ledger.ledger import Ledger
from sync.worker import settling
from sync.worker.counter import Counter
from sync.worker.settling import settle, settle_now
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture
def url(new_postgresql_database: str) -> str:
    return new_postgresql_database


@pytest.fixture
def world(url: str, tmp_path: Path) -> Iterator[World]:
    ledger = Ledger.open(url)
    world = World(ledger, tmp_path)
    world.email.failures, world.drive.failures = [TryAgain("Sibuk.")], [TryAgain("Sibuk.")]
    yield world
    ledger.close()


@contextmanager
def member(world: World, url: str) -> Iterator[Counter]:
    """With connections of its own."""
    counter = world.counter()
    counter.ledger = Ledger.open(url)
    try:
        yield counter
    finally:
        counter.ledger.close()


def in_hand(world: World, row: SheetRow, kind: Kind) -> list[IntentRecord]:
    """Its messages of that kind: they were handed over just now."""
    with world.ledger.begin() as tx:
        return [
            tx.intents.claim(one, world.now, key=one.intent.channel)
            for one in tx.intents.of(world.application(row).id)
            if one.intent.kind is kind
        ]


def until_somebody_waits(url: str, over: Event) -> None:
    """For what another transaction holds, unless it is over before."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    watch = create_engine(url, isolation_level="AUTOCOMMIT")
    with watch.connect() as connection:
        while not over.wait(0.01) and not connection.execute(waiting).scalar():
            pass
    watch.dispose()


def test_one_of_those_that_settle_its_ways_at_once_ends_the_application(
    world: World, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have their receipt down before either looks at the other's, and the first commits when the second has looked,
    or waits for its turn."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    conclude, both, over = settling.conclude, Barrier(2), Event()

    def at_once(*arguments: Any) -> None:
        both.wait(20)
        conclude(*arguments)

    monkeypatch.setattr(settling, "conclude", at_once)

    def settles(record: IntentRecord) -> None:
        try:
            with member(world, url) as counter, counter.ledger.begin() as tx:
                settle(counter, tx, record, Receipt("x"))
                until_somebody_waits(url, over)
        finally:
            over.set()

    members = [Thread(target=settles, args=(one,)) for one in in_hand(world, row, Kind.LETTER)]
    for one in members:
        one.start()
    for one in members:
        one.join(60)
    assert world.application(row).state is State.DELIVERED
    world.cycle()
    assert row.system["note"].endswith("sudah dikirim ke email pemohon dan ke Drive pemohon.")


def test_what_came_of_a_notice_is_kept_while_an_officer_decides(world: World, url: str) -> None:
    """It went, or it never will: asked after a second time, nobody would know."""
    row = world.applies({**CITRA, "NIK": "1"})
    world.cycle()
    [notice] = in_hand(world, row, Kind.MEND)
    over = Event()

    def settles() -> None:
        try:
            with member(world, url) as counter:
                settle_now(counter, notice, Never("Alamat email ditolak."))
        finally:
            over.set()

    thread = Thread(target=settles)
    with world.ledger.begin() as tx:
        application = tx.applications.find(row.system["reference"])
        assert application is not None
        tx.applications.change(application, at=world.now, states=(State.CANCELLED,))
        thread.start()
        until_somebody_waits(url, over)
    thread.join(60)
    with world.ledger.reading() as look:
        [record] = look.intents.of(application.id)
    assert record.intent.state is IntentState.FAILED
    assert "Alamat email ditolak." in world.application(row).note
