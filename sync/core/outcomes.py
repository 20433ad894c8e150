"""What can come of a side effect outside: a receipt, or one of three failures.

Every adapter turns its library's errors into these; the worker knows no others. The sentences in them are
Indonesian, for the officer's row: short, no code, no unmasked number.
"""

from dataclasses import dataclass


class Failure(Exception):
    """`reason` is for the officer; `detail` is for the log and holds no citizen's data."""

    def __init__(self, reason: str, *, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail or reason


class TryAgain(Failure):
    """It certainly did not happen, and may succeed later. `wait_s`: what the other side asked us to wait."""

    def __init__(self, reason: str, *, detail: str = "", wait_s: float | None = None) -> None:
        super().__init__(reason, detail=detail)
        self.wait_s = wait_s


class QuotaUsedUp(TryAgain):
    """The other side takes no more for today, from nobody: all that goes this way waits, and no retries are used up."""


class Never(Failure):
    """It did not happen and will not, however often it is tried: someone has to mend something first."""


class CannotKnow(Failure):
    """It may have happened, and nobody can be asked."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """It happened. `id` is the other side's name for it; `link` opens it for a person, where there is one."""

    id: str
    link: str = ""
