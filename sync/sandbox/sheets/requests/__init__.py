"""The requests of spreadsheets.batchUpdate: one table, one small file a family.

A request is a function of the book, its body and the words an error begins with; it returns its reply ({} when it has
nothing to say). The caller's transaction makes the batch atomic: the first error undoes all.
"""

from collections.abc import Callable

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets import discovery
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.requests import (
    cell_data,
    dimensions,
    filling,
    formatting,
    groups,
    metadata,
    moving,
    overlays,
    protecting,
    searching,
    tabs,
)
from sync.sandbox.sheets.requests.cell_data import fields_of
from sync.sandbox.sheets.requests.unsupported import unsupported

Request = Callable[[Book, Json, str], Json]

REQUESTS: dict[str, Request] = {
    **tabs.REQUESTS,
    **dimensions.REQUESTS,
    **groups.REQUESTS,
    **cell_data.REQUESTS,
    **filling.REQUESTS,
    **moving.REQUESTS,
    **searching.REQUESTS,
    **formatting.REQUESTS,
    **overlays.REQUESTS,
    **protecting.REQUESTS,
    **metadata.REQUESTS,
}


_TOLD_ALWAYS = ("findReplace", "deleteDuplicates", "trimWhitespace")
"""Their replies are there also when nothing was changed."""

_REQUIRED: dict[str, tuple[str, ...]] = {
    "updateSpreadsheetProperties": ("fields",),
    "updateSheetProperties": ("fields",),
    "insertDimension": ("range",),
    "deleteDimension": ("range",),
    "moveDimension": ("source",),
    "updateDimensionProperties": ("range", "fields"),
    "autoResizeDimensions": ("dimensions",),
    "addDimensionGroup": ("range",),
    "updateDimensionGroup": ("dimensionGroup", "fields"),
    "deleteDimensionGroup": ("range",),
    "updateCells": ("fields",),
    "repeatCell": ("range", "fields"),
    "appendCells": ("fields",),
    "setDataValidation": ("range",),
    "updateBorders": ("range",),
    "mergeCells": ("range",),
    "unmergeCells": ("range",),
    "copyPaste": ("source", "destination"),
    "cutPaste": ("source", "destination"),
    "insertRange": ("range",),
    "deleteRange": ("range",),
    "sortRange": ("range",),
    "randomizeRange": ("range",),
    "trimWhitespace": ("range",),
    "deleteDuplicates": ("range",),
    "textToColumns": ("source",),
    "pasteData": ("coordinate",),
    "setBasicFilter": ("filter",),
    "addFilterView": ("filter",),
    "updateFilterView": ("filter", "fields"),
    "duplicateFilterView": ("filterId",),
    "deleteFilterView": ("filterId",),
    "addConditionalFormatRule": ("rule",),
    "addBanding": ("bandedRange",),
    "updateBanding": ("bandedRange", "fields"),
    "deleteBanding": ("bandedRangeId",),
    "addNamedRange": ("namedRange",),
    "updateNamedRange": ("namedRange", "fields"),
    "deleteNamedRange": ("namedRangeId",),
    "addProtectedRange": ("protectedRange",),
    "updateProtectedRange": ("protectedRange", "fields"),
    "deleteProtectedRange": ("protectedRangeId",),
    "createDeveloperMetadata": ("developerMetadata",),
    "updateDeveloperMetadata": ("dataFilters", "developerMetadata", "fields"),
    "deleteDeveloperMetadata": ("dataFilter",),
}
"""What each request cannot do without, as Google documents it."""

_MASKED = {
    "updateSpreadsheetProperties": "SpreadsheetProperties",
    "updateSheetProperties": "SheetProperties",
    "updateDimensionProperties": "DimensionProperties",
    "updateDimensionGroup": "DimensionGroup",
    "updateCells": "CellData",
    "repeatCell": "CellData",
    "appendCells": "CellData",
    "updateFilterView": "FilterView",
    "updateBanding": "BandedRange",
    "updateNamedRange": "NamedRange",
    "updateProtectedRange": "ProtectedRange",
    "updateDeveloperMetadata": "DeveloperMetadata",
}
"""What the paths of a request's `fields` begin from."""


def perform_all(book: Book, given: list[Json]) -> list[Json]:
    """Their replies, in order. Raises Google's 400 with the request's number and name."""
    if not given:
        raise invalid("Must specify at least one request.")
    return [_perform(book, number, request) for number, request in enumerate(given)]


def _perform(book: Book, number: int, request: Json) -> Json:
    """A request is one name with its body; discovery.py has seen to that, and to every field's type."""
    if not request:
        raise invalid(f"Invalid requests[{number}]: No request set.")
    ((name, body),) = request.items()
    perform = REQUESTS.get(name)
    if perform is None:
        raise unsupported(f"requests[{number}].{name}")
    where = f"Invalid requests[{number}].{name}: "
    for field in _REQUIRED.get(name, ()):
        if field not in body and field != "fields":
            raise invalid(f"{where}{field} is required.")
    if name in _MASKED:
        body = {**body, "fields": _mask(body, _MASKED[name], where)}
    try:
        reply = perform(book, body, where)
    except KeyError as missing:  # of a field within the body: its own name is all there is to say
        raise invalid(f"{where}{missing.args[0]} is required.") from missing
    return {name: reply} if reply or name in _TOLD_ALWAYS else {}


def _mask(body: Json, of: str, where: str) -> str:
    """The request's `fields` under the names that are documented. Raises 400 for none, and for one that is no field."""
    mask = fields_of(body, where)
    if unknown := discovery.strange(mask, {"$ref": of}):
        raise invalid(f"{where}Invalid field: {unknown}")
    return discovery.camel(body["fields"])
