"""A1 and R1C1 notation: `'Form Responses 1'!B2:D`, `A:A`, `3:5`, `Sheet1`, `R1C1:R2C2`, `R2:C3`; A1 in both directions.

Spans are half-open and counted from 0; None means "open to this side". Which sheet a title names, and how far the
grid reaches, is book.py's affair.
"""

import re
from dataclasses import dataclass, field

_CELL = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,7})?")
# Relative parts, `R[2]C[-1]`, count from A1: a range in a request has no other cell to count from.
_R1C1 = re.compile(
    r"(?:R(?:([1-9]\d{0,7})|\[(\d{1,7})\]))?(?:C(?:([1-9]\d{0,4})|\[(\d{1,4})\]))?", re.I
)


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle without its sheet. `single` says that one cell alone was written, as in `B2`."""

    row_start: int | None = None
    row_end: int | None = None
    column_start: int | None = None
    column_end: int | None = None
    single: bool = field(default=False, compare=False)


def letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int:
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def split_title(text: str) -> tuple[str | None, str]:
    """The sheet's title, unquoted, and what stands behind the `!`. Without `!` the title is None."""
    if text.startswith("'"):
        match = re.match(r"'((?:[^']|'')*)'(?:!(.*))?$", text, re.DOTALL)
        if match is not None:
            return match[1].replace("''", "'"), match[2] or ""
    title, mark, rest = text.rpartition("!")
    return (title, rest) if mark else (None, text)


def parse_span(text: str) -> Span | None:
    """None when this is not A1 notation (it may still be a title or a named range)."""
    if not text:
        return Span()
    first, colon, second = text.partition(":")
    ends = [first, second] if colon else [first]
    for read in (
        _end,
        _numbered_end,
    ):  # `R1:R3` and `C5` are A1 notation, too, and that comes first
        found = [read(each) for each in ends]
        if None not in found and (span := _span(*found)) is not None:
            return span
    return None


_End = tuple[int | None, int | None]


def _span(start: _End | None, end: _End | None = None) -> Span | None:
    """From the ends of a range, each a column and a row; None when one lone end is not a cell."""
    if start is None:
        return None
    if end is None:
        column, row = start
        if column is None or row is None:
            return None  # a lone `A` or `5` is a title or a name, never a range
        return Span(row, row + 1, column, column + 1, single=True)
    columns, rows = (start[0], end[0]), (start[1], end[1])
    if columns[0] is None and columns[1] is not None:
        columns = (columns[1], columns[1])
    if rows[0] is None and rows[1] is not None:
        rows = (None, rows[1])
    row_start, row_end = _ordered(*rows)
    column_start, column_end = _ordered(*columns)
    return Span(row_start, row_end, column_start, column_end)


def _end(text: str) -> _End | None:
    match = _CELL.fullmatch(text)
    if match is None or not text:
        return None
    column = column_number(match[1]) if match[1] else None
    return column, int(match[2]) - 1 if match[2] else None


def _numbered_end(text: str) -> _End | None:
    match = _R1C1.fullmatch(text)
    if match is None or not text:
        return None
    row, row_on, column, column_on = (
        None if part is None else int(part) for part in match.groups()
    )
    return (
        column_on if column is None else column - 1,
        row_on if row is None else row - 1,
    )


def _ordered(start: int | None, end: int | None) -> tuple[int | None, int | None]:
    if start is not None and end is not None and end < start:
        start, end = end, start
    return start, None if end is None else end + 1


def quoted(title: str) -> str:
    """As Google writes a title before `!`: bare when it is one plain word."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", title) and not re.fullmatch(
        r"[A-Za-z]{1,3}\d+", title
    ):
        return title
    return "'" + title.replace("'", "''") + "'"


def cell(row: int, column: int) -> str:
    return f"{letters(column)}{row + 1}"


def text_of(title: str, row_start: int, row_end: int, column_start: int, column_end: int) -> str:
    """A closed range as Google answers it: one cell is written without a colon."""
    start, end = cell(row_start, column_start), cell(row_end - 1, column_end - 1)
    return f"{quoted(title)}!{start}" + ("" if start == end else ":" + end)
