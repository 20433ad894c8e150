"""A planned exchange of versions is carried out, and a version that was put in is taken back.

The new version's libraries are installed first, so that without a network nothing has changed yet. Taking back works
when the new version does not start: it is the launcher's affair, and compares ledgers with the standard library alone.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sync.launcher import swap
from sync.launcher.environment import Place, Stop, wanted

CHANGES_BY_ITSELF = frozenset(
    {"alembic_version", "desks", "places", "surveys", "claims", "alarms", "lookups"}
)
SEEN_AGAIN = frozenset({"placed", "shown", "missing_at"})
"""Tables and columns of what a worker merely saw, and sees again at its next look: nothing that left the office."""


def carry_out_plan(place: Place) -> None:
    """Afterwards there is no plan: it is done, or, where its libraries could not be installed, given up and told."""
    from sync.launcher.preparation import prepare, say

    with swap.one_at_a_time(swap.upgrades(place.root) / "lock"):
        plan = swap.waiting(place.root)
        if plan is None:
            return
        new = swap.upgrades(place.root) / plan["stamp"] / "new" / "requirements.txt"
        requirements = new if new.exists() else place.root / "requirements.txt"
        digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
        try:
            prepare(place, wanted(place, "")._replace(sets={"run": digest}), requirements)
        except Stop as stop:
            swap.abandon(place.root, plan)
            say(f"Loket tetap versi {plan['from']}. {stop}")
            return
        swap.write_plan(place.root, {**plan, "began": True})
    swap.finish(str(place.root))


def start_again(place: Place, arguments: Sequence[str]) -> int:
    """By the launcher that lies there now, which may be another one than this."""
    command = [sys.executable, str(place.root / "loket.py"), *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606
    import subprocess

    return subprocess.run(command, check=False).returncode  # noqa: S603


def finishing(plan: dict[str, Any]) -> list[str]:
    """The start that ends an upgrade: migrates, starts the service, says what has come of it."""
    return ["--root", plan["root"], "upgrade", "--finish", plan["stamp"]]


def take_back(place: Place) -> int:
    """`upgrade --back`: the version of before the latest upgrade. Raises Stop where that can't be."""
    last = latest(place.root)
    if last is None or "undoes" in last:
        raise Stop(
            "Tidak ada pembaruan yang dapat dibatalkan di folder ini; tidak ada yang diubah."
        )
    with no_worker(Path(last["root"])):
        stamp = new_stamp(place.root)
        plan = plan_back(place.root, last, stamp, ledger_back(place.root, last, stamp))
        swap.write_plan(place.root, plan)
        carry_out_plan(place)
    return start_again(place, finishing(plan))


def latest(root: Path) -> dict[str, Any] | None:
    """The latest exchange that was done."""
    done = sorted(swap.upgrades(root).glob("*/done.json"))
    if not done:
        return None
    found: dict[str, Any] = json.loads(done[-1].read_text(encoding="utf-8"))
    return found


def plan_back(
    root: Path, last: dict[str, Any], stamp: str, ledger: dict[str, str] | None
) -> dict[str, Any]:
    """Puts back what was replaced or removed, and takes away what was new. What it replaces is kept too."""
    folder, old = swap.upgrades(root) / stamp, swap.upgrades(root) / last["stamp"] / "old"
    names = sorted(file.relative_to(old).as_posix() for file in old.rglob("*") if file.is_file())
    try:
        for name in names:
            swap.write_through(folder / "new" / name, (old / name).read_bytes())
        if ledger:
            swap.write_through(Path(ledger["new"]), Path(last["copy"]).read_bytes())
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Stop(
            f"Versi lama tidak dapat disiapkan ({error.strerror}); tidak ada yang diubah."
            " Sediakan ruang disk, lalu ulangi: python loket.py upgrade --back"
        ) from None
    return {
        "stamp": stamp,
        "undoes": last["stamp"],
        "from": last["to"],
        "to": last["from"],
        "root": last["root"],
        "put": names,
        "remove": [name for name in last["put"] if name not in names],
        "beside": [],
        "ledger": ledger,
        "service": False,
        "began": False,
    }


def new_stamp(root: Path) -> str:
    """Later than every one before it, also where the clock was set back."""
    now = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}Z"
    last = max((one.name for one in swap.upgrades(root).glob("2*Z*")), default="")
    return now if now > last else f"{last}+"


def ledger_back(root: Path, last: dict[str, Any], stamp: str) -> dict[str, str] | None:
    """None where the old version reads the ledger as it is; else what puts the copy in its place. Raises Stop when what
    has happened since would be forgotten: the old ledger would send those letters once more."""
    present = schema_head(root)
    if last["ledger_file"] and Path(last["ledger_file"]).exists():
        present = schema_of(Path(last["ledger_file"]))
    if present in ("", last["schema"]):
        return None
    if not last["copy"] and (Path(last["root"]) / "offices").is_dir():
        raise Stop(
            f"Versi {last['from']} tidak dapat membaca ledger kantor-kantor yang sudah diperbarui. Salinan setiap ledger"
            " SQLite dari sebelum pembaruan ada di offices/NAMA/data/backup/sebelum-migrasi-*, tetapi tidak dikembalikan"
            f" Loket sendiri. Tetaplah memakai versi {last['to']} dan laporkan masalahnya; tidak ada yang diubah."
        )
    if not last["copy"]:
        raise Stop(
            f"Versi {last['from']} tidak dapat membaca ledger yang sudah diperbarui, dan ledger di server tidak disalin"
            " Loket: pulihkan salinan dari server itu lebih dahulu. Tidak ada yang diubah."
        )
    ledger, copy = Path(last["ledger_file"]), Path(last["copy"])
    if not copy.exists() or not is_unchanged(ledger, since=copy):
        raise Stop(
            f"Sesudah pembaruan sudah ada permohonan, keputusan, atau surat yang diproses. Versi {last['from']} tidak"
            " dapat membaca ledger yang sekarang, dan dengan ledger lama surat itu akan terkirim dua kali. Tetaplah"
            f" memakai versi {last['to']} dan laporkan masalahnya; tidak ada yang diubah."
        )
    folder = swap.upgrades(root) / stamp
    return {
        "new": str(folder / "new" / "ledger.sqlite3"),
        "place": str(ledger),
        "aside": str(folder / "ledger-disisihkan"),
    }


def schema_head(root: Path) -> str:
    """The newest migration that the program lying there knows."""
    return read_head((root / "sync" / "ledger" / "schema.py").read_text(encoding="utf-8"))


def read_head(source: str) -> str:
    found = re.search(r'^HEAD = "([^"]+)"', source, re.MULTILINE)
    return found[1] if found else ""


def schema_of(ledger: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as opened:
            row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


def is_unchanged(ledger: Path, *, since: Path) -> bool:
    """Whether all that the copy knows is what the ledger knows, in every table that counts."""
    try:
        with closing(sqlite3.connect(f"{since.as_uri()}?mode=ro", uri=True)) as opened:
            opened.execute("ATTACH DATABASE ? AS now", (f"{ledger.as_uri()}?mode=ro",))
            found = opened.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
            tables = {name for (name,) in found} - CHANGES_BY_ITSELF
            return all(_is_same(opened, table) for table in sorted(tables))
    except sqlite3.Error:
        return False


def _is_same(opened: sqlite3.Connection, table: str) -> bool:
    named = [row[1] for row in opened.execute(f'PRAGMA main.table_info("{table}")')]
    columns = ", ".join(f'"{name}"' for name in named if name not in SEEN_AGAIN)
    # A lease is renewed every few minutes; the same worker takes it again.
    which = "WHERE name NOT LIKE 'lease %'" if table == "resources" else ""
    was, now = (f'SELECT {columns} FROM {where}."{table}" {which}' for where in ("main", "now"))  # noqa: S608
    differing = f"SELECT 1 FROM ({was} EXCEPT {now}) UNION SELECT 1 FROM ({now} EXCEPT {was})"  # noqa: S608
    return opened.execute(differing).fetchone() is None


@contextlib.contextmanager
def no_worker(office: Path) -> Iterator[None]:
    """Raises Stop while a worker serves this office; none can begin in the block."""
    file = office / "data" / "worker.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not swap.take_lock(descriptor, at=4096):  # where cli/one_worker.py locks it
            raise Stop(
                "Loket sedang berjalan: hentikan dahulu (tutup jendelanya, atau python loket.py service remove),"
                " lalu ulangi: python loket.py upgrade --back"
            )
        yield
    finally:
        os.close(descriptor)
