"""What comes back by WhatsApp and SMS: how far messages came, who wants none, which incoming ones were heard already.

Whoever hears of it (the webhook, the phone) only adds here; the worker alone changes applications and intents.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from sync.core.chat import Arrival, Report, number_mark
from sync.core.delivery import Intent, IntentState, quota_reason
from sync.ledger import schema
from sync.ledger.intents import intent_of
from sync.ledger.upsert import insert

HEARD_FOR = timedelta(days=8)
"""Meta sends a webhook again for up to seven days."""

_SETTLED = tuple(
    state.value for state in (IntentState.DELIVERED, IntentState.UNCERTAIN, IntentState.FAILED)
)


class Chat:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def report(self, report: Report) -> bool:
        """Whether it is new. What was reported before stays as it was."""
        return self._add(
            schema.chat_reports,
            channel=report.channel,
            key=report.key,
            arrival=report.arrival.value,
            at=report.at,
            reason=report.reason,
        )

    def of(self, channel: str, key: str) -> list[Report]:
        """All that was reported of one message."""
        table = schema.chat_reports
        rows = self._connection.execute(
            select(table).where(table.c.channel == channel, table.c.key == key)
        )
        return [_report(row) for row in rows]

    def untaken(self, workflow: str, *, limit: int) -> list[tuple[int, Report]]:
        """Reports that the worker has not seen, of this workflow's messages: (the application's id, the report)."""
        table, intents, applications = schema.chat_reports, schema.intents, schema.applications
        same = (intents.c.channel == table.c.channel) & (intents.c.key == table.c.key)
        rows = self._connection.execute(
            select(intents.c.application_id, table)
            .join(intents, same)
            .join(applications, applications.c.id == intents.c.application_id)
            .where(table.c.taken.is_(False), applications.c.workflow == workflow)
            # One that is still on its way is not judged yet.
            .where(intents.c.state != IntentState.SENDING.value)
            .order_by(table.c.at)
            .limit(limit)
        )
        return [(row.application_id, _report(row)) for row in rows]

    def unreported(
        self, workflow: str, channel: str, since: datetime, *, limit: int
    ) -> list[Intent]:
        """What was sent since then, or was thought not to have gone after all, and of which nobody said how it ended."""
        table, intents, applications = schema.chat_reports, schema.intents, schema.applications
        ended = select(table.c.key).where(
            table.c.channel == intents.c.channel,
            table.c.key == intents.c.key,
            table.c.arrival != Arrival.SENT.value,
        )
        rows = self._connection.execute(
            select(intents, applications.c.reference, applications.c.workflow)
            .join(applications, applications.c.id == intents.c.application_id)
            .where(
                applications.c.workflow == workflow,
                intents.c.channel == channel,
                intents.c.state.in_(_SETTLED),
                intents.c.key != "",
                intents.c.settled_at >= since,
                ~ended.exists(),
            )
            .order_by(intents.c.id)
            .limit(limit)
        )
        return [intent_of(row) for row in rows]

    def stuck(self, channel: str, tried_before: datetime) -> list[str]:
        """Why what was tried before then has not gone yet, of all workflows, the oldest first; waiting for quota is no trouble."""
        table = schema.intents
        rows = self._connection.execute(
            select(table.c.reason)
            .where(
                table.c.channel == channel,
                table.c.state == IntentState.PLANNED.value,
                table.c.first_tried_at <= tried_before,
                table.c.reason != quota_reason(channel),
            )
            .order_by(table.c.first_tried_at, table.c.id)
        )
        return list(rows.scalars())

    def take(self, reports: Sequence[Report]) -> None:
        table = schema.chat_reports
        for report in reports:
            self._connection.execute(
                table.update()
                .where(
                    table.c.channel == report.channel,
                    table.c.key == report.key,
                    table.c.arrival == report.arrival.value,
                )
                .values(taken=True)
            )

    def hear(self, message_id: str, at: datetime) -> bool:
        """Whether an incoming message was not heard before. Its id holds a number: only a digest is kept."""
        table = schema.chat_heard
        self._connection.execute(table.delete().where(table.c.at < at - HEARD_FOR))
        return self._add(table, id=hashlib.sha256(message_id.encode()).hexdigest(), at=at)

    def stop(self, number: str, at: datetime) -> None:
        """The number wants no messages any more."""
        self._add(schema.chat_stops, mark=number_mark(number), since=at)

    def start(self, number: str) -> None:
        table = schema.chat_stops
        self._connection.execute(table.delete().where(table.c.mark == number_mark(number)))

    def stopped(self, number: str) -> bool:
        table = schema.chat_stops
        query = select(table.c.mark).where(table.c.mark == number_mark(number))
        return self._connection.execute(query).first() is not None

    def _add(self, table: Table, **values: Any) -> bool:
        adding = insert(table, self._connection.dialect.name).values(**values)
        adding = adding.on_conflict_do_nothing()
        made = self._connection.execute(adding.returning(*table.primary_key.columns))
        return made.first() is not None


def _report(row: Row[Any]) -> Report:
    return Report(row.channel, row.key, Arrival(row.arrival), row.at, row.reason)
