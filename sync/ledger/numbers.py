"""Consecutive numbers: references per prefix and year, letter numbers per workflow and year.

A number is taken in the transaction that records what it is for, so a crash gives neither a gap nor a repeat.
"""

from sqlalchemy import Connection, select

from sync.ledger import schema
from sync.ledger.upsert import upsert


class Numbers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_reference(self, prefix: str, year: int) -> int:
        """The next serial of a prefix in a year; the first is 1."""
        return self._next("reference", prefix, year)

    def last_reference(self, prefix: str, year: int) -> int:
        """The last serial given; 0 when there is none."""
        table = schema.counters
        last = self._connection.execute(
            select(table.c.last).where(
                table.c.kind == "reference", table.c.scope == prefix, table.c.year == year
            )
        ).scalar()
        return int(last or 0)

    def take_letter(self, workflow: str, year: int, application_id: int) -> int:
        """The letter serial of an application: a new one, or the one it already has."""
        table = schema.letter_numbers
        has = self._connection.execute(
            select(table.c.serial).where(table.c.application_id == application_id)
        ).scalar()
        if has is not None:
            return int(has)
        serial = self._next("letter", workflow, year)
        self._connection.execute(
            table.insert().values(
                workflow=workflow, year=year, serial=serial, application_id=application_id
            )
        )
        return serial

    def letters(self, workflow: str, year: int) -> list[int]:
        """Every letter serial taken, in order."""
        table = schema.letter_numbers
        return list(
            self._connection.execute(
                select(table.c.serial)
                .where(table.c.workflow == workflow, table.c.year == year)
                .order_by(table.c.serial)
            ).scalars()
        )

    def _next(self, kind: str, scope: str, year: int) -> int:
        table = schema.counters
        count_on = {"last": table.c.last + 1}
        statement = upsert(
            table, self._connection, count_on, kind=kind, scope=scope, year=year, last=1
        )
        return int(self._connection.execute(statement.returning(table.c.last)).scalar_one())
