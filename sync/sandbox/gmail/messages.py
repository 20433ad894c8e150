"""Gmail's messages: sending them, and reading what was sent, one by one, by search, by thread."""

import sqlite3
from email.utils import getaddresses

from sync.sandbox import mailbox
from sync.sandbox.frame import Answer, Call, GoogleError, Json, not_found, route
from sync.sandbox.gmail import calls, outgoing, payload, search, store


def keep(db: sqlite3.Connection, account: str, label: str, raw: bytes, thread_id: str = "") -> str:
    """Stores a message and gives its id."""
    headers = mailbox.headers_of(outgoing.parsed(raw))
    values = [value for name, value in headers if name.lower() in ("to", "cc", "bcc")]
    known = {name.lower(): value for name, value in headers}
    return store.add_message(
        db,
        account=account,
        label=label,
        raw=raw,
        message_id=known.get("message-id", ""),
        recipients=", ".join(address for _, address in getaddresses(values)),
        subject=known.get("subject", ""),
        thread_id=thread_id,
    )


def send(call: Call, db: sqlite3.Connection, account: str, raw: bytes, thread_id: str = "") -> Json:
    """Delivers a message as this account and keeps it among the sent ones."""
    sent = outgoing.prepare(raw, account)
    if not mailbox.spend(call.store, account, "gmail"):
        raise GoogleError(
            429,
            "RESOURCE_EXHAUSTED",
            "User-rate limit exceeded.  Retry after the daily sending limit has been lifted.",
            reason="rateLimitExceeded",
        )
    identity = keep(db, account, "SENT", sent.raw, thread_id)
    mailbox.deliver(
        call.store, sender=account, recipients=sent.recipients, raw=sent.raw, via="gmail"
    )
    row = store.message(db, account, identity)
    assert row is not None  # noqa: S101 - written in this very transaction
    return brief(row)


def brief(row: sqlite3.Row) -> Json:
    return {"id": row["id"], "threadId": row["thread_id"], "labelIds": [row["label"]]}


def _send_message(call: Call) -> Answer:
    account = calls.account_of(call)
    raw = calls.raw_of(call)
    with call.store.write() as db:
        return calls.cut(call, send(call, db, account, raw, calls.thread_of(call, db, account)))


def _message(call: Call, name: str) -> sqlite3.Row:
    account = calls.account_of(call)
    with call.store.read() as db:
        row = store.message(db, account, call.path[name])
    if row is None:
        raise not_found(reason="notFound")
    return row


def _get_message(call: Call) -> Answer:
    row = _message(call, "id")
    return calls.cut(
        call, payload.describe(row, calls.form_of(call), call.query.get("metadataHeaders"))
    )


def _get_thread(call: Call) -> Answer:
    """A draft's thread is that of the message it becomes: the way to ask whether it went."""
    account = calls.account_of(call)
    with call.store.read() as db:
        rows = store.thread(db, account, call.path["id"])
    if not rows:
        raise not_found(reason="notFound")
    wanted = call.query.get("metadataHeaders")
    messages = [payload.describe(row, calls.form_of(call), wanted) for row in rows]
    history = str(rows[-1]["history"])
    return calls.cut(call, {"id": call.path["id"], "historyId": history, "messages": messages})


def _get_attachment(call: Call) -> Answer:
    content = payload.attachment(_message(call, "messageId"), call.path["id"])
    if content is None:
        raise not_found(reason="notFound")
    return calls.cut(call, {"size": len(content), "data": payload.encode(content)})


def _list_messages(call: Call) -> Answer:
    account = calls.account_of(call)
    size, start = calls.page_of(call, 500)
    condition, values = search.condition(call.first("q"))
    for label in call.query.get("labelIds", []):
        condition += " AND m.label = ?"
        values.append(label)
    with call.store.read() as db:
        rows = db.execute(
            "SELECT m.id, m.thread_id FROM gmail_messages m WHERE m.account = ?"  # noqa: S608 - built in search.py
            f" AND {condition} ORDER BY m.history DESC LIMIT ? OFFSET ?",
            [account, *values, size + 1, start],
        ).fetchall()
    messages = [{"id": row["id"], "threadId": row["thread_id"]} for row in rows[:size]]
    return calls.cut(call, calls.listing("messages", messages, len(rows) > size, start + size))


_ME = "/gmail/v1/users/{userId}"
ROUTES = [
    route("GET", _ME + "/messages", "gmail.users.messages.list", _list_messages),
    route("POST", _ME + "/messages/send", "gmail.users.messages.send", _send_message),
    route("POST", "/upload" + _ME + "/messages/send", "gmail.users.messages.send", _send_message),
    route("GET", _ME + "/messages/{id}", "gmail.users.messages.get", _get_message),
    route("GET", _ME + "/threads/{id}", "gmail.users.threads.get", _get_thread),
    route(
        "GET",
        _ME + "/messages/{messageId}/attachments/{id}",
        "gmail.users.messages.attachments.get",
        _get_attachment,
    ),
]
