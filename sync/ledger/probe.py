"""The ledger as it is, for `doctor`: never made, migrated or written by looking.

SQLite itself may lay its two companions (-wal, -shm) beside the file; the next start takes them away.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from sync.core.mendable import Mendable
from sync.ledger import schema
from sync.ledger.engine import SCHEMA, connect_arguments, version_of
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import LedgerTrouble, place_of, told

WAIT_S = 5
"""For a lock, or a server."""


def open_to_look(url: str) -> Ledger | None:
    """None where there is no ledger yet. Raises Mendable when it can't be opened, or is of another version."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        file = Path(str(target.database))
        if not file.is_file():
            return None
        address = f"{file.resolve().as_uri()}?mode=ro"
        engine = create_engine(
            target,
            creator=lambda: sqlite3.connect(
                address, uri=True, timeout=WAIT_S, check_same_thread=False
            ),
            hide_parameters=True,
        )
    else:
        driver = target.set(drivername="postgresql+psycopg").difference_update_query([SCHEMA])
        arguments = {"connect_timeout": WAIT_S, **connect_arguments(target)}
        engine = create_engine(driver, connect_args=arguments, hide_parameters=True)
    where = place_of(target)
    try:
        with told(where):
            version = version_of(engine)
    except LedgerTrouble:
        engine.dispose()
        raise
    except SQLAlchemyError as error:
        engine.dispose()
        raise Mendable.one(
            "ledger-tidak-dapat-dibuka",
            where=where,
            found=type(error).__name__,
            allowed="berkas SQLite di folder data/ yang dapat dibaca, atau postgresql://…",
        ) from error
    if version == schema.HEAD:
        return Ledger(engine)
    engine.dispose()
    if not version and target.get_backend_name() != "sqlite":
        return None
    newer = version > schema.HEAD
    raise Mendable.one(
        "ledger-lebih-baru" if newer else "ledger-versi-lama",
        where=where,
        found=f"ledger versi {version or 'kosong'}, program ini versi {schema.HEAD}",
        allowed=f"ledger versi {schema.HEAD}",
    )
