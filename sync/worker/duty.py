"""On duty: this worker's lease on one spreadsheet, taken, renewed and given back, and what the tab "Loket" is told.

Promise: nothing is done for a spreadsheet's workflows unless the lease is surely ours: its time has not run out, and
wherever the spreadsheet was changed by others, it was looked at again. Our own writes do not make the next cycle
read the rows. Who may take a lease is core/lease.py's decision; Google's part is google/duty_tab.py's.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, RLock
from typing import Protocol
from zoneinfo import ZoneInfo

from sync.core.board import Board, Facts, board, zoned_text
from sync.core.lease import (
    RENEW_EVERY,
    Holder,
    Lease,
    Posted,
    lease_text,
    may_take,
    read_lease,
    taken,
)
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure, Never, TryAgain
from sync.ledger.ledger import Ledger
from sync.ledger.waiting import tab_name
from sync.worker.beside import repeated

log = logging.getLogger(__name__)

POST_AGAIN_AFTER = timedelta(minutes=1)
"""The tab is not written more often, however fast the figures change."""
_LATE = RENEW_EVERY * 1.5
_LOOK_EVERY_S = 20.0
_ATTEMPTS = 3


class Post(Protocol):
    """The spreadsheet, as far as the lease and the tab go: google.duty_tab.DutyTab."""

    def version(self) -> str: ...
    def only_ours(self, before: str, after: str) -> bool: ...
    def read(self) -> Posted: ...
    def replace_lease(self, was: str | None, then: str | None) -> Posted: ...
    def post(self, board: Board, was: str, then: str, seen: Posted) -> Posted: ...


@dataclass(eq=False)
class Duty:
    """One spreadsheet's lease in this process. Thread-safe.

    `workflows`: its own, each with the title of its tab. `lost` is what to tell when another worker has the spreadsheet:
    then this one never touches it again.
    """

    post_office: Post
    spreadsheet_id: str
    workflows: Mapping[str, str]
    holder: Holder
    ledger: Ledger
    clock: Callable[[], datetime]
    timezone: ZoneInfo
    lost: Problem | None = None
    trouble: str = ""  # what keeps the tab from being written, for people
    _lease: Lease | None = None
    _seen: Posted | None = None
    _confirmed: str = (
        ""  # the version of the spreadsheet in which the lease was last seen to be ours
    )
    _told: Facts | None = None
    _told_at: datetime | None = None
    _lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def held(self) -> bool:
        """Whether this worker may act now."""
        lease = self._lease  # not locked: who asks must not wait for a call to Google
        return self.lost is None and lease is not None and lease.holds_at(self.clock())

    def ensure(self, *, by_force: bool = False) -> None:
        """Takes the lease where it is not held. Raises Mendable when another worker has it, Failure when nobody
        can tell."""
        with self._lock:
            self._raise_if_lost()
            if by_force or not self.held:
                self._settle(self.post_office.read(), by_force=by_force)

    def confirm(self, version: str) -> None:
        """Before anything is done with a spreadsheet that changed: is the lease still ours? Raises as `ensure`."""
        with self._lock:
            self._raise_if_lost()
            if version != self._confirmed:
                self._settle(self.post_office.read())
                self._confirmed = version

    def renew(self) -> None:
        """Raises as `ensure`."""
        with self._lock:
            self._raise_if_lost()
            if self._lease is None:
                return
            was = lease_text(self._lease)
            self._settle(self._replace(was, self._lease.renewed(self.clock())))

    def renew_if_late(self) -> None:
        """For a cycle that takes long: the round that renews the lease has not come about."""
        with self._lock:
            late = self._lease is not None and self.clock() >= self._lease.last_seen + _LATE
            if late and self.lost is None:
                self.renew()

    def tell(self, facts: Facts) -> None:
        """Writes the tab and renews the lease, where either is due. Never raises."""
        with self._lock:
            at = self.clock()
            if self.lost or self._lease is None or not self._lease.holds_at(at):
                return
            rested = self._told_at is None or at - self._told_at >= POST_AGAIN_AFTER
            if not self._lease.due_at(at) and (facts == self._told or not rested):
                return
            try:
                self._settle(self._write_tab(self._lease, facts, at))
            except Mendable as error:
                log.warning("spreadsheet %s: %s", self.spreadsheet_id, error.problems[0].name)
            except Failure as failure:
                log.warning("spreadsheet %s: %s", self.spreadsheet_id, failure.detail)
            except Exception:  # the tab never stops the counter
                log.exception("spreadsheet %s: the tab was not written", self.spreadsheet_id)

    def release(self) -> None:
        """At a clean end, so that another worker can begin at once. Never raises."""
        with self._lock:
            if self.lost or self._lease is None:
                return
            try:
                text = lease_text(self._lease)
                self._written(lambda: self.post_office.replace_lease(text, None))
                self._remember("")
            except Exception as error:
                log.warning(
                    "spreadsheet %s: not given back: %s", self.spreadsheet_id, type(error).__name__
                )
            self._lease = None

    def _settle(self, posted: Posted, *, by_force: bool = False) -> None:
        """What stands in the spreadsheet decides: it is ours already, or may be taken, or another worker has it."""
        for _ in range(_ATTEMPTS):
            self._seen = posted
            at, found = self.clock(), read_lease(posted.lease)
            ours = self._lease
            if ours is not None and posted.lease == lease_text(ours) and ours.holds_at(at):
                return
            if found is not None and not may_take(found, self.holder, at, by_force=by_force):
                self._lose(found, posted)
            posted = self._replace(posted.lease, taken(found, self.holder, at))
        if not self.held:
            raise TryAgain(
                "Giliran melayani sheet ini belum dapat dipastikan. Dicoba lagi sendiri."
            )

    def _accept(self, posted: Posted, wanted: Lease) -> None:
        """The lease is ours when it can be read there, and not before."""
        if posted.lease == lease_text(wanted):
            self._lease = wanted
            self._remember(lease_text(wanted), posted.tabs)

    def _replace(self, was: str | None, then: Lease) -> Posted:
        posted = self._written(lambda: self.post_office.replace_lease(was, lease_text(then)))
        self._accept(posted, then)
        return posted

    def _write_tab(self, was: Lease, facts: Facts, at: datetime) -> Posted:
        then = was.renewed(at)
        lines = board(facts, cycle_at=at, timezone=self.timezone)

        def write() -> Posted:
            seen = self._seen or self.post_office.read()
            try:
                return self.post_office.post(lines, lease_text(was), lease_text(then), seen)
            except Never:  # the tab was deleted, or its title taken, since it was looked at
                seen = self.post_office.read()
                return self.post_office.post(lines, lease_text(was), lease_text(then), seen)

        try:
            posted = self._written(write)
        except Never as refusal:
            self.trouble = f'Tab "Loket" tidak dapat ditulis: {refusal.reason}'
            log.warning("spreadsheet %s: the tab: %s", self.spreadsheet_id, refusal.detail)
            posted = self._replace(lease_text(was), then)
        else:
            self.trouble = ""
            self._accept(posted, then)
        self._told, self._told_at = facts, at
        return posted

    def _written(self, act: Callable[[], Posted]) -> Posted:
        """A write of ours, after which a spreadsheet that was read to the end still counts as such."""
        before = self.post_office.version()
        posted = act()
        try:
            after = self.post_office.version()
        except (Failure, Mendable):
            return posted
        if self.post_office.only_ours(before, after):
            with self.ledger.begin() as tx:
                tx.desks.follow(self.workflows, before, after)
            if before == self._confirmed:
                self._confirmed = after
        return posted

    def _lose(self, found: Lease, posted: Posted) -> None:
        self.lost = taken_problem(
            found, posted.title, self.timezone, was_ours=self._lease is not None
        )
        self._lease = None
        log.warning("spreadsheet %s: served by %s", self.spreadsheet_id, found.holder.computer)
        self._remember(lease_text(found))
        self._raise_if_lost()

    def _remember(self, text: str, tabs: Mapping[str, int] | None = None) -> None:
        """With the tabs of its workflows, for links to their rows."""
        with self.ledger.begin() as tx:
            tx.desks.keep_lease(self.spreadsheet_id, text)
            for workflow, title in self.workflows.items():
                if tabs and title in tabs:
                    tx.desks.set_resource(tab_name(workflow), str(tabs[title]))

    def _raise_if_lost(self) -> None:
        if self.lost is not None:
            raise Mendable(self.lost)


def taken_problem(found: Lease, title: str, timezone: ZoneInfo, *, was_ours: bool) -> Problem:
    """For the person at the computer that may not serve the spreadsheet."""
    computer = found.holder.computer
    since, seen = zoned_text(found.since, timezone), zoned_text(found.last_seen, timezone)
    told = "mengambil alih" if was_ours else "melayani"
    return Problem(
        "komputer-lain-melayani",
        where=f'Google Sheet "{title}"',
        found=f"komputer {computer} (proses {found.holder.process}) {told} sheet ini sejak {since}, "
        f"terakhir terlihat {seen}; komputer ini tidak menyentuhnya",
        allowed="satu komputer untuk satu sheet",
        run=f"hentikan Loket di {computer}; jika komputer itu tidak dipakai lagi: "
        "python loket.py run --take-over",
    )


class LeftDuty(Event):
    """Set when the worker should stop, or may no longer act on the spreadsheet: after a night's sleep, for one."""

    def __init__(self, stop: Event, duty: "OnDuty") -> None:
        super().__init__()
        self._stop, self._duty = stop, duty

    def is_set(self) -> bool:
        return self._stop.is_set() or not self._duty.held


class OnDuty(Protocol):
    """What a cycle asks before it acts."""

    @property
    def held(self) -> bool: ...
    def ensure(self) -> None: ...
    def confirm(self, version: str) -> None: ...


class Unshared:
    """A spreadsheet that nobody else can serve: the demonstration's, a test's."""

    held = True

    def ensure(self) -> None:
        pass

    def confirm(self, version: str) -> None:
        pass


@contextmanager
def keeping(duties: Sequence[Duty], *, look_every_s: float = _LOOK_EVERY_S) -> Iterator[None]:
    """Leases are renewed beside the work, however long a cycle takes, and given back at the end of the block."""

    def renew() -> None:
        for duty in duties:
            try:
                duty.renew_if_late()
            except Exception as error:  # the next cycle meets it too, and tells it
                log.warning("spreadsheet %s: %s", duty.spreadsheet_id, error)

    try:
        with repeated(renew, every_s=look_every_s, name="leases"):
            yield
    finally:
        for duty in duties:
            duty.release()
