"""The letters that were made: one an application, never made anew; the bytes lie in the data folder."""

from dataclasses import dataclass
from datetime import datetime

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
