"""A column was inserted in the moment of writing: whose cells were hit, and what had been in them."""

from sync.google.victims import Block, Snapshot, victims

ANSWERS = ("Nama", "Foto KTP")
OWN = ("No. Permohonan", "Status")
BEFORE = ["Nama", "Foto KTP", "No. Permohonan", "Status", "Keputusan"]
ROW = ["Citra", "https://drive/ktp", "", "", "Setujui"]
WRITTEN: list[Block] = [(2, 2, ["SKD-26-0004F7", "Diterima"])]


def found(after: list[str], row_after: list[str], blocks: list[Block] = WRITTEN) -> list[Block]:
    return victims(
        blocks,
        before=Snapshot(BEFORE, {2: ROW}),
        after=Snapshot(after, {2: row_after}),
        remembered=Snapshot(BEFORE, {2: ROW}),
        answers=ANSWERS,
        own=OWN,
    )


def test_an_answer_is_given_back() -> None:
    """A new question was inserted far left: the reference landed on the photo's link."""
    after = ["Nama", "Umur", "Foto KTP", "No. Permohonan", "Status", "Keputusan"]
    row = ["Citra", "", "SKD-26-0004F7", "Diterima", "", "Setujui"]
    assert found(after, row) == [(2, 2, ["https://drive/ktp"])]


def test_an_officers_cell_is_given_back() -> None:
    """A column was deleted: the status landed on the decision, which must stand as Bu Ratna left it."""
    after = ["Nama", "No. Permohonan", "Status", "Keputusan"]
    row = ["Citra", "", "SKD-26-0004F7", "Diterima"]
    assert found(after, row) == [(2, 3, ["Setujui"])]


def test_a_new_column_is_emptied_again() -> None:
    """The reference landed in the column that was inserted just before it."""
    after = ["Nama", "Foto KTP", "Catatan lain", "No. Permohonan", "Status", "Keputusan"]
    row = ["Citra", "https://drive/ktp", "SKD-26-0004F7", "Diterima", "", "Setujui"]
    assert found(after, row) == [(2, 2, [""])]


def test_what_somebody_typed_since_stays() -> None:
    """Giving back must not undo an officer's own correction."""
    after = ["Nama", "Umur", "Foto KTP", "No. Permohonan", "Status", "Keputusan"]
    row = ["Citra", "", "https://drive/baru", "Diterima", "", "Setujui"]
    assert found(after, row) == []


def test_of_two_columns_of_one_name_each_gets_its_own() -> None:
    """They are told apart by their order, which an inserted column does not change."""
    before = ["Foto", "Foto", "No. Permohonan", "Status"]
    after = ["Umur", "Foto", "Foto", "No. Permohonan", "Status"]
    assert victims(
        [(2, 2, ["SKD-26-0004F7"])],
        before=Snapshot(before, {2: ["a", "b", "", ""]}),
        after=Snapshot(after, {2: ["", "a", "SKD-26-0004F7", "", ""]}),
        remembered=Snapshot(before, {2: ["a", "b", "", ""]}),
        answers=("Foto",),
        own=OWN,
    ) == [(2, 2, ["b"])]


def test_nothing_is_given_back_where_the_write_landed_right() -> None:
    """The everyday case."""
    assert (
        found(BEFORE, ["Citra", "https://drive/ktp", "SKD-26-0004F7", "Diterima", "Setujui"]) == []
    )
