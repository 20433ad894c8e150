"""BooleanConditions on cells: which format a conditional rule lends a cell, and which rows a filter hides.

Only reads: what a rule or a filter shows is worked out when it is asked for. Data validation is not judged here.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from sync.sandbox.frame import Json
from sync.sandbox.sheets import a1, ranges, references, render
from sync.sandbox.sheets.book import Book, Sheet
from sync.sandbox.sheets.cells import Formula, Row, Value
from sync.sandbox.sheets.formulas import CellError, Scalar
from sync.sandbox.sheets.grid import Area
from sync.sandbox.sheets.parse_input import typed
from sync.sandbox.sheets.reading import Reader

Wanted = list[Any]
"""The condition's values, as if they had been typed."""


def _contains(shown: str, wanted: str) -> bool:
    """`?` stands for one character, `*` for any, `~` before them for themselves."""
    pieces = re.findall(r"~[?*~]|.", wanted, re.DOTALL)
    signs = {"?": ".", "*": ".*"}
    pattern = "".join(signs.get(piece) or re.escape(piece[-1]) for piece in pieces)
    return re.search(pattern, shown, re.IGNORECASE | re.DOTALL) is not None


_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": _contains,
    "TEXT_NOT_CONTAINS": lambda shown, wanted: not _contains(shown, wanted),
    "TEXT_STARTS_WITH": lambda shown, wanted: shown.casefold().startswith(wanted.casefold()),
    "TEXT_ENDS_WITH": lambda shown, wanted: shown.casefold().endswith(wanted.casefold()),
    "TEXT_EQ": lambda shown, wanted: shown.casefold() == wanted.casefold(),
    "TEXT_NOT_EQ": lambda shown, wanted: shown.casefold() != wanted.casefold(),
}
_NUMBERS: dict[str, Callable[..., bool]] = {
    "NUMBER_GREATER": lambda n, a: n > a,
    "NUMBER_GREATER_THAN_EQ": lambda n, a: n >= a,
    "NUMBER_LESS": lambda n, a: n < a,
    "NUMBER_LESS_THAN_EQ": lambda n, a: n <= a,
    "NUMBER_EQ": lambda n, a: n == a,
    "NUMBER_NOT_EQ": lambda n, a: n != a,
    "NUMBER_BETWEEN": lambda n, a, b: min(a, b) <= n <= max(a, b),
    "NUMBER_NOT_BETWEEN": lambda n, a, b: not min(a, b) <= n <= max(a, b),
    "DATE_EQ": lambda n, a: int(n) == int(a),
    "DATE_BEFORE": lambda n, a: n < a,
    "DATE_AFTER": lambda n, a: int(n) > int(a),
}
_OTHERS = ("BLANK", "NOT_BLANK", "CUSTOM_FORMULA")
_WITH_TWO = ("NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN")


def known(condition: Json) -> bool:
    """Whether the sandbox can tell where it holds: not for dates like TODAY, which change by the day."""
    kind = condition.get("type")
    needed = 0 if kind in ("BLANK", "NOT_BLANK") else 2 if kind in _WITH_TWO else 1
    values = condition.get("values") or []
    plain = len(values) == needed and all("userEnteredValue" in each for each in values)
    return plain and (kind in _TEXTS or kind in _NUMBERS or kind in _OTHERS)


class Judge:
    """Judges cells of one sheet."""

    def __init__(self, reader: Reader, sheet: Sheet) -> None:
        self._reader = reader
        self._sheet = sheet
        self._grid = reader.grid(sheet.key)

    def holds(self, condition: Json, row: Row, slot: int, rows: int = 0, columns: int = 0) -> bool:
        """`rows`, `columns`: how far the cell is from the one that the condition's formulas are written for."""
        if not known(condition):
            return False
        kind = condition["type"]
        wanted = [
            self._wanted(str(each["userEnteredValue"]), rows, columns)
            for each in condition.get("values") or []
        ]
        try:
            value = self._reader.value(self._sheet.key, row.values.get(slot))
            if kind in ("BLANK", "NOT_BLANK"):
                return bool((value in (None, "")) == (kind == "BLANK"))
            if kind == "CUSTOM_FORMULA":
                found = self._worth(wanted[0])
                return isinstance(found, bool | int | float) and bool(found)
            if kind in _TEXTS:
                return _TEXTS[kind](self.shown(row, slot), str(self._worth(wanted[0]) or ""))
            numbers = [self._worth(each) for each in wanted]
        except CellError:
            return False
        if not all(_is_number(each) for each in (value, *numbers)):
            return False
        return bool(_NUMBERS[kind](value, *numbers))

    def _wanted(self, text: str, rows: int, columns: int) -> Value:
        value = typed(text, self._reader.book.locale)[0]
        if isinstance(value, Formula):
            return Formula(references.shifted(value.text, rows, columns))
        return value

    def _worth(self, value: Value) -> Scalar:
        return self._reader.value(self._sheet.key, value)

    def shown(self, row: Row, slot: int) -> str:
        """The text in the cell."""
        try:
            value = self._worth(row.values.get(slot))
        except CellError as error:
            return error.name
        number_format = self._reader.number_format(self._grid.look_of(row, slot))
        return render.shown(value, number_format, self._reader.book.locale)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Rules:
    """The conditional formats of one sheet, in their order."""

    def __init__(self, reader: Reader, sheet: Sheet) -> None:
        self._judge = Judge(reader, sheet)
        self._rules = [
            (_spans(reader.book, thing.body["ranges"]), thing.body["booleanRule"])
            for thing in reader.book.objects("conditionalFormat", sheet)
            if known(thing.body.get("booleanRule", {}).get("condition") or {})
        ]

    def format_at(self, row: Row, slot: int, at: int, across: int) -> Json:
        """What the first rule that holds lends to the cell."""
        for spans, rule in self._rules:
            if not any(_covers(span, at, across) for span in spans):
                continue
            first = spans[0]
            away = at - (first.row_start or 0), across - (first.column_start or 0)
            if self._judge.holds(rule["condition"], row, slot, *away):
                found: Json = rule.get("format") or {}
                return found
        return {}


def _spans(book: Book, given: Iterable[Json]) -> list[a1.Span]:
    return [ranges.span_of(book, each, may_be_empty=True)[1] for each in given]


def _covers(span: a1.Span, at: int, across: int) -> bool:
    return (
        (span.row_start or 0) <= at
        and (span.row_end is None or at < span.row_end)
        and (span.column_start or 0) <= across
        and (span.column_end is None or across < span.column_end)
    )


def criteria(body: Json) -> list[tuple[int, Json]]:
    """A filter's criteria by column, in whichever of the two ways they were given."""
    if specs := body.get("filterSpecs"):
        return [(each.get("columnIndex", 0), each.get("filterCriteria") or {}) for each in specs]
    return [(int(column), each) for column, each in (body.get("criteria") or {}).items()]


def hidden_rows(reader: Reader, area: Area) -> set[int]:
    """The rows of this area that the sheet's basic filter hides; its first row, the header, never."""
    found = reader.book.objects("basicFilter", area.sheet)
    wanted = criteria(found[0].body) if found else []
    if not wanted:
        return set()
    grid, judge = reader.grid(area.sheet.key), Judge(reader, area.sheet)
    span = ranges.span_of(reader.book, found[0].body["range"], may_be_empty=True)[1]
    first = (span.row_start or 0) + 1
    start = max(area.row_start, first)
    end = min(area.row_end, grid.row_count if span.row_end is None else span.row_end)
    hidden = set()
    for at, row in enumerate(grid.rows(start, max(start, end)), start):
        for column, each in wanted:
            slot = area.sheet.columns[column]
            condition = each.get("condition")
            if judge.shown(row, slot) in each.get("hiddenValues", ()) or (
                condition and not judge.holds(condition, row, slot, at - first)
            ):
                hidden.add(at)
    return hidden
