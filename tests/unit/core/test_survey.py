"""How a long sheet goes round: every row is seen, and no look takes in more than its share."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.core.survey import FIRST_ROW, Reach, Survey, is_survey_due, spans_of

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@given(
    end=st.integers(2, 60),
    survey=st.integers(1, 9),
    reread=st.integers(1, 9),
    at=st.integers(0, 80),
)
def test_a_round_sees_every_row_and_comes_to_its_end(
    end: int, survey: int, reread: int, at: int
) -> None:
    """Wherever the last one stopped, also where the sheet has become shorter."""
    reach = Reach(survey=survey, reread=reread)
    went = Survey(end=end, at=at, reread_at=at).begun()
    narrow, whole = set[int](), set[int]()
    for _ in range(200):
        if went.over:
            break
        (first, last), (first_whole, last_whole), went = went.slices(reach)
        assert last - first + 1 <= survey
        assert last_whole - first_whole + 1 <= reread
        narrow |= set(range(first, last + 1))
        whole |= set(range(first_whole, last_whole + 1))
    assert went.over
    assert narrow == whole == set(range(FIRST_ROW, end + 1))


def test_what_is_over_asks_for_nothing() -> None:
    (first, last), (first_whole, last_whole), then = Survey(end=9).slices(Reach())
    assert last < first
    assert last_whole < first_whole
    assert then.over


@given(
    rows=st.sets(st.integers(2, 500), max_size=60),
    awake=st.integers(1, 80),
    spans=st.integers(1, 5),
    gap=st.integers(0, 20),
)
def test_looks_at_expected_rows_reach_all_of_them_in_turn(
    rows: set[int], awake: int, spans: int, gap: int
) -> None:
    """The newest first; each within its measure, and none passed over."""
    reach = Reach(awake=awake, spans=spans, gap=gap)
    left, seen = sorted(rows, reverse=True), set[int]()
    for _ in range(len(rows) + 1):
        found, below = spans_of(left, reach)
        assert len(found) <= spans
        assert sum(last - first + 1 for first, last in found) <= awake
        seen |= {row for first, last in found for row in range(first, last + 1)}
        if not below:
            break
        left = [row for row in left if row < below]
    assert rows <= seen


def test_a_survey_goes_on_however_busy_the_looks_are() -> None:
    """And when the clock was set back."""
    assert is_survey_due(None, AT, Reach())
    assert not is_survey_due(AT - timedelta(seconds=59), AT, Reach())
    assert is_survey_due(AT - timedelta(seconds=60), AT, Reach())
    assert is_survey_due(AT + timedelta(hours=1), AT, Reach())
