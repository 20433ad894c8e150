"""The letters that were made: one an application, never made anew; the bytes lie in the data folder."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from sync.core.delivery import IntentState, Kind
from sync.ledger import schema

_OF_ONE = select(schema.documents).where(schema.documents.c.application_id == bindparam("one"))
_RECORD = schema.documents.insert()


@dataclass(frozen=True, slots=True)
class Document:
    """`path` is relative to the data folder, with forward slashes."""

    application_id: int
    number: str
    path: str
    file_name: str
    sha256: str
    size_bytes: int
    made_at: datetime


class Documents:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(self, document: Document) -> None:
        """Raises IntegrityError when the application has a letter already."""
        self._connection.execute(
            _RECORD, {name: getattr(document, name) for name in Document.__slots__}
        )

    def of(self, application_id: int) -> Document | None:
        row = self._connection.execute(_OF_ONE, {"one": application_id}).first()
        return Document(*row) if row else None

    def keep(self, application_id: int, content: bytes) -> None:
        """The letter's bytes, where several machines serve one ledger: all of them send from here."""
        self._connection.execute(
            schema.letter_files.insert(), {"application_id": application_id, "content": content}
        )

    def content(self, application_id: int) -> bytes | None:
        """None where the ledger has no bytes: then they lie in the data folder."""
        table = schema.letter_files
        query = select(table.c.content).where(table.c.application_id == application_id)
        found = self._connection.execute(query).scalar()
        return None if found is None else bytes(found)

    def bytes_of(self, document: Document, data: Path) -> bytes:
        """From the data folder, or from the ledger where that has none or another. Raises ValueError where it is in neither,
        or when the bytes are no longer those that were approved; OSError."""
        file = data / document.path
        on_disk = file.read_bytes() if file.is_file() else None
        if on_disk is not None and hashlib.sha256(on_disk).hexdigest() == document.sha256:
            return on_disk
        kept = self.content(document.application_id)
        if kept and hashlib.sha256(kept).hexdigest() == document.sha256:
            return kept
        if on_disk is None and not kept:
            raise ValueError(f"{document.path} is not there")
        raise ValueError(f"{document.path} was changed")

    def all(self) -> list[Document]:
        return [Document(*row) for row in self._connection.execute(select(schema.documents))]

    def nowhere_else(self) -> list[Document]:
        """Those that Drive does not have as a delivered letter."""
        table, intents = schema.documents, schema.intents
        in_drive = select(intents.c.application_id).where(
            intents.c.channel == "drive",
            intents.c.kind == Kind.LETTER.value,
            intents.c.state == IntentState.DELIVERED.value,
        )
        rows = self._connection.execute(
            select(table).where(table.c.application_id.not_in(in_drive))
        )
        return [Document(*row) for row in rows]
