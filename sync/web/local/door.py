"""The door of a local page: who has the key from the address comes in, others on this machine get nothing.

The address ends in `#key`, which no browser sends or logs; the door's own page hands it in by a form, once, for a cookie.
Every form carries a token besides: no other page can make this browser send one.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from secrets import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

HERE = Path(__file__).parent
ENTER, STYLE, SCRIPT = "/masuk", "/halaman.css", "/halaman.js"
TOKEN = "_token"  # noqa: S105 - the name of a form's field
LONGEST_FORM = 256_000

GUARDS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_OPEN = {ENTER: None, STYLE: "text/css", SCRIPT: "text/javascript"}
"""What may be had without the cookie; the files hold nothing of the office."""


@dataclass(frozen=True, slots=True)
class Door:
    """`key` is what the address ends in; at least 16 random bytes."""

    key: str

    @property
    def token(self) -> str:
        """What every form of these pages carries in its field `_token`."""
        return self._derived("formulir")

    @property
    def cookie(self) -> str:
        """Its name: two programs on one machine share a host, and browsers give both the cookies of either."""
        return "loket_" + self._derived("nama")[:12]

    def _derived(self, use: str) -> str:
        return hmac.digest(self.key.encode(), use.encode(), "sha256").hex()

    def is_open_to(self, cookies: str) -> bool:
        try:
            given = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return False
        return given is not None and _same(given.value, self._derived("masuk"))

    async def enter(self, request: Request) -> Response:
        """The cookie for the key; back to the door without it."""
        given = dict(await _fields(request)).get("kunci", "").strip()
        if not _same(given.rpartition("#")[2], self.key):
            return self.page(wrong=True)
        answer = RedirectResponse("/", 303, headers=GUARDS)
        # Lax, not Strict: coming back from Google's consent page must not meet a closed door.
        answer.set_cookie(self.cookie, self._derived("masuk"), httponly=True, samesite="lax")
        return answer

    def page(self, *, wrong: bool = False) -> Response:
        text = templates(HERE).get_template("door.html").render(wrong=wrong)
        return HTMLResponse(text, 403, headers=GUARDS)


def local_app(routes: Sequence[BaseRoute], door: Door, **options: Any) -> Starlette:
    """An application behind the door. `options` are Starlette's own."""
    own = [
        Route(ENTER, door.enter, methods=["POST"]),
        *(Route(path, _file) for path in (STYLE, SCRIPT)),
    ]
    guards = [
        Middleware(
            TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False
        ),
        Middleware(_Threshold, door=door),
    ]
    return Starlette(routes=[*own, *routes], middleware=guards, **options)


async def form_of(request: Request, door: Door) -> dict[str, str]:
    """The fields of one of our own forms, each once. Raises HTTPException for anything else."""
    return dict(await fields_of(request, door))


async def fields_of(request: Request, door: Door) -> list[tuple[str, str]]:
    """As `form_of`, in the form's order, with fields that are there several times."""
    fields = await _fields(request)
    if not _same(dict(fields).get(TOKEN, ""), door.token):
        raise HTTPException(403)
    return [(name, value) for name, value in fields if name != TOKEN]


def templates(*folders: Path) -> Environment:
    """Everything is escaped; a name that is not there is a mistake of ours. This room's own `frame.html` comes last."""
    return Environment(
        loader=FileSystemLoader([*folders, HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _Threshold:
    """Lets nobody without the cookie further than the door's own page."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        known = self._door.is_open_to(request.headers.get("cookie", ""))
        if known or request.url.path in _OPEN:
            await self._app(scope, receive, send)
        else:
            await self._door.page()(scope, receive, send)


def _file(request: Request) -> Response:
    path = request.url.path
    return Response((HERE / path[1:]).read_bytes(), media_type=_OPEN[path], headers=GUARDS)


async def _fields(request: Request) -> list[tuple[str, str]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise HTTPException(413)
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise HTTPException(400) from None


def _same(given: str, wanted: str) -> bool:
    return compare_digest(given.encode(errors="replace"), wanted.encode())
