"""After erasing and scrubbing, no byte of a person is left in the ledger's file or in the log beside it."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from sync.core.retention import Cause
from sync.ledger import forgetting
from sync.ledger.applications import Arrival
from sync.ledger.copying import copy_ledger
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
WORD = b"Jalan-Kenanga-Rahasia"


def opened(folder: Path) -> Ledger:
    """With a SQLite that erases nothing by itself: on some systems it does, on others not."""
    ledger = Ledger.open(sqlite_url(folder / "ledger.sqlite3"))
    ledger._engine.dispose()

    @event.listens_for(ledger._engine, "connect")
    def careless(connection: object, _record: object) -> None:
        connection.execute("PRAGMA secure_delete = OFF")  # type: ignore[attr-defined]

    return ledger


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("ledger.sqlite3*"))


def filled(ledger: Ledger, count: int) -> list[int]:
    """Long answers on overflow pages, short ones in crowded pages, each changed once."""
    ids = []
    for number in range(count):
        with ledger.begin() as tx:
            answers = {"Alamat": f"{WORD.decode()} {number} " + "x" * (number % 7 * 900)}
            application = tx.applications.register(
                Arrival(
                    "domisili", "SKD", 2026, answers, f"{number:032x}", f"{number}", None,
                    WORD.decode(), f"{WORD.decode()}@example.org", "", NOON,
                )
            )  # fmt: skip
            tx.applications.change(application, at=NOON, note=f"{WORD.decode()} {number}")
            ids.append(application.id)
    return ids


def test_nothing_is_left_in_the_file(tmp_path: Path) -> None:
    """Neither in free pages, nor in a page's free room, nor in the write-ahead log."""
    ledger = opened(tmp_path)
    ids = filled(ledger, 60)
    assert WORD in files(tmp_path)
    with ledger.begin() as tx:
        tx.forgetting.erase(ids, NOON, Cause.TERM, key=b"k" * 32, drive=False)
    assert WORD in files(tmp_path)  # that is why the file is written anew
    assert ledger.scrub()
    assert WORD not in files(tmp_path)
    copy_ledger(tmp_path / "ledger.sqlite3", tmp_path / "copy" / "ledger.sqlite3")
    assert WORD not in files(tmp_path / "copy")
    with ledger.reading() as look:
        assert look.applications.get(ids[0]).erased_at == NOON
    ledger.close()


def test_what_is_being_read_is_scrubbed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader keeps the old pages: it is told that it has to be tried again, and nothing breaks."""
    monkeypatch.setattr(forgetting, "PATIENCE_S", 0.2)
    ledger = opened(tmp_path)
    ids = filled(ledger, 3)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3", timeout=0.1)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM applications").fetchone()
        with ledger.begin() as tx:
            tx.forgetting.erase(ids, NOON, Cause.TERM, key=b"k" * 32, drive=False)
        assert not ledger.scrub()
    assert ledger.scrub()
    assert WORD not in files(tmp_path)
    ledger.close()


def test_what_is_deleted_is_overwritten_at_once(tmp_path: Path) -> None:
    """Also what stands in the ledger for a moment only: the rows around a write. (Where SQLite does so by default, this
    can't fail.)"""
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    with ledger.begin() as tx:
        tx.desks.keep_write("domisili", WORD.decode() * 500)
    with ledger.begin() as tx:
        tx.desks.forget_write("domisili")
    ledger.close()
    assert WORD not in (tmp_path / "ledger.sqlite3").read_bytes()


def test_a_copy_made_before_is_not_touched(tmp_path: Path) -> None:
    """Copies age out by themselves; scrubbing is of the ledger's own file."""
    ledger = opened(tmp_path)
    ids = filled(ledger, 3)
    copy_ledger(tmp_path / "ledger.sqlite3", tmp_path / "copy" / "ledger.sqlite3")
    before = shutil.copy(tmp_path / "copy" / "ledger.sqlite3", tmp_path / "before")
    with ledger.begin() as tx:
        tx.forgetting.erase(ids, NOON, Cause.TERM, key=b"k" * 32, drive=False)
    ledger.scrub()
    assert (tmp_path / "copy" / "ledger.sqlite3").read_bytes() == Path(before).read_bytes()
    ledger.close()
