"""Who is there: each member says so in the ledger every few seconds, for the people who look after the cluster.

Nothing that is done depends on it. Needs no queue: `status`, `doctor` and `upgrade` read it.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sync.ledger.ledger import Transaction

ALIVE_FOR = timedelta(minutes=2)
"""So long after its last word a member counts as there: it may be killed, or its clock a minute off."""
_NAME = "members"


@dataclass(frozen=True, slots=True)
class Presence:
    """One process. `folder` is the office's on that computer; the moments are by the member's own clock."""

    id: str
    computer: str
    folder: str
    process: int
    roles: tuple[str, ...]
    version: str
    since: datetime
    seen_at: datetime

    def alive_at(self, at: datetime) -> bool:
        return abs(at - self.seen_at) < ALIVE_FOR


def members(look: Transaction, at: datetime) -> list[Presence]:
    """Those that are there, the one that came first before the others."""
    found = [one for one in _read(look.desks.resource(_NAME)) if one.alive_at(at)]
    return sorted(found, key=lambda one: (one.since, one.id))


def be_there(tx: Transaction, me: Presence, at: datetime) -> None:
    _replace(tx, me.id, at, replace(me, seen_at=at))


def leave(tx: Transaction, me: Presence, at: datetime) -> None:
    _replace(tx, me.id, at)


def _replace(tx: Transaction, member: str, at: datetime, *then: Presence) -> None:
    """Others who say something wait until this transaction ends. Those that are no more are forgotten."""
    kept = _read(tx.desks.choose_resource(_NAME, "[]"))
    others = [one for one in kept if one.id != member and one.alive_at(at)]
    told = json.dumps([asdict(one) for one in (*others, *then)], default=datetime.isoformat)
    tx.desks.set_resource(_NAME, told)


def _read(text: str | None) -> list[Presence]:
    return [
        Presence(
            **one
            | {"roles": tuple(one["roles"])}
            | {name: datetime.fromisoformat(one[name]) for name in ("since", "seen_at")}
        )
        for one in json.loads(text or "[]")
    ]
