"""What officers do to the rows: deleted, copied, corrected, pasted over; every application stays one, and its owner's."""

import pytest

from sync.core.states import State
from sync.worker import intake
from tests.unit.worker.conftest import CITRA, DONI, SHORT_AND_LONG, World
from tests.unit.worker.rows_world import (
    all_applications,
    copied,
    deleted,
    delivered,
    event_kinds,
    letters_to,
    note,
    status,
)

pytestmark = SHORT_AND_LONG


# --- deleted rows


def test_a_deleted_row_is_reported_and_comes_back(world: World) -> None:
    """Nobody can decide without it: the office reads which one, until the version history brings it back."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    application = world.application(citra)
    deleted(world, citra)
    report = world.cycle()
    assert application.reference in report.notice
    assert world.application(citra).missing_at == world.now
    assert world.cycle(2).at_rest
    world.desk.rows.append(citra)
    world.desk.changes += 1
    assert world.cycle().notice == ""
    assert world.application(citra).missing_at is None
    kinds = event_kinds(world, application)
    assert kinds.count("row_missing") == kinds.count("row_back") == 1
    assert world.application(doni).missing_at is None
    world.decides(citra, "Setujui")
    world.cycle()
    assert status(citra) == "Selesai"


def test_tidying_up_old_rows_does_not_nag(world: World) -> None:
    """What is delivered needs its row no more: an event tells of it, once."""
    row = delivered(world)
    application = world.application(row)
    deleted(world, row)
    assert world.cycle().notice == ""
    world.applies(DONI)
    world.cycle(2)
    assert event_kinds(world, application).count("row_missing") == 1


def test_a_row_deleted_before_its_reference_arrived_is_reported_too(world: World) -> None:
    """Between Loket's read and its write: the ledger has it, so nobody may forget it."""
    row = world.applies(CITRA)
    world.desk.meanwhile = lambda: deleted(world, row)
    world.cycle()
    report = world.cycle()
    (application,) = all_applications(world)
    assert application.reference in report.notice


def test_an_approved_letter_goes_out_although_its_row_was_deleted(world: World) -> None:
    """The officer decided; what happened to the row afterwards changes nothing for the applicant."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.desk.meanwhile = lambda: deleted(world, row)
    world.cycle(2)
    (application,) = all_applications(world)
    assert application.state is State.DELIVERED
    assert letters_to(world) == ["citra@example.org"]
    assert application.missing_at is not None


# --- copies


def test_a_copy_says_whose_it_is_and_its_decision_counts_for_nothing(world: World) -> None:
    """Also when the officer sorts it above the original."""
    row = world.applies(CITRA)
    world.cycle()
    copy = copied(world, row)
    world.cycle()
    assert status(copy) == "Salinan"
    assert world.application(row).reference in note(copy)
    world.decides(copy, "Setujui")
    world.desk.rows.reverse()
    world.cycle(2)
    assert status(row) == "Menunggu petugas"
    assert status(copy) == "Salinan"
    assert "keputusan di baris ini tidak berlaku" in note(copy)
    assert not world.email.arrived


def test_a_copy_takes_the_place_of_the_deleted_original_but_not_its_typed_decision(
    world: World,
) -> None:
    """It said that nothing typed there counts; so the row asks for the decision again."""
    row = world.applies(CITRA)
    world.cycle()
    copy = copied(world, row)
    world.cycle()
    world.decides(copy, "Setujui")
    world.cycle()
    deleted(world, row)
    world.cycle(2)
    assert status(copy) == "Menunggu petugas"
    assert "tadinya salinan" in note(copy)
    world.decides(copy, "")
    world.cycle()
    world.decides(copy, "Setujui")
    world.cycle()
    assert status(copy) == "Selesai"
    assert len(all_applications(world)) == 1


@pytest.mark.parametrize("with_reference", [True, False])
def test_a_copy_stays_one_when_the_applicant_edits_the_original(
    world: World, with_reference: bool
) -> None:
    """The copy holds the old answers now, which no application holds any more: still it is nobody's new application."""
    row = world.applies(CITRA)
    world.cycle()
    copy = copied(world, row)
    if not with_reference:
        copy.system = {}
    world.cycle()
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle(2)
    assert status(copy) == "Salinan"
    assert len(all_applications(world)) == 1
    assert world.application(row).answers["Alamat"] == "Jl. Baru 9"


def test_correcting_the_original_does_not_make_the_copy_the_row(world: World) -> None:
    """The copy still holds what the ledger knows, the original does not: the officer's correction counts."""
    row = world.applies(CITRA)
    world.cycle()
    copy = copied(world, row)
    world.cycle()
    row.answers["Alamat"] = "Jl. Mawar 1A"
    world.desk.changes += 1
    world.cycle()
    assert status(copy) == "Salinan"
    assert world.application(row).answers["Alamat"] == "Jl. Mawar 1A"


def test_a_new_response_pasted_over_another_row_is_one_application(world: World) -> None:
    """Doni's unread response was copied over Citra's answers: his own row is his, hers is a copy, and hers is missed."""
    citra = world.applies(CITRA)
    world.cycle()
    doni = world.applies(DONI)
    reference = world.application(citra).reference
    citra.answers, citra.submitted = dict(doni.answers), doni.submitted
    report = world.cycle(2)
    assert world.application(doni).name == DONI["Nama Lengkap"]
    assert status(citra) == "Salinan"
    assert len(all_applications(world)) == 2
    assert reference in report.notice


def test_nobody_gets_anothers_letter_by_a_pasted_address(world: World) -> None:
    """Doni's name and address were pasted over Citra's finished row, then Kirim ulang: her letter goes to her."""
    row = delivered(world)
    row.answers |= DONI
    world.decides(row, "Kirim ulang")
    world.cycle(2)
    world.decides(row, "")
    world.cycle()
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert set(letters_to(world)) == {"citra@example.org"}


def test_a_copy_promoted_in_the_very_moment_keeps_its_decision_void(world: World) -> None:
    """The original is deleted between Loket's read and its write: the copy must not look in order before it is read."""
    row, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    copy = copied(world, row)
    world.cycle()
    world.decides(copy, "Setujui")
    doni.system["status"] = "saya ubah"
    world.desk.meanwhile = lambda: deleted(world, row)
    world.cycle(3)
    assert status(copy) == "Menunggu petugas"
    assert "tadinya salinan" in note(copy)
    assert not world.email.arrived


# --- edits, corrections and second answers


def test_undoing_an_edit_is_an_edit_too(world: World) -> None:
    """The answers are those of before: the same application goes on with them."""
    row = world.applies(CITRA)
    world.cycle()
    before = row.answers["Alamat"], row.submitted
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle()
    row.answers["Alamat"], row.submitted = before
    world.desk.changes += 1
    world.cycle(2)
    (application,) = all_applications(world)
    assert application.answers["Alamat"] == before[0]
    assert status(row) == "Menunggu petugas"


def test_one_bad_row_makes_no_second_application_of_a_good_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole batch is tried again row by row: what was found out about the first try is forgotten with it."""
    citra = world.applies(CITRA)
    world.desk.meanwhile = lambda: world.edits(citra, Alamat="Jl. Baru 9")
    real = intake.check_answers

    def picky(workflow, answers, *, today):
        if answers["Nama Lengkap"] == "Rusak":
            raise ZeroDivisionError
        return real(workflow, answers, today=today)

    monkeypatch.setattr(intake, "check_answers", picky)
    world.cycle()
    world.applies(DONI, **{"Nama Lengkap": "Rusak"})
    world.cycle(2)
    assert [one.name for one in all_applications(world)] == [CITRA["Nama Lengkap"]]


def test_a_correction_in_a_replaced_row_is_no_new_application(world: World) -> None:
    """The applicant answered again; afterwards an officer corrects the old row, which stays what it is."""
    old = world.applies(CITRA, NIK="123")
    world.cycle()
    new = world.applies(CITRA, **{"Nomor Permohonan": old.system["reference"]})
    world.cycle()
    old.answers["Alamat"] = "Jl. Dibetulkan 9"
    world.desk.changes += 1
    world.cycle(times=2)
    with world.ledger.reading() as look:
        assert len(list(look.applications.of_workflow("domisili"))) == 1
    assert (status(old), status(new)) == ("Digantikan", "Menunggu petugas")


def test_nor_is_one_in_a_replaced_row_whose_reference_was_emptied(world: World) -> None:
    """Both at once, between two readings: the form's moment and the person tell whose row it was."""
    old = world.applies(CITRA, NIK="123")
    world.cycle()
    new = world.applies(CITRA, **{"Nomor Permohonan": old.system["reference"]})
    world.cycle()
    old.answers["Alamat"] = "Jl. Dibetulkan 9"
    old.system["reference"] = ""
    world.desk.changes += 1
    world.cycle(times=2)
    assert [one.name for one in all_applications(world)] == [CITRA["Nama Lengkap"]]
    assert (status(old), status(new)) == ("Digantikan", "Menunggu petugas")


def test_another_person_of_the_same_moment_is_somebody_else(world: World) -> None:
    """A form's timestamps are fine, yet two may be alike: Doni's row is his own application."""
    old = world.applies(CITRA, NIK="123")
    world.cycle()
    world.applies(CITRA, **{"Nomor Permohonan": old.system["reference"]})
    world.cycle()
    doni = world.applies(DONI)
    doni.submitted = old.submitted
    world.cycle(times=2)
    assert status(doni) == "Menunggu petugas"
    assert len(all_applications(world)) == 2


def test_an_answer_that_mentions_another_persons_reference_says_so(world: World) -> None:
    """The email was mistyped the second time: two rows, and the officer reads why."""
    old = world.applies(CITRA, NIK="123")
    world.cycle()
    mistyped = {"Nomor Permohonan": old.system["reference"], "Alamat Email": "citro@example.org"}
    new = world.applies(CITRA, **mistyped)
    world.cycle()
    assert status(new) == "Menunggu petugas"
    assert f"menyebut nomor {old.system['reference']}" in new.system["note"]
