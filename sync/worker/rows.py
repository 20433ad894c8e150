"""Whose row is each? The rows of a reading and the ledger, matched in one pass: queries, and no change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync.core.application import Application
from sync.core.cells import cell_text
from sync.core.desk import DeskReading, DeskRow
from sync.core.fingerprint import fingerprint
from sync.core.matching import Identity, Kind, Known, Match, SeenRow, match
from sync.core.mendable import Mendable, Problem
from sync.core.projection import LABEL_COPY
from sync.core.references import read_reference
from sync.core.retention import is_sealed, seal, seal_prefix
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.sealing_key import sealing_key

OWNING = (Kind.SAME, Kind.EDITED)
"""The matches of which every application has at most one."""


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """A row of a reading, what it holds, and whose it is. `reference` is the row's, if it is one of this service's."""

    row: DeskRow
    identity: Identity
    reference: str
    match: Match

    @property
    def is_owning(self) -> bool:
        """Whether it is an application's own row."""
        return self.match.application_id is not None and self.match.kind in OWNING

    @property
    def marked_copy(self) -> bool:
        """Loket told this row that it is a copy."""
        return _marked_copy(self.row)


class LedgerBehind(Mendable):
    """The world went on without this ledger: what it planned may have been sent since. Nothing may leave."""

    @classmethod
    def restored(cls, since: str) -> "LedgerBehind":
        return cls(
            Problem(
                "ledger-belum-dicocokkan",
                where="folder data/",
                found=f"ledger ini dipulihkan dari cadangan ({since}) dan belum dicocokkan dengan sheet",
                allowed="dicocokkan dahulu, agar tidak ada surat atau nomor yang keluar dua kali",
                run="python loket.py repair --from-sheet",
            )
        )


def match_rows(counter: Counter, reading: DeskReading) -> list[MatchedRow]:
    rows = [
        SeenRow(
            index,
            _reference(counter, row),
            (fingerprint(counter.workflow, row.answers), row.submitted),
            _marked_copy(row),
        )
        for index, row in enumerate(reading.rows)
    ]
    name = counter.workflow.name
    with counter.ledger.reading() as look:
        by_reference = look.applications.known_by_reference(
            name, [row.reference for row in rows if row.reference]
        )
        rows = _as_sealed(look, counter, rows, by_reference)
        identities = [row.identity for row in rows]
        replaced = look.applications.replaced(name, identities)
        matches = match(
            rows,
            by_reference,
            look.applications.known_by_identity(name, identities),
            replaced | _corrected(look, counter, reading, rows, by_reference),
        )
    return [
        MatchedRow(reading.rows[seen.index], seen.identity, seen.reference, found)
        for seen, found in zip(rows, matches, strict=True)
    ]


def _as_sealed(
    look: Transaction, counter: Counter, rows: list[SeenRow], by_reference: Mapping[str, Known]
) -> list[SeenRow]:
    """Rows of erased applications, with the identity that the ledger still has of them: sealed.

    Where the key was lost with a computer, a row under its reference and of its moment counts as the one it was.
    """
    name = counter.workflow.name
    if not look.forgetting.any_of(name):
        return rows
    key = sealing_key(counter.data)
    sealed = {row.identity: (seal(key, row.identity[0]), row.identity[1]) for row in rows if key}
    known = {
        *look.applications.known_by_identity(name, list(sealed.values())),
        *look.applications.replaced(name, list(sealed.values())),
    }
    kept = {plain: identity for plain, identity in sealed.items() if identity in known}
    for row in rows:
        own = by_reference.get(row.reference)
        if own and _of_another_key(own.identity[0], key) and own.identity[1] == row.identity[1]:
            kept[row.identity] = own.identity
    return [replace(row, identity=kept.get(row.identity, row.identity)) for row in rows]


def _of_another_key(fingerprint: str, key: bytes | None) -> bool:
    return is_sealed(fingerprint) and not (key and fingerprint.startswith(seal_prefix(key)))


def _corrected(
    look: Transaction,
    counter: Counter,
    reading: DeskReading,
    rows: Sequence[SeenRow],
    by_reference: Mapping[str, Known],
) -> dict[Identity, int]:
    """Rows of a moment that an application's row had formerly: somebody corrected an answer where the applicant had
    answered again elsewhere. Their reference tells whose; where it was emptied or pasted over too, the person does."""
    asked = {
        row: known
        for row in rows
        for known in (by_reference.get(row.reference),)
        if row.identity[1] and (known is None or known.identity[1] != row.identity[1])
    }
    former = look.applications.formerly_at(
        counter.workflow.name, [row.identity[1] for row in asked]
    )
    people = look.applications.many([one for owners in former.values() for one in owners])
    return {
        row.identity: application_id
        for row, known in asked.items()
        for application_id in former.get(row.identity[1], ())
        if (
            known.id == application_id
            if known
            else _of_person(counter, reading.rows[row.index], people[application_id])
        )
    }


def _of_person(counter: Counter, row: DeskRow, person: Application) -> bool:
    """By the email or the name."""
    asked = counter.workflow.applicant
    given = {
        cell_text(row.answers.get(question or "", "")).strip().casefold()
        for question in (asked.email, asked.name)
    }
    return bool(given & {person.name.casefold(), person.email.casefold()} - {""})


def owners(matched: Iterable[MatchedRow]) -> set[int]:
    """The applications that have a row of their own."""
    return {
        work.match.application_id
        for work in matched
        if work.match.application_id is not None and work.match.kind in OWNING
    }


def ensure_ours(counter: Counter, matched: Sequence[MatchedRow]) -> None:
    """Raises LedgerBehind when the ledger is younger than the sheet: it would give references and letters out again."""
    foreign = [work for work in matched if work.match.kind is Kind.FOREIGN]
    given = [reference for work in foreign if (reference := read_reference(work.row.reference))]
    if not given:
        return
    prefix = counter.workflow.prefix
    with counter.ledger.reading() as look:
        behind = look.applications.is_empty(counter.workflow.name) or any(
            reference.serial > look.numbers.last_reference(prefix, 2000 + reference.year)
            for reference in given
        )
    if behind:
        problem = Problem(
            "ledger-tertinggal",
            where=f'tab "{counter.workflow.tab}", nomor {given[0]}',
            found="sheet ini sudah dilayani oleh ledger lain: nomor permohonannya tidak dikenal di sini",
            allowed="folder data/ dari komputer yang melayaninya sebelum ini, dan nama berkas layanan yang sama",
            run="python loket.py restore --from-drive; tanpa cadangan: python loket.py repair --from-sheet",
        )
        raise LedgerBehind(problem)


def _marked_copy(row: DeskRow) -> bool:
    return row.system.get("status", "") == LABEL_COPY


def _reference(counter: Counter, row: DeskRow) -> str:
    given = read_reference(row.reference)
    return str(given) if given and given.prefix == counter.workflow.prefix else ""
