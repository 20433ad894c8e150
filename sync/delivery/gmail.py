"""Deliver by email through the office's Gmail account: an empty draft first, then its content, then off.

The key is the draft's id. A draft that is still there was not sent; one that is gone was, if the message is among
those sent. A draft that somebody threw away leaves an application "Perlu dicek", never a silent second letter. What is
planned again before it was sent gets the draft it got before.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Protocol

from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import CannotKnow, Never, Receipt
from sync.delivery.email_message import OWN_ID, POLICY, build_email, domain_of, message_id
from sync.delivery.smtp import BAD_ADDRESS, sender_of

GONE = "Draf surat di Gmail sudah tidak ada; tidak diketahui apakah surat terkirim."


class Mailbox(Protocol):
    """What this channel needs of Gmail."""

    def create_draft(self, message: bytes) -> str: ...
    def update_draft(self, draft_id: str, message: bytes) -> bool: ...
    def has_draft(self, draft_id: str) -> bool: ...
    def send_draft(self, draft_id: str) -> str | None: ...
    def find_sent(self, *, to: str, header: str, value: str) -> str | None: ...


class GmailChannel:
    name = "email"
    repeatable = False

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        sender: str,
        sender_name: str,
        reply_to: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._mailbox = mailbox
        self._sender = sender_of(sender)
        self._sender_name, self._reply_to = sender_name, reply_to
        self._clock = clock
        self._unused: dict[tuple[str, Kind], tuple[int, str]] = {}

    def plan(self, *, reference: str, kind: Kind, attempt: int) -> str:
        for_attempt, draft = self._unused.get((reference, kind), (0, ""))
        if draft and for_attempt == attempt and self._mailbox.has_draft(draft):
            return draft
        empty = EmailMessage(policy=POLICY)
        empty["Subject"] = f"{reference}: sedang disiapkan oleh Loket, jangan dihapus"
        draft = self._mailbox.create_draft(empty.as_bytes())
        self._unused[reference, kind] = attempt, draft
        return draft

    def send(self, intent: Intent, message: Message) -> Receipt:
        self._unused.pop((intent.reference, intent.kind), None)
        try:
            email = build_email(
                message,
                to=intent.address,
                sender=self._sender,
                sender_name=self._sender_name,
                message_id=self._message_id(intent),
                at=self._clock(),
                reply_to=self._reply_to,
            )
        except ValueError as error:
            raise Never(BAD_ADDRESS, detail="address cannot be used") from error
        if not self._mailbox.update_draft(intent.key, email.as_bytes()):
            return self._sent_before(intent)
        sent_id = self._mailbox.send_draft(intent.key)
        # The draft was there a moment ago: it is gone because it went, and its answer was lost.
        return Receipt(sent_id or intent.key)

    def happened(self, intent: Intent) -> Receipt | None:
        if self._mailbox.has_draft(intent.key):
            return None
        return self._sent_before(intent)

    def _sent_before(self, intent: Intent) -> Receipt:
        sent_id = self._mailbox.find_sent(
            to=intent.address, header=OWN_ID, value=self._message_id(intent)
        )
        if sent_id is None:
            raise CannotKnow(GONE, detail=f"draft {intent.key} is gone and not among the sent")
        return Receipt(sent_id)

    def _message_id(self, intent: Intent) -> str:
        # The draft's id tells one attempt from another.
        return message_id(
            reference=f"{intent.reference}-{intent.key}",
            kind=intent.kind,
            attempt=1,
            domain=domain_of(self._sender),
        )
