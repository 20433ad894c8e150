"""References and letter numbers after a loss: they go on where nobody can have been.

What the sheet and Drive show is counted; where a letter may have gone out that shows nowhere, a number is passed over.
"""

from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime

from sync.core.application import Application
from sync.core.desk import DeskRow
from sync.core.numbering import number_of
from sync.core.recovery import number_in, serial_of
from sync.core.references import read_reference
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.outside import StoredLetter
from sync.worker.steps import take_serial

SPARE_REFERENCES = 20
"""References need not be consecutive: so many that may have been given to rows deleted since are passed over."""


class Numbers:
    """`told`: the highest letter serials, by year, that were told outside by workflows of the same series.
    `passed_over`: letter serials that are given to nobody, by year."""

    def __init__(self, counter: Counter, at: datetime, told: Mapping[int, int]) -> None:
        self._counter = counter
        self._at = at
        self._highest = dict(told)
        self._may_have_more: dict[int, int] = {}
        self._without_number: list[int] = []
        self.passed_over: dict[int, tuple[int, int]] = {}

    def keep(
        self, tx: Transaction, application: Application, number: str, moment: datetime
    ) -> None:
        """The application's own number, as it was told outside."""
        counter = self._counter
        local = moment.astimezone(counter.timezone).date()
        found = self._serial_of(number, (local.year, local.year - 1, local.year + 1))
        if found is None:  # of a pattern of before: no number of today's can be the same
            on = local
        else:
            on, serial = found
            on = local if (on.year, on.month) == (local.year, local.month) else on
            self._highest[on.year] = max(self._highest.get(on.year, 0), serial)
            tx.recovering.number(counter.workflow.series, on.year, serial, application.id)
        if application.letter_number != number:
            tx.recovering.approved(application.id, number, moment, on)

    def unknown(self, moment: datetime, application: Application | None = None) -> None:
        """A number may have been given around then; to `application`, if it is one that may need a new one."""
        year = moment.astimezone(self._counter.timezone).year
        self._may_have_more[year] = self._may_have_more.get(year, 0) + 1
        if application is not None:
            self._without_number.append(application.id)

    def go_on(
        self,
        tx: Transaction,
        known: Set[str],
        in_rows: Set[str],
        letters: Mapping[str, StoredLetter],
        bare: int,
    ) -> None:
        """`known` are the ledger's references, `in_rows` the sheet's; `bare` rows have none."""
        self._references_go_on(tx, known, in_rows | letters.keys(), bare)
        for reference, letter in letters.items():
            if reference not in in_rows and reference not in known:  # its row was deleted
                self._see(letter)
        for year in sorted({*self._highest, *self._may_have_more}):
            workflow = self._counter.workflow
            series = workflow.series
            highest = tx.recovering.count_from("letter", series, year, self._highest.get(year, 0))
            tx.recovering.count_from("letter", workflow.name, year, highest)
            unknown = self._may_have_more.get(year, 0)
            if unknown:
                tx.recovering.count_from("letter", series, year, highest + unknown)
                self.passed_over[year] = (highest + 1, highest + unknown)
        for application_id in self._without_number:
            self._new_number(tx, tx.applications.get(application_id))

    def _references_go_on(
        self, tx: Transaction, known: Set[str], outside: Set[str], bare: int
    ) -> None:
        counter = self._counter
        prefix = counter.workflow.prefix
        seen = {ref for text in outside if (ref := read_reference(text)) and ref.prefix == prefix}
        seen |= {ref for text in known if (ref := read_reference(text))}
        for year in sorted({ref.year for ref in seen} | {counter.today.year % 100}):
            serials = {ref.serial for ref in seen if ref.year == year}
            # Letters in Drive were found there; those by mail alone may belong to rows that were deleted.
            asked = "drive" in counter.workflow.deliver
            missing = 0 if asked else max(serials, default=0) - len(serials - {0})
            self._may_have_more[2000 + year] = self._may_have_more.get(2000 + year, 0) + missing
            last = max(serials, default=0) + bare + SPARE_REFERENCES
            tx.recovering.count_from("reference", prefix, 2000 + year, last)

    def _see(self, letter: StoredLetter) -> None:
        year = letter.stored_at.astimezone(self._counter.timezone).year
        found = self._serial_of(letter.number, (year, year - 1))
        if found:
            self._highest[found[0].year] = max(self._highest.get(found[0].year, 0), found[1])

    def _serial_of(self, number: str, years: tuple[int, ...]) -> tuple[date, int] | None:
        return _serial_of(self._counter, number, years)

    def _new_number(self, tx: Transaction, application: Application) -> None:
        """Its own number is known to nobody; should a letter ever be made for it again, it has one nobody else has."""
        counter = self._counter
        on: date = counter.today
        workflow = counter.workflow
        serial = take_serial(counter, tx, application, on)
        number = number_of(workflow, serial=serial, on=on, unit=counter.settings.office.unit)
        tx.recovering.approved(application.id, number, self._at, on)


def highest_told(
    counter: Counter, rows: Iterable[DeskRow], letters: Mapping[str, StoredLetter]
) -> dict[int, int]:
    """The highest letter serial, by year, that the workflow's sheet and Drive know of."""
    highest: dict[int, int] = {}
    this_year = counter.today.year
    numbers = {number_in(row.system) for row in rows} | {one.number for one in letters.values()}
    for number in numbers - {""}:
        found = _serial_of(counter, number, (this_year, this_year - 1, this_year + 1))
        if found:
            on, serial = found
            highest[on.year] = max(highest.get(on.year, 0), serial)
    return highest


def _serial_of(counter: Counter, number: str, years: Iterable[int]) -> tuple[date, int] | None:
    return serial_of(counter.workflow, number, unit=counter.settings.office.unit, years=years)
