"""autoFill: an officer drags a cell's corner, and the rows below go on as Google lets them."""

from typing import Any

import pytest

from tests.contract.sandbox.sheets_desk import Desk, cells


def drag(source: dict[str, Any], length: int, dimension: str = "ROWS", **more: Any) -> Any:
    how = {"source": source, "dimension": dimension, "fillLength": length}
    return {"autoFill": {"sourceAndDestination": how, **more}}


@pytest.mark.parametrize(
    ("given", "alternate", "wanted"),
    [
        ([1, 2], False, [3, 4, 5]),
        ([0.1, 0.2], False, [0.3, 0.4, 0.5]),
        ([10, 8], False, [6, 4, 2]),
        ([7], False, [7, 7, 7]),
        ([7], True, [8, 9, 10]),
        ([1, 2], True, [1, 2, 1]),
        (["Loket 9"], False, ["Loket 10", "Loket 11", "Loket 12"]),
        (["No-008", "No-010"], False, ["No-012", "No-014", "No-016"]),
        (["Loket 9"], True, ["Loket 9"] * 3),
        (["a", "b"], False, ["a", "b", "a"]),
        (["November"], False, ["December", "January", "February"]),
        (["Mon", "Wed"], False, ["Fri", "Sun", "Tue"]),
        ([True], False, [True, True, True]),
        (["=B1*2"], False, ["=B2*2", "=B3*2", "=B4*2"]),
        (["=B1", "=$B$1"], False, ["=B3", "=$B$1", "=B5"]),
    ],
)
def test_a_series_goes_on_and_all_else_is_repeated(
    desk: Desk, given: list[Any], alternate: bool, wanted: list[Any]
) -> None:
    """Formulas go along; the alternate series is the other of the two ways."""
    desk.write([[value] for value in given])
    source = cells(0, len(given), 0, 1)
    desk.does(drag(source, 3, useAlternateSeries=alternate))
    assert desk.rows("A1:A9") == [[value] for value in given + wanted]


def test_dates_formats_and_directions(desk: Desk) -> None:
    """A date goes on by the day and stays a date; upwards and to the left count back."""
    desk.write([["2026-11-24"]], "C3")
    desk.does(drag(cells(2, 3, 2, 3), 1), drag(cells(2, 3, 2, 3), -2, "COLUMNS"))
    answer = desk.api.values().get(spreadsheetId=desk.id, range="A3:C4").execute()
    assert answer["values"] == [["2026-11-22", "2026-11-23", "2026-11-24"], ["", "", "2026-11-25"]]


def test_a_range_is_filled_from_the_data_at_its_beginning(desk: Desk) -> None:
    """Nothing to fill and nothing to fill from change nothing."""
    desk.write([[1, "a"], [2, "b"]])
    desk.does(
        {"autoFill": {"range": cells(0, 4, 0, 2)}}, {"autoFill": {"range": cells(8, 9, 0, 2)}}
    )
    assert desk.rows() == [[1, "a"], [2, "b"], [3, "a"], [4, "b"]]


def test_what_google_would_guess_is_refused_by_name(desk: Desk) -> None:
    """Unequal steps, numbers among texts, room on two sides: no half answer. Beyond the grid is Google's 400."""
    desk.write([[1, "a"], [2, 5], [4, ""]])
    for asked in (
        drag(cells(0, 3, 0, 1), 2),
        drag(cells(0, 2, 1, 2), 2),
        {"autoFill": {"range": cells(0, 5, 0, 5)}},
    ):
        code, message = desk.refuses(asked)
        assert (code, "The sandbox does not have" in message) == (501, True)
    assert desk.refuses(drag(cells(0, 1, 0, 1), -1))[0] == 400
    assert desk.refuses(drag(cells(0, 1, 0, 1), 5000))[0] == 400
