"""Parts of a tab on a real Sheets API (the sandbox's): as they stand, under whatever columns, in one call."""

import pytest

from sync.core.desk import DeskRow
from sync.google.desk import GoogleDesk
from tests.contract.google.conftest import Counter, opened, received, row_of

PEOPLE = ("Citra Lestari", "Doni Saputra", "Eka Wijaya", "Fajar Nugraha")


def calls_of(counter: Counter) -> int:
    return counter.transport.calls


@pytest.fixture
def desk(counter: Counter) -> GoogleDesk:
    """Four people, and Citra's and Doni's rows written."""
    rows = opened(counter, *PEOPLE).rows
    desk = counter.desk()
    desk.write([received(row, n) for n, row in enumerate(rows[:2], start=1)])
    return desk


def test_a_glance_tells_what_happened_to_rows_without_their_answers(
    counter: Counter, desk: GoogleDesk
) -> None:
    """A decision typed, a timestamp, Loket's own words; several spans and the end of the sheet in one call."""
    counter.types(f"{chr(ord('A') + counter.headers().index('Keputusan'))}3", "Setujui")
    desk.glance([(2, 2)])
    before = calls_of(counter)

    glance = desk.glance([(2, 2), (3, 4)], tail=(5, 1_000))

    assert calls_of(counter) == before + 1
    assert [one.number for one in glance.glimpses] == [2, 3, 4]
    assert [one.reference for one in glance.glimpses] == ["SKD-26-0001X", "SKD-26-0002X", ""]
    assert [one.officer["decision"] for one in glance.glimpses] == ["", "Setujui", ""]
    assert [one.status for one in glance.glimpses] == ["Diterima", "Diterima", ""]
    whole = counter.desk().read().rows
    assert [one.submitted for one in glance.glimpses] == [row.submitted for row in whole[:3]]
    assert glance.tail.rows == whole[3:]


def test_a_glance_finds_columns_that_were_moved_since_the_last_one(
    counter: Counter, desk: GoogleDesk
) -> None:
    """Else an answer would be taken for a decision."""
    before = desk.glance([(2, 5)])
    at = counter.headers().index("Keputusan")
    counter.changes(
        {
            "moveDimension": {
                "source": counter.span("COLUMNS", at, at + 1),
                "destinationIndex": 1,
            }
        }
    )
    assert desk.glance([(2, 5)]) == before


def test_rows_beyond_the_sheets_end_are_left_out(counter: Counter, desk: GoogleDesk) -> None:
    """An officer deleted the empty rows below; Google refuses a range that begins there."""
    grid = counter.ratna.fetch_sheet_metadata(counter.spreadsheet_id)["sheets"][0]["properties"]
    end = grid["gridProperties"]["rowCount"]
    counter.changes({"deleteDimension": {"range": counter.span("ROWS", 4, end)}})

    glance = desk.glance([(2, 4), (900, 950)], tail=(5, 500))

    assert [one.number for one in glance.glimpses] == [2, 3, 4]
    assert glance.tail.rows == ()
    assert [row.number for row in desk.look_at({3, 4, 7_000}).rows] == [3, 4]


def test_rows_far_apart_are_read_at_one_moment(counter: Counter, desk: GoogleDesk) -> None:
    """More ranges than an address holds: still one call, so that no row is seen twice while others sort."""
    rows_more = {"sheetId": counter.sheet_id, "dimension": "ROWS", "length": 1_000}
    counter.changes({"appendDimension": rows_more})
    numbers = {2, 4, *range(10, 900, 3)}
    desk.look_at({2})  # the time zone is asked once
    before = calls_of(counter)

    rows = desk.look_at(numbers).rows

    assert calls_of(counter) == before + 1
    assert [row.number for row in rows] == [2, 4]
    assert rows[0] == row_of(counter.desk().read().rows, PEOPLE[0])


def test_a_row_that_was_read_alone_is_written_like_any_other(
    counter: Counter, desk: GoogleDesk
) -> None:
    """And what is hit by mistake in it is given back."""
    (row,) = desk.look_at({4}).rows
    counter.at_the_next(
        "sheets.spreadsheets.values.batchUpdate",
        {"insertDimension": {"range": counter.span("COLUMNS", 1, 2)}},
    )
    assert desk.write([received(row, 3)]).moved
    (again,) = desk.look_at({4}).rows
    assert again.answers == row.answers
    assert not desk.write([received(again, 3)]).moved
    assert _reference(desk, 4) == "SKD-26-0003X"


def _reference(desk: GoogleDesk, number: int) -> str:
    rows: tuple[DeskRow, ...] = desk.look_at({number}).rows
    return rows[0].reference
