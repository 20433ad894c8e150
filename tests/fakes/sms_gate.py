"""SMSGate's local server on an office's phone, as its published API has it
(https://github.com/capcom6/android-sms-gateway, docs/api/swagger.json): POST /message, GET /message/{id}, Basic sign-in.

The id is the message's primary key: a second message of the same id fails with a server error and is not sent.
"""

import base64
import json
from typing import Any

from tests.fakes.http_stub import Call, HttpStub

USER, PASSWORD = "sms", "sandi-ponsel"


class SmsGate(HttpStub):
    """`busy` and `refuse` answer so to the next message; `lose` hangs up after taking it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}
        self.states: dict[str, str] = {}
        self.busy = self.refuse = self.lose = False

    def answer(self, call: Call) -> tuple[int, Any] | None:
        right = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if call.headers.get("Authorization") != f"Basic {right}":
            return 401, {}
        if call.method == "GET" and call.path == "/":
            return 200, {"status": "ok", "model": "Contoh"}
        if call.method == "GET" and call.path.startswith("/message/"):
            return self._state(call.path.removeprefix("/message/"))
        if call.method != "POST" or call.path != "/message":
            return 404, {}
        if self.busy or self.refuse:
            status = 503 if self.busy else 400
            self.busy = self.refuse = False
            return status, {"message": "phone number +6281234567890 is invalid"}
        return self._take(json.loads(call.body))

    def _take(self, message: dict[str, Any]) -> tuple[int, Any] | None:
        id_ = message["id"]
        if len(id_) > 36 or not message["textMessage"]["text"] or not message["phoneNumbers"]:
            return 400, {"message": "invalid"}
        if id_ in self.messages:
            return 500, {"message": "UNIQUE constraint failed: message.id"}
        self.messages[id_], self.states[id_] = message, "Pending"
        if self.lose:
            self.lose = False
            return None
        return 202, self._told(id_)

    def _state(self, id_: str) -> tuple[int, Any]:
        return (200, self._told(id_)) if id_ in self.messages else (404, {})

    def _told(self, id_: str) -> dict[str, Any]:
        numbers, state = self.messages[id_]["phoneNumbers"], self.states[id_]
        recipients = [{"phoneNumber": number, "state": state} for number in numbers]
        return {"id": id_, "state": state, "recipients": recipients, "isEncrypted": False}

    @property
    def told(self) -> list[tuple[str, str]]:
        """(number, text)"""
        return [
            (number, message["textMessage"]["text"])
            for message in self.messages.values()
            for number in message["phoneNumbers"]
        ]
