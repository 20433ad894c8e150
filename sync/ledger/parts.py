"""Many values in one query, and not too many."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

V = TypeVar("V")

_BOUND_PARAMETERS = 500
"""A query: SQLite allows some thousands, and a value may be two of them."""


def in_parts(values: Iterable[V]) -> Iterator[list[V]]:
    """Each value once, so many at a time as one query takes."""
    unique = list(dict.fromkeys(values))
    for start in range(0, len(unique), _BOUND_PARAMETERS):
        yield unique[start : start + _BOUND_PARAMETERS]
