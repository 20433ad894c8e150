"""gspread's worksheets, used as its own users use them: cells, rows, columns, notes, formats and filters."""

import re

import gspread
import pytest
from gspread.cell import Cell
from gspread.utils import (
    DateTimeOption,
    Dimension,
    MergeType,
    PasteOrientation,
    PasteType,
    TableDirection,
    ValidationConditionType,
    ValueInputOption,
    ValueRenderOption,
)

Book, Sheet = gspread.Spreadsheet, gspread.Worksheet


@pytest.fixture
def table(sheet: Sheet) -> Sheet:
    """Three rows of answers under their headers."""
    sheet.update([["nama", "umur"], ["Citra", 31], ["Adi", 20], ["Budi", 25]], "A1")
    return sheet


def fields(sheet: Sheet, mask: str, cells: str = "A1") -> dict[str, object]:
    """The first cell's data under a field mask."""
    told = sheet.spreadsheet.fetch_sheet_metadata(
        {
            "ranges": f"'{sheet.title}'!{cells}",
            "includeGridData": True,
            "fields": f"sheets.data.rowData.values({mask})",
        }
    )
    data: dict[str, object] = told["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    return data


class TestReading:
    def test_one_cell_is_read_by_name_and_by_numbers(self, table: Sheet) -> None:
        assert table.acell("B2").value == table.cell(2, 2).value == "31"
        assert table.acell("B2", value_render_option=ValueRenderOption.unformatted).value == 31
        assert table.acell("Z9").value is None

    def test_rows_and_columns_are_lists_without_their_empty_ends(self, table: Sheet) -> None:
        assert table.row_values(2) == ["Citra", "31"]
        assert table.col_values(1) == ["nama", "Citra", "Adi", "Budi"]
        assert table.row_values(9) == []

    def test_all_values_are_padded_to_a_rectangle(self, sheet: Sheet) -> None:
        sheet.update([["a"], ["", "b"], [], ["", "", ""]], "A1")
        assert sheet.get_all_values() == sheet.get_values() == [["a", ""], ["", "b"]]
        assert sheet.get() == [["a"], ["", "b"]]
        assert sheet.get("A1:C3", pad_values=True) == [["a", ""], ["", "b"]]
        assert sheet.get("A1:C3", pad_values=True, maintain_size=True) == [
            ["a", "", ""],
            ["", "b", ""],
            ["", "", ""],
        ]
        assert sheet.get("A1:B2", major_dimension=Dimension.cols) == [["a"], ["", "b"]]

    def test_an_empty_sheet_has_one_empty_cell(self, sheet: Sheet) -> None:
        assert sheet.get_all_values() == [[]]
        assert sheet.get("A1:B2") == [[]]

    def test_records_are_keyed_by_header(self, table: Sheet) -> None:
        assert table.get_all_records()[0] == {"nama": "Citra", "umur": 31}

    def test_cells_of_a_range_know_their_place(self, table: Sheet) -> None:
        cells = table.range("A2:B3")
        assert [(c.row, c.col, c.value) for c in cells] == [
            (2, 1, "Citra"),
            (2, 2, "31"),
            (3, 1, "Adi"),
            (3, 2, "20"),
        ]
        assert table.get_all_cells()[0].value == "nama"

    def test_a_range_may_be_named_from_its_end(self, table: Sheet) -> None:
        assert [cell.value for cell in table.range("B2:A1")] == ["nama", "umur", "Citra", "31"]

    def test_open_ranges_reach_to_the_last_filled_row(self, table: Sheet) -> None:
        assert table.get("A3:A") == [["Adi"], ["Budi"]]
        assert table.get("B:B") == [["umur"], ["31"], ["20"], ["25"]]
        assert table.get("2:3") == [["Citra", "31"], ["Adi", "20"]]
        assert table.get("3:3") == [["Adi", "20"]]

    @pytest.mark.parametrize("title", ["D3", "R1C1", "Ratna's 'desk'", "🌵 satu", "A1:B2!"])
    def test_a_title_that_looks_like_a_range_is_a_title(self, book: Book, title: str) -> None:
        other = book.add_worksheet(title, 5, 5)
        other.update([["isi"]], "B2")
        assert other.get_all_values() == [["", ""], ["", "isi"]]
        assert book.sheet1.get_all_values() == [[]]
        assert book.worksheet(title).acell("B2").value == "isi"

    def test_many_ranges_in_one_answer_keep_their_order(self, table: Sheet) -> None:
        first, second = table.batch_get(["A4:B4", "A1"])
        assert (first, second) == ([["Budi", "25"]], [["nama"]])
        assert first.range == "Sheet1!A4:B4"

    def test_cells_are_found_by_text_and_pattern(self, table: Sheet) -> None:
        found = table.find("Adi")
        assert found is not None
        assert (found.row, found.col) == (3, 1)
        assert table.find("adi") is None
        assert [c.row for c in table.findall(re.compile("i"))] == [2, 3, 4]
        assert table.find("Adi", in_row=2) is None

    def test_a_table_is_expanded_from_its_corner(self, table: Sheet) -> None:
        assert table.expand("A1") == table.get_all_values()
        assert table.expand("A1", TableDirection.down) == [["nama"], ["Citra"], ["Adi"], ["Budi"]]

    def test_dates_are_serials_when_asked(self, sheet: Sheet) -> None:
        sheet.update_acell("A1", "2026-11-24")
        assert sheet.acell("A1").value == "2026-11-24"
        assert sheet.get(
            "A1",
            value_render_option=ValueRenderOption.unformatted,
            date_time_render_option=DateTimeOption.serial_number,
        ) == [[46350]]
        assert sheet.get(
            "A1",
            value_render_option=ValueRenderOption.unformatted,
            date_time_render_option=DateTimeOption.formatted_string,
        ) == [["2026-11-24"]]


class TestWriting:
    def test_raw_text_is_kept_as_it_is(self, sheet: Sheet) -> None:
        sheet.update([["=1+1", "0812", "1e5", "TRUE"]], "A1")
        assert sheet.row_values(1) == ["=1+1", "0812", "1e5", "TRUE"]
        assert sheet.acell("A1", value_render_option=ValueRenderOption.formula).value == "=1+1"

    def test_typed_text_is_understood(self, sheet: Sheet) -> None:
        sheet.update([["=1+1", "0812", "1e5", "TRUE", "'007", "50%"]], "A1", raw=False)
        assert sheet.get("A1:F1", value_render_option=ValueRenderOption.unformatted) == [
            [2, 812, 100000, True, "007", 0.5]
        ]
        assert sheet.row_values(1) == ["2", "812", "1.00E+05", "TRUE", "007", "50%"]

    def test_text_of_many_lines_and_scripts_is_kept(self, sheet: Sheet) -> None:
        sheet.update_acell("A1", "satu\ndua\tऋʧ🎊")
        assert sheet.acell("A1").value == "satu\ndua\tऋʧ🎊"

    def test_more_values_than_the_range_has_room_for_are_refused(self, sheet: Sheet) -> None:
        """A single cell names where to begin; a wider range is a limit."""
        sheet.update([["a", "b"], ["c", "d"]], "A1")
        with pytest.raises(gspread.exceptions.APIError, match="tried writing to"):
            sheet.update([["a", "b"], ["c", "d"]], "A1:B1")

    def test_nothing_is_a_cell_left_alone_and_empty_text_clears(self, table: Sheet) -> None:
        table.update([[None, ""]], "A2")
        assert table.row_values(2) == ["Citra"]

    def test_single_cells_are_written_by_name_and_by_numbers(self, sheet: Sheet) -> None:
        sheet.update_acell("A1", "=2*3")
        sheet.update_cell(2, 1, "x")
        assert sheet.col_values(1) == ["6", "x"]

    def test_a_list_of_cells_is_written_as_one_rectangle(self, sheet: Sheet) -> None:
        sheet.update_cells([Cell(1, 1, "a"), Cell(2, 2, "b")])
        assert sheet.get_all_values() == [["a", ""], ["", "b"]]

    def test_a_batch_of_ranges_is_written_at_once(self, sheet: Sheet) -> None:
        sheet.batch_update(
            [{"range": "A1:B1", "values": [["a", "b"]]}, {"range": "A3", "values": [["=1/4"]]}],
            value_input_option=ValueInputOption.user_entered,
        )
        assert sheet.get_all_values() == [["a", "b"], ["", ""], ["0.25", ""]]

    def test_rows_are_appended_below_the_table(self, table: Sheet) -> None:
        wrote = table.append_row(["Doni", 40])
        assert wrote["updates"]["updatedRange"] == "Sheet1!A5:B5"
        table.append_rows([["Eka", 1], ["Fitri", 2]], table_range="A1:B1")
        assert table.col_values(1)[4:] == ["Doni", "Eka", "Fitri"]

    def test_an_appended_row_may_begin_with_empty_cells(self, table: Sheet) -> None:
        wrote = table.append_row(["", 7], insert_data_option="INSERT_ROWS", table_range="A1")
        assert wrote["updates"]["updatedRange"] == "Sheet1!A5:B5"
        assert table.row_values(5) == ["", "7"]

    def test_appending_past_the_last_row_grows_the_grid(self, table: Sheet) -> None:
        table.resize(rows=4)
        table.append_rows([["Doni", 40]] * 3)
        assert table.spreadsheet.sheet1.row_count == 7

    def test_rows_and_columns_are_inserted(self, table: Sheet) -> None:
        table.insert_row(["Doni", 40], 2)
        table.insert_rows([["Eka", 1], ["Fitri", 2]], 2)
        assert table.col_values(1)[:4] == ["nama", "Eka", "Fitri", "Doni"]
        table.insert_cols([["kota", "Solo"]], 2)
        assert table.row_values(2) == ["Eka", "Solo", "1"]

    def test_rows_and_columns_are_deleted(self, table: Sheet) -> None:
        table.delete_rows(2, 3)
        assert table.col_values(1) == ["nama", "Budi"]
        table.delete_columns(1)
        assert table.col_values(1) == ["umur", "25"]
        table.delete_dimension(Dimension.rows, 1)
        assert table.col_values(1) == ["25"]

    def test_writing_outside_the_grid_is_refused(self, sheet: Sheet) -> None:
        with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
            sheet.get("A1001:A1002")

    def test_a_malformed_range_is_refused_in_the_words_of_google(self, sheet: Sheet) -> None:
        with pytest.raises(gspread.exceptions.APIError, match="Unable to parse range"):
            sheet.spreadsheet.values_get("Tidak Ada!A1")

    def test_cleared_cells_are_empty(self, table: Sheet) -> None:
        table.batch_clear(["A1:B1", "A3"])
        assert table.get_all_values() == [["", ""], ["Citra", "31"], ["", "20"], ["Budi", "25"]]
        table.clear()
        assert table.get_all_values() == [[]]


class TestGrid:
    def test_the_grid_grows_and_shrinks(self, sheet: Sheet) -> None:
        sheet.add_rows(10)
        sheet.add_cols(4)
        assert (sheet.row_count, sheet.col_count) == (1010, 30)
        sheet.resize(rows=5, cols=2)
        again = sheet.spreadsheet.sheet1
        assert (again.row_count, again.col_count) == (5, 2)

    def test_frozen_rows_and_columns_are_told(self, sheet: Sheet) -> None:
        sheet.freeze(rows=1, cols=2)
        again = sheet.spreadsheet.sheet1
        assert (again.frozen_row_count, again.frozen_col_count) == (1, 2)

    def test_title_place_colour_and_visibility_are_kept(self, sheet: Sheet) -> None:
        book = sheet.spreadsheet
        other = book.add_worksheet("Lain", 5, 5)
        sheet.update_title("Utama")
        sheet.update_index(2)  # counted as before the move
        sheet.update_tab_color("#ff8000")
        assert sheet.get_tab_color() == "#FF8000"
        other.hide()
        told = book.worksheets()
        assert [(each.title, each.isSheetHidden) for each in told] == [
            ("Lain", True),
            ("Utama", False),
        ]
        other.show()
        sheet.clear_tab_color()
        sheet.hide_gridlines()
        again = book.get_worksheet_by_id(sheet.id)
        assert (again.get_tab_color(), again.is_gridlines_hidden) == (None, True)
        again.show_gridlines()
        assert book.get_worksheet_by_id(sheet.id).is_gridlines_hidden is False

    def test_the_only_visible_sheet_cannot_be_hidden(self, sheet: Sheet) -> None:
        with pytest.raises(
            gspread.exceptions.APIError, match="You can't hide all the sheets in a document"
        ):
            sheet.hide()

    def test_rows_and_columns_are_hidden_and_shown(self, sheet: Sheet) -> None:
        def hidden() -> tuple[list[int], list[int]]:
            told = sheet.spreadsheet.fetch_sheet_metadata(
                {
                    "includeGridData": True,
                    "fields": "sheets.data(rowMetadata.hiddenByUser,columnMetadata.hiddenByUser)",
                }
            )["sheets"][0]["data"][0]
            return (
                [n for n, each in enumerate(told["rowMetadata"]) if each.get("hiddenByUser")],
                [n for n, each in enumerate(told["columnMetadata"]) if each.get("hiddenByUser")],
            )

        sheet.hide_rows(0, 2)
        sheet.hide_columns(1, 3)
        assert hidden() == ([0, 1], [1, 2])
        sheet.unhide_rows(0, 2)
        sheet.unhide_columns(1, 3)
        assert hidden() == ([], [])

    def test_groups_are_made_listed_and_undone(self, sheet: Sheet) -> None:
        sheet.add_dimension_group_rows(1, 4)
        sheet.add_dimension_group_columns(0, 2)
        assert sheet.list_dimension_group_rows() == [
            {
                "range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 4},
                "depth": 1,
            }
        ]
        assert [g["depth"] for g in sheet.list_dimension_group_columns()] == [1]
        sheet.delete_dimension_group_rows(1, 4)
        sheet.delete_dimension_group_columns(0, 2)
        assert sheet.list_dimension_group_rows() == sheet.list_dimension_group_columns() == []

    def test_automatic_widths_are_accepted(self, table: Sheet) -> None:
        assert table.columns_auto_resize(0, 2)["replies"] == [{}]
        assert table.rows_auto_resize(0, 2)["replies"] == [{}]

    def test_merged_cells_keep_the_first_value(self, table: Sheet) -> None:
        table.merge_cells("A1:B1")
        assert table.row_values(1) == ["nama"]
        table.batch_merge([{"range": "A2:B3"}], merge_type=MergeType.merge_rows)
        told = table.spreadsheet.fetch_sheet_metadata()["sheets"][0]["merges"]
        assert [(m["startRowIndex"], m["endRowIndex"]) for m in told] == [(0, 1), (1, 2), (2, 3)]
        table.unmerge_cells("A1:B3")
        assert "merges" not in table.spreadsheet.fetch_sheet_metadata()["sheets"][0]

    def test_a_merged_range_may_be_read_as_filled(self, table: Sheet) -> None:
        table.merge_cells("A2:A3")
        told = table.get_all_values(combine_merged_cells=True)
        assert [line[0] for line in told] == ["nama", "Citra", "Citra", "Budi"]


class TestOrderAndFilter:
    def test_rows_are_sorted_below_the_frozen_header(self, table: Sheet) -> None:
        table.freeze(rows=1)
        table.sort((2, "asc"))
        assert table.col_values(1) == ["nama", "Adi", "Budi", "Citra"]
        table.sort((1, "des"), range="A2:B4")
        assert table.col_values(1) == ["nama", "Citra", "Budi", "Adi"]

    def test_a_basic_filter_is_set_and_cleared(self, table: Sheet) -> None:
        def basic_filter() -> object:
            return table.spreadsheet.fetch_sheet_metadata()["sheets"][0].get("basicFilter")

        table.set_basic_filter("A1:B4")
        assert basic_filter() == {
            "range": {
                "startRowIndex": 0,
                "endRowIndex": 4,
                "startColumnIndex": 0,
                "endColumnIndex": 2,
            }
        }
        table.clear_basic_filter()
        assert basic_filter() is None

    def test_a_range_is_copied_and_cut(self, table: Sheet) -> None:
        table.copy_range("A2:B2", "D1:E1", PasteType.values)
        table.copy_range("A2:B2", "G1:G2", PasteType.normal, PasteOrientation.transpose)
        assert table.get("D1:E1") == [["Citra", "31"]]
        assert table.get("G1:G2") == [["Citra"], ["31"]]
        table.cut_range("A2:B2", "A8")
        assert table.get("A2:B2") == [[]]
        assert table.get("A8:B8") == [["Citra", "31"]]


class TestCellsBesidesTheirValues:
    def test_a_format_is_kept_and_effective(self, sheet: Sheet) -> None:
        sheet.update_acell("A1", "judul")
        sheet.format("A1:B1", {"textFormat": {"bold": True}, "horizontalAlignment": "CENTER"})
        told = fields(sheet, "userEnteredFormat,effectiveFormat.textFormat.bold")
        assert told == {
            "userEnteredFormat": {"textFormat": {"bold": True}, "horizontalAlignment": "CENTER"},
            "effectiveFormat": {"textFormat": {"bold": True}},
        }

    def test_a_number_format_shows_in_the_value(self, sheet: Sheet) -> None:
        sheet.update([[1234.5, 0.256]], "A1")
        sheet.batch_format(
            [
                {
                    "range": "A1",
                    "format": {"numberFormat": {"type": "NUMBER", "pattern": "#,##0.00"}},
                },
                {"range": "B1", "format": {"numberFormat": {"type": "PERCENT", "pattern": "0.0%"}}},
            ]
        )
        assert sheet.row_values(1) == ["1,234.50", "25.6%"]

    def test_a_dropdown_is_told_with_its_choices(self, sheet: Sheet) -> None:
        sheet.add_validation(
            "A1:A5",
            ValidationConditionType.one_of_list,
            ["Setujui", "Tolak"],
            inputMessage="Pilih satu",
            strict=True,
            showCustomUi=True,
        )
        assert fields(sheet, "dataValidation")["dataValidation"] == {
            "condition": {
                "type": "ONE_OF_LIST",
                "values": [{"userEnteredValue": "Setujui"}, {"userEnteredValue": "Tolak"}],
            },
            "inputMessage": "Pilih satu",
            "strict": True,
            "showCustomUi": True,
        }

    def test_notes_are_written_read_and_cleared(self, sheet: Sheet) -> None:
        """Recorded at Google: rowData ends with the last row that has anything."""
        sheet.insert_note("A1", "periksa")
        assert sheet.get_note("A1") == "periksa"
        sheet.update_note("A1", "sudah")
        sheet.insert_notes({"B2": "dua", "C3": "tiga"})
        assert sheet.get_notes() == [["sudah"], ["", "dua"], ["", "", "tiga"]]
        sheet.update_notes({"B2": "2"})
        assert sheet.get_note("B2") == "2"
        sheet.clear_note("A1")
        sheet.clear_notes(["B2", "C3"])
        assert sheet.get_note("A1") == ""
        assert sheet.get_notes() in ([], [[]])
