"""How rows or columns that are inserted, deleted or moved carry along what refers to them: protections, filters,
named ranges, merges, rules, metadata.

A Change tells where a position goes; that formulas' references follow is formulas.py's affair.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sync.sandbox.frame import Json
from sync.sandbox.sheets.book import Book, Sheet

Dimension = Literal["ROWS", "COLUMNS"]
BOUNDS = {
    "ROWS": ("startRowIndex", "endRowIndex"),
    "COLUMNS": ("startColumnIndex", "endColumnIndex"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """`destination` is where a moved block lands, counted before the move, as in moveDimension."""

    dimension: Dimension
    kind: Literal["insert", "delete", "move"]
    start: int
    end: int
    destination: int = 0

    def point(self, at: int) -> int | None:
        """Where this row or column is afterwards; None when it is gone."""
        count = self.end - self.start
        if self.kind == "insert":
            return at + count if at >= self.start else at
        if self.kind == "delete":
            if self.start <= at < self.end:
                return None
            return at - count if at >= self.end else at
        if self.start <= at < self.end:
            moved_up = self.destination <= self.start
            return at - self.start + (self.destination if moved_up else self.destination - count)
        if self.destination <= at < self.start:
            return at + count
        if self.end <= at < self.destination:
            return at - count
        return at

    def span(self, start: int | None, end: int | None) -> tuple[int | None, int | None] | None:
        """Where a half-open span is afterwards, open sides stay open; None when nothing of it is left."""
        low, high = start or 0, end
        if high is not None and high <= low:
            return start, end
        if self.kind == "move":
            if high is None:
                return start, end
            first, last = self.point(low), self.point(high - 1)
            partly = (
                low < self.end
                and high > self.start
                and not (
                    (self.start <= low and high <= self.end)
                    or (low <= self.start and self.end <= high)
                )
            )
            if partly or first is None or last is None or last < first:
                return start, end
            if low <= self.start and self.end <= high and low <= self.destination <= high:
                return start, end  # moved about within the span
            return (None if start is None else first), last + 1
        count = self.end - self.start
        if self.kind == "insert":
            new_low = low + count if low >= self.start and start is not None else low
            new_high = None if high is None else high + count if high > self.start else high
        else:
            new_low = low - max(0, min(low, self.end) - min(low, self.start))
            new_high = (
                None if high is None else high - max(0, min(high, self.end) - min(high, self.start))
            )
            if new_high is not None and new_high <= new_low:
                return None
        return (None if start is None else new_low), new_high


def carry_objects(book: Book, sheet: Sheet, change: Change) -> None:
    """Rewrites the ranges of everything laid over this sheet; what lost its last cell is deleted."""
    for thing in [*book.on_sheet(sheet), *book.objects("namedRange")]:
        body, changed = _carried(thing.body, sheet.sheet_id, change)
        if body is None:
            thing.delete()
        elif changed:
            thing.body = body
            thing.save()


def _carried(body: Any, sheet_id: int, change: Change) -> tuple[Any, bool]:
    """The body afterwards (None: gone) and whether anything in it changed."""
    changed = False
    if isinstance(body, list):
        kept = []
        for item in body:
            item, item_changed = _carried(item, sheet_id, change)
            changed |= item_changed
            if item is not None:
                kept.append(item)
        return (None if body and not kept else kept), changed
    if not isinstance(body, dict):
        return body, False
    if body.get("sheetId") == sheet_id:
        return _carried_range(body, change)
    result: Json = {}
    for name, value in body.items():
        value, value_changed = _carried(value, sheet_id, change)
        changed |= value_changed
        if value is None and value_changed:
            if name in ("range", "ranges", "location", "dimensionRange"):
                return None, True
            continue
        result[name] = value
    return result, changed


def _carried_range(body: Json, change: Change) -> tuple[Json | None, bool]:
    low, high = BOUNDS[change.dimension]
    if "dimension" in body:
        if body["dimension"] != change.dimension:
            return body, False
        low, high = "startIndex", "endIndex"
    if low not in body and high not in body:
        if "rowIndex" in body:
            return _carried_cell(body, change)
        return body, False
    span = change.span(body.get(low), body.get(high))
    if span is None:
        return None, True
    after = {**body, **{n: v for n, v in zip((low, high), span, strict=True) if v is not None}}
    return after, after != body


def _carried_cell(body: Json, change: Change) -> tuple[Json | None, bool]:
    name = "rowIndex" if change.dimension == "ROWS" else "columnIndex"
    at = change.point(body.get(name, 0))
    return (None, True) if at is None else ({**body, name: at}, at != body.get(name, 0))
