"""Prepares a spreadsheet for Loket: looks what is missing, tells it as steps, and carries them out in one call.

Promises: all steps of a call happen or none; where nothing is missing nothing is written; an answer cell is never
written. Safe to repeat, and beside another Loket that does the same. What is made, and what is not made again, says columns.py;
how digits that an officer types are kept whole, text_columns.py.
The worker's first cycle (desk.py) and the verb `setup` share this.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence

from sync.core.cells import cell_text
from sync.core.desk import SYSTEM_COLUMNS
from sync.core.headers import normal
from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import TryAgain
from sync.core.projection import LABEL_COPY, LABEL_REPLACED
from sync.core.settings import Columns
from sync.core.states import LABEL_QUEUED, LABELS
from sync.google.columns import Step, column_steps, dropdown, frozen_header
from sync.google.duty_tab import TITLE, DutyTab, tab_requests
from sync.google.layout import clash, ensure_apart
from sync.google.refusals import PROTECTED, Refused
from sync.google.sheet_check import (
    Lock,
    header_problems,
    lock_problem,
    locked,
    missing_columns,
)
from sync.google.tab import Tab
from sync.google.text_columns import text_steps
from sync.google.transport import Transport

TRIES = 3
OWN_LABELS = frozenset({*LABELS.values(), LABEL_QUEUED, LABEL_COPY, LABEL_REPLACED})


class Setup(ABC):
    """Something that is made where it is missing."""

    def __init__(self, tab: Tab, where: str) -> None:
        self._tab = tab
        self._where = where

    @abstractmethod
    def plan(self) -> list[Step]:
        """What `carry_out` would do now; reads only."""

    def carry_out(self) -> list[str]:
        """What was done, a line each. Raises Mendable where the office keeps Loket from it, else the transport's failures."""
        told: dict[str, None] = {}
        for attempt in range(1, TRIES + 1):
            steps = self.plan()
            if not steps:
                break
            try:
                self._tab.change([request for step in steps for request in step.requests])
            except TryAgain:
                if attempt == TRIES:
                    raise
            except Refused as refusal:
                if refusal.reason == PROTECTED:
                    raise Mendable(locked(self._where)) from refusal
                if refusal.status == 400 and not self.plan():  # another Loket made it just now
                    break
                raise
            told |= dict.fromkeys(step.tells for step in steps)
            # Looked at again: the answer may have been lost, or another program made the same columns.
        return list(told)


class TabSetup(Setup):
    """One workflow's tab: columns, dropdown, frozen header. `decisions` fill the dropdown; `digits` are the questions whose
    answers are kept as text."""

    def __init__(
        self,
        tab: Tab,
        *,
        questions: Sequence[str],
        columns: Columns,
        decisions: Sequence[str],
        where: str,
        digits: Collection[str] = (),
    ) -> None:
        super().__init__(tab, where)
        self._questions, self._columns, self._decisions = questions, columns, decisions
        self._digits = digits

    def titles(self) -> list[str]:
        """The header row."""
        return ["" if title is None else cell_text(title) for title in self._tab.header_row()]

    def lock_problem(self, locks: Sequence[Lock]) -> Problem | None:
        return lock_problem(locks, self.titles(), self._columns, where=self._where)

    def plan(self) -> list[Step]:
        """Raises Mendable where row 1 is not what the workflow describes: a title is never written over an applicant's row."""
        ensure_apart(self._questions, self._columns, where=self._where)
        titles = self.titles()
        problems = header_problems(titles, self._questions, self._columns, where=self._where)
        if problems:
            raise Mendable.of(problems)
        headers_of: dict[str, str] = self._columns.headers
        missing = missing_columns(titles, self._columns)
        self._ensure_ours(titles, missing, headers_of)
        facts = self._tab.facts()
        steps = column_steps(facts, len(titles), missing, headers_of)
        if facts.frozen_rows < 1:
            steps.append(frozen_header(facts))
        if "decision" in missing:
            at = len(titles) + missing.index("decision")
        else:
            at = [normal(title) for title in titles].index(normal(headers_of["decision"]))
        seen = self._tab.first_row() if facts.rows > 1 else None
        if "decision" in missing or (seen and not seen.has_validation(at)):
            steps.append(dropdown(facts, at, headers_of["decision"], self._decisions))
        return steps + (text_steps(facts, seen, titles, self._digits) if seen else [])

    def _ensure_ours(
        self, titles: Sequence[str], missing: Sequence[str], headers_of: Mapping[str, str]
    ) -> None:
        """A form may ask for its own "Keterangan". Without a reference column, a column of such a name is not ours
        unless the statuses in it are."""
        there = [name for name in SYSTEM_COLUMNS if name not in missing]
        if "reference" not in missing or not there:
            return
        if "status" in there:
            at = [normal(title) for title in titles].index(normal(headers_of["status"]))
            statuses = {cell_text(cell or "") for cell in self._tab.column(at)} - {""}
            if statuses and statuses <= OWN_LABELS:
                return
        raise clash([headers_of[name] for name in there], where=self._where)


class BoardSetup(Setup):
    """The tab "Loket", once a spreadsheet. It is made empty: the worker writes it, and knows it by its id."""

    def __init__(self, transport: Transport, spreadsheet_id: str) -> None:
        super().__init__(Tab(transport, spreadsheet_id, TITLE), f'tab "{TITLE}"')
        self._duty_tab = DutyTab(transport, spreadsheet_id)

    def plan(self) -> list[Step]:
        posted = self._duty_tab.read()
        if posted.tab:
            return []
        tells = f'tab "{TITLE}" dibuat; diisi Loket begitu berjalan'
        return [Step(tells, tuple(tab_requests((), posted)))]
