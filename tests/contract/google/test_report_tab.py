"""The tabs "Stok" and "Laporan Harian" in a real spreadsheet, with officers who type, sort, rename and extend them."""

from datetime import date
from typing import Any

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.core.report.line import COLUMNS, Line, read_lines
from sync.core.report.stock import HEADERS, Stock, read_stock
from sync.google.report_tab import LINES, LINES_ID, STOCK, STOCK_ID, ReportTab
from tests.contract.google.conftest import Counter

DAY = date(2026, 11, 24)
EVE = date(2026, 11, 23)


@pytest.fixture
def stock(counter: Counter) -> ReportTab:
    tab = ReportTab(counter.transport, counter.spreadsheet_id, STOCK)
    assert tab.read() is None
    assert tab.ensure()
    return tab


@pytest.fixture
def lines(counter: Counter) -> ReportTab:
    return ReportTab(counter.transport, counter.spreadsheet_id, LINES)


def types(counter: Counter, a1: str, *cells: str) -> None:
    """Bu Ratna types into cells side by side."""
    counter.ratna.values_update(
        counter.spreadsheet_id,
        f"'Stok'!{a1}",
        params={"valueInputOption": "USER_ENTERED"},
        body={"values": [list(cells)]},
    )


def shown(counter: Counter, title: str) -> list[list[str]]:
    answer = counter.ratna.values_get(counter.spreadsheet_id, f"'{title}'")
    found: list[list[str]] = answer["values"]
    return found


def cells(day: date, received: int, note: str = "") -> tuple[Any, ...]:
    """A line as cells_of gives it."""
    return (day, received, *[0] * 7, 38_310, None, 5, 6, day, note, "Disdukcapil", "kemarin")


def test_the_tab_for_the_stock_is_made_once_and_left_alone(
    counter: Counter, stock: ReportTab
) -> None:
    """Its titles stand in the first row; what officers typed stays."""
    assert shown(counter, "Stok") == [list(HEADERS.values())]
    types(counter, "A2", "24/11/2026", "38310")
    assert not stock.ensure()
    assert len(shown(counter, "Stok")) == 2


def test_what_an_officer_types_is_read(counter: Counter, stock: ReportTab) -> None:
    """A date as a date, numbers as numbers, a column that was moved and one that was added."""
    types(counter, "A2", "2026-11-24", "38310", "113046", "5", "6", "Ribbon habis")
    move = {
        "moveDimension": {
            "source": {
                "sheetId": STOCK_ID,
                "dimension": "COLUMNS",
                "startIndex": 1,
                "endIndex": 2,
            },
            "destinationIndex": 6,
        }
    }
    counter.changes(move)
    rows = stock.read()
    assert rows is not None
    assert read_stock(rows, DAY) == (Stock(DAY, 38_310, 113_046, 5, 6, "Ribbon habis"), [])


def test_a_cell_that_can_not_be_read_is_told_as_the_officer_finds_it(
    counter: Counter, stock: ReportTab
) -> None:
    """By its address in the sheet, below a row that was left empty too."""
    types(counter, "A2", "2026-11-24", "1")
    types(counter, "A4", "2026-11-24", "2", "seratus ribu")
    rows = stock.read()
    assert rows is not None
    found, [problem] = read_stock(rows, DAY)
    assert found == Stock(DAY, 2)
    assert problem.where == 'tab "Stok", sel C4'


def test_a_tab_that_was_renamed_is_still_ours(counter: Counter, stock: ReportTab) -> None:
    rename = {"sheetId": STOCK_ID, "title": "Stok blangko"}
    counter.changes({"updateSheetProperties": {"properties": rename, "fields": "title"}})
    assert stock.read() == [list(HEADERS.values())]
    assert not stock.ensure()


def test_a_tab_that_people_made_is_known_by_its_title(counter: Counter, lines: ReportTab) -> None:
    """A regency without Loket fills in its lines by hand."""
    counter.changes({"addSheet": {"properties": {"title": "Laporan Harian"}}})
    counter.ratna.values_update(
        counter.spreadsheet_id,
        "'Laporan Harian'!A1",
        params={"valueInputOption": "USER_ENTERED"},
        body={"values": [list(COLUMNS), ["2026-11-24", 5]]},
    )
    rows = lines.read()
    assert rows is not None
    assert read_lines(rows) == ({DAY: Line(DAY, received=5)}, [])
    lines.put(EVE, cells(EVE, 3))
    found, _ = read_lines(lines.read() or [])
    assert {day: line.received for day, line in found.items()} == {DAY: 5, EVE: 3}


def test_a_line_is_published_once_and_corrected_where_it_stands(
    counter: Counter, lines: ReportTab
) -> None:
    """However the rows were sorted since; dates are dates and texts are texts."""
    lines.put(EVE, cells(EVE, 3))
    lines.put(DAY, cells(DAY, 4, "=1+1"))
    order = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    span = {"sheetId": LINES_ID, "startRowIndex": 1}
    counter.changes({"sortRange": {"range": span, "sortSpecs": order}})
    lines.put(EVE, cells(EVE, 7))
    top, first, second = shown(counter, "Laporan Harian")
    assert top == list(COLUMNS)
    assert (*first[:2], first[14]) == ("24/11/2026", "4", "=1+1")
    assert second[:2] == ["23/11/2026", "7"]
    found, problems = read_lines(lines.read() or [])
    assert ({day: line.received for day, line in found.items()}, problems) == ({DAY: 4, EVE: 7}, [])


def test_a_line_whose_answer_was_lost_stands_there_once(counter: Counter, lines: ReportTab) -> None:
    """Told again, it is found by its day."""
    lines.put(EVE, cells(EVE, 3))
    counter.google.faults({"api": "sheets.batchUpdate", "do": "drop-after", "times": 1})
    with pytest.raises(TryAgain):
        lines.put(DAY, cells(DAY, 4))
    lines.put(DAY, cells(DAY, 4))
    assert [row[0] for row in shown(counter, "Laporan Harian")[1:]] == ["23/11/2026", "24/11/2026"]


def test_nothing_is_written_under_titles_that_people_changed(
    counter: Counter, lines: ReportTab
) -> None:
    """A number would land in the wrong column."""
    lines.put(EVE, cells(EVE, 3))
    counter.ratna.values_update(
        counter.spreadsheet_id,
        "'Laporan Harian'!B1",
        params={"valueInputOption": "RAW"},
        body={"values": [["Masuk"]]},
    )
    before = shown(counter, "Laporan Harian")
    with pytest.raises(Mendable) as caught:
        lines.put(DAY, cells(DAY, 4))
    assert caught.value.problems[0].name == "tab-laporan-diubah"
    assert shown(counter, "Laporan Harian") == before


def test_a_sheet_that_is_not_shared_says_so(counter: Counter) -> None:
    """With the account that must be let in."""
    other = ReportTab(counter.transport, "x" * 44, LINES)
    with pytest.raises(Mendable) as caught:
        other.read()
    assert caught.value.problems[0].name == "sheet-tidak-terjangkau"
