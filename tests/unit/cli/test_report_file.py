"""A report as a workbook: numbers are numbers, dates are dates, and no text is a formula."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from sync.cli.report_file import write_workbook
from sync.core.mendable import Mendable
from sync.core.report.tables import Table

TABLE = Table(
    "Kabupaten/Kota",
    ("Nama", "Suket", "Tanggal"),
    (("=1+1", 113_046, date(2020, 5, 4)), ("Berau", None, None)),
    (("Jumlah", 113_046, ""),),
)


def test_what_is_written_is_what_it_was(tmp_path: Path) -> None:
    file = tmp_path / "laporan.xlsx"
    write_workbook(file, ("Provinsi", "4 Mei 2020"), [TABLE], ["=HYPERLINK(1)"])
    [sheet] = openpyxl.load_workbook(file).worksheets
    rows = {row[0].value: row for row in sheet.iter_rows()}
    hostile = rows["=1+1"]
    assert (hostile[0].data_type, hostile[0].number_format) == ("s", "@")
    assert rows["=HYPERLINK(1)"][0].data_type == "s"
    assert (hostile[1].value, hostile[1].number_format) == (113_046, "#,##0")
    assert hostile[2].value == datetime(2020, 5, 4)  # noqa: DTZ001 - a workbook has no zones
    assert [cell.value for cell in rows["Berau"]] == ["Berau", None, None]
    assert rows["Jumlah"][1].font.bold
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_a_file_that_can_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """What was there before is as it was."""
    folder = tmp_path / "laporan.xlsx"
    folder.mkdir()
    with pytest.raises(Mendable) as caught:
        write_workbook(folder, ("Provinsi",), [TABLE], [])
    assert caught.value.problems[0].name == "laporan-tidak-dapat-ditulis"
    assert list(tmp_path.iterdir()) == [folder]
