"""The daily report's part of the ledger: what is counted for it, and what each day's said. Its emails: office_mails.py."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, or_, select, update

from sync.core.report.day import ENDS, History, Move
from sync.core.report.report import DayReport, read_told, told
from sync.core.states import State
from sync.ledger import schema
from sync.ledger.parts import in_parts
from sync.ledger.upsert import upsert

_reports = schema.daily_reports


@dataclass(frozen=True, slots=True)
class Kept:
    """A day's report; `published_at`: when its line was last written for the province."""

    report: DayReport
    published_at: datetime | None

    @property
    def to_publish(self) -> bool:
        return self.published_at is None or self.published_at < self.report.made_at


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

    def published(self, day: date, at: datetime) -> None:
        self._connection.execute(
            update(_reports).where(_reports.c.day == day).values(published_at=at)
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
