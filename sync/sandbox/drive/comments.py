"""Drive v3 `comments`: what clients copy along with a spreadsheet. No replies, and nobody is notified."""

import json
import secrets
import sqlite3
from html import escape

from sync.sandbox.drive import masks, registry, resource
from sync.sandbox.drive.files import bad_request, seen, text
from sync.sandbox.frame import NO_CONTENT, Answer, Call, Json, denied, not_found, route

SCHEMA = """
CREATE TABLE IF NOT EXISTS drive_comments (
    id TEXT PRIMARY KEY,
    file_id TEXT NOT NULL,
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    anchor TEXT NOT NULL,
    quoted TEXT NOT NULL,             -- quotedFileContent
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS drive_comments_by_file ON drive_comments (file_id, created_at);
"""


def _mask(call: Call) -> masks.Mask:
    """Google answers no comment unless told which of its fields."""
    if not call.first("fields"):
        raise bad_request("The 'fields' parameter is required for this method.", "required")
    return masks.parse(call.first("fields"))


def _described(row: sqlite3.Row, account: str) -> Json:
    author = resource.user(row["author"], account)
    del author["emailAddress"]  # Google keeps it back
    answer: Json = {
        "kind": "drive#comment",
        "id": row["id"],
        "createdTime": row["created_at"],
        "modifiedTime": row["modified_at"],
        "author": author,
        "deleted": bool(row["deleted"]),
        "replies": [],
    }
    if not row["deleted"]:
        answer |= {"content": row["content"], "htmlContent": escape(row["content"])}
        answer["resolved"] = False
    if row["anchor"]:
        answer["anchor"] = row["anchor"]
    if quoted := json.loads(row["quoted"]):
        answer["quotedFileContent"] = quoted
    return answer


def _one(db: sqlite3.Connection, file_id: str, comment_id: str, *, deleted: bool) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM drive_comments WHERE file_id = ? AND id = ?", (file_id, comment_id)
    ).fetchone()
    if row is None or (row["deleted"] and not deleted):
        raise not_found(f"Comment not found: {comment_id}.", reason="notFound")
    return row


def _file(db: sqlite3.Connection, call: Call, need: str) -> str:
    """Comments ask for no supportsAllDrives."""
    call.query["supportsAllDrives"] = ["true"]
    return str(seen(db, call, call.path["fileId"], need)["id"])


def _list(call: Call) -> Answer:
    mask = _mask(call)
    size, start = call.first("pageSize", "20"), call.first("pageToken") or "0"
    if not size.isascii() or not size.isdecimal() or not 1 <= int(size[:9]) <= 100:
        raise bad_request(f"Invalid value '{size}'. Values must be within the range: [1, 100]")
    if not start.isascii() or not start.isdecimal() or len(start) > 9:
        raise bad_request("Invalid Value")
    with call.store.read() as db:
        file_id = _file(db, call, "reader")
        rows = db.execute(
            "SELECT * FROM drive_comments WHERE file_id = ? AND deleted <= ? AND modified_at >= ?"
            " ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?",
            (
                file_id,
                int(call.flag("includeDeleted")),
                call.first("startModifiedTime"),
                int(size) + 1,
                int(start),
            ),
        ).fetchall()
    shown = [_described(row, call.account) for row in rows[: int(size)]]
    answer: Json = {"kind": "drive#commentList", "comments": shown}
    if len(rows) > int(size):
        answer["nextPageToken"] = str(int(start) + int(size))
    kept: Json = masks.keep(answer, mask)
    return kept


def _get(call: Call) -> Answer:
    mask = _mask(call)
    with call.store.read() as db:
        file_id = _file(db, call, "reader")
        row = _one(db, file_id, call.path["commentId"], deleted=call.flag("includeDeleted"))
    kept: Json = masks.keep(_described(row, call.account), mask)
    return kept


def _content(body: Json) -> str:
    content = text(body, "content")
    if not content:
        raise bad_request("The comment content is required.", "required")
    return content


def _create(call: Call) -> Answer:
    mask, body = _mask(call), call.json()
    content, moment, comment_id = _content(body), registry.now(), "AAAA" + secrets.token_urlsafe(5)
    quoted = body.get("quotedFileContent")
    kept = (
        {name: text(quoted, name) for name in ("mimeType", "value") if quoted.get(name)}
        if (isinstance(quoted, dict))
        else {}
    )
    with call.store.write() as db:
        file_id = _file(db, call, "commenter")
        db.execute(
            "INSERT INTO drive_comments (id, file_id, author, content, anchor, quoted, created_at, modified_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                comment_id,
                file_id,
                call.account.lower(),
                content,
                text(body, "anchor"),
                json.dumps(kept),
                moment,
                moment,
            ),
        )
        row = _one(db, file_id, comment_id, deleted=False)
    answer: Json = masks.keep(_described(row, call.account), mask)
    return answer


def _own(db: sqlite3.Connection, call: Call) -> sqlite3.Row:
    row = _one(db, _file(db, call, "reader"), call.path["commentId"], deleted=False)
    if row["author"] != call.account.lower():
        raise denied(
            "The user does not have sufficient permissions for this comment.",
            reason="insufficientFilePermissions",
        )
    return row


def _update(call: Call) -> Answer:
    mask, content = _mask(call), _content(call.json())
    with call.store.write() as db:
        row = _own(db, call)
        db.execute(
            "UPDATE drive_comments SET content = ?, modified_at = ? WHERE id = ?",
            (content, registry.now(), row["id"]),
        )
        row = _one(db, row["file_id"], row["id"], deleted=False)
    answer: Json = masks.keep(_described(row, call.account), mask)
    return answer


def _delete(call: Call) -> Answer:
    with call.store.write() as db:
        row = _own(db, call)
        db.execute(
            "UPDATE drive_comments SET deleted = 1, modified_at = ? WHERE id = ?",
            (registry.now(), row["id"]),
        )
    return NO_CONTENT


_FILE = "/drive/v3/files/{fileId}/comments"
ROUTES = [
    route("GET", _FILE, "drive.comments.list", _list),
    route("POST", _FILE, "drive.comments.create", _create),
    route("GET", _FILE + "/{commentId}", "drive.comments.get", _get),
    route("PATCH", _FILE + "/{commentId}", "drive.comments.update", _update),
    route("DELETE", _FILE + "/{commentId}", "drive.comments.delete", _delete),
]
