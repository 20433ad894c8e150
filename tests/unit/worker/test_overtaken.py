"""Somebody else, a sender of the cluster for one, changed an application at the very moment: nothing is the matter."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.core.states import State
from sync.ledger.applications import Overtaken
from sync.worker import cycle, intake
from sync.worker.cycle import CycleReport, run_cycle
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, SHORT_AND_LONG, World


def overtaken(step: Callable[..., Any], times: int) -> Callable[..., Any]:
    """So many times somebody else is first, as only PostgreSQL lets him."""
    left = [times]

    def first_somebody_else(*arguments: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise Overtaken("SKD-26-000000")
        return step(*arguments, **named)

    return first_somebody_else


def decided(world: World) -> list[SheetRow]:
    rows = [world.applies(CITRA), world.applies(DONI)]
    world.cycle(3)
    for row in rows:
        world.decides(row, "Setujui")
    return rows


def is_calm(world: World, report: CycleReport) -> bool:
    with world.ledger.reading() as look:
        memory = look.desks.of("domisili")
    return not report.trouble and not report.again and memory is not None and not memory.trouble


@SHORT_AND_LONG
@pytest.mark.parametrize("times", [1, 2, 3, 4, 6])
def test_a_row_that_somebody_else_was_at_is_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """However often in a row; it is told to nobody, holds up no other row and is not forgotten."""
    rows = decided(world)
    monkeypatch.setattr(intake, "decide", overtaken(intake.decide, times))
    counter = world.counter()
    for _ in range(times + 2):
        assert is_calm(world, run_cycle(counter))
    assert {world.application(row).state for row in rows} == {State.DELIVERED}


@SHORT_AND_LONG
def test_a_new_row_that_mends_an_application_somebody_was_at_is_not_passed_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands at the sheet's end, where the next look would begin below it."""
    row = world.applies({**CITRA, "NIK": "1"})
    world.cycle(3)
    assert world.application(row).state is State.NEEDS_FIXING
    mended = world.applies({**CITRA, "Nomor Permohonan": row.system["reference"]})
    monkeypatch.setattr(intake, "_edit", overtaken(intake._edit, 2))
    assert is_calm(world, world.cycle())
    world.applies(DONI)
    world.cycle(2)
    assert world.application(mended).state is State.IN_REVIEW


@pytest.mark.parametrize("step", ["settle_interrupted", "plan_apologies", "take_in", "write_back"])
def test_a_step_that_was_overtaken_is_no_mistake(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whichever it is: the next cycle sees what the other one did, though the sheet stands still."""
    rows = decided(world)
    monkeypatch.setattr(cycle, step, overtaken(getattr(cycle, step), 1))
    assert is_calm(world, world.cycle())
    world.cycle()
    assert {row.system["status"] for row in rows} == {"Selesai"}
