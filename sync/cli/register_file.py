"""The register of letters as a workbook: written row by row, so that a hundred thousand letters need no more memory
than a hundred.

Every text is a text, whatever it begins with: no citizen's name becomes a formula, now or when it is edited.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sync.core.mendable import Mendable
from sync.core.register import COLUMNS, TITLE, WIDTHS, Entry, Line

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_A4 = 9
_TEXT, _DATE = "@", "dd/mm/yyyy"
_HEADER_ROW = 5
_LONGEST_TITLE = 31


def write_workbook(
    file: Path,
    lines: Iterable[tuple[Entry, Line]],
    *,
    office: tuple[str, str],
    period: str,
    written: str,
) -> int:
    """Writes one sheet a series; `lines` come series by series. Returns how many letters there are. The file is whole or
    as it was before. Raises Mendable when it can't be written."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    count = 0
    for series, own in groupby(lines, key=lambda each: each[0].series):
        sheet = _sheet(book, series, (*office, f"{TITLE} Surat — {period}", written))
        for _, line in own:
            sheet.append(_cells(sheet, line))
            count += 1
    if not count:
        _sheet(book, TITLE, (*office, f"{TITLE} Surat — {period}", written))
    _save(book, file)
    return count


def _sheet(book: "Workbook", title: str, heading: tuple[str, ...]) -> "WriteOnlyWorksheet":
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet: Any = book.create_sheet(title[:_LONGEST_TITLE])  # a series is of a-z, 0-9 and hyphens
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, one wide
    sheet.oddFooter.right.text = "Halaman &P dari &N"
    for text in heading:
        sheet.append([_cell(sheet, text, font=Font(bold=text != heading[-1]))])
    sheet.append([_cell(sheet, name, font=Font(bold=True)) for name in COLUMNS])
    return cast("WriteOnlyWorksheet", sheet)


def _cells(sheet: "WriteOnlyWorksheet", line: Line) -> Iterator[Any]:
    for value in line:
        yield value if isinstance(value, int) else _cell(sheet, value)


def _cell(sheet: "WriteOnlyWorksheet", value: str | date | None, **look: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell: Any = WriteOnlyCell(sheet)
    cell.value = value
    if isinstance(value, date):
        cell.number_format = _DATE
    elif value:
        cell.data_type = "s"  # openpyxl takes "=…" for a formula
        cell.number_format = _TEXT  # and so would Excel, once it is edited
    for name, wanted in look.items():
        setattr(cell, name, wanted)
    return cell


def _save(book: "Workbook", file: Path) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    try:
        book.save(unfinished)
        unfinished.replace(file)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise Mendable.one(
            "buku-agenda-tidak-dapat-ditulis",
            where=str(file),
            found=str(error.strerror or error),
            allowed="folder yang dapat ditulis; bila berkas itu sedang terbuka di Excel, tutup dahulu",
            run="python loket.py register",
        ) from error
