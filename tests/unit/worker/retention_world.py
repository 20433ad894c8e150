"""A counter whose data are kept for a year, with Drive and copies in memory: what a test of erasing says and looks at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from sync.core.application import Application
from sync.core.retention import NOTES, Cause
from sync.core.workflow.model import Workflow
from sync.ledger.engine import sqlite_url
from sync.ledger.forgetting import Place
from sync.ledger.ledger import Ledger
from sync.worker.retention import Leftovers, Retention
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, WORKFLOW, World
from tests.unit.worker.test_backing_up import FakeFolder

TERM, REQUEST = NOTES[Cause.TERM], NOTES[Cause.REQUEST]


@dataclass
class FakeDrive:
    """Shared letters: what was taken back, and what Drive says instead."""

    taken_back: list[str] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)

    def take_back(self, file_id: str) -> None:
        for part, failure in self.failures.items():
            if part in file_id:
                raise failure
        self.taken_back.append(file_id)


@dataclass
class Office(World):
    """A counter whose data are kept for a year."""

    shared: FakeDrive = field(default_factory=FakeDrive)
    copies: FakeFolder = field(default_factory=FakeFolder)

    @property
    def leftovers(self) -> Leftovers:
        return Leftovers(self.ledger, self.data, lambda: self.shared, lambda: self.copies)

    def retention(self, *, stop: Event | None = None) -> Retention:
        """As a worker that was just started has it."""
        workflow = Workflow.model_validate(self.workflow)
        return Retention([workflow], self.leftovers, 14, lambda: self.now, stop or Event())

    def approved(self, person: dict[str, str] = CITRA) -> SheetRow:
        row = self.applies(person)
        self.cycle()
        self.decides(row, "Setujui")
        self.cycle(2)
        return row

    def a_year_later(self) -> None:
        self.now += timedelta(days=366)
        self.retention().keep()

    def looks_again(self) -> None:
        """Whatever happened: every row is read in the next cycle."""
        self.desk.changes += 1
        self.cycle(2)

    def all(self) -> list[Application]:
        with self.ledger.reading() as look:
            return list(look.applications.of_workflow())

    def left(self) -> list[str]:
        with self.ledger.reading() as look:
            return [one.name for place in Place for one in look.forgetting.left(place, limit=99)]


@pytest.fixture(name="office")
def office_of_a_year(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    workflow = {**WORKFLOW, "retention_days": 365}
    yield Office(ledger, tmp_path, workflow)
    ledger.close()


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
