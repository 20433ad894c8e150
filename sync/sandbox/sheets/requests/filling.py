"""autoFill: what an officer does by dragging a cell's corner. Series go on, formulas go along, all else is repeated.

A series is numbers or dates with equal steps, texts that end in such numbers (`Item 1`), or names of months and days.
Where Google would have to guess (unequal steps, numbers among texts) the sandbox says that it does not have this.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import protection, ranges, render, serials
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.cells import Formula, Value
from sync.sandbox.sheets.grid import Area, Grid, set_value
from sync.sandbox.sheets.locales import Locale, locale_of
from sync.sandbox.sheets.reading import Reader
from sync.sandbox.sheets.requests.cell_data import set_look
from sync.sandbox.sheets.requests.moving import copied
from sync.sandbox.sheets.requests.unsupported import unsupported

_NUMBERED = re.compile(r"(.*?)(\d{1,15})", re.DOTALL)

_Series = Callable[[int], Value]
"""The value at this place, counted from the first source cell; before it the places are negative."""


def auto_fill(book: Book, body: Json, where: str) -> Json:
    if "sourceAndDestination" in body:
        grid, source, target = _asked(book, body["sourceAndDestination"], where)
    else:
        grid, source, target = _found(book, body.get("range"), where)
    if target is None:
        return {}
    protection.check(book, target, where)
    down = target.column_start == source.column_start and target.width == source.width
    reader, rows = Reader(book), grid.rows(source.row_start, source.row_end)
    landing = grid.rows(target.row_start, target.row_end)
    slots = grid.sheet.columns
    for line in range(source.width if down else source.height):
        if down:
            slot = slots[source.column_start + line]
            cells = [(row.values.get(slot), grid.look_of(row, slot)) for row in rows]
        else:
            across = slots[source.column_start : source.column_end]
            cells = [(rows[line].values.get(s), grid.look_of(rows[line], s)) for s in across]
        dates = [render.is_moment(reader.number_format(look)) for _, look in cells]
        values = [value for value, _ in cells]
        alternate = bool(body.get("useAlternateSeries"))
        series = _series(values, all(dates), alternate, locale_of(book.locale), where)
        start = (
            target.row_start - source.row_start
            if down
            else target.column_start - source.column_start
        )
        for at in range(target.height if down else target.width):
            place = start + at
            beside = place % len(cells)  # the source cell that would be repeated here
            value = copied(
                series(place), place - beside if down else 0, 0 if down else place - beside
            )
            row = landing[at] if down else landing[line]
            slot = slots[target.column_start + (line if down else at)]
            set_value(row, slot, value)
            set_look(grid, row, slot, cells[beside][1])
    grid.save(landing)
    return {}


def _asked(book: Book, given: Json, where: str) -> tuple[Grid, Area, Area | None]:
    grid, source = ranges.grid_area(book, given.get("source"), where)
    length, dimension = given.get("fillLength", 0), given.get("dimension")
    bounds = {"startRowIndex": source.row_start, "endRowIndex": source.row_end}
    bounds |= {"startColumnIndex": source.column_start, "endColumnIndex": source.column_end}
    if dimension == "ROWS":
        low, high = "startRowIndex", "endRowIndex"
    elif dimension == "COLUMNS":
        low, high = "startColumnIndex", "endColumnIndex"
    else:
        raise invalid(where + "No dimension specified.")
    if not length:
        return grid, source, None
    start = bounds[high] if length > 0 else bounds[low] + length
    bounds |= {low: start, high: start + abs(length)}
    _, target = ranges.grid_area(book, {"sheetId": source.sheet.sheet_id, **bounds}, where)
    return grid, source, target


def _found(book: Book, given: Any, where: str) -> tuple[Grid, Area, Area | None]:
    """The data at the beginning of the range is the source, the blank rest is filled."""
    grid, area = ranges.grid_area(book, given, where)
    filled = [
        (at, across)
        for at, line in enumerate(grid.values(area))
        for across, value in enumerate(line)
        if value is not None
    ]
    if not filled:
        return grid, area, None
    height = max(at for at, _ in filled) + 1
    width = max(across for _, across in filled) + 1
    if height < area.height and width < area.width:
        raise unsupported(where + "range with room below and beside its data")
    top, left, sheet = area.row_start, area.column_start, area.sheet
    source = Area(sheet, top, top + height, left, left + width)
    if height < area.height:
        return grid, source, Area(sheet, top + height, area.row_end, left, area.column_end)
    if width < area.width:
        return grid, source, Area(sheet, top, area.row_end, left + width, area.column_end)
    return grid, source, None


def _series(
    values: Sequence[Value], dates: bool, alternate: bool, locale: Locale, where: str
) -> _Series:
    """A lone number is repeated and a lone date is not; the alternate series is the other of the two."""

    def repeated(place: int) -> Value:
        return values[place % len(values)]

    numbers = [each for each in values if _is_number(each)]
    if numbers and len(numbers) == len(values):
        goes_on = (len(values) > 1 or dates) != alternate
        return _steps(numbers, where) if goes_on else repeated
    if numbers:
        raise unsupported(where + "numbers among other cells")
    texts = [each for each in values if isinstance(each, str)]
    if len(texts) != len(values) or alternate:
        return repeated
    return _names(texts, locale) or _numbered(texts, where) or repeated


def _is_number(value: Value) -> bool:
    return not isinstance(value, bool | str | Formula | None)


def _steps(numbers: Sequence[Any], where: str) -> _Series:
    exact = [Decimal(str(number)) for number in numbers]
    step = exact[1] - exact[0] if len(exact) > 1 else Decimal(1)
    if any(b - a != step for a, b in pairwise(exact)):
        raise unsupported(where + "numbers whose steps are not equal")
    return lambda place: serials.plain(float(exact[0] + step * place))


def _numbered(texts: Sequence[str], where: str) -> _Series | None:
    """`Item 1`, `Item 2`; leading zeros stay."""
    matches = [_NUMBERED.fullmatch(text) for text in texts]
    if len({match and match[1] for match in matches}) != 1 or matches[0] is None:
        return None
    prefix, width = matches[0][1], len(matches[0][2])
    follow = _steps([int(match[2]) for match in matches if match], where)
    width = width if matches[0][2].startswith("0") else 0
    return lambda place: prefix + str(abs(int(str(follow(place))))).zfill(width)


def _names(texts: Sequence[str], locale: Locale) -> _Series | None:
    """Months and days, whole or in three letters."""
    for names in (locale.months, locale.days):
        for known in (names, tuple(name[:3] for name in names)):
            if not all(text in known for text in texts):
                continue
            places = [known.index(text) for text in texts]
            step = (places[1] - places[0]) % len(known) if len(places) > 1 else 1
            if all((b - a) % len(known) == step for a, b in pairwise(places)):
                return partial(_name, known, places[0], step)
    return None


def _name(known: Sequence[str], first: int, step: int, place: int) -> Value:
    return known[(first + step * place) % len(known)]


REQUESTS = {"autoFill": auto_fill}
