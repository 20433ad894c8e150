"""Where the rows of applications were last seen in the sheet, and which of them want to be looked at.

A place is a hint and stale at once: whoever looks there finds the application's row, or learns that rows moved.
What is asked here costs what it answers, however many applications there are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select, union, update

from sync.core.states import WITH_OFFICE, State
from sync.ledger import schema
from sync.ledger.applications import of_workflow
from sync.ledger.parts import in_parts
from sync.ledger.upsert import upsert

_applications, _places = schema.applications, schema.places
_joined = _applications.outerjoin(_places, _places.c.application_id == _applications.c.id)
_EXPECTED = select(
    _applications.c.id,
    _applications.c.reference,
    _applications.c.submitted,
    _applications.c.decision_seen,
    _applications.c.state,
    _applications.c.queued,
    _applications.c.updated_at,
    _applications.c.erased_at,
    _applications.c.shown,
    _places.c.row,
).select_from(_joined)


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """What an application's row should show, without its answers, and where it was last seen (None: nowhere)."""

    id: int
    reference: str
    submitted: str
    decision_seen: str
    state: State
    queued: bool
    updated_at: datetime
    erased_at: datetime | None
    shown: bool
    row: int | None


class Places:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def expected(self, workflow: str, references: Collection[str]) -> dict[str, ExpectedRow]:
        found: dict[str, ExpectedRow] = {}
        for part in in_parts(references):
            where = (of_workflow(workflow), _applications.c.reference.in_(part))
            found |= {one.reference: one for one in self._expected(*where)}
        return found

    def within(self, workflow: str, first: int, last: int) -> dict[int, int]:
        """Applications whose rows were last seen there → their rows."""
        query = select(_places.c.application_id, _places.c.row).where(
            _places.c.workflow == workflow, _places.c.row.between(first, last)
        )
        return {one.application_id: one.row for one in self._connection.execute(query)}

    def at(self, workflow: str, rows: Collection[int]) -> dict[int, int]:
        """As `within`, for single rows."""
        found: dict[int, int] = {}
        for part in in_parts(rows):
            query = select(_places.c.application_id, _places.c.row).where(
                _places.c.workflow == workflow, _places.c.row.in_(part)
            )
            found |= {one.application_id: one.row for one in self._connection.execute(query)}
        return found

    def of(self, ids: Collection[int]) -> dict[int, int]:
        """As `within`, for these applications."""
        found: dict[int, int] = {}
        for part in in_parts(ids):
            query = select(_places.c.application_id, _places.c.row).where(
                _places.c.application_id.in_(part)
            )
            found |= {one.application_id: one.row for one in self._connection.execute(query)}
        return found

    def known(self, ids: Collection[int]) -> dict[int, tuple[int | None, bool]]:
        """Of each of these applications: where its row was last seen, and whether it shows the last word."""
        found: dict[int, tuple[int | None, bool]] = {}
        query = select(_applications.c.id, _places.c.row, _applications.c.shown)
        for part in in_parts(ids):
            rows = self._connection.execute(
                query.select_from(_joined).where(_applications.c.id.in_(part))
            )
            found |= {one.id: (one.row, one.shown) for one in rows}
        return found

    def end(self, workflow: str) -> int:
        """The last row that an application was seen in; 0 when there is none."""
        query = select(_places.c.row).where(_places.c.workflow == workflow)
        found = self._connection.execute(query.order_by(_places.c.row.desc()).limit(1)).scalar()
        return int(found or 0)

    def signs(self, ids: Collection[int]) -> tuple[set[str], set[str]]:
        """By which rows of these applications may be known: their references, and the moments that they held, now or
        formerly."""
        references, moments = set[str](), set[str]()
        former = schema.replaced_rows
        for part in in_parts(ids):
            query = select(_applications.c.reference, _applications.c.submitted)
            for row in self._connection.execute(query.where(_applications.c.id.in_(part))):
                references.add(row.reference)
                moments.add(row.submitted)
            held = select(former.c.submitted).where(former.c.application_id.in_(part))
            moments |= set(self._connection.execute(held).scalars())
        return references, moments - {""}

    def awake(self, workflow: str, *, below: int | None, mending_since: datetime) -> Iterator[int]:
        """Rows that something is expected of: somebody decides there, or they don't show the last word. The lowest
        in the sheet first, from `below` upwards. Whoever has been mending for longer is left to the survey."""
        waiting = _applications.c.state.in_([state.value for state in WITH_OFFICE])
        mending = and_(
            _applications.c.state == State.NEEDS_FIXING.value,
            _applications.c.updated_at >= mending_since,
        )
        awake = union(  # each by its own index
            *(
                select(_applications.c.id).where(_applications.c.workflow == workflow, expected)
                for expected in (_applications.c.shown.is_(False), waiting, mending)
            )
        ).subquery()
        query = (
            select(_places.c.row)
            .join(awake, awake.c.id == _places.c.application_id)
            .order_by(_places.c.row.desc())
        )
        if below is not None:
            query = query.where(_places.c.row < below)
        yield from self._connection.execute(query).scalars()

    def unshown(self, workflow: str, *, after: int, limit: int) -> list[int]:
        """Rows that don't show what is said here, in the sheet's order."""
        query = (
            select(_places.c.row)
            .select_from(_joined)
            .where(
                _applications.c.workflow == workflow,
                _applications.c.shown.is_(False),
                _places.c.row > after,
            )
            .order_by(_places.c.row)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def put(self, workflow: str, rows: Mapping[int, int]) -> None:
        """Application → row."""
        if rows:
            statement = upsert(
                _places,
                self._connection,
                {"row": bindparam("row")},
                application_id=bindparam("application_id"),
                workflow=workflow,
                row=bindparam("row"),
            )
            told = [{"application_id": one, "row": row} for one, row in rows.items()]
            self._connection.execute(statement, told)

    def forget(self, ids: Iterable[int]) -> None:
        """No row is theirs."""
        for part in in_parts(ids):
            self._connection.execute(delete(_places).where(_places.c.application_id.in_(part)))

    def shows(self, seen: Mapping[int, datetime]) -> None:
        """Application → `updated_at` of what its row was seen to show. What changed meanwhile is not shown."""
        if seen:
            statement = (
                update(_applications)
                .where(
                    _applications.c.id == bindparam("which"),
                    _applications.c.updated_at == bindparam("of"),
                )
                .values(shown=True)
            )
            self._connection.execute(
                statement, [{"which": one, "of": moment} for one, moment in seen.items()]
            )

    def _expected(self, *where: Any) -> Iterator[ExpectedRow]:
        for row in self._connection.execute(_EXPECTED.where(*where)):
            values = row._asdict()
            yield ExpectedRow(**(values | {"state": State(values["state"])}))
