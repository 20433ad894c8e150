"""Values through gspread and googleapiclient: what is written is what is read, in Google's shapes and limits."""

from typing import Any

import gspread
import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox.conftest import Sandbox
from tests.contract.sandbox.rooms import errors

RAW, UNFORMATTED, FORMULA = "RAW", "UNFORMATTED_VALUE", "FORMULA"


def values(sheet: gspread.Worksheet, text: str = "", **options: Any) -> list[list[Any]]:
    return list(sheet.get(text or None, **options))


def test_a_block_is_read_back_without_its_empty_edges(sheet: gspread.Worksheet) -> None:
    """Google leaves out empty cells at the end of a row and empty rows at the end."""
    sheet.update([["a", "", "c", ""], ["", "", "", ""], ["d"]], "B2")
    assert sheet.spreadsheet.values_get("Sheet1!A1:F10") == {
        "range": "Sheet1!A1:F10",
        "majorDimension": "ROWS",
        "values": [[], ["", "a", "", "c"], [], ["", "d"]],
    }


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Sheet1", "Sheet1!A1:Z1000"),
        ("Sheet1!A:B", "Sheet1!A1:B1000"),
        ("Sheet1!2:3", "Sheet1!A2:Z3"),
        ("Sheet1!B5:C", "Sheet1!B5:C1000"),
        ("Sheet1!C3", "Sheet1!C3"),
        ("A1:B2", "Sheet1!A1:B2"),
        ("'Sheet1'!$B$2:$A$1", "Sheet1!A1:B2"),
        ("Sheet1!Y990:AZ2000", "Sheet1!Y990:Z1000"),
    ],
)
def test_a_range_in_any_notation_is_told_in_one(
    book: gspread.Spreadsheet, asked: str, told: str
) -> None:
    """Open and reversed ranges are answered closed, within the grid."""
    assert book.values_get(asked)["range"] == told


def test_a_title_with_quotes_and_signs_is_found(book: gspread.Spreadsheet) -> None:
    """Officers name tabs as they like: Jum'at/2026!."""
    tab = book.add_worksheet("Jum'at/2026! ", 5, 5)
    tab.update([["x"]], "A1")
    answer = book.values_get("'Jum''at/2026! '!A1:B1")
    assert answer["range"] == "'Jum''at/2026! '!A1:B1"
    assert answer["values"] == [["x"]]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("Tidak Ada!A1", "Unable to parse range: Tidak Ada!A1"),
        ("Sheet1!A1:!", "Unable to parse range: Sheet1!A1:!"),
        ("Sheet1!AA1", "Range (Sheet1!AA1) exceeds grid limits. Max rows: 1000, max columns: 26"),
        (
            "Sheet1!A1001:B1002",
            "Range (Sheet1!A1001:B1002) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
    ],
)
def test_a_range_that_is_not_there_is_refused_in_googles_words(
    book: gspread.Spreadsheet, asked: str, message: str
) -> None:
    """Clients tell their users by these words what is wrong."""
    with pytest.raises(gspread.exceptions.APIError) as refusal:
        book.values_get(asked)
    assert refusal.value.error["message"] == message


def test_raw_keeps_what_a_citizen_typed(sheet: gspread.Worksheet) -> None:
    """A NIK keeps its digits and a formula stays text."""
    typed = ["0812", "=1+1", "6472011234560001", "1/2/2020", "'x", "TRUE"]
    sheet.update([typed], "A1", raw=True)
    assert values(sheet, "A1:F1", value_render_option=UNFORMATTED) == [typed]


def test_user_entered_reads_as_if_typed(sheet: gspread.Worksheet) -> None:
    """Numbers, percentages, booleans, dates and times become values; an apostrophe keeps text."""
    typed = [
        "12",
        "1,234.5",
        "50%",
        "true",
        "'0812",
        "1/31/2026",
        "13:30",
        "2026-01-31 06:00",
        "-3",
        "x",
    ]
    sheet.update([typed], "A1", raw=False)
    assert values(sheet, "A1:J1", value_render_option=UNFORMATTED) == [
        [12, 1234.5, 0.5, True, "0812", 46053, 0.5625, 46053.25, -3, "x"]
    ]
    assert values(sheet, "A1:J1") == [
        [
            "12",
            "1,234.50",
            "50%",
            "TRUE",
            "0812",
            "1/31/2026",
            "13:30",
            "2026-01-31 6:00",
            "-3",
            "x",
        ]
    ]


def test_dates_are_numbers_or_text_as_asked(sheet: gspread.Worksheet) -> None:
    """UNFORMATTED_VALUE alone gives serial numbers; FORMATTED_STRING gives dates as shown and numbers as numbers."""
    sheet.update([["1/31/2026", "7"]], "A1", raw=False)
    shown = values(
        sheet,
        "A1:B1",
        value_render_option=UNFORMATTED,
        date_time_render_option="FORMATTED_STRING",
    )
    assert shown == [["1/31/2026", 7]]


def test_formulas_are_kept_and_worked_out(sheet: gspread.Worksheet) -> None:
    """Simple ones have a value, unknown ones #NAME?, and nothing is fetched."""
    sheet.update([[2, 3], ["x"]], "A1", raw=True)
    formulas = [
        "=A1+B1*2",
        "=SUM(A1:B1)",
        '=A2&"-"&A1',
        "=IMPORTXML(A1)",
        "=A1/0",
        '=IFERROR(A1/0,"-")',
        "=IF(A1>B1,1,2)",
        "=C1",
    ]
    sheet.update([formulas], "C1", raw=False)
    assert values(sheet, "C1:J1", value_render_option=FORMULA) == [formulas]
    assert values(sheet, "C1:J1", value_render_option=UNFORMATTED) == [
        [8, 5, "x-2", "#NAME?", "#DIV/0!", "-", 2, 8]
    ]


def test_null_leaves_a_cell_and_an_empty_text_clears_it(sheet: gspread.Worksheet) -> None:
    """A batch may skip cells that belong to somebody else."""
    sheet.update([["a", "b", "c"]], "A1")
    sheet.update([[None, "", "z"]], "A1")
    assert values(sheet, "A1:C1") == [["a", "", "z"]]


def test_columns_may_be_written_and_read_as_lines(book: gspread.Spreadsheet) -> None:
    """majorDimension COLUMNS turns the block on its side."""
    body = {"majorDimension": "COLUMNS", "values": [["a", "b"], ["c"]]}
    told = book.values_update("Sheet1!A1", {"valueInputOption": RAW}, body)
    assert told == {
        "spreadsheetId": book.id,
        "updatedRange": "Sheet1!A1:B2",
        "updatedRows": 2,
        "updatedColumns": 2,
        "updatedCells": 3,
    }
    assert book.values_get("Sheet1!A1:B2")["values"] == [["a", "c"], ["b"]]
    turned = book.values_get("Sheet1!A1:B2", {"majorDimension": "COLUMNS"})
    assert turned["values"] == [["a", "b"], ["c"]]


def test_writing_outside_the_named_range_is_refused(book: gspread.Spreadsheet) -> None:
    """The range is a promise of the caller's; Google holds him to it."""
    with pytest.raises(gspread.exceptions.APIError) as refusal:
        book.values_update(
            "Sheet1!A1:B1", {"valueInputOption": RAW}, {"values": [["a", "b"], ["c"]]}
        )
    assert refusal.value.error["message"] == (
        "Requested writing within range [Sheet1!A1:B1], but tried writing to row [2]"
    )


def test_what_is_no_list_of_lists_is_refused_as_recorded(book: gspread.Spreadsheet) -> None:
    """Google's own words, with a fieldViolation."""
    with pytest.raises(gspread.exceptions.APIError) as refusal:
        book.values_update("Sheet1!A1", {"valueInputOption": RAW}, {"values": "X"})
    error = refusal.value.error
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["message"] == (
        "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""
    )
    assert error["details"][0]["fieldViolations"][0]["field"] == "data.values"


def test_an_append_goes_below_the_table_and_grows_the_grid(book: gspread.Spreadsheet) -> None:
    """The last line is full; the new one still finds room."""
    tab = book.add_worksheet("Kecil", 2, 3)
    tab.update([["a", "b", "c"], ["1", "2", "3"]], "A1")
    told = tab.append_rows([["x", "y"], ["z"]], table_range="A1")
    assert told["tableRange"] == "Kecil!A1:C2"
    assert told["updates"]["updatedRange"] == "Kecil!A3:B4"
    assert told["updates"]["updatedCells"] == 3
    assert book.worksheet("Kecil").row_count == 4


def test_an_append_that_inserts_pushes_down_what_was_below(sheet: gspread.Worksheet) -> None:
    """INSERT_ROWS loses nothing."""
    sheet.update([["h"], ["1"], [""], ["bawah"]], "A1")
    sheet.append_row(["2"], table_range="A1:A2", insert_data_option="INSERT_ROWS")
    assert values(sheet, "A1:A5") == [["h"], ["1"], ["2"], [], ["bawah"]]


def test_a_batch_answers_each_range_and_the_totals(book: gspread.Spreadsheet) -> None:
    """The worker counts what it wrote by these numbers."""
    told = book.values_batch_update(
        {
            "valueInputOption": RAW,
            "includeValuesInResponse": True,
            "data": [
                {"range": "Sheet1!A1:B1", "values": [["a", "b"]]},
                {"range": "Sheet1!D5", "values": [[5]]},
            ],
        }
    )
    assert told["totalUpdatedCells"] == 3
    assert (told["totalUpdatedRows"], told["totalUpdatedSheets"]) == (2, 1)
    assert [each["updatedRange"] for each in told["responses"]] == ["Sheet1!A1:B1", "Sheet1!D5"]
    assert told["responses"][0]["updatedData"]["values"] == [["a", "b"]]


def test_a_batch_with_one_bad_range_writes_nothing(book: gspread.Spreadsheet) -> None:
    """All of it or none."""
    with pytest.raises(gspread.exceptions.APIError):
        book.values_batch_update(
            {
                "valueInputOption": RAW,
                "data": [
                    {"range": "Sheet1!A1", "values": [["a"]]},
                    {"range": "Hilang!A1", "values": [["b"]]},
                ],
            }
        )
    assert "values" not in book.values_get("Sheet1")


def test_every_values_method_answers_in_googles_shape(
    sandbox: Sandbox, book: gspread.Spreadsheet
) -> None:
    """The client used here refuses an answer that the discovery document does not describe."""
    api = sandbox.google("sheets.v4").spreadsheets().values()
    of = {"spreadsheetId": book.id}
    body: dict[str, Any] = {"values": [["a", 1], ["b", 2]]}
    api.update(
        range="A1", body=body, valueInputOption=RAW, includeValuesInResponse=True, **of
    ).execute()
    api.append(range="A1", body=body, valueInputOption=RAW, **of).execute()
    assert api.get(range="A1:B9", **of).execute()["values"][3] == ["b", "2"]
    both = api.batchGet(ranges=["A1:A2", "B1:B2"], majorDimension="COLUMNS", **of).execute()
    assert [each["values"] for each in both["valueRanges"]] == [[["a", "b"]], [["1", "2"]]]
    by_grid = {"gridRange": {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 2}}
    filters = [by_grid, {"a1Range": "Sheet1!A2"}]
    found = api.batchGetByDataFilter(body={"dataFilters": filters}, **of).execute()
    assert [each["valueRange"]["values"] for each in found["valueRanges"]] == [
        [["a", "1"]],
        [["b"]],
    ]
    data = [{"dataFilter": by_grid, "values": [["z"]]}]
    body = {"valueInputOption": RAW, "data": data}
    assert api.batchUpdateByDataFilter(body=body, **of).execute()["totalUpdatedCells"] == 1
    assert api.clear(range="A1:A1", body={}, **of).execute()["clearedRange"] == "Sheet1!A1"
    api.batchClearByDataFilter(body={"dataFilters": [by_grid]}, **of).execute()
    assert api.batchClear(body={"ranges": ["A:B"]}, **of).execute()["clearedRanges"] == [
        "Sheet1!A1:B1000"
    ]
    assert "values" not in api.get(range="Sheet1", **of).execute()


def test_another_persons_spreadsheet_is_403_and_none_is_404(
    sandbox: Sandbox, book: gspread.Spreadsheet, worker: gspread.Client
) -> None:
    """Doctor tells `not shared` from `wrong link` by this."""
    doni = sandbox.google("sheets.v4", "doni@example.com").spreadsheets()
    with pytest.raises(HttpError) as refusal:
        doni.values().get(spreadsheetId=book.id, range="A1").execute()
    assert errors(refusal.value)[::2] == (403, "The caller does not have permission")
    with pytest.raises(HttpError) as refusal:
        doni.get(spreadsheetId="1tidak-ada").execute()
    assert errors(refusal.value)[::2] == (404, "Requested entity was not found.")
    with pytest.raises(PermissionError):
        worker.open_by_key(book.id)


def test_a_service_account_cannot_own_a_spreadsheet(sandbox: Sandbox) -> None:
    """It has no My Drive: offices must share theirs."""
    with pytest.raises(HttpError) as refusal:
        sandbox.google("sheets.v4", "worker").spreadsheets().create(body={}).execute()
    assert errors(refusal.value)[0] == 403


@pytest.mark.parametrize(
    ("asked", "table", "landed"),
    [
        ("Sheet1", "B4:D6", "B7"),
        ("C5:D5", "B4:D6", "B7"),
        ("B2:D4", "B4:D6", "B7"),
        ("A3:G10", "B4:D6", "B7"),
        ("A1", "A1:C2", "A3"),
        ("E4", None, "E4"),
        ("A4", None, "A4"),
        ("D6", "B4:D6", "B7"),
        ("D4:D6", "B4:D6", "B7"),
    ],
)
def test_an_append_finds_the_tables_of_googles_guide(
    sheet: gspread.Worksheet, asked: str, table: str | None, landed: str
) -> None:
    """Two tables in a sheet, as its guide to values draws them; a blank cell in a table belongs to it."""
    sheet.update([["x", "y", "z"], ["x", "y", "z"]], "A1")
    sheet.update([["x", "y"], ["y", "z", "w"], ["y", "z"]], "B4")
    told = sheet.spreadsheet.values_append(asked, {"valueInputOption": RAW}, {"values": [["n"]]})
    assert told.get("tableRange") == (table and f"Sheet1!{table}")
    assert told["updates"]["updatedRange"] == f"Sheet1!{landed}"


def test_appending_nothing_names_the_cell_where_it_would_begin(sheet: gspread.Worksheet) -> None:
    """And writes nothing there."""
    sheet.update([["a"]])
    for lines in ([], [[]]):
        told = sheet.spreadsheet.values_append("A1", {"valueInputOption": RAW}, {"values": lines})
        assert told["updates"]["updatedRange"] == "Sheet1!A2"
    assert sheet.get_all_values() == [["a"]]
