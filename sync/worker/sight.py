"""What a cycle sees of a sheet: all of a short one; of a long one what is new, what is expected, and what that asks for.

Promise: a part is read so that its rows mean what they would mean in a whole reading. Whoever a row may belong to is
looked for where his row was last seen, and where it is not there in the whole sheet, by reference. Nothing is decided
or written by narrow cells: a row that differs in them from what the ledger expects is read whole.
"""

from collections import Counter as Count
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sync.core.desk import DeskReading, DeskRow, Glimpse, Span
from sync.core.projection import LABEL_COPY, LABEL_REPLACED, label_of, updated_text
from sync.core.survey import FIRST_ROW, Survey, is_survey_due, spans_of
from sync.ledger.places import ExpectedRow
from sync.worker.counter import Counter
from sync.worker.deciding import decision_in
from sync.worker.rows import match_rows, owners

MENDING_FOR = timedelta(days=14)
"""So long an applicant who has to mend something is expected at every look; afterwards the survey finds it."""

_NOTHING = DeskReading((), "")


@dataclass(frozen=True, slots=True)
class Sight:
    """`survey`: how far the sheet is read once this reading was taken in. `cut`: rows that are new, or were to be read, had
    no room in it."""

    reading: DeskReading
    survey: Survey
    cut: bool = False


def see(counter: Counter, survey: Survey, *, only_survey: bool = False) -> Sight:
    """`only_survey`: nothing was changed since the last look."""
    reach = counter.reach
    first = (FIRST_ROW, FIRST_ROW + reach.whole_rows)
    short = survey.end < first[1]
    if survey.end < FIRST_ROW:  # not known yet
        short = len(counter.desk.glance([], first).tail.rows) <= reach.whole_rows
    if short:
        reading = counter.desk.read()
        return Sight(reading, Survey(end=max((row.number for row in reading.rows), default=0)))
    return _Look(counter, survey).carry_out(only_survey=only_survey)


def again(counter: Counter, reading: DeskReading) -> DeskReading:
    """The same rows as they stand now, wherever they were moved."""
    if reading.expected is None:
        return counter.desk.read()
    with counter.ledger.reading() as look:
        wanted = look.places.of(reading.expected)  # but for those whose row is known to be gone
    parts = _Parts(counter, frozenset(wanted))
    parts.numbers |= {row.number for row in reading.rows}
    return parts.read()


def rows_at(counter: Counter, numbers: Iterable[int]) -> DeskReading:
    """The rows of the applications that were last seen there, wherever they were moved."""
    with counter.ledger.reading() as look:
        there = look.places.at(counter.workflow.name, set(numbers))
    parts = _Parts(counter, frozenset(there))
    parts.numbers |= set(there.values())
    return parts.read()


class _Look:
    """One look at a long sheet."""

    def __init__(self, counter: Counter, survey: Survey) -> None:
        self._counter, self._survey = counter, survey
        self._parts = _Parts(counter)
        self._moved = False

    def carry_out(self, *, only_survey: bool) -> Sight:
        parts, reach, now = self._parts, self._counter.reach, self._counter.clock()
        tail: list[int] = []
        if not only_survey:
            if not self._survey.below:
                self._survey = replace(self._survey, unfinished=False)
            tail = self._glance_at_what_is_expected()
        found = bool(parts.numbers) or self._moved
        if not found or is_survey_due(self._counter.surveyed_at, now, reach):
            self._glance_at_a_slice()
            self._counter.surveyed_at = now
        reading = parts.read(moved=self._moved)
        end = max([self._survey.end, *(set(tail) & set(parts.kept))])
        if parts.sheet_end:
            end = min(end, max(parts.sheet_end, *tail, FIRST_ROW))
        survey = replace(self._survey, end=end)
        full = (bool(tail) and tail[-1] > end) or len(tail) >= reach.tail
        return Sight(reading, survey, cut=full or parts.cut)

    def _glance_at_what_is_expected(self) -> list[int]:
        """The rows that somebody waits for, and the sheet's end. Returns the rows that were not there before."""
        counter, end, reach = self._counter, self._survey.end, self._counter.reach
        with counter.ledger.reading() as look:
            rows = look.places.awake(
                counter.workflow.name,
                below=self._survey.below or None,
                mending_since=counter.clock() - MENDING_FOR,
            )
            spans, below = spans_of(rows, reach)
        self._survey = replace(self._survey, below=below)
        anchor = (max(FIRST_ROW, end - reach.anchor + 1), end)
        at = max(end, FIRST_ROW)
        tail = [row for row in self._glance([*spans, anchor], (at, at + reach.tail)) if row > end]
        self._parts.numbers |= set(tail)
        return tail

    def _glance_at_a_slice(self) -> None:
        narrow, whole, self._survey = self._survey.slices(self._counter.reach)
        if narrow[0] <= narrow[1] or whole[0] <= whole[1]:
            self._parts.numbers |= set(self._glance([narrow], whole))

    def _glance(self, spans: Sequence[Span], whole: Span) -> list[int]:
        """Returns the numbers of the rows that were read whole."""
        joined = _joined(spans)
        wanted = whole if whole[0] <= whole[1] else None
        glance = self._counter.desk.glance(joined, wanted)
        rows = {row.number: row for row in glance.tail.rows}
        self._parts.given = _NOTHING if self._parts.numbers else glance.tail
        self._moved = self._parts.judge(joined, glance.glimpses) or self._moved
        return list(rows)


@dataclass
class _Parts:
    """Rows that are read whole, and the applications that are to be found in them.

    `wanted` are read wherever they stand; of others it is enough that they stand somewhere in order (`seen`).
    `given` was read already. `kept` are the rows read in the end, without those asked for by others; `cut`: there were
    more. `sheet_end`: the sheet's last row, where it was searched to its end.
    """

    counter: Counter
    wanted: frozenset[int] = frozenset()
    numbers: set[int] = field(default_factory=set)
    seen: dict[int, int] = field(default_factory=dict)
    given: DeskReading = _NOTHING
    kept: list[int] = field(default_factory=list)
    cut: bool = False
    sheet_end: int = 0
    _lost: set[int] = field(default_factory=set)
    _strayed: set[int] = field(default_factory=set)
    _searched_from: int | None = None

    def read(self, *, moved: bool = False) -> DeskReading:
        """`moved`: rows are known to stand elsewhere."""
        if moved:
            self._search()
        reading, present = self._settle()
        while self._searched_from != FIRST_ROW and (self._lost or self._strayed):
            self._search()
            reading, present = self._settle()
        absent = set() if self.cut else self._lost  # what was left out may hold them
        return replace(reading, expected=frozenset(present | absent))

    def judge(self, spans: Sequence[Span], glimpses: Sequence[Glimpse]) -> bool:
        """Notes which rows are to be read whole, and who is not where he was. Whether that takes a search."""
        times = Count(glimpse.reference for glimpse in glimpses)
        standing, placed = self._known([one for one in times if one], spans)
        occupied = set(placed.values())
        moved: dict[int, int] = {}
        here, in_order = dict[int, int](), set[int]()
        for glimpse in glimpses:
            one = standing.get(glimpse.reference)
            if one and times[one.reference] == 1 and self._is_in_order(glimpse, one):
                here[one.id] = glimpse.number
                in_order.add(glimpse.number)
                if one.row not in (None, glimpse.number):
                    moved[one.id] = glimpse.number
                if one.row is None or one.id in self.wanted:
                    self.numbers.add(glimpse.number)
            elif glimpse.number in occupied or not _is_aside(glimpse):
                self.numbers.add(glimpse.number)
        gone = placed.keys() - here.keys()
        self.seen |= here
        self._lost = (self._lost | gone) - self.seen.keys()
        self.numbers |= {placed[one] for one in gone} - in_order
        believed = {one: row for one, row in moved.items() if one in placed}  # not there any more
        if believed:
            with self.counter.ledger.begin() as tx:
                tx.places.put(self.counter.workflow.name, believed)
        strange = moved.keys() - believed.keys()
        return bool(strange) or any(placed[one] in in_order for one in gone)

    def _known(
        self, references: Sequence[str], spans: Sequence[Span]
    ) -> tuple[dict[str, ExpectedRow], dict[int, int]]:
        """Whose references these are, and who was last seen in these rows."""
        name = self.counter.workflow.name
        placed: dict[int, int] = {}
        with self.counter.ledger.reading() as look:
            for first, last in spans:
                placed |= look.places.within(name, first, last)
            return look.places.expected(name, references), placed

    def _is_in_order(self, glimpse: Glimpse, one: ExpectedRow) -> bool:
        """Whether the row was seen whole as it should be, and nothing tells that this changed."""
        if not one.shown or glimpse.submitted != one.submitted:
            return False
        if decision_in(glimpse)[1] != one.decision_seen:
            return False
        if one.erased_at is not None:  # what it said then it still says
            return True
        status = label_of(one.state, queued=one.queued)
        updated = updated_text(one.updated_at, self.counter.timezone)
        return (glimpse.status, glimpse.updated) == (status, updated)

    def _search(self) -> None:
        """Looks at every row in narrow cells, at those near the end first: who is where, and what is to be read."""
        desk, reach, name = self.counter.desk, self.counter.reach, self.counter.workflow.name
        with self.counter.ledger.reading() as look:
            end = look.places.end(name)
        first = FIRST_ROW
        if self._searched_from is None:
            first = max(FIRST_ROW, end - reach.near)
        glimpses: list[Glimpse] = []
        at = first
        while True:
            page = (at, at + reach.search - 1)
            found = desk.glance([page]).glimpses
            glimpses += found
            at += reach.search
            if at > end and (not found or found[-1].number < page[1]):
                break
        self._searched_from = first
        self.given = _NOTHING
        self.sheet_end = max((glimpse.number for glimpse in glimpses), default=first)
        strange = self.judge([(first, max(at, end))], glimpses)
        with self.counter.ledger.reading() as look:
            references, moments = look.places.signs(self._lost | (self.wanted - self.seen.keys()))
        self.numbers |= {
            glimpse.number
            for glimpse in glimpses
            if glimpse.reference in references or glimpse.submitted in moments
        }
        if strange and first > FIRST_ROW:
            self._search()

    def _settle(self) -> tuple[DeskReading, set[int]]:
        """Reads the rows, and those where everybody whom they may belong to was last seen.

        Returns them, and the applications that have a row among them.
        """
        name, limit = self.counter.workflow.name, self.counter.reach.tail
        self.kept = sorted(self.numbers)[:limit]
        self.cut = len(self.kept) < len(self.numbers)
        numbers = set(self.kept)
        reading = self._given(numbers) or self.counter.desk.look_at(numbers)
        while True:
            matched = match_rows(self.counter, reading)
            met = {one for work in matched if (one := work.match.application_id) is not None}
            with self.counter.ledger.reading() as look:
                places = look.places.of(met)
                placed = look.places.at(name, numbers)
            more = set(places.values()) - numbers
            if not more:
                break
            numbers |= more
            reading = self.counter.desk.look_at(numbers)
        present = owners(matched)
        rows = {work.match.application_id: work.row.number for work in matched if work.is_owning}
        self._strayed = {one for one in present & places.keys() if places[one] != rows[one]}
        narrowly = {one for one, row in self.seen.items() if row not in numbers}
        whole = self.seen.keys() - narrowly  # what was read since tells, not what was seen before
        self._lost = (self._lost | placed.keys() | self.wanted | whole) - narrowly - present
        return reading, present

    def _given(self, numbers: set[int]) -> DeskReading | None:
        rows: Mapping[int, DeskRow] = {row.number: row for row in self.given.rows}
        if not numbers or not numbers <= rows.keys():
            return None
        return replace(self.given, rows=tuple(rows[number] for number in sorted(numbers)))


def _is_aside(glimpse: Glimpse) -> bool:
    """A copy, or answered again elsewhere, and told so."""
    return glimpse.status in (LABEL_COPY, LABEL_REPLACED) and not glimpse.updated


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In their order, without those that are empty; such as meet become one."""
    joined: list[Span] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
