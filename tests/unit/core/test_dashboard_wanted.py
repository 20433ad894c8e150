"""A figure's link says which applications it counts, and nothing else."""

from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.dashboard.wanted import (
    ENDED,
    LONGEST_SPAN,
    STANDING,
    NoList,
    Wanted,
    Which,
    age_bounds,
    age_midnights,
    read_wanted,
)
from sync.core.report.day import AGES, LONGEST
from sync.core.states import AT_REST, WITH_OFFICE, State

TODAY = date(2026, 11, 24)
WITA = ZoneInfo("Asia/Makassar")
past = st.dates(date(2020, 1, 1), TODAY)
standing = st.builds(
    Wanted,
    st.sampled_from([*STANDING]),
    st.none() | st.sampled_from(range(len(AGES))),
    st.text(max_size=20),
    page=st.integers(1, 99_999),
)
happened = st.builds(
    lambda which, last, span: Wanted(which, days=(last - timedelta(days=span), last)),
    st.sampled_from([Which.CAME, *ENDED]),
    past,
    st.integers(0, LONGEST_SPAN.days),
)


@given(wanted=standing | happened)
def test_a_link_leads_to_the_list_of_its_figure(wanted: Wanted) -> None:
    assert read_wanted(dict(parse_qsl(wanted.query)), TODAY) == wanted


@given(values=st.dictionaries(st.sampled_from(["keadaan", "umur", "dari", "halaman"]), st.text()))
def test_any_other_link_leads_nowhere(values: dict[str, str]) -> None:
    try:
        wanted = read_wanted(values, TODAY)
    except NoList:
        return
    assert wanted.which in Which
    assert wanted.title({})


@pytest.mark.parametrize(
    "query",
    [
        {"keadaan": "rahasia"},
        {"umur": "12"},
        {"halaman": "0"},
        {"halaman": "-1"},
        {"halaman": "٣"},
        {"keadaan": "selesai", "dari": "kemarin"},
        {"keadaan": "selesai", "dari": "2026-11-24", "sampai": "2026-11-23"},
        {"keadaan": "selesai", "dari": "2026-10-01", "sampai": "2026-11-24"},
        {"keadaan": "selesai", "dari": "0001-01-01"},
        {"keadaan": "selesai", "dari": "2026-11-25"},
    ],
    ids=str,
)
def test_what_no_page_of_ours_links_to_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(NoList):
        read_wanted(query, TODAY)


def test_what_happened_without_a_day_happened_today() -> None:
    assert read_wanted({"keadaan": "selesai"}, TODAY).days == (TODAY, TODAY)
    assert read_wanted({}, TODAY) == Wanted(Which.WAITING)


def test_every_state_that_waits_for_the_office_has_its_list() -> None:
    """As the reminder and the daily report understand it: all but those at rest."""
    assert set(WITH_OFFICE) == set(State) - AT_REST


def test_a_title_is_what_a_person_asked_for() -> None:
    titles = {"domisili": "Surat Keterangan Domisili"}
    assert Wanted(Which.IN_REVIEW, 2, "domisili").title(titles) == (
        "Menunggu petugas · 4–7 hari · Surat Keterangan Domisili"
    )
    yesterday = TODAY - timedelta(days=1)
    assert Wanted(Which.CAME, days=(TODAY, TODAY)).title({}, TODAY) == "Diterima · hari ini"
    assert Wanted(Which.DELIVERED, days=(yesterday, TODAY)).title({}, TODAY) == (
        "Selesai · 23 November 2026 sampai 24 November 2026"
    )


@given(back=st.integers(0, 40), minute=st.integers(0, 24 * 60 - 1))
def test_an_age_is_the_daily_reports(back: int, minute: int) -> None:
    """Counted in days of the office's calendar, at whatever hour somebody applied."""
    midnight = datetime.combine(TODAY - timedelta(days=back), datetime.min.time(), WITA)
    came = midnight + timedelta(minutes=minute)
    of_report = sum(back > longest for longest in LONGEST)
    ages = []
    for age in range(len(AGES)):
        since, before = age_bounds(age, TODAY, WITA)
        if (since is None or came >= since) and (before is None or came < before):
            ages.append(age)
    assert ages == [of_report]
    assert sum(came < moment for moment in age_midnights(TODAY, WITA)) == of_report
