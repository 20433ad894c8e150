"""Meta's WhatsApp Cloud API as far as Loket uses it, written from
https://developers.facebook.com/documentation/business-messaging/whatsapp: POST /{version}/{phone-number-id}/messages,
GET /{version}/{phone-number-id}, and the `messages` webhook with its signature.

It gives no second thought to a message that comes twice: neither does Meta.
"""

import hashlib
import hmac
import json
import re
from typing import Any

from tests.fakes.http_stub import Call, HttpStub

NUMBER_ID = "106540352242922"
TOKEN = "EAAG-uji-coba"
APP_SECRET = "rahasia-aplikasi"
VERIFY_TOKEN = "kata-pengenal"
TEMPLATES = {
    "loket_selesai": 3,
    "loket_perbaikan": 4,
    "loket_ditolak": 4,
    "loket_dibatalkan": 3,
    "loket_diterima": 3,
}
"""Approved, and how many parameters each has."""


class Meta(HttpStub):
    """`next_error` (code, HTTP status) refuses the next message; `lose` hangs up after taking it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []
        self.next_error: tuple[int, int] | None = None
        self.next_body: tuple[int, bytes] | None = None
        self.lose = False
        self.templates = dict(TEMPLATES)

    def answer(self, call: Call) -> tuple[int, Any] | None:
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(190, 401)
        if call.method == "GET" and re.fullmatch(rf"/v\d+\.0/{NUMBER_ID}(\?.*)?", call.path):
            told = {"verified_name": "Disdukcapil", "quality_rating": "GREEN", "id": NUMBER_ID}
            return 200, told
        if call.method != "POST" or not re.fullmatch(rf"/v\d+\.0/{NUMBER_ID}/messages", call.path):
            return _error(100, 400)
        if self.next_body:
            body, self.next_body = self.next_body, None
            return body
        if self.next_error:
            error, self.next_error = self.next_error, None
            return _error(*error)
        message = json.loads(call.body)
        wrong = _wrong(message, self.templates)
        if wrong:
            return _error(*wrong)
        self.messages.append(message)
        if self.lose:
            self.lose = False
            return None
        wamid = f"wamid.{len(self.messages)}"
        contacts = [{"input": message["to"], "wa_id": message["to"]}]
        accepted = [{"id": wamid, "message_status": "accepted"}]
        return 200, {"messaging_product": "whatsapp", "contacts": contacts, "messages": accepted}

    @property
    def told(self) -> list[tuple[str, str, list[str]]]:
        """(number, template, parameters) of each template message."""
        return [
            (
                message["to"],
                message["template"]["name"],
                [one["text"] for one in message["template"]["components"][0]["parameters"]],
            )
            for message in self.messages
            if message["type"] == "template"
        ]

    @property
    def answers(self) -> list[tuple[str, str]]:
        return [(m["to"], m["text"]["body"]) for m in self.messages if m["type"] == "text"]


def _wrong(message: dict[str, Any], templates: dict[str, int]) -> tuple[int, int] | None:
    if message.get("messaging_product") != "whatsapp" or not message.get("to", "").isdecimal():
        return 100, 400
    if len(message.get("biz_opaque_callback_data", "")) > 512:
        return 100, 400
    if message["type"] == "text":
        return None if 0 < len(message["text"]["body"]) <= 4096 else (100, 400)
    template = message["template"]
    if template["name"] not in templates or template["language"]["code"] != "id":
        return 132001, 404
    [body] = template["components"]
    texts = [one["text"] for one in body["parameters"]]
    if len(texts) != templates[template["name"]]:
        return 132000, 400
    if any(not text or re.search(r"[\n\t]| {5}", text) for text in texts):
        return 132018, 400
    return None


def _error(code: int, status: int) -> tuple[int, Any]:
    words = f"(#{code}) the number +6281234567890"  # Meta may quote the applicant
    error = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1B2"}
    return status, {"error": error}


def status(key: str, arrival: str, *, at: int = 1795485600, code: int = 0) -> dict[str, Any]:
    """One `statuses` object; at: seconds since 1970."""
    told: dict[str, Any] = {
        "id": "wamid.HBgL",
        "status": arrival,
        "timestamp": str(at),
        "recipient_id": "6281234567890",
        "biz_opaque_callback_data": key,
        "pricing": {"billable": True, "pricing_model": "PMP", "category": "utility"},
    }
    if code:
        told["errors"] = [{"code": code, "title": "no", "message": "no", "href": "…"}]
    return told


def incoming(text: str, *, number: str, at: int, id_: str = "wamid.1") -> dict[str, Any]:
    """One `messages` object. `number` without its plus sign."""
    said = {"body": text}
    return {"from": number, "id": id_, "timestamp": str(at), "type": "text", "text": said}


def payload(
    *, statuses: Any = (), messages: Any = (), number_id: str = NUMBER_ID, field: str = "messages"
) -> bytes:
    metadata = {"display_phone_number": "6281100000000", "phone_number_id": number_id}
    value: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": metadata}
    value |= {"statuses": list(statuses)} if statuses else {}
    value |= {"messages": list(messages)} if messages else {}
    change = {"field": field, "value": value}
    entry = [{"id": "102290129340398", "changes": [change]}]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}
