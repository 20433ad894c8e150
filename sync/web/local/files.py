"""Files that a page writes: there whole or not at all, never over somebody else's change."""

import hashlib
import os
import subprocess
from pathlib import Path

from sync.core.mendable import Mendable


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """On the disk when it returns. `private`: nobody but this account may read it, from the first byte on.

    Raises Mendable; what was there before is then untouched.
    """
    unfinished = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        unfinished.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(unfinished, flags, 0o600 if private else 0o666), "wb") as file:
            if private:
                _close_on_windows(unfinished)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise Mendable.one(
            "berkas-tidak-tersimpan",
            where=str(path),
            found=str(error.strerror or error),
            allowed="folder yang dapat ditulis, di disk yang tidak penuh, dan berkas yang tidak sedang dibuka",
        ) from error


def _close_on_windows(file: Path) -> None:
    """Modes mean nothing there: this account, and the system's own, which starts services, are let in alone. A disk
    without such rights takes none."""
    if os.name != "nt":
        return
    account = f"{os.environ.get('USERDOMAIN', '.')}\\{os.environ.get('USERNAME', '')}"
    grants = ["/grant:r", f"{account}:F", "*S-1-5-18:F"]
    subprocess.run(  # noqa: S603
        ["icacls", str(file), "/inheritance:r", *grants],  # noqa: S607
        capture_output=True,
        check=False,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def digest_of(content: object) -> str:
    """Another text for other content: a form carries it, so that a change made meanwhile is seen."""
    data = content if isinstance(content, bytes) else repr(content).encode()
    return hashlib.sha256(data).hexdigest()[:16]
