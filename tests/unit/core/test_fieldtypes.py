"""Field types: one registry; each reads, limits and samples answers of its kind."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.fieldtypes import TYPES, Refused, sample_values, show
from sync.core.workflow.model import Field


def read(cell, kind, **limits):
    return TYPES[kind].read(cell, Field(question="Pertanyaan", type=kind, **limits))


OPTIONS = ("Islam", "Kristen", "Kristen, lainnya")


def a_field(kind):
    return Field(
        question="Pertanyaan", type=kind, options=OPTIONS if TYPES[kind].has_options else ()
    )


def test_the_types_are_those_of_the_design():
    """Workflow files and docs name them."""
    assert list(TYPES) == [
        *("text", "paragraph", "nik", "kk", "nip", "phone", "email"),
        *("date", "time", "number", "money", "choice", "choices", "file"),
    ]


@given(
    kind=st.sampled_from(sorted(TYPES)),
    cell=st.text(st.characters(blacklist_categories=[]), max_size=80)
    | st.integers()
    | st.floats()
    | st.booleans(),
)
def test_every_type_gives_a_value_or_reasons_for_any_cell(tried, kind, cell):
    """One bad row must never stop the others."""
    value, reasons = tried(TYPES[kind].read, cell, a_field(kind))
    assert (value is not None) != bool(reasons)
    assert all(reason.endswith((".", "?")) for reason in reasons)


def test_a_text_is_one_line_of_at_most_500_characters():
    """Line breaks would break the letter; a longer answer is asked again, not cut."""
    assert read("Jl. Mawar\nNo. 1", "text") == "Jl. Mawar No. 1"
    assert len(read("x" * 500, "text")) == 500
    with pytest.raises(Refused, match="paling panjang 500 huruf; yang terisi 501"):
        read("x" * 501, "text")
    with pytest.raises(Refused, match="paling panjang 3 huruf"):
        read("lima!", "text", max="3")
    with pytest.raises(Refused, match="paling sedikit 3 huruf"):
        read("ya", "text", min="3")


def test_a_workflow_cannot_raise_the_hard_limit():
    """max: 999999 would let one answer fill a letter."""
    with pytest.raises(Refused, match="paling panjang 500"):
        read("x" * 501, "text", max="999999")


def test_a_paragraph_keeps_lines_and_ends_at_5000_characters():
    """Longer ones are asked again."""
    assert read("a\nb", "paragraph") == "a\nb"
    with pytest.raises(Refused, match="paling panjang 5000"):
        read("x" * 5001, "paragraph")


def test_a_number_in_a_text_question_is_its_digits():
    """A house number is no decimal fraction."""
    assert read(12.0, "text") == "12"


def test_dates_times_and_numbers_keep_to_their_limits():
    """The sentence says the limit as people write it."""
    with pytest.raises(Refused, match="paling awal 1 Januari 2020"):
        read("31-12-2019", "date", min="2020-01-01")
    with pytest.raises(Refused, match="paling akhir 1 Januari 2020"):
        read("02-01-2020", "date", max="2020-01-01")
    with pytest.raises(Refused, match=r"paling rendah 08\.00"):
        read("7.59", "time", min="08:00")
    with pytest.raises(Refused, match="paling tinggi 12,5"):
        read("13", "number", max="12,5")
    with pytest.raises(Refused, match=r"paling rendah Rp1\.000"):
        read("999", "money", min="1000")


def test_values_have_their_types():
    """Rules and letters rely on them."""
    assert read(33102, "date") == date(1990, 8, 17)
    assert read(0.5625, "time") == time(13, 30)
    assert read("2,5", "number") == Decimal("2.5")
    assert read("Rp2.500", "money") == 2500


def test_a_choice_is_given_as_the_workflow_spells_it():
    """Officers type by hand; letters print the office's spelling."""
    assert read(" ISLAM ", "choice", options=OPTIONS) == "Islam"
    with pytest.raises(Refused, match="pilih salah satu: Islam, Kristen"):
        read("Konghuchu", "choice", options=OPTIONS)


def test_ticked_options_may_hold_a_comma():
    """Google joins them by a comma and a space, without quotes."""
    assert read("Kristen, lainnya, Islam", "choices", options=OPTIONS) == (
        "Islam",
        "Kristen, lainnya",
    )
    assert read("Kristen", "choices", options=OPTIONS) == ("Kristen",)
    with pytest.raises(Refused, match="pilih dari"):
        read("Islam, Lain", "choices", options=OPTIONS)
    with pytest.raises(Refused, match="paling sedikit 2 pilihan; yang diterima 1"):
        read("Islam", "choices", options=OPTIONS, min="2")


@given(st.sets(st.sampled_from(["A", "A, B", "B, C", "D"]), min_size=1))
def test_ticked_options_are_always_read_when_they_are_options(ticked):
    """Even where options contain each other; which of them was meant can then be ambiguous, never an error."""
    options = ("A", "A, B", "B, C", "D")
    answer = ", ".join(option for option in options if option in ticked)
    found = read(answer, "choices", options=options)
    assert {part for option in found for part in option.split(", ")} == set(answer.split(", "))


def test_files_are_links_into_drive_alone():
    """An answer is text that anyone can type: no other address is ever opened."""
    link = "https://drive.google.com/open?id=1AbCdEfGhIjK"
    assert read(f"{link}, {link}2", "file") == (link, f"{link}2")
    viewed = "https://drive.google.com/file/d/1AbCdEfGhIjK/view?usp=sharing"
    assert read(viewed, "file") == (viewed,)
    for wrong in (
        "https://drive.google.com.evil.example/open?id=1AbCdEfGhIjK",
        "http://drive.google.com/open?id=1AbCdEfGhIjK",
        "file:///etc/passwd",
        "https://evil.example/?u=https://drive.google.com/open?id=1AbCdEfGhIjK",
        f"{link}, foto.jpg",
    ):
        with pytest.raises(Refused, match="unggah berkasnya lewat formulir"):
            read(wrong, "file")
    with pytest.raises(Refused, match="paling banyak 1 berkas"):
        read(f"{link}, {link}2", "file", max="1")


def test_values_are_shown_as_people_read_them():
    """None is nothing, not a word."""
    shown = [
        show(value)
        for value in (None, date(2026, 11, 24), time(13, 30), 1500, ("a", "b"), True, "x")
    ]
    assert shown == ["", "24 November 2026", "13.30", "1.500", "a, b", "ya", "x"]


def test_every_field_gets_a_sample():
    """By name, for the preview of a letter."""
    fields = {"nik": Field(question="NIK", type="nik"), "agama": a_field("choice")}
    assert sample_values(fields) == {"nik": "6472010101900001", "agama": "Islam"}
