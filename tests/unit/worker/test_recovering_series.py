"""Workflows that share a series of letter numbers, after a loss: none is given a number that another one gave."""

import pytest

from sync.core.settings import Settings
from sync.worker.outside import Outside
from sync.worker.recovering import numbers_told, recover
from tests.unit.worker.conftest import CITRA, DONI, WORKFLOW, World
from tests.unit.worker.test_recovering import approved, dies, outside

NUMBER = "470/{{ serial|pad(4) }}/DKPS/{{ tahun }}"
LETTER = {"template": "letters/x.html", "number": NUMBER, "series": "umum"}


@pytest.fixture
def worlds(world: World) -> tuple[World, World]:
    """Two services with sheets of their own, and one ledger."""
    world.workflow = {**WORKFLOW, "letter": LETTER}
    other = World(world.ledger, world.data, settings=Settings())
    other.workflow = {
        **WORKFLOW,
        "name": "pindah",
        "prefix": "SKP",
        "sheet": "other-sheet",
        "letter": LETTER,
    }
    return world, other


def test_two_services_of_one_series_count_together(worlds: tuple[World, World]) -> None:
    """In the order of the approvals."""
    for world, person in zip(worlds * 2, (CITRA, DONI, DONI, CITRA), strict=True):
        approved(world, person)
        world.cycle(times=2)
    numbers = [
        message.letter.number
        for world in worlds
        for _, message in world.drive.arrived
        if message.letter
    ]
    assert sorted(numbers) == [f"470/{serial:04}/DKPS/2026" for serial in (1, 2, 3, 4)]


def test_a_number_of_the_other_service_is_not_given_again(worlds: tuple[World, World]) -> None:
    """Citra's own number is known to nobody: her new one is none that the other service told its applicants."""
    world, other = worlds
    world.press.fails_for = {CITRA["Nama Lengkap"]}
    citra = approved(world, CITRA)
    world.cycle()
    assert citra.system["status"] == "Gagal kirim"
    doni = approved(other, DONI)
    other.cycle(times=2)
    dies(world)
    other.ledger, other.data = world.ledger, world.data
    told = numbers_told(other.counter(), outside(other))
    assert told == {2026: 2}
    recover(world.counter(), Outside({}, lambda _: b""), told)
    recover(other.counter(), outside(other), numbers_told(world.counter(), outside(world)))
    assert other.application(doni).letter_number == "470/0002/DKPS/2026"
    assert world.application(citra).letter_number == "470/0004/DKPS/2026"  # 3 may be hers
