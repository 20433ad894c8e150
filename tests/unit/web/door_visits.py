"""The dashboard's door for one test, and how a test sees who is in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.fakes.asking import Visitor
from tests.fakes.dashboard_door import HEAD, DoorOffice

STRANGER = "orang@lain.example"
SECOND = timedelta(seconds=1)
SESSION = "loket-petugas"


@pytest.fixture(name="office")
def office_with_a_door(tmp_path: Path) -> Iterator[DoorOffice]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield DoorOffice(ledger)
    ledger.close()


def is_in(visitor: Visitor, person=HEAD) -> bool:
    answer = visitor.reads("/petugas")
    assert answer.status in (200, 303)
    return answer.text == f"angka untuk {person.address}"
