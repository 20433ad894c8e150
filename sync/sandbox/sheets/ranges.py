"""From the ways Google names a range (A1 text, GridRange) to an Area of a sheet, with Google's errors."""

from dataclasses import dataclass
from typing import Any

from sync.sandbox.frame import GoogleError, Json, invalid
from sync.sandbox.sheets import a1
from sync.sandbox.sheets.book import Book, Sheet
from sync.sandbox.sheets.grid import Area, Grid


@dataclass(frozen=True, slots=True)
class Named:
    """A range as it was named: its sheet and span, before the grid's limits are laid on."""

    sheet: Sheet
    span: a1.Span
    text: str


def named(book: Book, text: str) -> Named:
    """Raises 400 `Unable to parse range: …`."""
    title, rest = a1.split_title(text)
    if title is None:
        span = a1.parse_span(rest)
        if span is not None and rest:
            return Named(_first(book), span, text)
        try:
            return _by_name(book, rest, text)  # a name goes before a title of the same words
        except GoogleError:
            if (sheet := book.by_title(rest)) is not None:
                return Named(sheet, a1.Span(), text)
            raise
    sheet, span = book.by_title(title), a1.parse_span(rest)
    if sheet is None:
        raise _cannot_parse(text)
    if span is None:
        return _by_name(book, rest, text, sheet)
    return Named(sheet, span, text)


def _by_name(book: Book, name: str, text: str, sheet: Sheet | None = None) -> Named:
    """The named range; behind a sheet's title it must lie in that sheet."""
    for thing in book.objects("namedRange"):
        if thing.body["name"].lower() == name.lower():
            found, span = span_of(book, thing.body["range"])
            if sheet is None or found is sheet:
                return Named(found, span, text)
    raise _cannot_parse(text)


def _first(book: Book) -> Sheet:
    return next((sheet for sheet in book.sheets if not sheet.hidden), book.sheets[0])


def _cannot_parse(text: str) -> GoogleError:
    return invalid(f"Unable to parse range: {text}")


def span_of(
    book: Book, grid_range: Any, where: str = "", *, may_be_empty: bool = False
) -> tuple[Sheet, a1.Span]:
    """A GridRange. `where` names the request for the error's words."""
    if not isinstance(grid_range, dict):
        raise invalid(f"{where}Range is required.")
    sheet_id = grid_range.get("sheetId") or 0
    sheet = book.by_id(sheet_id)
    if sheet is None:
        raise invalid(f"{where}No grid with id: {sheet_id}")
    bounds = [
        grid_range.get(name)
        for name in ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    ]
    for bound in bounds:
        if bound is not None and (not isinstance(bound, int) or bound < 0):
            raise invalid(f"{where}Range bounds must not be negative.")
    for start, end, name in ((*bounds[:2], "Row"), (*bounds[2:], "Column")):
        if start is not None and end is not None and end <= start:
            if end == start and may_be_empty:
                continue
            raise invalid(
                f"{where}end{name}Index[{end}] must be after start{name}Index[{start}]"
                if end < start
                else f"{where}range cannot be empty"
            )
    return sheet, a1.Span(bounds[0], bounds[1], bounds[2], bounds[3])


def area(grid: Grid, span: a1.Span, *, where: str = "") -> Area:
    """The part of the span that lies in the grid; wholly outside is Google's 400 `exceeds grid limits`."""
    rows, columns = grid.row_count, grid.column_count
    row_start, column_start = span.row_start or 0, span.column_start or 0
    if row_start >= rows or column_start >= columns:
        raise beyond(grid, span, where=where)
    row_end = rows if span.row_end is None else min(span.row_end, rows)
    column_end = columns if span.column_end is None else min(span.column_end, columns)
    return Area(grid.sheet, row_start, row_end, column_start, column_end)


def beyond(grid: Grid, span: a1.Span, *, where: str = "") -> GoogleError:
    start = a1.letters(span.column_start or 0) + str((span.row_start or 0) + 1)
    end = ""
    if not span.single:
        end = a1.letters(span.column_end - 1) if span.column_end is not None else ""
        end += str(span.row_end) if span.row_end is not None else ""
    shown = f"{a1.quoted(grid.sheet.title)}!{start}" + (f":{end}" if end and end != start else "")
    return invalid(
        f"{where}Range ({shown}) exceeds grid limits. Max rows: {grid.row_count}, max columns: {grid.column_count}"
    )


def grid_area(book: Book, grid_range: Any, where: str) -> tuple[Grid, Area]:
    """A GridRange as batchUpdate takes it: an explicit end beyond the grid is refused."""
    sheet, span = span_of(book, grid_range, where)
    grid = Grid(book, sheet)
    if (span.row_end or 0) > grid.row_count or (span.column_end or 0) > grid.column_count:
        raise beyond(grid, span, where=where)
    return grid, area(grid, span, where=where)


def grid_range(area: Area) -> Json:
    return {
        "sheetId": area.sheet.sheet_id,
        "startRowIndex": area.row_start,
        "endRowIndex": area.row_end,
        "startColumnIndex": area.column_start,
        "endColumnIndex": area.column_end,
    }
