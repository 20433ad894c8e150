"""What citizens' pages ask: one application for its applicant, and one-time links to its letter.

Of a link only the SHA-256 of its token is kept: who reads the ledger cannot use it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, func, select, update

from sync.core.delivery import Kind
from sync.core.desk import Cell
from sync.core.states import State
from sync.ledger import schema
from sync.ledger.verification import REINSTATED, WITHDRAWN


@dataclass(frozen=True, slots=True)
class Seen:
    """An application as its applicant may see it. `since`: when it came into its state; `withdrawn`: the office
    took its letter back; `answers` to compare with only."""

    id: int
    reference: str
    workflow: str
    state: State
    answers: dict[str, Cell]
    name: str
    queued: bool
    received_at: datetime
    since: datetime
    has_letter: bool
    withdrawn: bool


_applications, _events, _links = schema.applications, schema.events, schema.letter_links
_SINCE = (
    select(func.max(_events.c.at))
    .where(
        _events.c.application_id == _applications.c.id,
        _events.c.detail["to"].as_string() == _applications.c.state,
    )
    .correlate(_applications)
    .scalar_subquery()
)
_WORD_ON_IT = (
    select(_events.c.kind)
    .where(
        _events.c.application_id == _applications.c.id,
        _events.c.kind.in_((WITHDRAWN, REINSTATED)),
    )
    .order_by(_events.c.id.desc())
    .limit(1)
    .correlate(_applications)
    .scalar_subquery()
)
_SEEN = select(
    _applications.c.id,
    _applications.c.reference,
    _applications.c.workflow,
    _applications.c.state,
    _applications.c.answers,
    _applications.c.name,
    _applications.c.queued,
    _applications.c.received_at,
    func.coalesce(_SINCE, _applications.c.received_at, type_=schema.Moment()).label("since"),
    exists().where(schema.documents.c.application_id == _applications.c.id).label("has_letter"),
    (func.coalesce(_WORD_ON_IT, "") == WITHDRAWN).label("withdrawn"),
)
_BY_REFERENCE = _SEEN.where(_applications.c.reference.in_(bindparam("wanted", expanding=True)))
_BY_ID = _SEEN.where(_applications.c.id == bindparam("wanted"))


class Citizens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, reference: str) -> Seen | None:
        return self.find_all([reference]).get(reference)

    def find_all(self, references: Sequence[str]) -> dict[str, Seen]:
        """By their references; one question, whatever comes of it. At most some hundred."""
        rows = self._connection.execute(_BY_REFERENCE, {"wanted": references})
        return {row.reference: seen for row in rows if (seen := _seen(row))}

    def get(self, application_id: int) -> Seen | None:
        return _seen(self._connection.execute(_BY_ID, {"wanted": application_id}).first())

    def links_asked(self, application_id: int, since: datetime) -> int:
        """How many links were asked for by email since then."""
        table = schema.intents
        return int(
            self._connection.execute(
                select(func.count()).where(
                    table.c.application_id == application_id,
                    table.c.kind == Kind.LINK.value,
                    table.c.planned_at >= since,
                )
            ).scalar_one()
        )

    def keep_link(self, token: str, application_id: int, at: datetime, until: datetime) -> None:
        """Links that nobody can use any more are forgotten meanwhile."""
        self._connection.execute(_links.delete().where(_links.c.expires_at <= at))
        self._connection.execute(
            _links.insert().values(
                token_hash=_hash(token), application_id=application_id, made_at=at, expires_at=until
            )
        )

    def linked(self, token: str, at: datetime) -> int | None:
        """The application whose letter the link leads to; None when it is unknown, used or too old."""
        found: int | None = self._connection.execute(
            select(_links.c.application_id).where(*_usable(token, at))
        ).scalar()
        return found

    def use_link(self, token: str, at: datetime) -> bool:
        """Whether it was still to be used: never twice, however many ask at once."""
        used = self._connection.execute(
            update(_links).where(*_usable(token, at)).values(used_at=at)
        )
        return used.rowcount == 1


def _usable(token: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _links.c.token_hash == _hash(token),
        _links.c.used_at.is_(None),
        _links.c.expires_at > at,
    )


def _hash(token: str) -> str:
    """The token is 256 random bits: no salt is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _seen(row: Row[tuple[object, ...]] | None) -> Seen | None:
    if row is None:
        return None
    values = row._asdict()
    values["state"] = State(values["state"])
    return Seen(**values)
