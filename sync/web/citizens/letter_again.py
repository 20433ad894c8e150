"""The letter once more: a one-time link, mailed to the applicant's own address by the worker, and the very PDF behind it.

The link's token is made when its mail is, and is nowhere but in that mail; the ledger has its SHA-256.
"""

import logging
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sync.core.delivery import Kind, LetterFile
from sync.ledger.documents import Document
from sync.ledger.intents import Plan, unsettled
from sync.ledger.ledger import Ledger, Transaction
from sync.web.citizens.status import AGAIN_FROM

log = logging.getLogger(__name__)

USABLE_FOR = timedelta(minutes=30)
MOST_A_DAY = 3
_DAY = timedelta(days=1)
CHANNEL = "email"


def ask(ledger: Ledger, application_id: int, at: datetime, *, per_address: int) -> None:
    """Plans the mail, where there is a letter and an address, and not too many were asked for: `per_address` notices a day,
    0: as many as there are. Whoever asks learns nothing of that. Raises LedgerTrouble."""
    with ledger.begin() as tx:
        application = tx.applications.many([application_id]).get(application_id)
        if application is None or not application.email or _letter(tx, application_id) is None:
            return
        records = tx.intents.of(application_id)
        waiting = unsettled(records)
        asked = tx.citizens.links_asked(application_id, at - _DAY)
        told = tx.intents.told_since(application.email, at - _DAY, limit=per_address or 1)
        if (
            asked >= MOST_A_DAY
            or (per_address and told >= per_address)
            or any(record.intent.kind is Kind.LINK for record in waiting)
        ):
            return
        before = [record.series for record in records if record.intent.kind is Kind.LINK]
        series = max(before, default=0) + 1
        tx.intents.plan(
            Plan(application_id, Kind.LINK, CHANNEL, application.email, at, series=series)
        )
        tx.applications.record(application_id, at, "link_asked")


def make_token(ledger: Ledger, reference: str, at: datetime) -> str:
    """A new link's token for the letter of an application. Raises LedgerTrouble."""
    token = secrets.token_urlsafe(32)
    with ledger.begin() as tx:
        seen = tx.citizens.find(reference)
        if seen is None:
            raise ValueError("no application has this reference")
        tx.citizens.keep_link(token, seen.id, at, at + USABLE_FOR)
    return token


def is_usable(ledger: Ledger, token: str, at: datetime) -> bool:
    """Asked as often as one likes: a mail program that looks into links uses none up."""
    with ledger.reading() as look:
        return look.citizens.linked(token, at) is not None


def take(ledger: Ledger, data: Path, token: str, at: datetime) -> LetterFile | None:
    """The letter, once; None when the link is unknown, used or too old, or the letter no longer stands.

    Raises FileNotFoundError when its bytes are not on this machine; the link can then still be used.
    """
    with ledger.reading() as look:
        application_id = look.citizens.linked(token, at)
        document = _letter(look, application_id) if application_id is not None else None
        letter = _read(look, data, document) if document else None
    if application_id is None or letter is None:
        return None
    with ledger.begin() as tx:
        if not tx.citizens.use_link(token, at):
            return None
        tx.applications.record(application_id, at, "letter_taken")
    return letter


def _letter(look: Transaction, application_id: int) -> Document | None:
    """None where there is none, or it does not stand any more."""
    seen = look.citizens.get(application_id)
    if seen is None or seen.state not in AGAIN_FROM or seen.withdrawn:
        return None
    return look.documents.of(application_id)


def _read(look: Transaction, data: Path, document: Document) -> LetterFile:
    try:
        pdf = look.documents.bytes_of(document, data)
    except ValueError as error:
        log.error("the letter of application %s: %s", document.application_id, error)
        raise FileNotFoundError(document.application_id) from error
    return LetterFile(document.number, document.file_name, pdf, document.sha256)
