"""The tab "Buku Agenda", kept by the worker: a projection of the ledger, told what is new after a round.

Promise: each letter with a number stands there once, also after a kill between writing and remembering it: lines are
found by their reference. What costs calls grows with what is new; where nothing is, the ledger alone is asked. It never
raises and never holds up the counter: at most one portion a minute, and its trouble is a line in the tab "Loket".
A tab that was deleted or whose header was changed is written anew at the next letter; sorted lines stay where they are.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.core.register import TITLE, Line, line_of
from sync.ledger.ledger import Ledger
from sync.worker.duty import Duty

log = logging.getLogger(__name__)

PORTION = 2_000
"""Lines in one write: about a megabyte."""
REST = timedelta(minutes=1)
REST_AFTER_TROUBLE = timedelta(minutes=5)
FIRST_ROW = 2
REMEDY = f"Lepaskan perlindungan tab {TITLE}, atau hapus tab itu; Loket membuatnya lagi sendiri."


class Seen(Protocol):
    @property
    def whole(self) -> bool: ...
    @property
    def references(self) -> Mapping[int, str]: ...


class Tab(Protocol):
    """google.register_tab.RegisterTab."""

    def look(self, first: int = FIRST_ROW) -> Seen | None: ...
    def begin(self) -> None: ...
    def write(self, rows: Mapping[int, Line], new: Sequence[Line]) -> None: ...


@dataclass(eq=False)
class Register:
    """One spreadsheet's tab: the letters of the workflows that share it. `titles` of the workflows, by name."""

    tab: Tab
    duty: Duty
    ledger: Ledger
    titles: Mapping[str, str]
    clock: Callable[[], datetime]
    trouble: str = ""  # what keeps the tab from being written, for people
    _rows: dict[str, int] | None = None  # by reference, as the tab was last seen and written
    _due: list[int] = field(default_factory=list)  # applications still to be told
    _told: int | None = None  # the last event that the tab tells of
    _until: int = 0  # the last event that it tells of when none is due any more
    _rested_at: datetime | None = None
    _rest: timedelta = REST

    def keep(self) -> None:
        """After a round: writes what is new, unless it is too early. Never raises."""
        at = self.clock()
        if self._rested_at is not None and abs(at - self._rested_at) < self._rest:
            return
        try:
            if not self.duty.held or not self._find_due():
                return
            self._tell()
            self.trouble, self._rest = "", REST
        except Mendable as error:
            self._failed(error.problems[0].found, error.problems[0].name)
        except Failure as failure:
            self._failed(failure.reason, failure.detail)
        except Exception as error:
            log.exception("spreadsheet %s: the register", self.duty.spreadsheet_id)
            self._failed("Kesalahan program; lihat data/log.", type(error).__name__)
        self._rested_at = at

    def rewrite(self) -> None:
        """Every line as the ledger has it. Raises what Google and the ledger raise."""
        self._start_over()
        while self._find_due():
            self._tell()

    def _failed(self, reason: str, detail: str) -> None:
        log.warning("spreadsheet %s: the register: %s", self.duty.spreadsheet_id, detail)
        self.trouble = f'Tab "{TITLE}" belum dapat ditulis: {reason}'
        self._rows, self._rest = None, REST_AFTER_TROUBLE

    def _find_due(self) -> bool:
        if self._due:
            return True
        with self.ledger.reading() as look:
            if self._told is None:
                self._told = look.register.told(self.duty.spreadsheet_id)
            self._until = look.register.last_event()
            if self._until != self._told:
                self._due = look.register.changed(self.duty.workflows, self._told, self._until)
        if not self._due:
            self._told = self._until
        return bool(self._due)

    def _tell(self) -> None:
        """One portion of what is due."""
        rows = self._look()
        portion = self._due[:PORTION]
        with self.ledger.reading() as look:
            entries = look.register.entries_of(portion)
        lines = [line_of(entry, self.titles) for entry in entries.values()]
        new = [line for line in lines if line.reference not in rows]
        known = {rows[line.reference]: line for line in lines if line.reference in rows}
        self._followed(lambda: self.tab.write(known, new))
        end = max(rows.values(), default=FIRST_ROW - 1)
        rows |= {line.reference: row for row, line in enumerate(new, start=end + 1)}
        self._rows, self._due = rows, self._due[PORTION:]
        if not self._due:
            self._remember(self._until)

    def _look(self) -> dict[str, int]:
        """Where each reference stands now. What is missing there is due."""
        if self._rows is not None:
            last = max(self._rows.values(), default=FIRST_ROW)
            with self.ledger.reading() as look:
                entries = look.register.entries_of(self._due[:PORTION]).values()
            own = [self._rows[one.reference] for one in entries if one.reference in self._rows]
            first = min([last, *own])
            seen = self.tab.look(first)
            there = {reference: row for reference, row in self._rows.items() if row >= first}
            if seen and seen.whole and _rows_of(seen) == there:
                return self._rows
        seen = self.tab.look()
        if seen is None or not seen.whole:
            self._start_over()
            self.tab.begin()
            rows: dict[str, int] = {}
        else:
            rows = _rows_of(seen)
        due = set(self._due)
        with self.ledger.reading() as look:
            letters = look.register.letters(self.duty.workflows)
        self._due = [one for one, ref in letters if ref not in rows or one in due]
        return rows

    def _start_over(self) -> None:
        """Remembered first: who is killed in the middle goes on from the beginning."""
        self._remember(0)
        self._rows, self._due = None, []

    def _remember(self, event: int) -> None:
        with self.ledger.begin() as tx:
            tx.register.keep_told(self.duty.spreadsheet_id, event)
        self._told = event

    def _followed(self, write: Callable[[], None]) -> None:
        """A write of ours, after which rows that were read to the end need not be read again."""
        with self.ledger.reading() as look:
            memories = [look.desks.of(name) for name in self.duty.workflows]
        if not any(memory and memory.version for memory in memories):
            write()
            return
        office = self.duty.post_office
        before = office.version()
        write()
        after = office.version()
        if office.only_ours(before, after):
            with self.ledger.begin() as tx:
                tx.desks.follow(self.duty.workflows, before, after)


def _rows_of(seen: Seen) -> dict[str, int]:
    """Of a line that an officer copied, the first counts."""
    return {ref: row for row, ref in sorted(seen.references.items(), reverse=True)}
