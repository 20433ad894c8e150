"""The daily report's part of the ledger: what is counted for it, what each day's said, and its emails.

An email goes PLANNED → SENDING → an outcome, as an intent does: SENDING is committed just before it is handed over.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from sync.core.delivery import IntentState
from sync.core.report.day import ENDS, History, Move
from sync.core.report.report import DayReport, read_told, told
from sync.core.states import State
from sync.ledger import schema
from sync.ledger.applications import Overtaken
from sync.ledger.parts import in_parts
from sync.ledger.upsert import upsert

_reports, _mails = schema.daily_reports, schema.report_mails


@dataclass(frozen=True, slots=True)
class Kept:
    """A day's report; `published_at`: when its line was last written for the province."""

    report: DayReport
    published_at: datetime | None

    @property
    def to_publish(self) -> bool:
        return self.published_at is None or self.published_at < self.report.made_at


@dataclass(frozen=True, slots=True)
class Mail:
    """One day's report to one address. `key` is "" until it is first tried."""

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


class Reports:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def histories(self, since: datetime, until: datetime) -> list[History]:
        """Every application that came before `until`, but those that had ended before `since` and were left alone."""
        table = schema.applications
        query = select(table.c.id, table.c.workflow, table.c.received_at, table.c.state).where(
            table.c.received_at < until,
            or_(
                table.c.state.not_in([state.value for state in ENDS]),
                table.c.updated_at >= since,
                table.c.received_at >= since,
            ),
        )
        rows = self._connection.execute(query.order_by(table.c.id)).all()
        moves = self._moves([row.id for row in rows])
        return [
            History(row.workflow, row.received_at, State(row.state), tuple(moves.get(row.id, ())))
            for row in rows
        ]

    def keep(self, report: DayReport) -> None:
        """Instead of the day's earlier one. It is still to be published."""
        values = {"made_at": report.made_at, "over": report.over, "report": told(report)}
        changed = upsert(_reports, self._connection, values, day=report.day, **values)
        self._connection.execute(changed)

    def kept(self, first: date, last: date) -> dict[date, Kept]:
        """By day, in order."""
        query = select(_reports).where(_reports.c.day.between(first, last)).order_by(_reports.c.day)
        return {
            row.day: Kept(read_told(row.report), row.published_at)
            for row in self._connection.execute(query)
        }

    def last_day(self) -> date | None:
        query = select(_reports.c.day).order_by(_reports.c.day.desc()).limit(1)
        day: date | None = self._connection.execute(query).scalar()
        return day

    def last_mailed(self, before: date) -> date | None:
        """The last day before that an email was to tell of."""
        query = select(_mails.c.day).where(_mails.c.day < before)
        day: date | None = self._connection.execute(
            query.order_by(_mails.c.day.desc()).limit(1)
        ).scalar()
        return day

    def published(self, day: date, at: datetime) -> None:
        self._connection.execute(
            update(_reports).where(_reports.c.day == day).values(published_at=at)
        )

    def plan(self, day: date, addresses: Collection[str], at: datetime) -> None:
        """One email to each address that the day has none for."""
        there = {mail.address for mail in self.mails_of(day)}
        for address in dict.fromkeys(addresses):
            if address not in there:
                self._connection.execute(
                    _mails.insert().values(
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

    def mails_of(self, day: date) -> list[Mail]:
        query = select(_mails).where(_mails.c.day == day).order_by(_mails.c.address)
        return [_mail(row) for row in self._connection.execute(query)]

    def unsettled(self) -> list[Mail]:
        """PLANNED and SENDING, the oldest first."""
        states = (IntentState.PLANNED.value, IntentState.SENDING.value)
        query = select(_mails).where(_mails.c.state.in_(states))
        rows = self._connection.execute(query.order_by(_mails.c.day, _mails.c.address))
        return [_mail(row) for row in rows]

    def troubled(self, since: datetime) -> list[Mail]:
        """That did not arrive as far as anybody knows, or wait for another attempt; the oldest first."""
        failed = (IntentState.FAILED.value, IntentState.UNCERTAIN.value)
        planned = _mails.c.state == IntentState.PLANNED.value
        waits = and_(planned, _mails.c.next_try_at.is_not(None))
        query = select(_mails).where(
            _mails.c.planned_at >= since,
            or_(_mails.c.state.in_(failed), waits),
        )
        rows = self._connection.execute(query.order_by(_mails.c.day, _mails.c.address))
        return [_mail(row) for row in rows]

    def move(self, mail: Mail, state: IntentState, **columns: Any) -> Mail:
        """Raises Overtaken when it is no longer as `mail` says."""
        done = self._connection.execute(
            update(_mails)
            .where(
                _mails.c.day == mail.day,
                _mails.c.address == mail.address,
                _mails.c.state == mail.state.value,
                _mails.c.series == mail.series,
            )
            .values(state=state.value, **columns)
        )
        if done.rowcount != 1:
            raise Overtaken(f"report of {mail.day}")
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

    def _moves(self, ids: Collection[int]) -> dict[int, list[Move]]:
        table = schema.events
        found: dict[int, list[Move]] = {}
        for part in in_parts(ids):
            query = select(table.c.application_id, table.c.at, table.c.kind, table.c.detail)
            rows = self._connection.execute(
                query.where(table.c.application_id.in_(part)).order_by(table.c.id)
            )
            for one, at, kind, detail in rows:
                if "to" in detail:
                    was = State(detail.get("from", State.RECEIVED))
                    move = Move(at, was, State(detail["to"]), recovered=kind == "recovered")
                    found.setdefault(one, []).append(move)
        return found


def _mail(row: Row[Any]) -> Mail:
    return Mail(**row._asdict() | {"state": IntentState(row.state)})
