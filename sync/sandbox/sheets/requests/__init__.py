"""The requests of spreadsheets.batchUpdate: one table, one small file a family.

A request is a function of the book, its body and the words an error begins with; it returns its reply ({} when it has
nothing to say). The caller's transaction makes the batch atomic: the first error undoes all.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from sync.sandbox.frame import Json, invalid
from sync.sandbox.sheets.book import Book
from sync.sandbox.sheets.requests import (
    cell_data,
    dimensions,
    formatting,
    groups,
    metadata,
    moving,
    overlays,
    protecting,
    searching,
    tabs,
)
from sync.sandbox.sheets.requests.unsupported import UNSUPPORTED, unsupported

Request = Callable[[Book, Json, str], Json]

_MALFORMED = (
    KeyError,
    TypeError,
    AttributeError,
    ValueError,
    OverflowError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)

REQUESTS: dict[str, Request] = {
    **tabs.REQUESTS,
    **dimensions.REQUESTS,
    **groups.REQUESTS,
    **cell_data.REQUESTS,
    **moving.REQUESTS,
    **searching.REQUESTS,
    **formatting.REQUESTS,
    **overlays.REQUESTS,
    **protecting.REQUESTS,
    **metadata.REQUESTS,
}


def perform_all(book: Book, given: Any) -> list[Json]:
    """Their replies, in order. Raises Google's 400 with the request's number and name."""
    if not isinstance(given, list) or not given:
        raise invalid("Must specify at least one request.")
    return [_perform(book, number, _without_nulls(request)) for number, request in enumerate(given)]


def _without_nulls(value: Any) -> Any:
    """Google reads a null as a field that was not given."""
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value


def _perform(book: Book, number: int, request: Any) -> Json:
    if not isinstance(request, dict) or len(request) != 1:
        raise invalid(f"Invalid requests[{number}]: must specify exactly one request type.")
    ((name, body),) = request.items()
    if name in UNSUPPORTED:
        raise unsupported(f"requests[{number}].{name}")
    if name not in REQUESTS:
        raise invalid(
            f"Invalid JSON payload received. Unknown name \"{name}\" at 'requests[{number}]': Cannot find field."
        )
    where = f"Invalid requests[{number}].{name}: "
    if not isinstance(body, dict):
        raise invalid(where + "must be an object.")
    try:
        reply = REQUESTS[name](book, body, where)
    except _MALFORMED as error:
        # A body of the wrong shape: Google's own wording differs for each field, its code does not.
        raise invalid(
            f"{where}malformed or missing field ({type(error).__name__}: {error})."
        ) from error
    return {name: reply} if reply else {}
