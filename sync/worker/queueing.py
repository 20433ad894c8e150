"""The mail quota of a day, and the queue of what it has no room for today.

First come, first served: while a channel's queue waits, nothing new overtakes it. Waiting uses up no retries, and the
row says "Antre kirim". Mail providers count over a rolling day (Gmail's sending limits), so the queue is looked at
again every hour.
"""

from datetime import datetime, timedelta

from sync.core.application import Application
from sync.core.delivery import quota_reason
from sync.core.officer_file import letter_words
from sync.core.settings import Settings
from sync.core.states import State
from sync.worker.counter import Counter

_NO_QUOTA = 1_000_000_000
_LOOK_AGAIN = timedelta(hours=1)
_APPLICATIONS_A_TRANSACTION = 200


def quotas(settings: Settings) -> dict[str, int]:
    """How many messages a day each channel takes, where that is limited."""
    return {
        "email": settings.mail.per_day,
        "whatsapp": settings.whatsapp.per_day,
        "sms": settings.sms.per_day,
    }


def room(counter: Counter, channel: str) -> int:
    """How much the channel's quota still has room for; below 0 when it was made smaller meanwhile."""
    per_day = quotas(counter.settings).get(channel)
    if per_day is None:
        return _NO_QUOTA
    with counter.ledger.reading() as look:
        return per_day - look.intents.sent_in_a_day(channel, counter.clock())


def closed_until(counter: Counter, channel: str) -> datetime | None:
    """When the channel's queue is looked at again; None where nothing waits."""
    with counter.ledger.reading() as look:
        return look.intents.queue_ends(channel, counter.clock())


def queue_note(reason: str, application: Application) -> str:
    """Names the letter: a recovery from the sheet alone finds its number there."""
    return f"{reason} {letter_words(application.letter_number)} belum dikirim."


def queue(counter: Counter, channel: str, until: datetime | None = None) -> int:
    """Puts all that is due over the channel into its queue. Returns how many letters are in it from now on only."""
    at = counter.clock()
    until = until or at + _LOOK_AGAIN
    queued = 0
    while True:
        with counter.ledger.begin() as tx:
            ids = tx.intents.queue(
                counter.workflow.name, channel, at, until, limit=_APPLICATIONS_A_TRANSACTION
            )
            for application in tx.applications.many(ids).values():
                if application.state is State.DELIVERING:
                    note = queue_note(quota_reason(channel), application)
                    tx.applications.change(application, at=at, note=note, queued=True)
                    queued += 1
        if len(ids) < _APPLICATIONS_A_TRANSACTION:
            return queued
