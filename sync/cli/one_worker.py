"""One worker a data folder, on this machine: a lock on a file that the system lets go when the process ends,
however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sync.core.mendable import Mendable


@contextmanager
def only_worker(data: Path) -> Iterator[None]:
    """Raises Mendable when another worker has this data folder, naming its process."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / "worker.lock"
    with path.open("a+", encoding="ascii") as file:
        if not _lock(file):
            file.seek(0)
            raise Mendable.one(
                "pekerja-lain-berjalan",
                where=str(path),
                found=f"Loket sudah berjalan untuk folder ini (proses {file.read().strip() or 'tidak dikenal'})",
                allowed="satu pekerja untuk satu folder data",
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(4096)  # beyond the text: Windows refuses to read what is locked
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
