"""A stored message as Gmail shows it: raw, or taken apart into headers and parts."""

import base64
import re
import sqlite3
from email.message import EmailMessage
from typing import Any

from sync.sandbox import mailbox
from sync.sandbox.frame import Json
from sync.sandbox.gmail.outgoing import parsed, refusal

FORMATS = ("full", "metadata", "minimal", "raw")


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode("ascii")


def decode(text: Any) -> bytes:
    """The bytes of a `raw` field, padded or not. Raises Gmail's 400."""
    if not isinstance(text, str) or not text:
        raise refusal(
            "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
        )
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    if not re.fullmatch(r"[\w-]*", plain, re.ASCII) or len(plain) % 4 == 1:
        raise refusal("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed")
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def describe(row: sqlite3.Row, form: str, headers_wanted: list[str] | None = None) -> Json:
    answer: Json = {
        "id": row["id"],
        "threadId": row["thread_id"],
        "labelIds": [row["label"]],
        "historyId": str(row["history"]),
        "internalDate": str(row["at_ms"]),
        "sizeEstimate": len(row["raw"]),
    }
    if form == "raw":
        return answer | {"raw": encode(row["raw"])}
    if form == "minimal":
        return answer
    message = parsed(row["raw"])
    payload = _part(message, "", attachments={})
    if form == "metadata":
        wanted = {name.lower() for name in headers_wanted or []}
        payload = {
            "mimeType": payload["mimeType"],
            "headers": [
                one for one in payload["headers"] if not wanted or one["name"].lower() in wanted
            ],
        }
    body = message.get_body(("plain",))
    text = "" if body is None else _content(body).decode("utf-8", "replace")
    return answer | {"snippet": " ".join(text.split())[:200], "payload": payload}


def attachment(row: sqlite3.Row, identity: str) -> bytes | None:
    found: dict[str, bytes] = {}
    _part(parsed(row["raw"]), "", found)
    return found.get(identity)


def _content(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _part(part: Any, number: str, attachments: dict[str, bytes]) -> Json:
    answer: Json = {
        "partId": number,
        "mimeType": part.get_content_type(),
        "filename": part.get_filename() or "",
        "headers": [{"name": name, "value": value} for name, value in mailbox.headers_of(part)],
    }
    if part.is_multipart() and isinstance(part, EmailMessage):
        answer["body"] = {"size": 0}
        answer["parts"] = [
            _part(inner, f"{number}.{index}" if number else str(index), attachments)
            for index, inner in enumerate(part.get_payload())
        ]
        return answer
    content = _content(part)
    if answer["filename"]:
        identity = f"ANGjdJ{number.replace('.', '-') or '0'}"
        attachments[identity] = content
        answer["body"] = {"attachmentId": identity, "size": len(content)}
    else:
        answer["body"] = {"size": len(content), "data": encode(content)}
    return answer
