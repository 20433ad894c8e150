"""The desk reads a real sheet (the sandbox's): answers as they are, wherever their column stands, or what to mend."""

from datetime import date, timedelta

import pytest

from sync.core.mendable import Mendable
from sync.google.credentials import account_of
from tests.contract.google.conftest import Counter, opened


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
