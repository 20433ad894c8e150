"""Copies of the ledger: whole and of one moment, checked before they replace anything."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from sync.core.mendable import Mendable
from sync.ledger import engine
from sync.ledger.copying import (
    copy_ledger,
    ensure_whole_copy,
    file_of,
    put_in_place,
)
from sync.ledger.ledger import Ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "ledger.sqlite3"
    path.parent.mkdir()
    Ledger.open(engine.sqlite_url(path)).close()
    return path


def test_a_copy_made_while_the_worker_writes_is_of_one_moment(file: Path, tmp_path: Path) -> None:
    """Two resources are always written together: no copy has one without the other."""
    ledger = Ledger.open(engine.sqlite_url(file))
    stop = Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with ledger.begin() as tx:
                tx.desks.keep_resource(f"a{number}", "x" * 2000)
                tx.desks.keep_resource(f"b{number}", "x" * 2000)

    worker = Thread(target=work)
    worker.start()
    try:
        counts = []
        for number in range(12):
            copy = tmp_path / f"copy{number}"
            copy_ledger(file, copy)
            ensure_whole_copy(copy, where="x")
            with closing(sqlite3.connect(copy)) as opened:
                query = "SELECT count(*) FROM resources WHERE name LIKE ?"
                pair = [opened.execute(query, (like,)).fetchone()[0] for like in ("a%", "b%")]
            assert pair[0] == pair[1]
            counts.append(pair[0])
    finally:
        stop.set()
        worker.join()
        ledger.close()
    assert counts[-1] > counts[0]  # it did write meanwhile


@pytest.mark.parametrize("damage", [b"", b"bukan basis data " * 500, None])
def test_what_is_no_whole_ledger_is_refused(file: Path, damage: bytes | None) -> None:
    """Cut in the middle, empty, or another file: nothing would be left after it had replaced the ledger."""
    copy = file.with_name("copy")
    copy_ledger(file, copy)
    ensure_whole_copy(copy, where="x")
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2] if damage is None else damage)
    with pytest.raises(Mendable) as caught:
        ensure_whole_copy(copy, where="cadangan.x")
    assert caught.value.problems[0].name == "cadangan-rusak"


def test_what_a_copy_replaces_is_set_aside_with_its_last_writes(file: Path, tmp_path: Path) -> None:
    """The journal belongs to the old file: left behind, it would be played into the restored one."""
    copy = tmp_path / "copy"
    copy_ledger(file, copy)
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("INSERT INTO resources VALUES ('late', 'x')")
        opened.commit()
        aside = tmp_path / "aside"
        assert put_in_place(copy, file, aside=aside)
    with closing(sqlite3.connect(aside / "ledger.sqlite3")) as old:
        assert old.execute("SELECT name FROM resources").fetchall() == [("late",)]
    with closing(sqlite3.connect(file)) as new:
        assert new.execute("SELECT count(*) FROM resources").fetchone() == (0,)


def test_a_migration_makes_a_copy_first(tmp_path: Path) -> None:
    """An older ledger is brought up to date, and lies beside as it was."""
    from alembic import command
    from alembic.config import Config

    file = tmp_path / "ledger.sqlite3"
    config = Config()
    folder = Path(engine.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    older = engine.create_engine(engine.sqlite_url(file))
    with older.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    older.dispose()
    Ledger.open(engine.sqlite_url(file)).close()
    with closing(sqlite3.connect(tmp_path / "backup/sebelum-migrasi-dari-0001.sqlite3")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    with closing(sqlite3.connect(file)) as now:
        assert now.execute("SELECT version_num FROM alembic_version").fetchone() != ("0001",)


def test_without_a_copy_nothing_is_migrated(tmp_path: Path) -> None:
    """The disk is full: the ledger stays as it is, and the office is told."""
    file = tmp_path / "ledger.sqlite3"
    Ledger.open(engine.sqlite_url(file)).close()
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '0001'")
        opened.commit()
    (tmp_path / "backup").write_text("in the way")
    with pytest.raises(Mendable) as caught:
        Ledger.open(engine.sqlite_url(file))
    assert caught.value.problems[0].name == "ledger-belum-dicadangkan"
    with closing(sqlite3.connect(file)) as opened:
        assert opened.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_servers_ledger_is_copied_by_the_server() -> None:
    """Its address holds a password: that is not repeated."""
    with pytest.raises(Mendable) as caught:
        file_of("postgresql://loket:rahasia@server/loket")
    assert "pg_dump" in caught.value.problems[0].run
    assert "rahasia" not in str(caught.value)
