"""Opening the ledger: the engine for a URL, set for durability, and its schema brought up to date.

SQLite runs in WAL with synchronous=FULL: a committed transaction survives a power cut. Every writing transaction
is BEGIN IMMEDIATE, so two processes never deadlock half-way.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from sync.core.mendable import Mendable
from sync.ledger import schema

READ_ONLY = "loket_read_only"


def open_engine(url: str) -> Engine:
    """Raises Mendable when the database can't be opened or is newer than this program."""
    target = make_url(url)
    if target.drivername == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    sqlite = target.get_backend_name() == "sqlite"
    engine = create_engine(target, connect_args={"timeout": 30} if sqlite else {})
    if sqlite:
        _tune_sqlite(engine)
    try:
        _upgrade(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise Mendable.one(
            "ledger-tidak-dapat-dibuka",
            where=target.render_as_string(hide_password=True),
            found=str(getattr(error, "orig", None) or error).splitlines()[0],
            allowed="berkas SQLite di folder data/ yang dapat ditulis, atau postgresql://…",
            run="python loket.py check",
        ) from error
    return engine


def sqlite_url(file: Path) -> str:
    return f"sqlite:///{file.as_posix()}"


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(READ_ONLY)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _upgrade(engine: Engine) -> None:
    if _version(engine) == schema.HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Mendable.one(
                "ledger-lebih-baru",
                where=engine.url.render_as_string(hide_password=True),
                found=f"ledger ini dibuat oleh Loket yang lebih baru ({error})",
                allowed=f"ledger sampai versi {schema.HEAD}",
                run="pasang Loket versi terbaru",
            ) from error


def _version(engine: Engine) -> str:
    try:
        with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
    except (OperationalError, ProgrammingError):  # a new ledger has no such table
        return ""
