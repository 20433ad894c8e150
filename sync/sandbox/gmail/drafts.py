"""Gmail's drafts. A draft can be sent once: it is gone in the transaction that sends it, so drafts.send on a retry
answers 404.
"""

import sqlite3

from sync.sandbox.frame import NO_CONTENT, Answer, Call, not_found, route
from sync.sandbox.gmail import calls, messages, payload, search, store


def _draft(db: sqlite3.Connection, account: str, identity: str) -> tuple[sqlite3.Row, sqlite3.Row]:
    draft = store.draft(db, account, identity)
    message = None if draft is None else store.message(db, account, draft["message"])
    if draft is None or message is None:
        raise not_found(reason="notFound")
    return draft, message


def _create_draft(call: Call) -> Answer:
    account = calls.account_of(call)
    raw = calls.raw_of(call, within="message")
    with call.store.write() as db:
        thread_id = calls.thread_of(call, db, account, within="message")
        message_id = messages.keep(db, account, "DRAFT", raw, thread_id)
        identity = store.add_draft(db, account, message_id)
        _, message = _draft(db, account, identity)
    return calls.cut(call, {"id": identity, "message": messages.brief(message)})


def _get_draft(call: Call) -> Answer:
    account = calls.account_of(call)
    with call.store.read() as db:
        draft, message = _draft(db, account, call.path["id"])
    return calls.cut(
        call, {"id": draft["id"], "message": payload.describe(message, calls.form_of(call))}
    )


def _list_drafts(call: Call) -> Answer:
    account = calls.account_of(call)
    size, start = calls.page_of(call, 500)
    condition, values = search.condition(call.first("q"))
    with call.store.read() as db:
        rows = db.execute(
            "SELECT d.id AS draft, m.id, m.thread_id FROM gmail_drafts d"  # noqa: S608 - built in search.py
            " JOIN gmail_messages m ON m.id = d.message WHERE d.account = ?"
            f" AND {condition} ORDER BY d.history DESC LIMIT ? OFFSET ?",
            [account, *values, size + 1, start],
        ).fetchall()
    drafts = [
        {"id": row["draft"], "message": {"id": row["id"], "threadId": row["thread_id"]}}
        for row in rows[:size]
    ]
    return calls.cut(call, calls.listing("drafts", drafts, len(rows) > size, start + size))


def _update_draft(call: Call) -> Answer:
    account = calls.account_of(call)
    raw = calls.raw_of(call, within="message")
    with call.store.write() as db:
        draft, old = _draft(db, account, call.path["id"])
        _replace(db, account, draft, old, raw)
        draft, message = _draft(db, account, draft["id"])
    return calls.cut(call, {"id": draft["id"], "message": messages.brief(message)})


def _replace(
    db: sqlite3.Connection, account: str, draft: sqlite3.Row, old: sqlite3.Row, raw: bytes
) -> None:
    new = messages.keep(db, account, "DRAFT", raw, old["thread_id"])
    store.delete_message(db, old["id"])
    db.execute("UPDATE gmail_drafts SET message = ? WHERE id = ?", (new, draft["id"]))


def _delete_draft(call: Call) -> Answer:
    account = calls.account_of(call)
    with call.store.write() as db:
        draft, message = _draft(db, account, call.path["id"])
        store.delete_message(db, message["id"])
        db.execute("DELETE FROM gmail_drafts WHERE id = ?", (draft["id"],))
    return NO_CONTENT


def _send_draft(call: Call) -> Answer:
    account = calls.account_of(call)
    body = calls.known(call, calls.DRAFT)
    with call.store.write() as db:
        draft, message = _draft(db, account, ascii(body.get("id")).strip("'"))
        newer = (body.get("message") or {}).get("raw")
        raw = payload.decode(newer) if newer else message["raw"]
        store.delete_message(db, message["id"])
        db.execute("DELETE FROM gmail_drafts WHERE id = ?", (draft["id"],))
        return calls.cut(call, messages.send(call, db, account, raw, message["thread_id"]))


_DRAFTS = "/gmail/v1/users/{userId}/drafts"
ROUTES = [
    route("GET", _DRAFTS, "gmail.users.drafts.list", _list_drafts),
    route("POST", _DRAFTS, "gmail.users.drafts.create", _create_draft),
    route("POST", "/upload" + _DRAFTS, "gmail.users.drafts.create", _create_draft),
    route("POST", _DRAFTS + "/send", "gmail.users.drafts.send", _send_draft),
    route("GET", _DRAFTS + "/{id}", "gmail.users.drafts.get", _get_draft),
    route("PUT", _DRAFTS + "/{id}", "gmail.users.drafts.update", _update_draft),
    route("PUT", "/upload" + _DRAFTS + "/{id}", "gmail.users.drafts.update", _update_draft),
    route("DELETE", _DRAFTS + "/{id}", "gmail.users.drafts.delete", _delete_draft),
]
