"""What Gmail does to a message on its way out: sets From and Date where they are absent, its own Message-ID always,
and drops Bcc.

Everything else stays byte for byte as the caller made it, attachments above all.
"""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, make_msgid

from sync.sandbox.frame import GoogleError


def refusal(message: str) -> GoogleError:
    return GoogleError(400, "INVALID_ARGUMENT", message, reason="invalidArgument")


@dataclass(frozen=True, slots=True)
class Outgoing:
    raw: bytes
    recipients: list[str]


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    return message


def prepare(raw: bytes, account: str) -> Outgoing:
    """The message as it leaves. Raises Gmail's 400 for one that has no usable recipient."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    recipients = []
    for name in ("To", "Cc", "Bcc"):
        values = [str(value) for value in message.get_all(name, [])]
        for _, address in getaddresses(values):
            if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address):
                raise refusal(f"Invalid {name} header")
            recipients.append(address)
    if not recipients:
        raise refusal("Recipient address required")
    head, end_of_line, body = _split(raw)
    # Users report that the API, unlike SMTP, gives every message an id of its own
    kept = [field for field in head if _name(field) not in ("bcc", "message-id")]
    added = [f"Message-ID: {make_msgid(domain='mail.gmail.com')}".encode()]
    sender = [address for _, address in getaddresses([str(message.get("From", ""))])]
    if sender != [account]:  # Gmail sends as the account, whatever the message says
        kept = [field for field in kept if _name(field) != "from"]
        added.append(f"From: {_from(message.get('From'), account)}".encode())
    if "Date" not in message:
        added.append(f"Date: {format_datetime(datetime.now(UTC))}".encode())
    lines = end_of_line.join([*added, *kept])
    return Outgoing(lines + end_of_line * 2 + body, recipients)


def _from(given: object, account: str) -> str:
    try:
        name = getaddresses([str(given)])[0][0] if given else ""
        return str(Address(name, addr_spec=account)) if name.isascii() else account
    except (HeaderParseError, ValueError):
        return account


def _name(field: bytes) -> str:
    return field.partition(b":")[0].strip().lower().decode("latin-1")


def _split(raw: bytes) -> tuple[list[bytes], bytes, bytes]:
    """The header fields (folded lines together), the line end in use, and the body untouched."""
    end_of_line = b"\r\n" if b"\r\n" in raw else b"\n"
    head, _, body = raw.partition(end_of_line * 2)
    fields: list[bytes] = []
    for line in head.split(end_of_line):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += end_of_line + line
        elif line:
            fields.append(line)
    return fields, end_of_line, body
