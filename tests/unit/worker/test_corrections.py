"""A row is copied, and its applicant corrects the response by the form's link, before Loket has seen either: the
response is the row that the form wrote, and there is one application."""

from dataclasses import replace

import pytest

from sync.core.application import Application
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, SHORT_AND_LONG, World

pytestmark = SHORT_AND_LONG

BAD = {**CITRA, "NIK": "abc"}
GOOD = {"NIK": CITRA["NIK"], "Alamat": "Jl. Mawar 2"}


def copied(world: World, row: SheetRow, *, above: bool = False, **system: str) -> SheetRow:
    copy = replace(
        row,
        answers=dict(row.answers),
        system={**row.system, **system},
        officer=dict(row.officer),
    )
    at = next(n for n, one in enumerate(world.desk.rows) if one is row)
    world.desk.rows.insert(at if above else at + 1, copy)
    world.desk.changes += 1
    return copy


def applications(world: World) -> list[Application]:
    with world.ledger.reading() as look:
        return list(look.applications.of_workflow("domisili"))


def is_one_response(world: World, response: SheetRow, copy: SheetRow) -> None:
    """Corrected, in the officer's hands, with its row; the copy says that it is none."""
    world.cycle(3)
    (one,) = [each for each in applications(world) if each.email == CITRA["Alamat Email"]]
    assert response.system["status"] == "Menunggu petugas"
    assert response.system["reference"] == one.reference
    assert one.answers["Alamat"] == "Jl. Mawar 2"
    assert copy.system["status"] in ("Salinan", "Digantikan")
    world.decides(copy, "Setujui")
    world.cycle(2)
    assert "letter" not in [intent.kind.value for intent, _ in world.email.arrived]
    copy.officer = {}
    world.decides(response, "Setujui")
    world.cycle(3)
    assert response.system["status"] == "Selesai"
    assert [intent.kind.value for intent, _ in world.email.arrived].count("letter") == 1


@pytest.mark.parametrize("above", [True, False])
def test_both_with_the_reference(world: World, above: bool) -> None:
    row = world.applies(BAD)
    world.applies(DONI)
    world.cycle(2)
    copy = copied(world, row, above=above)
    world.edits(row, **GOOD)
    is_one_response(world, row, copy)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Alamat Email": "bukan alamat"},
        {"Alamat Email": "c@example.org"},
        {"Nama Lengkap": "Citra"},
    ],
)
def test_what_was_wrong_was_the_name_or_the_address(world: World, wrong: dict[str, str]) -> None:
    row = world.applies({**BAD, **wrong})
    world.applies(DONI)
    world.cycle(2)
    copy = copied(world, row)
    world.edits(row, **{**CITRA, **GOOD})
    is_one_response(world, row, copy)


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("reference", ["", "SKD-26-00000X"])
def test_the_copy_was_taken_before_its_reference_arrived(
    world: World, above: bool, reference: str
) -> None:
    """Or while another's stood there by mistake."""
    row = world.applies(BAD)
    world.applies(DONI)
    world.cycle()
    copy = copied(world, row, above=above, reference=reference, status="", note="", updated="")
    world.edits(row, **GOOD)
    is_one_response(world, row, copy)


@pytest.mark.parametrize("above", [True, False])
def test_two_rows_alike_of_which_the_form_changes_one(world: World, above: bool) -> None:
    """Whichever of them Loket took for the response at first."""
    row = world.applies(BAD)
    world.applies(DONI)
    copy = copied(world, row, above=above)
    world.cycle(2)
    world.edits(row, **GOOD)
    is_one_response(world, row, copy)


def test_nothing_was_written_yet(world: World) -> None:
    """A copy is put below its row; below all stands who applies once more."""
    row = world.applies(BAD)
    world.applies(DONI)
    world.desk.protected = {row.owner}
    world.cycle()
    world.desk.protected = set()
    copy = copied(world, row)
    world.edits(row, **GOOD)
    is_one_response(world, row, copy)


@pytest.mark.parametrize("above", [True, False])
def test_the_copy_bears_anothers_reference(world: World, above: bool) -> None:
    """It was taken in the moment when that stood in the row by mistake."""
    row, doni = world.applies(BAD), world.applies(DONI)
    world.desk.protected = {row.owner}
    world.cycle()
    world.desk.protected = set()
    copy = copied(world, row, above=above, reference=doni.system["reference"])
    world.edits(row, **GOOD)
    is_one_response(world, row, copy)


def test_who_applies_twice_at_once_has_two_applications(world: World) -> None:
    """Also before the first one's reference is in its row, and where an officer copied the row."""
    row = world.applies(CITRA)
    world.desk.protected = {row.owner}
    world.cycle()
    world.desk.protected = set()
    second = world.applies({**CITRA, "Alamat": "Jl. Melati 9"})
    world.cycle(2)
    assert row.system["reference"] != second.system["reference"]
    copied(world, row)
    third = world.applies({**CITRA, "Alamat": "Jl. Melati 10"})
    world.cycle(2)
    assert third.system["status"] == "Menunggu petugas"
    assert len(applications(world)) == 3


def test_an_officers_change_in_a_copy_is_no_correction(world: World) -> None:
    row = world.applies(CITRA)
    world.cycle(2)
    copy = copied(world, row)
    copy.answers["Alamat"] = "Jl. Lain"
    world.cycle(2)
    assert copy.system["status"] == "Salinan"
    (one,) = applications(world)
    assert one.answers["Alamat"] == CITRA["Alamat"]


def test_anothers_response_under_a_pasted_reference_is_anothers(world: World) -> None:
    row = world.applies(CITRA)
    world.cycle(2)
    other = world.applies(DONI)
    other.system["reference"] = row.system["reference"]
    world.cycle(2)
    assert other.system["reference"] != row.system["reference"]
    assert {one.name for one in applications(world)} == {"Citra Lestari", "Doni Pratama"}


def test_a_row_whose_reference_never_came_is_known_by_its_place(world: World) -> None:
    """Also where more rows are new than one look takes in, so that not all was seen."""
    world.reach = replace(world.reach, tail=2)
    row = world.applies(BAD)
    world.desk.protected = {row.owner}
    world.cycle()
    world.desk.protected = set()
    world.edits(row, **GOOD)
    for number in range(4):
        world.applies({**DONI, "Alamat Email": f"doni{number}@example.org"})
    world.cycle(6)
    assert [one.answers["Alamat"] for one in applications(world)].count("Jl. Mawar 2") == 1
    assert len(applications(world)) == 5
