"""What the state machines found, each as small as it came out: a note that led nowhere."""

from sync.core.outcomes import CannotKnow, Never
from tests.unit.worker.conftest import CITRA, World


def test_an_edit_after_the_letter_does_not_hide_what_the_row_waits_for(world: World) -> None:
    """A letter that failed, then other answers: how to send it again must stay readable."""
    row = world.applies(CITRA)
    world.cycle()
    world.email.failures = [Never("Alamat ditolak.")]
    world.decides(row, "Setujui")
    world.cycle()
    assert row.system["status"] == "Gagal kirim"
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle(2)
    world.edits(row, Alamat="Jl. Baru 10")
    world.cycle(2)
    assert row.system["note"].count("surat tetap memuat jawaban yang disetujui") == 1
    assert "Alamat ditolak." in row.system["note"]
    assert "pilih Kirim ulang" in row.system["note"]


def test_an_edit_does_not_hide_the_answer_to_a_decision(world: World) -> None:
    """A decision that was not possible, then other answers: why it did not count must stay readable."""
    row = world.applies(CITRA)
    world.cycle()
    world.email.failures = [Never("Alamat ditolak.")]
    world.decides(row, "Setujui")
    world.cycle()
    world.decides(row, "Batalkan")
    world.cycle()
    assert "tidak berlaku" in row.system["note"]
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle(2)
    assert "tidak berlaku" in row.system["note"]


def test_what_cannot_be_known_twice_can_be_sent_again_as_the_row_says(world: World) -> None:
    """Kirim ulang stands in the cell from the first time: the row says to empty it before either choice."""
    row = world.applies(CITRA)
    world.cycle()
    world.email.failures = [CannotKnow("Balasan hilang."), CannotKnow("Balasan hilang.")]
    world.decides(row, "Setujui")
    world.cycle()
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert row.system["status"] == "Perlu dicek"
    before_the_choice = row.system["note"].partition("pilih Kirim ulang")[0]
    assert "kosongkan Keputusan" in before_the_choice
    world.decides(row, "")
    world.cycle()
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert row.system["status"] == "Selesai"
