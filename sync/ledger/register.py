"""The register of letters, read from the ledger: every application that a number was given to, in the order of the
numbers; and how far each spreadsheet's tab has been told.
"""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, extract, func, or_, select

from sync.core.register import Entry
from sync.core.states import State
from sync.ledger import schema
from sync.ledger.parts import in_parts
from sync.ledger.upsert import upsert

_AT_A_TIME = 500  # rows in memory

_applications, _numbers, _events = schema.applications, schema.letter_numbers, schema.events
_SERIES = func.coalesce(_numbers.c.workflow, _applications.c.workflow)
_year = func.coalesce(
    _numbers.c.year,
    extract("year", _applications.c.approved_on),
    extract("year", _applications.c.approved_at),
    0,
)
_NUMBERED = or_(_numbers.c.serial.is_not(None), _applications.c.letter_number != "")
_IN_ORDER = (_year, _SERIES, func.coalesce(_numbers.c.serial, 0), _applications.c.id)


class Register:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def entries(self, year: int, workflow: str | None = None) -> Iterator[Entry]:
        """Of every series one after another, by serial; some hundred at a time are in memory."""
        query = _entries().where(_year == year).order_by(*_IN_ORDER)
        if workflow is not None:
            query = query.where(_applications.c.workflow == workflow)
        rows = self._connection.execution_options(yield_per=_AT_A_TIME).execute(query)
        return (_entry(row) for row in rows)

    def entries_of(self, ids: Collection[int]) -> dict[int, Entry]:
        """By application; in the order of the numbers."""
        found: dict[int, Entry] = {}
        for part in in_parts(ids):
            rows = self._connection.execute(_entries().where(_applications.c.id.in_(part)))
            found |= {row.id: _entry(row) for row in rows}
        return dict(sorted(found.items(), key=lambda each: _place(each[1])))

    def letters(self, workflows: Collection[str]) -> list[tuple[int, str]]:
        """Every letter's application and its reference, in the order of the numbers."""
        query = select(_applications.c.id, _applications.c.reference).select_from(_joined())
        query = query.where(_NUMBERED, _applications.c.workflow.in_(workflows)).order_by(*_IN_ORDER)
        return [(row.id, row.reference) for row in self._connection.execute(query)]

    def changed(self, workflows: Collection[str], since: int, until: int) -> list[int]:
        """Applications with a letter that something happened to after one event, up to another."""
        query = (
            select(_applications.c.id)
            .select_from(_joined().join(_events, _events.c.application_id == _applications.c.id))
            .where(_events.c.id > since, _events.c.id <= until, _NUMBERED)
            .where(_applications.c.workflow.in_(workflows))
            .distinct()
        )
        return list(self._connection.execute(query).scalars())

    def last_event(self) -> int:
        return int(self._connection.execute(select(func.max(_events.c.id))).scalar() or 0)

    def told(self, spreadsheet_id: str) -> int:
        """The last event that the spreadsheet's tab tells of; 0: none."""
        table = schema.resources
        name = _name(spreadsheet_id)
        value = self._connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
        return int(value or 0)

    def keep_told(self, spreadsheet_id: str, event: int) -> None:
        name, value = _name(spreadsheet_id), str(event)
        self._connection.execute(upsert(schema.resources, self._connection, name=name, value=value))


def _name(spreadsheet_id: str) -> str:
    return f"register {spreadsheet_id}"[:160]


def _joined() -> Any:
    return _applications.outerjoin(_numbers, _numbers.c.application_id == _applications.c.id)


def _entries() -> Select[Any]:
    table = _applications
    return (
        select(
            table.c.id,
            _SERIES.label("series"),
            _year.label("year"),
            _numbers.c.serial,
            table.c.approved_on.label("dated"),
            table.c.letter_number.label("number"),
            table.c.workflow,
            table.c.name,
            table.c.reference,
            table.c.state,
            table.c.link,
        )
        .select_from(_joined())
        .where(_NUMBERED)
    )


def _entry(row: Row[Any]) -> Entry:
    facts = row._asdict()
    facts |= {"year": int(row.year), "state": State(row.state)}
    del facts["id"]
    return Entry(**facts)


def _place(entry: Entry) -> tuple[int, str, int]:
    return entry.year, entry.series, entry.serial or 0
