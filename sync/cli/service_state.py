"""What a worker is doing, asked from outside it: whether it runs, since when, and each workflow's last cycle; and whether
the pages answer."""

import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sync.cli.serve import HOST, PORT
from sync.core.mendable import Mendable

if TYPE_CHECKING:
    from sync.cli.root import Root

ENDS_WITHIN_S = 120
PAGES = (HOST, PORT)


class Worker(NamedTuple):
    process: str
    since: datetime


def running_worker(data: Path) -> Worker | None:
    """The worker of this data folder, however it was started: who holds the lock, since when."""
    from sync.cli.one_worker import FILE, only_worker

    file = data / FILE
    if not file.exists():
        return None
    since = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    try:
        with only_worker(data):
            return None
    except Mendable as error:
        if error.problems[0].name != "pekerja-lain-berjalan":
            raise
        return Worker(file.read_bytes()[:20].decode("ascii", "replace").strip(), since)


def pages_answer() -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection(PAGES, timeout=2):
            return True
    except OSError:
        return False


def ensure_ended(data: Path, *, within_s: float = ENDS_WITHIN_S) -> None:
    """Waits for the step in hand. Raises Mendable when a worker goes on: one that somebody started in a window."""
    until = time.monotonic() + within_s
    while worker := running_worker(data):
        if time.monotonic() > until:
            raise Mendable.one(
                "loket-masih-berjalan",
                where=str(data),
                found=f"Loket masih berjalan (proses {worker.process})",
                allowed="tidak ada Loket yang berjalan untuk folder ini",
                run="tutup jendela yang menjalankan Loket (Ctrl-C), lalu ulangi",
            )
        time.sleep(0.2)


def last_cycles(root: "Root") -> list[dict[str, Any]]:
    """Of each workflow: when its last cycle was, and what stopped it. Of several offices all. What keeps a ledger from
    being looked at is its office's trouble; one that is not there is not made."""
    found = []
    for office in root.offices() or [root]:
        try:
            cycles = _cycles(office)
        except Mendable as error:
            cycles = [{"workflow": "", "last_cycle": None, "trouble": str(error)}]
        of = f"{office.tenant}: " if office.tenant else ""
        found += [{**cycle, "workflow": of + cycle["workflow"]} for cycle in cycles]
    return found


def _cycles(office: "Root") -> list[dict[str, Any]]:
    from sync.cli.wiring import open_ledger

    names = [workflow.name for workflow in office.workflows()[0]]
    if not office.has_ledger:
        return [{"workflow": name, "last_cycle": None, "trouble": ""} for name in names]
    ledger = open_ledger(office)
    try:
        with ledger.reading() as look:
            memories = {name: look.desks.of(name) for name in names}
    finally:
        ledger.close()
    return [
        {
            "workflow": name,
            "last_cycle": memory.cycle_at.isoformat() if memory else None,
            "trouble": memory.trouble if memory else "",
        }
        for name, memory in memories.items()
    ]
