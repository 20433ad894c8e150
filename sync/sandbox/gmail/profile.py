"""Gmail's profile of an account, and its labels: the system's own, which every mailbox has."""

from sync.sandbox.frame import Answer, Call, Json, not_found, route
from sync.sandbox.gmail import calls, store

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


def _profile(call: Call) -> Answer:
    account = calls.account_of(call)
    with call.store.read() as db:
        messages, threads = db.execute(
            "SELECT count(*), count(DISTINCT thread_id) FROM gmail_messages WHERE account = ?",
            (account,),
        ).fetchone()
        history = store.last_history(db)
    return calls.cut(
        call,
        {
            "emailAddress": account,
            "messagesTotal": messages,
            "threadsTotal": threads,
            "historyId": str(history),
        },
    )


def _labels(call: Call) -> Answer:
    calls.account_of(call)
    return calls.cut(call, {"labels": [_label(name) for name in _SYSTEM_LABELS]})


def _get_label(call: Call) -> Answer:
    account, name = calls.account_of(call), call.path["id"]
    if name not in _SYSTEM_LABELS:
        raise not_found(reason="notFound")
    with call.store.read() as db:
        messages, threads = db.execute(
            "SELECT count(*), count(DISTINCT thread_id) FROM gmail_messages"
            " WHERE account = ? AND label = ?",
            (account, name),
        ).fetchone()
    counts = {"messagesTotal": messages, "threadsTotal": threads}
    return calls.cut(call, {**_label(name), **counts, "messagesUnread": 0, "threadsUnread": 0})


def _label(name: str) -> Json:
    return {"id": name, "name": name, "type": "system"}


_ME = "/gmail/v1/users/{userId}"
ROUTES = [
    route("GET", _ME + "/profile", "gmail.users.getProfile", _profile),
    route("GET", _ME + "/labels", "gmail.users.labels.list", _labels),
    route("GET", _ME + "/labels/{id}", "gmail.users.labels.get", _get_label),
]
