"""Applications and what happened to them.

Every change names the state it was made from; when another got there first, nothing changes and Overtaken is
raised. Every change records an event in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, func, select, tuple_

from sync.core.application import Application, Event, sender_of
from sync.core.desk import Cell
from sync.core.matching import Identity, Known
from sync.core.references import make_reference
from sync.core.states import WANTS_ITS_ROW, State, ensure_allowed
from sync.ledger import schema
from sync.ledger.claims import Work, free
from sync.ledger.numbers import Numbers
from sync.ledger.parts import in_parts
from sync.ledger.upsert import upsert

_FIELDS = tuple(Application.__slots__)
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_NO_HINDRANCE = (State.REJECTED, State.CANCELLED, State.NEEDS_FIXING)


# Asked for every letter: made once, for making a statement takes SQLAlchemy longer than SQLite takes to carry it out.
_COLUMNS = tuple(schema.applications.c[name] for name in _FIELDS)
_BY_ID = select(*_COLUMNS).where(schema.applications.c.id == bindparam("which"))
_HELD = _BY_ID.with_for_update(key_share=True)  # others may record events meanwhile
_MOVE = (
    schema.applications.update()
    .where(
        schema.applications.c.id == bindparam("which"),
        schema.applications.c.state == bindparam("was"),
    )
    .returning(*_COLUMNS)
)
_EVENT = schema.events.insert()


class Overtaken(Exception):
    """Somebody else was first: the application is no longer in the state that the change was made from."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new row, as it is registered. `year` is the office's year; `at` is aware."""

    workflow: str
    prefix: str
    year: int
    answers: dict[str, Cell]
    fingerprint: str
    submitted: str
    same_key: str | None
    name: str
    email: str
    phone: str
    at: datetime


class Applications:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def register(self, arrival: Arrival) -> Application:
        """Gives the row its reference and the state RECEIVED."""
        serial = Numbers(self._connection).next_reference(arrival.prefix, arrival.year)
        reference = make_reference(arrival.prefix, arrival.year, serial)
        table = schema.applications
        row_id = self._connection.execute(
            table.insert()
            .values(
                reference=reference,
                workflow=arrival.workflow,
                state=State.RECEIVED.value,
                answers=arrival.answers,
                fingerprint=arrival.fingerprint,
                submitted=arrival.submitted,
                same_key=arrival.same_key,
                name=arrival.name,
                email=arrival.email,
                phone=arrival.phone,
                received_at=arrival.at,
                updated_at=arrival.at,
            )
            .returning(table.c.id)
        ).scalar_one()
        self.record(row_id, arrival.at, "received")
        return self.get(row_id)

    def change(
        self,
        application: Application,
        *,
        at: datetime,
        event: str = "",
        detail: dict[str, Any] | None = None,
        states: Iterable[State] = (),
        **columns: Any,
    ) -> Application:
        """Moves through `states` in order and sets columns, if the application is still where it was.

        Raises Forbidden for a move the table does not allow, Overtaken when someone else was first.
        """
        then = application.state
        for state in states:
            ensure_allowed(then, state)
            then = state
        if any(getattr(application, name, ...) != value for name, value in columns.items()) or (
            then is not application.state
        ):
            columns["updated_at"] = at
        move = {"which": application.id, "was": application.state.value, "state": then.value}
        row = self._connection.execute(_MOVE, move | columns).first()
        if row is None:
            raise Overtaken(application.reference)
        if event:
            moved = (
                {"from": application.state.value, "to": then.value}
                if then != application.state
                else {}
            )
            self.record(application.id, at, event, moved | (detail or {}))
        return _application(row)

    def record(
        self, application_id: int, at: datetime, kind: str, detail: dict[str, Any] | None = None
    ) -> None:
        """Appends an event. `detail` must hold no citizen's data: events outlive what is erased."""
        self._connection.execute(
            _EVENT,
            {"application_id": application_id, "at": at, "kind": kind, "detail": detail or {}},
        )

    def get(self, application_id: int) -> Application:
        return _application(self._connection.execute(_BY_ID, {"which": application_id}).one())

    def hold(self, application_id: int) -> Application:
        """As `get`, once nobody else is at it; nobody is until this transaction ends. SQLite has one writer anyway."""
        return _application(self._connection.execute(_HELD, {"which": application_id}).one())

    def find(self, reference: str) -> Application | None:
        table = schema.applications
        row = self._connection.execute(_select().where(table.c.reference == reference)).first()
        return _application(row) if row else None

    def many(self, ids: Collection[int]) -> dict[int, Application]:
        table = schema.applications
        found: dict[int, Application] = {}
        for part in in_parts(ids):
            for row in self._connection.execute(_select().where(table.c.id.in_(part))):
                found[row.id] = _application(row)
        return found

    def known_by_reference(self, workflow: str, references: Collection[str]) -> dict[str, Known]:
        table = schema.applications
        found: dict[str, Known] = {}
        for part in in_parts(references):
            for known in self._known(of_workflow(workflow), table.c.reference.in_(part)):
                found[known.reference] = known
        return found

    def known_by_identity(
        self, workflow: str, identities: Collection[Identity]
    ) -> dict[Identity, list[Known]]:
        table = schema.applications
        found: dict[Identity, list[Known]] = defaultdict(list)
        for part in in_parts(identities):
            for known in self._known(table.c.workflow == workflow, *_are(table, part)):
                found[known.identity].append(known)
        return dict(found)

    def place(self, ids: Collection[int]) -> None:
        """Their references were seen in the sheet."""
        table = schema.applications
        for part in in_parts(ids):
            self._connection.execute(table.update().where(table.c.id.in_(part)).values(placed=True))

    def unplaced(self, workflow: str) -> list[int]:
        """The ids of those registered, and never yet seen in the sheet with their reference; the oldest first."""
        table = schema.applications
        unseen = (table.c.shown.is_(False), table.c.placed.is_(False))
        found = select(table.c.id).where(table.c.workflow == workflow, *unseen)
        return list(self._connection.execute(found.order_by(table.c.id)).scalars())

    def with_row(self, workflow: str) -> set[int]:
        """The ids of applications that had a row when they were last looked for."""
        table = schema.applications
        there = select(table.c.id).where(table.c.workflow == workflow, table.c.missing_at.is_(None))
        return set(self._connection.execute(there).scalars())

    def missing(self, ids: Collection[int]) -> set[int]:
        """Those of them that had none."""
        table = schema.applications
        found = set[int]()
        for part in in_parts(ids):
            query = select(table.c.id).where(table.c.id.in_(part), table.c.missing_at.is_not(None))
            found |= set(self._connection.execute(query).scalars())
        return found

    def row_missing(self, ids: Collection[int], at: datetime) -> None:
        """No row of the sheet is theirs any more."""
        self._mark_rows(ids, at, "row_missing", missing_at=at)

    def row_back(self, ids: Collection[int], at: datetime) -> None:
        self._mark_rows(ids, at, "row_back", missing_at=None)

    def wanting_their_row(self, workflow: str | None = None) -> list[Application]:
        """Their row was deleted, and without it nobody can go on with them; the oldest first."""
        table = schema.applications
        query = _select().where(
            table.c.missing_at > _EVER,  # by the index, which "is not null" would not use
            table.c.state.in_([state.value for state in WANTS_ITS_ROW]),
        )
        if workflow is not None:
            query = query.where(table.c.workflow == workflow)
        return [_application(row) for row in self._connection.execute(query.order_by(table.c.id))]

    def is_empty(self, workflow: str) -> bool:
        """Whether this ledger never served the workflow."""
        table = schema.applications
        query = select(table.c.id).where(table.c.workflow == workflow).limit(1)
        return self._connection.execute(query).first() is None

    def came_since(self, since: datetime) -> dict[str, int]:
        """How many applications of each sender (core.application.sender_of) came since then, of every workflow."""
        table = schema.applications
        rows = self._connection.execute(
            select(table.c.email, table.c.phone, func.count())
            .where(table.c.received_at >= since)
            .group_by(table.c.email, table.c.phone)
        )
        came: dict[str, int] = defaultdict(int)
        for email, phone, count in rows:
            came[sender_of(email, phone)] += count
        return came

    def replace_row(self, application: Application) -> None:
        """Other answers stand in the application's row now, or in another row: what it held so far is remembered.

        Not without a form's timestamp: the same answers may then be given again, in good faith.
        """
        if not application.submitted:
            return
        self._connection.execute(
            upsert(
                schema.replaced_rows,
                self._connection,
                workflow=application.workflow,
                fingerprint=application.fingerprint,
                submitted=application.submitted,
                application_id=application.id,
            )
        )

    def replaced(self, workflow: str, identities: Collection[Identity]) -> dict[Identity, int]:
        """What rows held before they were edited, or answered again elsewhere → their application."""
        table = schema.replaced_rows
        found: dict[Identity, int] = {}
        for part in in_parts(identities):
            rows = self._connection.execute(
                select(table.c.fingerprint, table.c.submitted, table.c.application_id).where(
                    table.c.workflow == workflow, *_are(table, part)
                )
            )
            found |= {(row.fingerprint, row.submitted): row.application_id for row in rows}
        return found

    def formerly_at(self, workflow: str, moments: Collection[str]) -> dict[str, set[int]]:
        """By the timestamp cell: the applications whose rows of these moments held something formerly."""
        table = schema.replaced_rows
        found: dict[str, set[int]] = {}
        for part in in_parts(moments):
            rows = self._connection.execute(
                select(table.c.submitted, table.c.application_id).where(
                    table.c.workflow == workflow, table.c.submitted.in_(part)
                )
            )
            for row in rows:
                found.setdefault(row.submitted, set()).add(row.application_id)
        return found

    def awaiting_letter(
        self, workflow: str, *, limit: int | None = None, unclaimed_at: datetime | None = None
    ) -> list[Application]:
        """Approved, or to be delivered, and without a letter yet; the oldest first. `unclaimed_at`: that no worker of the
        cluster has in hand then."""
        table = schema.applications
        documents = schema.documents
        rows = self._connection.execute(
            _select()
            .outerjoin(documents, documents.c.application_id == table.c.id)
            .where(
                table.c.workflow == workflow,
                table.c.state.in_([State.APPROVED.value, State.DELIVERING.value]),
                documents.c.application_id.is_(None),
                *((free(Work.LETTER, table.c.id, unclaimed_at),) if unclaimed_at else ()),
            )
            .order_by(table.c.id)
            .limit(limit)
        )
        return [_application(row) for row in rows]

    def of_workflow(self, workflow: str | None = None) -> Iterator[Application]:
        """Every application, the oldest first; of all workflows when none is named."""
        table = schema.applications
        query = _select().order_by(table.c.id)
        if workflow is not None:
            query = query.where(table.c.workflow == workflow)
        for row in self._connection.execute(query):
            yield _application(row)

    def in_state(self, state: State) -> list[Application]:
        """Of all workflows; the oldest first."""
        query = _select().where(schema.applications.c.state == state.value)
        found = self._connection.execute(query.order_by(schema.applications.c.id))
        return [_application(row) for row in found]

    def counts(self) -> dict[tuple[str, State], int]:
        """How many applications a workflow has in each state."""
        per = (schema.applications.c.workflow, schema.applications.c.state)
        rows = self._connection.execute(select(*per, func.count()).group_by(*per))
        return {(workflow, State(state)): count for workflow, state, count in rows}

    def same(
        self, workflow: str, same_key: str, *, since: datetime, excluding: int
    ) -> Application | None:
        """The latest earlier application with the same key since then that was not turned down and does not
        itself wait for mending: two that wait for each other would wait for ever."""
        table = schema.applications
        row = self._connection.execute(
            _select()
            .where(
                table.c.workflow == workflow,
                table.c.same_key == same_key,
                table.c.received_at >= since,
                table.c.id < excluding,
                table.c.state.not_in([state.value for state in _NO_HINDRANCE]),
            )
            .order_by(table.c.id.desc())
            .limit(1)
        ).first()
        return _application(row) if row else None

    def events(self, application_id: int) -> list[Event]:
        table = schema.events
        rows = self._connection.execute(
            select(table.c.at, table.c.kind, table.c.detail)
            .where(table.c.application_id == application_id)
            .order_by(table.c.id)
        )
        return [Event(*row) for row in rows]

    def _mark_rows(self, ids: Collection[int], at: datetime, kind: str, **columns: Any) -> None:
        table = schema.applications
        for part in in_parts(ids):
            self._connection.execute(table.update().where(table.c.id.in_(part)).values(**columns))
            self._connection.execute(
                _EVENT,
                [{"application_id": one, "at": at, "kind": kind, "detail": {}} for one in part],
            )

    def _known(self, *where: Any) -> Iterator[Known]:
        table = schema.applications
        query = select(
            table.c.id, table.c.reference, table.c.fingerprint, table.c.submitted, table.c.placed
        )
        for row in self._connection.execute(query.where(*where).order_by(table.c.id)):
            yield Known(row.id, row.reference, (row.fingerprint, row.submitted), row.placed)


def _select() -> Any:
    return select(*_COLUMNS)


def _application(row: Row[Any]) -> Application:
    values = row._asdict()
    values["state"] = State(values["state"])
    return Application(**values)


def _are(table: Table, identities: Collection[Identity]) -> tuple[ColumnElement[bool], ...]:
    """The fingerprints apart too: SQLite uses no index for pairs."""
    pairs = tuple_(table.c.fingerprint, table.c.submitted).in_(identities)
    return table.c.fingerprint.in_({one for one, _ in identities}), pairs


def of_workflow(name: str) -> ColumnElement[bool]:
    """Beside what tells single applications: not to be looked up by an index, which would list all of the workflow."""
    return func.coalesce(schema.applications.c.workflow, "") == name
