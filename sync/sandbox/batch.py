"""Google's batch endpoints: many calls in one multipart/mixed request, each answered in its own part.

The calls are unpacked and the answers packed here; what each call does is its own room's affair. As at Google,
uploads and downloads cannot travel in a batch.
"""

import email
import email.policy
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus

from sync.sandbox.frame import GoogleError

CALLS_AT_MOST = 100
PATHS = re.compile(r"/batch(/(drive/v[23]|gmail/v1|sheets/v4|forms/v1))?/?")
_REQUEST_LINE = re.compile(r"([A-Z]{3,7}) (\S+)(?: HTTP/\d(?:\.\d)?)?")
_FROM_OUTSIDE = ("authorization", "user-agent")


@dataclass(frozen=True, slots=True)
class Part:
    """One call of a batch. `path` is still percent-encoded."""

    content_id: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def _refusal(message: str) -> GoogleError:
    return GoogleError(400, "INVALID_ARGUMENT", message, reason="badRequest")


def unpack(body: bytes, headers: Mapping[str, str]) -> list[Part]:
    """Raises 400 for what is no batch. A call without its own token takes the batch's."""
    kind = headers.get("content-type", "")
    if not kind.lower().startswith("multipart/mixed"):
        raise _refusal("Failed to parse batch request, error: wrong content type.")
    head = f"Content-Type: {' '.join(kind.split())}\r\n\r\n".encode("latin-1", "replace")
    whole = email.message_from_bytes(head + body, policy=email.policy.compat32)
    parts = whole.get_payload()
    if not isinstance(parts, list):
        raise _refusal("Failed to parse batch request, error: no parts.")
    if len(parts) > CALLS_AT_MOST:
        raise _refusal(f"The batch request may hold at most {CALLS_AT_MOST} calls.")
    common = {name: headers[name] for name in _FROM_OUTSIDE if name in headers}
    return [_part(each, common) for each in parts if isinstance(each, Message)]


def _part(part: Message, common: dict[str, str]) -> Part:
    payload = part.get_payload(decode=True)
    content = (payload if isinstance(payload, bytes) else b"").lstrip(b"\r\n")
    first, _, rest = content.partition(b"\n")
    line = _REQUEST_LINE.fullmatch(first.decode("latin-1").strip())
    if line is None:
        raise _refusal("Failed to parse batch request, error: no request line in a part.")
    inner = email.message_from_bytes(rest, policy=email.policy.compat32)
    blank = re.search(rb"\r?\n\r?\n", b"\n" + rest)
    body = rest[blank.end() - 1 :] if blank else b""
    path, _, query = re.sub(r"^https?://[^/]+", "", line[2]).partition("?")
    if path.startswith("/upload/") or re.search(r"(^|&)alt=media(&|$)", query):
        raise _refusal("Media requests are not supported in batch requests.")
    headers = {name.lower(): str(value) for name, value in inner.items()}
    headers.pop("accept-encoding", None)  # the batch is compressed as a whole
    return Part(str(part.get("Content-ID", "")), line[1], path, query, {**common, **headers}, body)


def pack(answers: list[tuple[str, int, dict[str, str], bytes]]) -> tuple[str, bytes]:
    """Content type and body; each answer is (content id of its call, status, headers, body)."""
    boundary = "batch_" + secrets.token_urlsafe(24)
    out = bytearray()
    for content_id, status, headers, body in answers:
        out += f"--{boundary}\r\nContent-Type: application/http\r\n".encode()
        if content_id:
            name = " ".join(content_id.split()).removeprefix("<")
            out += f"Content-ID: <response-{name}\r\n".encode("latin-1", "replace")
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = ""
        lines = [f"HTTP/1.1 {status} {phrase}"]
        lines += [f"{name.title()}: {value}" for name, value in headers.items()]
        lines.append(f"Content-Length: {len(body)}")
        out += ("\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        out += body + b"\r\n"
    out += f"--{boundary}--\r\n".encode()
    return f"multipart/mixed; boundary={boundary}", bytes(out)
