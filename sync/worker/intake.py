"""Rows → ledger: new rows get a reference and are checked, edited answers are checked again, decisions count once.

Nothing is written to the sheet here: what the rows should say is projected from the ledger afterwards.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.core.answers import Checked, check_answers, same_key
from sync.core.application import Application
from sync.core.decisions import Decision, UnknownDecision, read_decision
from sync.core.desk import DeskReading, DeskRow
from sync.core.fingerprint import fingerprint
from sync.core.matching import Identity, Match, SeenRow, match
from sync.core.matching import Kind as MatchKind
from sync.core.mendable import Mendable
from sync.core.references import read_reference
from sync.core.review import (
    AGAIN,
    Step,
    after_check,
    after_clearing,
    after_decision,
    after_edit,
    seen_key,
)
from sync.core.states import State
from sync.ledger.applications import Arrival
from sync.ledger.ledger import Ledger, Transaction
from sync.worker.counter import Counter
from sync.worker.steps import apply_step

log = logging.getLogger(__name__)

_ROWS_A_TRANSACTION = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows were new, edited, decided; how many could not be taken in, and how many are not this ledger's."""

    new: int = 0
    edited: int = 0
    decided: int = 0
    troubled: int = 0
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class _Work:
    row: DeskRow
    identity: Identity
    match: Match


def match_rows(counter: Counter, reading: DeskReading) -> list[tuple[DeskRow, Identity, Match]]:
    """Whose row is each? One pass over the reading, a few queries, no change."""
    rows = [
        SeenRow(
            index,
            _reference(counter, row),
            (fingerprint(counter.workflow, row.answers), row.submitted),
        )
        for index, row in enumerate(reading.rows)
    ]
    identities = [row.identity for row in rows]
    with counter.ledger.reading() as look:
        matches = match(
            rows,
            look.applications.known_by_reference(
                counter.workflow.name, [row.reference for row in rows if row.reference]
            ),
            look.applications.known_by_identity(counter.workflow.name, identities),
            look.applications.replaced(counter.workflow.name, identities),
        )
    return [(reading.rows[found.index], rows[found.index].identity, found) for found in matches]


def take_in(counter: Counter, reading: DeskReading) -> Taken:
    """Records everything that is new in the reading. One bad row does not hold up the others."""
    matched = [_Work(*parts) for parts in match_rows(counter, reading)]
    _ensure_ours(counter, matched)
    known = _applications(counter.ledger, matched)
    _place(counter.ledger, matched, known)
    rowless = _rowless(counter, matched)
    todo = [work for work in matched if _has_work(work, known)]
    counts = dict.fromkeys(MatchKind, 0)
    troubled = 0
    for start in range(0, len(todo), _ROWS_A_TRANSACTION):
        if counter.stop.is_set():
            break
        part = todo[start : start + _ROWS_A_TRANSACTION]
        done = _record(counter, part, rowless)
        troubled += len(part) - len(done)
        for work in done:
            counts[work.match.kind] += 1
    return Taken(
        new=counts[MatchKind.NEW],
        edited=counts[MatchKind.EDITED],
        decided=counts[MatchKind.SAME],
        troubled=troubled,
        foreign=sum(work.match.kind is MatchKind.FOREIGN for work in matched),
    )


def _ensure_ours(counter: Counter, matched: Sequence[_Work]) -> None:
    """Raises Mendable when the ledger is younger than the sheet: it would give references and letters out again."""
    foreign = [work for work in matched if work.match.kind is MatchKind.FOREIGN]
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
        raise Mendable.one(
            "ledger-tertinggal",
            where=f'tab "{counter.workflow.tab}", nomor {given[0]}',
            found="sheet ini sudah dilayani oleh ledger lain: nomor permohonannya tidak dikenal di sini",
            allowed="folder data/ dari komputer yang melayaninya sebelum ini, dan nama berkas layanan yang sama",
            run="salin folder data/ yang lama, lalu python loket.py run",
        )


def _place(ledger: Ledger, matched: Sequence[_Work], known: Mapping[int, Application]) -> None:
    """Remembers which references have arrived in the sheet."""
    arrived = [
        application.id
        for work in matched
        if work.match.application_id is not None
        and work.match.kind in (MatchKind.SAME, MatchKind.EDITED)
        for application in (known[work.match.application_id],)
        if not application.placed and work.row.reference == application.reference
    ]
    if arrived:
        with ledger.begin() as tx:
            tx.applications.place(arrived)


def _rowless(counter: Counter, matched: Sequence[_Work]) -> list[Application]:
    """Registered applications whose row changed before their reference had arrived in it."""
    with_row = {work.match.application_id for work in matched}
    with counter.ledger.reading() as look:
        unplaced = look.applications.unplaced(counter.workflow.name)
    return [application for application in unplaced if application.id not in with_row]


def _record(counter: Counter, part: Sequence[_Work], rowless: list[Application]) -> list[_Work]:
    """One transaction for all; when that fails, one for each, so that only the bad row is left out."""
    try:
        with counter.ledger.begin() as tx:
            for work in part:
                _take_in_row(counter, tx, work, rowless)
        return list(part)
    except Exception:
        if len(part) == 1:
            log.exception("workflow %s: a row could not be taken in", counter.workflow.name)
            _tell_in_row(counter, part[0])
            return []
    return [work for work in part if _record(counter, [work], rowless)]


def _tell_in_row(counter: Counter, work: _Work) -> None:
    """The officer reads in the row that Loket could not go on with it; it is tried again in every cycle."""
    if work.match.application_id is None:
        return
    with counter.ledger.begin() as tx:
        application = tx.applications.get(work.match.application_id)
        note = "Baris ini belum dapat diproses karena kesalahan pengaturan layanan. Hubungi pengelola Loket."
        tx.applications.change(application, at=counter.clock(), note=note)


def _has_work(work: _Work, known: Mapping[int, Application]) -> bool:
    if work.match.kind in (MatchKind.NEW, MatchKind.EDITED):
        return True
    if work.match.kind is not MatchKind.SAME or work.match.application_id is None:
        return False
    return known[work.match.application_id].decision_seen != _decision(work.row)[1]


def _take_in_row(
    counter: Counter, tx: Transaction, work: _Work, rowless: list[Application]
) -> None:
    at = counter.clock()
    match work.match:
        case Match(kind=MatchKind.NEW):
            _arrive(counter, tx, work, at, rowless)
            return
        case Match(application_id=int(application_id)):
            application = tx.applications.get(application_id)
        case _:
            return
    decision, key = _decision(work.row)
    if work.match.kind is MatchKind.EDITED:
        _edit(counter, tx, work, application, at)
    elif key != application.decision_seen:
        _decide(counter, tx, work, application, decision, key, at)


def _arrive(
    counter: Counter, tx: Transaction, work: _Work, at: datetime, rowless: list[Application]
) -> None:
    checked = check_answers(counter.workflow, work.row.answers, today=counter.today)
    replaced = _answered_again(counter, tx, work, checked)
    if replaced is not None:
        tx.applications.replace_row(replaced)
        _edit(counter, tx, work, replaced, at)
        return
    edited = _edited_at_once(tx, work, checked, rowless)
    if edited is not None:
        _edit(counter, tx, work, edited, at)
        return
    key = _decision(work.row)[1]
    application = tx.applications.register(
        Arrival(
            workflow=counter.workflow.name,
            prefix=counter.workflow.prefix,
            year=counter.today.year,
            answers=work.row.answers,
            fingerprint=work.identity[0],
            submitted=work.identity[1],
            same_key=same_key(counter.workflow, checked.values),
            name=checked.applicant.name,
            email=checked.applicant.email,
            phone=checked.applicant.phone,
            at=at,
        )
    )
    checked = _with_duplicates(counter, tx, application, checked, at)
    step = after_check(checked, counter.workflow.review, decided_too=bool(key))
    apply_step(counter, tx, application, step, at, checked=checked, decision_seen=key)


def _edited_at_once(
    tx: Transaction, work: _Work, checked: Checked, rowless: list[Application]
) -> Application | None:
    """The application whose response was changed before its reference stood in the row: the same person's only one."""
    email = checked.applicant.email.casefold()
    name = checked.applicant.name.casefold()
    same_person = [
        application
        for application in rowless
        if (email and application.email.casefold() == email)
        or (application.name.casefold() == name and not (email and application.email))
    ]
    if len(same_person) != 1 or work.row.reference:
        return None
    rowless.remove(same_person[0])
    return tx.applications.get(same_person[0].id)


def _answered_again(
    counter: Counter, tx: Transaction, work: _Work, checked: Checked
) -> Application | None:
    """The application that this row mends: it carries its reference, waits for mending, and is the same person's."""
    question = counter.workflow.applicant.reference
    given = read_reference(str(work.row.answers.get(question, ""))) if question else None
    if given is None:
        return None
    old = tx.applications.find(str(given))
    if old is None or old.workflow != counter.workflow.name or old.state is not State.NEEDS_FIXING:
        return None
    same_person = bool(old.email) and old.email.casefold() == checked.applicant.email.casefold()
    return old if same_person else None


def _edit(
    counter: Counter,
    tx: Transaction,
    work: _Work,
    application: Application,
    at: datetime,
) -> None:
    decision, key = _decision(work.row)
    checked = check_answers(counter.workflow, work.row.answers, today=counter.today)
    checked = _with_duplicates(counter, tx, application, checked, at)
    letter_made = tx.documents.of(application.id) is not None
    same_answers = work.identity[0] == application.fingerprint
    if same_answers:  # sent in again unchanged: only the form's timestamp moved
        step = Step(event="answered_again_unchanged")
    else:
        step = after_edit(
            application.state,
            checked,
            counter.workflow.review,
            letter_made=letter_made,
            decided_too=bool(key)
            and (key != application.decision_seen or decision is Decision.APPROVE),
        )
    seen = {"fingerprint": work.identity[0], "submitted": work.identity[1]}
    if step.event == "answers_changed_too_late" or same_answers:
        # The letter keeps its answers, but a mended address is where it goes from now on.
        seen |= {"email": checked.applicant.email or application.email}
        seen |= {"phone": checked.applicant.phone or application.phone}
        apply_step(counter, tx, application, step, at, checked=checked, **seen)
        return
    apply_step(
        counter,
        tx,
        application,
        step,
        at,
        checked=checked,
        **seen,
        answers=work.row.answers,
        same_key=same_key(counter.workflow, checked.values),
        name=checked.applicant.name,
        email=checked.applicant.email,
        phone=checked.applicant.phone,
        decision_seen=key,
    )


def _decide(
    counter: Counter,
    tx: Transaction,
    work: _Work,
    application: Application,
    decision: Decision | None,
    key: str,
    at: datetime,
) -> None:
    note = work.row.officer.get("officer_note", "").strip()
    if not key:
        cleared = check_answers(counter.workflow, work.row.answers, today=counter.today)
        cleared = _with_duplicates(counter, tx, application, cleared, at)
        apply_step(
            counter,
            tx,
            application,
            after_clearing(application.state, cleared),
            at,
            decision_seen="",
        )
        return
    if decision is None:
        unknown = UnknownDecision(key).sentence
        tx.applications.change(application, at=at, decision_seen=key, note=unknown)
        return
    step = after_decision(application.state, decision, note, has_email=bool(application.email))
    if work.row.officer.get("officer_file", "").strip() and State.APPROVED in step.states:
        step = Step(
            (),
            f"Berkas Petugas belum dapat dikirim oleh Loket versi ini; kosongkan selnya. {AGAIN}",
        )
    if application.state in (State.NEEDS_FIXING, State.FAILED) and step.note and not step.states:
        step = replace(step, note=f"{step.note} {application.note}")  # what is wrong stays readable
    apply_step(counter, tx, application, step, at, decision_seen=key, officer_note=note)


def _with_duplicates(
    counter: Counter, tx: Transaction, application: Application, checked: Checked, at: datetime
) -> Checked:
    rule = counter.workflow.duplicates
    key = same_key(counter.workflow, checked.values)
    if rule is None or key is None:
        return checked
    since = at - timedelta(days=rule.within_days)
    other = tx.applications.same(counter.workflow.name, key, since=since, excluding=application.id)
    if other is None:
        return checked
    received = other.received_at.astimezone(counter.timezone).strftime("%d/%m/%Y")
    said = f"Permohonan yang sama sudah diterima pada {received} dengan nomor {other.reference}."
    if rule.then == "refuse":
        return replace(checked, problems=(*checked.problems, said))
    return replace(checked, warnings=(*checked.warnings, said))


def _decision(row: DeskRow) -> tuple[Decision | None, str]:
    raw = row.officer.get("decision", "")[:80]
    try:
        decision = read_decision(raw)
    except UnknownDecision:
        return None, raw.strip()
    return decision, seen_key(decision, row.officer.get("officer_note", ""))


def _reference(counter: Counter, row: DeskRow) -> str:
    """The row's reference, if it is one of this service's."""
    given = read_reference(row.reference)
    return str(given) if given and given.prefix == counter.workflow.prefix else ""


def _applications(ledger: Ledger, matched: Sequence[_Work]) -> dict[int, Application]:
    ids = [work.match.application_id for work in matched if work.match.application_id is not None]
    with ledger.reading() as look:
        return look.applications.many(ids)
