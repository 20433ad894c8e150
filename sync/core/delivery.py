"""What is handed to a delivery channel: an intent committed beforehand, the message, the letter.

The channels themselves are in delivery/, one a file; the intents are kept by the ledger.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sync.core.outcomes import Receipt


class Kind(StrEnum):
    """Why something is sent. The value is also the name of the template in templates/messages/."""

    LETTER = "letter"
    RECEIVED = "received"
    DELAYED = "delayed"
    MEND = "mend"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    LINK = "link"  # the letter again: a one-time link, asked for by the applicant
    READY = "ready"  # by WhatsApp and SMS: the letter went out by another way


EMAIL_KINDS = tuple(kind for kind in Kind if kind is not Kind.READY)
CHAT_KINDS = tuple(kind for kind in Kind if kind not in (Kind.LETTER, Kind.LINK))
CHAT_CHANNELS = {"whatsapp": "WhatsApp", "sms": "SMS"}
"""The channels that tell and carry no letter, and what people call them."""


class IntentState(StrEnum):
    PLANNED = "planned"  # committed; nothing has left this machine
    SENDING = "sending"  # committed just before the side effect: after a crash, `happened` is asked
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    DROPPED = "dropped"  # overtaken before it was sent (the application was mended or cancelled)


def quota_reason(channel: str) -> str:
    """Why an intent waits in the channel's queue, for the officer."""
    name = {"email": "email", "drive": "Google Drive", **CHAT_CHANNELS}.get(channel, channel)
    return f"Kuota {name} hari ini habis, dilanjutkan besok."


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to send to one applicant over one channel, exactly once.

    `key` is committed before the side effect and never changes: the Message-ID, the Drive file id, the draft id.
    It is "" until the first attempt.
    """

    id: int
    application_id: int
    reference: str
    workflow: str
    kind: Kind
    channel: str
    key: str
    address: str
    state: IntentState = IntentState.PLANNED
    attempts: int = 0

    @classmethod
    def of_office(
        cls,
        reference: str,
        kind: Kind,
        channel: str,
        key: str,
        address: str,
        state: IntentState = IntentState.PLANNED,
        attempts: int = 0,
    ) -> "Intent":
        """In a channel's own way of sending, but no application's: the ledger's intents have none like it."""
        return cls(0, 0, reference, "", kind, channel, key, address, state, attempts)


@dataclass(frozen=True, slots=True)
class LetterFile:
    """The letter as it lies on disk: sent byte for byte, also the second time."""

    number: str
    file_name: str
    pdf: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Message:
    """What the applicant reads. `folder` is the name of the service's folder, for channels that file letters.

    By WhatsApp each line of `text` is a parameter of the approved template; subject and html are for email alone."""

    subject: str
    text: str
    html: str
    folder: str
    letter: LetterFile | None = None


class Channel(Protocol):
    """One way to an applicant. The same contract suite runs against every channel."""

    name: str
    repeatable: bool  # sending twice with one key has the effect of sending once

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:
        """The key of a new intent; it may ask the other side for an id, and has no other effect."""
        ...

    def send(self, intent: Intent, message: Message) -> Receipt:
        """Raises TryAgain, Never or CannotKnow. Sending what was sent already gives its receipt again,
        where the other side can tell."""
        ...

    def happened(self, intent: Intent) -> Receipt | None:
        """Asked after a crash between SENDING and the outcome: its receipt, or None when it certainly did
        not happen. Raises CannotKnow where nobody can be asked."""
        ...
