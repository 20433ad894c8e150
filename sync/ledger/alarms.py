"""The alarms that are on, kept so that a restart tells nobody twice. What is an alarm: core/alarms.py."""

from sqlalchemy import Connection, delete, select

from sync.core.alarms import Alarm
from sync.ledger import schema
from sync.ledger.upsert import upsert


class Alarms:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, Alarm]:
        """By subject, the oldest first."""
        table = schema.alarms
        rows = self._connection.execute(select(table).order_by(table.c.since, table.c.subject))
        return {row.subject: Alarm(*row) for row in rows}

    def keep(self, alarm: Alarm) -> None:
        values = {name: getattr(alarm, name) for name in Alarm.__slots__}
        self._connection.execute(upsert(schema.alarms, self._connection, **values))

    def forget(self, subject: str) -> None:
        table = schema.alarms
        self._connection.execute(delete(table).where(table.c.subject == subject))
