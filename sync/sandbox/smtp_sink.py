"""An SMTP server that delivers every message to the mailbox and none to the world.

It refuses, or loses its answer, where a plan says so, so that a sender's handling of "no", "later" and "cannot know"
can be tried. A message is answered 250 only once the mailbox holds it. Two ports: one in the clear that offers
STARTTLS, one that speaks TLS from the first byte; which ones, and whose certificate, says `smtp.json` beside the mailbox.
"""

import asyncio
import fnmatch
import functools
import json
import threading
import weakref
from collections.abc import Mapping
from typing import Any

from sync.sandbox import mailbox
from sync.sandbox.certificates import Certificate, certificate
from sync.sandbox.frame import Json, Store, invalid

FACTS = "smtp.json"


def plan(store: Store, rules: list[Json]) -> None:
    """Replaces the planned refusals; the first rule that fits a recipient applies.

    `{"to": "*@penuh.example", "answer": "452 4.2.2 Mailbox full", "at": "rcpt" | "data", "times": 2}`, or
    `{"to": "*", "drop": "before" | "after"}`: the connection breaks after DATA arrived, before or after it is kept.
    Without `times` a rule stays. Raises 400 for a rule that says neither or something else.
    """
    with store.write() as db:
        db.execute("DELETE FROM mailbox_smtp_plans")
        for rule in rules:
            moment = _moment(rule)
            kept = {"to": str(rule.get("to", "*")), "moment": moment, "answer": rule.get("answer")}
            db.execute(
                "INSERT INTO mailbox_smtp_plans (plan, times) VALUES (?, ?)",
                (json.dumps(kept), rule.get("times")),
            )


def _moment(rule: Any) -> str:
    refusal = invalid(f"not a rule for the SMTP sink: {rule!r}")
    if not isinstance(rule, dict) or not isinstance(rule.get("times", 1), int):
        raise refusal
    moment = rule.get("drop") or rule.get("at", "rcpt")
    answer = str(rule.get("answer", ""))
    answers = (
        answer[:3].isdigit() and answer[0] in "45" and answer.isascii() and answer.isprintable()
    )
    if moment not in (("before", "after") if "drop" in rule else ("rcpt", "data")):
        raise refusal
    if answers == ("drop" in rule):
        raise refusal
    return str(moment)


def _planned(store: Store, recipients: list[str], *moments: str) -> Json | None:
    """The rule that applies now; one that applies only so often is used up a little."""
    with store.read() as db:
        rows = db.execute("SELECT * FROM mailbox_smtp_plans ORDER BY id").fetchall()
    for row in rows:
        rule: Json = json.loads(row["plan"])
        if rule["moment"] not in moments:
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
        if rule is not None and rule["moment"] == "data":
            return str(rule["answer"])
        if rule is not None and rule["moment"] == "before":
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

    `authority` is the file whose certificate a client must trust.
    """

    def __init__(
        self,
        handler: _Handler,
        host: str,
        port: int,
        options: dict[str, Any],
        tls: Certificate,
    ) -> None:
        self.host = host
        self.port = port
        self.tls_port = 0
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
        from aiosmtpd.smtp import SMTP

        self._loop = asyncio.get_running_loop()
        connections: weakref.WeakSet[Any] = weakref.WeakSet()

        def connection(**more: Any) -> Any:
            protocol = SMTP(self._handler, loop=self._loop, **self._options, **more)
            connections.add(protocol)
            return protocol

        plain = await self._loop.create_server(
            functools.partial(connection, tls_context=self._tls), self.host, self.port
        )
        encrypted = await self._loop.create_server(connection, self.host, 0, ssl=self._tls)
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
    """Listens at once; port 0 takes a free one (`sink.port`). Raises OSError when the port is taken.

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
