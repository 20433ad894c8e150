"""More rows wait than a look goes through, and more were decided than it takes in: nobody is left over."""

import pytest

from sync.core.states import State
from sync.core.survey import Reach
from sync.worker.cycle import run_cycle
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World

TAIL, AWAKE = 10, 20
REACH = Reach(
    whole_rows=0, anchor=2, near=6, awake=AWAKE, tail=TAIL, search=60, survey=AWAKE, reread=3
)


def decided(world: World, people: int) -> list[SheetRow]:
    world.reach = REACH
    world.workflow |= {"duplicates": None}
    rows = [
        world.applies({**CITRA, "Alamat Email": f"w{number}@example.org"})
        for number in range(people)
    ]
    world.cycle()
    assert {row.system["status"] for row in rows} == {"Menunggu petugas"}
    for row in rows:
        world.decides(row, "Setujui")
    return rows


def left(world: World, rows: list[SheetRow]) -> int:
    return sum(world.application(row).state is not State.DELIVERED for row in rows)


PEOPLE = pytest.mark.parametrize("people", [TAIL + 1, AWAKE + 1, AWAKE + TAIL + 3, 3 * AWAKE + 5])


@PEOPLE
def test_one_cycle_goes_through_all_decisions(world: World, people: int) -> None:
    """A backlog is decided in one morning; `run --once` may run but once a day."""
    rows = decided(world, people)
    world.cycle()
    assert left(world, rows) == 0


@PEOPLE
def test_turns_follow_one_another_until_nobody_is_left(world: World, people: int) -> None:
    """Other services have theirs in between; no turn waits for the next poll."""
    rows = decided(world, people)
    counter, turns = world.counter(), 0
    while run_cycle(counter, turn_s=60).more:
        turns += 1
        assert turns < people
    assert left(world, rows) == 0


@PEOPLE
def test_a_worker_that_is_started_again_goes_on(world: World, people: int) -> None:
    """It knows from the ledger alone that there is more, whatever the sheet's version says."""
    rows = decided(world, people)
    for _ in range(people):
        run_cycle(world.counter(), turn_s=60)
    assert left(world, rows) == 0


@PEOPLE
def test_rows_that_nobody_decides_about_end_the_looks(world: World, people: int) -> None:
    """However many wait: what nothing comes of is not looked at again at once."""
    rows = decided(world, people)
    for row in rows:
        world.decides(row, "")
    counter = world.counter()
    assert [run_cycle(counter, turn_s=60).more for _ in range(4)] == [False] * 4
    world.cycle()
