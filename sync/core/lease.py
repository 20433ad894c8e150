"""The lease: which worker serves a spreadsheet, and till when. One worker a sheet.

Promise: of two workers that look at the same lease at the same moment, at most one may take it. Where it is kept, and
that taking it is one step for Google, is google/duty_tab.py's affair; renewing it is worker/duty.py's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

DURATION = timedelta(minutes=15)
RENEW_EVERY = timedelta(minutes=5)
MARGIN = timedelta(minutes=5)
"""The clocks of two computers may differ by less than this: Google refuses the keys of one that is far off."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A worker: the same data folder on the same computer is the same holder, also after a crash."""

    id: str
    computer: str
    process: int


@dataclass(frozen=True, slots=True)
class Lease:
    holder: Holder
    since: datetime
    until: datetime

    @property
    def last_seen(self) -> datetime:
        """When its holder last said that it was there."""
        return self.until - DURATION

    def holds_at(self, at: datetime) -> bool:
        """Whether its holder may still act on it. A moment before it was taken is a clock that was set back."""
        return self.last_seen - MARGIN <= at < self.until

    def due_at(self, at: datetime) -> bool:
        """Whether its holder should renew it now."""
        return not self.last_seen <= at < self.last_seen + RENEW_EVERY

    def ended_at(self, at: datetime) -> bool:
        """Whether others may take it: surely over, by whichever of the two clocks."""
        return at >= self.until + MARGIN

    def renewed(self, at: datetime) -> "Lease":
        return replace(self, until=at + DURATION)


@dataclass(frozen=True, slots=True)
class Posted:
    """What stands in a spreadsheet now. `lease` is the text of the one that counts; `tab`: whether ours is there; `tabs`: the
    ids of all, by title."""

    title: str
    lease: str | None
    tab: bool
    tabs: Mapping[str, int] = field(default_factory=dict)


def new_lease(holder: Holder, at: datetime) -> Lease:
    return Lease(holder, at, at + DURATION)


def may_take(found: Lease | None, holder: Holder, at: datetime, *, by_force: bool = False) -> bool:
    """Nobody's, its own, or one that is over. `by_force`: a person said that the other computer is no more."""
    return by_force or found is None or found.holder.id == holder.id or found.ended_at(at)


def taken(found: Lease | None, holder: Holder, at: datetime) -> Lease:
    """The lease as it reads when `holder` takes it; its own goes on from when it began."""
    if found is not None and found.holder.id == holder.id:
        return Lease(holder, found.since, at + DURATION)
    return new_lease(holder, at)


def winner(texts: Sequence[str]) -> str | None:
    """The one lease that counts, where there should be one only: the same for everybody who looks."""
    read = [(lease, text) for text in texts if (lease := read_lease(text)) is not None]
    if read:
        return min(read, key=lambda each: (each[0].since, each[0].holder.id, each[1]))[1]
    return min(texts, default=None)


def lease_text(lease: Lease) -> str:
    return json.dumps(
        {
            "holder": lease.holder.id,
            "computer": lease.holder.computer,
            "process": lease.holder.process,
            "since": lease.since.astimezone(UTC).isoformat(),
            "until": lease.until.astimezone(UTC).isoformat(),
        }
    )


def read_lease(text: str | None) -> Lease | None:
    """None where there is none, or where the text is none of ours."""
    try:
        facts = json.loads(text or "")
        lease = Lease(
            Holder(str(facts["holder"]), str(facts["computer"]), int(facts["process"])),
            datetime.fromisoformat(facts["since"]),
            datetime.fromisoformat(facts["until"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
    aware = lease.since.tzinfo is not None and lease.until.tzinfo is not None
    return lease if aware else None
