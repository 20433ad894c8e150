"""Sample answers: what a preview fills a letter with is what an applicant could have answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.answers import NAME_MAX
from sync.core.fieldtypes import TYPES, sample_values, show
from sync.core.limits import FILES_MAX, PARAGRAPH_MAX, TEXT_MAX
from sync.core.samples import NAMES_OF_PEOPLE, Extent
from sync.core.workflow.model import Field

OPTIONS = ("Islam", "Kristen", "Kristen, lainnya")
COUNTED = ("text", "paragraph", "file")


def a_field(kind, question="Pertanyaan", **limits):
    options = OPTIONS if TYPES[kind].has_options else ()
    return Field(question=question, type=kind, options=options, **limits)


def assert_could_be_answered(field, extent):
    sample = TYPES[field.type].sample(field, extent)
    cell = str(sample) if field.type in {"number", "money"} else show(sample)
    assert TYPES[field.type].read(cell, field) == sample


@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize("kind", TYPES)
def test_a_sample_is_an_answer_of_its_type(kind, extent):
    """Previews and dry runs must not use values that no applicant could give."""
    assert_could_be_answered(a_field(kind), extent)


@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("text", "30", "40"),
        ("text", None, "7"),
        ("date", "2001-02-03", None),
        ("date", None, "1980-01-01"),
        ("number", "10", None),
        ("money", None, "5000"),
        ("time", "12.00", None),
        ("choices", "2", "2"),
    ],
)
def test_a_sample_keeps_to_the_limits(kind, low, high, extent):
    """Else every dry run of a limited field would fail."""
    assert_could_be_answered(a_field(kind, min=low, max=high), extent)


@given(
    kind=st.sampled_from(COUNTED),
    limits=st.tuples(st.integers(0, 600), st.integers(1, 600)).map(sorted),
    extent=st.sampled_from(Extent),
)
def test_whatever_an_office_allows_its_samples_keep_to_it(kind, limits, extent):
    """A min and a max may lie anywhere, as long as an answer can meet both."""
    hard = {"text": TEXT_MAX, "paragraph": PARAGRAPH_MAX, "file": FILES_MAX}[kind]
    low, high = (min(limit, hard) for limit in limits)
    assert_could_be_answered(a_field(kind, min=str(low), max=str(max(high, 1))), extent)


@pytest.mark.parametrize("kind", TYPES)
def test_the_longest_is_no_shorter_than_the_shortest(kind):
    """Between the two lies whatever a letter has to bear."""
    field = a_field(kind)
    short, usual, long = (
        len(show(TYPES[kind].sample(field, extent)))
        for extent in (Extent.SHORTEST, Extent.USUAL, Extent.LONGEST)
    )
    assert short <= usual <= long


def test_a_long_text_fills_all_that_is_allowed():
    """The line that overflows is found in the preview, not in an applicant's letter."""
    text = TYPES["text"].sample(a_field("text", max="300"), Extent.LONGEST)
    paragraph = TYPES["paragraph"].sample(a_field("paragraph"), Extent.LONGEST)
    assert 290 < len(text) <= 300
    assert PARAGRAPH_MAX * 0.95 < len(paragraph) <= PARAGRAPH_MAX
    assert paragraph.count("\n") > 50


def test_a_question_with_an_emoji_gives_a_sample_without():
    """No letter prints one, and a preview that fails for that would teach nothing."""
    assert_could_be_answered(a_field("text", question="Foto 📷 rumah"), Extent.USUAL)


def test_the_longest_name_is_as_long_as_a_name_may_be():
    """Of an applicant whose name is no field of the letter."""
    assert len(NAMES_OF_PEOPLE[Extent.LONGEST]) == NAME_MAX


def test_the_shortest_answer_to_an_optional_question_is_none():
    """A template that forgets that shows it in the preview."""
    fields = {"nik": a_field("nik"), "sejak": a_field("date", required=False)}
    assert sample_values(fields, Extent.SHORTEST)["sejak"] is None
    assert sample_values(fields, Extent.SHORTEST)["nik"]
    assert sample_values(fields)["sejak"]
