"""A copy becomes the ledger again: checked whole before anything is replaced, and what is replaced is set aside.

Afterwards the ledger knows that the world has gone on: nothing leaves until recovering.recover has asked the sheet.
"""

import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sync.core.mendable import Mendable
from sync.ledger.copying import ensure_whole_copy, last_change, mark_restored, put_in_place
from sync.ledger.documents import Document
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker.durable_file import write_durably
from sync.worker.sealing import unseal


def restore(
    content: bytes,
    *,
    where: str,
    passphrase: str | None,
    ledger: Path,
    at: datetime,
    replace: bool,
) -> Path | None:
    """Returns where the ledger that stood there lies now; None when there was none. Raises Mendable."""
    opened = unseal(content, passphrase, where=where)
    if opened.startswith(b"\x1f\x8b"):
        try:
            opened = gzip.decompress(opened)
        except (OSError, EOFError, zlib.error):
            opened = b""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ledger.parent) as scratch:
        copy = Path(scratch) / "ledger.sqlite3"
        write_durably(copy, opened)
        ensure_whole_copy(copy, where=where)
        if not replace and ledger.exists() and last_change(ledger) > last_change(copy):
            raise Mendable.one(
                "ledger-lebih-baru-dari-cadangan",
                where=str(ledger),
                found=f"ledger yang ada memuat perubahan sesudah cadangan {Path(where).name}; tidak ada yang diganti",
                allowed="tetap memakai ledger yang ada, atau --replace: yang ada disisihkan, tidak dihapus",
                run="python loket.py restore --replace",
            )
        Ledger.open(
            sqlite_url(copy)
        ).close()  # a newer program's is refused, an older one's brought up
        mark_restored(copy, Path(where).name)
        aside = ledger.parent / "backup" / f"disisihkan-{at:%Y%m%d-%H%M%S}"
        return aside if put_in_place(copy, ledger, aside=aside) else None


def missing_letters(ledger: Ledger, data: Path) -> list[Document]:
    """The letters that the ledger knows and the data folder has not."""
    with ledger.reading() as look:
        documents = look.documents.all()
    return [document for document in documents if not (data / document.path).is_file()]


def bring_letter(document: Document, data: Path, fetch: Callable[[], bytes | None]) -> bool:
    """Whether the very bytes that were approved are there again."""
    pdf = fetch()
    if pdf is None or hashlib.sha256(pdf).hexdigest() != document.sha256:
        return False
    write_durably(data / document.path, pdf)
    return True
