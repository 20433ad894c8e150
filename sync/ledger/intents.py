"""Delivery intents: what is to be sent, committed before the side effect; what came of it, committed after.

An intent goes PLANNED → SENDING → an outcome. SENDING is committed just before the side effect; one found in that
state at the start of a cycle was interrupted, and its channel is asked whether it happened.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    Update,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)

from sync.core.delivery import Intent, IntentState, Kind, quota_reason
from sync.core.outcomes import Receipt
from sync.ledger import schema
from sync.ledger.applications import Overtaken
from sync.ledger.claims import Work, free

_DAY = timedelta(days=1)
LONGEST_PAUSE = timedelta(hours=1)
"""No intent waits longer for its next attempt."""


# Made once, as those of applications.py.
_RECORDS = select(
    schema.intents, schema.applications.c.reference, schema.applications.c.workflow
).join(schema.applications, schema.applications.c.id == schema.intents.c.application_id)
_OF_ONE = _RECORDS.where(schema.intents.c.application_id == bindparam("one")).order_by(
    schema.intents.c.id
)
_PLAN = schema.intents.insert()
_MOVE = schema.intents.update().where(
    schema.intents.c.id == bindparam("which"), schema.intents.c.state == bindparam("was")
)
_CLAIM = _MOVE.where(
    schema.intents.c.attempts == bindparam("attempts_seen"),
    schema.intents.c.key == bindparam("key_seen"),
    schema.intents.c.address == bindparam("address_seen"),
)

_TURN = (schema.intents.c.attempts, schema.intents.c.application_id, schema.intents.c.id)


@dataclass(frozen=True, slots=True)
class Plan:
    """A new intent. `facts` is what a notice says (problems, the officer's note).

    Its key is chosen when it is first tried: choosing one may ask the other side, which no transaction waits for.
    """

    application_id: int
    kind: Kind
    channel: str
    address: str
    at: datetime
    series: int = 1
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IntentRecord:
    """An intent with what is known of it; `intent` is what a channel is handed."""

    intent: Intent
    series: int
    facts: dict[str, Any]
    first_tried_at: datetime | None
    next_try_at: datetime | None
    reason: str
    receipt: str
    link: str
    planned_at: datetime
    settled_at: datetime | None


def turn_of(record: IntentRecord) -> tuple[int, int, int]:
    """Where it stands among those that are due: attempts, application_id, id."""
    return record.intent.attempts, record.intent.application_id, record.intent.id


class Intents:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, plan: Plan) -> None:
        self._connection.execute(
            _PLAN,
            {
                "application_id": plan.application_id,
                "kind": plan.kind.value,
                "channel": plan.channel,
                "series": plan.series,
                "key": "",
                "address": plan.address,
                "facts": plan.facts,
                "state": IntentState.PLANNED.value,
                "planned_at": plan.at,
            },
        )

    def due(
        self,
        workflow: str,
        at: datetime,
        *,
        limit: int,
        after: tuple[int, int, int] = (-1, 0, 0),
        unclaimed: bool = False,
    ) -> list[IntentRecord]:
        """The PLANNED ones whose time has come, first come first served, what was never tried before
        what failed; `after` is where the page before ended: (attempts, application_id, id). `unclaimed`: that no
        worker of the cluster has in hand."""
        return self._records(
            *(_free(at) if unclaimed else ()),
            schema.applications.c.workflow == workflow,
            schema.intents.c.state == IntentState.PLANNED.value,
            tuple_(*_TURN) > after,
            _its_time_has_come(at),
            limit=limit,
            order=_TURN,
        )

    def interrupted(
        self, workflow: str, at: datetime, *, unclaimed: bool = False
    ) -> list[IntentRecord]:
        """Those that a crash left SENDING, and whose time to be asked after has come; `unclaimed`: as for `due`."""
        return self._records(
            *(_free(at) if unclaimed else ()),
            schema.applications.c.workflow == workflow,
            schema.intents.c.state == IntentState.SENDING.value,
            _its_time_has_come(at),
        )

    def of(self, application_id: int) -> list[IntentRecord]:
        return [_record(row) for row in self._connection.execute(_OF_ONE, {"one": application_id})]

    def claim(self, record: IntentRecord, at: datetime, *, key: str) -> IntentRecord:
        """PLANNED → SENDING, with the key it is sent under. Raises Overtaken when someone else has it, or had it since
        the record was read, or when it goes to another address by now."""
        seen = record.intent
        attempts = seen.attempts + 1
        first_tried_at = record.first_tried_at or at
        self._set(
            record,
            IntentState.SENDING,
            by=_CLAIM,
            attempts_seen=seen.attempts,
            key_seen=seen.key,
            address_seen=seen.address,
            key=key,
            next_try_at=None,
            attempts=attempts,
            first_tried_at=first_tried_at,
        )
        intent = replace(record.intent, state=IntentState.SENDING, key=key, attempts=attempts)
        return replace(record, intent=intent, first_tried_at=first_tried_at, next_try_at=None)

    def settle(self, record: IntentRecord, receipt: Receipt, at: datetime) -> None:
        self._set(
            record,
            IntentState.DELIVERED,
            receipt=receipt.id,
            link=receipt.link,
            settled_at=at,
            reason="",
        )

    def postpone(
        self,
        record: IntentRecord,
        until: datetime,
        reason: str,
        *,
        tried_at: datetime | None = None,
    ) -> None:
        """Back to PLANNED, for later. `tried_at` starts the retry budget and counts; waiting for quota does neither."""
        uncounted = tried_at is not None and record.intent.state is IntentState.PLANNED
        self._set(
            record,
            IntentState.PLANNED,
            next_try_at=until,
            reason=reason,
            first_tried_at=record.first_tried_at or tried_at,
            attempts=record.intent.attempts + uncounted,
        )

    def back_in_line(self, record: IntentRecord, until: datetime, reason: str) -> None:
        """The attempt did not count: the other side takes nothing from anybody for now."""
        attempts = max(0, record.intent.attempts - 1)
        self._set(
            record,
            IntentState.PLANNED,
            next_try_at=until,
            reason=reason,
            attempts=attempts,
            first_tried_at=record.first_tried_at if attempts else None,
        )

    def queue(
        self, workflow: str, channel: str, at: datetime, until: datetime, *, limit: int
    ) -> list[int]:
        """All that is due over a channel waits `until` then. Returns the applications whose letters are in the queue
        from now on only, at most `limit`: then there may be more."""
        table, reason = schema.intents, quota_reason(channel)
        of_workflow = select(schema.applications.c.id).where(
            schema.applications.c.workflow == workflow
        )
        due = (
            table.c.state == IntentState.PLANNED.value,
            table.c.channel == channel,
            _its_time_has_come(at),
            table.c.application_id.in_(of_workflow),
        )
        waits = {"next_try_at": until, "reason": reason}
        new = (*due, table.c.kind == Kind.LETTER.value, table.c.reason != reason)
        found = self._connection.execute(
            select(table.c.id, table.c.application_id).where(*new).order_by(*_TURN).limit(limit)
        ).all()
        queued = [row.id for row in found]
        still = table.c.state == IntentState.PLANNED.value  # not claimed by another meanwhile
        self._connection.execute(
            table.update().where(table.c.id.in_(queued), still).values(**waits)
        )
        if len(found) < limit:
            self._connection.execute(table.update().where(*due).values(**waits))
        return [row.application_id for row in found]

    def queue_ends(self, channel: str, at: datetime) -> datetime | None:
        """When the channel's queue is looked at again; None where nothing waits in it."""
        table = schema.intents
        until: datetime | None = self._connection.execute(
            select(func.max(table.c.next_try_at)).where(
                table.c.state == IntentState.PLANNED.value,
                table.c.channel == channel,
                table.c.reason == quota_reason(channel),
                ~_its_time_has_come(at),
            )
        ).scalar()
        return until

    def ask_later(self, record: IntentRecord, until: datetime, reason: str) -> None:
        """Still SENDING: the other side could not be asked yet whether it happened."""
        self._set(
            record,
            IntentState.SENDING,
            next_try_at=until,
            reason=reason,
            attempts=record.intent.attempts + 1,
        )

    def give_up(self, record: IntentRecord, state: IntentState, reason: str, at: datetime) -> None:
        """FAILED, UNCERTAIN or DROPPED, with the reason for people."""
        self._set(record, state, reason=reason, settled_at=at)

    def try_now(self, record: IntentRecord) -> None:
        """Its pause is over, with a new retry budget."""
        self._set(
            record,
            record.intent.state,
            attempts=0,
            first_tried_at=None,
            next_try_at=None,
            reason="",
        )

    def begin_afresh(self, record: IntentRecord, *, address: str) -> None:
        """The same intent and key once more, with a new retry budget, to where the applicant is reached now."""
        self._set(
            record,
            IntentState.PLANNED,
            address=address,
            attempts=0,
            first_tried_at=None,
            next_try_at=None,
            settled_at=None,
            reason="",
        )

    def go_elsewhere(self, application_id: int, addresses: Mapping[str, str]) -> None:
        """What waits for an address, old → new, goes to the new one."""
        table = schema.intents
        for old, new in addresses.items():
            self._connection.execute(
                table.update()
                .where(
                    table.c.application_id == application_id,
                    table.c.state == IntentState.PLANNED.value,
                    table.c.address == old,
                )
                .values(address=new)
            )

    def sent_in_a_day(self, channel: str, until: datetime) -> int:
        """Mail providers count over the last 24 hours."""
        return self.sent_between(channel, until - _DAY, until)

    def sent_between(self, channel: str, since: datetime, until: datetime) -> int:
        """How many went out over a channel in that time: what its daily quota has used. By email also what the office itself
        was told."""
        offices = (schema.office_mails, schema.sign_ins) if channel == "email" else ()
        own = sum(self._went(table, since, until) for table in offices)
        table = schema.intents
        return own + self._went(table, since, until, table.c.channel == channel)

    def _went(self, table: Table, since: datetime, until: datetime, *where: Any) -> int:
        went = (IntentState.DELIVERED.value, IntentState.UNCERTAIN.value)
        query = select(func.count()).where(
            *where,
            table.c.settled_at >= since,
            table.c.settled_at <= until,
            table.c.state.in_(went),
        )
        return int(self._connection.execute(query).scalar_one())

    def told_since(self, address: str, since: datetime, *, limit: int) -> int:
        """How many notices an address was to be told since then, counted up to `limit`."""
        table = schema.intents
        notices = (
            select(table.c.id)
            .where(
                table.c.planned_at >= since,
                func.lower(table.c.address) == address.lower(),
                table.c.kind != Kind.LETTER.value,
                table.c.state != IntentState.DROPPED.value,
            )
            .limit(limit)
        )
        found = select(func.count()).select_from(notices.subquery())
        return int(self._connection.execute(found).scalar_one())

    def _set(
        self, record: IntentRecord, state: IntentState, *, by: Update = _MOVE, **columns: Any
    ) -> None:
        move = {"which": record.intent.id, "was": record.intent.state.value, "state": state.value}
        if self._connection.execute(by, move | columns).rowcount != 1:
            raise Overtaken(f"intent {record.intent.id}")

    def _records(
        self, *where: Any, limit: int | None = None, order: tuple[Any, ...] = (schema.intents.c.id,)
    ) -> list[IntentRecord]:
        query = _RECORDS.where(*where).order_by(*order)
        if limit is not None:
            query = query.limit(limit)
        return [_record(row) for row in self._connection.execute(query)]


def _free(at: datetime) -> tuple[ColumnElement[bool]]:
    return (free(Work.SENDING, schema.intents.c.id, at),)


def _its_time_has_come(at: datetime) -> ColumnElement[bool]:
    """Also where the time lies further ahead than any pause: then the clock was set back meanwhile."""
    until = schema.intents.c.next_try_at
    return or_(until.is_(None), until <= at, until > at + 2 * LONGEST_PAUSE)


def unsettled(records: Collection[IntentRecord]) -> list[IntentRecord]:
    waiting = (IntentState.PLANNED, IntentState.SENDING)
    return [record for record in records if record.intent.state in waiting]


def latest(records: Collection[IntentRecord], kind: Kind) -> dict[str, IntentRecord]:
    """The newest intent of a kind by channel, channels in the order they were planned in."""
    newest: dict[str, IntentRecord] = {}
    for record in records:
        if record.intent.kind is kind:
            newest[record.intent.channel] = record
    return newest


def _record(row: Row[Any]) -> IntentRecord:
    return IntentRecord(
        intent=intent_of(row),
        series=row.series,
        facts=row.facts,
        first_tried_at=row.first_tried_at,
        next_try_at=row.next_try_at,
        reason=row.reason,
        receipt=row.receipt,
        link=row.link,
        planned_at=row.planned_at,
        settled_at=row.settled_at,
    )


def intent_of(row: Row[Any]) -> Intent:
    """Of a row of `intents` with its application's reference and workflow."""
    return Intent(
        id=row.id,
        application_id=row.application_id,
        reference=row.reference,
        workflow=row.workflow,
        kind=Kind(row.kind),
        channel=row.channel,
        key=row.key,
        address=row.address,
        state=IntentState(row.state),
        attempts=row.attempts,
    )
