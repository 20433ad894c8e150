"""Dates and times: one meaning or a question back, and the way letters print them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.dates import add_months, age, format_date, read_date, read_time, roman, roman_month
from sync.core.refused import Refused

days = st.dates(date(1905, 12, 31), date(2150, 1, 1))


@pytest.mark.parametrize(
    "written",
    [
        "17-08-1990",
        "17/08/1990",
        "17.8.1990",
        "17 08 1990",
        "1990-08-17",
        "1990/8/17",
        "1990-08-17T00:00:00Z",
        "17 Agustus 1990",
        "17 agt 1990",
        "17-Aug-1990",
        "17 August 1990",
        "Jumat, 17 Agustus 1990",
        "Jum'at, 17 Agustus 1990",
        "tanggal 17 Agustus 1990",
        "Tgl. 17-08-1990",
        "  17  Agustus   1990 ",
        "17-08-1990 00:00",
        33102,
        33102.0,
        33102.75,
    ],
)
def test_a_date_is_read_in_every_usual_form(written):
    """Forms give serial numbers; officers correct by hand, each in their own way."""
    assert read_date(written) == date(1990, 8, 17)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("17-08-90", "empat angka"),
        ("17 Agustus 90", "empat angka"),
        ("08/17/1990", "tidak ada"),
        ("31-02-1990", "tidak ada"),
        ("17 Agustober 1990", "nama bulan"),
        ("kemarin", "bukan tanggal"),
        ("17-08-0090", "tahunnya"),
        ("17-08-9999", "tahunnya"),
        (1990, "tidak lengkap"),
        (-5, "tidak lengkap"),
        (10**12, "tidak lengkap"),
        (True, "tidak lengkap"),
        (float("nan"), "tidak lengkap"),
    ],
)
def test_a_date_with_two_meanings_or_none_is_asked_again(wrong, reason):
    """A letter with a guessed birth date is worse than a question; the sentence shows how to write it."""
    with pytest.raises(Refused, match=reason) as refused:
        read_date(wrong)
    assert "17-08-1990" in str(refused.value)


@given(days)
def test_what_a_letter_prints_is_read_back_as_the_same_day(day):
    """An officer who copies a printed date into the sheet changes nothing."""
    assert read_date(format_date(day)) == day
    assert read_date(format_date(day, with_day=True)) == day
    assert read_date((day - date(1899, 12, 30)).days) == day


@given(cell=st.text(max_size=60) | st.floats() | st.integers())
def test_any_cell_gives_a_date_or_a_reason(tried, cell):
    """No traceback for a row."""
    day, reasons = tried(read_date, cell)
    assert isinstance(day, date) != bool(reasons)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("13.30", time(13, 30)),
        ("13:30", time(13, 30)),
        ("Pukul 13.30 WITA", time(13, 30)),
        ("jam 9.05", time(9, 5)),
        ("1:30 PM", time(13, 30)),
        ("12:15 am", time(0, 15)),
        ("13:30:15", time(13, 30, 15)),
        (0.5625, time(13, 30)),
        (45000.5625, time(13, 30)),
        (0, time(0, 0)),
        (0.9999999999, time(0, 0)),
    ],
)
def test_a_time_is_read_in_every_usual_form(written, moment):
    """As text or as the fraction of a day that Sheets keeps."""
    assert read_time(written) == moment


@pytest.mark.parametrize(
    "wrong",
    ["24.00", "13.60", "13:00 pm", "0:30 pm", "siang", "", -0.5, True, float("nan"), float("inf")],
)
def test_no_time_is_refused_with_an_example(wrong):
    """The sentence shows how to write it."""
    with pytest.raises(Refused, match=r"13\.30"):
        read_time(wrong)


def test_dates_are_printed_in_indonesian():
    """As letters have them."""
    assert format_date(date(2026, 11, 24)) == "24 November 2026"
    assert format_date(date(2026, 11, 24), with_day=True) == "Selasa, 24 November 2026"
    assert roman_month(date(2026, 11, 24)) == "XI"


@given(st.integers(1, 3999))
def test_roman_numerals_are_one_for_each_number(number):
    """Read by the rule that a smaller letter before a larger one is taken away."""
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    letters = [values[letter] for letter in roman(number)]
    total = sum(
        -value if later > value else value
        for value, later in zip(letters, [*letters[1:], 0], strict=True)
    )
    assert total == number


@pytest.mark.parametrize("number", [0, -1, 4000])
def test_romans_had_no_such_number(number):
    """A wrong pattern is noticed, not printed."""
    with pytest.raises(ValueError, match="Roman"):
        roman(number)


def test_one_is_17_on_the_birthday_and_not_the_day_before():
    """The limit of the law is a day, not a year."""
    born = date(2009, 11, 24)
    assert age(born, date(2026, 11, 23)) == 16
    assert age(born, date(2026, 11, 24)) == 17


def test_who_was_born_on_a_leap_day_grows_older_on_1_march():
    """Common years have no 29 February."""
    assert age(date(2008, 2, 29), date(2025, 2, 28)) == 16
    assert age(date(2008, 2, 29), date(2025, 3, 1)) == 17


@given(days, st.integers(0, 60_000))
def test_nobody_grows_younger(born, lived):
    """Age never falls from one day to the next."""
    on = born + timedelta(days=lived)
    assert 0 <= age(born, on) <= age(born, on + timedelta(days=1)) <= age(born, on) + 1


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 24), 6, date(2027, 5, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
    ],
)
def test_months_are_added_by_the_calendar(day, months, later):
    """A suket is valid for six months, whatever their lengths."""
    assert add_months(day, months) == later


def test_a_moment_counts_as_its_day():
    """Templates may be handed either."""
    from sync.core.dates import as_day

    assert as_day(datetime(2026, 11, 24, 23, 59)) == date(2026, 11, 24)  # noqa: DTZ001
