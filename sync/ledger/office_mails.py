"""What the office itself is mailed: the daily report, and the reminder of what waits too long. Once a day to an address.

An email goes PLANNED → SENDING → an outcome, as an intent does: SENDING is committed just before it is handed over.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from sync.core.delivery import IntentState
from sync.ledger import schema
from sync.ledger.applications import Overtaken

_mails = schema.office_mails


class About(StrEnum):
    REPORT = "report"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Mail:
    """One day's email to one address. `key` is "" until it is first tried."""

    about: About
    day: date
    address: str
    series: int
    key: str
    state: IntentState
    attempts: int
    next_try_at: datetime | None
    reason: str
    planned_at: datetime
    settled_at: datetime | None

    def __str__(self) -> str:
        """For the log."""
        return f"{self.about} of {self.day}"


class OfficeMails:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, about: About, day: date, addresses: Collection[str], at: datetime) -> None:
        """One email to each address that the day has none for."""
        there = {mail.address for mail in self.of(about, day)}
        for address in dict.fromkeys(addresses):
            if address not in there:
                self._connection.execute(
                    _mails.insert().values(
                        about=about.value,
                        day=day,
                        address=address,
                        series=1,
                        key="",
                        state=IntentState.PLANNED.value,
                        attempts=0,
                        reason="",
                        planned_at=at,
                    )
                )

    def of(self, about: About, day: date) -> list[Mail]:
        return self._found(about, _mails.c.day == day)

    def last_day(self, about: About, before: date) -> date | None:
        """The last day before that an email was to tell of."""
        query = select(_mails.c.day).where(_mails.c.about == about.value, _mails.c.day < before)
        day: date | None = self._connection.execute(
            query.order_by(_mails.c.day.desc()).limit(1)
        ).scalar()
        return day

    def unsettled(self, about: About) -> list[Mail]:
        """PLANNED and SENDING, the oldest first."""
        states = (IntentState.PLANNED.value, IntentState.SENDING.value)
        return self._found(about, _mails.c.state.in_(states))

    def troubled(self, about: About, since: datetime) -> list[Mail]:
        """That did not arrive as far as anybody knows, or wait for another attempt; the oldest first."""
        failed = (IntentState.FAILED.value, IntentState.UNCERTAIN.value)
        planned = _mails.c.state == IntentState.PLANNED.value
        waits = and_(planned, _mails.c.next_try_at.is_not(None))
        return self._found(
            about, _mails.c.planned_at >= since, or_(_mails.c.state.in_(failed), waits)
        )

    def move(self, mail: Mail, state: IntentState, **columns: Any) -> Mail:
        """Raises Overtaken when it is no longer as `mail` says."""
        done = self._connection.execute(
            update(_mails)
            .where(
                _mails.c.about == mail.about.value,
                _mails.c.day == mail.day,
                _mails.c.address == mail.address,
                _mails.c.state == mail.state.value,
                _mails.c.series == mail.series,
            )
            .values(state=state.value, **columns)
        )
        if done.rowcount != 1:
            raise Overtaken(str(mail))
        return replace(mail, state=state, **columns)

    def begin_afresh(self, mail: Mail, at: datetime) -> None:
        """A person asks for it again: another email, under another key, tried as long as any."""
        self.move(
            mail,
            IntentState.PLANNED,
            series=mail.series + 1,
            key="",
            attempts=0,
            next_try_at=None,
            reason="",
            planned_at=at,
            settled_at=None,
        )

    def _found(self, about: About, *where: Any) -> list[Mail]:
        query = select(_mails).where(_mails.c.about == about.value, *where)
        rows = self._connection.execute(query.order_by(_mails.c.day, _mails.c.address))
        return [_mail(row) for row in rows]


def _mail(row: Row[Any]) -> Mail:
    told = {"about": About(row.about), "state": IntentState(row.state)}
    return Mail(**row._asdict() | told)
