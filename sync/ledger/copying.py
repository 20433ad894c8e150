"""A copy of the ledger while it is in use, and what is done with one: checked, then put in its place.

A copy is whole and of one moment, however busy the worker is; one that is not whole never replaces anything, and what
it replaces is set aside, never deleted. Where copies are kept is worker/backing_up.py's affair.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from sync.core.mendable import Mendable
from sync.ledger.desks import restored_mark
from sync.ledger.trouble import place_of


def file_of(url: str) -> Path:
    """The SQLite file behind a ledger's address. Raises Mendable for a database server, which makes its own copies."""
    target = make_url(url)
    if target.get_backend_name() != "sqlite" or not target.database:
        raise Mendable.one(
            "ledger-di-server",
            where=place_of(target),
            found="ledger ini ada di server PostgreSQL; Loket tidak menyalinnya",
            allowed="cadangan dari server itu sendiri, setiap hari, juga folder data/letters",
            run="pg_dump di server basis data; memulihkan: pg_restore, lalu python loket.py repair --from-sheet",
        )
    return Path(target.database)


def copy_ledger(source: Path, target: Path) -> None:
    """Copies what was committed when it began. Raises OSError or sqlite3.Error; `target` is then of no use."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    with (
        closing(
            sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        ) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it


def ensure_whole_copy(copy: Path, *, where: str) -> None:
    """Raises Mendable when the file is no ledger, or a damaged one."""
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as ledger:
            whole = ledger.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
            whole = whole and bool(
                ledger.execute("SELECT version_num FROM alembic_version").fetchone()
            )
            ledger.execute("SELECT count(*) FROM applications").fetchone()
    except sqlite3.Error:
        whole = False
    if not whole:
        raise Mendable.one(
            "cadangan-rusak",
            where=where,
            found="berkas ini bukan cadangan ledger, atau isinya rusak; tidak ada yang diganti",
            allowed="cadangan yang utuh: yang lain di data/backup, atau yang di Google Drive",
            run="python loket.py restore --from-drive",
        )


def last_change(ledger: Path) -> str:
    """When the latest application of this ledger changed, in UTC; "" for an empty one. Text that can be compared."""
    try:
        with closing(sqlite3.connect(f"{ledger.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            row = opened.execute("SELECT max(updated_at) FROM applications").fetchone()
    except sqlite3.Error:  # damaged, or none: nothing in it can be compared
        return ""
    return str(row[0] or "")


def mark_restored(copy: Path, since: str) -> None:
    """Leaves word in a copy, before it takes the ledger's place, that every sheet has gone on since."""
    with closing(sqlite3.connect(copy)) as ledger, ledger:
        served = ledger.execute(
            "SELECT workflow FROM desks UNION SELECT workflow FROM applications"
        )
        marks = [(restored_mark(workflow), since) for (workflow,) in served.fetchall()]
        ledger.executemany("INSERT OR REPLACE INTO resources (name, value) VALUES (?, ?)", marks)


def put_in_place(copy: Path, ledger: Path, *, aside: Path) -> bool:
    """Moves the present ledger aside, whatever it is, and the copy into its place. True when there was one."""
    there = ledger.exists()
    if there:
        aside.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        old = ledger.with_name(ledger.name + suffix)
        if old.exists():
            old.replace(aside / old.name)
    ledger.parent.mkdir(parents=True, exist_ok=True)
    copy.replace(ledger)
    return there
