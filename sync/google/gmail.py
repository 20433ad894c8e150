"""Gmail: drafts, and whether a message is among those sent. The mailbox is that of the account that signs in.

A draft has an id before anything is sent, and is gone once it was sent: that is how a crash is answered. Never
sends a message that is not a draft.
"""

import base64
from functools import cached_property
from typing import Any

from sync.google.refusals import Refused
from sync.google.services import build_service
from sync.google.transport import Transport

_LOOKED_THROUGH = 25


class Gmail:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @cached_property
    def _users(self) -> Any:
        return build_service(self._transport, "gmail.v1").users()

    @cached_property
    def _drafts(self) -> Any:
        return self._users.drafts()

    @cached_property
    def _messages(self) -> Any:
        return self._users.messages()

    def create_draft(self, message: bytes) -> str:
        """The id of the new draft."""
        answer = self._drafts.create(userId="me", body=_body(message)).execute()
        return str(answer["id"])

    def update_draft(self, draft_id: str, message: bytes) -> bool:
        """Replaces what the draft says. False when there is no such draft (any more)."""
        try:
            self._drafts.update(userId="me", id=draft_id, body=_body(message)).execute()
        except Refused as refusal:
            return _gone(refusal)
        return True

    def has_draft(self, draft_id: str) -> bool:
        try:
            self._drafts.get(userId="me", id=draft_id, format="minimal").execute()
        except Refused as refusal:
            return _gone(refusal)
        return True

    def send_draft(self, draft_id: str) -> str | None:
        """The id of the sent message; None when there is no such draft (any more)."""
        try:
            answer = self._drafts.send(userId="me", body={"id": draft_id}).execute()
        except Refused as refusal:
            _gone(refusal)
            return None
        return str(answer["id"])

    def find_sent(self, *, to: str, header: str, value: str) -> str | None:
        """The id of a sent message to this address whose header says this, among the last ones.

        A header of our own, because Gmail replaces the Message-ID.
        """
        listed = self._messages.list(
            userId="me", q=f"in:sent to:{to}", maxResults=_LOOKED_THROUGH
        ).execute()
        for found in listed.get("messages") or []:
            message = self._messages.get(
                userId="me", id=found["id"], format="metadata", metadataHeaders=[header]
            ).execute()
            for field in message.get("payload", {}).get("headers", ()):
                if field["name"].casefold() == header.casefold() and field["value"] == value:
                    return str(found["id"])
        return None


def _body(message: bytes) -> dict[str, Any]:
    return {"message": {"raw": base64.urlsafe_b64encode(message).decode("ascii")}}


def _gone(refusal: Refused) -> bool:
    """False for "there is none"; any other refusal is raised."""
    if refusal.status == 404:
        return False
    raise refusal
