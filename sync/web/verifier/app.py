"""`/periksa` and what its page asks, for the open internet: small bodies, a bounded pace, nothing personal in an address."""

import time
from collections.abc import Callable, Sequence
from threading import Lock

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sync.core.verification import LONGEST_CODE
from sync.web.verifier.lookup import Outcome

PAGE, STATUS = "/periksa", "/periksa/status"
LOOKUPS_PER_SECOND, LOOKUPS_AT_ONCE = 5.0, 50.0
_GUARDS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",  # the rest stands in the page itself
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Pace:
    """So many a second for all together, and some more at once: nobody's address is kept to count by."""

    def __init__(self, per_second: float, at_once: float, clock: Callable[[], float]) -> None:
        self._per_second, self._most, self._clock = per_second, at_once, clock
        self._left, self._at = at_once, clock()
        self._lock = Lock()

    def take(self) -> bool:
        """Whether there is one left."""
        with self._lock:
            now = self._clock()
            gained = max(0.0, now - self._at) * self._per_second
            self._left, self._at = min(self._most, self._left + gained), now
            if self._left < 1:
                return False
            self._left -= 1
            return True


def verifier_app(
    page: Callable[[], str],
    look_up: Callable[[str], Outcome],
    *,
    hosts: Sequence[str],
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """`hosts` are the names it answers by. `look_up` may be called by several threads."""
    pace = Pace(LOOKUPS_PER_SECOND, LOOKUPS_AT_ONCE, clock)

    def periksa(_: Request) -> Response:
        return HTMLResponse(page(), headers=_GUARDS)

    def front(_: Request) -> Response:
        return RedirectResponse(PAGE, headers=_GUARDS)

    async def status(request: Request) -> Response:
        text = await _short_body(request)
        if not pace.take():
            raise HTTPException(429, headers={"Retry-After": "10"})
        outcome = await run_in_threadpool(look_up, text)
        return JSONResponse({"outcome": outcome.value}, headers=_GUARDS)

    return Starlette(
        routes=[
            Route("/", front),
            Route(PAGE, periksa),
            Route(STATUS, status, methods=["POST"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
        ],
    )


async def _short_body(request: Request) -> str:
    """Read no further than a code can be long. Raises HTTPException."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_CODE:
            raise HTTPException(413)
    try:
        return body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise HTTPException(400) from None
