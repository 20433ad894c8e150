"""Filters: what the docs show is what comes out, and nothing that comes out escapes escaping."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from sync.core.filters import FILTERS

ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined)
ENVIRONMENT.filters |= {name: entry.call for name, entry in FILTERS.items()}


@pytest.mark.parametrize("name", FILTERS)
def test_the_example_in_the_docs_gives_what_it_says(name):
    """Offices copy the examples."""
    entry = FILTERS[name]
    assert ENVIRONMENT.from_string(entry.example).render() == entry.gives


@pytest.mark.parametrize("name", FILTERS)
def test_an_empty_answer_gives_an_empty_text(name):
    """An optional field may be left empty; the letter must not print None."""
    assert FILTERS[name].call(None) == ""


@given(st.sampled_from(["pad", "samar", "judul", "besar"]), st.text(), st.booleans())
def test_no_filter_lets_markup_through(name, text, already_markup):
    """A citizen's <script> stays text, also when a template had marked it as safe before."""
    value = Markup(f"<b>{text}") if already_markup else f"<b>{text}"
    out = FILTERS[name].call(value)
    assert type(out) is str
    assert "<" not in ENVIRONMENT.from_string(f"{{{{ value|{name} }}}}").render(value=value)


@pytest.mark.parametrize("name", FILTERS)
def test_a_misspelt_name_is_an_error_and_not_an_empty_text(name):
    """StrictUndefined must work through filters too."""
    with pytest.raises(UndefinedError):
        ENVIRONMENT.from_string(f"{{{{ nma|{name} }}}}").render()


@pytest.mark.parametrize(
    ("typed", "polite"),
    [
        ("CITRA DEWI", "Citra Dewi"),
        ("citra dewi", "Citra Dewi"),
        ("Citra deWi", "Citra deWi"),
        ("AHMAD BIN ABDULLAH", "Ahmad bin Abdullah"),
        ("BIN ABDULLAH", "Bin Abdullah"),
        ("CITRA DEWI, S.KOM., M.SI", "Citra Dewi, S.Kom., M.Si"),
        ("drg. ratna", "drg. Ratna"),
        ("H. MUHAMMAD NUR'AINI AL-FATIH", "H. Muhammad Nur'aini Al-Fatih"),
        ("HENDRA III", "Hendra III"),
        ("JL. MAWAR RT 01", "Jl. Mawar RT 01"),
        ("VI", "VI"),
        ("", ""),
    ],
)
def test_names_in_capitals_are_written_politely(typed, polite):
    """Forms are full of capitals; a name that was typed with care is left alone."""
    assert FILTERS["judul"].call(typed) == polite


def test_dates_come_with_their_weekday_on_request():
    """For invitations."""
    assert FILTERS["tanggal"].call(date(2026, 11, 24), "hari") == "Selasa, 24 November 2026"


def test_padding_is_bounded():
    """pad(10**9) would fill the memory."""
    assert len(FILTERS["pad"].call(1, 10**9)) == 20


def test_masking_goes_by_what_the_value_is():
    """One filter for all that must not be shown."""
    samar = FILTERS["samar"].call
    assert samar("citra@example.com") == "c***@example.com"
    assert samar("081234567890") == "************"
    assert samar("NIK 6472 0101 0190 0001") == "NIK 6472 **** **** 0001"


def test_a_paragraph_becomes_lines_and_lines_become_parts():
    """The members of a family, one person a line: empty lines and stray spaces are no persons."""
    baris = FILTERS["baris"].call
    typed = " Ani Lestari; 6472;anak \r\n\n Budi\n  "
    assert baris(typed) == ["Ani Lestari; 6472;anak", "Budi"]
    assert baris(typed, ";") == [["Ani Lestari", "6472", "anak"], ["Budi"]]
    assert baris(" \n ") == []


@given(st.text())
def test_no_line_is_markup(typed):
    """What was marked as safe before is plain text in every part."""
    rows = FILTERS["baris"].call(Markup(f"<b>;{typed}"), ";")
    assert all(type(part) is str for row in rows for part in row)
