"""What every method of Gmail asks of its call: whose mailbox, which fields, which page; and the form of a listing."""

import base64
import sqlite3

from sync.sandbox.drive import masks, registry, uploads
from sync.sandbox.frame import Call, GoogleError, Json, denied, invalid, not_found
from sync.sandbox.gmail import payload, store
from sync.sandbox.gmail.outgoing import refusal

DRAFT = frozenset(["id", "message"])
MESSAGE = frozenset(
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


def account_of(call: Call) -> str:
    """Whose mailbox this call is about."""
    account = call.account.lower()
    if registry.is_service_account(account):
        raise GoogleError(
            400, "FAILED_PRECONDITION", "Precondition check failed.", reason="failedPrecondition"
        )
    if call.path["userId"].lower() not in ("me", account):
        raise denied(f"Delegation denied for {account}", reason="forbidden")
    return account


def cut(call: Call, answer: Json) -> Json:
    kept: Json = masks.keep(answer, masks.parse(call.first("fields") or "*"))
    return kept


def known(call: Call, names: frozenset[str]) -> Json:
    """The body. Raises Google's 400 for a field that it does not have."""
    body = call.json()
    checks = [("", body, names)]
    if "message" in names and body.get("message") is not None:
        checks.append((" at 'message'", body["message"], MESSAGE))
    for where, given, there in checks:
        if not isinstance(given, dict):
            raise refusal(f"Invalid value{where}: Root element must be a message.")
        for name in given.keys() - there:
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


def raw_of(call: Call, *, within: str = "") -> bytes:
    """The message of a request: `raw` in the JSON (`within` its part of that name), or the upload itself."""
    kind = call.first("uploadType")
    if kind == "multipart":
        return uploads.related(call.body, call.headers.get("content-type", ""))[1]
    if kind == "media":
        return call.body
    if kind:
        raise refusal(f"The sandbox takes no {kind} upload of a message.")
    return payload.decode(_told(call, within).get("raw"))


def thread_of(call: Call, db: sqlite3.Connection, account: str, *, within: str = "") -> str:
    """The thread a message is to join; "" for one of its own. Raises 404 for one that is not there."""
    if call.first("uploadType"):
        return ""
    asked = _told(call, within).get("threadId") or ""
    if asked and not (isinstance(asked, str) and store.thread(db, account, asked)):
        raise not_found(reason="notFound")
    return asked


def _told(call: Call, within: str) -> Json:
    whole = known(call, DRAFT if within else MESSAGE)
    body = whole.get(within) if within else whole
    return body if isinstance(body, dict) else {}


def form_of(call: Call, default: str = "full") -> str:
    form = call.first("format", default).lower()
    if form not in payload.FORMATS:
        raise refusal(f"Invalid value at 'format': \"{form}\"")
    return form


def page_of(call: Call, most: int) -> tuple[int, int]:
    try:
        size = int(call.first("maxResults", "100"))
    except ValueError:
        raise refusal(
            f"Invalid value at 'max_results' (TYPE_UINT32), {call.first('maxResults')}"
        ) from None
    try:
        start = int(base64.urlsafe_b64decode(call.first("pageToken") or "MA=="))
    except ValueError:
        raise refusal("Invalid pageToken") from None
    if not 0 <= start < 2**31:
        raise refusal("Invalid pageToken")
    return max(1, min(size, most)), start


def listing(name: str, items: list[Json], more: bool, next_start: int) -> Json:
    answer: Json = {"resultSizeEstimate": len(items)}
    if items:  # Gmail leaves an empty list out
        answer[name] = items
    if more:
        answer["nextPageToken"] = base64.urlsafe_b64encode(str(next_start).encode()).decode()
    return answer
