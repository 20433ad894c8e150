"""One worker a data folder, on this machine: a lock on a file that the system lets go when the process ends,
however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sync.cli.root import unwritable
from sync.core.mendable import Mendable

FILE = "worker.lock"


@contextmanager
def only_worker(data: Path) -> Iterator[None]:
    """Raises Mendable when another worker has this data folder, naming its process, or nothing can be written there."""
    with locked_file(data / FILE):
        yield


@contextmanager
def one_of_several(data: Path) -> Iterator[None]:
    """As `only_worker`, of a cluster's members, of whom several may have the folder: nobody else does meanwhile. The
    process that the file names is the one that came last."""
    with locked_file(data / FILE, shared=True):
        yield


def locked_file(path: Path, *, shared: bool = False) -> IO[bytes]:
    """Locked as long as it is open. Raises Mendable when somebody else has it, or nothing can be written there.
    `shared`, which Windows has not: with others who want it so."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    if not _lock(file, shared=shared):
        file.seek(0)
        process = file.read(20).decode("ascii", "replace").strip() or "tidak dikenal"
        file.close()
        raise Mendable.one(
            "pekerja-lain-berjalan",
            where=str(path),
            found=f"Loket sudah berjalan untuk folder ini (proses {process})",
            allowed="satu pekerja untuk satu folder data",
        )
    with suppress(OSError):  # on a full disk: the lock is what counts
        file.truncate(0)
        file.write(str(os.getpid()).encode())
    return file


def _lock(file: IO[bytes], *, shared: bool) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(4096)  # beyond the text: Windows refuses to read what is locked
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
