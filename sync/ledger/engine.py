"""Opening the ledger: the engine for a URL, set for durability, and its schema brought up to date.

SQLite runs in WAL with synchronous=FULL: a committed transaction survives a power cut. Every writing transaction
is BEGIN IMMEDIATE, so two processes never deadlock half-way.
"""

import re
import sqlite3
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.schema import CreateSchema

from sync.core.mendable import Mendable
from sync.ledger import schema
from sync.ledger.trouble import DAMAGED, NEWER, LedgerTrouble, place_of, told, trouble

READ_ONLY = "loket_read_only"
_VERSION = "SELECT version_num FROM alembic_version"
_A_VERSION = re.compile("[0-9]{4}")
_migrating = Lock()  # Alembic does one at a time in a process
SCHEMA = "schema"
"""The parameter of PostgreSQL's URL that names the ledger's schema."""


def open_engine(url: str) -> Engine:
    """Raises Mendable when the database can't be opened or is newer than this program.

    PostgreSQL's URL may name the ledger's schema, which is made when there is none: postgresql://…/loket?schema=kutai.
    """
    target = make_url(url)
    if target.drivername == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    sqlite = target.get_backend_name() == "sqlite"
    schema_name = str(target.query.get(SCHEMA, ""))
    engine = create_engine(
        target.difference_update_query([SCHEMA]),
        connect_args=connect_arguments(target),
        hide_parameters=True,  # an error's text goes into the log, and parameters are answers
    )
    if sqlite:
        _tune_sqlite(engine)
    try:
        with told(place_of(target)):
            if schema_name:
                _ensure_schema(engine, schema_name)
            _upgrade(engine)
    except LedgerTrouble:
        engine.dispose()
        raise
    except SQLAlchemyError as error:
        engine.dispose()
        raise Mendable.one(
            "ledger-tidak-dapat-dibuka",
            where=place_of(target),
            found=str(getattr(error, "orig", None) or error).splitlines()[0],
            allowed="berkas SQLite di folder data/ yang dapat ditulis, atau postgresql://…",
            run="python loket.py check",
        ) from error
    return engine


def ensure_whole(engine: Engine) -> None:
    """Looks through the whole SQLite file, about a second for each gigabyte. Raises LedgerTrouble.

    A damaged page is otherwise found only when it is read, and by then half a day's work stands on it.
    """
    if engine.dialect.name != "sqlite":
        return
    where = place_of(engine.url)
    with told(where), engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise trouble(DAMAGED, where)


def sqlite_url(file: Path) -> str:
    return f"sqlite:///{file.as_posix()}"


def in_schema(url: str, name: str) -> str:
    """The URL of a ledger in that schema; SQLite has none."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        return url
    return target.update_query_dict({SCHEMA: name}).render_as_string(hide_password=False)


def connect_arguments(url: URL) -> dict[str, Any]:
    """What the database's driver is told beside the URL."""
    if url.get_backend_name() == "sqlite":
        return {"timeout": 30}
    name = url.query.get(SCHEMA)
    return {"options": f"-csearch_path={name}"} if name else {}


def server_of(url: str) -> tuple[str, str]:
    """PostgreSQL's own words for the URL: where the database is, and the options of a connection."""
    target = make_url(url)
    conninfo = target.set(drivername="postgresql").difference_update_query([SCHEMA])
    options = connect_arguments(target).get("options", "")
    return conninfo.render_as_string(hide_password=False), options


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # not everywhere SQLite's default
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(READ_ONLY)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _ensure_schema(engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        _alone(connection)
        found = text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name")
        if connection.execute(found, {"name": name}).first() is None:
            connection.execute(CreateSchema(name, if_not_exists=True))


def _alone(connection: Connection) -> None:
    """Other machines that open a ledger on this server wait until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('loket'))"))


def _upgrade(engine: Engine) -> None:
    version = version_of(engine)
    if version == schema.HEAD:
        return
    if version and engine.dialect.name == "sqlite":
        _copy_first(engine, version)
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with _migrating, engine.begin() as connection:
        _alone(connection)
        config.attributes["connection"] = connection
        if version and engine.dialect.name == "postgresql":
            connection.execute(text(f"{_VERSION} FOR UPDATE"))  # other machines' transactions first
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise trouble(NEWER, place_of(engine.url)) from error


def ensure_same_version(connection: Connection) -> None:
    """On a server a newer program may have brought the ledger up to date since it was opened here; none does so before
    this transaction ends. Raises LedgerTrouble."""
    if connection.dialect.name != "postgresql":
        return
    if connection.execute(text(f"{_VERSION} FOR SHARE")).scalar() != schema.HEAD:
        raise trouble(NEWER, place_of(connection.engine.url))


def _copy_first(engine: Engine, version: str) -> None:
    """A migration that goes wrong, or a program that has to be taken back, finds the ledger as it was."""
    from sync.ledger.copying import copy_ledger

    file = Path(str(engine.url.database))
    target = file.parent / "backup" / f"sebelum-migrasi-dari-{version}.sqlite3"
    try:
        copy_ledger(file, target)
    except (OSError, sqlite3.Error) as error:
        raise Mendable.one(
            "ledger-belum-dicadangkan",
            where=str(target),
            found=f"ledger harus disalin sebelum diperbarui, tetapi: {error}",
            allowed="folder yang dapat ditulis, di disk yang tidak penuh; ledger tidak diubah",
            run="kosongkan ruang penyimpanan, lalu python loket.py status",
        ) from error


def version_of(engine: Engine) -> str:
    """The migration that the ledger stands at; "" for a new one. Raises LedgerTrouble.

    Table and row come in one transaction: where the row is none of ours, the page is damaged. SQLite doesn't always say
    so: of a damaged row it may give nothing, or whatever stands in the memory behind it.
    """
    try:
        with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            version = connection.execute(text(_VERSION)).scalar()
    except (OperationalError, ProgrammingError) as error:
        if "alembic_version" in str(error.orig):  # a new ledger has no such table
            return ""
        raise
    if not isinstance(version, str) or not _A_VERSION.fullmatch(version):
        raise trouble(DAMAGED, place_of(engine.url))
    return version
