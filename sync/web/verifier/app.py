"""`/periksa` and what its page asks, for the open internet: small bodies, a bounded pace, nothing personal in an address."""

import gzip
import time
from collections.abc import Callable
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync.core.verification import LONGEST_CODE
from sync.web.guard.pace import Pace
from sync.web.verifier.lookup import Outcome

PAGE, STATUS = "/periksa", "/periksa/status"
LOOKUPS_PER_SECOND, LOOKUPS_AT_ONCE = 5.0, 50.0
_POLICY = {
    "Content-Security-Policy": "frame-ancestors 'none'"
}  # the rest stands in the page itself


def verifier_routes(
    page: Callable[[], str],
    look_up: Callable[[str], Outcome],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> list[Route]:
    """Behind a threshold of web/guard. `look_up` may be called by several threads."""
    pace = Pace(LOOKUPS_PER_SECOND, LOOKUPS_AT_ONCE, clock)

    async def periksa(request: Request) -> Response:
        text = await run_in_threadpool(page)
        headers = _POLICY | {"Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(text, media_type="text/html", headers=headers)
        packed = {**headers, "Content-Encoding": "gzip"}
        return Response(_packed(text), media_type="text/html", headers=packed)

    async def status(request: Request) -> Response:
        text = await _short_body(request)
        if not pace.take():
            raise HTTPException(429, headers={"Retry-After": "10"})
        outcome = await run_in_threadpool(look_up, text)
        return JSONResponse({"outcome": outcome.value})

    return [Route(PAGE, periksa), Route(STATUS, status, methods=["POST"])]


@lru_cache(maxsize=2)
def _packed(text: str) -> bytes:
    """The page holds nothing secret, so that nothing can be told from its length."""
    return gzip.compress(text.encode(), mtime=0)


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
