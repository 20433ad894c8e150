"""Data filters: the ranges and the developer metadata that an A1 text, a GridRange or a metadata lookup means.

Every place is seen as what it covers: rows and columns of one sheet, or the spreadsheet itself, which meets no sheet.
"""

from dataclasses import dataclass
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import a1, ranges
from sync.sandbox.sheets.book import Book, Sheet, Thing
from sync.sandbox.sheets.ranges import Named

_KINDS = {"ROWS": "ROW", "COLUMNS": "COLUMN"}
_EXACT, _INTERSECTING = "EXACT_LOCATION", "INTERSECTING_LOCATION"


@dataclass(frozen=True, slots=True)
class Place:
    """Of metadata or of a filter; `sheet` is None for the whole spreadsheet."""

    sheet: Sheet | None
    span: a1.Span

    def meets(self, other: "Place") -> bool:
        if self.sheet is None or other.sheet is None:
            return self.sheet is other.sheet
        return self.sheet.key == other.sheet.key and all(
            (low or 0) < (other_high or float("inf")) and (other_low or 0) < (high or float("inf"))
            for low, high, other_low, other_high in (
                (self.span.row_start, self.span.row_end, other.span.row_start, other.span.row_end),
                (
                    self.span.column_start,
                    self.span.column_end,
                    other.span.column_start,
                    other.span.column_end,
                ),
            )
        )


def located(book: Book, given: Json, where: str = "") -> tuple[Json, Place]:
    """A DeveloperMetadataLocation as Google tells it, with its type, and what it covers."""
    if given.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}, Place(None, a1.Span())
    along = given.get("dimensionRange")
    sheet_id = (along or given).get("sheetId", 0)
    sheet, _ = ranges.span_of(book, {"sheetId": sheet_id}, where)
    if not along:
        return {"locationType": "SHEET", "sheetId": sheet.sheet_id}, Place(sheet, a1.Span())
    kind = _KINDS.get(along.get("dimension"))
    if kind is None:
        raise invalid(where + "No dimension specified.")
    start, end = along.get("startIndex", 0), along.get("endIndex")
    if not isinstance(start, int) or not isinstance(end, int) or start < 0 or end != start + 1:
        raise invalid(where + "The dimension range must represent a single row or column.")
    span = a1.Span(start, end) if kind == "ROW" else a1.Span(None, None, start, end)
    told = {
        "sheetId": sheet.sheet_id,
        "dimension": along["dimension"],
        "startIndex": start,
        "endIndex": end,
    }
    return {"locationType": kind, "dimensionRange": told}, Place(sheet, span)


def areas(book: Book, data_filter: Any) -> list[Named]:
    """The ranges that a filter selects."""
    direct = _direct(book, data_filter)
    if direct is not None:
        return [direct]
    found = []
    for thing in metadata(book, data_filter):
        place = _place_of(book, thing)
        sheets = book.sheets if place.sheet is None else [place.sheet]
        found += [Named(sheet, place.span, "") for sheet in sheets]
    return found


def metadata(book: Book, data_filter: Any, where: str = "") -> list[Thing]:
    """The developer metadata that a filter selects: by its lookup, or all that lie in its range."""
    direct = _direct(book, data_filter)
    things = book.objects("developerMetadata")
    if direct is not None:
        place = Place(direct.sheet, direct.span)
        return [thing for thing in things if place.meets(_place_of(book, thing))]
    lookup = data_filter.get("developerMetadataLookup")
    if not isinstance(lookup, dict):
        raise invalid(where + "Must specify a data filter.")
    wanted = _location_wanted(book, lookup, where)
    return [thing for thing in things if _matches(book, thing, lookup, wanted)]


def _direct(book: Book, data_filter: Any) -> Named | None:
    """The range of a filter that names one."""
    if not isinstance(data_filter, dict):
        raise invalid("Data filter is required.")
    if "a1Range" in data_filter:
        return ranges.named(book, str(data_filter["a1Range"]))
    if "gridRange" in data_filter:
        sheet, span = ranges.span_of(book, data_filter["gridRange"])
        return Named(sheet, span, "")
    return None


def _place_of(book: Book, thing: Thing) -> Place:
    return located(book, thing.body["location"])[1]


def _location_wanted(book: Book, lookup: Json, where: str) -> Place | None:
    strategy, given = lookup.get("locationMatchingStrategy"), lookup.get("metadataLocation")
    kind = lookup.get("locationType")
    if strategy not in (None, _EXACT, _INTERSECTING):
        raise invalid(f"{where}Invalid locationMatchingStrategy: {strategy}")
    if given is None:
        if strategy is not None:
            raise invalid(
                where + "metadataLocation must be specified when locationMatchingStrategy is."
            )
        return None
    if not isinstance(given, dict):
        raise invalid(where + "Invalid metadataLocation.")
    place = located(book, given, where)[1]
    if kind is not None and strategy == _EXACT:
        raise invalid(where + "locationType must not be specified with EXACT_LOCATION.")
    if kind == "SPREADSHEET" and (strategy == _INTERSECTING or place.sheet is not None):
        raise invalid(where + "Spreadsheet metadata cannot intersect any other location.")
    return place


def _matches(book: Book, thing: Thing, lookup: Json, wanted: Place | None) -> bool:
    body = thing.body
    if any(
        lookup.get(asked) not in (None, body.get(asked))
        for asked in ("metadataId", "metadataKey", "metadataValue", "visibility")
    ) or lookup.get("locationType") not in (None, body["location"]["locationType"]):
        return False
    if wanted is None:
        return True
    place = _place_of(book, thing)
    if lookup.get("locationMatchingStrategy") == _EXACT:
        return place.span == wanted.span and place.meets(wanted)
    return place.meets(wanted)
