"""Every room's routes behind one door: an ASGI application that turns a request into a Call and an answer into bytes.

A call passes token, quota and faults before its handler, and is counted. The last resort for any exception is
Google's 500, written down in the sandbox's log. Starting and stopping is server.py's affair.
"""

import functools
import gzip
import json
import re
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote

from sync.sandbox import control, drive, forms, gmail, oauth, pages, sheets
from sync.sandbox.control import Desk
from sync.sandbox.faults import Plan
from sync.sandbox.frame import Answer, Call, Content, GoogleError, Route
from sync.sandbox.quotas import Quotas

THREADS = 32
_GZIP_FROM_BYTES = 1024

ROUTES: tuple[Route, ...] = (
    *oauth.ROUTES,
    *sheets.ROUTES,
    *drive.ROUTES,
    *forms.ROUTES,
    *gmail.ROUTES,
    *pages.ROUTES,
)
_GOOGLE_PATHS = re.compile(r"/(v4|drive|upload|gmail|batch|v1)(/|$)")

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire; `cut` means the connection is closed without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut: bool = False


class Application:
    """ASGI: one coroutine a request, the work in a thread."""

    def __init__(self, desk: Desk, *, latency_ms: int = 0, quotas: Quotas | None = None) -> None:
        import anyio

        self._desk = desk
        self._latency_s = latency_ms / 1000
        self._quotas = quotas
        self._limiter = anyio.CapacityLimiter(THREADS)
        self._routes: dict[str, list[Route]] = {}
        for each in (*ROUTES, *control.routes(desk)):
            self._routes.setdefault(each.method, []).append(each)

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        import anyio

        if scope["type"] != "http":
            return
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = functools.partial(self._answer, scope, bytes(body))
        reply = await anyio.to_thread.run_sync(answer, limiter=self._limiter)
        if reply.cut:
            scope["state"]["transport"].abort()
            return
        headers = {**reply.headers, "content-length": str(len(reply.body))}
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": reply.body})

    def _answer(self, scope: _Scope, body: bytes) -> Reply:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        # Google takes `{id}/:batchUpdate` for `{id}:batchUpdate`.
        path = scope["raw_path"].decode("latin-1").partition("?")[0].replace("/:", ":")
        query_text, method = scope["query_string"].decode("latin-1"), scope["method"]
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
        self._desk.tally.count(route.api, len(body), len(reply.body))
        return reply

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        for each in self._routes.get(method, ()):
            if match := each.pattern.fullmatch(path):
                return each, {name: unquote(part) for name, part in match.groupdict().items()}
        return None

    def _perform(self, route: Route, call: Call) -> Reply:
        is_control = route.api.startswith("control.")
        plan = Plan() if is_control else self._desk.faults.plan(route.api)
        if not is_control:
            time.sleep(self._latency_s + plan.delay_s)
        answer: Answer | GoogleError
        try:
            if plan.drop_before:
                return Reply(0, {}, b"", cut=True)
            if plan.error is not None:
                raise plan.error
            if route.needs_token:
                with call.store.read() as db:
                    account, scopes = oauth.bearer(db, call.headers, call.query)
                oauth.admit(route.api, call.method, scopes)
                call = replace(call, account=account, scopes=scopes)
                if self._quotas is not None:
                    self._quotas.spend(route.api, call.method, account)
            for edit in plan.edits:
                self._desk.edit(edit, call.path.get("spreadsheetId", ""))
            answer = route.handler(call)
            if plan.drop_after:
                return Reply(0, {}, b"", cut=True)
            if plan.error_after is not None:
                raise plan.error_after
        except GoogleError as error:
            answer = error
        except Exception:
            self._desk.log.error("%s %s\n%s", call.method, route.api, traceback.format_exc())
            answer = GoogleError(
                500, "INTERNAL", "Internal error encountered.", reason="backendError"
            )
        return _encode(answer, call.headers)


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
            error["errors"] = [
                {"message": answer.message, "domain": "global", "reason": answer.reason}
            ]
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
