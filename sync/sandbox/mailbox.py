"""The mailbox: every message that any way of sending has delivered, as an .eml file in <data>/mailbox/.

The files are the messages; SQLite keeps their order and envelopes. A file is complete before its line is committed,
so a kill at any moment leaves either the whole message or none. Nothing here leaves the machine.
"""

import email
import email.policy
import hashlib
import json
import re
import sqlite3
import weakref
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sync.sandbox import clock
from sync.sandbox.frame import Call, Json, Store, invalid, route

SCHEMA = """
CREATE TABLE IF NOT EXISTS mailbox (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,             -- of the envelope, as are the recipients
    recipients TEXT NOT NULL,
    via TEXT NOT NULL,
    file_name TEXT NOT NULL,
    facts TEXT                        -- what was read out of the message, once someone has asked
);
CREATE TABLE IF NOT EXISTS mailbox_smtp_plans (
    id INTEGER PRIMARY KEY,
    plan TEXT NOT NULL,
    times INTEGER                     -- how often it still applies; NULL: always
);
CREATE TABLE IF NOT EXISTS mailbox_spent (
    service TEXT NOT NULL,            -- gmail or smtp
    account TEXT NOT NULL,
    at_s REAL NOT NULL                -- by the sandbox's clock
);
"""

PER_DAY = 2000
"""What a Workspace account may send in any 24 hours; a consumer's may send 500."""
_DAY_S = 24 * 3600
_budgets: weakref.WeakKeyDictionary[Store, int] = weakref.WeakKeyDictionary()


def limit(store: Store, per_day: int | None) -> None:
    """How many messages an account may send in 24 hours from now on; None for as many as it likes."""
    if per_day is None:
        _budgets.pop(store, None)
    else:
        _budgets[store] = per_day


def spend(store: Store, account: str, service: str) -> bool:
    """Counts one message; False, and not counted, when the account has sent all it may in the last 24 hours."""
    per_day = _budgets.get(store)
    if per_day is None:
        return True
    now = clock.of(store).now()
    with store.write() as db:
        # What lies ahead was spent before the clock was set back.
        db.execute("DELETE FROM mailbox_spent WHERE at_s <= ? OR at_s > ?", (now - _DAY_S, now))
        sent = db.execute(
            "SELECT count(*) FROM mailbox_spent WHERE service = ? AND account = ?",
            (service, account),
        ).fetchone()[0]
        if sent >= per_day:
            return False
        db.execute("INSERT INTO mailbox_spent VALUES (?, ?, ?)", (service, account, now))
    return True


def forgive(store: Store) -> None:
    """Nobody has sent anything today."""
    with store.write() as db:
        db.execute("DELETE FROM mailbox_spent")


def folder(store: Store) -> Path:
    return store.folder / "mailbox"


def deliver(store: Store, *, sender: str, recipients: list[str], raw: bytes, via: str) -> int:
    """Keeps a message; joins the caller's transaction if there is one. `via`: smtp, gmail, drive. Gives its number."""
    place = folder(store)
    with store.write() as db:
        number = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM mailbox").fetchone()[0])
        name = f"{number:04d}-{_slug(recipients)}.eml"
        place.mkdir(exist_ok=True)
        half = place / f".{name}.part"
        half.write_bytes(raw)
        half.replace(place / name)
        db.execute(
            "INSERT INTO mailbox (id, received_at, sender, recipients, via, file_name)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (number, datetime.now(UTC).isoformat(), sender, json.dumps(recipients), via, name),
        )
    return number


def messages(store: Store) -> list[Json]:
    """Every message in the order received; read in full the first time it is asked for."""
    with store.read() as db:
        rows = db.execute("SELECT * FROM mailbox ORDER BY id").fetchall()
    fresh: list[tuple[str, int]] = []
    answer = []
    for row in rows:
        if row["facts"] is None:
            file = folder(store) / row["file_name"]
            facts = _read(file.read_bytes() if file.exists() else b"")  # a person may delete files
            fresh.append((json.dumps(facts), row["id"]))
        else:
            facts = json.loads(row["facts"])
        answer.append(_entry(store, row, facts))
    if fresh:
        with store.write() as db:
            db.executemany("UPDATE mailbox SET facts = ? WHERE id = ?", fresh)
    return answer


def _entry(store: Store, row: sqlite3.Row, facts: Json) -> Json:
    return {
        "id": row["id"],
        "received_at": row["received_at"],
        "via": row["via"],
        "sender": row["sender"],
        "recipients": json.loads(row["recipients"]),
        **facts,
        "path": str(folder(store) / row["file_name"]),
    }


def forget(store: Store) -> None:
    """Empties the mailbox, files included."""
    with store.write() as db:
        db.execute("DELETE FROM mailbox")
        _sweep(store, 0)


def tidy(store: Store) -> None:
    """At start: removes files whose message was never committed."""
    with store.write() as db:
        last = int(db.execute("SELECT coalesce(max(id), 0) FROM mailbox").fetchone()[0])
        _sweep(store, last)


def _sweep(store: Store, last: int) -> None:
    for file in folder(store).glob("*"):
        number = re.match(r"(\d+)-.*\.eml$", file.name)
        if file.name.endswith(".part") or (number and int(number[1]) > last):
            file.unlink(missing_ok=True)


def _slug(recipients: list[str]) -> str:
    first = recipients[0] if recipients else "none"
    return re.sub(r"[^a-z0-9]+", "-", first.lower()).strip("-")[:60] or "message"


def headers_of(message: Any) -> list[tuple[str, str]]:
    """Names and readable values; a value that cannot be parsed is given as it stands."""
    found = []
    for name, raw in message.raw_items():
        try:
            value = str(message.policy.header_fetch_parse(name, raw))
        except Exception:  # the standard library's parser fails in many ways on a hostile header
            value = str(raw)
        found.append((name, value.strip()))
    return found


def _read(raw: bytes) -> Json:
    """What people and tests ask of a message. Never fails on a broken one: it shows what can be read."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    headers: dict[str, str] = {}
    for name, value in headers_of(message):
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    known = {name.lower(): value for name, value in headers.items()}
    facts = {
        name: known.get(name.replace("_", "-"), "")
        for name in ("from", "to", "subject", "date", "message_id")
    }
    try:
        parts: Json = {
            "text": _body(message, "plain"),
            "html": _body(message, "html"),
            "attachments": [_attachment(part) for part in message.iter_attachments()],
        }
    except Exception:  # as above: one part's header spoils the walk through all
        parts = {"text": raw.decode("utf-8", "replace"), "html": "", "attachments": []}
    return {**facts, "headers": headers, **parts}


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except LookupError:  # an unknown charset
        text = _bytes(part).decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _bytes(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else part.as_bytes()


def _attachment(part: Any) -> Json:
    content = _bytes(part)
    return {
        "file_name": part.get_filename() or "",
        "content_type": part.get_content_type(),
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _put_limit(call: Call) -> Json:
    """`{"per_day": 3}`; null for no limit."""
    body = call.json()
    per_day = body.get("per_day")
    known = per_day is None or (type(per_day) is int and 0 <= per_day <= 10**6)
    if set(body) != {"per_day"} or not known:
        raise invalid('say {"per_day": n}, or null for no limit')
    limit(call.store, per_day)
    return body


ROUTES = [
    route("PUT", "/_sandbox/mailbox/limit", "control.mailbox.limit", _put_limit, needs_token=False),
]
