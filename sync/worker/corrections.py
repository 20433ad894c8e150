"""A response that its applicant corrected by the form's link, where its row does not tell whose it is: its reference had
not arrived in it, or a copy of the row stands beside it.

Only the form gives a row another timestamp, and it writes in the response's own row: of a row and its copy the later one
is the response.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sync.core.answers import ApplicantSeen
from sync.core.application import Application
from sync.core.matching import Kind
from sync.worker.rows import MatchedRow

Person = tuple[str, str]


def changed_before_its_reference(
    work: MatchedRow, applicant: ApplicantSeen, rowless: list[Application]
) -> Application | None:
    """The application whose response this is, of those that have no row: the same person's only one. It has one then."""
    same_person = [one for one in rowless if _is_one_person(one, applicant)]
    if len(same_person) != 1 or work.reference not in ("", same_person[0].reference):
        return None
    rowless.remove(same_person[0])
    return same_person[0]


class Beside:
    """The rows of a reading that pass for their applications'."""

    def __init__(self, matched: Sequence[MatchedRow], known: Mapping[int, Application]) -> None:
        self._by_reference: dict[str, Application] = {}
        self._by_person: dict[Person, list[tuple[MatchedRow, Application]]] = defaultdict(list)
        if not any(_is_new(work) for work in matched):
            return
        for work in matched:
            if work.match.kind is Kind.SAME and work.match.application_id is not None:
                application = known[work.match.application_id]
                if application.erased_at is None:
                    self._by_reference[application.reference] = application
                    self._by_person[_person(application)].append((work, application))

    def corrected_in(self, work: MatchedRow, applicant: ApplicantSeen) -> Application | None:
        """The application that a new row is the response of, though another row passes for it.

        Known by the reference, where name or address are the same. Else by both, of the only one there is: where Loket took
        the row for the copy, or no reference was written yet (copies are put below).
        """
        if work.reference:
            own = self._by_reference.get(work.reference)
            is_it = own is not None and _is_alike(own, applicant) and _is_later(work, own)
            return own if is_it else None
        found = [
            application
            for other, application in self._by_person.get(_person(applicant), ())
            if application.email
            and _is_later(work, application)
            and (work.marked_copy or _is_rather_it(work, other, application))
        ]
        return found[0] if len(found) == 1 else None


def is_beside(work: MatchedRow, application: Application) -> bool:
    """Whether the row passed for the application's, and was found to be a copy in the same reading."""
    now = (application.fingerprint, application.submitted)
    return work.match.kind is Kind.SAME and work.identity != now


def responses_first(rows: Sequence[MatchedRow]) -> list[MatchedRow]:
    """What is typed in a copy must not count before its response is known."""
    return sorted(
        rows, key=lambda work: not (_is_new(work) and (work.reference or work.marked_copy))
    )


def _is_rather_it(work: MatchedRow, other: MatchedRow, application: Application) -> bool:
    """A row without a reference above one that has none either; or anywhere beside one that bears another's."""
    if application.placed or other.reference == application.reference:
        return False
    return bool(other.reference) or work.row.number < other.row.number


def _is_one_person(application: Application, applicant: ApplicantSeen) -> bool:
    """By the address; by the name where one of the two has none. Where the row had its reference, by both: another
    applicant with that address may have come just as the row was deleted."""
    (name, email), (old_name, old_email) = _person(applicant), _person(application)
    if email and old_email:
        return email == old_email and (name == old_name or not application.placed)
    return name == old_name


def _is_alike(application: Application, applicant: ApplicantSeen) -> bool:
    """By the name or by the address: either may be what was corrected. A stranger has neither."""
    pairs = zip(_person(application), _person(applicant), strict=True)
    return any(old and old == new for old, new in pairs)


def _is_new(work: MatchedRow) -> bool:
    return work.match.kind is Kind.NEW


def _person(one: ApplicantSeen | Application) -> Person:
    return one.name.casefold(), one.email.casefold()


def _is_later(work: MatchedRow, application: Application) -> bool:
    """By their timestamp cells, as serial numbers."""
    try:
        return float(work.identity[1]) > float(application.submitted)
    except ValueError:
        return False
