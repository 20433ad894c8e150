"""Which keys the office's verification codes were signed with, what became of a letter, and who was told: nobody by name.

Public keys are kept here, so that a restored ledger still verifies old letters; private keys never are.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from sync.core.application import Application
from sync.ledger import schema
from sync.ledger.applications import Applications
from sync.ledger.parts import in_parts
from sync.ledger.upsert import upsert

_KEYS = select(schema.verification_keys).order_by(
    schema.verification_keys.c.made_at.desc(), schema.verification_keys.c.id.desc()
)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`point`: 65 bytes, uncompressed, in hexadecimal."""

    id: str
    point: str
    made_at: datetime
    published_at: datetime | None = None
    revoked_at: datetime | None = None


class Verification:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def public_keys(self) -> list[PublicKey]:
        """The newest first."""
        return [PublicKey(*row) for row in self._connection.execute(_KEYS)]

    def keep_key(self, key: PublicKey) -> None:
        """One that is known already stays as it is."""
        values = {name: getattr(key, name) for name in PublicKey.__slots__}
        same = {"point": key.point}
        self._connection.execute(upsert(schema.verification_keys, self._connection, same, **values))

    def published(self, at: datetime) -> None:
        """Every key is in a page now."""
        table = schema.verification_keys
        self._connection.execute(
            update(table).where(table.c.published_at.is_(None)).values(published_at=at)
        )

    def revoke_key(self, key_id: str, at: datetime) -> bool:
        """Whether there is such a key. One that was revoked stays so."""
        table = schema.verification_keys
        known = self._connection.execute(select(table.c.id).where(table.c.id == key_id)).first()
        self._connection.execute(
            update(table)
            .where(table.c.id == key_id, table.c.revoked_at.is_(None))
            .values(revoked_at=at)
        )
        return known is not None

    def of_number(self, number: str) -> list[Application]:
        """The applications with this letter number: one, or more where services share a pattern."""
        table = schema.applications
        ids = self._connection.execute(
            select(table.c.id).where(table.c.letter_number == number).limit(100)
        ).scalars()
        return list(Applications(self._connection).many(list(ids)).values())

    def withdrawn(self, ids: Collection[int]) -> set[int]:
        """The applications among these whose letter the office withdrew (`revoke`), and did not take that back."""
        table, last = schema.events, dict[int, str]()
        for part in in_parts(ids):
            words = (
                select(table.c.application_id, table.c.kind)
                .where(table.c.application_id.in_(part), table.c.kind.in_((WITHDRAWN, REINSTATED)))
                .order_by(table.c.id)
            )
            last |= {row.application_id: row.kind for row in self._connection.execute(words)}
        return {one for one, word in last.items() if word == WITHDRAWN}

    def looked_up(self, at: datetime, reference: str, outcome: str) -> None:
        self._connection.execute(
            schema.lookups.insert().values(at=at, reference=reference, outcome=outcome)
        )

    def lookups(self) -> list[tuple[datetime, str, str]]:
        """When, which application ("" where none is known), and what was answered."""
        table = schema.lookups
        rows = self._connection.execute(
            select(table.c.at, table.c.reference, table.c.outcome).order_by(table.c.id)
        )
        return [(row.at, row.reference, row.outcome) for row in rows]


WITHDRAWN, REINSTATED = "letter_withdrawn", "letter_reinstated"
"""Events of an application: the office took its letter back, or took that back."""
