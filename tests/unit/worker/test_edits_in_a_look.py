"""A long sheet is read in several calls: an applicant corrects the response between any two of them, after rows moved just as
its reference was written. It stays one application."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import pytest

from sync.core.desk import DeskReading, Glance, Span
from sync.core.survey import Reach
from sync.worker.cycle import run_cycle
from tests.fakes.desk import FakeDesk, SheetRow
from tests.unit.worker.conftest import CITRA, World
from tests.unit.worker.test_long_sheet import LONG, PEOPLE, someone

MOMENTS = ["glance", "glanced", "look", "looked"]


class InterruptedDesk(FakeDesk):
    """`act` happens once, at the moment named, the first time or a later one."""

    act: Callable[[], None] | None = None
    moment = ""
    passing = 0

    def glance(self, spans: Sequence[Span], tail: Span | None = None) -> Glance:
        self._come("glance")
        found = super().glance(spans, tail)
        self._come("glanced")
        return found

    def look_at(self, numbers: Collection[int]) -> DeskReading:
        self._come("look")
        found = super().look_at(numbers)
        self._come("looked")
        return found

    def _come(self, moment: str) -> None:
        if self.act is None or moment != self.moment:
            return
        if self.passing:
            self.passing -= 1
            return
        act, self.act = self.act, None
        act()


@pytest.fixture
def desk(world: World) -> InterruptedDesk:
    """Some have had a letter, the others wait."""
    desk = world.desk = InterruptedDesk()
    rows = [world.applies(someone(number)) for number in range(PEOPLE)]
    world.cycle(4)
    for row in rows[: PEOPLE // 2]:
        world.decides(row, "Setujui")
    world.cycle(4)
    return desk


def moves(world: World, how: str) -> None:
    rows = world.desk.rows
    if how == "inserted":
        rows.insert(2, world.applies(someone(50)))
        rows.pop()
    elif how == "deleted":
        rows.pop(1)
    else:
        rows.reverse()
    world.desk.changes += 1


@pytest.mark.parametrize("passing", [0, 1, 2, 3])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("how", ["inserted", "deleted", "sorted", "protected"])
@pytest.mark.parametrize("world", [Reach(whole_rows=0), LONG], ids=["", "little"], indirect=True)
def test_a_correction_in_the_midst_of_a_look(
    world: World, desk: InterruptedDesk, how: str, moment: str, passing: int
) -> None:
    row: SheetRow = world.applies(CITRA)
    if how == "protected":  # nothing can be written beside it
        desk.protected = {row.owner}
    else:
        desk.meanwhile = lambda: moves(world, how)
    worker = world.counter()
    for _ in range(9):
        world.now += timedelta(minutes=1)
        run_cycle(worker)
        if not desk.moment:
            desk.protected = set()
            desk.moment, desk.passing = moment, passing
            desk.act = lambda: world.edits(row, Alamat="Jl. Baru 9")
            desk.changes += 1
    with world.ledger.reading() as look:
        found = [
            one.answers["Alamat"]
            for one in look.applications.of_workflow("domisili")
            if one.email == CITRA["Alamat Email"]
        ]
    assert desk.act is not None or found == ["Jl. Baru 9"]
    assert len(found) == 1
