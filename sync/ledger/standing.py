"""How a workflow stands: the few figures that officers and the responsible person are shown. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from sync.core.delivery import IntentState, Kind, quota_reason
from sync.core.states import State
from sync.ledger import schema


@dataclass(frozen=True, slots=True)
class Overdue:
    """Letters that were tried and have not arrived: how many, and why the one that waits longest has not."""

    count: int
    reason: str


class Standing:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def overdue(self, workflow: str, tried_before: datetime) -> Overdue | None:
        """Of those that wait for another attempt, not for quota."""
        intents, applications = schema.intents, schema.applications
        rows = self._connection.execute(
            select(intents.c.reason)
            .join(applications, applications.c.id == intents.c.application_id)
            .where(
                applications.c.workflow == workflow,
                intents.c.kind == Kind.LETTER.value,
                intents.c.state.in_([IntentState.PLANNED.value, IntentState.SENDING.value]),
                intents.c.first_tried_at <= tried_before,
                intents.c.reason.not_in([quota_reason(channel) for channel in ("email", "drive")]),
            )
            .order_by(intents.c.first_tried_at, intents.c.id)
        ).scalars()
        reasons = list(rows)
        return Overdue(len(reasons), next(filter(None, reasons), "")) if reasons else None

    def late(self, workflow: str, came_before: datetime, *, limit: int) -> list[int]:
        """Ids of those that still wait for an officer, the oldest first, and whose applicants were not told so."""
        applications, intents = schema.applications, schema.intents
        told = select(intents.c.application_id).where(
            intents.c.application_id == applications.c.id, intents.c.kind == Kind.DELAYED.value
        )
        return list(
            self._connection.execute(
                select(applications.c.id)
                .where(
                    applications.c.workflow == workflow,
                    applications.c.state == State.IN_REVIEW.value,
                    applications.c.received_at < came_before,
                    applications.c.email != "",
                    ~told.exists(),
                )
                .order_by(applications.c.id)
                .limit(limit)
            ).scalars()
        )

    def unmade(self, workflow: str) -> list[str]:
        """The notes of applications whose letter could not be made since the last one that could."""
        applications, documents = schema.applications, schema.documents
        failed = self._connection.execute(
            select(applications.c.note, applications.c.updated_at)
            .outerjoin(documents, documents.c.application_id == applications.c.id)
            .where(
                applications.c.workflow == workflow,
                applications.c.state == State.FAILED.value,
                documents.c.application_id.is_(None),
            )
            .order_by(applications.c.updated_at.desc())
        ).all()
        if not failed:  # as nearly always: the last letter is searched among all
            return []
        made_at = self._connection.execute(
            select(func.max(documents.c.made_at))
            .join(applications, applications.c.id == documents.c.application_id)
            .where(applications.c.workflow == workflow)
        ).scalar()
        return [row.note for row in failed if made_at is None or row.updated_at > made_at]
