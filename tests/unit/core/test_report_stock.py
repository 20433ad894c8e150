"""What officers typed: read where it is certain, told with its cell where it is not, never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.report import line as lines
from sync.core.report.line import Line, read_lines
from sync.core.report.stock import HEADERS, Stock, read_stock

TOP = list(HEADERS.values())
DAY = date(2026, 11, 24)
SERIAL = 46350  # 24 November 2026


def stock_of(*rows: list, day: date = DAY, top: list | None = None):
    stock, problems = read_stock([top or TOP, *rows], day)
    return stock, [f"{one.where}: {one.found}" for one in problems]


def test_the_last_row_that_is_not_later_than_the_day_counts() -> None:
    """Wherever it stands; of two of one day the lower one."""
    rows = (
        [SERIAL, 10],
        [SERIAL + 1, 99],
        [SERIAL - 1, 11],
        [SERIAL, 12, 113046, 5, 6, "Ribbon habis"],
        ["", ""],
    )
    assert stock_of(*rows) == (Stock(DAY, 12, 113_046, 5, 6, "Ribbon habis"), [])
    found, _ = stock_of(*rows, day=date(2026, 11, 23))
    assert found == Stock(date(2026, 11, 23), 11)
    assert stock_of(*rows, day=date(2026, 11, 1)) == (None, [])


@pytest.mark.parametrize(
    ("cell", "number"),
    [(38310, 38310), (38310.0, 38310), ("38.310", 38310), (" 38310 ", 38310), ("0", 0), ("", None)],
)
def test_a_whole_number_is_read_as_it_was_meant(cell: object, number: int | None) -> None:
    """An empty cell is not known, and no mistake."""
    assert stock_of([SERIAL, cell]) == (Stock(DAY, number), [])


@pytest.mark.parametrize(
    "cell",
    [
        "banyak",
        -1,
        38.31,
        "38,310",
        "1.23",
        "1.2345",
        "±5",
        True,
        "#REF!",
        "12 box",
        10**9,
        "²",
        1e300,
    ],
)
def test_what_is_no_whole_number_is_told_with_its_cell(cell: object) -> None:
    """38.310 typed into an American sheet is 38.31: it may have been anything."""
    stock, problems = stock_of([SERIAL - 5, 1], [SERIAL, 7, cell, 2, 3])
    assert stock == Stock(DAY, 7, None, 2, 3)
    [problem] = problems
    assert problem.startswith('tab "Stok", sel C3: ')


def test_a_date_that_can_not_be_read_is_told_and_its_row_left_out() -> None:
    """It could be the newest."""
    stock, problems = stock_of([SERIAL, 7], ["kemarin", 8])
    assert stock == Stock(DAY, 7)
    assert problems == ['tab "Stok", sel A3: "kemarin"']


def test_more_printers_working_than_there_are_is_told() -> None:
    """One of the two is wrong, nobody knows which: neither counts."""
    stock, [problem] = stock_of([SERIAL, 7, 8, 6, 5])
    assert stock == Stock(DAY, 7, 8, None, None)
    assert "sel D2" in problem


def test_columns_are_found_by_their_titles() -> None:
    """Officers move columns and add their own; one that is gone is told."""
    top = ["Dicatat oleh", *reversed(TOP)]
    assert stock_of(["Rina", "", 6, 5, 8, 7, SERIAL], top=top)[0] == Stock(DAY, 7, 8, 5, 6)
    stock, problems = stock_of([SERIAL, 7], top=TOP[:-1])
    assert stock is None
    assert "Catatan" in problems[0]


def test_no_nik_leaves_the_sheet() -> None:
    """Neither in a note nor in a cell that is told."""
    stock, [problem] = stock_of([SERIAL, "6472010101900001", "", "", "", "NIK 6472010101900001"])
    assert stock is not None
    assert "6472010101900001" not in stock.note + problem


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates().map(str)
)


@given(st.lists(st.lists(CELLS, max_size=8), max_size=8), st.sampled_from([TOP, [], None]))
def test_nothing_that_is_typed_breaks_the_reading(rows: list[list], top: list | None) -> None:
    """And no number comes out that did not go in."""
    table = rows if top is None else [top, *rows]
    stock, _ = read_stock(table, DAY)
    numbers = {
        int(c)
        for row in rows
        for c in row
        if isinstance(c, int | float) and c == c and abs(c) < 1e15
    }
    digits = {
        int(c.replace(".", ""))
        for row in rows
        for c in row
        if isinstance(c, str) and c.strip().replace(".", "").isdecimal()
    }
    if stock:
        for value in (stock.blanks, stock.suket, stock.printers, stock.printers_working):
            assert value is None or value in numbers | digits
    read_lines(table)


def test_a_published_line_is_read_back() -> None:
    """By its titles; what can't be read is unknown and told."""
    top = list(lines.HEADERS.values())
    cells = [SERIAL, 5, 4, 0, 0, 1, 9, 2, 3, 38310, 113046, 5, 6, SERIAL, "aman"]
    found, problems = read_lines([top, cells, [], ["kapan?", 1]])
    assert found == {DAY: Line(DAY, 5, 4, 0, 0, 1, 9, 2, 3, 38_310, 113_046, 5, 6, DAY, "aman")}
    assert [one.where for one in problems] == ['tab "Laporan Harian", sel A4']
    cells[9] = "sekitar 38 ribu"
    found, problems = read_lines([top, cells])
    assert (found[DAY].blanks, found[DAY].suket) == (None, 113_046)
    assert [one.where for one in problems] == ['tab "Laporan Harian", sel J2']


def test_an_older_day_s_stock_is_not_this_day_s() -> None:
    """Only what is counted that day counts that day; applications do anyhow."""
    line = Line(DAY, received=5, suket=9, stock_day=date(2026, 11, 23))
    assert (line.count("suket"), line.count("received")) == (None, 5)
