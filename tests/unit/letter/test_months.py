"""How long a letter is valid, to the day."""

from datetime import date

import pytest

from sync.letter.months import add_months


@pytest.mark.parametrize(
    ("given", "months", "then"),
    [
        (date(2026, 11, 24), 6, date(2027, 5, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(given, months, then):
    """A letter of 31 August must not be valid until 3 March."""
    assert add_months(given, months) == then
