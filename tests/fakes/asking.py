"""Asks an ASGI application as a browser or a reverse proxy does, without a socket; a visitor keeps its cookies."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

HOST = "127.0.0.1"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode()

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page's form."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, name
        return found[1]


def ask(
    app: Any,
    method: str,
    path: str,
    *,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    parts: AsyncIterator[bytes] | None = None,
    host: str = HOST,
    client: str = "203.0.113.9",
    query: bytes = b"",
) -> Answer:
    """`parts`: the body as it arrives, instead of `body`."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if parts is None:
            return {"type": "http.request", "body": body, "more_body": False}
        try:
            return {"type": "http.request", "body": await anext(parts), "more_body": True}
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = [("host", host), *headers] if host else list(headers)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "query_string": query,
        "root_path": "",
        "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in given],
        "client": (client, 1234),
        "server": (HOST, 80),
        "state": {},
    }
    asyncio.run(app(scope, receive, send))
    raw = [(name.decode(), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    cookies = tuple(value for name, value in raw if name == "set-cookie")
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], dict(raw), content, cookies)


@dataclass
class Visitor:
    """A browser that reads a form and sends it."""

    app: Any
    client: str = "203.0.113.9"
    jar: dict[str, str] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    def reads(self, path: str) -> Answer:
        return self._asks("GET", path)

    def sends(self, path: str, **fields: str) -> Answer:
        body = urlencode(fields).encode()
        return self._asks("POST", path, body, ("Content-Type", _FORM))

    def _asks(self, method: str, path: str, body: bytes = b"", *more: tuple[str, str]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        headers = [*self.headers, *more, *([("Cookie", cookie)] if cookie else [])]
        path, _, query = path.partition("?")
        answer = ask(
            self.app,
            method,
            path,
            headers=headers,
            body=body,
            client=self.client,
            query=query.encode(),
        )
        for one in answer.cookies:
            name, _, value = one.partition(";")[0].partition("=")
            self.jar[name] = value
        return answer
