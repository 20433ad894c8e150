"""What came of a delivery: recorded with its intent, in the application's state, and in what its row says."""

import logging
from datetime import datetime, timedelta

from sync.core.application import Application
from sync.core.chat import Arrival, Report, news_of, trouble_of, with_news
from sync.core.delivery import CHAT_CHANNELS, IntentState, Kind, quota_reason
from sync.core.outcomes import Failure, Never, QuotaUsedUp, Receipt, TryAgain
from sync.core.projection import moment_text
from sync.core.review import UNCERTAIN_CHOICE, resend_hint
from sync.core.states import State
from sync.ledger.intents import LONGEST_PAUSE, IntentRecord, latest, unsettled
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.officer_files import sent_as
from sync.worker.queueing import queue_note
from sync.worker.ways import plan_notice

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 30
_FEWEST_ATTEMPTS = 5
_NO_WAY = "Layanan ini tidak mengirim surat lewat email atau Drive."


def settle(
    counter: Counter, tx: Transaction, record: IntentRecord, outcome: Receipt | Failure
) -> None:
    at = counter.clock()
    event, detail = "sent", {"channel": record.intent.channel, "kind": record.intent.kind.value}
    match outcome:
        case Receipt():
            tx.intents.settle(record, outcome, at)
        case QuotaUsedUp():
            tx.intents.back_in_line(record, at, quota_reason(record.intent.channel))
            event = "postponed"
        case TryAgain() if not budget_used_up(counter, record, at):
            tx.intents.postpone(record, at + pause(record, outcome), outcome.reason, tried_at=at)
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
    conclude(counter, tx, record, at)


def settle_now(counter: Counter, record: IntentRecord, outcome: Receipt | Failure) -> None:
    """In a commit of its own."""
    with counter.ledger.begin() as tx:
        settle(counter, tx, record, outcome)


def conclude(counter: Counter, tx: Transaction, record: IntentRecord, at: datetime) -> None:
    """What the outcome means for the application and for what its row says.

    Whoever settles another of its messages at the same moment waits before this look, and sees then what came of this one.
    """
    application = tx.applications.hold(record.intent.application_id)
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
    if not letters:
        reason = _NO_WAY
    if IntentState.UNCERTAIN in states:
        said = f"{letter} mungkin sudah dikirim. {reason} {UNCERTAIN_CHOICE}"
        _end(tx, application, State.UNCERTAIN, said, link, at)
    elif IntentState.FAILED in states or not letters:
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


def budget_used_up(counter: Counter, record: IntentRecord, at: datetime) -> bool:
    """The hours are over, and they were used: a PC that was off over the weekend did not try."""
    budget = timedelta(hours=counter.settings.worker.retry_for_hours)
    enough = record.intent.attempts >= _FEWEST_ATTEMPTS
    return enough and record.first_tried_at is not None and at - record.first_tried_at >= budget


def pause(record: IntentRecord, failure: TryAgain) -> timedelta:
    longest_s = LONGEST_PAUSE.total_seconds()
    growing_s = _FIRST_PAUSE_S * 2 ** min(record.intent.attempts, 10)
    return timedelta(seconds=min(max(growing_s, failure.wait_s or 0.0), longest_s))
