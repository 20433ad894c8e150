"""What one letter is made from. Plain values only: an order travels to another process."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """`template` is looked up in the template folders in order, e.g. "letters/domisili.html".

    `context` holds str, int, date, None, dict and list; `must_contain` are texts that must be readable in the
    finished PDF: the applicant's name and the letter's number.
    """

    template: str
    context: Mapping[str, object]
    title: str
    must_contain: tuple[str, ...]
