"""Header row and raw cells → rows of the desk."""

import pytest

from sync.core.mendable import Mendable
from sync.core.settings import Columns
from sync.google.layout import ensure_apart, find_layout, submitted_text

COLUMNS = Columns()
OWN = list(COLUMNS.headers.values())
QUESTIONS = ("Nama Lengkap", "NIK")


def test_columns_are_found_wherever_they_stand() -> None:
    """Officers move columns; Forms adds new ones in the middle."""
    headers = [*OWN[:3], "NIK:", "Lain", *OWN[3:], " nama  lengkap ", "Stempel waktu"]
    layout = find_layout(headers, QUESTIONS, COLUMNS, where="baris 1")

    row = layout.row(
        7,
        ["SKD-26-0004F7", "Diterima", "", 6472010101900001, "x", "", "", "Setujui"]
        + [""] * 2
        + ["Citra", 46350.5],
    )

    assert row is not None
    assert row.number == 7
    assert row.answers == {"Nama Lengkap": "Citra", "NIK": 6472010101900001}
    assert row.submitted == "46350.5"
    assert row.system["reference"] == row.reference == "SKD-26-0004F7"
    assert row.officer == {"decision": "Setujui", "officer_note": "", "officer_file": ""}


def test_a_short_row_has_empty_cells() -> None:
    """Sheets leaves out what is empty at a row's end."""
    layout = find_layout(["Timestamp", *QUESTIONS, *OWN], QUESTIONS, COLUMNS, where="baris 1")
    row = layout.row(2, [46350.5])
    assert row is not None
    assert row.answers == {"Nama Lengkap": "", "NIK": ""}
    assert set(row.system.values()) == {""}


@pytest.mark.parametrize("cells", [[], [None, " "], ["", "", "", "", "Diterima"]])
def test_a_row_without_answers_is_no_row(cells: list[str | None]) -> None:
    """A line the officer left between, or a status that was left behind, is no application."""
    layout = find_layout(["Timestamp", *QUESTIONS, *OWN], QUESTIONS, COLUMNS, where="baris 1")
    assert layout.row(2, cells) is None


def test_every_missing_column_is_named_with_what_looks_like_it() -> None:
    """Mending one header a cycle would take all day."""
    with pytest.raises(Mendable) as caught:
        find_layout(["Nama Lengkap (KTP)", *OWN[1:]], QUESTIONS, COLUMNS, where='tab "Respons"')
    problems = {problem.found: problem for problem in caught.value.problems}
    assert len(problems) == 3
    assert any('"Nama Lengkap (KTP)"' in found for found in problems)
    assert all(problem.where == 'tab "Respons"' for problem in problems.values())


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (46350, "46350"),
        (46350.0, "46350"),
        (46350.708333333336, "46350.708333333"),
        ("24/11/2026 09:00:00", "24/11/2026 09:00:00"),
        ("", ""),
    ],
)
def test_a_timestamp_reads_the_same_every_time(cell: str | float, text: str) -> None:
    """It is half of a row's identity: the last bit of a float must not make a stranger of Citra."""
    assert submitted_text(cell) == text


def test_a_question_and_a_column_of_lokets_need_two_names() -> None:
    """A form that asks for "Keterangan" would have its answers written over."""
    with pytest.raises(Mendable) as caught:
        ensure_apart(["NIK", "keterangan"], COLUMNS, where="baris 1")
    assert '"Keterangan"' in caught.value.problems[0].found
