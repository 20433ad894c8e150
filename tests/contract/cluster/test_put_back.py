"""The server's copy is put back as the ledger: what left since does not leave again, whichever way it was put back."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import create_engine, make_url, text

from sync.core.states import State
from sync.ledger.ledger import Ledger
from sync.worker.outside import Outside
from sync.worker.recovering import recover
from tests.acceptance.own_postgresql import OwnPostgresql
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, World
from tests.unit.worker.test_cluster_visits import Members

jobs = pytest.importorskip("sync.worker.cluster.jobs", reason="procrastinate is not for Windows")

from sync.worker.cluster.member import Todo  # noqa: E402 - after the question whether it can be

QUEUE = jobs.Queue.new()


class Server(Protocol):
    """`take_copy` and `put_back` want all connections closed."""

    url: str

    def take_copy(self) -> None: ...
    def put_back(self) -> None: ...


class OfDatabases:
    """The copy becomes the database of that name: no table in it was made anew, and the server ran on."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._name = make_url(url).database
        self._server = create_engine(
            make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT"
        )

    def take_copy(self) -> None:
        self._run(f"CREATE DATABASE {self._name}_copy TEMPLATE {self._name}")

    def put_back(self) -> None:
        self._run(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._run(f"ALTER DATABASE {self._name}_copy RENAME TO {self._name}")

    def _run(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))
        self._server.dispose()


class OfTables:
    """The tables are emptied and filled again, as `pg_restore --data-only` does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._database = create_engine(url)

    def take_copy(self) -> None:
        with self._database.begin() as connection:
            connection.execute(text("CREATE SCHEMA kept"))
            for table in self._tables(connection):
                connection.execute(text(f"CREATE TABLE kept.{table} AS TABLE public.{table}"))
        self._database.dispose()

    def put_back(self) -> None:
        with self._database.begin() as connection:
            tables = self._tables(connection)
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(f"TRUNCATE {', '.join(f'public.{one}' for one in tables)}"))
            for table in tables:
                connection.execute(
                    text(f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE kept.{table}")
                )
        self._database.dispose()

    def _tables(self, connection: object) -> list[str]:
        found = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return list(connection.execute(found).scalars())  # type: ignore[attr-defined]


class OfServers:
    """The server's whole folder is put back, and the server started."""

    def __init__(self, own: OwnPostgresql) -> None:
        self._own = own
        self.url = own.url
        self._folder = Path(own._folder)
        self._copy = self._folder.with_name(self._folder.name + "-copy")

    def take_copy(self) -> None:
        self._own.crash()
        _copy(self._folder, self._copy)
        self._own.start()

    def put_back(self) -> None:
        self._own.crash()
        shutil.rmtree(self._folder)
        self._copy.rename(self._folder)
        self._own.start()

    def restart(self) -> None:
        self._own.crash()
        self._own.start()

    def forget_copy(self) -> None:
        shutil.rmtree(self._copy, ignore_errors=True)


def _copy(folder: Path, to: Path) -> None:
    """With everything's owner: the server refuses what is another's."""
    subprocess.run(["cp", "-a", folder, to], check=True)


@pytest.fixture
def own() -> Iterator[OfServers]:
    own = OwnPostgresql()
    server = OfServers(own)
    yield server
    own.close()
    server.forget_copy()


@pytest.fixture(params=["databases", "tables", "servers"])
def server(request: pytest.FixtureRequest) -> Server:
    if request.param == "servers":
        given: Server = request.getfixturevalue("own")
        return given
    url = request.getfixturevalue("new_postgresql_database")
    return OfDatabases(url) if request.param == "databases" else OfTables(url)


class Office:
    """Members on a server's ledger, and the sheet, which goes on whatever becomes of the ledger."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url
        self.world = World(Ledger.open(url), data)
        self.world.workflow["deliver"] = ["email"]
        self.members = Members(self.world, url)

    def stop(self) -> None:
        self.world.ledger.close()
        self.members.fenced.close()

    def start(self) -> None:
        self.world.ledger = Ledger.open(self.url)
        self.members = Members(self.world, self.url)

    def approved(self, answers: dict[str, str]) -> SheetRow:
        """With its letter ready to leave."""
        row = self.world.applies(answers)
        self.visit()
        self.world.decides(row, "Setujui")
        self.visit()
        self.members.letters("domisili")
        return row

    def visit(self) -> None:
        self.members.sheet()
        self.members.sheet()

    def send(self) -> int:
        """Everything that members may; returns how many messages have left by then."""
        self.members.letters("domisili")
        self.members.senders("domisili")
        return len(self.world.email.arrived)

    @property
    def trouble(self) -> str:
        return self.members.found[0].trouble


@pytest.fixture
def office(server: Server, tmp_path: Path) -> Iterator[Office]:
    office = Office(server.url, tmp_path)
    yield office
    office.stop()


@pytest.mark.parametrize(
    "newer",
    [
        "a row's status, seconds later",
        pytest.param("a row's status, an hour later", marks=pytest.mark.thorough),
        pytest.param("a new row", marks=pytest.mark.thorough),
    ],
)
@pytest.mark.parametrize("running", [False, True], ids=["members stopped", "members running"])
def test_letters_that_left_since_the_copy_do_not_leave_again(
    server: Server, office: Office, newer: str, running: bool
) -> None:
    """Neither before a visit, nor after it found that the sheet knows more; after `repair --from-sheet` work goes on."""
    row = office.approved(CITRA)
    office.stop()
    server.take_copy()
    office.start()
    office.visit()
    if "hour" in newer:
        office.world.now += timedelta(hours=1)
    assert office.send() == 1
    if newer == "a new row":
        office.world.applies(DONI)
    office.visit()
    assert row.system["status"] == "Selesai"

    office.world.ledger._engine.dispose()
    office.members.fenced._engine.dispose()
    if not running:
        office.stop()
    server.put_back()
    if not running:
        office.start()
    assert office.send() == 1
    office.visit()
    assert "belum dicocokkan" in office.trouble
    assert office.send() == 1
    office.visit()
    assert row.system["status"] == "Selesai"

    assert recover(office.world.counter(), Outside({}, lambda _id: b"")).behind
    office.visit()
    assert office.send() == 1
    assert office.world.application(row).state is State.DELIVERED
    office.approved({**DONI, "NIK": "6402010101900003"})
    assert office.send() == 2


@pytest.mark.parametrize("server", ["databases"], indirect=True)
def test_while_the_sheet_can_not_be_read_nothing_leaves(server: Server, office: Office) -> None:
    """A visit that saw nothing is none."""
    office.approved(CITRA)
    office.stop()
    server.take_copy()
    server.put_back()
    office.start()
    office.world.desk.broken = RuntimeError("away")
    office.visit()
    assert office.send() == 0
    office.world.desk.broken = None
    office.visit()
    assert office.send() == 1


def test_a_server_that_was_only_restarted_costs_nothing(own: OfServers, tmp_path: Path) -> None:
    """Where the sheet is the one that the ledger has read, no row is read again."""
    office = Office(own.url, tmp_path)
    office.approved(CITRA)
    office.send()
    for _ in range(4):
        office.visit()
    reads = office.world.desk.reads
    office.stop()
    own.restart()
    office.start()
    office.visit()
    assert office.world.desk.reads == reads
    office.approved(DONI)
    assert office.send() == 2
    office.stop()


@pytest.mark.parametrize("server", ["databases"], indirect=True)
def test_no_turns_are_queued_before_the_visit(server: Server, office: Office) -> None:
    """They would be taken for nothing, every few seconds."""
    office.approved(CITRA)
    office.stop()
    server.take_copy()
    server.put_back()
    office.start()
    ledger = office.world.ledger
    todo = Todo(ledger, QUEUE, ["domisili"], [], lambda: office.world.now)
    todo.prepare()

    def waiting() -> int:
        todo.sweep()
        with ledger.beginning() as (_, connection):
            return QUEUE.waiting(connection, jobs.Role.SENDERS, "domisili")

    assert waiting() == 0
    office.visit()
    assert waiting() == 1
