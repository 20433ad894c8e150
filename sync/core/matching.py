"""Whose row is this? Rows of a reading → applications, by reference and by what the row holds, never by position.

A row's identity is the pair of its answers' fingerprint and the form's timestamp. A reference in the system
column is believed unless the identity says otherwise: officers sort parts of the sheet, paste over system cells,
copy rows. This module decides; what follows from it is the worker's affair.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

Identity = tuple[str, str]
"""(fingerprint of the answers, the timestamp cell as text)."""


class Kind(Enum):
    SAME = "same"  # the application's row, as it was last read
    EDITED = "edited"  # the application's row, with other answers than last read
    NEW = "new"  # nobody's row yet
    COPY = "copy"  # repeats a row that is there too, or carries the reference of one
    REPLACED = "replaced"  # its applicant answered again in another row
    FOREIGN = "foreign"  # carries a reference that this ledger never gave: not ours to touch


@dataclass(frozen=True, slots=True)
class SeenRow:
    index: int  # position in the reading, to find the row again in this reading only
    reference: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class Known:
    """An application that the ledger knows, as its row was last read."""

    id: int
    reference: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class Match:
    index: int
    kind: Kind
    application_id: int | None


def match(
    rows: Sequence[SeenRow],
    by_reference: Mapping[str, Known],
    by_identity: Mapping[Identity, Sequence[Known]],
    replaced: Mapping[Identity, int],
) -> list[Match]:
    """One Match a row, in the rows' order. Every application gets at most one SAME or EDITED row.

    `by_identity` may name several applications: two applicants' rows can be alike to the second. `replaced` are
    rows that their applicants answered again elsewhere.
    """
    owner: dict[int, tuple[Kind, int]] = {}
    taken: set[int] = set()

    def give(row: SeenRow, kind: Kind, application_id: int) -> None:
        owner[row.index] = (kind, application_id)
        taken.add(application_id)

    # 1. Reference and identity agree: beyond doubt.
    for row in rows:
        known = by_reference.get(row.reference)
        if known and known.identity == row.identity and known.id not in taken:
            give(row, Kind.SAME, known.id)
    # 2. The identity alone: the reference was lost, pasted over, or belongs to a neighbour.
    for row in _unowned(rows, owner):
        free = [known for known in by_identity.get(row.identity, ()) if known.id not in taken]
        if free:
            give(row, Kind.SAME, free[0].id)
    # 3. The reference alone: the answers were edited.
    for row in _unowned(rows, owner):
        known = by_reference.get(row.reference)
        elsewhere = row.identity in by_identity or row.identity in replaced
        if known and known.id not in taken and not elsewhere:
            give(row, Kind.EDITED, known.id)
    results = [_result(row, owner, by_reference, by_identity, replaced) for row in rows]
    return _without_twins(rows, results)


def _unowned(rows: Iterable[SeenRow], owner: Mapping[int, tuple[Kind, int]]) -> list[SeenRow]:
    return [row for row in rows if row.index not in owner]


def _result(
    row: SeenRow,
    owner: Mapping[int, tuple[Kind, int]],
    by_reference: Mapping[str, Known],
    by_identity: Mapping[Identity, Sequence[Known]],
    replaced: Mapping[Identity, int],
) -> Match:
    if row.index in owner:
        kind, application_id = owner[row.index]
        return Match(row.index, kind, application_id)
    if row.identity in replaced:
        return Match(row.index, Kind.REPLACED, replaced[row.identity])
    alike = by_identity.get(row.identity)
    if alike:
        return Match(row.index, Kind.COPY, alike[0].id)
    pattern = by_reference.get(row.reference)
    if pattern and row.identity[1] and pattern.identity[1] == row.identity[1]:
        # The very moment of another response, under its reference: a copied row that was then changed.
        return Match(row.index, Kind.COPY, pattern.id)
    if row.reference and pattern is None:
        return Match(row.index, Kind.FOREIGN, None)
    # Anything else is somebody's application, whatever reference was pasted beside it.
    return Match(row.index, Kind.NEW, None)


def _without_twins(rows: Sequence[SeenRow], results: list[Match]) -> list[Match]:
    """Of new rows alike to the very moment, the first is the response: Forms gives no two the same timestamp."""
    first: set[Identity] = set()
    told_apart = []
    for row, result in zip(rows, results, strict=True):
        twin = result.kind is Kind.NEW and bool(row.identity[1]) and row.identity in first
        first.add(row.identity)
        told_apart.append(Match(row.index, Kind.COPY, None) if twin else result)
    return told_apart
