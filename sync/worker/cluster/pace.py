"""When a spreadsheet is looked at next, whoever of the members looks: by the pace of a single machine's rounds.

What the members have to know of each other's visits is kept in the ledger, by the database's clock; a spreadsheet in
which nothing happens leaves nothing there.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync.core.pace_of_polling import FAST_FOR, interval_s
from sync.ledger.ledger import Ledger
from sync.worker.cluster.jobs import Queue
from sync.worker.cycle import CycleReport

_NAME = "pace"


@dataclass(frozen=True, slots=True)
class Going:
    """Of one spreadsheet. `active_at`: when something was last found, in seconds of the epoch; `busy`: its rows were read at
    the last visit; `wanted`: a member made or sent a letter since that visit began."""

    active_at: float = 0.0
    busy: bool = False
    wanted: bool = False

    def at_rest(self, now: datetime) -> bool:
        recent = now.timestamp() - self.active_at < FAST_FOR.total_seconds()
        return not (self.busy or self.wanted or recent)


Goings = Mapping[str, Going]
"""By spreadsheet; one that is not there is at rest."""


def pause_s(
    goings: Goings, spreadsheet: str, now: datetime, *, day_s: float, calls_per_minute: int
) -> float:
    """Until the next visit to it."""
    going = goings.get(spreadsheet, Going())
    active_at = datetime.fromtimestamp(going.active_at, now.tzinfo)
    return interval_s(
        day_s,
        now=now,
        active_at=now if going.wanted else active_at,
        busy=sum(one.busy or one.wanted for one in goings.values()),
        calls_per_minute=calls_per_minute,
    )


def after_visit(going: Going, reports: Sequence[CycleReport], now: datetime) -> Going:
    """`reports` of its workflows; none where the visit was broken off."""
    active = any(report.active for report in reports)
    return replace(
        going,
        active_at=now.timestamp() if active else going.active_at,
        busy=any(not report.idle for report in reports),
    )


@dataclass(frozen=True)
class Visits:
    """Puts the visits into the queue. One waits, or goes on; the next one is put there by the one that ends."""

    ledger: Ledger
    queue: Queue
    timezone: ZoneInfo
    day_s: float
    calls_per_minute: int

    def begin(self, spreadsheet: str) -> None:
        """What members do from now on may not be seen by this visit."""
        with self._goings() as (_, _, goings):
            if going := goings.get(spreadsheet):
                goings[spreadsheet] = replace(going, wanted=False)

    def next(self, spreadsheet: str, reports: Sequence[CycleReport]) -> None:
        """At the end of a visit: at once where it left something to do."""
        with self._goings() as (connection, now, goings):
            going = after_visit(goings.get(spreadsheet, Going()), reports, now)
            goings[spreadsheet] = going
            more = any(report.more for report in reports)
            after_s = 0.0 if more else self._pause_s(goings, spreadsheet, now)
            self.queue.next_visit(connection, spreadsheet, after_s=after_s)

    def sooner(self, spreadsheet: str) -> None:
        """A row has something new to say."""
        with self._goings() as (connection, now, goings):
            goings[spreadsheet] = replace(goings.get(spreadsheet, Going()), wanted=True)
            pause_s = self._pause_s(goings, spreadsheet, now)
            self.queue.bring_forward(connection, spreadsheet, within_s=pause_s)

    def _pause_s(self, goings: Goings, spreadsheet: str, now: datetime) -> float:
        return pause_s(
            goings, spreadsheet, now, day_s=self.day_s, calls_per_minute=self.calls_per_minute
        )

    @contextmanager
    def _goings(self) -> Iterator[tuple[Connection, datetime, dict[str, Going]]]:
        """To be changed; other members wait meanwhile. The moment is the database's, in the office's time."""
        with self.ledger.beginning() as (tx, connection):
            kept = json.loads(tx.desks.choose_resource(_NAME, "{}"))
            goings = {spreadsheet: Going(**going) for spreadsheet, going in kept.items()}
            now = self.queue.now(connection).astimezone(self.timezone)
            yield connection, now, goings
            awake = {
                spreadsheet: asdict(going)
                for spreadsheet, going in goings.items()
                if not going.at_rest(now)
            }
            if awake != kept:
                tx.desks.set_resource(_NAME, json.dumps(awake))
