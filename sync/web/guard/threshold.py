"""The threshold of a site: known host names only, bodies of bounded size and time, and the headers of every answer.

What goes wrong inside is logged without the address that was asked for, which may hold a one-time link.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.web.guard.clients import Proxies

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self';"
    " worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer that does not say otherwise itself."""
HSTS = "max-age=31536000"
_RAW = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
LONGEST_BODY = 16_384
BODY_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """`hosts` are the names it answers by, without ports; `longer` bodies are taken at these paths."""

    hosts: Sequence[str]
    proxies: Proxies = field(default_factory=Proxies)
    longest_body: int = LONGEST_BODY
    body_within_s: float = BODY_WITHIN_S
    longer: Mapping[str, int] = field(default_factory=dict)


class GuardedApp(Starlette):
    """An application behind the threshold. `options` are Starlette's own."""

    def __init__(self, bounds: Bounds, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.router.redirect_slashes = False  # an address is right or it is none
        self._bounds = bounds

    def build_middleware_stack(self) -> ASGIApp:
        return Threshold(super().build_middleware_stack(), self._bounds)


class Threshold:
    def __init__(self, app: ASGIApp, bounds: Bounds) -> None:
        self._app, self._bounds = app, bounds
        self._hosts = frozenset(host.lower().strip("[]") for host in bounds.hosts if host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        client, scheme = self._bounds.proxies.seen(scope)
        scope["client"], scope["scheme"] = (client, 0), scheme
        sent = _Sent(send, secure=scheme == "https")
        if self._host(scope) not in self._hosts:
            await PlainTextResponse("Alamat tidak dikenal.", 400)(scope, receive, sent)
            return
        try:
            await self._app(scope, _bounded(receive, self._bounds, scope["path"]), sent)
        except ClientDisconnect:
            pass  # nobody is left to be answered
        except Exception:  # its page was sent by then
            if not sent.begun:
                raise
            log.exception("a page broke: %s", scope["method"])

    def _host(self, scope: Scope) -> str:
        """The host's name of the request, without its port; "" where it is not told exactly once."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        host = named[0].decode("latin-1").lower() if len(named) == 1 else ""
        if host.startswith("["):
            return host[1:].partition("]")[0]
        return host.partition(":")[0]


class _Sent:
    """Adds the headers to an answer on its way out."""

    def __init__(self, send: Send, *, secure: bool) -> None:
        self._send, self._secure = send, secure
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            own: list[tuple[bytes, bytes]] = message["headers"]  # names are lower case
            said = {name for name, _ in own}
            own += [header for header in _RAW if header[0] not in said]
            if self._secure:
                own.append((b"strict-transport-security", HSTS.encode()))
        await self._send(message)


def _bounded(receive: Receive, bounds: Bounds, path: str) -> Receive:
    """Raises HTTPException: 413 for a longer body, 408 for one that does not arrive in time."""
    ends = time.monotonic() + bounds.body_within_s
    longest = bounds.longer.get(path, bounds.longest_body)
    taken, whole = 0, False

    async def receive_in_time() -> Message:
        nonlocal taken, whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout(ends - time.monotonic()):
                message = await receive()
        except TimeoutError:
            whole = True
            raise HTTPException(408, headers={"Connection": "close"}) from None
        taken += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if taken > longest:
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return receive_in_time
