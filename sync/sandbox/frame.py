"""What every room of the sandbox stands on: a call, an answer, an error in Google's words, a route, the store.

A room (sheets, drive, forms, gmail, oauth, control) is a table of routes and a SQL schema; server.py puts them
together. Handlers are plain functions of a Call: they run in worker threads, and `store.write()` is one
transaction that holds the only writer's lock.
"""

import json
import math
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_HALF_A_PAIR = re.compile("[\ud800-\udfff]")


class GoogleError(Exception):
    """An error as Google answers it: `{"error": {code, message, status[, details]}}`.

    `reason` is what Drive and Gmail put into `errors[0].reason`, e.g. "storageQuotaExceeded".
    """

    def __init__(
        self,
        code: int,
        status: str,
        message: str,
        *,
        reason: str = "",
        details: list[Json] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.reason = reason
        self.details = details or []
        self.headers = dict(headers or {})


def not_found(message: str = "Requested entity was not found.", *, reason: str = "") -> GoogleError:
    return GoogleError(404, "NOT_FOUND", message, reason=reason)


def denied(
    message: str = "The caller does not have permission", *, reason: str = ""
) -> GoogleError:
    return GoogleError(403, "PERMISSION_DENIED", message, reason=reason)


def invalid(message: str, *, details: list[Json] | None = None) -> GoogleError:
    return GoogleError(400, "INVALID_ARGUMENT", message, details=details)


@dataclass(frozen=True, slots=True)
class Content:
    """An answer that is not JSON: bytes with their type (a file's content, an export)."""

    content: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


NO_CONTENT = Content(b"", "", 204)


@dataclass(slots=True)
class Call:
    """One request. `account` is the email of the caller ("" where a route needs no token).

    `path` holds the parts named in the route's pattern, percent-decoded; `query` every value of each name.
    `message` is the body once a room has read it as the message that its method takes.
    """

    store: "Store"
    account: str
    scopes: frozenset[str]
    method: str
    path: dict[str, str]
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    message: Json = field(default_factory=dict)

    def json(self) -> Json:
        """The body as an object. Raises GoogleError 400 as Google does."""
        if not self.body:
            return {}
        try:
            value = json.loads(self.body, parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError):
            raise invalid("Invalid JSON payload received. Unexpected token.") from None
        if not isinstance(value, dict):
            raise invalid(
                'Invalid JSON payload received. Unknown name "": Root element must be a message.'
            )
        return _well_formed(value) if b"\\u" in self.body else value

    def first(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def flag(self, name: str) -> bool:
        return self.first(name).lower() in ("true", "1")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # Python alone takes NaN, Infinity and 1e999
        raise ValueError(text)
    return number


def _well_formed(value: Json) -> Json:
    """Half of a surrogate pair, which only an escape can bring, is U+FFFD."""
    text = json.dumps(value, ensure_ascii=False)
    if _HALF_A_PAIR.search(text):
        mended: Json = json.loads(_HALF_A_PAIR.sub("\ufffd", text))
        return mended
    return value


Answer = Json | Content
Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` is a regular expression for the whole path, with named groups for its parts.

    `api` is Google's name of the method (`sheets.spreadsheets.values.get`): faults, quotas and counts go by it.
    """

    method: str
    pattern: re.Pattern[str]
    api: str
    handler: Handler
    needs_token: bool = True


def route(method: str, path: str, api: str, handler: Handler, *, needs_token: bool = True) -> Route:
    """`{name}` stands for one path part without a slash, `{name*}` for the rest of the path."""
    pattern = re.escape(path).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*")
    pattern = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", pattern)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", pattern)
    return Route(method, re.compile(pattern), api, handler, needs_token)


class Store:
    """The data folder: one SQLite file (WAL: safe against kill -9) and `mailbox/` beside it."""

    def __init__(self, folder: Path, schemas: tuple[str, ...]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._file = folder / "sandbox.sqlite3"
        with self.write() as db:
            for schema in schemas:
                for statement in schema.split(";\n"):
                    if statement.strip():
                        db.execute(statement)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._file, isolation_level=None, timeout=30, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
            self._local.writing = False
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Closes every thread's connection; call it when no handler runs any more."""
        while self._connections:
            self._connections.pop().close()
        self._local = threading.local()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A consistent snapshot, not held up by writers."""
        connection = self._connection()
        if connection.in_transaction:  # inside this thread's own write()
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, one writer at a time; an exception undoes all of it."""
        with self._lock:
            connection = self._connection()
            if connection.in_transaction:
                if not self._local.writing:  # a snapshot cannot be written to: read() would undo it
                    raise RuntimeError("write() inside read()")
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            self._local.writing = True
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            else:
                connection.execute("COMMIT")
            finally:
                self._local.writing = False
