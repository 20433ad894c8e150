"""Headers: columns are found however they are spelled, and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.headers import column_letters, find_columns, nearest, normal
from sync.core.mendable import Mendable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NIK Pemohon", " nik  pemohon :"),
        ("Tanggal Lahir", "TANGGAL LAHIR*"),
        ("No. Permohonan", "No. Permohonan."),
        ("Sudah menikah?", "Sudah menikah"),
        ("Timestamp", "Stempel waktu"),
        ("Cap Waktu", "timestamp"),
        ("Email Address", "Alamat Email"),
        ("Nama\u200b Lengkap", "Nama\nLengkap"),
    ],
)
def test_headers_that_look_alike_are_alike(one, other):
    """Case, spaces, trailing punctuation, and Google's two languages."""
    assert normal(one) == normal(other)


def test_headers_that_differ_in_words_differ():
    """Punctuation inside counts: it can tell questions apart."""
    assert normal("Nama Ayah") != normal("Nama Ibu")
    assert normal("No. KK") != normal("No KK")
    assert normal("???") != normal("!!!")


@given(st.text())
def test_the_comparable_form_is_stable(header):
    """Comparing twice gives the same."""
    assert normal(normal(header)) == normal(header)


def test_columns_are_found_wherever_they_stand():
    """Officers move and add columns."""
    headers = ["Cap waktu", "", "nama lengkap", "Status", "NIK:"]
    assert find_columns(headers, ["NIK", "Nama Lengkap", "Timestamp"]) == {
        "NIK": 4,
        "Nama Lengkap": 2,
        "Timestamp": 0,
    }


def test_every_missing_header_is_told_with_the_nearest():
    """All at once, so that the office mends them in one go."""
    with pytest.raises(Mendable) as mendable:
        find_columns(["NIK pemohon (16 digit)", "Nama"], ["NIK Pemohon", "Nama Ibu", "Agama"])
    problems = mendable.value.problems
    assert [problem.name for problem in problems] == ["kolom-tidak-ditemukan"] * 3
    assert '"NIK pemohon (16 digit)"' in problems[0].found
    assert '"Nama"' in problems[1].found


def test_two_columns_alike_are_a_problem_and_not_a_guess():
    """Reading the wrong NIK column would print another number on the letter."""
    with pytest.raises(Mendable, match="A, C"):
        find_columns(["NIK:", "Nama", "nik"], ["NIK"])


def test_among_columns_alike_the_exactly_spelled_one_is_taken():
    """Google names a second question "NIK " by itself when a form is copied."""
    assert find_columns(["nik:", "NIK"], ["NIK"]) == {"NIK": 1}
    with pytest.raises(Mendable, match="kolom"):
        find_columns(["NIK", "NIK"], ["NIK"])


def test_two_columns_alike_that_nobody_wants_are_no_problem():
    """Only what the workflow reads must be certain."""
    assert find_columns(["NIK", "Catatan", "Catatan"], ["NIK"]) == {"NIK": 0}


def test_columns_are_named_by_their_letters():
    """As the sheet shows them."""
    assert [column_letters(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"),
    ]


def test_nearest_says_nothing_rather_than_nonsense():
    """A wrong hint costs more than none."""
    assert nearest("Agama", ["Nomor WhatsApp", ""]) == []
    assert nearest("prefx", ["prefix", "title"], 1) == ['"prefix"']
