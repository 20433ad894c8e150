"""A report as a workbook and as a PDF. Numbers are numbers, dates are dates, and a text is never a formula."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.core.mendable import Mendable
from sync.core.report.tables import Cell, Table
from sync.worker.durable_file import write_durably

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.letter.order import LetterOrder

_A4 = 9
_NUMBER, _DATE, _TEXT = "#,##0", "dd/mm/yyyy", "@"
_FIRST_WIDTH, _WIDTH = 40, 15


def write_workbook(
    file: Path, heading: Sequence[str], tables: Iterable[Table], notes: Sequence[str]
) -> None:
    """One sheet, table below table; it prints on A4, one page wide. The file is whole or as it was before. Raises Mendable."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Laporan"
    for number, (cells, bold) in enumerate(_rows(heading, tables, notes), start=1):
        for column, value in enumerate(cells, start=1):
            _put(sheet.cell(number, column), value, bold=bold)
    _arrange(sheet)
    unfinished = file.with_name(f"{file.name}.part")
    try:
        book.save(unfinished)
        unfinished.replace(file)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise _unwritable(file, error) from error


def write_pdf(file: Path, order: "LetterOrder", root: "Root") -> None:
    """By the press that letters are printed on. Raises Mendable."""
    from sync.letter.press import LetterFailed, Letterpress

    letters = root.settings.letters
    with Letterpress(
        root.template_dirs, engine=letters.engine, processes=1, timeout_s=letters.timeout_s
    ) as press:
        try:
            pdf = press.make(order)
        except LetterFailed as failed:
            raise Mendable.one(
                "laporan-tidak-tercetak",
                where=f"templates/{order.template}",
                found=str(failed),
                run="python loket.py doctor",
            ) from failed
    try:
        write_durably(file, pdf)
    except OSError as error:
        raise _unwritable(file, error) from error


def _rows(
    heading: Sequence[str], tables: Iterable[Table], notes: Sequence[str]
) -> Iterator[tuple[Sequence[Cell], bool]]:
    """Cells, and whether they are bold."""
    for place, text in enumerate(heading):
        yield (text,), place < len(heading) - 1
    for table in tables:
        yield from (((), False), ((table.title,), True), (table.columns, True))
        yield from ((row, False) for row in table.rows)
        yield from ((row, True) for row in table.foot)
    yield (), False
    yield from (((note,), False) for note in notes)


def _put(cell: Any, value: Cell, *, bold: bool) -> None:
    from openpyxl.styles import Font

    cell.value = value
    if isinstance(value, str):
        cell.data_type, cell.number_format = "s", _TEXT  # openpyxl takes "=…" for a formula
    else:
        cell.number_format = _DATE if isinstance(value, date) else _NUMBER
    cell.font = Font(bold=bold)


def _arrange(sheet: Any) -> None:
    from openpyxl.utils import get_column_letter

    for column in range(1, sheet.max_column + 1):
        width = _FIRST_WIDTH if column == 1 else _WIDTH
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, one wide


def _unwritable(file: Path, error: OSError) -> Mendable:
    return Mendable.one(
        "laporan-tidak-dapat-ditulis",
        where=str(file),
        found=str(error.strerror or error),
        allowed="folder yang dapat ditulis; bila berkas itu sedang terbuka, tutup dahulu",
        run="python loket.py report",
    )
