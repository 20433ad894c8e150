"""Who may see the dashboard, and what each role sees. People are those whom settings.yaml names; nobody else exists."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """As settings.yaml calls them. An officer sees what waits; the head also how long things take, the quota and who saw
    what; the province its table of regencies, and no applicant."""

    OFFICER = "officer"
    HEAD = "head"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Person:
    """`address` as settings.yaml has it; an address is one person's, whatever its case."""

    address: str
    role: Role
    name: str = ""


def person_of(people: Iterable[Person], typed: str) -> Person | None:
    """Whom an address belongs to."""
    wanted = typed.strip().casefold()
    return next((one for one in people if one.address.casefold() == wanted), None)
