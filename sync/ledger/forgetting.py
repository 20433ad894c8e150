"""Forgetting: personal data leave the ledger, in one transaction with the list of what must leave the disk and Drive.

What stays is told in core/retention.py. What is on the list is taken away afterwards, and again after a crash, until
each is gone: worker/retention.py.
"""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, exists, func, or_, select

from sync.core.delivery import IntentState, Kind
from sync.core.retention import ENDED, NOTES, Cause, is_sealed, seal
from sync.core.states import State
from sync.ledger import schema

log = logging.getLogger(__name__)

_applications, _events, _intents = schema.applications, schema.events, schema.intents
_ended = _applications.c.state.in_([state.value for state in ENDED])
_in_flight = exists().where(
    _intents.c.application_id == _applications.c.id,
    _intents.c.state.in_([IntentState.PLANNED.value, IntentState.SENDING.value]),
)
_ended_at = func.coalesce(
    select(func.max(_events.c.at))
    .where(
        _events.c.application_id == _applications.c.id,
        _events.c.detail["to"].as_string() == _applications.c.state,
    )
    .scalar_subquery(),
    _applications.c.updated_at,
)
"""When an application came into the state that it is in."""


class Place(StrEnum):
    """Where something is left to take away, and what `Left.name` then is."""

    DISK = "disk"  # the reference: its files in the data folder
    DRIVE = "drive"  # the file's id: a letter that was shared with the applicant
    COPY = "copy"  # the letter's sha256: its copy in the private folder in Drive
    LEDGER = "ledger"  # FREE_ROOM, in the ledger's own file


FREE_ROOM = "free room"
PATIENCE_S = 5.0
"""So long others are waited for: the counter must not stand still."""


@dataclass(frozen=True, slots=True)
class Left:
    place: Place
    name: str


class Forgetting:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, workflow: str, until: datetime, *, limit: int) -> list[int]:
        """Applications that came to their end until then, with nothing on its way any more."""
        query = (
            select(_applications.c.id)
            .where(*_candidates(workflow, until), _ended, _ended_at <= until, ~_in_flight)
            .order_by(_applications.c.received_at, _applications.c.id)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def overdue(self, workflow: str, until: datetime) -> int:
        """How many did not change since then and never came to an end: they are not erased silently."""
        query = select(func.count()).where(
            *_candidates(workflow, until),
            _applications.c.updated_at <= until,
            or_(~_ended, _in_flight),
        )
        return int(self._connection.execute(query).scalar_one())

    def any_of(self, workflow: str) -> bool:
        query = select(_applications.c.id).where(
            _applications.c.workflow == workflow, _applications.c.erased_at.is_not(None)
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def erase(
        self, ids: Sequence[int], at: datetime, cause: Cause, *, key: bytes, drive: bool
    ) -> None:
        """`key` seals the fingerprints. `drive`: the letters that were shared are taken back too. At most some hundred."""
        self._letters(ids)
        self._applications(ids, at, cause, key)
        self._former_rows(ids, key)
        self._connection.execute(
            _intents.update()
            .where(_intents.c.application_id.in_(ids))
            .values(address="", facts={}, reason="")
        )
        if drive:
            self.take_back(ids)
        self._leave(Place.LEDGER, [FREE_ROOM])
        self._connection.execute(
            _events.insert(),
            [
                {"application_id": one, "at": at, "kind": "erased", "detail": {"cause": cause}}
                for one in ids
            ],
        )

    def take_back(self, ids: Sequence[int]) -> None:
        """The letters in Drive are no longer shared, and go into the trash; links to them go."""
        drive = (
            _intents.c.application_id.in_(ids),
            _intents.c.channel == "drive",
            _intents.c.kind == Kind.LETTER.value,
            _intents.c.key != "",
        )
        files = self._connection.execute(select(_intents.c.key).where(*drive)).scalars()
        self._leave(Place.DRIVE, files.all())
        self._connection.execute(_intents.update().where(*drive).values(link=""))
        self._connection.execute(
            _applications.update().where(_applications.c.id.in_(ids)).values(link="")
        )

    def left(self, place: Place, *, limit: int, after: str = "") -> list[Left]:
        """By name; `after` is where the page before ended."""
        table = schema.left_to_erase
        query = select(table).where(table.c.place == place.value, table.c.name > after)
        rows = self._connection.execute(query.order_by(table.c.name).limit(limit))
        return [Left(place, row.name) for row in rows]

    def gone(self, left: Iterable[Left]) -> None:
        table = schema.left_to_erase
        one = (table.c.place == bindparam("at"), table.c.name == bindparam("called"))
        gone = [{"at": each.place.value, "called": each.name} for each in left]
        if gone:
            self._connection.execute(table.delete().where(*one), gone)

    def _letters(self, ids: Sequence[int]) -> None:
        """Their bytes, and the files' names; what the events say of them stays."""
        table, these = schema.documents, schema.documents.c.application_id.in_(ids)
        copies = self._connection.execute(select(table.c.sha256).where(these)).scalars()
        self._leave(Place.COPY, copies.all())
        self._connection.execute(table.delete().where(these))
        files = schema.letter_files
        self._connection.execute(files.delete().where(files.c.application_id.in_(ids)))
        references = select(_applications.c.reference).where(_applications.c.id.in_(ids))
        self._leave(Place.DISK, self._connection.execute(references).scalars().all())

    def _applications(self, ids: Sequence[int], at: datetime, cause: Cause, key: bytes) -> None:
        table = _applications
        rows = self._connection.execute(
            select(table.c.id, table.c.fingerprint).where(table.c.id.in_(ids))
        ).all()
        self._connection.execute(
            table.update()
            .where(table.c.id.in_(ids))
            .values(
                answers={},
                same_key=None,
                email="",
                phone="",
                note=NOTES[cause],
                officer_note="",
                erased_at=at,
            )
        )
        issued = (table.c.state == State.DELIVERED.value) & (table.c.letter_number != "")
        self._connection.execute(table.update().where(table.c.id.in_(ids), ~issued).values(name=""))
        self._connection.execute(
            table.update()
            .where(table.c.id == bindparam("row_id"))
            .values(fingerprint=bindparam("sealed")),
            [{"row_id": row.id, "sealed": _sealed(key, row.fingerprint)} for row in rows],
        )

    def _former_rows(self, ids: Sequence[int], key: bytes) -> None:
        table = schema.replaced_rows
        for row in self._connection.execute(
            select(table).where(table.c.application_id.in_(ids))
        ).all():
            self._connection.execute(
                table.update()
                .where(
                    table.c.workflow == row.workflow,
                    table.c.fingerprint == row.fingerprint,
                    table.c.submitted == row.submitted,
                )
                .values(fingerprint=_sealed(key, row.fingerprint))
            )

    def _leave(self, place: Place, names: Sequence[str]) -> None:
        """Each once."""
        table = schema.left_to_erase
        there = select(table.c.name).where(table.c.place == place.value, table.c.name.in_(names))
        new = sorted(set(names) - set(self._connection.execute(there).scalars()))
        if new:
            self._connection.execute(
                table.insert(), [{"place": place.value, "name": name} for name in new]
            )


def scrub(engine: Engine) -> bool:
    """Writes the SQLite file anew, so that no erased text is left in its free room, nor in the log beside it. False when
    somebody was reading, or the disk has no room for it: to be tried again. A server's database does this by itself."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file:
        return True
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE_S, isolation_level=None)) as ledger:
            ledger.execute("PRAGMA secure_delete = ON")
            ledger.execute("VACUUM")
            busy, _, _ = ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        log.warning("the ledger's free room: %s", error)
        return False
    return not busy


def _candidates(workflow: str, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """By the index: nothing ended before it came."""
    return (
        _applications.c.workflow == workflow,
        _applications.c.erased_at.is_(None),
        _applications.c.received_at <= until,
    )


def _sealed(key: bytes, fingerprint: str) -> str:
    return fingerprint if is_sealed(fingerprint) else seal(key, fingerprint)
