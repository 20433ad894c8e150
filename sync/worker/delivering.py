"""Delivery intents → receipts. The intent is committed before the side effect, the outcome after it.

Three outcomes besides a receipt: try again (with a growing pause, for 48 hours), never, cannot know. One that
cannot be known is never sent again silently: the row becomes "Perlu dicek" and an officer chooses.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sync.core.application import Application
from sync.core.chat import Arrival, Report, news_of, trouble_of, with_news
from sync.core.delivery import CHAT_CHANNELS, IntentState, Kind, LetterFile, Message, quota_reason
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Failure, Never, QuotaUsedUp, Receipt, TryAgain
from sync.core.phones import read_phone
from sync.core.projection import moment_text
from sync.core.review import UNCERTAIN_CHOICE, resend_hint
from sync.core.states import State
from sync.core.whatsapp_link import office_link
from sync.ledger.applications import Overtaken
from sync.ledger.documents import Document
from sync.ledger.intents import LONGEST_PAUSE, IntentRecord, latest, unsettled
from sync.ledger.ledger import Transaction
from sync.ledger.trouble import LedgerTrouble
from sync.worker.counter import Counter, Tally
from sync.worker.notices import attachment
from sync.worker.officer_files import sent_as
from sync.worker.queueing import closed_until, queue, queue_note, room
from sync.worker.steps import plan_letter
from sync.worker.turn import Turn
from sync.worker.ways import plan_notice

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 30
_FEWEST_ATTEMPTS = 5
_LEAVE_ALONE_AFTER = 3


def settle_interrupted(counter: Counter) -> int:
    """After a crash: each intent that was being sent is asked after, before anything else is sent.

    Returns how many there were.
    """
    at = counter.clock()
    interrupted = counter.share.interrupted(counter.ledger, counter.workflow.name, at)
    for record in interrupted:
        channel = counter.channels.get(record.intent.channel)
        try:
            if channel is None:
                raise CannotKnow(
                    "Saluran ini tidak lagi dipakai; tidak diketahui apakah surat sampai."
                )
            receipt = channel.happened(record.intent)
        except TryAgain as failure:
            if _budget_used_up(counter, record, at):
                _record(counter, record, CannotKnow(failure.reason, detail=failure.detail))
            else:
                _ask_later(counter, record, failure, at)
        except Failure as failure:  # nobody will tell us: an officer has to look
            _record(counter, record, CannotKnow(failure.reason, detail=failure.detail))
        except Exception:
            log.exception("%s: asking %s broke", record.intent.reference, record.intent.channel)
            _record(counter, record, CannotKnow("Tidak diketahui apakah surat sampai."))
        else:
            if receipt is not None:
                _record(counter, record, receipt)
                continue
            with counter.ledger.begin() as tx:  # it certainly did not happen: it is due at once
                tx.intents.postpone(record, at, "")
    return len(interrupted)


def _ask_later(counter: Counter, record: IntentRecord, failure: TryAgain, at: datetime) -> None:
    with counter.ledger.begin() as tx:
        tx.intents.ask_later(record, at + _pause(record, failure), failure.reason)
        _conclude(counter, tx, record, at)


class _Unwritten(TryAgain):
    """There is no message to send: its template, the letter's file or a setting has to be mended first."""


def _unwritten(error: Exception) -> _Unwritten:
    if isinstance(error, Mendable):
        told = error.problems[0]
        return _Unwritten(f"Pesan belum dapat disusun: {told.where}: {told.found}.")
    return _Unwritten("Pesan belum dapat disusun; periksa templat pesan dan folder data.")


class Sending:
    """One cycle's sending, in one go or in several. What a channel refused once is not tried again in this cycle."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._tried = self._arrived = 0
        self._closed: set[str] = set()
        self._troubles: dict[str, str] = {}
        self._more = False
        # A channel that was away is tried once in a cycle until something arrives again.
        counter.away = {name: min(n, _LEAVE_ALONE_AFTER - 1) for name, n in counter.away.items()}
        self._left = {channel: room(counter, channel) for channel in counter.channels}

    @property
    def tally(self) -> Tally:
        return Tally(self._tried, self._arrived, " ".join(self._troubles.values()), self._more)

    @property
    def flows(self) -> bool:
        """Nothing waits but what is due: no channel is closed or in trouble."""
        return not (self._closed or self._troubles)

    def go_on(self, turn: Turn) -> None:
        """Sends what is due by now, the oldest first, and what is planned when a letter has arrived."""
        counter = self._counter
        self._more = False
        for channel in counter.channels:
            until = closed_until(counter, channel)
            if until or self._left[channel] <= 0:
                self._tried += queue(counter, channel, until)
                self._closed.add(channel)
        arrived = -1
        while arrived != self._arrived:
            arrived, last = self._arrived, (-1, 0, 0)
            while due := counter.share.due(
                counter.ledger, counter.workflow.name, counter.clock(), last
            ):
                for record in due:
                    if turn.over():
                        self._more = True
                        return
                    last = (record.intent.attempts, record.intent.application_id, record.intent.id)
                    self._send(record)

    def _send(self, record: IntentRecord) -> None:
        counter, channel = self._counter, record.intent.channel
        if self._left.get(channel, 1) <= 0 and channel not in self._closed:
            self._tried += queue(counter, channel)
            self._closed.add(channel)
        if channel in self._closed or channel in self._troubles:
            return  # a server that is away must not hold up all the rest
        self._tried += 1
        try:
            outcome = _deliver_one(counter, record)
        except Overtaken as error:
            log.info("%s: another worker has it: %s", record.intent.reference, error)
            return
        if isinstance(outcome, _Unwritten):  # says nothing about the channel
            self._troubles["pesan"] = outcome.reason
            return
        self._arrived += isinstance(outcome, Receipt)
        if isinstance(outcome, Receipt | CannotKnow):
            self._left[channel] -= 1
        if isinstance(outcome, QuotaUsedUp):
            queue(counter, channel)
            self._closed.add(channel)
            return
        failed = isinstance(outcome, TryAgain)
        counter.away[channel] = counter.away.get(channel, 0) + 1 if failed else 0
        if isinstance(outcome, TryAgain) and counter.away[channel] >= _LEAVE_ALONE_AFTER:
            self._troubles[channel] = outcome.reason


def _deliver_one(counter: Counter, record: IntentRecord) -> Receipt | Failure | None:
    """What came of it; None when it was not tried at all, or could not be for reasons of its own."""
    channel = counter.channels.get(record.intent.channel)
    letter = record.intent.kind is Kind.LETTER
    if channel is None or (letter and channel.name not in counter.workflow.deliver):
        _drop(counter, record)
        return None
    try:
        message = _message(counter, record)
    except Failure as failure:
        _record(counter, record, failure)
        return failure
    except (
        Exception
    ) as error:  # nothing has left: a template, the letter's file, a setting is wrong
        log.warning("%s: no message: %s", record.intent.reference, type(error).__name__)
        unwritten = _unwritten(error)
        _record(counter, record, unwritten)
        return unwritten
    intent = record.intent
    try:
        key = intent.key or channel.plan(
            reference=intent.reference, kind=intent.kind, attempt=record.series
        )
    except Failure as failure:
        _record(counter, record, failure)
        return failure
    except Exception:
        log.exception("%s: %s could not plan", intent.reference, channel.name)
        _record(counter, record, TryAgain("Pengiriman belum dapat disiapkan."))
        return None
    with counter.ledger.begin() as tx:
        record = tx.intents.claim(record, counter.clock(), key=key)
        counter.share.sends(tx, record, counter.clock())
    outcome: Receipt | Failure
    try:
        outcome = channel.send(record.intent, message)
    except Failure as failure:
        outcome = failure
    except LedgerTrouble:  # it stays SENDING, and is asked after
        raise
    except Exception:  # a mistake of ours, perhaps after it went: nobody knows
        log.exception("%s: %s broke", record.intent.reference, channel.name)
        outcome = CannotKnow("Pengiriman terhenti oleh kesalahan program.")
    _record(counter, record, outcome)
    return outcome


def _drop(counter: Counter, record: IntentRecord) -> None:
    """The office no longer delivers this way: the letter goes the ways of today."""
    at = counter.clock()
    with counter.ledger.begin() as tx:
        tx.intents.give_up(record, IntentState.DROPPED, "saluran tidak lagi dipakai", at)
        if record.intent.kind is Kind.LETTER:
            plan_letter(counter, tx, tx.applications.get(record.intent.application_id), at)
        _conclude(counter, tx, record, at)


def _record(counter: Counter, record: IntentRecord, outcome: Receipt | Failure) -> None:
    at = counter.clock()
    event, detail = "sent", {"channel": record.intent.channel, "kind": record.intent.kind.value}
    with counter.ledger.begin() as tx:
        match outcome:
            case Receipt():
                tx.intents.settle(record, outcome, at)
            case QuotaUsedUp():
                tx.intents.back_in_line(record, at, quota_reason(record.intent.channel))
                event = "postponed"
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
        _conclude(counter, tx, record, at)


def _conclude(counter: Counter, tx: Transaction, record: IntentRecord, at: datetime) -> None:
    """What the outcome means for the application and for what its row says."""
    application = tx.applications.get(record.intent.application_id)
    records = tx.intents.of(application.id)
    if record.intent.kind is not Kind.LETTER:
        _tell_about_notice(counter, tx, application, records, record, at)
        return
    if application.state is not State.DELIVERING:
        return
    dropped = IntentState.DROPPED
    letters = [
        one for one in latest(records, Kind.LETTER).values() if one.intent.state is not dropped
    ]
    link = next((letter.link for letter in letters if letter.link), application.link)
    waiting = unsettled(letters)
    troubled = [letter for letter in waiting if letter.reason]
    letter = sent_as(tx, application)
    if waiting:
        queues = {quota_reason(letter.intent.channel) for letter in waiting}
        queued = [letter.reason for letter in waiting if letter.reason in queues]
        told = f"{letter} sedang dikirim."
        if queued:
            told = queue_note(queued[0], application)
        elif troubled:
            reason = troubled[0].reason
            told += f" {reason}" if "Dicoba lagi" in reason else f" {reason} Dicoba lagi."
        tx.applications.change(application, at=at, link=link, note=told, queued=bool(queued))
        return
    states = {letter.intent.state for letter in letters}
    reason = " ".join(dict.fromkeys(letter.reason for letter in letters if letter.reason))
    if IntentState.UNCERTAIN in states:
        said = f"{letter} mungkin sudah dikirim. {reason} {UNCERTAIN_CHOICE}"
        _end(tx, application, State.UNCERTAIN, said, link, at)
    elif IntentState.FAILED in states:
        said = f"{letter} belum dikirim. {reason} {resend_hint(application)}"
        _end(tx, application, State.FAILED, said, link, at)
    else:
        ways = {"email": "ke email pemohon", "drive": "ke Drive pemohon"}
        sent = " dan ".join(
            ways.get(letter.intent.channel, letter.intent.channel) for letter in letters
        )
        _end(
            tx,
            application,
            State.DELIVERED,
            f"{letter} sudah dikirim {sent}.",
            link,
            at,
        )
        plan_notice(counter, tx, application, Kind.READY, at)


def _end(
    tx: Transaction, application: Application, state: State, note: str, link: str, at: datetime
) -> None:
    tx.applications.change(
        application, at=at, states=(state,), event=state.value, note=note, link=link, queued=False
    )


def _tell_about_notice(
    counter: Counter,
    tx: Transaction,
    application: Application,
    records: list[IntentRecord],
    record: IntentRecord,
    at: datetime,
) -> None:
    """A notice that did not arrive changes no state, but the officer must know of it."""
    now = next(r for r in records if r.intent.id == record.intent.id)
    note, said = application.note, trouble_of(now.intent.channel, now.intent.state, now.reason)
    if said and said not in note:
        note += said
    elif now.intent.state is IntentState.DELIVERED and now.intent.channel in CHAT_CHANNELS:
        sent = Report(now.intent.channel, now.intent.key, Arrival.SENT, at)
        news = news_of(sent, moment_text(at, counter.timezone))
        note = with_news(note, sent.channel, news)
    if note != application.note:
        tx.applications.change(application, at=at, note=note)


def _message(counter: Counter, record: IntentRecord) -> Message:
    letter: LetterFile | None = None
    with counter.ledger.reading() as look:
        application = look.applications.get(record.intent.application_id)
        if record.intent.kind is Kind.LETTER:
            letter = _letter_file(look, counter.data, look.documents.of(application.id))
    if record.intent.kind is not Kind.LETTER:
        letter = attachment(counter, application, record)
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
        "tautan_whatsapp": office_link(_office_number(counter), application.reference),
    }
    kind, channel = record.intent.kind, record.intent.channel
    if channel in CHAT_CHANNELS:
        text = counter.messages.compose_chat(channel, kind, context)
        return Message("", text, "", folder="")
    subject, text, html = counter.messages.compose(
        kind, context, template=counter.workflow.messages.get(kind.value, "")
    )
    return Message(subject, text, html, folder=counter.workflow.title, letter=letter)


def _office_number(counter: Counter) -> str:
    """E.164, or "": the settings were checked when they were read."""
    written = counter.settings.whatsapp.office_number
    return read_phone(written) if written else ""


def _letter_file(look: Transaction, data: Path, document: Document | None) -> LetterFile:
    """Raises ValueError when there is no letter, or its bytes are no longer those that were approved."""
    if document is None:
        raise ValueError("there is no letter")
    pdf = look.documents.bytes_of(document, data)
    return LetterFile(document.number, document.file_name, pdf, document.sha256)


def _budget_used_up(counter: Counter, record: IntentRecord, at: datetime) -> bool:
    """The hours are over, and they were used: a PC that was off over the weekend did not try."""
    budget = timedelta(hours=counter.settings.worker.retry_for_hours)
    enough = record.intent.attempts >= _FEWEST_ATTEMPTS
    return enough and record.first_tried_at is not None and at - record.first_tried_at >= budget


def _pause(record: IntentRecord, failure: TryAgain) -> timedelta:
    longest_s = LONGEST_PAUSE.total_seconds()
    growing_s = _FIRST_PAUSE_S * 2 ** min(record.intent.attempts, 10)
    return timedelta(seconds=min(max(growing_s, failure.wait_s or 0.0), longest_s))
