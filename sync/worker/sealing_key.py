"""What fingerprints of erased applications are sealed with: beside the ledger, and in none of its copies.

On a new computer there is another: rows of applications that were erased before are then known by their references.
"""

import secrets
from pathlib import Path

from sync.worker.durable_file import write_durably

FILE = Path("keys", "penghapusan.key")


def sealing_key(data: Path) -> bytes | None:
    """None when there is none yet. Raises OSError."""
    file = data / FILE
    return file.read_bytes() if file.is_file() else None


def made_key(data: Path) -> bytes:
    """Made when there is none; inside a writing transaction, so that it is made once. Raises OSError."""
    key = sealing_key(data)
    if key is None:
        key = secrets.token_bytes(32)
        file = data / FILE
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.with_suffix(".part").touch(
            mode=0o600
        )  # closed to others before there is anything in it
        write_durably(file, key)
    return key
