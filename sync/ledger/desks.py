"""What is remembered about each workflow's sheet between two cycles, and names given to things outside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from sync.ledger import schema


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
        self._dialect = sqlite if connection.dialect.name == "sqlite" else postgresql

    def of(self, workflow: str) -> DeskMemory | None:
        table = schema.desks
        row = self._connection.execute(select(table).where(table.c.workflow == workflow)).first()
        return DeskMemory(*row) if row else None

    def remember(self, memory: DeskMemory) -> None:
        values = {name: getattr(memory, name) for name in DeskMemory.__slots__}
        statement = self._dialect.insert(schema.desks).values(**values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=[schema.desks.c.workflow], set_=values)
        )

    def resource(self, name: str) -> str | None:
        """The id that was chosen for something outside, e.g. a Drive folder, before it was made."""
        table = schema.resources
        value = self._connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
        return None if value is None else str(value)

    def keep_resource(self, name: str, value: str) -> None:
        self._connection.execute(schema.resources.insert().values(name=name, value=value))
