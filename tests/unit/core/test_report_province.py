"""The province's table: sums say of how many they are, changes compare the same regencies, nobody is guessed for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.report.chart import chart
from sync.core.report.line import Line
from sync.core.report.paper import province_paper
from sync.core.report.province import (
    CHART_DAYS,
    Pace,
    Regency,
    Sum,
    pace_of,
    province_day,
    told_province,
)
from sync.core.report.sample import sample
from sync.core.report.tables import pace_text, province_notes, province_table

DAY = date(2020, 5, 4)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def regency(name: str, suket: dict[int, int | None], **other: int) -> Regency:
    """`suket` by how many days ago."""
    return Regency(
        name,
        {
            ago(n): Line(ago(n), suket=value, stock_day=ago(n), **other)
            for n, value in suket.items()
        },
    )


def test_the_table_of_4_may_2020() -> None:
    """As the province told it: three sums, four regencies, and nothing made up for the other six."""
    report = sample()
    assert report.sums == {
        "blanks": Sum(38_310, 10),
        "suket": Sum(113_046, 10),
        "printers": Sum(57, 10),
    }
    known = {one.name: one.count("suket") for one in report.regencies}
    assert {name: count for name, count in known.items() if count is not None} == {
        "Kab. Kutai Kartanegara": 53_333,
        "Kota Balikpapan": 23_224,
        "Kab. Kutai Timur": 16_464,
        "Kota Samarinda": 10_499,
    }
    assert (len(known), report.pace, report.day_before) == (10, None, None)
    assert told_province(report)["sums"]["suket"] == {"value": 113_046, "of": 10}


def test_who_did_not_report_is_named_and_adds_nothing() -> None:
    """The sum says of how many it is; the last report of the missing one is told, not used."""
    report = province_day(
        "Kaltim",
        [
            regency("Samarinda", {0: 100}),
            regency("Berau", {2: 500}),
            Regency("Paser", problems=("Sheet tidak dibagikan.",)),
        ],
        DAY,
    )
    assert report.sums == {"suket": Sum(100, 1)}
    assert [one.name for one in report.missing] == ["Berau", "Paser"]
    assert province_notes(report) == [
        "Melapor: 1 dari 3. Belum melapor: Berau (terakhir 2 Mei 2020), Paser (belum pernah). "
        "Angkanya tidak ikut dijumlahkan.",
        "Paser: Sheet tidak dibagikan.",
    ]
    table = province_table(report)
    assert table.foot[1][2] == "1 dari 3"
    assert [row[-1] for row in table.rows] == [
        "",
        "belum melapor (terakhir 2 Mei 2020)",
        "belum melapor (belum pernah)",
    ]
    assert all(len(row) == len(table.columns) for row in (*table.rows, *table.foot))


def test_a_regency_that_reports_with_an_old_stock_is_not_summed() -> None:
    """Its applications of the day are."""
    line = Line(DAY, received=7, suket=90, stock_day=ago(3))
    report = province_day("Kaltim", [Regency("Berau", {DAY: line})], DAY)
    assert report.sums == {"received": Sum(7, 1)}
    assert province_table(report).rows[0][-1] == "stok terakhir 1 Mei 2020, tidak dihitung"


def test_a_change_compares_only_those_who_reported_both_days() -> None:
    """A regency that comes in today is no growth."""
    report = province_day(
        "Kaltim",
        [regency("Samarinda", {0: 80, 1: 90, 7: 150}), regency("Berau", {0: 1_000})],
        DAY,
    )
    assert (report.day_before, report.week_before) == (Sum(-10, 1), Sum(-70, 1))
    assert (report.pace, report.pace_of) == (Pace(10.0, 8), 1)
    assert [one.pace and one.pace.days for one in report.regencies] == [8, None]
    assert [row[3:6] for row in province_table(report).rows] == [
        ("−10", "−70", "8 hari"),
        ("–", "–", "–"),
    ]


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        (70, 140, "7 hari"),
        (71, 140, "8 hari"),  # not quite done on the seventh
        (140, 140, "tidak berkurang"),
        (141, 140, "tidak berkurang"),
        (0, 140, "0 hari"),
        (0, 0, "0 hari"),
        (113_046, 113_053, "113.046 hari"),
    ],
)
def test_how_long_the_backlog_lasts(now: int, then: int, said: str) -> None:
    """At the net pace of the last seven days."""
    assert pace_text(pace_of(now, then)) == said


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 30))
def test_after_so_many_days_none_is_left_and_a_day_before_there_was(
    now: int, then: int, days: int
) -> None:
    """The first day on which the pace has cleared it; in whole numbers, without rounding."""
    pace = pace_of(now, then, days)
    if now == 0:
        assert pace.days == 0
    elif then <= now:
        assert pace.days is None
    else:
        assert pace.days is not None
        cleared = then - now  # in so many days
        assert cleared * pace.days >= now * days > cleared * (pace.days - 1)


COUNTS = st.dictionaries(
    st.integers(0, 15), st.one_of(st.none(), st.integers(0, 10**6)), max_size=9
)


@given(st.lists(COUNTS, min_size=1, max_size=10))
def test_every_sum_is_that_of_those_who_reported(all_of: list[dict[int, int | None]]) -> None:
    """And the trend compares the same regencies on every day, or says nothing of that day."""
    regencies = [regency(f"R{n}", counts) for n, counts in enumerate(all_of)]
    report = province_day("Kaltim", regencies, DAY)
    reported = [counts[0] for counts in all_of if counts.get(0) is not None]
    assert report.sums.get("suket") == (Sum(sum(reported), len(reported)) if reported else None)
    assert len(report.missing) == sum(0 not in counts for counts in all_of)
    there = [counts for counts in all_of if counts.get(0) is not None]
    for day, value in report.trend:
        known = [counts.get((DAY - day).days) for counts in there]
        assert value == (None if None in known else sum(known))
    assert len(report.trend) == (CHART_DAYS if there else 0)
    province_paper(report, {}, "")


def test_a_chart_shows_gaps_as_gaps_and_stays_inside() -> None:
    """Its scale begins at 0 and ends at a round number."""
    drawn = chart([113_046, None, 120_000, 5], 100, 50)
    assert drawn is not None
    assert [len(line) for line in drawn.lines] == [1, 2]
    assert drawn.lines[1] == ((66.67, 10.0), (100.0, 50.0))
    assert [mark for mark, _ in drawn.marks] == [0, 50_000, 100_000, 150_000]
    assert chart([5, None], 100, 50) is None


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), max_size=20))
def test_no_point_of_a_chart_lies_outside(values: list[int | None]) -> None:
    drawn = chart(values, 240, 80)
    assert (drawn is None) == (sum(value is not None for value in values) < 2)
    if drawn:
        points = [point for line in drawn.lines for point in line]
        assert len(points) == sum(value is not None for value in values)
        assert all(0 <= x <= 240 and 0 <= y <= 80 for x, y in points)
        assert 2 <= len(drawn.marks) <= 6
