"""Claims: what a worker of the cluster has in hand, and till when, so that two do not do the same.

A claim saves work that would be done twice; it is not what keeps a letter from going twice: that is the compare-and-swap
of every change (applications.py, intents.py). One that is over, because its worker was killed, is anybody's.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, exists, func, select, text

from sync.core.delivery import IntentState
from sync.ledger import schema
from sync.ledger.upsert import insert

_ON_ITS_WAY = (IntentState.PLANNED.value, IntentState.SENDING.value)


class Work(StrEnum):
    """What is claimed: by its application's id, by its intent's id."""

    LETTER = "letter"
    SENDING = "sending"


class Claims:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(
        self, work: Work, ids: Collection[int], by: str, at: datetime, until: datetime
    ) -> set[int]:
        """Those that are nobody else's now are `by`'s from then on."""
        if not ids:
            return set()
        table = schema.claims
        claiming = insert(table, self._connection.dialect.name).values(
            [{"work": work.value, "id": one, "by": by, "until": until} for one in sorted(ids)]
        )
        statement = claiming.on_conflict_do_update(
            index_elements=[table.c.work, table.c.id],
            set_={"by": by, "until": until},
            where=(table.c.until <= at) | (table.c.by == by),
        ).returning(table.c.id)
        return set(self._connection.execute(statement).scalars())

    def release(self, work: Work, ids: Collection[int], by: str) -> None:
        table = schema.claims
        self._connection.execute(
            table.delete().where(table.c.work == work.value, table.c.id.in_(ids), table.c.by == by)
        )

    def forget_old(self, until: datetime) -> None:
        """Those that were over then."""
        self._connection.execute(schema.claims.delete().where(schema.claims.c.until <= until))

    def on_their_way(self, channel: str, at: datetime) -> int:
        """How many intents of a channel are in hand: what its quota may have used up in a moment."""
        table, intents = schema.claims, schema.intents
        query = (
            select(func.count())
            .select_from(table.join(intents, intents.c.id == table.c.id))
            .where(
                table.c.work == Work.SENDING.value,
                table.c.until > at,
                intents.c.channel == channel,
                intents.c.state.in_(_ON_ITS_WAY),
            )
        )
        return int(self._connection.execute(query).scalar_one())

    def one_at_a_time(self, subject: str) -> None:
        """Others who ask for the same subject wait until this transaction ends."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(
                text(
                    "SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext(:subject))"
                ),
                {"subject": subject},
            )


def free(work: Work, of: ColumnElement[int], at: datetime) -> ColumnElement[bool]:
    """Whether nobody has it in hand."""
    table = schema.claims
    return ~exists(
        select(table.c.id).where(table.c.work == work.value, table.c.id == of, table.c.until > at)
    )
