"""A column was inserted in the moment of writing: whose cells were hit, and what had been in them."""

from sync.google.victims import Block, victims

OWN = ("No. Permohonan", "Status")
BEFORE = ["Nama", "Foto KTP", "No. Permohonan", "Status", "Keputusan"]
ROW = ["Citra", "https://drive/ktp", "", "", "Setujui"]
WRITTEN: list[Block] = [(2, 2, ["SKD-26-0004F7", "Diterima"])]


def found(after: list[str], row_after: list[str], blocks: list[Block] = WRITTEN) -> list[Block]:
    return victims(
        blocks,
        headers_before=BEFORE,
        headers_after=after,
        rows_before={2: ROW},
        rows_after={2: row_after},
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


def test_where_it_cannot_be_told_nothing_is_written() -> None:
    """Two columns of one name: a guess could put one answer in the other's place."""
    before = ["Foto", "Foto", "No. Permohonan", "Status"]
    after = ["Umur", "Foto", "Foto", "No. Permohonan", "Status"]
    assert (
        victims(
            [(2, 2, ["SKD-26-0004F7"])],
            headers_before=before,
            headers_after=after,
            rows_before={2: ["a", "b", "", ""]},
            rows_after={2: ["", "a", "SKD-26-0004F7", "", ""]},
            own=OWN,
        )
        == []
    )


def test_nothing_is_given_back_where_the_write_landed_right() -> None:
    """The everyday case."""
    assert (
        found(BEFORE, ["Citra", "https://drive/ktp", "SKD-26-0004F7", "Diterima", "Setujui"]) == []
    )
