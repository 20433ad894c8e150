"""Rows that nothing tells any more: without reference and with other answers than the ledger knows."""

from tests.unit.worker.conftest import CITRA, SHORT_AND_LONG, World

pytestmark = SHORT_AND_LONG


def names(world: World) -> list[str]:
    with world.ledger.reading() as look:
        return sorted(one.name for one in look.applications.of_workflow("domisili"))


def test_an_edited_response_whose_reference_was_emptied_is_one_application(world: World) -> None:
    """A write of Loket's that meets the applicant's edit takes the row for a stranger's and empties the reference."""
    row = world.applies(CITRA)
    world.cycle(times=2)
    application = world.application(row)
    row.system["reference"] = ""
    world.edits(row, Alamat="Jl. Baru 5")
    world.cycle(times=2)
    assert names(world) == ["Citra Lestari"]
    assert row.system["reference"] == application.reference
    assert world.application(row).answers["Alamat"] == "Jl. Baru 5"


def test_another_applicant_with_the_address_of_a_deleted_row_is_an_application_of_its_own(
    world: World,
) -> None:
    """A village clerk applies for many: the row of one was deleted as that of another came."""
    row = world.applies(CITRA)
    world.cycle(times=2)
    world.desk.rows.remove(row)
    other = world.applies({**CITRA, "Nama Lengkap": "Eka Wijaya", "NIK": "6402010101910003"})
    world.cycle(times=2)
    assert names(world) == ["Citra Lestari", "Eka Wijaya"]
    assert world.application(other).name == "Eka Wijaya"
