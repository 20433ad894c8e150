"""gspread, used as its own users use it: what its client and its spreadsheets may rely on.

Worksheets are test_gspread_worksheet.py's subject. Every public method of gspread that talks to the API is
called in one of the two files; a test here counts them.
"""

import csv
import inspect
import io
import re
from pathlib import Path
from typing import Any

import gspread
import pytest
from gspread.utils import ExportFormat

HERE = Path(__file__).parent
CALLED_BY_NO_TEST = {
    "accept_ownership": "a consumer account's transfer of ownership waits for the other's consent; the sandbox has one officer",
    "transfer_ownership": "as accept_ownership",
    "set_timeout": "does not talk to the API",
    "login": "done by every test's client",
    "request": "what all methods go through",
}


def test_every_public_method_of_gspread_is_called_here() -> None:
    """A method nobody calls is one nobody knows to work; a new gspread that brings one fails here."""
    told = "".join(file.read_text(encoding="utf-8") for file in HERE.glob("test_gspread*.py"))
    called = set(re.findall(r"\.(\w+)\(", told)) | set(CALLED_BY_NO_TEST)
    missing = {
        f"{owner.__name__}.{name}"
        for owner in (gspread.Client, gspread.Spreadsheet, gspread.Worksheet)
        for name, _ in inspect.getmembers(owner, inspect.isfunction)
        if not name.startswith("_") and name not in called
    }
    assert missing == set(), "call it in tests/contract/clients/test_gspread*.py, or say why not"


class TestFindingSpreadsheets:
    """How a program comes to a spreadsheet."""

    def test_a_new_spreadsheet_is_opened_by_key_url_and_title(
        self, officer: gspread.Client
    ) -> None:
        made = officer.create("Permohonan 2026")
        assert officer.open_by_key(made.id).title == "Permohonan 2026"
        assert officer.open_by_url(made.url).id == made.id
        assert officer.open("Permohonan 2026").id == made.id

    def test_a_title_nobody_used_is_told_as_not_found(self, officer: gspread.Client) -> None:
        with pytest.raises(gspread.SpreadsheetNotFound):
            officer.open("Tidak ada")

    def test_a_key_nobody_used_is_told_as_not_found(self, officer: gspread.Client) -> None:
        """gspread makes this of Google's 404."""
        with pytest.raises(gspread.SpreadsheetNotFound):
            officer.open_by_key("1" + "a" * 43)

    def test_anothers_spreadsheet_is_refused(
        self, book: gspread.Spreadsheet, worker: gspread.Client
    ) -> None:
        """gspread makes a PermissionError of Google's 403."""
        with pytest.raises(PermissionError):
            worker.open_by_key(book.id)

    def test_all_spreadsheets_are_listed(self, officer: gspread.Client) -> None:
        keys = {officer.create(f"Buku {n}").id for n in range(3)}
        assert {each["id"] for each in officer.list_spreadsheet_files()} >= keys
        assert {each.id for each in officer.openall("Buku 1")} < keys
        assert set(officer.list_spreadsheet_files("Buku 1")[0]) == {
            "id",
            "name",
            "createdTime",
            "modifiedTime",
        }

    def test_a_copy_has_the_same_cells_and_a_life_of_its_own(
        self, officer: gspread.Client, book: gspread.Spreadsheet
    ) -> None:
        book.sheet1.update([["nama", "=1+1"]], "A1", raw=False)
        copy = officer.copy(book.id, title="Salinan", copy_comments=True)
        assert copy.title == "Salinan"
        book.sheet1.clear()
        assert copy.sheet1.get_all_values() == [["nama", "2"]]

    def test_a_deleted_spreadsheet_is_gone(self, officer: gspread.Client) -> None:
        made = officer.create("Sementara")
        officer.del_spreadsheet(made.id)
        with pytest.raises(gspread.SpreadsheetNotFound):
            officer.open_by_key(made.id)

    def test_csv_replaces_the_first_sheet(
        self, officer: gspread.Client, book: gspread.Spreadsheet
    ) -> None:
        """gspread uploads through Drive v2 with conversion, which reads the cells as if typed."""
        officer.import_csv(book.id, "nama,umur\nCitra,31\n")
        again = officer.open_by_key(book.id).sheet1
        assert again.get_all_values() == [["nama", "umur"], ["Citra", "31"]]
        assert again.get_all_records() == [{"nama": "Citra", "umur": 31}]

    def test_the_first_sheet_is_exported_as_csv_and_excel(
        self, officer: gspread.Client, book: gspread.Spreadsheet
    ) -> None:
        book.sheet1.update([["nama", 'a "b", c'], ["Citra", 1]], "A1")
        told = book.export(ExportFormat.CSV).decode("utf-8")
        assert list(csv.reader(io.StringIO(told))) == [["nama", 'a "b", c'], ["Citra", "1"]]
        assert officer.export(book.id, ExportFormat.EXCEL)[:2] == b"PK"

    def test_drive_tells_name_and_times(
        self, officer: gspread.Client, book: gspread.Spreadsheet
    ) -> None:
        told = officer.get_file_drive_metadata(book.id)
        assert told["name"] == "Permohonan"
        assert book.get_lastUpdateTime() == told["modifiedTime"]
        book.update_title("Lain")
        book.update_drive_metadata()
        assert book.title == "Lain"


class TestSharing:
    """Who may, in gspread's words."""

    def test_a_share_opens_the_spreadsheet_and_its_end_closes_it(
        self, book: gspread.Spreadsheet, worker: gspread.Client
    ) -> None:
        email = worker.http_client.auth.service_account_email
        before = len(book.list_permissions())
        book.share(email, perm_type="user", role="writer", notify=False)
        assert worker.open_by_key(book.id).sheet1.title == "Sheet1"
        assert len(book.list_permissions()) == before + 1
        assert len(book.remove_permissions(email)) == 1
        with pytest.raises(PermissionError):
            worker.open_by_key(book.id)

    def test_a_reader_cannot_write(self, book: gspread.Spreadsheet, worker: gspread.Client) -> None:
        email = worker.http_client.auth.service_account_email
        book.share(email, perm_type="user", role="reader", notify=False)
        with pytest.raises(gspread.exceptions.APIError) as refused:
            worker.open_by_key(book.id).sheet1.update_acell("A1", "x")
        assert refused.value.code == 403

    def test_anyone_may_be_let_in_and_out(
        self, officer: gspread.Client, book: gspread.Spreadsheet
    ) -> None:
        given = officer.insert_permission(book.id, None, perm_type="anyone", role="reader").json()
        told = {each["type"] for each in officer.list_permissions(book.id)}
        assert told == {"anyone", "user"}
        officer.remove_permission(book.id, given["id"])
        assert [each["type"] for each in officer.list_permissions(book.id)] == ["user"]


class TestSpreadsheet:
    """The sheets of a spreadsheet, and what belongs to all of them."""

    def test_a_new_spreadsheet_has_one_sheet_of_a_thousand_rows(
        self, book: gspread.Spreadsheet
    ) -> None:
        only = book.worksheets()[0]
        assert (only.title, only.id, only.row_count, only.col_count) == ("Sheet1", 0, 1000, 26)
        assert (only.frozen_row_count, only.frozen_col_count, only.tab_color) == (0, 0, None)
        assert (only.isSheetHidden, only.is_gridlines_hidden) == (False, False)

    def test_properties_have_the_defaults_of_google(self, book: gspread.Spreadsheet) -> None:
        told = book.fetch_sheet_metadata()
        assert told["properties"]["locale"] == book.locale
        assert told["properties"]["timeZone"] == book.timezone
        assert told["properties"]["defaultFormat"]["padding"] == {
            "top": 2,
            "right": 3,
            "bottom": 2,
            "left": 3,
        }

    def test_sheets_are_added_found_ordered_and_deleted(self, book: gspread.Spreadsheet) -> None:
        added = book.add_worksheet("Arsip", rows=20, cols=3)
        assert (added.row_count, added.col_count, added.index) == (20, 3, 1)
        assert book.worksheet("Arsip").id == book.get_worksheet(1).id == added.id
        assert book.get_worksheet_by_id(added.id).title == "Arsip"
        first = book.add_worksheet("Depan", rows=1, cols=1, index=0)
        assert [each.title for each in book.worksheets()] == ["Depan", "Sheet1", "Arsip"]
        book.reorder_worksheets([added, first])
        assert [each.title for each in book.worksheets()] == ["Arsip", "Depan", "Sheet1"]
        book.del_worksheet(added)
        book.del_worksheet_by_id(first.id)
        assert [each.title for each in book.worksheets()] == ["Sheet1"]
        with pytest.raises(gspread.WorksheetNotFound):
            book.worksheet("Arsip")

    def test_two_sheets_cannot_share_a_title(self, book: gspread.Spreadsheet) -> None:
        with pytest.raises(gspread.exceptions.APIError, match="already exists"):
            book.add_worksheet("Sheet1", 1, 1)

    def test_a_duplicate_stands_where_it_was_asked(self, book: gspread.Spreadsheet) -> None:
        book.sheet1.update_acell("A1", "isi")
        twin = book.duplicate_sheet(0, insert_sheet_index=1, new_sheet_name="Kembar")
        assert (twin.title, twin.index, twin.acell("A1").value) == ("Kembar", 1, "isi")
        other = book.sheet1.duplicate(new_sheet_name="Kembar lagi")
        assert other.acell("A1").value == "isi"

    def test_a_sheet_is_copied_into_another_spreadsheet(
        self, officer: gspread.Client, book: gspread.Spreadsheet
    ) -> None:
        other = officer.create("Lain")
        book.sheet1.update_acell("A1", "isi")
        told = book.sheet1.copy_to(other.id)
        assert told["title"] == "Copy of Sheet1"
        assert other.get_worksheet_by_id(told["sheetId"]).acell("A1").value == "isi"

    def test_title_locale_and_timezone_are_kept(
        self, officer: gspread.Client, book: gspread.Spreadsheet
    ) -> None:
        book.update_title("Surat 2027")
        book.update_locale("in_ID")
        book.update_timezone("Asia/Jakarta")
        again = officer.open_by_key(book.id)
        assert (again.title, again.locale, again.timezone) == (
            "Surat 2027",
            "in_ID",
            "Asia/Jakarta",
        )

    def test_protected_ranges_are_listed_by_sheet(self, book: gspread.Spreadsheet) -> None:
        made = book.sheet1.add_protected_range("A1:B2", description="hanya Loket")
        told = book.list_protected_ranges(0)
        assert [each["description"] for each in told] == ["hanya Loket"]
        key = made["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
        book.sheet1.delete_protected_range(key)
        assert book.list_protected_ranges(0) == []

    def test_a_batch_is_done_whole_or_not_at_all(self, book: gspread.Spreadsheet) -> None:
        requests: list[dict[str, Any]] = [
            {"addSheet": {"properties": {"title": "Baru"}}},
            {"deleteSheet": {"sheetId": 987654}},
        ]
        with pytest.raises(gspread.exceptions.APIError, match="No sheet with id: 987654"):
            book.batch_update({"requests": requests})
        assert [each.title for each in book.worksheets()] == ["Sheet1"]

    def test_an_append_finds_the_whole_table(self, book: gspread.Spreadsheet) -> None:
        """Otherwise the row lands beside the table, or over its neighbour."""
        wrote = book.values_update(
            "Sheet1!A1:C2", {"valueInputOption": "RAW"}, {"values": [["a", 1, 3], ["b", 2]]}
        )
        assert wrote["updatedCells"] == 5
        wrote = book.values_append("Sheet1!A1", {"valueInputOption": "RAW"}, {"values": [["c"]]})
        assert wrote["tableRange"] == "Sheet1!A1:C2"
        told = book.values_batch_get(["A1", "Sheet1!B2:B2"])
        assert [each["values"] for each in told["valueRanges"]] == [[["a"]], [["2"]]]
        book.values_batch_update(
            {"valueInputOption": "RAW", "data": [{"range": "Sheet1!A3", "values": [["d"]]}]}
        )
        assert book.values_clear("Sheet1!A3:B3")["clearedRange"] == "Sheet1!A3:B3"
        cleared = book.values_batch_clear(body={"ranges": ["Sheet1!A2:B2"]})
        assert cleared["clearedRanges"] == ["Sheet1!A2:B2"]
        assert book.values_get("Sheet1")["values"] == [["a", "1", "3"]]

    def test_named_ranges_are_read_as_ranges(self, book: gspread.Spreadsheet) -> None:
        """gspread puts the sheet's title before whatever name it is given."""
        made = book.sheet1.define_named_range("A1:B2", "Nama")
        book.sheet1.update([["x", "y"]], "A1")
        assert [cell.value for cell in book.named_range("Nama")] == ["x", "y", "", ""]
        assert book.sheet1.get("Nama") == [["x", "y"]]
        assert [each["name"] for each in book.list_named_ranges()] == ["Nama"]
        key = made["replies"][0]["addNamedRange"]["namedRange"]["namedRangeId"]
        book.sheet1.delete_named_range(key)
        assert book.list_named_ranges() == []
