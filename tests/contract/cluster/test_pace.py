"""Members that visit one sheet in turn keep one pace, by what the ledger knows of each other's visits."""

import json
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from sync.ledger.ledger import Ledger
from sync.worker.cycle import CycleReport
from sync.worker.intake import Taken

jobs = pytest.importorskip("sync.worker.cluster.jobs", reason="procrastinate is not for Windows")

from sync.worker.cluster.pace import Visits  # noqa: E402 - after the question whether it can be

DAY_S = 3600.0
"""So long that the fast pace, a third of it, is told from the slow one, whatever the hour."""
QUEUE = jobs.Queue.new()
IDLE = CycleReport("domisili", idle=True)
DECIDED = CycleReport("domisili", taken=Taken(decided=1))


@pytest.fixture
def ledger(new_postgresql_database: str) -> Iterator[Ledger]:
    ledger = Ledger.open(new_postgresql_database)
    with ledger.beginning() as (tx, connection):
        jobs.ensure_schema(tx, connection)
    yield ledger
    ledger.close()


@pytest.fixture
def members(ledger: Ledger) -> list[Visits]:
    return [Visits(ledger, QUEUE, ZoneInfo("Asia/Makassar"), DAY_S, 0) for _ in range(2)]


def next_in_s(ledger: Ledger) -> float:
    """Takes the visit that waits from the queue."""
    taken = text(
        "DELETE FROM procrastinate_jobs WHERE queueing_lock = 'sheet sheet-id'"
        " RETURNING extract(epoch from scheduled_at - clock_timestamp())"
    )
    with ledger.beginning() as (_, connection):
        return float(connection.execute(taken).scalar_one())


def is_fast(in_s: float) -> bool:
    return in_s <= DAY_S / 3


def test_what_one_member_saw_hastens_anothers_visit(ledger: Ledger, members: list[Visits]) -> None:
    """The first found a decision; the second found nothing, and yet the third visit comes fast."""
    first, second = members
    first.begin("sheet-id")
    first.next("sheet-id", [IDLE])
    assert not is_fast(next_in_s(ledger))
    first.begin("sheet-id")
    first.next("sheet-id", [DECIDED])
    assert is_fast(next_in_s(ledger))
    second.begin("sheet-id")
    second.next("sheet-id", [IDLE])
    assert is_fast(next_in_s(ledger))


@pytest.mark.parametrize("meanwhile", [False, True], ids=["a visit waits", "one is going on"])
def test_a_letter_that_was_made_brings_one_visit_forward(
    ledger: Ledger, members: list[Visits], meanwhile: bool
) -> None:
    """The one that waits, or the one after that which is going on and may have passed its row; and no more than one."""
    sheets, printer = members
    sheets.begin("sheet-id")
    if meanwhile:
        printer.sooner("sheet-id")
        sheets.next("sheet-id", [IDLE])
    else:
        sheets.next("sheet-id", [IDLE])
        printer.sooner("sheet-id")
        printer.sooner("sheet-id")
    assert is_fast(next_in_s(ledger))
    sheets.begin("sheet-id")
    sheets.next("sheet-id", [IDLE])
    assert not is_fast(next_in_s(ledger))
    with ledger.reading() as look:
        assert json.loads(look.desks.resource("pace") or "") == {}


def test_a_visit_that_left_something_to_do_is_followed_at_once(
    ledger: Ledger, members: list[Visits]
) -> None:
    """A long sheet's new rows, of which it took in so many."""
    members[0].next("sheet-id", [CycleReport("domisili", more=True)])
    assert next_in_s(ledger) <= 0
