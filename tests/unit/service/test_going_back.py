"""Whether anything has happened since an upgrade: only then may the old ledger come back."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sync.launcher.environment import Stop
from sync.launcher.exchange import is_unchanged, ledger_back, new_stamp, schema_of
from sync.launcher.swap import upgrades
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.schema import HEAD, metadata


@pytest.fixture
def ledgers(tmp_path: Path) -> tuple[Path, Path]:
    """A ledger with one application, and its copy; then the next version has added a table and a column."""
    ledger, copy = tmp_path / "ledger #1.sqlite3", tmp_path / "copy.sqlite3"
    Ledger.open(sqlite_url(ledger)).close()
    does(ledger, APPLICATION)
    shutil.copy(ledger, copy)
    does(ledger, "CREATE TABLE more (id INTEGER)")
    does(ledger, "ALTER TABLE applications ADD COLUMN more TEXT")
    return ledger, copy


def does(ledger: Path, *statements: str) -> None:
    with closing(sqlite3.connect(ledger)) as opened, opened:
        for statement in statements:
            opened.execute(statement)
        opened.commit()
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def row(table: str) -> str:
    """A row of that table with something in every column that must be filled."""
    columns = metadata.tables[table].columns
    values = [
        "1" if column.primary_key or column.foreign_keys else "'2026-11-28 01:00:00'"
        for column in columns
    ]
    names = ", ".join(f'"{column.name}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(values)})'


APPLICATION = row("applications")


def test_a_newer_form_of_the_same_is_no_change(ledgers: tuple[Path, Path]) -> None:
    ledger, copy = ledgers
    assert is_unchanged(ledger, since=copy)
    assert schema_of(ledger) == HEAD


READING_ALONE = {"desks", "places", "surveys", "claims", "alarms", "lookups"}


@pytest.mark.parametrize("table", sorted(set(metadata.tables) - READING_ALONE - {"applications"}))
def test_whatever_was_written_since_counts(ledgers: tuple[Path, Path], table: str) -> None:
    """A number, an intent, an event, a document, a key: each may have left the office. Tables to come count by themselves."""
    ledger, copy = ledgers
    does(ledger, row(table))
    assert not is_unchanged(ledger, since=copy)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE applications SET state = 'approved'",
        "UPDATE applications SET answers = '{}'",
        "DELETE FROM applications",
    ],
)
def test_a_decision_or_an_erasure_counts(ledgers: tuple[Path, Path], statement: str) -> None:
    ledger, copy = ledgers
    does(ledger, statement)
    assert not is_unchanged(ledger, since=copy)


@pytest.mark.parametrize(
    "statement",
    [
        *map(row, sorted(READING_ALONE)),
        "UPDATE applications SET placed = 1, missing_at = '2026-11-28 02:00:00'",
        "INSERT INTO resources (name, value) VALUES ('lease abc', '{}')",
    ],
)
def test_what_a_worker_merely_saw_does_not(ledgers: tuple[Path, Path], statement: str) -> None:
    """It looks every few seconds, and sees the same again with the old ledger."""
    ledger, copy = ledgers
    does(ledger, statement)
    assert is_unchanged(ledger, since=copy)


def test_what_cannot_be_compared_counts_as_changed(ledgers: tuple[Path, Path]) -> None:
    ledger, copy = ledgers
    does(ledger, "DROP TABLE documents")
    assert not is_unchanged(ledger, since=copy)
    ledger.write_bytes(b"damaged")
    assert not is_unchanged(ledger, since=copy)
    assert schema_of(ledger) == ""


def test_stamps_go_up_also_when_the_clock_goes_back(tmp_path: Path) -> None:
    """The latest exchange is the one that --back takes back."""
    (upgrades(tmp_path) / "29991231-235959Z").mkdir(parents=True)
    stamp = new_stamp(tmp_path)
    assert stamp > "29991231-235959Z"
    (upgrades(tmp_path) / stamp).mkdir()
    assert new_stamp(tmp_path) > stamp


@pytest.mark.parametrize(
    ("folder", "told"), [("offices", "offices/NAMA/data/backup/sebelum-migrasi-"), ("", "server")]
)
def test_ledgers_without_a_copy_are_not_taken_back(tmp_path: Path, folder: str, told: str) -> None:
    """Several offices keep their copies themselves; a server's are the server's."""
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / "sync" / "ledger").mkdir(parents=True)
    (tmp_path / "sync" / "ledger" / "schema.py").write_text('HEAD = "9999"\n')
    last = {"root": str(tmp_path), "from": "1", "to": "2", "schema": HEAD}
    with pytest.raises(Stop, match=told) as refused:
        ledger_back(tmp_path, {**last, "ledger_file": "", "copy": ""}, "stamp")
    assert ("server" in str(refused.value)) == (told == "server")
