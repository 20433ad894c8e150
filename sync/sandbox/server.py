"""The sandbox's one door: HTTP on the loopback address, every room's routes behind it.

A call passes token, quota and faults before its handler, and is counted. The last resort for any exception is
Google's 500, written down in the data folder's sandbox.log. What an answer says is the rooms' affair.
"""

import functools
import gzip
import json
import logging
import os
import re
import signal
import socket
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from sync.sandbox import (
    accounts,
    control,
    drive,
    forms,
    gmail,
    mailbox,
    oauth,
    pages,
    sheets,
    smtp_sink,
)
from sync.sandbox.control import Desk
from sync.sandbox.faults import Plan
from sync.sandbox.frame import Answer, Call, Content, GoogleError, Route, Store
from sync.sandbox.quotas import Quotas
from sync.sandbox.root_folder import write_root

HOST = "127.0.0.1"
THREADS = 32
START_WITHIN_S = 20
_GZIP_FROM_BYTES = 1024

SCHEMAS = (
    accounts.SCHEMA,
    oauth.SCHEMA,
    drive.SCHEMA,
    sheets.SCHEMA,
    forms.SCHEMA,
    gmail.SCHEMA,
    mailbox.SCHEMA,
)
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


@dataclass(slots=True)
class Running:
    """A started sandbox. `stop()` ends it and lets go of its files."""

    url: str
    credentials: Path
    officer: Path
    smtp: str
    desk: Desk
    _server: Any
    _thread: threading.Thread
    _sink: Any

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._sink.stop()
        self.desk.close()

    def announcement(self) -> str:
        """The one line that says: ready."""
        return json.dumps(
            {
                "url": self.url,
                "credentials": str(self.credentials),
                "officer": str(self.officer),
                "smtp": self.smtp,
            }
        )


def start(
    data: Path,
    *,
    port: int = 0,
    empty: bool = False,
    root: Path | None = None,
    faults: Path | None = None,
    latency_ms: int = 0,
    quotas: bool = False,
) -> Running:
    """Starts the sandbox in threads of this process and returns when it answers."""
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Cuttable(H11Protocol):
        """Hands the connection to the application, so that a fault can cut it."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.app_state = {**self.app_state, "transport": transport}

    listener = _listener(port)
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    desk = Desk(Store(data.resolve(), SCHEMAS), url, _log_of(data.resolve()))
    if empty:
        desk.reset()
    with desk.store.write() as db:
        accounts.seed(db)
        credentials, officer = accounts.write_keys(db, desk.store.folder, url)
        folder_id = accounts.folder_id(db)
    if faults is not None:
        desk.faults.replace(json.loads(faults.read_text(encoding="utf-8")))
    sink = smtp_sink.start(desk.store, HOST, 0)
    if root is not None:
        write_root(root, credentials, endpoint=url, folder=folder_id, smtp=(HOST, sink.port))
    application = Application(desk, latency_ms=latency_ms, quotas=Quotas() if quotas else None)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            http=Cuttable,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
    # Not the main thread: uvicorn then leaves the signals to us, and SIGTERM can end in exit code 0.
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
    )
    thread.start()
    patience = time.monotonic() + START_WITHIN_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > patience:
            raise RuntimeError(f"the sandbox did not start on {url}")
        time.sleep(0.005)
    smtp = f"{HOST}:{sink.port}"
    return Running(url, credentials, officer, smtp, desk, server, thread, sink)


def serve(data: Path, **options: Any) -> None:
    """Runs until SIGTERM or SIGINT; prints one JSON line when ready. Options are those of `start`."""
    asked_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_end.set())
    running = start(data, **options)
    print(running.announcement(), flush=True)
    while not asked_to_end.wait(0.5):  # a bare wait() is deaf to Ctrl-C on Windows
        pass
    running.stop()


def _listener(port: int) -> socket.socket:
    # Named as TCP, because asyncio turns Nagle's algorithm off for such sockets only: it costs 40 ms a call.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # on Windows this option would let two sandboxes share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


def _log_of(folder: Path) -> logging.Logger:
    log = logging.Logger("sandbox", logging.INFO)
    handler = logging.FileHandler(folder / "sandbox.log", encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    return log
