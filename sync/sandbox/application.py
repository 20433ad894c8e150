"""Every room's routes behind one door: an ASGI application that turns a request into a Call and an answer into bytes.

A call passes token, quota and faults before its handler, and is counted. The last resort for any exception is
Google's 500, written down in the sandbox's log. Only this machine's own addresses are answered to, so that no web page
can reach in by a name of its own. Starting and stopping is server.py's affair.
"""

import asyncio
import functools
import gzip
import json
import re
import time
import traceback
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sync.sandbox import (
    batch,
    clock,
    control,
    drive,
    forms,
    gmail,
    mailbox,
    oauth,
    pages,
    sheets,
    signed_in,
)
from sync.sandbox.control import Desk
from sync.sandbox.faults import Failure, Plan
from sync.sandbox.frame import Answer, Call, Content, GoogleError, Json, Route, invalid
from sync.sandbox.quotas import reads

THREADS = 32
_GZIP_FROM_BYTES = 1024

ROUTES: tuple[Route, ...] = (
    *oauth.ROUTES,
    *signed_in.ROUTES,
    *sheets.ROUTES,
    *drive.ROUTES,
    *forms.ROUTES,
    *gmail.ROUTES,
    *pages.ROUTES,
    *clock.ROUTES,
    *mailbox.ROUTES,
)
# Methods whose path another method's would take for an id.
_SHADOWED = re.compile(r"(DELETE /drive/v[23]/files/trash|GET /drive/v[23]/files/generateCseToken)")
_LOOPBACK = re.compile(r"(127(\.\d{1,3}){3}|localhost|\[::1\]|::1)", re.IGNORECASE)
_BODY_AT_MOST: tuple[tuple[str, int], ...] = (
    ("/upload/drive/", 256 * 2**20),
    ("/upload/gmail/", 35 * 2**20),
    ("/gmail/", 35 * 2**20),
    ("", 64 * 2**20),
)
"""What a request may bring, by the beginning of its path. Gmail's figure is Google's; the others spare this machine."""
_USAGE_LIMITS = frozenset(
    ["storageQuotaExceeded", "quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded"]
)
_GOOGLE_PATHS = re.compile(r"/(v4|drive|upload|gmail|batch|v1)(/|$)")

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire; `lost` says how not: drop (nothing), halfway (half the body), hang (silence)."""

    status: int
    headers: dict[str, str]
    body: bytes
    lost: str = ""


class Application:
    """ASGI: one coroutine a request, the work in a thread."""

    def __init__(self, desk: Desk, *, latency_ms: int = 0) -> None:
        import anyio

        self._desk = desk
        self._latency_s = latency_ms / 1000
        desk.faults.apis = frozenset(each.api for each in ROUTES)
        self._lost: dict[asyncio.Transport, asyncio.AbstractEventLoop] = {}
        self._ending = False
        self._limiter = anyio.CapacityLimiter(THREADS)
        self._routes: dict[str, list[Route]] = {}
        for each in (*ROUTES, *control.routes(desk)):
            self._routes.setdefault(each.method, []).append(each)

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        import anyio

        if scope["type"] != "http":
            return
        at_most = next(most for start, most in _BODY_AT_MOST if scope["path"].startswith(start))
        body, size = bytearray(), 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            size += len(message.get("body", b""))
            if size <= at_most:
                body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if size > at_most:  # read to its end, so that the client hears the answer
            await self._send(_encode(_too_large(), {}), send)
            return
        answer = functools.partial(self._answer, scope, bytes(body))
        reply = await anyio.to_thread.run_sync(answer, limiter=self._limiter)
        if reply.lost != "drop" and reply.lost != "hang":
            await self._send(reply, send)
        if reply.lost:
            await self._lose(scope["state"]["transport"], reply.lost, receive)

    async def _lose(self, transport: asyncio.Transport, how: str, receive: _Receive) -> None:
        """Until the connection is gone, by whichever end."""
        self._lost[transport] = asyncio.get_running_loop()
        try:
            if how == "drop" or self._ending:
                transport.abort()
            elif how == "halfway":
                transport.close()
            await receive()
        finally:
            del self._lost[transport]

    def let_go(self) -> None:
        """Nobody is kept waiting any longer for an answer that never comes, nor who asks from now on."""
        self._ending = True
        for transport, loop in list(self._lost.items()):
            loop.call_soon_threadsafe(transport.abort)

    @staticmethod
    async def _send(reply: Reply, send: _Send) -> None:
        """Half a body is announced as the whole of it."""
        half = len(reply.body) // 2 if reply.lost else len(reply.body)
        headers = {**reply.headers, "content-length": str(len(reply.body))}
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
            }
        )
        await send(
            {
                "type": "http.response.body",
                "body": reply.body[:half],
                "more_body": bool(reply.lost),
            }
        )

    def _answer(self, scope: _Scope, body: bytes) -> Reply:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        path = scope["raw_path"].decode("latin-1").partition("?")[0]
        query, method = scope["query_string"].decode("latin-1"), scope["method"]
        try:
            _only_from_here(headers)
            body = _unzipped(headers, body)
            if method == "POST" and batch.PATHS.fullmatch(path):
                return self._batch(headers, body)
        except GoogleError as error:
            return _encode(error, headers)
        return self._handle(method, path, query, headers, body)

    def _batch(self, headers: dict[str, str], body: bytes) -> Reply:
        answers, lost = [], ""
        for part in batch.unpack(body, headers):
            reply = self._handle(part.method, part.path, part.query, part.headers, part.body)
            if reply.lost in ("drop", "hang"):
                return reply
            lost = lost or reply.lost
            answers.append((part.content_id, reply.status, reply.headers, reply.body))
        kind, content = batch.pack(answers)
        return replace(_encode(Content(content, kind), headers), lost=lost)

    def _handle(
        self, method: str, path: str, query_text: str, headers: dict[str, str], body: bytes
    ) -> Reply:
        # Google takes `{id}/:batchUpdate` for `{id}:batchUpdate`, and `{id}/` for `{id}`.
        path = path.replace("/:", ":").rstrip("/") or "/"
        if override := headers.get("x-http-method-override"):
            # googleapiclient sends a GET with a long query as a POST whose body is the query.
            method = override.upper()
            if method == "GET":
                query_text, body = body.decode("latin-1"), b""
        query = parse_qs(query_text, keep_blank_values=True)
        found = self._route(method, path)
        if found is None:
            return _encode(_unknown(method, path), headers)
        route, parts = found
        call = Call(
            store=self._desk.store,
            account="",
            scopes=frozenset(),
            method=method,
            path=parts,
            query=query,
            headers=headers,
            body=body,
            base_url=self._desk.url,
        )
        reply = self._perform(route, call)
        self._desk.tally.count(route.api, reply.status, len(body), len(reply.body))
        return reply

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        if _SHADOWED.fullmatch(f"{method} {path}"):
            return None
        for each in self._routes.get(method, ()):
            if match := each.pattern.fullmatch(path):
                return each, {name: unquote(part) for name, part in match.groupdict().items()}
        return None

    def _perform(self, route: Route, call: Call) -> Reply:
        is_control = route.api.startswith("control.")
        plan = Plan() if is_control else self._desk.faults.plan(route.api, call.method)
        if not is_control:
            time.sleep(self._latency_s + plan.delay_s)
        answer: Answer | GoogleError
        lost = ""
        try:
            for edit in plan.edits:
                place = call.path.get("spreadsheetId") or call.path.get("fileId", "")
                self._desk.edit(edit, place)
            if plan.before is not None:
                answer, lost = _failed(plan.before)
            else:
                answer = self._applied(route, call, plan)
                if plan.tell and isinstance(answer, dict):
                    answer = {**answer, **plan.tell}
                if plan.after is not None:
                    failure, lost = _failed(plan.after)
                    answer = answer if lost else failure
        except GoogleError as error:
            answer = error
        except Exception:
            self._desk.log.error("%s %s\n%s", call.method, route.api, traceback.format_exc())
            answer = GoogleError(
                500, "INTERNAL", "Internal error encountered.", reason="backendError"
            )
        return replace(_encode(answer, call.headers), lost=lost)

    def _applied(self, route: Route, call: Call, plan: Plan) -> Answer:
        if route.needs_token:
            with call.store.read() as db:
                account, scopes = oauth.bearer(db, call.headers, call.query, route.api)
            oauth.admit(route.api, scopes)
            call = replace(call, account=account, scopes=scopes)
            if self._desk.quotas is not None:
                self._desk.quotas.spend(route.api, call.method, account)
        if plan.stale_s and reads(route.api, call.method):
            with self._desk.store.as_of(plan.stale_s):
                return route.handler(call)
        return route.handler(call)


def _failed(how: Failure | str) -> tuple[Answer | GoogleError, str]:
    """What is answered, and how the connection is lost."""
    return ({}, how) if isinstance(how, str) else (how, "")


def _only_from_here(headers: dict[str, str]) -> None:
    """Refuses a name that is not this machine's (DNS rebinding) and pages of other sites."""
    host = re.sub(r":\d+$", "", headers.get("host", ""))
    origin = headers.get("origin")
    if not _LOOPBACK.fullmatch(host):
        raise GoogleError(
            421, "INVALID_ARGUMENT", "The sandbox answers to this machine's own addresses only."
        )
    if origin is not None and not _LOOPBACK.fullmatch(_host_of(origin)):
        raise GoogleError(
            403, "PERMISSION_DENIED", "The sandbox answers to pages of this machine only."
        )


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""


def _unzipped(headers: dict[str, str], body: bytes) -> bytes:
    coding = headers.get("content-encoding", "identity").lower()
    if coding == "identity" or not body:
        return body
    if coding not in ("gzip", "x-gzip"):
        raise invalid(f"Unsupported Content-Encoding: {ascii(coding)[1:-1]}")
    most = _BODY_AT_MOST[-1][1]
    unzip = zlib.decompressobj(wbits=31)
    try:
        plain = unzip.decompress(body, most)
    except zlib.error:
        raise invalid("Request body could not be decompressed.") from None
    if unzip.unconsumed_tail:
        raise _too_large()
    if not unzip.eof:
        raise invalid("Request body could not be decompressed.")
    return plain


def _too_large() -> GoogleError:
    return GoogleError(413, "INVALID_ARGUMENT", "Request Entity Too Large", reason="uploadTooLarge")


def _detail(error: GoogleError) -> Json:
    """`errors[0]`: the form of Google's older APIs, which Drive and Gmail keep."""
    domain = "usageLimits" if error.reason in _USAGE_LIMITS else "global"
    detail: Json = {"message": error.message, "domain": domain, "reason": error.reason}
    if error.code == 401:
        said = {"authError": "Invalid Credentials", "required": "Login Required."}
        detail["message"] = said.get(error.reason, error.message)
        detail |= {"location": "Authorization", "locationType": "header"}
    if error.code == 404 and error.message.startswith("File not found: "):
        detail |= {"location": "fileId", "locationType": "parameter"}
    return detail


def _unknown(method: str, path: str) -> Answer | GoogleError:
    if _GOOGLE_PATHS.match(path):
        return GoogleError(
            501,
            "UNIMPLEMENTED",
            f"The sandbox does not have this method of Google's: {method} {unquote(path)}",
        )
    return Content(
        b"<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title>"
        b"<p>The requested URL was not found on this server.",
        "text/html; charset=UTF-8",
        404,
    )


def _encode(answer: Answer | GoogleError, asked: Any) -> Reply:
    extra: dict[str, str] = {}
    if isinstance(answer, Content):
        status, body, kind = answer.status, answer.content, answer.content_type
        extra = dict(answer.headers)
    elif isinstance(answer, GoogleError):
        status, kind = answer.code, "application/json; charset=UTF-8"
        error: dict[str, Any] = {"code": answer.code, "message": answer.message}
        if answer.reason:
            error["errors"] = [_detail(answer)]
        error["status"] = answer.status
        if answer.details:
            error["details"] = answer.details
        body, extra = json.dumps({"error": error}, indent=2).encode(), answer.headers
    else:
        status, kind = 200, "application/json; charset=UTF-8"
        body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
    headers = {**extra, "vary": "Accept-Encoding"}
    if kind:
        headers["content-type"] = kind
    compressible = kind.startswith(("application/json", "text/"))
    if (
        compressible
        and len(body) >= _GZIP_FROM_BYTES
        and "gzip" in asked.get("accept-encoding", "")
    ):
        body = gzip.compress(body, compresslevel=1)
        headers["content-encoding"] = "gzip"
    return Reply(status, headers, body)
