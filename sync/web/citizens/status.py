"""The status of an application for who knows its reference and the last four digits of the NIK in it.

A reference that is unknown and digits that are wrong cost the same work and give the same answer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import compare_digest
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sync.core.cells import cell_text
from sync.core.dates import format_date
from sync.core.promise import due_on, late_before
from sync.core.states import State
from sync.core.status_words import Words, words_of
from sync.core.verification import mask_name
from sync.ledger.citizens import Seen
from sync.ledger.ledger import Ledger

DIGITS = "0123456789"
ASKED_DIGITS = 4
AGAIN_FROM = frozenset({State.DELIVERED, State.UNCERTAIN})
"""States in which the letter went out, and may be had again."""
_WAITING = (State.RECEIVED, State.IN_REVIEW)


class Answer(NamedTuple):
    """What the applicant reads. `by`: the promise, as a date; `late`: it has passed. `again`: the letter may be asked for."""

    reference: str
    name: str
    words: Words
    received: str
    since: str
    by: str
    late: bool
    again: bool


def look_up(ledger: Ledger, references: Sequence[str]) -> Mapping[str, Seen]:
    """Raises LedgerTrouble."""
    with ledger.reading() as look:
        return look.citizens.find_all(references)


def proven(seen: Seen | None, questions: Mapping[str, str], digits: str) -> Seen | None:
    """What was found of a reference, if anything; None for whoever does not know the digits. `questions` are those for the
    NIK, by workflow."""
    question = questions.get(seen.workflow, "") if seen else ""
    text = cell_text(seen.answers.get(question, "")) if seen else ""
    last = "".join(digit for digit in text if digit in DIGITS)[-ASKED_DIGITS:]
    known = compare_digest(last.rjust(ASKED_DIGITS, "-").encode(), digits.encode())
    return seen if known else None


def answer(seen: Seen, *, days: int, now: datetime, timezone: ZoneInfo) -> Answer:
    """`days`: promised calendar days, 0: none."""
    today = now.astimezone(timezone).date()
    promised = bool(days) and seen.state in _WAITING
    return Answer(
        seen.reference,
        mask_name(seen.name),
        words_of(seen.state, queued=seen.queued, withdrawn=seen.withdrawn),
        format_date(seen.received_at.astimezone(timezone).date()),
        format_date(seen.since.astimezone(timezone).date()),
        format_date(due_on(seen.received_at, days, timezone)) if promised else "",
        promised and seen.received_at < late_before(today, days, timezone),
        seen.has_letter and seen.state in AGAIN_FROM and not seen.withdrawn,
    )
