"""Rows → ledger: new rows get a reference and are checked, edited answers are checked again, decisions count once.

Nothing is written to the sheet here: what the rows should say is projected from the ledger afterwards.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.core.answers import Checked, check_answers, same_key
from sync.core.application import Application
from sync.core.decisions import Decision, UnknownDecision, read_decision
from sync.core.desk import DeskReading, DeskRow
from sync.core.fingerprint import fingerprint
from sync.core.matching import Identity, Match, SeenRow, match
from sync.core.matching import Kind as MatchKind
from sync.core.references import read_reference
from sync.core.review import Step, after_check, after_clearing, after_decision, after_edit, seen_key
from sync.core.states import State
from sync.ledger.applications import Arrival
from sync.ledger.ledger import Ledger, Transaction
from sync.worker.counter import Counter
from sync.worker.steps import apply_step

log = logging.getLogger(__name__)

_ROWS_A_TRANSACTION = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows were new, edited, decided; how many could not be taken in."""

    new: int = 0
    edited: int = 0
    decided: int = 0
    troubled: int = 0


@dataclass(frozen=True, slots=True)
class _Work:
    row: DeskRow
    identity: Identity
    match: Match


def match_rows(counter: Counter, reading: DeskReading) -> list[tuple[DeskRow, Identity, Match]]:
    """Whose row is each? One pass over the reading, a few queries, no change."""
    rows = [
        SeenRow(index, _reference(row), (fingerprint(counter.workflow, row.answers), row.submitted))
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
    known = _applications(counter.ledger, matched)
    todo = [work for work in matched if _has_work(work, known)]
    counts = dict.fromkeys(MatchKind, 0)
    troubled = 0
    for start in range(0, len(todo), _ROWS_A_TRANSACTION):
        if counter.stop.is_set():
            break
        part = todo[start : start + _ROWS_A_TRANSACTION]
        done = _record(counter, part)
        troubled += len(part) - len(done)
        for work in done:
            counts[work.match.kind] += 1
    return Taken(
        new=counts[MatchKind.NEW],
        edited=counts[MatchKind.EDITED],
        decided=counts[MatchKind.SAME],
        troubled=troubled,
    )


def _record(counter: Counter, part: Sequence[_Work]) -> list[_Work]:
    """One transaction for all; when that fails, one for each, so that only the bad row is left out."""
    try:
        with counter.ledger.begin() as tx:
            for work in part:
                _take_in_row(counter, tx, work)
        return list(part)
    except Exception:
        if len(part) == 1:
            log.exception("workflow %s: a row could not be taken in", counter.workflow.name)
            return []
    return [work for work in part if _record(counter, [work])]


def _has_work(work: _Work, known: dict[int, Application]) -> bool:
    if work.match.kind in (MatchKind.NEW, MatchKind.EDITED):
        return True
    if work.match.kind is MatchKind.COPY or work.match.application_id is None:
        return False
    return known[work.match.application_id].decision_seen != _decision(work.row)[1]


def _take_in_row(counter: Counter, tx: Transaction, work: _Work) -> None:
    at = counter.clock()
    match work.match:
        case Match(kind=MatchKind.NEW):
            application = _arrive(counter, tx, work, at)
        case Match(application_id=int(application_id)):
            application = tx.applications.get(application_id)
        case _:
            return
    decision, key = _decision(work.row)
    if work.match.kind is MatchKind.EDITED:
        _edit(
            counter,
            tx,
            work,
            application,
            at,
            decided_too=key not in ("", application.decision_seen),
            key=key,
        )
    elif key != application.decision_seen:
        _decide(counter, tx, work, application, decision, key, at)


def _arrive(counter: Counter, tx: Transaction, work: _Work, at: datetime) -> Application:
    checked = check_answers(counter.workflow, work.row.answers, today=counter.today)
    replaced = _answered_again(counter, tx, work, checked)
    if replaced is not None:
        tx.applications.replace_row(replaced)
        _edit(counter, tx, work, replaced, at, decided_too=False, key=_decision(work.row)[1])
        return tx.applications.get(replaced.id)
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
    return apply_step(
        counter, tx, application, after_check(checked, counter.workflow.review), at, checked=checked
    )


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
    *,
    decided_too: bool,
    key: str,
) -> None:
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
            decided_too=decided_too,
        )
    seen = {"fingerprint": work.identity[0], "submitted": work.identity[1]}
    if step.event == "answers_changed_too_late" or same_answers:
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


def _reference(row: DeskRow) -> str:
    given = read_reference(row.reference)
    return str(given) if given else ""


def _applications(ledger: Ledger, matched: Sequence[_Work]) -> dict[int, Application]:
    ids = [work.match.application_id for work in matched if work.match.application_id is not None]
    with ledger.reading() as look:
        return look.applications.many(ids)
