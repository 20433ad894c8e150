"""The trail: who saw which page of the dashboard, who came in and who was not let in. Lines are added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, select

from sync.ledger import schema

KEPT_FOR = timedelta(days=400)
STRANGERS_KEPT_FOR = timedelta(days=30)
"""Lines that anybody on the internet can cause."""
NOBODY = ""
"""The address of a line about somebody unknown."""

_trail = schema.trail


@dataclass(frozen=True, slots=True)
class Line:
    """`address`: whose, or NOBODY; `page`: what was seen or done; `about`: a filter, a service, a masked address."""

    id: int
    at: datetime
    address: str
    page: str
    about: str


class Trail:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, address: str, page: str, about: str = "") -> None:
        """Longer texts are cut."""
        self._connection.execute(
            _trail.insert().values(at=at, address=address[:254], page=page[:60], about=about[:200])
        )

    def last(self, limit: int, *, before: int | None = None) -> Sequence[Line]:
        """The newest first; `before`: the id of the last line of the part that was read before."""
        query = select(_trail).order_by(_trail.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_trail.c.id < before)
        return [Line(*row) for row in self._connection.execute(query)]

    def forget_old(self, at: datetime) -> None:
        old = _trail.c.at < at - KEPT_FOR
        strange = and_(_trail.c.at < at - STRANGERS_KEPT_FOR, _trail.c.address == NOBODY)
        self._connection.execute(_trail.delete().where(or_(old, strange)))
