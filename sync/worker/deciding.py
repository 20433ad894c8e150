"""The officer's decision in a row → what becomes of its application. Every decision counts once.

A decision is believed only in a row that is beyond doubt the application's: not where a part of the columns was
sorted away beneath it, not where it was typed into a copy, not before the row had shown anything.
"""

from dataclasses import replace
from datetime import datetime

from sync.core.answers import Checked, check_answers
from sync.core.application import Application
from sync.core.decisions import Decision, UnknownDecision, read_decision
from sync.core.desk import DeskRow, Glimpse
from sync.core.matching import Kind
from sync.core.review import (
    NOT_YET_SHOWN,
    TORN,
    WAS_COPY,
    Step,
    after_clearing,
    after_decision,
    after_void,
    answered,
    seen_key,
)
from sync.core.states import State
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.duplicates import with_duplicates
from sync.worker.flood import Senders
from sync.worker.officer_files import Fetched, named_file, relay
from sync.worker.rows import MatchedRow
from sync.worker.steps import apply_step


def decision_in(row: DeskRow | Glimpse) -> tuple[Decision | None, str]:
    """The decision, and how it is told from the one dealt with before; no decision and a key: an unknown word."""
    raw = row.officer.get("decision", "")[:80]
    try:
        decision = read_decision(raw)
    except UnknownDecision:
        return None, raw.strip()
    return decision, seen_key(decision, row.officer.get("officer_note", ""))


def is_undecided(work: MatchedRow, application: Application) -> bool:
    """Whether the row says something that was not dealt with yet."""
    key = decision_in(work.row)[1]
    if key == application.decision_seen:
        return False
    return bool(key) or not _doubt(work, application)


def is_doubtful(work: MatchedRow, application: Application) -> bool:
    """A decision stands there that must be declared void before the row is made to look as if it were in order."""
    key = decision_in(work.row)[1]
    return bool(key) and key != application.decision_seen and bool(_doubt(work, application))


def check_again(
    counter: Counter,
    tx: Transaction,
    work: MatchedRow,
    application: Application,
    at: datetime,
    senders: Senders,
) -> Checked:
    """The answers that stand in the row now, with all that is to be said of them beside the rules."""
    checked = check_answers(counter.workflow, work.row.answers, today=counter.today)
    return senders.with_flood(with_duplicates(counter, tx, application, checked, at))


def decide(
    counter: Counter,
    tx: Transaction,
    work: MatchedRow,
    application: Application,
    at: datetime,
    senders: Senders,
    fetched: Fetched | None = None,
) -> None:
    """`fetched` is what came of the officer's file, where `wants_file` said that one takes part."""
    decision, key = decision_in(work.row)
    doubt = _doubt(work, application)
    if not key or doubt:
        checked = check_again(counter, tx, work, application, at, senders)
        if key:
            step = after_void(application.state, checked, application.note, doubt)
        else:
            step = after_clearing(application.state, checked, application.note)
        apply_step(counter, tx, application, step, at, decision_seen=key)
        return
    if decision is None:
        said = answered(UnknownDecision(key).sentence, application.note)
        tx.applications.change(application, at=at, decision_seen=key, note=said)
        return
    note = work.row.officer.get("officer_note", "").strip()
    step = after_decision(application.state, decision, note, has_email=bool(application.email))
    if (cell := named_file(work.row)) and _sends(step):
        seen = {"decision_seen": key, "officer_note": note}
        relay(counter, tx, application, step, cell, fetched, at, **seen)
        return
    if step.note and not step.states:  # what stood there stays readable
        step = replace(step, note=answered(step.note, application.note))
    apply_step(counter, tx, application, step, at, decision_seen=key, officer_note=note)


def wants_file(work: MatchedRow, application: Application) -> bool:
    """Whether a new decision in the row sends what the officer names beside it: that is to be fetched first."""
    decision, key = decision_in(work.row)
    new = work.match.kind is Kind.SAME and key != application.decision_seen
    if decision is None or not new or not named_file(work.row) or _doubt(work, application):
        return False
    note = work.row.officer.get("officer_note", "")
    return _sends(after_decision(application.state, decision, note, has_email=True))


def _sends(step: Step) -> bool:
    return step.resend or State.APPROVED in step.states


def _doubt(work: MatchedRow, application: Application) -> str:
    """Why a new decision in this row is not the officer's word about this application; "" when it is."""
    if work.match.kind is not Kind.SAME:
        return ""
    if work.marked_copy:
        return WAS_COPY
    if work.reference and work.reference != application.reference:
        return TORN
    if not work.reference and not application.placed:
        return NOT_YET_SHOWN
    return ""
