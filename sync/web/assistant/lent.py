"""What the command line lends the pages: they may know neither the worker nor the other verbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sync.core.desk import Cell
from sync.core.mendable import Problem
from sync.core.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class Said:
    """What a verb answered: its exit code, and its words."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Running:
    """The worker of this folder. `process` is 0 while it is not running; `words` is what it said last; `since`: when it
    began, where that is known."""

    process: int
    words: str = ""
    since: datetime | None = None


class Lent(Protocol):
    def look(self, workflow: str, answers: Mapping[str, Cell] | None) -> dict[str, Any]:
        """The letter, as the preview's `Proofs.look` tells it; without answers with sample ones."""
        ...

    def pdf(self, name: str) -> bytes | None:
        """A letter that was looked at a short while ago."""
        ...

    def send_trial(self, workflow: str, address: str, answers: Mapping[str, Cell] | None) -> str:
        """Sends a letter marked as an example; gives its subject. Raises Mendable, Failure, LetterFailed."""
        ...

    def letter_problems(self, workflow: Workflow) -> list[Problem]:
        """What `check` finds wrong with a service's letter, notices and messages; it need not be written down yet."""
        ...

    def has_verb(self, name: str) -> bool: ...

    def verb(self, *arguments: str) -> Said:
        """Runs a verb of loket.py on this folder to its end."""
        ...

    def worker(self) -> Running: ...

    def start_worker(self) -> None:
        """In the background: it goes on when the assistant is closed."""
        ...

    def stop_worker(self) -> None: ...
