"""Many clients and many rows: answers stay exact. How fast they come is benchmarks/sandbox_scale.py's affair."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gspread
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.sandbox import sheets
from sync.sandbox.frame import Store
from sync.sandbox.sheets import writing
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.grid import Area, Grid
from sync.sandbox.sheets.native import lay_sheet
from tests.contract.sandbox.conftest import Sandbox

CLIENTS, CALLS_EACH = 50, 4


def test_fifty_clients_append_and_read_and_none_sees_anothers_row(
    sandbox: Sandbox, book: gspread.Spreadsheet
) -> None:
    """Each row is appended once, at the place its client was told, and is read there."""
    path, token = f"/v4/spreadsheets/{book.id}/values/Sheet1", sandbox.token()

    def client(number: int) -> list[str]:
        told = []
        for turn in range(CALLS_EACH):
            line = [f"klien {number}", f"giliran {turn}"]
            status, answer = sandbox.call(
                "POST", path + "!A1:append?valueInputOption=RAW", {"values": [line]}, token=token
            )
            assert status == 200, answer
            place = str(answer["updates"]["updatedRange"])
            status, seen = sandbox.call(
                "GET", path + "!" + place.partition("!")[2].replace(":", "%3A"), token=token
            )
            assert (status, seen["values"]) == (200, [line])
            told.append(place)
        return told

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = [place for places in pool.map(client, range(CLIENTS)) for place in places]
    assert len(set(told)) == CLIENTS * CALLS_EACH
    lines = book.sheet1.get_all_values()
    wanted = [[f"klien {n}", f"giliran {t}"] for n in range(CLIENTS) for t in range(CALLS_EACH)]
    assert sorted(lines) == sorted(wanted)


def _table(filled: dict[int, set[int]], area: Area) -> tuple[int, int, int, int] | None:
    """The same question asked row by row, without summaries."""
    asked = set(range(area.column_start, area.column_end))
    inside = [row for row in range(area.row_start, area.row_end) if filled[row] & asked]
    if not inside:
        return None
    top, bottom = inside[-1], inside[-1] + 1
    columns = filled[top] & asked
    left, right = min(columns), max(columns) + 1
    while True:
        box = (top, bottom, left, right)
        for row in (top - 1, bottom):
            if any(left - 1 <= c <= right for c in filled.get(row, ())):
                top, bottom = min(top, row), max(bottom, row + 1)
        within = set().union(*(filled[row] for row in range(top, bottom)))
        while left - 1 in within:
            left -= 1
        while right in within:
            right += 1
        if box == (top, bottom, left, right):
            return box


change = st.tuples(
    st.sampled_from(["write", "write", "write", "clear", "insert", "delete", "sort"]),
    st.integers(0, 1499),
    st.integers(1, 900),
    st.integers(0, 4),
    st.integers(1, 3),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(change, min_size=1, max_size=6), st.integers(0, 1499), st.integers(0, 5))
def test_the_end_of_a_table_is_found_whatever_was_written_before(
    tmp_path_factory: Any, changes: list[tuple[str, int, int, int, int]], row: int, column: int
) -> None:
    """The summaries of blocks that make an append quick never tell of rows that were."""
    store = Store(tmp_path_factory.mktemp("crowd"), (sheets.SCHEMA,))
    with store.write() as db:
        book = Book.create(db, "buku", "ratna@example.com")
        size = {"rowCount": 1500, "columnCount": 8}
        sheet = lay_sheet(book, {"title": "Antrean", "gridProperties": size})
        for kind, start, count, first, width in changes:
            grid = Grid(book, sheet)
            end = min(start + count, grid.row_count)
            if end <= start:
                continue
            if kind == "write":
                grid.put(start, first, [["x"] * width] * (end - start))
            elif kind == "clear":
                grid.clear(Area(sheet, start, end, first, first + width))
            elif kind == "insert":
                grid.insert("ROWS", start, count)
            elif kind == "delete" and end - start < grid.row_count:
                grid.delete("ROWS", start, end)
            elif kind == "sort":
                grid.order.reorder(start, grid.order.keys(start, end)[::-1])
            grid = Grid(book, sheet)
            filled = {
                at: {across for across, value in enumerate(line) if value is not None}
                for at, line in enumerate(grid.values(grid.whole))
            }
            for area in (grid.whole, Area(sheet, 0, min(row + 1, grid.row_count), column, 8)):
                found = writing.table_in(grid, area)
                box = found and (
                    found.row_start,
                    found.row_end,
                    found.column_start,
                    found.column_end,
                )
                assert box == _table(filled, area)
    store.close()
