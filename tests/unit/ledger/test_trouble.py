"""What the database can't do is told in the office's words, once; what was not committed did not happen."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from sync.ledger import engine as engines
from sync.ledger import schema
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import LedgerTrouble, told
from tests.contract.ledger.test_ledger import ARRIVAL
from tests.fakes.loopback_http import LoopbackServer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(engines.sqlite_url(file))
    yield ledger
    ledger.close()


def register(ledger: Ledger) -> None:
    with ledger.begin() as tx:
        tx.applications.register(ARRIVAL)


def register_many(ledger: Ledger) -> None:
    for _ in range(200):
        register(ledger)


def names(ledger: Ledger) -> list[str]:
    with ledger.reading() as look:
        return [one.name for one in look.applications.of_workflow("domisili")]


def limited(engine: Engine, pages: int) -> None:
    """SQLite answers as on a full disk when its file may not grow."""
    engine.dispose()
    event.listen(
        engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count = {pages}").close()
    )


def test_a_full_disk_is_told_and_the_transaction_is_undone(ledger: Ledger, file: Path) -> None:
    """And with room again the same ledger goes on, without being opened anew."""
    limited(ledger._engine, 1)
    with pytest.raises(LedgerTrouble) as caught:
        register_many(ledger)
    problem = caught.value.problems[0]
    assert problem.name == "ledger-penuh"
    assert problem.where == str(file)
    before = len(names(ledger))
    limited(ledger._engine, 1_000_000)
    register(ledger)
    assert len(names(ledger)) == before + 1


def test_a_lock_that_is_not_let_go_is_told(ledger: Ledger, file: Path) -> None:
    """A program that copies the file, and hangs."""
    ledger._engine.dispose()
    event.listen(
        ledger._engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout = 50").close()
    )
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerTrouble) as caught:
        register(ledger)
    assert caught.value.problems[0].name == "ledger-terkunci"
    other.execute("ROLLBACK")
    other.close()
    register(ledger)


def test_a_text_that_is_none_any_more_is_damage(ledger: Ledger) -> None:
    """A flipped byte in the midst of a name: no structure is wrong, and yet nothing can be read."""
    register(ledger)
    with ledger.begin() as tx:
        tx._connection.execute(text("UPDATE applications SET name = CAST(x'C3FF' AS TEXT)"))
    with pytest.raises(LedgerTrouble) as caught:
        names(ledger)
    assert caught.value.problems[0].name == "ledger-rusak"


def test_a_mistake_of_ours_stays_one(ledger: Ledger) -> None:
    """It must come to us with its traceback, not send an office to look after its disk."""
    with pytest.raises(IntegrityError), ledger.begin() as tx:
        tx._connection.execute(schema.counters.insert().values(kind=None, scope="", year=1, last=1))
    with pytest.raises(DBAPIError), ledger.reading() as look:
        look._connection.execute(text("SELECT nothing FROM nowhere"))


def test_an_error_of_the_database_holds_no_answers(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    """Its text goes into the log, with what was to be written unless that is forbidden."""
    limited(ledger._engine, 1)
    with caplog.at_level(logging.ERROR):
        try:
            register_many(ledger)
        except LedgerTrouble:
            logging.getLogger("sync").exception("a row could not be taken in")
    assert "OperationalError" in caplog.text
    assert ARRIVAL.email not in caplog.text
    assert str(ARRIVAL.answers["NIK"]) not in caplog.text


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    """PostgreSQL went away; nothing answers at its port."""
    server = LoopbackServer()
    port = server.url.rpartition(":")[2]
    server.close()
    with pytest.raises(LedgerTrouble) as caught:
        Ledger.open(f"postgresql://loket:rahasia@127.0.0.1:{port}/loket")
    problem = caught.value.problems[0]
    assert problem.name == "ledger-tidak-terhubung"
    assert "rahasia" not in str(caught.value)


def test_a_lost_connection_is_told_and_the_next_transaction_has_another(
    new_postgresql_database: str,
) -> None:
    """The server was started again between two cycles."""
    ledger = Ledger.open(new_postgresql_database)
    admin = create_engine(new_postgresql_database, isolation_level="AUTOCOMMIT")
    register(ledger)
    with admin.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    with pytest.raises(LedgerTrouble) as caught:
        register(ledger)
    assert caught.value.problems[0].name == "ledger-tidak-terhubung"
    register(ledger)
    assert len(names(ledger)) == 2
    ledger.close()
    admin.dispose()


def test_what_is_told_can_be_acted_on() -> None:
    """Where, what, what is allowed, what to run."""

    class Damaged(Exception):
        sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    with pytest.raises(LedgerTrouble) as caught, told("data/ledger.sqlite3"):
        raise DBAPIError("SELECT 1", {}, Damaged("database disk image is malformed"))
    problem = caught.value.problems[0]
    assert (problem.where, problem.run) == ("data/ledger.sqlite3", "python loket.py restore")
    assert all((problem.found, problem.allowed))
