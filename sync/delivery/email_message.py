"""An email as bytes-to-be: one applicant, one Message-ID that is chosen beforehand, text and HTML, the letter.

The same intent gives the same message, also on the second attempt. Nothing a citizen typed reaches a header
unstripped; how it leaves this machine is smtp.py's and gmail.py's affair.
"""

import base64
import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any

from sync.core.delivery import Kind, Message

OWN_ID = "X-Loket-Id"
"""Repeats the Message-ID, which Gmail replaces by one of its own."""
LONGEST_SUBJECT = 200
LONGEST_FILE_NAME = 120
_LINE = 76
"""Bytes of Base64 in a line (RFC 2045, 6.8)."""


class _Headers(HeaderRegistry):
    """The library makes a class for each header and parses each anew; half of a message's are those of the one before."""

    @lru_cache(maxsize=64)  # noqa: B019 - there is one, for as long as the program runs
    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name)

    @lru_cache(maxsize=256)  # noqa: B019
    def __call__(self, name: str, value: Any) -> Any:
        return super().__call__(name, value)


_HEADERS = _Headers()
# As a text, the library would encode a long one.
_HEADERS.map_to_type(OWN_ID, MessageIDHeader)  # type: ignore[arg-type] # typeshed: no BaseHeader
POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
"""Every server takes it, also without 8BITMIME."""
_NOT_IN_FILE_NAMES = frozenset('<>:"/\\|?*')


def message_id(*, reference: str, kind: Kind, attempt: int, domain: str) -> str:
    """`<skd-26-0004f7.letter.1@loket.example.go.id>`: stable, so that a message can be told again."""
    name = "".join(
        letter
        for letter in reference.casefold()
        if letter.isascii() and (letter.isalnum() or letter in "-_")
    )
    return f"<{name}.{kind.value}.{attempt}@loket.{domain}>"


def domain_of(address: str) -> str:
    """The domain after the @, for Message-IDs; a name that is nobody's where there is none."""
    domain = address.rpartition("@")[2].strip().casefold()
    is_plain = domain.isascii() and all(letter.isalnum() or letter in "-." for letter in domain)
    return domain if domain and is_plain else "invalid"


@dataclass(frozen=True, slots=True)
class Email:
    """`to` is the one address, its domain in ASCII."""

    to: str
    content: bytes

    def as_bytes(self) -> bytes:
        return self.content


def build_email(
    message: Message,
    *,
    to: str,
    sender: str,
    sender_name: str,
    message_id: str,
    at: datetime,
    reply_to: str = "",
) -> Email:
    """Raises ValueError when `to` or `sender` is not exactly one address."""
    address = one_address(to)
    built = EmailMessage(policy=POLICY)
    built["From"] = str(Address(display_name=one_line(sender_name), addr_spec=one_address(sender)))
    built["To"] = address
    if reply_to and reply_to != sender:
        built["Reply-To"] = one_address(reply_to)
    built["Subject"] = one_line(message.subject)[:LONGEST_SUBJECT]
    built["Date"] = format_datetime(at)
    built["Message-ID"] = message_id
    built[OWN_ID] = message_id
    built["Auto-Submitted"] = "auto-generated"
    built["X-Auto-Response-Suppress"] = "All"
    built.set_content(message.text)
    if message.html:
        built.add_alternative(message.html, subtype="html")
    place = hashlib.sha256(f"{message_id} letter".encode()).digest()
    if message.letter:
        built.add_attachment(
            place,
            maintype="application",
            subtype="pdf",
            filename=safe_file_name(message.letter.file_name),
        )
    _fix_boundaries(built, message_id)
    content = built.as_bytes()
    if message.letter:
        content = _put_in(content, place, message.letter.pdf)
    return Email(address, content)


def _put_in(content: bytes, place: bytes, pdf: bytes) -> bytes:
    """The letter instead of what holds its place, the last there is. The library would write it line by line."""
    before, _, after = content.rpartition(base64.b64encode(place))
    text = base64.b64encode(pdf)
    lines = (text[start : start + _LINE] for start in range(0, len(text), _LINE))
    return before + b"\r\n".join(lines) + after


def one_line(text: str) -> str:
    """Without line breaks, control and invisible direction characters; spaces made one."""
    if text.isascii() and text.isprintable():  # as nearly all are
        return " ".join(text.split())
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace() or not unicodedata.category(letter).startswith("C")
    )
    return " ".join(kept.split())


def safe_file_name(name: str) -> str:
    """A name that Windows, phones and mail programs take: no path, no control characters, ends in .pdf."""
    plain = "".join("-" if letter in _NOT_IN_FILE_NAMES else letter for letter in one_line(name))
    stem = plain.removesuffix(".pdf").removesuffix(".PDF").strip(" .")[:LONGEST_FILE_NAME]
    return f"{stem or 'surat'}.pdf"


def one_address(text: str) -> str:
    """The address, its domain in ASCII. Raises ValueError when the text is not exactly one."""
    address = text.strip()
    if one_line(address) != address or parseaddr(address)[1] != address or "," in address:
        raise ValueError("not exactly one email address")
    name, at, domain = address.rpartition("@")
    if not (name and at and domain and name.isascii()):
        raise ValueError("not exactly one email address")
    return f"{name}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def _fix_boundaries(built: EmailMessage, message_id: str) -> None:
    """The library draws boundaries by lot; ours follow from the Message-ID, so the bytes are the same again."""
    for number, part in enumerate(part for part in built.walk() if part.is_multipart()):
        digest = hashlib.sha256(f"{message_id} {number}".encode()).hexdigest()[:32]
        part.set_boundary(f"=_{digest}")
