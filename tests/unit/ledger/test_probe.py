"""Looking at the ledger for `doctor`: what is the matter with it has a name, and looking leaves it as it was."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from sync.cli.doctor.finding import of_problem
from sync.core.mendable import Mendable
from sync.ledger import probe
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.probe import open_to_look
from tests.unit.cli.remedies import shown


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "ledger.sqlite3"
    Ledger.open(sqlite_url(file)).close()
    return file


def look_through(file: Path) -> None:
    ledger = open_to_look(sqlite_url(file))
    assert ledger is not None
    try:
        ledger.ensure_whole()
    finally:
        ledger.close()


def trouble(file: Path) -> str:
    """The name of what is the matter, and that its remedy is shown."""
    with pytest.raises(Mendable) as caught:
        look_through(file)
    [problem] = caught.value.problems
    shown(of_problem(problem))
    return problem.name


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as ledger:
        ledger.execute(statement)
        ledger.commit()


def test_none_yet_is_no_trouble_and_none_is_made(tmp_path: Path) -> None:
    """Before the first start."""
    assert open_to_look(sqlite_url(tmp_path / "ledger.sqlite3")) is None
    assert list(tmp_path.iterdir()) == []


def test_a_look_changes_nothing(file: Path) -> None:
    """Not a byte of the file, and no table can be written through it."""
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    ledger = open_to_look(sqlite_url(file))
    assert ledger is not None
    ledger.ensure_whole()
    with ledger.reading() as look:
        assert look.applications.counts() == {}
    with pytest.raises(Mendable), ledger.begin() as tx:
        tx.desks.keep_resource("nama", "nilai")
    ledger.close()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_a_look_while_the_worker_writes_sees_what_was_committed(file: Path) -> None:
    """Neither waits for the other."""
    worker = Ledger.open(sqlite_url(file))
    with worker.begin() as tx:
        tx.desks.keep_resource("nama", "nilai")
    with worker.begin() as tx:
        tx.desks.keep_resource("lain", "belum")
        ledger = open_to_look(sqlite_url(file))
        assert ledger is not None
        with ledger.reading() as look:
            assert (look.desks.resource("nama"), look.desks.resource("lain")) == ("nilai", None)
        ledger.close()
    worker.close()


def test_a_ledger_of_another_version_is_not_migrated_by_looking(file: Path) -> None:
    """Older and newer each have their own remedy."""
    change(file, "UPDATE alembic_version SET version_num = '0001'")
    assert trouble(file) == "ledger-versi-lama"
    change(file, "UPDATE alembic_version SET version_num = '9999'")
    assert trouble(file) == "ledger-lebih-baru"


def test_a_damaged_ledger_is_told(file: Path) -> None:
    """At its head, or in a page that only a look through the whole finds."""
    content = bytearray(file.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    file.write_bytes(content)
    assert trouble(file) == "ledger-rusak"
    file.write_bytes(b"bukan ledger " * 100)
    assert trouble(file) == "ledger-rusak"


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM alembic_version",
        "UPDATE alembic_version SET version_num = x'ffffffff'",
        "UPDATE alembic_version SET version_num = ''",
        "UPDATE alembic_version SET version_num = '00130013'",
    ],
)
def test_a_version_that_is_none_is_damage(file: Path, damage: str) -> None:
    """What SQLite may give of a damaged row, instead of an error: it is no newer program's ledger."""
    change(file, damage)
    assert trouble(file) == "ledger-rusak"
    with pytest.raises(Mendable) as caught:
        Ledger.open(sqlite_url(file))
    assert [problem.name for problem in caught.value.problems] == ["ledger-rusak"]


def test_a_ledger_that_another_program_holds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For longer than a look waits."""
    monkeypatch.setattr(probe, "WAIT_S", 0.1)
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert trouble(file) == "ledger-terkunci"


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the system's reason."""

    def refuses(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = 14
        raise error

    file = tmp_path / "ledger.sqlite3"
    file.touch()
    monkeypatch.setattr(sqlite3, "connect", refuses)
    assert trouble(file) == "ledger-tidak-terbaca"


def test_whatever_else_a_database_says(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its class is told, its words are not: they may quote an address with a password."""

    def no_such_database(_: object) -> str:
        raise OperationalError("SELECT", None, Exception("rahasia"))

    monkeypatch.setattr(probe, "version_of", no_such_database)
    monkeypatch.setattr("sync.ledger.trouble._kind", lambda _: None)
    with pytest.raises(Mendable) as caught:
        open_to_look(sqlite_url(file))
    [problem] = caught.value.problems
    assert problem.name == "ledger-tidak-dapat-dibuka"
    assert "rahasia" not in str(problem)
    assert "ledger.url" in shown(of_problem(problem))


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    """The address holds one."""
    url = "postgresql://loket:rahasia@127.0.0.1:1/loket"
    with pytest.raises(Mendable) as caught:
        open_to_look(url)
    [problem] = caught.value.problems
    assert problem.name == "ledger-tidak-terhubung"
    assert "rahasia" not in str(problem)
    assert "PostgreSQL berjalan" in shown(of_problem(problem))
