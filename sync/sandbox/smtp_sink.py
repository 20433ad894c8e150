"""An SMTP server that delivers every message to the mailbox and none to the world.

It refuses, or loses its answer, where a plan says so, so that a sender's handling of "no", "later" and "cannot know"
can be tried. A message is answered 250 only once the mailbox holds it. Two ports: one in the clear that offers
STARTTLS, one that speaks TLS from the first byte; which ones, and whose certificate, says `smtp.json` beside the mailbox.
"""

import asyncio
import contextlib
import fnmatch
import functools
import json
import re
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sync.sandbox import mailbox
from sync.sandbox.certificates import Certificate, certificate
from sync.sandbox.frame import Json, Store, invalid

FACTS = "smtp.json"
_REFUSAL = re.compile(r"[45][0-9]{2}([ ][ -~]*)?")


def understood(rules: Any) -> list[Json]:
    """The rules as they are kept. Raises 400 for one that says neither a refusal nor a drop, or something else."""
    if not isinstance(rules, list):
        raise invalid('smtp: refusals are [{"to": …, "answer": …}].')
    for number, rule in enumerate(rules):
        if (problem := _problem(rule)) is not None:
            raise invalid(f"smtp[{number}]: {problem}: not a rule for the SMTP sink")
    return rules


def plan(store: Store, rules: list[Json]) -> None:
    """Replaces the planned refusals; the first rule that fits a recipient applies.

    `{"to": "*@penuh.example", "answer": "452 4.2.2 Mailbox full", "at": "rcpt" | "data", "times": 2}`, or
    `{"to": "*", "drop": "before" | "after"}`: the connection breaks after DATA arrived, before or after it is kept.
    Without `times` a rule stays. Raises 400 for a rule that says neither or something else.
    """
    rules = understood(rules)
    with store.write() as db:
        db.execute("DELETE FROM mailbox_smtp_plans")
        db.executemany(
            "INSERT INTO mailbox_smtp_plans (plan, times) VALUES (?, ?)",
            [(json.dumps({"to": "*", **rule}), rule.get("times")) for rule in rules],
        )


def planned(store: Store) -> list[Json]:
    """The rules; `times` is how often each still applies."""
    with store.read() as db:
        rows = db.execute("SELECT * FROM mailbox_smtp_plans ORDER BY id").fetchall()
    return [json.loads(row["plan"]) | {"times": row["times"]} for row in rows]


_KEYS = ("to", "answer", "at", "drop", "times")


def _problem(rule: Any) -> str | None:
    if not isinstance(rule, dict):
        return "must be an object"
    if unknown := rule.keys() - set(_KEYS):
        return f"unknown {ascii(min(unknown))[1:-1]}; allowed are {', '.join(_KEYS)}"
    answer, times = rule.get("answer", ""), rule.get("times")
    if not isinstance(rule.get("to", "*"), str):
        return '"to" must be an address or a pattern'
    if times is not None and (type(times) is not int or times < 1):
        return '"times" must be a whole number from 1'
    if ("answer" in rule) == ("drop" in rule):
        return 'say "answer" or "drop", one of them'
    if "drop" in rule:
        if rule["drop"] not in ("before", "after") or "at" in rule:
            return '"drop" must be before or after, and has no "at"'
    elif rule.get("at", "rcpt") not in ("rcpt", "data"):
        return '"at" must be rcpt or data'
    elif not isinstance(answer, str) or not _REFUSAL.fullmatch(answer):
        return '"answer" must be a code from 400 to 599 and a text in ASCII'
    return None


def _moment(rule: Json) -> str:
    return str(rule.get("drop") or rule.get("at", "rcpt"))


def _planned(store: Store, recipients: list[str], *moments: str) -> Json | None:
    """The rule that applies now; one that applies only so often is used up a little."""
    with store.read() as db:
        rows = db.execute("SELECT * FROM mailbox_smtp_plans ORDER BY id").fetchall()
    for row in rows:
        rule: Json = json.loads(row["plan"])
        if _moment(rule) not in moments:
            continue
        if not any(fnmatch.fnmatch(each.lower(), rule["to"].lower()) for each in recipients):
            continue
        if row["times"] is not None:
            with store.write() as db:
                taken = db.execute(
                    "UPDATE mailbox_smtp_plans SET times = times - 1 WHERE id = ? AND times > 0",
                    (row["id"],),
                ).rowcount
            if not taken:
                continue
        return rule
    return None


def _account(session: Any, address: str) -> str:
    """Whose day's budget a message is taken from: the account's, or the sender's where nobody signed in."""
    login = getattr(session.auth_data, "login", b"") if session.authenticated else b""
    return (login.decode("utf-8", "replace") or address).lower()


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, store: Store, auth_required: bool) -> None:
        self.store = store
        self.auth_required = auth_required

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.auth_required and not session.authenticated:
            return "530 5.7.0 Authentication Required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        rule = _planned(self.store, [address], "rcpt")
        if rule is not None:
            return str(rule["answer"])
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        recipients = list(envelope.rcpt_tos)
        rule = _planned(self.store, recipients, "data", "before", "after")
        if rule is not None and _moment(rule) == "data":
            return str(rule["answer"])
        if rule is not None and _moment(rule) == "before":
            return self._break(server)
        sender = envelope.mail_from or ""
        with self.store.write():
            if not mailbox.spend(self.store, _account(session, sender), "smtp"):
                return "550 5.4.5 Daily user sending limit exceeded."
            number = mailbox.deliver(
                self.store,
                sender=sender,
                recipients=recipients,
                raw=envelope.original_content or b"",
                via="smtp",
            )
        if rule is not None:
            return self._break(server)
        return f"250 2.0.0 OK: kept as {number}"

    def _break(self, server: Any) -> str:
        server.transport.abort()
        return "421 4.3.2 Connection lost"


class Sink:
    """A running SMTP server; `stop` ends it and waits. `tls_port` speaks TLS at once, `port` after STARTTLS.

    The ports of `before` are taken again where they are free, unless `port` is given.

    `authority` is the file whose certificate a client must trust.
    """

    def __init__(
        self,
        handler: _Handler,
        host: str,
        port: int,
        options: dict[str, Any],
        tls: Certificate,
        before: tuple[int, int],
    ) -> None:
        self.host = host
        self.port = port
        self.tls_port = 0
        self._before = before
        self.authority = tls.authority
        self._tls = tls.context
        self._handler = handler
        self._options = options
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()
        self._ready = threading.Event()
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="smtp-sink", daemon=True)

    def listen(self) -> None:
        """Returns when the port is open. Raises OSError when it cannot be."""
        self._thread.start()
        self._ready.wait()
        if self._problem is not None:
            self._thread.join()
            raise self._problem

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as problem:
            self._problem = problem
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        from sync.sandbox.smtp_data import Session

        self._loop = asyncio.get_running_loop()
        connections: weakref.WeakSet[Any] = weakref.WeakSet()

        def connection(**more: Any) -> Any:
            protocol = Session(self._handler, loop=self._loop, **self._options, **more)
            connections.add(protocol)
            return protocol

        last, last_tls = self._before
        plain = await self._listening(
            functools.partial(connection, tls_context=self._tls), self.port, last
        )
        encrypted = await self._listening(connection, 0, last_tls, ssl=self._tls)
        self.port, self.tls_port = (
            server.sockets[0].getsockname()[1] for server in (plain, encrypted)
        )
        self._ready.set()
        await self._end.wait()
        plain.close()
        encrypted.close()
        for protocol in connections:
            if protocol.transport is not None:
                protocol.transport.abort()
        await asyncio.sleep(0)  # the transports close their sockets on the next turn

    async def _listening(self, protocol: Any, port: int, last: int, **more: Any) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if not port and last:
            with contextlib.suppress(OSError):
                return await loop.create_server(protocol, self.host, last, **more)
        return await loop.create_server(protocol, self.host, port, **more)

    def stop(self) -> None:
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(timeout=10)


def start(
    store: Store,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    accounts: Mapping[str, str] | None = None,
    auth_required: bool = False,
    size_limit_bytes: int = 25 * 2**20,
) -> Sink:
    """Listens at once; port 0 takes that of the last time, or a free one (`sink.port`). Raises OSError when the port
    is taken.

    AUTH PLAIN and LOGIN are offered; with `accounts` (name → password) only those may in, without any pair does.
    """
    from aiosmtpd.smtp import AuthResult, LoginPassword

    def authenticate(*told: Any) -> Any:  # server, session, envelope, mechanism, what was given
        data = told[4]
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        if accounts is None:
            return AuthResult(success=True)
        given = accounts.get(data.login.decode("utf-8", "replace"))
        return AuthResult(
            success=given is not None and given.encode() == data.password, handled=False
        )

    mailbox.tidy(store)
    sink = Sink(
        _Handler(store, auth_required),
        host,
        port,
        {
            "authenticator": authenticate,
            "auth_require_tls": False,
            "data_size_limit": size_limit_bytes,
            "enable_SMTPUTF8": True,
            "hostname": "sandbox.loket.example",
            "ident": "Loket sandbox",
        },
        certificate(store.folder),
        _ports(store.folder / FACTS),
    )
    sink.listen()
    facts = {
        "host": host,
        "port": sink.port,
        "tls_port": sink.tls_port,
        "ca": str(sink.authority),
        "auth_required": auth_required,
    }
    (store.folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return sink


def _ports(facts: Path) -> tuple[int, int]:
    """Of the last start, or 0."""
    try:
        told = json.loads(facts.read_text(encoding="utf-8"))
        ports = told["port"], told["tls_port"]
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0
    usable = all(type(port) is int and 0 < port < 65536 for port in ports)
    return ports if usable else (0, 0)
