"""The preview's pages, for a browser on this machine: nothing is fetched from elsewhere and no other site may ask.

A request for a letter carries the key from the address that the command line printed; its pictures and its PDF have
names that cannot be guessed. A reference travels in a request's body only.
"""

import json
from collections.abc import Callable
from pathlib import Path
from secrets import compare_digest
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sync.core.samples import Extent
from sync.web.preview.pictures import picture_of
from sync.web.preview.proof import Choice, Proofs
from sync.web.preview.wording import Wordings

_FILES = Path(__file__).parent
_PAGE = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}
_GUARDS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_LONGEST_BODY = 1_000


def preview_app(
    proofs: Proofs,
    wordings: Wordings,
    version: Callable[[], str],
    *,
    title: str,
    key: str,
    first: Choice,
) -> Starlette:
    """`first` is shown until the page chooses; `version` is another text after every change on disk."""

    def page(request: Request) -> Response:
        name, kind = _PAGE[request.url.path]
        guards = _GUARDS | {"Content-Security-Policy": _POLICY}
        return Response((_FILES / name).read_bytes(), media_type=kind, headers=guards)

    def now(_: Request) -> Response:
        return PlainTextResponse(version(), headers=_GUARDS)

    async def letter(request: Request) -> Response:
        choice = _choice(await _json(request, key), first)
        seen = await run_in_threadpool(proofs.look, choice)
        chosen = {"answers": choice.extent.value, "reference": choice.reference}
        told = {"title": title, "choice": chosen, "kinds": wordings.kinds()}
        return JSONResponse(seen | told, headers=_GUARDS)

    async def message(request: Request) -> Response:
        asked = await _json(request, key)
        if asked.get("kind") not in dict(wordings.kinds()):
            raise HTTPException(400)
        bare = asked.get("answers") == Extent.SHORTEST.value
        seen = await run_in_threadpool(wordings.look, asked["kind"], bare=bare)
        return JSONResponse(seen | {"title": title}, headers=_GUARDS)

    def mail(request: Request) -> Response:
        """As a mail program shows it: nothing in it runs, and nothing is fetched."""
        content = _found(wordings.page(request.path_params["name"]))
        guards = _GUARDS | {"Content-Security-Policy": _MAIL_POLICY}
        return Response(content, media_type="text/html", headers=guards)

    def pdf(request: Request) -> Response:
        content = _found(proofs.pdf(request.path_params["name"]))
        shown = {"Content-Disposition": 'inline; filename="pratinjau.pdf"'}
        return Response(content, media_type="application/pdf", headers=_GUARDS | shown)

    def picture(request: Request) -> Response:
        content = _found(proofs.pdf(request.path_params["name"]))
        drawn = _found(picture_of(content, request.path_params["number"]))
        return Response(drawn, media_type="image/png", headers=_GUARDS)

    return Starlette(
        routes=[
            *(Route(path, page) for path in _PAGE),
            Route("/versi", now),
            Route("/surat", letter, methods=["POST"]),
            Route("/pesan", message, methods=["POST"]),
            Route("/pesan/{name}.html", mail),
            Route("/surat/{name}.pdf", pdf),
            Route("/surat/{name}/{number:int}.png", picture),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _found(content: bytes | None) -> bytes:
    if content is None:
        raise HTTPException(404)
    return content


async def _json(request: Request, key: str) -> dict[str, Any]:
    """The body of a request of our own page: another site's may carry neither the type nor the key."""
    given = request.headers.get("x-loket-key", "")
    if not compare_digest(given.encode(), key.encode()):
        raise HTTPException(403)
    if request.headers.get("content-type") != "application/json":
        raise HTTPException(415)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_BODY:
            raise HTTPException(413)
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise HTTPException(400) from error
    if not isinstance(asked, dict):
        raise HTTPException(400)
    return asked


def _choice(asked: dict[str, Any], first: Choice) -> Choice:
    if not asked:
        return first
    try:
        return Choice(Extent(asked.get("answers", "")), str(asked.get("reference", "")))
    except ValueError as error:
        raise HTTPException(400) from error
