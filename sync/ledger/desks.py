"""What is remembered about each workflow's sheet between two cycles, and names given to things outside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from sync.ledger import schema
from sync.ledger.upsert import upsert


@dataclass(frozen=True, slots=True)
class DeskMemory:
    """`version` "" means: read the sheet again. `trouble` is what stopped the last cycle, for people."""

    workflow: str
    version: str
    cycle_at: datetime
    trouble: str


class Desks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, workflow: str) -> DeskMemory | None:
        table = schema.desks
        row = self._connection.execute(select(table).where(table.c.workflow == workflow)).first()
        return DeskMemory(*row) if row else None

    def remember(self, memory: DeskMemory) -> None:
        values = {name: getattr(memory, name) for name in DeskMemory.__slots__}
        self._connection.execute(upsert(schema.desks, self._connection, **values))

    def resource(self, name: str) -> str | None:
        """The id that was chosen for something outside, e.g. a Drive folder, before it was made."""
        table = schema.resources
        value = self._connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
        return None if value is None else str(value)

    def keep_resource(self, name: str, value: str) -> None:
        self._connection.execute(schema.resources.insert().values(name=name, value=value))
