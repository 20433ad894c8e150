"""Two versions of Loket on one server: the older one changes nothing in a ledger that the newer one brought up to date."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event, Thread

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from sync.ledger import engine as opening
from sync.ledger import schema
from sync.ledger.fence import FencedLedger
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import LedgerTrouble

WAIT_S = 0.3


@pytest.fixture
def url(new_postgresql_database: str) -> str:
    Ledger.open(new_postgresql_database).close()
    return new_postgresql_database


def stands_at(url: str, version: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    engine.dispose()


@pytest.mark.parametrize("kind", [Ledger, FencedLedger])
@pytest.mark.parametrize("way", ["begin", "beginning"])
def test_an_older_program_that_is_running_changes_nothing(
    url: str, kind: type[Ledger], way: str
) -> None:
    """From the moment of the migration on; it is told as what passes, and goes on where the ledger is its own again."""
    ledger = kind.open(url)
    begin: Callable[[], AbstractContextManager[object]] = getattr(ledger, way)
    with begin():
        pass
    stands_at(url, "9999")
    with pytest.raises(LedgerTrouble) as refused, begin():
        pytest.fail("the older program is in a transaction")
    assert refused.value.problems[0].name == "ledger-lebih-baru"
    stands_at(url, schema.HEAD)
    with begin():
        pass
    ledger.close()


def test_a_newer_ledger_is_waited_for(url: str) -> None:
    """At the start too: a member of a cluster waits for whatever passes."""
    stands_at(url, "9999")
    with pytest.raises(LedgerTrouble) as refused:
        Ledger.open(url)
    assert refused.value.problems[0].name == "ledger-lebih-baru"


def one_before(url: str) -> str:
    """Makes a ledger as the version before the newest migration made it; returns what it stands at."""
    config = Config()
    config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations"))
    newest = ScriptDirectory.from_config(config).get_revision("head")
    before = str(newest.down_revision)
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, before)
    engine.dispose()
    return before


def test_a_migration_waits_for_the_transactions_under_way(
    new_postgresql_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And those that come after it find the new version: nothing is written half in one and half in the other."""
    begun, migrated = Event(), Event()

    def migrate() -> None:
        begun.set()
        opening.open_engine(new_postgresql_database).dispose()
        migrated.set()

    monkeypatch.setattr(schema, "HEAD", one_before(new_postgresql_database))
    older, newer = Ledger.open(new_postgresql_database), Thread(target=migrate)
    with older.beginning() as (tx, connection):
        monkeypatch.undo()
        tx.desks.set_resource("a", "1")
        newer.start()
        assert begun.wait(10)
        assert not migrated.wait(WAIT_S)
        tx.desks.set_resource("b", "2")
        tables = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for table in connection.execute(tables).scalars().all():
            connection.execute(text(f'LOCK TABLE "{table}" IN ROW EXCLUSIVE MODE'))
    newer.join(30)
    assert migrated.is_set()
    with older.reading() as look:
        assert look.desks.resource("b") == "2"
    older.close()
