"""Cells: what cannot be seen is taken out, what was meant is kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.cells import cell_text, clean_text, is_empty, printable_text, whole_number
from sync.core.refused import Refused

hostile = st.text(st.characters(blacklist_categories=[]))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Citra   Dewi ", "Citra Dewi"),
        ("Citra\u200bDewi", "CitraDewi"),
        ("Citra\x00\x07 Dewi", "Citra Dewi"),
        ("\u202eiweD artiC", "iweD artiC"),
        ("Jl. Mawar\r\nNo. 1", "Jl. Mawar No. 1"),
        ("e\u0301", "é"),
        ("\ufeffCitra", "Citra"),
        ("a\ud800b", "ab"),
        ("a\u00a0b", "a b"),
        ("a\tb", "a b"),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_seen(raw, clean):
    """A bidi override can make a letter say something else than the officer read."""
    assert clean_text(raw) == clean


def test_a_paragraph_keeps_its_lines():
    """But no more than one blank one in a row, and no spaces at their ends."""
    assert clean_text(" satu \r\n\r\n\r\n\n dua\u2028tiga ", lines=True) == "satu\n\ndua\ntiga"


@given(hostile, st.booleans())
def test_clean_text_is_stable_and_encodable(text, lines):
    """Cleaning twice changes nothing, and every adapter can encode the result."""
    once = clean_text(text, lines=lines)
    assert clean_text(once, lines=lines) == once
    once.encode()
    assert all(unicodedata.category(letter) not in {"Cf", "Cs"} for letter in once)
    assert not [
        letter for letter in once if unicodedata.category(letter) == "Cc" and letter != "\n"
    ]
    assert lines or "\n" not in once


def test_the_same_number_is_the_same_text_however_it_is_stored():
    """Sheets stores 1 as 1, 1.0 or "1", as it pleases."""
    assert cell_text(1) == cell_text(1.0) == cell_text("1") == "1"
    assert cell_text(1.5) == "1.5"
    assert (cell_text(True), cell_text(False)) == ("TRUE", "FALSE")


def test_a_cell_with_nothing_to_see_is_empty():
    """Zero and an unticked box are answers."""
    assert is_empty("")
    assert is_empty(" \u200b\n")
    assert not is_empty(0)
    assert not is_empty(False)
    assert not is_empty("0")


def test_a_number_is_certain_only_below_two_to_the_53rd():
    """Above it neighbours are stored alike."""
    assert whole_number(2.0**53 - 1) == 2**53 - 1
    assert whole_number(2.0**53) is None
    assert whole_number(1.5) is None
    assert whole_number(True) is None
    assert whole_number("1") is None


def test_emoji_are_sent_back_to_the_applicant() -> None:
    """No letter prints them: better told at once than a letter that can't be made after the approval."""
    with pytest.raises(Refused, match="🙏"):
        printable_text("Membuka rekening 🙏😊")
    assert printable_text("Suhu 37° © O'Brien — “kutip”") == "Suhu 37° © O'Brien — “kutip”"


@given(st.text(st.characters(codec="ascii"), max_size=40), st.booleans())
def test_plain_text_is_cleaned_as_any_other(text, lines):
    assert clean_text(text + "é", lines=lines) == clean_text(text + "x", lines=lines)[:-1] + "é"
