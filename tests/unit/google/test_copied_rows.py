"""A row and its copy hold the same answers: what an officer typed in the one is never given back to the other."""

from sync.google.victims import Block, Row, Snapshot, victims
from sync.google.write_in_hand import WriteInHand

ANSWERS, OWN = ("Nama", "NIK"), ("Status", "Dokumen")
BEFORE = ["Nama", "NIK", "Catatan internal", "Status", "Dokumen", "Keputusan"]
NOW = ["Nama", "NIK", "Catatan internal", "Status", "Keputusan", "Dokumen"]
"""The decision's column was moved to where the document was just written: nothing, for there is none yet."""
CITRA: Row = ["Citra", "64", "A1", "Menunggu petugas", "", "Setujui"]
WRITTEN: list[Block] = [(2, 3, ["Disetujui", ""]), (3, 3, ["Salinan", ""])]


def now(mark: str, status: str, decision: str) -> list[str]:
    return ["Citra", "64", mark, status, decision, ""]


def test_a_copy_that_came_in_the_moment_of_the_write_keeps_its_empty_decision() -> None:
    """It stands where another row was looked at, and its answers are Citra's."""
    doni: Row = ["Doni", "65", "A2", "Salinan", "", ""]
    back = victims(
        WRITTEN,
        before=Snapshot(BEFORE, {2: CITRA, 3: doni}),
        after=Snapshot(NOW, {2: now("A1", "Disetujui", ""), 3: now("B1", "Salinan", "")}),
        remembered=Snapshot(BEFORE, {2: CITRA, 3: doni}),
        answers=ANSWERS,
        own=OWN,
    )
    assert (2, 4, ["Setujui"]) in back
    assert all(number != 3 or cells != ["Setujui"] for number, _, cells in back)


def test_after_a_crash_the_copy_is_left_as_it_is() -> None:
    write = WriteInHand(Snapshot(BEFORE, {2: CITRA}), WRITTEN[:1], "No. Permohonan")
    look = Snapshot(NOW, {2: now("A1", "Disetujui", ""), 3: now("B1", "Disetujui", "")})
    back = list(write.strays(look, answers=ANSWERS, own=OWN))
    assert [(number, cells) for number, column, cells in back if column == 4] == [(2, ["Setujui"])]


def test_after_a_crash_words_leave_a_copy_too() -> None:
    """Bu Ratna copied the row with Loket's words in it: they are nobody's decision, in either."""
    write = WriteInHand(Snapshot(BEFORE, {2: CITRA}), [(2, 4, ["SURAT"])], "No. Permohonan")
    look = Snapshot(NOW, {2: now("A1", "", "SURAT"), 3: now("B1", "", "SURAT")})
    back = list(write.strays(look, answers=ANSWERS, own=OWN))
    assert {(number, column) for number, column, _ in back} == {(2, 4), (3, 4)}
