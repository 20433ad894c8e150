"""What officers do to the rows: copies, deletions, torn rows, second thoughts; and readings that come late."""

from dataclasses import replace

import pytest

from sync.core.application import Application
from sync.core.delivery import Kind
from sync.core.desk import DeskReading
from sync.core.states import State
from sync.worker import intake
from sync.worker.intake import take_in
from sync.worker.write_back import write_back
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, DONI, SHORT_AND_LONG, World

pytestmark = SHORT_AND_LONG


def status(row: SheetRow) -> str:
    return row.system.get("status", "")


def note(row: SheetRow) -> str:
    return row.system.get("note", "")


def copied(world: World, row: SheetRow) -> SheetRow:
    """The officer copies a whole row and pastes it at the end."""
    copy = replace(
        row, answers=dict(row.answers), system=dict(row.system), officer=dict(row.officer)
    )
    world.desk.rows.append(copy)
    world.desk.changes += 1
    return copy


def deleted(world: World, row: SheetRow) -> None:
    world.desk.rows = [one for one in world.desk.rows if one is not row]
    world.desk.changes += 1


def delivered(world: World, answers: dict[str, str] = CITRA) -> SheetRow:
    row = world.applies(answers)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Selesai"
    return row


def all_applications(world: World) -> list[Application]:
    with world.ledger.reading() as look:
        return list(look.applications.of_workflow("domisili"))


def event_kinds(world: World, application: Application) -> list[str]:
    with world.ledger.reading() as look:
        return [event.kind for event in look.applications.events(application.id)]


def letters_to(world: World) -> list[str]:
    return [intent.address for intent, _ in world.email.arrived if intent.kind is Kind.LETTER]


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


def test_a_late_reading_reports_no_row_as_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading is older than the row: a second look is taken before anybody is alarmed."""
    world.applies(DONI)
    world.cycle()
    before = world.desk.read()
    citra = world.applies(CITRA)
    world.cycle()
    late(world, monkeypatch, before)
    assert world.cycle().notice == ""
    assert event_kinds(world, world.application(citra)).count("row_missing") == 0


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


# --- torn rows


def test_a_decision_in_a_torn_row_is_not_believed(world: World) -> None:
    """Only the answers were sorted: Setujui, meant for Doni, stands beside Citra's answers now."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    world.decides(doni, "Setujui")
    for one, other in ((citra, doni),):
        one.answers, other.answers = other.answers, one.answers
        one.submitted, other.submitted = other.submitted, one.submitted
        one.owner, other.owner = other.owner, one.owner
    world.cycle(2)
    torn = next(row for row in world.desk.rows if row.owner == CITRA["Nama Lengkap"])
    assert torn.officer["decision"] == "Setujui"
    assert status(torn) == "Menunggu petugas"
    assert "milik baris lain" in note(torn)
    assert not world.email.arrived


def test_a_decision_in_a_row_that_showed_nothing_yet_does_not_count(world: World) -> None:
    """The sheet could not be written when the row was read: the officer has not seen what the checks found."""
    row = world.applies(CITRA)
    take_in(world.counter(), world.desk.read())  # and the program died before it wrote
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Menunggu petugas"
    assert "sebelum jawaban diperiksa" in note(row)


# --- second thoughts


@pytest.mark.parametrize(
    ("decision", "expected"),
    [("Tolak", "tidak berlaku"), ("tidak jelas", "tidak dikenal"), ("TRUE", "tidak dikenal")],
)
def test_clearing_a_decision_that_changed_nothing_brings_the_note_back(
    world: World, decision: str, expected: str
) -> None:
    """The answer to a wrong word must not hide for ever what the row had to say."""
    row = delivered(world)
    before = note(row)
    world.decides(row, decision, "alasan")
    world.cycle()
    assert expected in note(row)
    assert before in note(row)
    world.decides(row, "lagi-lagi salah")
    world.cycle()
    assert note(row).count(before) == 1
    world.decides(row, "")
    world.cycle()
    assert note(row) == before


def test_warnings_stay_readable_beside_a_wrong_word(world: World) -> None:
    """The officer needs them for the decision that is still to come."""
    world.applies(CITRA)
    again = world.applies(CITRA)
    world.cycle()
    assert "Perhatian" in note(again)
    world.decides(again, "Oke saja")
    world.cycle()
    assert "tidak dikenal" in note(again)
    assert "Perhatian" in note(again)


@pytest.mark.parametrize("word", [" setujui ", "SETUJUI", "Setujui.", "se tujui"])
def test_a_decision_is_the_same_word_however_it_is_typed(world: World, word: str) -> None:
    """And typing it otherwise later is no second decision."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, word)
    world.cycle()
    assert status(row) == "Selesai"
    world.decides(row, "Setujui")
    world.cycle()
    assert len(letters_to(world)) == 1


def test_a_decision_pasted_down_the_column_decides_what_waits_and_nothing_else(
    world: World,
) -> None:
    """Rows that wait are approved; a finished one, a copy, and one to mend say what they are."""
    done = delivered(world)
    waiting = world.applies(DONI)
    to_mend = world.applies(CITRA, **{"Nama Lengkap": "Eka Wijaya", "NIK": "123"})
    copy = copied(world, done)
    world.cycle()
    unread = world.applies(CITRA, **{"Nama Lengkap": "Fajar Nugraha"})
    for row in world.desk.rows:
        world.decides(row, "Setujui")
    world.cycle(2)
    assert [status(row) for row in (done, waiting, to_mend, copy, unread)] == [
        "Selesai",
        "Selesai",
        "Perlu perbaikan",
        "Salinan",
        "Menunggu petugas",
    ]
    assert letters_to(world).count("citra@example.org") == 1


def test_rejecting_after_the_approval_changes_no_letter(world: World) -> None:
    """Setujui, then Tolak: the letter is out, and the row says so."""
    row = delivered(world)
    world.decides(row, "Tolak", "keliru")
    world.cycle(2)
    assert status(row) == "Selesai"
    assert "tidak berlaku" in note(row)
    assert len(letters_to(world)) == 1


# --- readings that come late


def late(world: World, monkeypatch: pytest.MonkeyPatch, reading: DeskReading) -> None:
    """The next full reading is this older one."""
    real = world.desk.read
    readings = [reading]
    monkeypatch.setattr(world.desk, "read", lambda: readings.pop() if readings else real())
    world.desk.changes += 1


def test_a_late_reading_registers_no_row_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows the row as it was before the reference stood there, and before the applicant edited it."""
    row = world.applies(CITRA)
    first = world.desk.read()
    world.cycle()
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle(2)
    late(world, monkeypatch, first)
    world.cycle(2)
    (application,) = all_applications(world)
    assert application.answers["Alamat"] == "Jl. Baru 9"
    assert event_kinds(world, application).count("answers_changed") == 1


def test_a_late_reading_does_not_make_an_old_decision_new(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A void approval must not come true because a reading from before it was typed came in between."""
    row = world.applies(CITRA)
    world.cycle()
    early = world.desk.read()
    world.decides(row, "Setujui")
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle()
    assert "tidak berlaku" in note(row)
    late(world, monkeypatch, early)
    world.cycle(2)
    assert status(row) == "Menunggu petugas"
    assert not world.email.arrived


def test_a_late_reading_sends_nothing_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kirim ulang was dealt with and emptied; a reading in which it still stands asks for nothing."""
    row = delivered(world)
    world.decides(row, "Kirim ulang")
    world.cycle()
    early = world.desk.read()
    world.decides(row, "")
    world.cycle()
    sent = len(letters_to(world))
    late(world, monkeypatch, early)
    world.cycle(3)
    assert len(letters_to(world)) == sent == 2


def test_a_decision_beside_a_status_typed_over_still_counts(world: World) -> None:
    """The row is put right first, then read again: one cycle, nothing to do for the officer."""
    row = world.applies(CITRA)
    world.cycle()
    row.system |= {"status": "sudah saya cek", "note": ""}
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Selesai"


def test_a_decision_in_a_row_that_can_not_be_written_still_counts(world: World) -> None:
    """The officer locked the row and typed over the status: it is told, and the letter goes out."""
    row = world.applies(CITRA)
    world.cycle()
    row.system |= {"status": "sudah saya cek"}
    world.desk.protected = {CITRA["Nama Lengkap"]}
    world.decides(row, "Setujui")
    report = world.cycle()
    assert "tidak dapat ditulis" in report.trouble
    assert letters_to(world) == ["citra@example.org"]


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


def test_write_back_of_a_late_reading_touches_no_moved_row(world: World) -> None:
    """The rows were sorted since: what is written goes to whom it belongs."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    early = world.desk.read()
    world.decides(citra, "Setujui")
    world.cycle()
    world.desk.rows.reverse()
    write_back(world.counter(), early)
    assert (status(citra), status(doni)) == ("Selesai", "Menunggu petugas")


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


def test_a_late_reading_with_nothing_after_it_hides_no_row(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drive says that the sheet changed, the values are still the old ones, and nobody touches the sheet again."""
    world.applies(CITRA)
    world.cycle(times=3)
    before = world.desk.read()
    doni = world.applies(DONI)
    with monkeypatch.context() as late:
        late.setattr(world.desk, "read", lambda: before)
        world.cycle()
    world.cycle(times=3)
    assert status(doni) == "Menunggu petugas"
