"""Values written to a range: shaped, read as RAW or as typed, laid into the grid, with Google's limits and answers."""

from dataclasses import dataclass
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import a1, cells, protection, ranges
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.fills import Fills
from sync.sandbox.sheets.grid import Area, Grid, Keep, set_value
from sync.sandbox.sheets.parse_input import written
from sync.sandbox.sheets.reading import DIMENSIONS, one_of

INPUTS = ("", "RAW", "USER_ENTERED")


@dataclass(frozen=True, slots=True)
class Written:
    """What one ValueRange changed: the range Google answers, and how many rows, columns and cells."""

    area: Area
    rows: int
    columns: int
    cells: int


def input_option(asked: Json) -> str:
    option = one_of(asked, "valueInputOption", INPUTS)
    if not option:
        raise invalid("'valueInputOption' is required but not specified")
    return option


def lines_of(value_range: Json, field: str = "data.values") -> list[list[Any]]:
    """The rows to write, whichever way they were given. Raises Google's 400 for what is no list of lists."""
    given: Any = value_range.get("values")
    if given is None:
        return []
    wrong = (
        [given] if not isinstance(given, list) else [x for x in given if not isinstance(x, list)]
    )
    if wrong:
        shown = f'"{wrong[0]}"' if isinstance(wrong[0], str) else str(wrong[0])
        message = (
            f"Invalid value at '{field}' (type.googleapis.com/google.protobuf.ListValue), {shown}"
        )
        violation = {"field": field, "description": message}
        raise invalid(
            message,
            details=[
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [violation],
                }
            ],
        )
    for at, line in enumerate(given):
        for value in line:
            if isinstance(value, dict | list):
                kind = "struct_value" if isinstance(value, dict) else "list_value"
                raise invalid(f"Invalid {field}[{at}][{line.index(value)}]: {kind} {{\n}}\n")
    if one_of(value_range, "majorDimension", DIMENSIONS) == "COLUMNS":
        height = max((len(line) for line in given), default=0)
        return [[line[i] if i < len(line) else None for line in given] for i in range(height)]
    return list(given)


def update(
    book: Book, named: ranges.Named, lines: list[list[Any]], option: str, where: str = ""
) -> Written:
    """Writes from the range's first cell on. A lone cell stands for all the room to its right and below."""
    grid, span = Grid(book, named.sheet), named.span
    row, column = span.row_start or 0, span.column_start or 0
    if row >= grid.row_count or column >= grid.column_count:
        raise ranges.beyond(grid, span, where=where)
    width = max((len(line) for line in lines), default=0)
    if not span.single:
        _refuse_overflow(grid, named, len(lines), width, where)
    grid.ensure_size(row + len(lines), column + width)
    return put(grid, row, column, lines, option, ranges.area(grid, named.span))


def put(
    grid: Grid,
    row: int,
    column: int,
    lines: list[list[Any]],
    option: str,
    asked: Area | None = None,
) -> Written:
    """Lays lines at this place; the grid must be large enough."""
    width = max((len(line) for line in lines), default=0)
    area = Area(grid.sheet, row, row + len(lines), column, column + width)
    if not width:
        nothing = asked or Area(grid.sheet, row, row + 1, column, column + 1)
        return Written(nothing, 0, 0, 0)
    protection.check(grid.book, area)
    rows = grid.rows(row, row + len(lines))
    covered = grid.covered()
    count = 0
    for offset, (target, line) in enumerate(zip(rows, lines, strict=True)):
        for at, given in enumerate(line, column):
            slot = grid.sheet.columns[at]
            look = grid.look_of(target, slot)
            as_text = bool(look) and _is_text(grid, look)
            value, number_format = written(given, option, grid.book.locale, as_text=as_text)
            if isinstance(value, Keep):
                continue
            count += 1
            if covered and (row + offset, at) in covered:
                continue
            set_value(target, slot, value)
            if number_format:
                target.looks[slot] = _with_format(grid, look, number_format)
    grid.save(rows)
    return Written(area, len(lines), width, count)


def _is_text(grid: Grid, look: int) -> bool:
    found = cells.look(grid.book.db, look).get("userEnteredFormat", {})
    return bool(found.get("numberFormat", {}).get("type") == "TEXT")


def _with_format(grid: Grid, look: int, number_format: Json) -> int:
    """A typed date makes a plain cell a date cell; a format someone chose stays."""
    whole = cells.look(grid.book.db, look)
    entered = whole.get("userEnteredFormat", {})
    if "numberFormat" in entered:
        return look
    entered = {**entered, "numberFormat": number_format}
    return cells.look_number(grid.book.db, {**whole, "userEnteredFormat": entered})


def _refuse_overflow(grid: Grid, named: ranges.Named, height: int, width: int, where: str) -> None:
    area = ranges.area(grid, named.span)
    shown = named.text or area.text
    span = named.span
    if span.row_end is not None and (span.row_start or 0) + height > span.row_end:
        raise invalid(
            f"{where}Requested writing within range [{_shown(shown, area)}], but tried writing to row"
            f" [{span.row_end + 1}]"
        )
    if span.column_end is not None and (span.column_start or 0) + width > span.column_end:
        raise invalid(
            f"{where}Requested writing within range [{_shown(shown, area)}], but tried writing to column"
            f" [{a1.letters(span.column_end)}]"
        )


def _shown(text: str, area: Area) -> str:
    return text if "!" in text else area.text


def append(
    book: Book, named: ranges.Named, lines: list[list[Any]], asked: Json, option: str
) -> tuple[str | None, Written]:
    """Below the table that is found in the range; the table's range as Google tells it, and what was written."""
    how = one_of(asked, "insertDataOption", ("OVERWRITE", "INSERT_ROWS"))
    grid = Grid(book, named.sheet)
    asked_for = ranges.area(grid, named.span)
    table = table_in(grid, asked_for) or _table_around(grid, asked_for)
    if table is None:
        row, column, told = asked_for.row_start, asked_for.column_start, None
    else:
        row, column, told = table.row_end, table.column_start, table.text
    width = max((len(line) for line in lines), default=0)
    if how == "INSERT_ROWS" and lines and row < grid.row_count:
        protection.check_insert(book, grid.sheet, "ROWS", row, "")
        grid.insert("ROWS", row, len(lines), like=row - 1 if row else None)
    grid.ensure_size(row + len(lines), column + width)
    return told, put(grid, row, column, lines, option)


def table_in(grid: Grid, area: Area) -> Area | None:
    """The block of filled cells that the range touches, grown until blank rows and columns surround it.

    The lowest table in the range counts: an append goes below the last one.
    """
    filled = grid.fills()
    last = filled.last(area.row_start, area.row_end, area.column_start, area.column_end)
    if last < 0:
        return None
    columns = filled.columns(last).intersection(range(area.column_start, area.column_end))
    return _grown(grid, filled, last, min(columns), max(columns) + 1)


def _table_around(grid: Grid, area: Area) -> Area | None:
    """The table in whose blank cells the range lies: one that fills cells to its left or right."""
    filled = grid.fills()
    row = filled.last(area.row_start, area.row_end, 0, grid.column_count)
    columns = filled.columns(row) if row >= 0 else frozenset()
    before = max((at for at in columns if at < area.column_start), default=None)
    behind = min((at for at in columns if at >= area.column_end), default=None)
    for at in (before, behind):
        if at is None:
            continue
        table = _grown(grid, filled, row, at, at + 1)
        if table.column_start < area.column_end and area.column_start < table.column_end:
            return table
    return None


def _grown(grid: Grid, filled: Fills, row: int, left: int, right: int) -> Area:
    top, bottom = row, row + 1
    while True:
        bottom = _reach(filled, bottom, grid.row_count, left, right)
        top = _reach(filled, top - 1, -1, left, right) + 1
        columns, width = filled.within(top, bottom), right - left
        while left - 1 in columns:
            left -= 1
        while right in columns:
            right += 1
        if width == right - left:
            return Area(grid.sheet, top, bottom, left, right)


def _reach(filled: Fills, row: int, stop: int, left: int, right: int) -> int:
    """From `row` on towards `stop`: the first row that does not touch these columns, cornerwise counts."""
    step = 1 if stop > row else -1
    while row != stop and (row := filled.passed(row, step, left, right)) != stop:
        if not any(left - 1 <= column <= right for column in filled.columns(row)):
            break
        row += step
    return row


def clear(book: Book, named: ranges.Named) -> Area:
    grid = Grid(book, named.sheet)
    area = ranges.area(grid, named.span)
    protection.check(book, area)
    grid.clear(area)
    return area
