"""The migrations and the tables in schema.py say the same."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from sync.core.delivery import IntentState
from sync.core.mendable import Mendable
from sync.ledger import engine, schema
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About


@pytest.fixture
def url(tmp_path: Path) -> str:
    return engine.sqlite_url(tmp_path / "ledger.sqlite3")


def test_the_migrations_give_the_tables_of_the_schema(url: str) -> None:
    """A table changed in schema.py alone would be missing in an office's ledger: add a migration."""
    opened = engine.open_engine(url)
    with opened.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    opened.dispose()


def test_head_names_the_newest_migration() -> None:
    """sync/ledger/schema.py's HEAD lets a start skip Alembic: it must name the last file in migrations/versions."""
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_reports_that_were_mailed_are_remembered_by_a_newer_loket(url: str) -> None:
    """The table of their emails has become one of all that the office is mailed: nobody is told a second time."""
    kept = ("2026-11-24", "kepala@example.org", 1, "k", "delivered", 1, "", "2026-11-24 08:00:00")
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    with create_engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        connection.exec_driver_sql(
            "INSERT INTO report_mails (day, address, series, key, state, attempts, reason, planned_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            kept,
        )
    ledger = Ledger.open(url)
    with ledger.reading() as look:
        [mail] = look.office_mails.of(About.REPORT, date(2026, 11, 24))
    ledger.close()
    assert (mail.address, mail.key, mail.state) == (kept[1], "k", IntentState.DELIVERED)
    assert mail.planned_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_a_ledger_of_a_newer_loket_is_not_touched(url: str) -> None:
    """An older program on a newer ledger says so and stops."""
    opened = engine.open_engine(url)
    with opened.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    opened.dispose()
    with pytest.raises(Mendable) as caught:
        engine.open_engine(url)
    assert caught.value.problems[0].name == "ledger-lebih-baru"


def test_sqlite_is_set_to_survive_a_power_cut(url: str) -> None:
    """WAL with synchronous=FULL (2): a committed transaction is on the disk."""
    opened = engine.open_engine(url)
    with opened.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    opened.dispose()


def test_a_file_that_is_no_ledger_is_told_as_a_problem(tmp_path: Path) -> None:
    """Somebody put another file there: a clear message, and the file is left as it is."""
    other = tmp_path / "ledger.sqlite3"
    other.write_text("bukan basis data, hanya catatan panjang " * 50)
    before = other.read_bytes()
    with pytest.raises(Mendable) as caught:
        engine.open_engine(engine.sqlite_url(other))
    assert caught.value.problems[0].name == "ledger-rusak"
    assert other.read_bytes() == before
