"""Rows → ledger: new rows get a reference and are checked, edited answers are checked again, decisions count once.

Nothing is written to the sheet here: what the rows should say is projected from the ledger afterwards.
"""

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sync.core.answers import Checked, check_answers, same_key
from sync.core.application import Application
from sync.core.decisions import Decision
from sync.core.desk import DeskReading
from sync.core.matching import Kind
from sync.core.projection import project
from sync.core.references import read_reference
from sync.core.review import Step, after_check, after_edit, beside, mentions_another
from sync.core.states import State
from sync.ledger.applications import Arrival, Overtaken
from sync.ledger.ledger import Ledger, Transaction
from sync.ledger.trouble import LedgerTrouble
from sync.worker.absence import note_absences
from sync.worker.corrections import (
    Beside,
    changed_before_its_reference,
    is_beside,
    responses_first,
)
from sync.worker.counter import Counter
from sync.worker.deciding import (
    check_again,
    decide,
    decision_in,
    is_doubtful,
    is_undecided,
    wants_file,
)
from sync.worker.duplicates import with_duplicates
from sync.worker.flood import Senders
from sync.worker.notices import plan_receipt
from sync.worker.officer_files import Fetched, Kept, fetch_files
from sync.worker.rows import MatchedRow, ensure_ours, match_rows, owners
from sync.worker.steps import apply_step
from sync.worker.write_back import withdrawn_of, wrong_cells

log = logging.getLogger(__name__)

_ROWS_A_TRANSACTION = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows were new, edited, decided; how many could not be taken in, how many are not this ledger's, and
    how many are to be looked at again: not believed yet, or changed by somebody else at the very moment."""

    new: int = 0
    edited: int = 0
    decided: int = 0
    troubled: int = 0
    foreign: int = 0
    deferred: int = 0

    def then(self, second: "Taken") -> "Taken":
        """Two readings of one cycle: what was done adds up, what is wrong is what the second found."""
        return replace(
            second,
            new=self.new + second.new,
            edited=self.edited + second.edited,
            decided=self.decided + second.decided,
        )


def take_in(counter: Counter, reading: DeskReading, *, believe: bool = False) -> Taken:
    """Records everything that is new in the reading. One bad row does not hold up the others.

    A row that does not show what Loket wrote there last is deferred: the reading may be older than that, or somebody
    typed over it, and neither must undo what was dealt with. `believe`: its cells can't be written, so it is taken
    as it is.
    """
    matched = match_rows(counter, reading)
    ensure_ours(counter, matched)
    known = _applications(counter.ledger, matched)
    _remember(counter, matched, known)
    expected = reading.expected
    if expected is None:
        with counter.ledger.reading() as look:
            expected = frozenset(look.applications.with_row(counter.workflow.name))
    rowless = _rowless(counter, matched, expected, whole=reading.expected is None)
    beside = Beside(matched, known)
    news = [work for work in matched if _has_work(work, known)]
    todo = [work for work in news if believe or _shows_the_latest(counter, work, known)]
    with_file = [work for work in todo if _wants_file(work, known)]
    at_once = responses_first([work for work in todo if work not in with_file])
    present = owners(matched)
    counts = dict.fromkeys(Kind, 0)
    troubled = overtaken = 0
    for start in range(0, len(at_once), _ROWS_A_TRANSACTION):
        if counter.stop.is_set():
            break
        part = at_once[start : start + _ROWS_A_TRANSACTION]
        done, bad = _record(counter, part, rowless, beside)
        troubled += bad
        overtaken += len(part) - len(done) - bad
        for work, application_id in done:
            counts[work.match.kind] += 1
            present.add(application_id)
    else:
        with counter.ledger.reading() as look:
            missing = look.applications.missing(present)
        note_absences(counter, reading, expected=expected, present=present, missing=missing)
    for work, fetched in fetch_files(counter, with_file, known):
        done, bad = _record(counter, [work], rowless, beside, fetched)
        troubled += bad
        overtaken += 1 - len(done) - bad
        counts[Kind.SAME] += len(done)
    return Taken(
        new=counts[Kind.NEW],
        edited=counts[Kind.EDITED],
        decided=counts[Kind.SAME],
        troubled=troubled,
        foreign=sum(work.match.kind is Kind.FOREIGN for work in matched),
        deferred=len(news) - len(todo) + overtaken,
    )


def _remember(
    counter: Counter, matched: Sequence[MatchedRow], known: Mapping[int, Application]
) -> None:
    """Which references have arrived in the sheet, where the rows stand, and which show the last word."""
    own = {work.match.application_id or 0: work for work in matched if work.is_owning}
    with counter.ledger.reading() as look:
        before = look.places.known(own)
    arrived = [
        one
        for one, work in own.items()
        if not known[one].placed and work.row.reference == known[one].reference
    ]
    moved = {one: work.row.number for one, work in own.items() if before[one][0] != work.row.number}
    unshown = [
        one
        for one, work in own.items()
        if not before[one][1] and work.row.reference == known[one].reference
    ]
    withdrawn = withdrawn_of(counter, unshown)
    shown = {
        one: known[one].updated_at
        for one in unshown
        if not wrong_cells(counter, own[one], known[one], withdrawn)
    }
    if arrived or moved or shown:
        with counter.ledger.begin() as tx:
            tx.applications.place(arrived)
            tx.places.put(counter.workflow.name, moved)
            tx.places.shows(shown)


def _rowless(
    counter: Counter, matched: Sequence[MatchedRow], expected: Set[int], *, whole: bool
) -> list[Application]:
    """Applications whose row is told by nothing: it changed before their reference had arrived in it, or when
    somebody, or a write of ours that met the change, had just emptied the reference."""
    with_row = {work.match.application_id for work in matched}
    with counter.ledger.reading() as look:
        unplaced = set(look.applications.unplaced(counter.workflow.name))
        if not whole:  # the row of another may be one that was not read
            new = {work.row.number for work in matched if work.match.kind is Kind.NEW}
            places = look.places.of(unplaced)
            unplaced -= {one for one, row in places.items() if row not in new}
        rowless = look.applications.many(sorted((unplaced | expected) - with_row))
    return [application for application in rowless.values() if application.erased_at is None]


def _record(
    counter: Counter,
    part: Sequence[MatchedRow],
    rowless: list[Application],
    beside: Beside,
    fetched: Fetched | None = None,
) -> tuple[list[tuple[MatchedRow, int]], int]:
    """One transaction for all; when that fails, one for each, so that only the bad row is left out.

    Returns the rows that were recorded, and whose they are; and how many could not be. The others changed meanwhile.
    """
    unclaimed = list(rowless)
    try:
        with counter.ledger.begin() as tx:
            senders = Senders(counter, tx)
            done = [
                (work, _take_in_row(counter, tx, work, unclaimed, beside, senders, fetched))
                for work in part
            ]
            places = {application_id: work.row.number for work, application_id in reversed(done)}
            tx.places.put(counter.workflow.name, places)
    except LedgerTrouble:
        raise
    except Overtaken as error:  # a sender of the cluster was at it: the next look sees what it did
        if len(part) == 1:
            log.info("workflow %s: %s changed meanwhile", counter.workflow.name, error)
            return [], 0
    except Exception:
        if len(part) == 1:
            log.exception("workflow %s: a row could not be taken in", counter.workflow.name)
            _tell_in_row(counter, part[0])
            return [], 1
    else:
        rowless[:] = unclaimed
        return done, 0
    each = [_record(counter, [work], rowless, beside) for work in part]
    return [one for done, _ in each for one in done], sum(bad for _, bad in each)


def _tell_in_row(counter: Counter, work: MatchedRow) -> None:
    """The officer reads in the row that Loket could not go on with it; it is tried again in every cycle."""
    if work.match.application_id is None:
        return
    with counter.ledger.begin() as tx:
        application = tx.applications.get(work.match.application_id)
        note = "Baris ini belum dapat diproses karena kesalahan pengaturan layanan. Hubungi pengelola Loket."
        tx.applications.change(application, at=counter.clock(), note=note)


def _has_work(work: MatchedRow, known: Mapping[int, Application]) -> bool:
    application = known.get(work.match.application_id or 0)
    if application is not None and application.erased_at is not None:
        return False
    if work.match.kind in (Kind.NEW, Kind.EDITED):
        return True
    if work.match.kind is not Kind.SAME or work.match.application_id is None:
        return False
    return is_undecided(work, known[work.match.application_id])


def _wants_file(work: MatchedRow, known: Mapping[int, Application]) -> bool:
    application = known.get(work.match.application_id or 0)
    return application is not None and wants_file(work, application)


def _shows_the_latest(counter: Counter, work: MatchedRow, known: Mapping[int, Application]) -> bool:
    if work.match.application_id is None:
        return True
    application = known[work.match.application_id]
    latest = project(application, counter.timezone)
    shown = all(work.row.system.get(name, "") == text for name, text in latest.items())
    return shown or not application.placed or is_doubtful(work, application)


def _take_in_row(
    counter: Counter,
    tx: Transaction,
    work: MatchedRow,
    rowless: list[Application],
    beside: Beside,
    senders: Senders,
    fetched: Fetched | None = None,
) -> int:
    """Returns the id of the row's application."""
    at = counter.clock()
    if work.match.application_id is None:
        return _arrive(counter, tx, work, at, rowless, beside, senders)
    application = tx.applications.get(work.match.application_id)
    if application.erased_at is not None or is_beside(work, application):  # meanwhile
        if isinstance(fetched, Kept):
            (counter.data / fetched.path).unlink(missing_ok=True)
    elif work.match.kind is Kind.EDITED:
        _edit(counter, tx, work, application, at, senders)
    elif is_undecided(work, application):
        decide(counter, tx, work, application, at, senders, fetched)
    return application.id


def _arrive(
    counter: Counter,
    tx: Transaction,
    work: MatchedRow,
    at: datetime,
    rowless: list[Application],
    beside: Beside,
    senders: Senders,
) -> int:
    checked = check_answers(counter.workflow, work.row.answers, today=counter.today)
    mentioned = _mentioned(counter, tx, work)
    if mentioned is not None:
        if _same_person(mentioned, checked):
            _edit(counter, tx, work, mentioned, at, senders)
            return mentioned.id
        checked = replace(checked, warnings=(*checked.warnings, mentions_another(mentioned)))
    edited = changed_before_its_reference(work, checked.applicant, rowless)
    edited = edited or beside.corrected_in(work, checked.applicant)
    if edited is not None:
        _edit(counter, tx, work, tx.applications.get(edited.id), at, senders)
        return edited.id
    key = decision_in(work.row)[1]
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
    senders.add(application)
    checked = senders.with_flood(with_duplicates(counter, tx, application, checked, at))
    step = after_check(checked, senders.review_of(checked), decided_too=bool(key))
    application = apply_step(counter, tx, application, step, at, checked=checked, decision_seen=key)
    plan_receipt(counter, tx, application)
    return application.id


def _mentioned(counter: Counter, tx: Transaction, work: MatchedRow) -> Application | None:
    """The application whose reference the answers carry, and which waits for mending."""
    question = counter.workflow.applicant.reference
    given = read_reference(str(work.row.answers.get(question, ""))) if question else None
    old = tx.applications.find(str(given)) if given else None
    if old is None or old.workflow != counter.workflow.name or old.state is not State.NEEDS_FIXING:
        return None
    return old


def _same_person(old: Application, checked: Checked) -> bool:
    """Known by the email: a reference alone can be guessed."""
    return bool(old.email) and old.email.casefold() == checked.applicant.email.casefold()


def _edit(
    counter: Counter,
    tx: Transaction,
    work: MatchedRow,
    application: Application,
    at: datetime,
    senders: Senders,
) -> None:
    decision, key = decision_in(work.row)
    checked = check_again(counter, tx, work, application, at, senders)
    letter_made = tx.documents.of(application.id) is not None
    same_answers = work.identity[0] == application.fingerprint
    if same_answers:  # sent in again unchanged: only the form's timestamp moved
        step = Step(event="answered_again_unchanged")
    else:
        step = after_edit(
            application.state,
            checked,
            senders.review_of(checked),
            letter_made=letter_made,
            decided_too=bool(key)
            and (key != application.decision_seen or decision is Decision.APPROVE),
        )
    seen: dict[str, Any] = {"fingerprint": work.identity[0], "submitted": work.identity[1]}
    tx.applications.replace_row(application)
    # Under another name it is somebody else's: an applicant's row was pasted over this one.
    same_name = checked.applicant.name.casefold() == application.name.casefold()
    reached_at = _reached_at(tx, application, checked) if same_name else {}
    if step.event == "answers_changed_too_late" or same_answers:
        # The letter keeps its answers, but a mended address is where it goes from now on.
        seen |= reached_at
        if step.note:  # what the row waits for stays readable
            step = replace(step, note=beside(step.note, application.note))
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


def _reached_at(tx: Transaction, application: Application, checked: Checked) -> dict[str, Any]:
    """Email and phone from now on, also of what still waits to be sent."""
    email = checked.applicant.email or application.email
    phone = checked.applicant.phone or application.phone
    changed = {application.email: email, application.phone: phone}
    mended = {old: new for old, new in changed.items() if old and new != old}
    tx.intents.go_elsewhere(application.id, mended)
    return {"email": email, "phone": phone}


def _applications(ledger: Ledger, matched: Sequence[MatchedRow]) -> dict[int, Application]:
    ids = [work.match.application_id for work in matched if work.match.application_id is not None]
    with ledger.reading() as look:
        return look.applications.many(ids)
