"""What became of messages by WhatsApp and SMS → intents and the row's note.

Meta's webhook leaves reports in the ledger; a phone that sends SMS is asked, at most every few minutes. A report settles
what nobody could know when the answer was lost, and a message that did not arrive after all is told to the officer.
"""

import logging
from datetime import timedelta

from sync.core.chat import Arrival, Report, best, news_of, trouble_of, with_news
from sync.core.delivery import CHAT_CHANNELS, IntentState
from sync.core.outcomes import Failure, Receipt
from sync.core.projection import moment_text
from sync.ledger.intents import IntentRecord
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter

log = logging.getLogger(__name__)

_ASK_EVERY = timedelta(minutes=5)
_ASK_FOR = timedelta(hours=24)
_PAGE = 200
_ARRIVED = (Arrival.SENT, Arrival.DELIVERED, Arrival.READ)


def take_reports(counter: Counter) -> int:
    """Returns how many there were; where the workflow uses neither channel nothing is asked."""
    if not CHAT_CHANNELS.keys() & counter.channels.keys():
        return 0
    _ask(counter)
    with counter.ledger.reading() as look:
        untaken = look.chat.untaken(counter.workflow.name, limit=_PAGE)
    for application_id, report in untaken:
        with counter.ledger.begin() as tx:
            _take(counter, tx, application_id, report)
    return len(untaken)


def _ask(counter: Counter) -> None:
    """Of the channels that can be asked how far a message came: those that were sent lately, and have not arrived yet."""
    at = counter.clock()
    if counter.asked_at is not None and timedelta(0) <= at - counter.asked_at < _ASK_EVERY:
        return
    counter.asked_at = at
    for channel in counter.channels.values():
        arrival = getattr(channel, "arrival", None)
        if arrival is None:
            continue
        with counter.ledger.reading() as look:
            open_ones = look.chat.unreported(
                counter.workflow.name, channel.name, at - _ASK_FOR, limit=_PAGE
            )
        for intent in open_ones:
            try:
                found = arrival(intent)
            except Failure as failure:
                log.warning("%s: not asked: %s", channel.name, failure.detail)
                break
            if found is not None:
                with counter.ledger.begin() as tx:
                    tx.chat.report(Report(channel.name, intent.key, found[0], at, found[1]))


def _take(counter: Counter, tx: Transaction, application_id: int, report: Report) -> None:
    tx.chat.take([report])
    now = best(tx.chat.of(report.channel, report.key))
    of_channel = [
        record
        for record in tx.intents.of(application_id)
        if record.intent.channel == report.channel
    ]
    record = next((one for one in of_channel if one.intent.key == report.key), None)
    application = tx.applications.get(application_id)
    if now is None or record is None or application.erased_at is not None:
        return
    _settle(counter, tx, record, now)
    note, trouble, latest = application.note, _trouble(record), of_channel[-1]
    if record is latest:  # the row tells of the latest message, and nothing untrue of another
        news = news_of(now, moment_text(now.at, counter.timezone))
        note = with_news(note, report.channel, news, instead_of=trouble)
    elif trouble != _trouble(latest):
        note = note.replace(trouble, "")
    if note != application.note:
        tx.applications.change(application, at=counter.clock(), note=note)


def _trouble(record: IntentRecord) -> str:
    return trouble_of(record.intent.channel, record.intent.state, record.reason)


def _settle(counter: Counter, tx: Transaction, record: IntentRecord, now: Report) -> None:
    at, state = counter.clock(), record.intent.state
    unsettled = (IntentState.UNCERTAIN, IntentState.FAILED)
    if now.arrival in _ARRIVED and state in unsettled:
        tx.intents.settle(record, Receipt(record.intent.key), at)
    elif now.arrival is Arrival.FAILED and state in (IntentState.UNCERTAIN, IntentState.DELIVERED):
        tx.intents.give_up(record, IntentState.FAILED, now.reason, at)
