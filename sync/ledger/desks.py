"""What is remembered about each workflow's sheet between two cycles, and names given to things outside."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from sync.ledger import schema
from sync.ledger.upsert import upsert


@dataclass(frozen=True, slots=True)
class DeskMemory:
    """`version` "" means: read the sheet again. `trouble` is what stopped the last cycle, for people."""

    workflow: str
    version: str
    cycle_at: datetime
    trouble: str


def once(version: str) -> str:
    """The mark of a version that was read to the end a single time: that reading may have been older than it."""
    return f"once {version}"


def is_once(version: str) -> bool:
    return version.startswith(once(""))


class Desks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, workflow: str) -> DeskMemory | None:
        table = schema.desks
        row = self._connection.execute(select(table).where(table.c.workflow == workflow)).first()
        return DeskMemory(*row) if row else None

    def remember(self, memory: DeskMemory) -> None:
        values = {name: getattr(memory, name) for name in DeskMemory.__slots__}
        self._connection.execute(upsert(schema.desks, self._connection, **values))

    def follow(self, workflows: Collection[str], before: str, after: str) -> None:
        """Loket itself made `after` of the version that was read to the end: there is nothing new to read."""
        table = schema.desks
        for was, now in ((before, after), (once(before), once(after))):
            self._connection.execute(
                table.update()
                .where(table.c.workflow.in_(workflows), table.c.version == was)
                .values(version=now)
            )

    def survey(self, workflow: str) -> dict[str, Any]:
        """How far the rows were read: core/survey.py; {} before the first look."""
        table = schema.surveys
        kept = self._connection.execute(select(table.c.survey).where(table.c.workflow == workflow))
        return dict(kept.scalar() or {})

    def keep_survey(self, workflow: str, survey: dict[str, Any]) -> None:
        self._connection.execute(
            upsert(schema.surveys, self._connection, workflow=workflow, survey=survey)
        )

    def keep_write(self, workflow: str, look: str) -> None:
        """What the desk is about to write, until it was seen to stand right."""
        self._connection.execute(
            upsert(schema.writes_in_hand, self._connection, workflow=workflow, look=look)
        )

    def write_in_hand(self, workflow: str) -> str:
        """What the desk was writing when it was interrupted; "" when it was not."""
        table = schema.writes_in_hand
        kept = self._connection.execute(select(table.c.look).where(table.c.workflow == workflow))
        return kept.scalar() or ""

    def forget_write(self, workflow: str) -> None:
        table = schema.writes_in_hand
        self._connection.execute(table.delete().where(table.c.workflow == workflow))

    def resource(self, name: str) -> str | None:
        """The id that was chosen for something outside, e.g. a Drive folder, before it was made."""
        table = schema.resources
        value = self._connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
        return None if value is None else str(value)

    def keep_resource(self, name: str, value: str) -> None:
        self._connection.execute(schema.resources.insert().values(name=name, value=value))

    def choose_resource(self, name: str, value: str) -> str:
        """The id that was chosen by whoever came first: this one, or another machine's."""
        table = schema.resources
        kept = upsert(table, self._connection, {"value": table.c.value}, name=name, value=value)
        return str(self._connection.execute(kept.returning(table.c.value)).scalar_one())

    def set_resource(self, name: str, value: str) -> None:
        self._connection.execute(upsert(schema.resources, self._connection, name=name, value=value))

    def take_turn(self, turn: str, token: str) -> None:
        """Waits for the transactions of whoever had it."""
        self.set_resource(_turn_name(turn), token)

    def has_turn(self, turn: str, token: str) -> bool:
        """Whether it was not taken since; nobody can take it before this transaction ends."""
        table = schema.resources
        query = select(table.c.value).where(table.c.name == _turn_name(turn))
        return self._connection.execute(query.with_for_update(read=True)).scalar() == token

    def keep_lease(self, spreadsheet_id: str, text: str) -> None:
        """Who holds a spreadsheet, as it was last seen there; "" when nobody does."""
        self.set_resource(_lease_name(spreadsheet_id), text)

    def lease(self, spreadsheet_id: str) -> str:
        return self.resource(_lease_name(spreadsheet_id)) or ""


def _turn_name(turn: str) -> str:
    return f"turn {turn}"[:160]


def _lease_name(spreadsheet_id: str) -> str:
    return f"lease {spreadsheet_id}"[:160]


def restored_mark(workflow: str) -> str:
    """The resource that says of a restored ledger that this workflow's sheet has gone on since."""
    return f"restored {workflow}"[:160]
