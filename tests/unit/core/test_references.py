"""References: read back as made, and never taken for another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.references import ALPHABET, LAST_SERIAL, make_reference, read_reference

prefixes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=5)
references = st.builds(make_reference, prefixes, st.integers(0, 99), st.integers(0, LAST_SERIAL))


def test_the_reference_of_the_design_page_is_a_real_one():
    """Docs and screenshots show SKP-26-0004F7: it must not be refused when somebody tries it."""
    assert make_reference("SKP", 2026, 143) == "SKP-26-0004F7"


@given(prefixes, st.integers(0, 99), st.integers(0, LAST_SERIAL))
def test_a_reference_is_read_back_as_it_was_made(prefix, year, serial):
    """Whatever the serial, its written form gives it back."""
    found = read_reference(make_reference(prefix, year, serial))
    assert found is not None
    assert (found.prefix, found.year, found.serial) == (prefix, year, serial)


@given(references, st.data())
def test_one_wrong_character_is_always_noticed(reference, data):
    """A citizen who mistypes one character must never see another one's application."""
    places = [place for place, character in enumerate(reference) if character != "-"]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from(sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))))
    found = read_reference(reference[:place] + wrong + reference[place + 1 :])
    assert found is None or str(found) == reference


@given(references, st.data())
def test_two_neighbours_exchanged_are_always_noticed(reference, data):
    """Also across the dashes: the commonest slip of a typing hand."""
    compact = reference.replace("-", "")
    place = data.draw(st.integers(0, len(compact) - 2))
    swapped = compact[:place] + compact[place + 1] + compact[place] + compact[place + 2 :]
    found = read_reference(swapped)
    assert found is None or str(found) == reference


@given(references)
def test_every_wrong_check_character_is_refused(reference):
    """Exactly one of the 32 letters fits."""
    fitting = [letter for letter in ALPHABET if read_reference(reference[:-1] + letter)]
    assert fitting == [reference[-1]]


@pytest.mark.parametrize(
    "typed",
    [
        "skp-26-0004f7",
        "SKP 26 0004F7",
        "SKP260004F7",
        " skp–26–ooo4f7 ",
        "SKP-26-OOO4F7",
        "ＳＫＰ-26-0004F7",
    ],
)
def test_a_reference_may_be_typed_carelessly(typed):
    """Case, spaces, dashes, O for 0: what people do with a printed code."""
    assert str(read_reference(typed)) == "SKP-26-0004F7"


def test_i_and_l_are_read_as_one():
    """Crockford's letters leave out I and L, since hands and printers take them for 1."""
    one = make_reference("SKD", 26, 33)
    assert "0011" in one
    assert str(read_reference(one.replace("11", "Il"))) == one


@pytest.mark.parametrize(
    "text", ["", "SKP", "SKP-26-0004F", "SKP-26-0004FU", "6472010101900001", "x" * 60_000]
)
def test_what_is_no_reference_gives_none(text):
    """Nothing is raised: the text comes from strangers."""
    assert read_reference(text) is None


@given(st.text())
def test_any_text_can_be_tried(text):
    """The status page hands over whatever was typed."""
    found = read_reference(text)
    assert found is None or read_reference(str(found)) == found


@pytest.mark.parametrize(
    ("prefix", "serial"),
    [("s", 1), ("SKPDXX", 1), ("SK1", 1), ("SKP", -1), ("SKP", LAST_SERIAL + 1)],
)
def test_a_reference_that_could_not_be_read_back_is_never_made(prefix, serial):
    """A full counter or a wrong prefix is a mistake in the program."""
    with pytest.raises(ValueError, match=r"prefix|serial"):
        make_reference(prefix, 26, serial)
