"""Gmail v1 `users`: profile, labels, drafts, messages, and the messages of a thread.

A draft can be sent once: it is gone in the transaction that sends it, so drafts.send on a retry answers 404. A service
account has no mailbox and hears 400 failedPrecondition, as at Google without domain-wide delegation.
"""

import base64
import re
import sqlite3
from email.utils import getaddresses

from sync.sandbox import mailbox
from sync.sandbox.drive import masks, registry, uploads
from sync.sandbox.frame import (
    NO_CONTENT,
    Answer,
    Call,
    GoogleError,
    Json,
    denied,
    invalid,
    not_found,
    route,
)
from sync.sandbox.gmail import outgoing, payload, store
from sync.sandbox.gmail.outgoing import refusal

_SYSTEM_LABELS = [
    "CHAT",
    "SENT",
    "INBOX",
    "IMPORTANT",
    "TRASH",
    "DRAFT",
    "SPAM",
    "CATEGORY_FORUMS",
    "CATEGORY_UPDATES",
    "CATEGORY_PERSONAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_SOCIAL",
    "STARRED",
    "UNREAD",
]


def _account(call: Call) -> str:
    """Whose mailbox this call is about."""
    account = call.account.lower()
    if registry.is_service_account(account):
        raise GoogleError(
            400, "FAILED_PRECONDITION", "Precondition check failed.", reason="failedPrecondition"
        )
    if call.path["userId"].lower() not in ("me", account):
        raise denied(f"Delegation denied for {account}", reason="forbidden")
    return account


def _cut(call: Call, answer: Json) -> Json:
    kept: Json = masks.keep(answer, masks.parse(call.first("fields") or "*"))
    return kept


_DRAFT = frozenset(["id", "message"])
_MESSAGE = frozenset(
    [
        "classificationLabelValues",
        "historyId",
        "id",
        "internalDate",
        "labelIds",
        "payload",
        "raw",
        "sizeEstimate",
        "snippet",
        "threadId",
    ]
)


def _known(call: Call, names: frozenset[str]) -> Json:
    """The body. Raises Google's 400 for a field that it does not have."""
    body = call.json()
    checks = [("", body, names)]
    if "message" in names and body.get("message") is not None:
        checks.append((" at 'message'", body["message"], _MESSAGE))
    for where, given, known in checks:
        if not isinstance(given, dict):
            raise refusal(f"Invalid value{where}: Root element must be a message.")
        for name in given.keys() - known:
            shown = name.encode("utf-8", "replace").decode()
            text = (
                f'Invalid JSON payload received. Unknown name "{shown}"{where}: Cannot find field.'
            )
            raise invalid(
                text,
                details=[
                    {
                        "@type": "type.googleapis.com/google.rpc.BadRequest",
                        "fieldViolations": [{"description": text}],
                    }
                ],
            )
    return body


def _raw(call: Call, *, within: str = "") -> bytes:
    """The message of a request: `raw` in the JSON (`within` its part of that name), or the upload itself."""
    kind = call.first("uploadType")
    if kind == "multipart":
        return uploads.related(call.body, call.headers.get("content-type", ""))[1]
    if kind == "media":
        return call.body
    if kind:
        raise refusal(f"The sandbox takes no {kind} upload of a message.")
    whole = _known(call, _DRAFT if within else _MESSAGE)
    body = whole.get(within) if within else whole
    return payload.decode(body.get("raw") if isinstance(body, dict) else None)


def _keep(db: sqlite3.Connection, account: str, label: str, raw: bytes, thread_id: str = "") -> str:
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


def _send(
    call: Call, db: sqlite3.Connection, account: str, raw: bytes, thread_id: str = ""
) -> Json:
    sent = outgoing.prepare(raw, account)
    if not mailbox.spend(call.store, account, "gmail"):
        raise GoogleError(
            429,
            "RESOURCE_EXHAUSTED",
            "User-rate limit exceeded.  Retry after the daily sending limit has been lifted.",
            reason="rateLimitExceeded",
        )
    identity = _keep(db, account, "SENT", sent.raw, thread_id)
    mailbox.deliver(
        call.store, sender=account, recipients=sent.recipients, raw=sent.raw, via="gmail"
    )
    row = store.message(db, account, identity)
    assert row is not None  # noqa: S101 - written in this very transaction
    return _brief(row)


def _brief(row: sqlite3.Row) -> Json:
    return {"id": row["id"], "threadId": row["thread_id"], "labelIds": [row["label"]]}


def _format(call: Call, default: str = "full") -> str:
    form = call.first("format", default).lower()
    if form not in payload.FORMATS:
        raise refusal(f"Invalid value at 'format': \"{form}\"")
    return form


def _page(call: Call, most: int) -> tuple[int, int]:
    try:
        size = int(call.first("maxResults", "100"))
        start = int(base64.urlsafe_b64decode(call.first("pageToken") or "MA=="))
    except ValueError:
        raise refusal("Invalid pageToken") from None
    if not 0 <= start < 2**31:
        raise refusal("Invalid pageToken")
    return max(1, min(size, most)), start


# -- profile and labels -------------------------------------------------------------------------------------------


def _profile(call: Call) -> Answer:
    account = _account(call)
    with call.store.read() as db:
        messages, threads = db.execute(
            "SELECT count(*), count(DISTINCT thread_id) FROM gmail_messages WHERE account = ?",
            (account,),
        ).fetchone()
        history = store.last_history(db)
    return _cut(
        call,
        {
            "emailAddress": account,
            "messagesTotal": messages,
            "threadsTotal": threads,
            "historyId": str(history),
        },
    )


def _labels(call: Call) -> Answer:
    _account(call)
    labels = [{"id": name, "name": name, "type": "system"} for name in _SYSTEM_LABELS]
    return _cut(call, {"labels": labels})


# -- drafts -------------------------------------------------------------------------------------------------------


def _draft(db: sqlite3.Connection, account: str, identity: str) -> tuple[sqlite3.Row, sqlite3.Row]:
    draft = store.draft(db, account, identity)
    message = None if draft is None else store.message(db, account, draft["message"])
    if draft is None or message is None:
        raise not_found(reason="notFound")
    return draft, message


def _create_draft(call: Call) -> Answer:
    account = _account(call)
    raw = _raw(call, within="message")
    with call.store.write() as db:
        message_id = _keep(db, account, "DRAFT", raw)
        identity = store.add_draft(db, account, message_id)
        _, message = _draft(db, account, identity)
    return _cut(call, {"id": identity, "message": _brief(message)})


def _get_draft(call: Call) -> Answer:
    account = _account(call)
    with call.store.read() as db:
        draft, message = _draft(db, account, call.path["id"])
    return _cut(call, {"id": draft["id"], "message": payload.describe(message, _format(call))})


def _list_drafts(call: Call) -> Answer:
    account = _account(call)
    size, start = _page(call, 500)
    condition, values = _search(call.first("q"))
    with call.store.read() as db:
        rows = db.execute(
            "SELECT d.id AS draft, m.id, m.thread_id FROM gmail_drafts d"  # noqa: S608 - built in _search
            " JOIN gmail_messages m ON m.id = d.message WHERE d.account = ?"
            f" AND {condition} ORDER BY d.history DESC LIMIT ? OFFSET ?",
            [account, *values, size + 1, start],
        ).fetchall()
    drafts = [
        {"id": row["draft"], "message": {"id": row["id"], "threadId": row["thread_id"]}}
        for row in rows[:size]
    ]
    return _cut(call, _listing("drafts", drafts, len(rows) > size, start + size))


def _update_draft(call: Call) -> Answer:
    account = _account(call)
    raw = _raw(call, within="message")
    with call.store.write() as db:
        draft, old = _draft(db, account, call.path["id"])
        _replace(db, account, draft, old, raw)
        draft, message = _draft(db, account, draft["id"])
    return _cut(call, {"id": draft["id"], "message": _brief(message)})


def _replace(
    db: sqlite3.Connection, account: str, draft: sqlite3.Row, old: sqlite3.Row, raw: bytes
) -> None:
    new = _keep(db, account, "DRAFT", raw, old["thread_id"])
    store.delete_message(db, old["id"])
    db.execute("UPDATE gmail_drafts SET message = ? WHERE id = ?", (new, draft["id"]))


def _delete_draft(call: Call) -> Answer:
    account = _account(call)
    with call.store.write() as db:
        draft, message = _draft(db, account, call.path["id"])
        store.delete_message(db, message["id"])
        db.execute("DELETE FROM gmail_drafts WHERE id = ?", (draft["id"],))
    return NO_CONTENT


def _send_draft(call: Call) -> Answer:
    account = _account(call)
    body = _known(call, _DRAFT)
    with call.store.write() as db:
        draft, message = _draft(db, account, ascii(body.get("id")).strip("'"))
        newer = (body.get("message") or {}).get("raw")
        raw = payload.decode(newer) if newer else message["raw"]
        store.delete_message(db, message["id"])
        db.execute("DELETE FROM gmail_drafts WHERE id = ?", (draft["id"],))
        return _cut(call, _send(call, db, account, raw, message["thread_id"]))


# -- messages -----------------------------------------------------------------------------------------------------


def _send_message(call: Call) -> Answer:
    account = _account(call)
    raw = _raw(call)
    with call.store.write() as db:
        return _cut(call, _send(call, db, account, raw))


def _message(call: Call, name: str) -> sqlite3.Row:
    account = _account(call)
    with call.store.read() as db:
        row = store.message(db, account, call.path[name])
    if row is None:
        raise not_found(reason="notFound")
    return row


def _get_message(call: Call) -> Answer:
    row = _message(call, "id")
    return _cut(call, payload.describe(row, _format(call), call.query.get("metadataHeaders")))


def _get_thread(call: Call) -> Answer:
    """A draft's thread is that of the message it becomes: the way to ask whether it went."""
    account = _account(call)
    with call.store.read() as db:
        rows = store.thread(db, account, call.path["id"])
    if not rows:
        raise not_found(reason="notFound")
    wanted = call.query.get("metadataHeaders")
    messages = [payload.describe(row, _format(call), wanted) for row in rows]
    history = str(rows[-1]["history"])
    return _cut(call, {"id": call.path["id"], "historyId": history, "messages": messages})


def _get_attachment(call: Call) -> Answer:
    content = payload.attachment(_message(call, "messageId"), call.path["id"])
    if content is None:
        raise not_found(reason="notFound")
    return _cut(call, {"size": len(content), "data": payload.encode(content)})


def _list_messages(call: Call) -> Answer:
    account = _account(call)
    size, start = _page(call, 500)
    condition, values = _search(call.first("q"))
    for label in call.query.get("labelIds", []):
        condition += " AND m.label = ?"
        values.append(label)
    with call.store.read() as db:
        rows = db.execute(
            "SELECT m.id, m.thread_id FROM gmail_messages m WHERE m.account = ?"  # noqa: S608 - built in _search
            f" AND {condition} ORDER BY m.history DESC LIMIT ? OFFSET ?",
            [account, *values, size + 1, start],
        ).fetchall()
    messages = [{"id": row["id"], "threadId": row["thread_id"]} for row in rows[:size]]
    return _cut(call, _listing("messages", messages, len(rows) > size, start + size))


def _listing(name: str, items: list[Json], more: bool, next_start: int) -> Json:
    answer: Json = {"resultSizeEstimate": len(items)}
    if items:  # Gmail leaves an empty list out
        answer[name] = items
    if more:
        answer["nextPageToken"] = base64.urlsafe_b64encode(str(next_start).encode()).decode()
    return answer


_TERM = re.compile(r"(-?)(\w+):(?:\"([^\"]*)\"|\(([^)]*)\)|(\S+))|\"([^\"]*)\"|(\S+)")


def _search(text: str) -> tuple[str, list[str]]:
    """Gmail's search, as far as rfc822msgid, to, subject, in, label and plain words over the subject."""
    parts: list[str] = ["1"]
    values: list[str] = []
    for match in _TERM.finditer(text):
        name = (match[2] or "subject").lower()
        value = next((each for each in match.groups()[2:] if each), "")
        terms: dict[str, tuple[str, str]] = {
            "rfc822msgid": ("trim(m.message_id, '<>') = ?", value.strip("<>")),
            "to": ("m.recipients LIKE ? ESCAPE '\\'", _like(value)),
            "from": ("m.account LIKE ? ESCAPE '\\'", _like(value)),
            "subject": ("m.subject LIKE ? ESCAPE '\\'", _like(value)),
            "label": ("m.label = ?", value.upper()),
            "in": ("? IN ('ANYWHERE', m.label)", value.upper().removesuffix("S")),
        }
        if name not in terms:
            raise refusal(f"The sandbox does not search by {name}:")
        condition, parameter = terms[name]
        parts.append(("NOT " if match[1] else "") + condition)
        values.append(parameter)
    return " AND ".join(parts), values


def _like(value: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", value) + "%"


_ME = "/gmail/v1/users/{userId}"
ROUTES = [
    route("GET", _ME + "/profile", "gmail.users.getProfile", _profile),
    route("GET", _ME + "/labels", "gmail.users.labels.list", _labels),
    route("GET", _ME + "/drafts", "gmail.users.drafts.list", _list_drafts),
    route("POST", _ME + "/drafts", "gmail.users.drafts.create", _create_draft),
    route("POST", "/upload" + _ME + "/drafts", "gmail.users.drafts.create", _create_draft),
    route("POST", _ME + "/drafts/send", "gmail.users.drafts.send", _send_draft),
    route("GET", _ME + "/drafts/{id}", "gmail.users.drafts.get", _get_draft),
    route("PUT", _ME + "/drafts/{id}", "gmail.users.drafts.update", _update_draft),
    route("PUT", "/upload" + _ME + "/drafts/{id}", "gmail.users.drafts.update", _update_draft),
    route("DELETE", _ME + "/drafts/{id}", "gmail.users.drafts.delete", _delete_draft),
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
