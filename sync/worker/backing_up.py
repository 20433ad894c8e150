"""The PC may die: once a day a copy of the ledger is put aside, in data/backup/ and in the office's own Drive.

In Drive also lie the letters that lie nowhere else, each once, so that a new computer sends the same bytes. A copy that
could not be put into Drive is tried again; the one on the disk is there meanwhile. Nothing here stops the counter.
"""

import gzip
import logging
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.ledger.copying import copy_ledger, file_of
from sync.ledger.ledger import Ledger
from sync.worker.durable_file import write_durably
from sync.worker.sealing import seal

log = logging.getLogger(__name__)

EVERY = timedelta(hours=24)
TRY_AGAIN_AFTER = timedelta(minutes=15)
_NAME = re.compile(r"loket-(\d{8}-\d{6})Z-([0-9a-f]{8})\.cadangan")
LETTER = "surat-{sha256}.cadangan"


class Folder(Protocol):
    """The private folder in Drive: google.backup_folder.BackupFolder."""

    def names(self) -> dict[str, str]: ...
    def upload(self, name: str, content: bytes) -> None: ...
    def delete(self, file_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Made:
    """A copy. `trouble` says why it is not in Drive, for people."""

    file: Path
    in_drive: bool
    trouble: str = ""


@dataclass(eq=False)
class Backups:
    """`holder` tells this data folder's copies from another's in the same Drive: only its own are ever deleted."""

    ledger_url: str
    data: Path
    ledger: Ledger
    folder: Callable[[], Folder] | None
    passphrase: str | None
    keep: int
    holder: str
    clock: Callable[[], datetime]
    _tried_at: datetime | None = None
    _drive_owes: str = ""

    def make(self) -> Made:
        """Raises Mendable when there is no file to copy, OSError or sqlite3.Error when it can't be copied."""
        file = self._free_name(self.clock())
        name = file.name
        with tempfile.TemporaryDirectory(dir=self._place()) as scratch:
            copy = Path(scratch) / "ledger.sqlite3"
            copy_ledger(file_of(self.ledger_url), copy)
            content = seal(gzip.compress(copy.read_bytes(), mtime=0), self.passphrase)
        write_durably(file, content)
        for old in self._own(path.name for path in file.parent.iterdir())[self.keep :]:
            (file.parent / old).unlink(missing_ok=True)
        if self.folder is None:
            return Made(file, in_drive=False)
        trouble = self._to_drive(name, content)
        self._drive_owes = name if trouble else ""
        return Made(file, in_drive=not trouble, trouble=trouble)

    def daily(self) -> str:
        """Once a day, and sooner where Drive did not get the last one. What is the matter, for people. Never raises."""
        at = self.clock()
        if self._tried_at is not None and timedelta(0) <= at - self._tried_at < TRY_AGAIN_AFTER:
            return ""
        try:
            if self._drive_owes:
                self._tried_at = at
                content = (self.data / "backup" / self._drive_owes).read_bytes()
                trouble = self._to_drive(self._drive_owes, content)
                self._drive_owes = self._drive_owes if trouble else ""
                return trouble
            if not self._due(at):
                return ""
            self._tried_at = at
            return self.make().trouble
        except Mendable:  # a server's ledger is not ours to copy; `backup` says so
            return ""
        except (OSError, sqlite3.Error) as error:
            log.warning("backup: %s", type(error).__name__)
            return (
                f"Cadangan ledger tidak dapat dibuat: {getattr(error, 'strerror', None) or error}."
            )
        except Exception:
            log.exception("backup: broke")
            return "Cadangan ledger tidak dapat dibuat karena kesalahan program; lihat data/log."

    def _free_name(self, at: datetime) -> Path:
        """Two copies of one second have two names: the later one says the next second."""
        while (file := self._file(at)).exists():
            at += timedelta(seconds=1)
        return file

    def _file(self, at: datetime) -> Path:
        return self.data / "backup" / f"loket-{at:%Y%m%d-%H%M%S}Z-{self.holder[:8]}.cadangan"

    def _due(self, at: datetime) -> bool:
        folder = self.data / "backup"
        own = self._own(path.name for path in folder.iterdir()) if folder.is_dir() else []
        if not own:
            return True
        found = _NAME.fullmatch(own[0])
        made = datetime.strptime(found[1] + "+0000", "%Y%m%d-%H%M%S%z") if found else at - EVERY
        return not timedelta(0) <= at - made < EVERY

    def _to_drive(self, name: str, content: bytes) -> str:
        """Why it did not get there, for people; "" when it did."""
        if self.folder is None:
            return ""
        try:
            folder = self.folder()
            there = folder.names()
            if name not in there:
                folder.upload(name, content)
            self._letters_to_drive(folder, there)
            for old in self._own(there)[max(0, self.keep - 1) :]:
                if old != name:
                    folder.delete(there[old])
        except Failure as failure:
            log.warning("backup: Drive: %s", failure.detail)
            return f"Cadangan ledger belum tersimpan di Drive: {failure.reason}"
        except Mendable as error:
            return f"Cadangan ledger belum tersimpan di Drive: {error.problems[0].found}."
        return ""

    def _letters_to_drive(self, folder: Folder, there: dict[str, str]) -> None:
        with self.ledger.reading() as look:
            documents = look.documents.nowhere_else()
        for document in documents:
            name = LETTER.format(sha256=document.sha256)
            path = self.data / document.path
            if name not in there and path.is_file():
                folder.upload(name, seal(path.read_bytes(), self.passphrase))

    def _own(self, names: Iterable[str]) -> list[str]:
        """The copies of this data folder, the newest first."""
        own = [
            name
            for name in names
            if (found := _NAME.fullmatch(name)) and found[2] == self.holder[:8]
        ]
        return sorted(own, reverse=True)

    def _place(self) -> Path:
        place = self.data / "backup"
        place.mkdir(parents=True, exist_ok=True)
        return place


def copies(names: Iterable[str]) -> list[str]:
    """Of these names those of copies, by whichever computer, the newest first."""
    return sorted((n for n in names if _NAME.fullmatch(n)), reverse=True)
