"""Whose row is this? Rows of a reading → applications, by reference and by what the row holds, never by position.

A row's identity is the pair of its answers' fingerprint and the form's timestamp. A reference in the system
column is believed unless the identity says otherwise: officers sort parts of the sheet, paste over system cells,
copy rows. This module decides; what follows from it is the worker's affair.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum

Identity = tuple[str, str]
"""(fingerprint of the answers, the timestamp cell as text)."""


class Kind(Enum):
    SAME = "same"  # the application's row, as it was last read
    EDITED = "edited"  # the application's row, with other answers than last read
    NEW = "new"  # nobody's row yet
    COPY = "copy"  # repeats a row that is there too, or carries the reference of one
    REPLACED = "replaced"  # holds what its application held formerly; the newer answers stand in another row
    FOREIGN = "foreign"  # carries a reference that this ledger never gave: not ours to touch


@dataclass(frozen=True, slots=True)
class SeenRow:
    index: int  # position in the reading, to find the row again in this reading only
    reference: str
    identity: Identity
    marked_copy: bool = False  # its status says that it is a copy


@dataclass(frozen=True, slots=True)
class Known:
    """An application that the ledger knows, as its row was last read. `placed`: its reference stood in it."""

    id: int
    reference: str
    identity: Identity
    placed: bool = True


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

    `by_identity` may name several applications: two applicants' rows can be alike to the second. `replaced` is what
    applications' rows held formerly: before they were edited, or answered again in another row. A row that was told to be a copy stays one, wherever it is
    sorted to, as long as there is another: what an officer typed in it must not begin to count.
    """
    references: dict[Identity, set[str]] = defaultdict(set)
    for row in rows:
        references[row.identity].add(row.reference)
    moment = {
        known.id: row.identity[1] for row in rows for known in by_identity.get(row.identity, ())
    }
    owner: dict[int, tuple[Kind, int]] = {}
    taken: set[int] = set()

    def give(row: SeenRow, kind: Kind, application_id: int) -> None:
        owner[row.index] = (kind, application_id)
        taken.add(application_id)

    for part in _copies_last(rows):
        # 1. Reference and identity agree: beyond doubt.
        for row in part:
            known = by_reference.get(row.reference)
            if known and known.identity == row.identity and known.id not in taken:
                give(row, Kind.SAME, known.id)
        # 2. The identity alone: the reference was lost, pasted over, or belongs to a neighbour.
        for row in sorted(_unowned(part, owner), key=lambda row: row.reference in by_reference):
            free = [known for known in by_identity.get(row.identity, ()) if known.id not in taken]
            if free:
                give(row, Kind.SAME, free[0].id)
        # 3. The reference alone: the answers were edited.
        for row in _unowned(part, owner):
            known = by_reference.get(row.reference)
            elsewhere = row.identity in by_identity or row.identity in replaced
            if (
                known
                and known.id not in taken
                and not elsewhere
                and _is_edit(row, known, references)
            ):
                give(row, Kind.EDITED, known.id)
        # 4. What an application held formerly, and nothing newer: an edit was undone, or the newer row deleted. Newer is
        # also a row that was told to be a copy, and that the form has changed since.
        for row in _unowned(part, owner):
            formerly = replaced.get(row.identity)
            newer = moment.get(formerly or 0, row.identity[1]) != row.identity[1]
            if formerly is not None and formerly not in taken and not newer:
                give(row, Kind.EDITED, formerly)
    results = [_result(row, owner, by_reference, by_identity, replaced) for row in rows]
    return _without_twins(rows, results)


def _copies_last(rows: Sequence[SeenRow]) -> tuple[list[SeenRow], list[SeenRow]]:
    return (
        [row for row in rows if not row.marked_copy],
        [row for row in rows if row.marked_copy],
    )


def _is_edit(row: SeenRow, known: Known, references: Mapping[Identity, Set[str]]) -> bool:
    """Whether the reference may be believed although the answers are others."""
    if row.identity[1] == known.identity[1]:
        return True
    # A reference that Loket never saw in place may have been written beside a stranger's answers; and a response
    # that stands in the sheet once more was pasted over this row.
    return known.placed and references[row.identity] == {row.reference}


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
    alike = by_identity.get(row.identity)
    if alike:
        return Match(row.index, Kind.COPY, alike[0].id)
    if row.identity in replaced:
        kind = Kind.COPY if row.marked_copy else Kind.REPLACED
        return Match(row.index, kind, replaced[row.identity])
    pattern = by_reference.get(row.reference)
    if pattern and row.identity[1] and pattern.identity[1] == row.identity[1]:
        # The very moment of another response, under its reference: a copied row that was then changed.
        return Match(row.index, Kind.COPY, pattern.id)
    if row.reference and pattern is None:
        return Match(row.index, Kind.FOREIGN, None)
    # Anything else is somebody's application, whatever reference was pasted beside it.
    return Match(row.index, Kind.NEW, None)


def _without_twins(rows: Sequence[SeenRow], results: list[Match]) -> list[Match]:
    """Of rows alike to the very moment one is the response, for Forms gives no two the same timestamp: the one that
    has its application already, else the first without a reference."""
    response: dict[Identity, int] = {}
    pairs = list(zip(rows, results, strict=True))
    for row, result in sorted(pairs, key=lambda p: (p[1].kind is Kind.NEW, bool(p[0].reference))):
        if result.kind in (Kind.NEW, Kind.SAME, Kind.EDITED):
            response.setdefault(row.identity, row.index)
    return [
        Match(row.index, Kind.COPY, None)
        if result.kind is Kind.NEW and row.identity[1] and response[row.identity] != row.index
        else result
        for row, result in pairs
    ]
