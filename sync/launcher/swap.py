"""One version of the program takes another's place, file by file. What has begun is always finished.

Before the first file moves, everything that is needed lies on the disk, and a plan beside it says what is to be done; it
is there until all is done, and whichever start finds it goes on. At each moment every file is whole, the old one or the
new one. Between two of those this module may stand beside others of either version: it imports nothing of sync.
"""

import contextlib
import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

PATIENCE = 40  # times a quarter of a second: a virus scanner looks at new files


def upgrades(root: Path) -> Path:
    """In it a folder for each exchange: `new` (what is yet to be put), `old`, and in the end the plan itself, as
    `done.json` or `abandoned.json`."""
    return root / "data" / "upgrades"


def waiting(root: Path) -> dict[str, Any] | None:
    """The plan: stamp, from, to, root (the office's folder), put and remove (paths below `root`), ledger, service, began."""
    try:
        plan = json.loads((upgrades(root) / "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return plan if isinstance(plan, dict) else None


def write_plan(root: Path, plan: dict[str, Any]) -> None:
    """From here on it will be carried out."""
    file = upgrades(root) / "plan.json"
    write_through(file.with_suffix(".part"), json.dumps(plan, indent=1).encode())
    file.with_suffix(".part").replace(file)
    flush()


def abandon(root: Path, plan: dict[str, Any]) -> None:
    """Nothing of it has begun, and nothing will."""
    folder = upgrades(root) / plan["stamp"]
    (upgrades(root) / "plan.json").replace(folder / "abandoned.json")
    shutil.rmtree(folder / "new", ignore_errors=True)


def finish(program: str) -> None:
    """Goes on with an exchange that was interrupted; called by every start, before anything else is imported."""
    root = Path(program)
    plan = waiting(root)
    if plan is None or not plan["began"]:
        return
    try:
        with one_at_a_time(upgrades(root) / "lock"):
            plan = waiting(root)
            if plan is not None and plan["began"]:
                carry_out(root, plan)
    except OSError as error:
        sys.exit(
            f"Pembaruan Loket belum selesai: {error.filename or root} tidak dapat diganti ({error.strerror})."
            " Tutup semua jendela dan layanan Loket, lalu jalankan lagi; pembaruan dilanjutkan."
        )


def carry_out(root: Path, plan: dict[str, Any]) -> None:
    """May be begun again after any of its steps. Raises OSError."""
    folder = upgrades(root) / plan["stamp"]
    for name in plan["put"]:
        if (folder / "new" / name).exists():
            put(folder / "new" / name, root / name)
    for name in plan["remove"]:
        patiently(partial((root / name).unlink, missing_ok=True))
        with contextlib.suppress(OSError):
            (root / name).parent.rmdir()
    if plan["ledger"]:
        put_ledger(**{key: Path(value) for key, value in plan["ledger"].items()})
    # By date and size alone Python may take what it once compiled for what lies there now.
    for compiled in list((root / "sync").rglob("__pycache__")):
        shutil.rmtree(compiled, ignore_errors=True)
    flush()
    (upgrades(root) / "plan.json").replace(folder / "done.json")


def put(new: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        patiently(lambda: new.replace(place))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = place.with_name(place.name + ".part")  # data/ lies on another disk
        write_through(beside, new.read_bytes())
        beside.replace(place)
        new.unlink()


def put_ledger(new: Path, place: Path, aside: Path) -> None:
    """What stands there is set aside, never deleted. Once `new` is in its place there is nothing left to do."""
    if not new.exists():
        return
    aside.mkdir(parents=True, exist_ok=True)
    for suffix in ("-wal", "-shm", ""):
        old = place.with_name(place.name + suffix)
        if old.exists():
            old.replace(aside / old.name)
    new.replace(place)


def patiently(act: Callable[[], object]) -> None:
    for turn in range(PATIENCE):
        try:
            act()
            return
        except PermissionError:
            if os.name != "nt" or turn == PATIENCE - 1:
                raise
            time.sleep(0.25)


def write_through(file: Path, content: bytes) -> None:
    """Returns when the disk has it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def flush() -> None:
    """Names too. Windows keeps those safe by itself."""
    if hasattr(os, "sync"):
        os.sync()


def take_lock(descriptor: int, at: int = 0) -> bool:
    """The system's own lock: it ends with its holder, so a dead process cannot keep it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            os.lseek(descriptor, at, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some network file systems have no locks; there two starts at once are not held apart.
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while not take_lock(descriptor):
            time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)
