"""The counter's day, with everything outside in memory and the ledger real."""

from datetime import timedelta

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, TryAgain
from tests.unit.worker.conftest import CITRA, DONI, SHORT_AND_LONG, World

pytestmark = SHORT_AND_LONG


class PowerCut(BaseException):
    """Stands for a killed process: no handler of ours may catch it."""


def status(row) -> str:
    return row.system.get("status", "")


def test_a_complete_application_is_approved_and_its_letter_goes_out_once(world: World) -> None:
    """The main job: row, reference, decision, letter by email and Drive, and the row says so."""
    row = world.applies(CITRA)
    world.cycle()
    assert (status(row), row.system["reference"][:7]) == ("Menunggu petugas", "SKD-26-")
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Selesai"
    assert len(world.email.letters_to("citra@example.org")) == 1
    assert len(world.drive.letters_to("citra@example.org")) == 1
    assert row.system["document"].startswith("https://drive.example/")
    assert world.application(row).letter_number == "470/0001/DKPS/2026"
    world.cycle(times=3)
    assert len(world.email.arrived) == 1


def test_everything_wrong_is_told_at_once_and_the_applicant_is_asked_to_mend(world: World) -> None:
    """One message with all problems; after the edited response the row goes on to the officer."""
    row = world.applies(CITRA, NIK="123", Alamat="")
    world.cycle()
    assert status(row) == "Perlu perbaikan"
    assert "NIK" in row.system["note"]
    assert "Alamat" in row.system["note"]
    assert world.email.notices_to("citra@example.org") == ["mend"]
    reference = row.system["reference"]
    world.edits(row, NIK=CITRA["NIK"], Alamat="Jl. Baru 5")
    world.cycle()
    assert (status(row), row.system["reference"]) == ("Menunggu petugas", reference)


def test_a_new_row_with_the_reference_replaces_the_answers_of_the_old_one(world: World) -> None:
    """The prefilled link of the message: one application, not two, and the old row says what it is."""
    old = world.applies(CITRA, NIK="123")
    world.cycle()
    reference = old.system["reference"]
    new = world.applies(CITRA, **{"Nomor Permohonan": reference})
    world.cycle()
    assert (new.system["reference"], status(new)) == (reference, "Menunggu petugas")
    assert status(old) == "Digantikan"
    world.decides(new, "Setujui")
    world.cycle()
    assert status(new) == "Selesai"
    assert len(world.email.letters_to("citra@example.org")) == 1


def test_nobody_takes_over_another_applicants_reference(world: World) -> None:
    """Doni knows Citra's reference: his row becomes an application of his own."""
    citra = world.applies(CITRA, NIK="123")
    world.cycle()
    doni = world.applies(DONI, **{"Nomor Permohonan": citra.system["reference"]})
    world.cycle()
    assert doni.system["reference"] != citra.system["reference"]
    assert status(citra) == "Perlu perbaikan"


@pytest.mark.parametrize(
    ("decision", "label", "notice"),
    [
        ("Tolak", "Ditolak", "rejected"),
        ("Minta perbaikan", "Perlu perbaikan", "mend"),
        ("Batalkan", "Dibatalkan", "cancelled"),
    ],
)
def test_a_decision_and_its_note_reach_the_applicant(
    world: World, decision: str, label: str, notice: str
) -> None:
    """The officer's note is sent along, once."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, decision, "Datanya sudah ada.")
    world.cycle(times=2)
    assert status(row) == label
    assert world.email.notices_to("citra@example.org") == [notice]
    assert "Datanya sudah ada." in world.email.arrived[0][1].text


def test_a_refusal_without_a_note_waits_for_the_note(world: World) -> None:
    """The applicant must be told why: the row asks for the note, and then goes on by itself."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Tolak")
    world.cycle()
    assert status(row) == "Menunggu petugas"
    assert "Catatan Petugas" in row.system["note"]
    world.decides(row, "Tolak", "Alamat di luar wilayah.")
    world.cycle()
    assert status(row) == "Ditolak"


def test_a_decision_typed_together_with_other_answers_is_void(world: World) -> None:
    """Nobody can tell what the officer saw: the row says so, and counts only a decision made afterwards."""
    row = world.applies(CITRA)
    world.cycle()
    world.edits(row, Alamat="Jl. Lain 9")
    world.decides(row, "Setujui")
    world.cycle(times=2)
    assert status(row) == "Menunggu petugas"
    assert "tidak berlaku" in row.system["note"]
    assert not world.email.arrived
    world.decides(row, "")
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    [letter] = world.email.letters_to("citra@example.org")
    assert letter.letter is not None
    assert b"Jl. Lain 9" in letter.letter.pdf


def test_a_letter_holds_the_answers_that_were_approved_however_late_they_change(
    world: World,
) -> None:
    """An edit after the letter was made changes nothing in it, and the officer is told."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.failures = [TryAgain("Server email tidak menjawab.")]
    world.cycle()
    world.edits(row, Alamat="Jl. Terlambat 1")
    world.cycle(times=5)
    [letter] = world.email.letters_to("citra@example.org")
    assert letter.letter is not None
    assert b"Jl. Mawar 1" in letter.letter.pdf


def test_sending_again_sends_the_same_bytes(world: World) -> None:
    """Kirim ulang: a second email with the very same file, and no second file in Drive."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    world.decides(row, "Kirim ulang")
    world.cycle(times=2)
    first, second = world.email.letters_to("citra@example.org")
    assert first.letter == second.letter
    assert len(world.drive.arrived) == 1
    assert (status(row), world.press.printed) == ("Selesai", 1)


def test_a_mail_server_that_is_away_is_tried_again_and_the_letter_arrives_once(
    world: World,
) -> None:
    """Growing pauses; the row says what is the matter."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.failures = [TryAgain("Server email tidak menjawab.")] * 2
    world.cycle()
    assert status(row) == "Sedang dikirim"
    assert "Server email tidak menjawab." in row.system["note"]
    world.cycle(times=10)
    assert status(row) == "Selesai"
    assert len(world.email.letters_to("citra@example.org")) == 1


def test_retries_end_after_their_hours_and_sending_again_begins_afresh(world: World) -> None:
    """48 hours of a dead mail server: Gagal kirim with the reason; the officer's Kirim ulang starts anew."""
    world.settings = world.settings.model_copy(
        update={"worker": world.settings.worker.model_copy(update={"retry_for_hours": 2})}
    )
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.failures = [TryAgain("Server email tidak menjawab.")] * 1000
    world.cycle(times=240)
    assert status(row) == "Gagal kirim"
    assert "Server email tidak menjawab." in row.system["note"]
    world.email.failures = []
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert status(row) == "Selesai"
    assert len(world.drive.arrived) == 1


def test_an_address_that_is_refused_fails_at_once_and_says_why(world: World) -> None:
    """No retry can help: the officer reads the reason."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.failures = [Never("Alamat email ditolak.")]
    world.cycle()
    assert status(row) == "Gagal kirim"
    assert "Alamat email ditolak." in row.system["note"]


def test_what_cannot_be_known_is_never_sent_again_silently(world: World) -> None:
    """The connection died after the message was handed over: Perlu dicek, and the officer chooses."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.failures = [CannotKnow("Sambungan terputus setelah surat diserahkan.")]
    world.cycle(times=5)
    assert status(row) == "Perlu dicek"
    assert not world.email.arrived
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert status(row) == "Selesai"
    assert len(world.email.arrived) == 1


def test_a_crash_after_sending_is_asked_after_where_it_can_be(world: World) -> None:
    """Drive knows its file: the restarted worker finds it there and does not upload again."""
    world.workflow |= {"deliver": ["drive"]}
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.drive.crash_after_sending = PowerCut()
    with pytest.raises(PowerCut):
        world.cycle()
    world.cycle()
    assert status(row) == "Selesai"
    assert len(world.drive.arrived) == 1


def test_a_crash_while_an_email_was_sent_becomes_perlu_dicek(world: World) -> None:
    """Nobody can be asked about an email: an officer chooses, and nothing goes twice."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.crash_after_sending = PowerCut()
    with pytest.raises(PowerCut):
        world.cycle()
    world.cycle(times=3)
    assert status(row) == "Perlu dicek"
    assert len(world.email.arrived) == 1


def test_a_letter_that_can_not_be_made_fails_its_row_only(world: World) -> None:
    """Doni's letter goes out; Citra's row says why hers did not, and Kirim ulang makes it."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    world.press.fails_for = {"Citra Lestari"}
    world.decides(citra, "Setujui")
    world.decides(doni, "Setujui")
    world.cycle()
    assert (status(citra), status(doni)) == ("Gagal kirim", "Selesai")
    assert "Templat surat rusak." in citra.system["note"]
    world.press.fails_for = set()
    world.decides(citra, "Kirim ulang")
    world.cycle()
    assert status(citra) == "Selesai"
    assert world.application(citra).letter_number == "470/0001/DKPS/2026"


def test_rows_sorted_between_read_and_write_change_no_other_application(world: World) -> None:
    """What the race overwrote is found by the read-back and restored within the same cycle."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.desk.meanwhile = world.desk.rows.reverse
    world.cycle()
    assert world.application(citra).name == "Citra Lestari"
    assert world.application(doni).name == "Doni Pratama"
    assert (status(citra), status(doni)) == ("Menunggu petugas", "Menunggu petugas")
    world.decides(citra, "Tolak", "Tidak lengkap.")
    world.desk.meanwhile = world.desk.rows.reverse
    world.cycle()
    assert (status(citra), status(doni)) == ("Ditolak", "Menunggu petugas")
    assert world.application(doni).name == "Doni Pratama"


def test_a_copied_row_is_told_apart_and_not_served_twice(world: World) -> None:
    """The officer duplicates a row with its system cells: one application, one letter."""
    row = world.applies(CITRA)
    world.cycle()
    copy = world.applies(CITRA)
    copy.submitted, copy.system = row.submitted, dict(row.system)
    world.cycle()
    assert status(copy) == "Salinan"
    assert row.system["reference"] in copy.system["note"]
    world.decides(row, "Setujui")
    world.decides(copy, "Setujui")
    world.cycle(times=2)
    assert len(world.email.letters_to("citra@example.org")) == 1


def test_system_cells_typed_over_by_a_person_are_restored(world: World) -> None:
    """The status cells are a projection of the ledger."""
    row = world.applies(CITRA)
    world.cycle()
    before = dict(row.system)
    row.system |= {"reference": "", "status": "Selesai!!", "note": ""}
    world.desk.changes += 1
    world.cycle()
    assert row.system == before


def test_a_crash_between_ledger_and_sheet_gives_no_second_application(world: World) -> None:
    """The row got no reference yet, but the ledger knows what it holds."""
    row = world.applies(CITRA)

    def power_cut() -> None:
        raise PowerCut

    world.desk.meanwhile = power_cut
    with pytest.raises(PowerCut):
        world.cycle()
    world.cycle()
    with world.ledger.reading() as look:
        assert len(list(look.applications.of_workflow("domisili"))) == 1
    assert status(row) == "Menunggu petugas"


def test_a_duplicate_is_pointed_out_to_the_officer(world: World) -> None:
    """The same NIK within 30 days: a warning with the other reference; the officer decides."""
    first, second = world.applies(CITRA), world.applies(CITRA)
    world.cycle()
    assert status(second) == "Menunggu petugas"
    assert first.system["reference"] in second.system["note"]


def test_an_idle_cycle_reads_no_row(world: World) -> None:
    """One question, whether the sheet changed; the cost does not grow with the sheet."""
    row = world.applies(CITRA)
    world.cycle(times=3)
    reads = world.desk.reads
    report = world.cycle(times=5)
    assert report.idle
    assert world.desk.reads == reads
    assert status(row) == "Menunggu petugas"


def test_the_days_mail_quota_is_kept_and_the_rest_waits_with_a_reason(world: World) -> None:
    """Antre kirim, in order, and tomorrow it goes on."""
    world.settings = world.settings.model_copy(
        update={"mail": world.settings.mail.model_copy(update={"per_day": 1})}
    )
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    world.decides(citra, "Setujui")
    world.decides(doni, "Setujui")
    world.cycle()
    assert (status(citra), status(doni)) == ("Selesai", "Antre kirim")
    assert "kuota" in doni.system["note"].lower()
    world.now += timedelta(hours=25)
    world.cycle()
    assert status(doni) == "Selesai"


def test_an_unshared_sheet_is_told_and_everything_goes_on_when_it_is_back(world: World) -> None:
    """The trouble is reported with its remedy; nothing is lost meanwhile."""
    row = world.applies(CITRA)
    world.desk.broken = Mendable.one(
        "sheet", where="Form Responses 1", found="sheet tidak dibagikan"
    )
    assert "tidak dibagikan" in world.cycle().trouble
    world.desk.broken = None
    assert world.cycle().trouble == ""
    assert status(row) == "Menunggu petugas"


def test_without_review_a_complete_application_becomes_a_letter_at_once(world: World) -> None:
    """review: otomatis."""
    world.workflow |= {"review": "otomatis"}
    row = world.applies(CITRA)
    world.cycle()
    assert status(row) == "Selesai"
    assert len(world.email.letters_to("citra@example.org")) == 1


def test_an_unknown_word_in_the_decision_cell_is_explained(world: World) -> None:
    """No state changes; the row lists what may be chosen."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Oke deh")
    world.cycle()
    assert status(row) == "Menunggu petugas"
    assert "Setujui" in row.system["note"]


def test_an_old_decision_does_not_count_for_mended_answers(world: World) -> None:
    """Setujui was typed while the row still needed mending: it must be typed again for the new answers."""
    row = world.applies(CITRA, NIK="123")
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Perlu perbaikan"
    world.edits(row, NIK=CITRA["NIK"])
    world.cycle(times=2)
    assert status(row) == "Menunggu petugas"
    assert not world.email.letters_to("citra@example.org")
