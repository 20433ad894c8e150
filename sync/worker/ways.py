"""By which ways an applicant is told something: by email always, by WhatsApp and SMS where the workflow's `deliver` names
them, the applicant gave a number that wants messages, and the office tells such things that way.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sync.core.application import Application
from sync.core.delivery import CHAT_CHANNELS, Kind
from sync.core.settings import Settings
from sync.ledger.claims import Work
from sync.ledger.intents import Plan
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.flood import told_enough


def tells(settings: Settings, channel: str, kind: Kind) -> bool:
    """Whether the office tells such a thing by this chat channel."""
    if channel == "whatsapp":
        return bool(settings.whatsapp.templates.model_dump().get(kind.value))
    return kind.value in settings.sms.kinds


def ways(
    counter: Counter, tx: Transaction, application: Application, kind: Kind, at: datetime
) -> Iterator[tuple[str, str]]:
    """(channel, address), the email first."""
    if application.email and kind is not Kind.READY:
        yield "email", application.email
    chats = [
        channel
        for channel in counter.workflow.deliver
        if channel in CHAT_CHANNELS and tells(counter.settings, channel, kind)
    ]
    number = application.phone
    if not (chats and number) or tx.chat.stopped(number) or told_enough(counter, tx, number, at):
        return
    yield from ((channel, number) for channel in chats)


def plan_notice(
    counter: Counter,
    tx: Transaction,
    application: Application,
    kind: Kind,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Plans it for every way there is, as the next of its kind."""
    found = list(ways(counter, tx, application, kind, at))
    if not found:
        return
    tx.want(Work.SENDING, application.workflow)
    told = [r.series for r in tx.intents.of(application.id) if r.intent.kind is kind]
    for channel, address in found:
        tx.intents.plan(
            Plan(
                application_id=application.id,
                kind=kind,
                channel=channel,
                address=address,
                at=at,
                series=max(told, default=0) + 1,
                facts=facts or {},
            )
        )
