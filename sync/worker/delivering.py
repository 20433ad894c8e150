"""Delivery intents → receipts. The intent is committed before the side effect, the outcome after it.

Three outcomes besides a receipt: try again (with a growing pause, for 48 hours), never, cannot know. One that
cannot be known is never sent again silently: the row becomes "Perlu dicek" and an officer chooses.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any

from sync.core.application import Application
from sync.core.delivery import IntentState, Kind, LetterFile, Message
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Failure, Never, Receipt, TryAgain
from sync.core.review import UNCERTAIN_CHOICE
from sync.core.states import State
from sync.ledger.documents import Document
from sync.ledger.intents import IntentRecord, latest, unsettled
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter, Tally

log = logging.getLogger(__name__)

_PAGE = 100
_FIRST_PAUSE_S = 30
_LONGEST_PAUSE_S = 3600
_QUOTA_REASON = "Kuota email hari ini habis, dilanjutkan besok."


def settle_interrupted(counter: Counter) -> int:
    """After a crash: each intent that was being sent is asked after, before anything else is sent.

    Returns how many there were.
    """
    with counter.ledger.reading() as look:
        interrupted = look.intents.interrupted(counter.workflow.name)
    for record in interrupted:
        try:
            receipt = counter.channels[record.intent.channel].happened(record.intent)
        except CannotKnow as failure:
            _record(counter, record, failure)
        except Failure as failure:
            log.warning("%s: can't be asked now: %s", record.intent.reference, failure.detail)
        else:
            _record(
                counter, record, receipt or TryAgain("Pengiriman terputus dan diulang.", wait_s=0)
            )
    return len(interrupted)


def deliver(counter: Counter) -> Tally:
    """Sends what is due, the oldest first."""
    arrived = 0
    tried: set[int] = set()
    while True:
        with counter.ledger.reading() as look:
            due = look.intents.due(counter.workflow.name, counter.clock(), limit=_PAGE)
        fresh = [record for record in due if record.intent.id not in tried]
        if not fresh:
            return Tally(len(tried), arrived)
        for record in fresh:
            if counter.stop.is_set():
                return Tally(len(tried), arrived)
            tried.add(record.intent.id)
            arrived += _deliver_one(counter, record)


def _deliver_one(counter: Counter, record: IntentRecord) -> bool:
    channel = counter.channels.get(record.intent.channel)
    if channel is None:
        _record(counter, record, TryAgain(f"Saluran {record.intent.channel} belum tersedia."))
        return False
    if record.intent.channel == "email" and _quota_used_up(counter):
        _queue(counter, record)
        return False
    try:
        message = _message(counter, record)
    except Failure as failure:
        _record(counter, record, failure)
        return False
    except (Mendable, OSError, ValueError) as error:
        log.warning("%s: no message: %s", record.intent.reference, type(error).__name__)
        _record(
            counter,
            record,
            TryAgain("Pesan belum dapat disusun; periksa templat pesan dan folder data."),
        )
        return False
    intent = record.intent
    try:
        key = intent.key or channel.plan(
            reference=intent.reference, kind=intent.kind, attempt=record.series
        )
    except Failure as failure:
        _record(counter, record, failure)
        return False
    with counter.ledger.begin() as tx:
        record = tx.intents.claim(record, counter.clock(), key=key)
    outcome: Receipt | Failure
    try:
        outcome = channel.send(record.intent, message)
    except Failure as failure:
        outcome = failure
    except Exception:  # a mistake of ours, perhaps after it went: nobody knows
        log.exception("%s: %s broke", record.intent.reference, channel.name)
        outcome = CannotKnow("Pengiriman terhenti oleh kesalahan program.")
    _record(counter, record, outcome)
    return isinstance(outcome, Receipt)


def _record(counter: Counter, record: IntentRecord, outcome: Receipt | Failure) -> None:
    at = counter.clock()
    event, detail = "sent", {"channel": record.intent.channel, "kind": record.intent.kind.value}
    with counter.ledger.begin() as tx:
        match outcome:
            case Receipt():
                tx.intents.settle(record, outcome, at)
            case TryAgain() if not _budget_used_up(counter, record, at):
                tx.intents.postpone(
                    record, at + _pause(record, outcome), outcome.reason, tried_at=at
                )
                event = "postponed"
            case TryAgain() | Never():
                tx.intents.give_up(record, IntentState.FAILED, outcome.reason, at)
                event = "failed"
            case _:
                tx.intents.give_up(record, IntentState.UNCERTAIN, outcome.reason, at)
                event = "unknown"
        if isinstance(outcome, Failure):
            log.warning(
                "%s: %s %s: %s",
                record.intent.reference,
                record.intent.channel,
                event,
                outcome.detail,
            )
        tx.applications.record(record.intent.application_id, at, f"delivery_{event}", detail)
        _conclude(tx, record, at)


def _conclude(tx: Transaction, record: IntentRecord, at: datetime) -> None:
    """What the outcome means for the application and for what its row says."""
    application = tx.applications.get(record.intent.application_id)
    records = tx.intents.of(application.id)
    if record.intent.kind is not Kind.LETTER:
        _tell_about_notice(tx, application, records, record, at)
        return
    if application.state is not State.DELIVERING:
        return
    letters = list(latest(records, Kind.LETTER).values())
    link = next((letter.link for letter in letters if letter.link), application.link)
    waiting = unsettled(letters)
    troubled = [letter for letter in letters if letter.reason]
    number = application.letter_number
    if waiting:
        queued = any(letter.reason == _QUOTA_REASON for letter in waiting)
        told = f"Surat nomor {number} sedang dikirim."
        if queued:
            told = _QUOTA_REASON
        elif troubled:
            told += f" {troubled[0].reason} Dicoba lagi."
        tx.applications.change(application, at=at, link=link, note=told, queued=queued)
        return
    by_state = {letter.intent.state: letter for letter in letters}
    if IntentState.UNCERTAIN in by_state:
        reason = by_state[IntentState.UNCERTAIN].reason
        _end(tx, application, State.UNCERTAIN, f"{reason} {UNCERTAIN_CHOICE}", link, at)
    elif IntentState.FAILED in by_state:
        reason = by_state[IntentState.FAILED].reason
        _end(
            tx,
            application,
            State.FAILED,
            f"{reason} Sesudah diperbaiki, pilih Kirim ulang.",
            link,
            at,
        )
    else:
        ways = {"email": "ke email pemohon", "drive": "ke Drive pemohon"}
        sent = " dan ".join(
            ways.get(letter.intent.channel, letter.intent.channel) for letter in letters
        )
        _end(
            tx,
            application,
            State.DELIVERED,
            f"Surat nomor {number} sudah dikirim {sent}.",
            link,
            at,
        )


def _end(
    tx: Transaction, application: Application, state: State, note: str, link: str, at: datetime
) -> None:
    tx.applications.change(
        application, at=at, states=(state,), event=state.value, note=note, link=link, queued=False
    )


def _tell_about_notice(
    tx: Transaction,
    application: Application,
    records: list[IntentRecord],
    record: IntentRecord,
    at: datetime,
) -> None:
    """A notice that did not arrive changes no state, but the officer must know of it."""
    now = next(r for r in records if r.intent.id == record.intent.id)
    failed = now.intent.state in (IntentState.FAILED, IntentState.UNCERTAIN)
    said = f" Pemberitahuan kepada pemohon belum pasti terkirim: {now.reason}"
    if failed and said not in application.note:
        tx.applications.change(application, at=at, note=application.note + said)


def _message(counter: Counter, record: IntentRecord) -> Message:
    with counter.ledger.reading() as look:
        application = look.applications.get(record.intent.application_id)
        document = look.documents.of(application.id)
    letter = None
    if record.intent.kind is Kind.LETTER and document is not None:
        letter = _letter_file(counter, document)
    link = counter.mending_link(application.reference) if record.intent.kind is Kind.MEND else ""
    context: dict[str, Any] = {
        "nama": application.name,
        "referensi": application.reference,
        "judul_layanan": counter.workflow.title,
        "kantor": counter.office,
        "nomor": application.letter_number,
        "masalah": record.facts.get("problems", []),
        "catatan": record.facts.get("officer_note", ""),
        "tautan_perbaikan": link,
    }
    kind = record.intent.kind
    subject, text, html = counter.messages.compose(
        kind, context, template=counter.workflow.messages.get(kind.value, "")
    )
    return Message(subject, text, html, folder=counter.workflow.title, letter=letter)


def _letter_file(counter: Counter, document: Document) -> LetterFile:
    """Raises ValueError when the bytes on disk are no longer those that were approved."""
    pdf = (counter.data / document.path).read_bytes()
    if hashlib.sha256(pdf).hexdigest() != document.sha256:
        raise ValueError(f"{document.path} was changed")
    return LetterFile(document.number, document.file_name, pdf, document.sha256)


def _budget_used_up(counter: Counter, record: IntentRecord, at: datetime) -> bool:
    budget = timedelta(hours=counter.settings.worker.retry_for_hours)
    return record.first_tried_at is not None and at - record.first_tried_at >= budget


def _pause(record: IntentRecord, failure: TryAgain) -> timedelta:
    if failure.wait_s is not None:
        return timedelta(seconds=failure.wait_s)
    return timedelta(
        seconds=min(_FIRST_PAUSE_S * 2 ** min(record.intent.attempts, 10), _LONGEST_PAUSE_S)
    )


def _quota_used_up(counter: Counter) -> bool:
    """Mail providers count over a rolling day (Gmail's sending limits)."""
    with counter.ledger.reading() as look:
        sent = look.intents.sent_since("email", counter.clock() - timedelta(days=1))
    return sent >= counter.settings.mail.per_day


def _queue(counter: Counter, record: IntentRecord) -> None:
    """Waits an hour for quota; the retry budget is not used up by waiting for it."""
    at = counter.clock()
    with counter.ledger.begin() as tx:
        tx.intents.postpone(record, at + timedelta(hours=1), _QUOTA_REASON)
        application = tx.applications.get(record.intent.application_id)
        if application.state is State.DELIVERING:
            tx.applications.change(application, at=at, note=_QUOTA_REASON, queued=True)
