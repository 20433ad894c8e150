"""What the dashboard asks: how many wait, for how long, what came and ended on a day, and which applications those are.

What waits is counted in one look by the index of states; what happened, by the indexes of moments. Nothing here reads
the applications that are done, but those of the days that are asked for.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
)

from sync.core.dashboard.figures import End, Group
from sync.core.delivery import IntentState
from sync.core.report.day import ENDS
from sync.core.states import State
from sync.ledger import schema
from sync.ledger.applications import of_workflow
from sync.ledger.desks import Desks

_applications, _events, _places = schema.applications, schema.events, schema.places
_earlier = schema.events.alias("earlier")
_ENDS = [state.value for state in ENDS]
_TOLD = ("reference", "workflow", "state", "queued", "name", "received_at")
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_WENT = (IntentState.DELIVERED.value, IntentState.UNCERTAIN.value)
_to = _events.c.detail["to"].as_string()
_first_end = and_(
    _to.in_(_ENDS),
    _events.c.kind != "recovered",  # nobody knows when that happened
    ~exists().where(
        _earlier.c.application_id == _events.c.application_id,
        _earlier.c.id < _events.c.id,
        _earlier.c.detail["to"].as_string().in_(_ENDS),
    ),
)


@dataclass(frozen=True, slots=True)
class InState:
    """Applications by how they stand now. `queued` None: either way; `late`: those that came before their service's moment,
    None: all; `row_gone`: those alone whose row of the sheet was deleted."""

    states: Collection[State]
    queued: bool | None = None
    came_from: datetime | None = None
    came_before: datetime | None = None
    late: Mapping[str, datetime] | None = None
    row_gone: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """Applications by what happened between two moments: they came (`end` None), or ended so for the first time."""

    since: datetime
    until: datetime
    end: State | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Applications of which something went out over a channel since then."""

    channel: str
    since: datetime


Asked = InState | Happened | Sent


@dataclass(frozen=True, slots=True)
class Line:
    """An application in a list, without its answers. `row`: where it was last seen in the sheet, stale at once."""

    reference: str
    workflow: str
    state: State
    queued: bool
    name: str
    received_at: datetime
    row: int | None


class Waiting:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def workflows(self) -> tuple[str, ...]:
        """Those that were ever applied for."""
        found = select(_applications.c.workflow).distinct()
        return tuple(self._connection.execute(found).scalars())

    def tab(self, workflow: str) -> int | None:
        """The id of its tab in the spreadsheet, for links to a row; None where nobody noted it yet."""
        noted = Desks(self._connection).resource(tab_name(workflow))
        return None if noted is None else int(noted)

    def groups(
        self,
        states: Collection[State],
        ages: Sequence[datetime],
        late: Mapping[str, datetime],
    ) -> list[Group]:
        """How many are in these states. `ages`: who came at or after the first is of age 0, and so on; `late` by workflow:
        who came before waits too long."""
        table = _applications
        age = case(
            *((table.c.received_at >= moment, place) for place, moment in enumerate(ages)),
            else_=len(ages),
        ).label("age")
        overdue = case((_late(late), 1), else_=0).label("late")
        per = (table.c.workflow, table.c.state, table.c.queued, age, overdue)
        query = select(*per, func.count()).where(*_standing(self.workflows, states)).group_by(*per)
        return [
            Group(workflow, State(state), queued, age, bool(late), count)
            for workflow, state, queued, age, late, count in self._connection.execute(query)
        ]

    def came(self, days: Sequence[datetime]) -> dict[tuple[str, int], int]:
        """(workflow, place) → how many came from days[place] until the next."""
        if len(days) < 2:
            return {}
        table = _applications
        place = case(
            *((table.c.received_at < end, at) for at, end in enumerate(days[1:])), else_=-1
        )
        query = (
            select(table.c.workflow, place, func.count())
            .where(table.c.received_at >= days[0], table.c.received_at < days[-1])
            .group_by(table.c.workflow, place)
        )
        return {(workflow, at): count for workflow, at, count in self._connection.execute(query)}

    def ends(self, since: datetime, until: datetime) -> Iterator[End]:
        """First ends: a letter that is sent again is no second one."""
        query = (
            select(_applications.c.workflow, _applications.c.received_at, _events.c.at, _to)
            .join(_applications, _applications.c.id == _events.c.application_id)
            .where(_events.c.at >= since, _events.c.at < until, _first_end)
        )
        for workflow, received_at, at, to in self._connection.execute(query):
            yield End(workflow, received_at, at, State(to))

    def count(self, asked: Asked, service: str = "") -> int:
        """`service` "" for all."""
        found = self._ids(asked, service).subquery()
        query = select(func.count()).select_from(found)
        return int(self._connection.execute(query).scalar_one())

    def lines(self, asked: Asked, service: str = "", *, limit: int, skip: int = 0) -> list[Line]:
        """Those that stand so, who came first before the others; of what happened, the latest first."""
        page = self._ids(asked, service).order_by(*_order(asked)).limit(limit).offset(skip)
        ids = list(self._connection.execute(page).scalars())
        table, places = _applications, _places
        query = (
            select(*(table.c[name] for name in ("id", *_TOLD)), places.c.row)
            .outerjoin(places, places.c.application_id == table.c.id)
            .where(table.c.id.in_(ids))
        )
        found = {row.id: row for row in self._connection.execute(query)}
        return [_line(found[one]) for one in ids]

    def _ids(self, asked: Asked, service: str) -> Select[Any]:
        if not isinstance(asked, InState):
            return _ids(asked, service)
        of = _standing([service] if service else self.workflows, asked.states)
        return select(_applications.c.id).where(*of, *_narrowed(asked))


def _ids(asked: Happened | Sent, service: str) -> Select[Any]:
    table = _applications
    if isinstance(asked, Sent):
        intents = schema.intents
        return (
            select(intents.c.application_id)
            .where(
                intents.c.channel == asked.channel,
                intents.c.settled_at >= asked.since,
                intents.c.state.in_(_WENT),
                *_of(intents.c.application_id, service),
            )
            .group_by(intents.c.application_id)
        )
    if asked.end is None:
        came = table.c.received_at
        own = (of_workflow(service),) if service else ()
        return select(table.c.id).where(came >= asked.since, came < asked.until, *own)
    return select(_events.c.application_id).where(
        _events.c.at >= asked.since,
        _events.c.at < asked.until,
        _to == asked.end.value,
        _first_end,
        *_of(_events.c.application_id, service),
    )


def _of(application_id: ColumnElement[int], service: str) -> tuple[ColumnElement[bool], ...]:
    """Only that service's; "" for all."""
    table = _applications
    return (exists().where(table.c.id == application_id, of_workflow(service)),) if service else ()


def _order(asked: Asked) -> tuple[ColumnElement[Any], ...]:
    table = _applications
    if isinstance(asked, InState):
        return (table.c.received_at, table.c.id)
    if isinstance(asked, Sent):
        return (func.max(schema.intents.c.settled_at).desc(), schema.intents.c.application_id)
    if asked.end is None:
        return (table.c.received_at.desc(), table.c.id.desc())
    return (_events.c.at.desc(), _events.c.id.desc())


def _narrowed(asked: InState) -> Iterator[ColumnElement[bool]]:
    table = _applications
    if asked.queued is not None:
        yield table.c.queued.is_(asked.queued)
    if asked.came_from is not None:
        yield table.c.received_at >= asked.came_from
    if asked.came_before is not None:
        yield table.c.received_at < asked.came_before
    if asked.late is not None:
        yield _late(asked.late)
    if asked.row_gone:
        yield table.c.missing_at > _EVER  # by the index, which "is not null" would not use


def tab_name(workflow: str) -> str:
    """The resource that its tab's id is kept as."""
    return f"tab {workflow}"[:160]


def _line(row: Any) -> Line:
    values = row._asdict()
    del values["id"]
    return Line(**(values | {"state": State(values["state"])}))


def _standing(
    workflows: Collection[str], states: Collection[State]
) -> tuple[ColumnElement[bool], ...]:
    """By their index, which begins with the workflow."""
    return (
        _applications.c.workflow.in_(workflows),
        _applications.c.state.in_([state.value for state in states]),
    )


def _late(late: Mapping[str, datetime]) -> ColumnElement[bool]:
    table = _applications
    each = (and_(table.c.workflow == name, table.c.received_at < at) for name, at in late.items())
    return or_(false(), *each)
