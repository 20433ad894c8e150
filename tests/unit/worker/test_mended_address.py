"""An applicant mends the address while something still waits to be sent there: it goes to the mended one."""

from datetime import timedelta

from sync.core.outcomes import TryAgain
from tests.unit.worker.conftest import CITRA, World
from tests.unit.worker.test_cycle import status
from tests.unit.worker.test_queueing import approved, served, with_quota

MENDED = {"Alamat Email": "baru@example.org"}


def addresses(world: World) -> set[str]:
    return {intent.address for intent, _ in world.email.arrived}


def test_a_letter_that_waits_for_quota_goes_to_the_mended_address(world: World) -> None:
    """It stood in the queue for a day; the old address may be a stranger's."""
    with_quota(world, 0)
    [row] = approved(world, "lama")
    world.cycle()
    assert status(row) == "Antre kirim"

    world.edits(row, **MENDED)
    world.cycle()
    with_quota(world, 450)
    world.now += timedelta(hours=25)
    world.cycle(2)

    assert served(world) == ["baru"]
    assert status(row) == "Selesai"


def test_so_does_one_that_is_to_be_tried_again(world: World) -> None:
    """Under the same key: it certainly has not arrived."""
    [row] = approved(world, "lama")
    world.email.failures = [TryAgain("Server email tidak menjawab.")]
    world.cycle()

    world.edits(row, **MENDED)
    world.now += timedelta(hours=1)
    world.cycle(2)

    assert served(world) == ["baru"]


def test_so_does_a_notice(world: World) -> None:
    """What is wrong with the answers is nothing for a stranger either."""
    with_quota(world, 0)
    row = world.applies({**CITRA, "Alamat Email": "lama@example.org", "NIK": "6472"})
    world.cycle()
    world.edits(row, **MENDED)
    world.cycle()
    with_quota(world, 450)
    world.now += timedelta(hours=25)
    world.cycle(2)
    assert addresses(world) == {"baru@example.org"}


def test_nothing_goes_to_somebody_else_whose_row_was_pasted_over(world: World) -> None:
    """Under another name it is no mended address."""
    with_quota(world, 0)
    [row] = approved(world, "lama")
    world.cycle()
    world.edits(row, **MENDED, **{"Nama Lengkap": "Doni Pratama"})
    world.cycle()
    with_quota(world, 450)
    world.now += timedelta(hours=25)
    world.cycle(2)
    assert "baru" not in served(world)
