"""The desk makes its columns in a real sheet (the sandbox's): once, to the right, and nobody's cell is touched."""

import pytest

from sync.core.mendable import Mendable
from tests.contract.google.conftest import DECISIONS, OWN, Counter, opened


def test_preparing_adds_the_columns_once(counter: Counter) -> None:
    """To the right of the form's, in their order; a second time nothing is left to do."""
    counter.applies("Citra Lestari")
    before = counter.values()

    assert counter.desk().prepare()
    assert not counter.desk().prepare()

    after = counter.values()
    assert after[0] == [*before[0], *OWN]
    assert after[1] == before[1]


def test_no_title_is_written_where_the_header_row_is_gone(counter: Counter) -> None:
    """Bu Ratna deleted row 1: the first row is an applicant's now, and must stay as it is."""
    counter.applies("Citra Lestari")
    counter.changes({"deleteDimension": {"range": counter.span("ROWS", 0, 1)}})
    before = counter.values()

    with pytest.raises(Mendable):
        counter.desk().prepare()

    assert counter.values() == before


def test_a_decision_is_chosen_from_a_list(counter: Counter) -> None:
    """Bu Ratna picks a word; a typed one is not refused, but told in the row."""
    counter.desk().prepare()
    about = counter.ratna.fetch_sheet_metadata(
        counter.spreadsheet_id,
        params={"includeGridData": "true", "ranges": f"'{counter.tab}'!A1:Z3"},
    )
    grid = about["sheets"][0]
    at = counter.headers().index("Keputusan")
    rule = grid["data"][0]["rowData"][1]["values"][at]["dataValidation"]
    assert [value["userEnteredValue"] for value in rule["condition"]["values"]] == DECISIONS
    assert not rule.get("strict")
    assert grid["properties"]["gridProperties"]["frozenRowCount"] == 1


def test_lokets_columns_warn_and_show_their_state(counter: Counter) -> None:
    """An officer who types into the status is asked whether that is meant; what went wrong is red."""
    counter.desk().prepare()
    about = counter.ratna.fetch_sheet_metadata(
        counter.spreadsheet_id,
        params={"fields": "sheets(protectedRanges,conditionalFormats)"},
    )
    (sheet,) = about["sheets"]
    columns = [rule["range"]["startColumnIndex"] for rule in sheet["protectedRanges"]]
    assert [counter.headers()[column] for column in columns] == OWN[:5]
    assert all(rule["warningOnly"] for rule in sheet["protectedRanges"])
    coloured = {
        rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
        for rule in sheet["conditionalFormats"]
    }
    assert coloured == {"Menunggu petugas", "Selesai", "Perlu dicek", "Gagal kirim"}


def test_a_sheet_that_is_full_to_its_last_column_is_grown(counter: Counter) -> None:
    """A new form's sheet may be exactly as wide as its questions."""
    width = len(counter.headers())
    about = counter.ratna.fetch_sheet_metadata(counter.spreadsheet_id)
    grid = about["sheets"][0]["properties"]["gridProperties"]["columnCount"]
    if grid > width:
        counter.changes({"deleteDimension": {"range": counter.span("COLUMNS", width, grid)}})

    counter.desk().prepare()

    assert counter.headers()[width:] == OWN


def test_what_stands_to_the_right_without_a_header_is_left_alone(counter: Counter) -> None:
    """Officers count and jot beside the answers."""
    counter.applies("Citra Lestari")
    width = len(counter.headers())
    counter.types(f"{chr(ord('A') + width)}2", "hubungi besok")

    counter.desk().prepare()

    cells = counter.values()[1]
    assert "hubungi besok" in cells
    assert cells.index("hubungi besok") >= width + len(OWN)


def test_a_column_that_was_deleted_comes_back(counter: Counter) -> None:
    """Only that one; the others stay where Bu Ratna put them."""
    opened(counter, "Citra Lestari")
    at = counter.headers().index("Keterangan")
    counter.changes({"deleteDimension": {"range": counter.span("COLUMNS", at, at + 1)}})

    assert counter.desk().prepare()
    assert sorted(counter.headers()) == sorted(
        [*OWN, *(h for h in counter.headers() if h not in OWN)]
    )
    assert counter.headers().count("Keterangan") == 1


def test_a_question_of_the_form_is_not_taken_for_lokets_column(counter: Counter) -> None:
    """A form that asks for "Keterangan" must not have its answers written over."""
    counter.types(f"{chr(ord('A') + len(counter.headers()))}1", "keterangan:")
    with pytest.raises(Mendable) as caught:
        counter.desk().prepare()
    assert caught.value.problems[0].name == "kolom-bentrok"
    assert "Status" not in counter.headers()


def test_two_at_once_make_no_column_twice(counter: Counter) -> None:
    """A forgotten PC starts in the same moment."""
    other = counter.desk()
    at = len(counter.headers())
    counter.at_the_next(
        "sheets.spreadsheets.batchUpdate",
        {
            "insertDimension": {
                "range": counter.span("COLUMNS", 1, 2),
                "inheritFromBefore": False,
            }
        },
    )
    counter.desk().prepare()
    other.prepare()

    headers = counter.headers()
    assert [header for header in headers if header in OWN] == OWN
    assert len(headers) == at + 1 + len(OWN)
    assert "Alamat Email" in headers or "Email Address" in headers


def test_a_lost_answer_makes_no_column_twice(counter: Counter) -> None:
    """An insert that is sent again would leave two of each header, and a sheet that can't be read."""
    counter.google.faults(
        {"api": "sheets.spreadsheets.batchUpdate", "do": "drop-after", "times": 1}
    )
    assert counter.desk().prepare()
    assert [header for header in counter.headers() if header in OWN] == OWN
