"""Problems that the person at the keyboard can mend, as data.

Raised as `Mendable`; drawn in one place (cli/screen.py), so every verb looks alike. A problem says where it
is, what was found, what is allowed and what to run. What nobody outside can mend is an ordinary exception.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `name` is a stable kebab-case word; the rest are plain sentences, never markup.

    `where` is `file:line` for texts, else a place the reader knows (a setting, a sheet's tab, a column).
    """

    name: str
    where: str
    found: str
    allowed: str = ""
    run: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.found}" + (f" ({self.allowed})" if self.allowed else "")


class Mendable(Exception):
    """One or more problems that the user can mend; the first-to-mend comes first."""

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("Mendable needs at least one problem")
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems: tuple[Problem, ...] = problems

    @classmethod
    def one(
        cls, name: str, *, where: str, found: str, allowed: str = "", run: str = ""
    ) -> "Mendable":
        return cls(Problem(name, where, found, allowed, run))

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "Mendable":
        return cls(*problems)
