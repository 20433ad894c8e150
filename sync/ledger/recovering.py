"""What a ledger is told after a loss: things that happened while nobody wrote them down. Used by `repair` alone.

It may set what no cycle may: an application with a reference of before, a state without the way to it, a counter
that goes on further up, never down. What the facts are is worker/recovering.py's affair.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from sync.core.delivery import IntentState, Kind
from sync.core.states import State
from sync.ledger import schema
from sync.ledger.desks import restored_mark
from sync.ledger.upsert import upsert


class Recovering:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def register(self, *, reference: str, state: State, at: datetime, **columns: Any) -> int:
        """An application that has its reference already. Returns its id."""
        table = schema.applications
        statement = table.insert().values(
            reference=reference, state=state.value, placed=True, **columns
        )
        row_id = int(self._connection.execute(statement.returning(table.c.id)).scalar_one())
        self._event(row_id, at, {"to": state.value})
        return row_id

    def put(
        self, application_id: int, was: State, state: State, at: datetime, **columns: Any
    ) -> None:
        table = schema.applications
        self._connection.execute(
            table.update()
            .where(table.c.id == application_id)
            .values(state=state.value, queued=False, updated_at=at, **columns)
        )
        self._event(application_id, at, {"from": was.value, "to": state.value})

    def settle(
        self,
        application_id: int,
        channel: str,
        state: IntentState,
        at: datetime,
        *,
        address: str,
        reason: str = "",
        key: str = "",
        link: str = "",
    ) -> None:
        """The letter's way over a channel ended so. One that has its receipt keeps it."""
        table = schema.intents
        letter = (
            table.c.application_id == application_id,
            table.c.channel == channel,
            table.c.kind == Kind.LETTER.value,
        )
        found = self._connection.execute(
            select(table.c.id, table.c.key, table.c.state)
            .where(*letter)
            .order_by(table.c.series.desc())
        ).first()
        told = {"state": state.value, "settled_at": at, "reason": reason, "next_try_at": None}
        if state is IntentState.DELIVERED:
            told |= {"receipt": key or "sheet", "link": link}
        if found is None:
            self._connection.execute(
                table.insert().values(
                    application_id=application_id,
                    kind=Kind.LETTER.value,
                    channel=channel,
                    series=1,
                    key=key,
                    address=address,
                    facts={},
                    planned_at=at,
                    **told,
                )
            )
        elif found.state != IntentState.DELIVERED.value:
            told |= {"key": key} if key else {}
            self._connection.execute(table.update().where(table.c.id == found.id).values(**told))

    def forget_letter(self, application_id: int, at: datetime) -> None:
        """Its bytes are nowhere any more; its number stays."""
        table = schema.documents
        self._connection.execute(delete(table).where(table.c.application_id == application_id))
        self._event(application_id, at, {"letter": "lost"})

    def number(self, workflow: str, year: int, serial: int, application_id: int) -> None:
        """The application has this letter number; where another has it in the ledger, that one keeps it."""
        table = schema.letter_numbers
        taken = select(table.c.serial).where(
            (table.c.application_id == application_id)
            | ((table.c.workflow == workflow) & (table.c.year == year) & (table.c.serial == serial))
        )
        if self._connection.execute(taken).first() is None:
            self._connection.execute(
                table.insert().values(
                    workflow=workflow, year=year, serial=serial, application_id=application_id
                )
            )

    def count_from(self, kind: str, scope: str, year: int, last: int) -> int:
        """The next number comes after `last`, or after what was counted already. Returns what that is."""
        table = schema.counters
        where = (table.c.kind == kind, table.c.scope == scope, table.c.year == year)
        now = int(self._connection.execute(select(table.c.last).where(*where)).scalar() or 0)
        if last > now:
            self._connection.execute(
                upsert(table, self._connection, kind=kind, scope=scope, year=year, last=last)
            )
        return max(last, now)

    def read_again(self, workflow: str) -> None:
        """The ledger and the sheet agree: cycles may go on, and the next one reads every row."""
        table = schema.resources
        self._connection.execute(delete(table).where(table.c.name == restored_mark(workflow)))
        desks = schema.desks
        self._connection.execute(
            desks.update().where(desks.c.workflow == workflow).values(version="")
        )

    def approved(self, application_id: int, number: str, at: datetime, on: date) -> None:
        table = schema.applications
        self._connection.execute(
            table.update()
            .where(table.c.id == application_id)
            .values(letter_number=number, approved_at=at, approved_on=on)
        )

    def _event(self, application_id: int, at: datetime, detail: dict[str, str]) -> None:
        self._connection.execute(
            schema.events.insert().values(
                application_id=application_id, at=at, kind="recovered", detail=detail
            )
        )
