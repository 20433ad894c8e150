"""How a long sheet is read without reading it: what one look takes in, and how the rest goes round. Pure.

A look takes in the sheet's end, where responses arrive, and the rows that something is expected of. The survey goes
round the others beside that: a slice in narrow cells and a smaller one whole, each look that finds nothing else to do, until all
rows were seen since the last change.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.core.desk import Span

FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class Reach:
    """How much one look takes in, in rows. A sheet up to `whole_rows` is read as a whole, always.

    `anchor`: the last known rows, which tell whether rows were moved; `near`: where they are searched first.
    `awake`, `spans`: of rows that something is expected of, and in how many ranges; `gap`: fewer rows between two of them are read along.
    `tail`: of new rows, and of rows read whole. `search`: of a page when rows are searched. `survey`, `reread`: the survey's slices, narrow and whole.
    """

    whole_rows: int = 500
    anchor: int = 20
    near: int = 1_000
    awake: int = 10_000
    spans: int = 15
    gap: int = 100
    tail: int = 5_000
    search: int = 50_000
    survey: int = 10_000
    reread: int = 500
    survey_at_least_every: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Survey:
    """How far a sheet was read. `end`: the last row that was taken in. `at`, `reread_at`: where the slices go on;
    `left`, `reread_left`: how many rows they have still to see since the last change. `below`: where the next look at
    rows that something is expected of goes on, from there upwards; 0: at the end. `unfinished`: since it began there, rows
    had no room in a look that did others; then it begins there once more."""

    end: int = 0
    at: int = FIRST_ROW
    left: int = 0
    reread_at: int = FIRST_ROW
    reread_left: int = 0
    below: int = 0
    unfinished: bool = False

    @property
    def under_way(self) -> bool:
        """Whether rows that something is expected of are still to be looked at."""
        return self.below > 0 or self.unfinished

    @property
    def over(self) -> bool:
        return self.left == self.reread_left == 0

    def begun(self) -> "Survey":
        """Something in the sheet was changed: every row is to be seen again."""
        return replace(self, left=self.end, reread_left=self.end)

    def slices(self, reach: Reach) -> tuple[Span, Span, "Survey"]:
        """The next rows to be seen narrow, those to be seen whole, and how far the survey then is."""
        narrow, at = _slice(self.at, min(reach.survey, self.left), self.end)
        whole, reread_at = _slice(self.reread_at, min(reach.reread, self.reread_left), self.end)
        then = replace(
            self,
            at=at,
            left=max(0, self.left - _rows(narrow)),
            reread_at=reread_at,
            reread_left=max(0, self.reread_left - _rows(whole)),
        )
        if self.end < FIRST_ROW:
            then = replace(then, left=0, reread_left=0)
        return narrow, whole, then


def _slice(at: int, rows: int, end: int) -> tuple[Span, int]:
    """Up to so many rows from there on, and where the next ones begin; a span that ends before it begins is empty."""
    first = at if FIRST_ROW <= at <= end else FIRST_ROW
    last = min(first + rows - 1, end)
    return (first, last), last + 1 if last < end else FIRST_ROW


def _rows(span: Span) -> int:
    return max(0, span[1] - span[0] + 1)


def spans_of(rows: Iterable[int], reach: Reach) -> tuple[list[Span], int]:
    """Rows, from the lowest in the sheet upwards, as few spans; and below which row the others are left, 0: none are."""
    spans: list[Span] = []
    taken = 0
    for row in rows:
        joins = bool(spans) and spans[-1][0] - row <= reach.gap
        more = spans[-1][0] - row if joins else 1
        if taken + more > reach.awake or (not joins and len(spans) == reach.spans):
            return spans, spans[-1][0] if spans else 0
        taken += more
        if joins:
            spans[-1] = (row, spans[-1][1])
        else:
            spans.append((row, row))
    return spans, 0


def is_survey_due(last_at: datetime | None, now: datetime, reach: Reach) -> bool:
    """However busy the looks are."""
    return last_at is None or not timedelta(0) <= now - last_at < reach.survey_at_least_every
