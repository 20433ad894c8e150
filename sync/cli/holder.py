"""Who this worker is, for the lease: a random id kept in data/, and the name of this computer.

It is not kept in the ledger: a ledger that was restored elsewhere is another holder. A data folder that was copied, to
another computer or another place, is another one too: the file says where it was made.
"""

import json
import os
import platform
import secrets
from contextlib import suppress
from pathlib import Path

from sync.cli.root import unwritable
from sync.core.lease import Holder
from sync.worker.durable_file import write_durably

FILE = "worker.json"


def computer_name() -> str:
    return platform.node() or "tanpa nama"


def holder_of(data: Path) -> Holder:
    """The same one at every start; the caller holds the lock on `data`."""
    computer = computer_name()
    here = {"computer": computer, "folder": str(data.resolve())}
    file = data / FILE
    with suppress(OSError, ValueError, AttributeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if here.items() <= kept.items() and isinstance(kept.get("id"), str):
            return Holder(kept["id"], computer, os.getpid())
    made = {"id": secrets.token_hex(8), **here}
    try:  # for certain, or after a power cut this worker would wait for itself
        write_durably(file, json.dumps(made).encode())
    except OSError as error:
        raise unwritable(data, error) from error
    return Holder(str(made["id"]), computer, os.getpid())
