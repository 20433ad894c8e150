"""A web server on this machine that answers what a test laid out beforehand, and notes what it was asked."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Prepared:
    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False  # the request arrives, the answer is lost


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def google_error(status: int, reason: str = "", word: str = "", message: str = "") -> Prepared:
    error: dict[str, Any] = {"code": status, "message": message or "no", "status": word}
    if reason:
        error["errors"] = [{"reason": reason, "domain": "global", "message": "no"}]
    return Prepared(status, {"error": error})


class LoopbackServer:
    """`answers` are given in their order; the last one is repeated for ever. Tokens are always given."""

    def __init__(self) -> None:
        self.answers: list[Prepared] = [Prepared()]
        self.token_answers: list[Prepared] = []
        self.asked: list[Asked] = []
        self.tokens_asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                prepared = outer._next(self.command, self.path, dict(self.headers), body)
                if prepared.hang_up:
                    self.close_connection = True
                    self.connection.shutdown(2)
                    return
                content = json.dumps(prepared.body).encode()
                self.send_response(prepared.status)
                for name, value in prepared.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _next(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Prepared:
        if path == "/token":
            self.tokens_asked += 1
            if self.token_answers:
                return self.token_answers.pop(0)
            return Prepared(body={"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})
        self.asked.append(Asked(method, path, headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
