"""Consecutive numbers: references per prefix and year, letter numbers per series and year.

A number is taken in the transaction that records what it is for, so a crash gives neither a gap nor a repeat.
"""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, select

from sync.ledger import schema
from sync.ledger.upsert import insert_or_change

_LETTER_OF = select(schema.letter_numbers.c.serial).where(
    schema.letter_numbers.c.application_id == bindparam("one")
)
_TAKE = schema.letter_numbers.insert()


@cache
def _count_on(dialect: str) -> Any:
    """One more than the last, at least `least`; what is not counted yet begins at `last`."""
    table = schema.counters
    following = table.c.last + 1
    least = bindparam("least", type_=table.c.last.type)
    changes = {"last": case((following < least, least), else_=following)}
    return insert_or_change(table, dialect, changes).returning(table.c.last)


class Numbers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_reference(self, prefix: str, year: int) -> int:
        """The next serial of a prefix in a year; the first is 1."""
        return self._next("reference", prefix, year)

    def last_reference(self, prefix: str, year: int) -> int:
        """The last serial given; 0 when there is none."""
        return self._last("reference", prefix, year)

    def take_letter(
        self, workflow: str, year: int, application_id: int, *, series: str = "", first: int = 1
    ) -> int:
        """The letter serial of an application: the one it already has, or the next of its series (the workflow's own
        when none is named), at least `first`. A workflow that changes its series meets none of its own numbers again.
        """
        has = self._connection.execute(_LETTER_OF, {"one": application_id}).scalar()
        if has is not None:
            return int(has)
        series = series or workflow
        if series != workflow:
            first = max(first, self._last("letter", workflow, year) + 1)
        serial = self._next("letter", series, year, first)
        if series != workflow:
            self._next("letter", workflow, year, serial)
        self._connection.execute(
            _TAKE,
            {
                "workflow": series,
                "year": year,
                "serial": serial,
                "application_id": application_id,
            },
        )
        return serial

    def letters(self, series: str, year: int) -> list[int]:
        """Every letter serial taken, in order."""
        table = schema.letter_numbers
        return list(
            self._connection.execute(
                select(table.c.serial)
                .where(table.c.workflow == series, table.c.year == year)
                .order_by(table.c.serial)
            ).scalars()
        )

    def _last(self, kind: str, scope: str, year: int) -> int:
        table = schema.counters
        last = self._connection.execute(
            select(table.c.last).where(
                table.c.kind == kind, table.c.scope == scope, table.c.year == year
            )
        ).scalar()
        return int(last or 0)

    def _next(self, kind: str, scope: str, year: int, first: int = 1) -> int:
        """One more than the last, at least `first`. Others who count here wait until this transaction ends."""
        statement = _count_on(self._connection.dialect.name)
        values = {"kind": kind, "scope": scope, "year": year, "last": first, "least": first}
        return int(self._connection.execute(statement, values).scalar_one())
