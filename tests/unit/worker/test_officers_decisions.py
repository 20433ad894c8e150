"""What officers decide, how and where they type it: which decision counts, which does not, and that the row says why."""

import pytest

from sync.worker.intake import take_in
from tests.unit.worker.conftest import CITRA, DONI, SHORT_AND_LONG, World
from tests.unit.worker.rows_world import copied, delivered, letters_to, note, status

pytestmark = SHORT_AND_LONG


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
