"""Uploads to Drive: simple, multipart/related and resumable.

A resumable session and every part received are in the store: an upload goes on where it stopped, also after the
sandbox was killed. Promise: a session that is asked again after its end gives the same file, not a second one.
"""

import base64
import json
import re
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from sync.sandbox.drive import files
from sync.sandbox.drive.files import bad_request
from sync.sandbox.frame import Answer, Call, Content, Json, not_found

SCHEMA = """
CREATE TABLE IF NOT EXISTS drive_uploads (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    file_id TEXT,                     -- NULL: a new file
    metadata TEXT NOT NULL,
    mime TEXT NOT NULL,
    query TEXT NOT NULL,
    answer TEXT                       -- the file's resource once the upload is complete
);
CREATE TABLE IF NOT EXISTS drive_upload_parts (
    upload_id TEXT NOT NULL,
    start INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (upload_id, start)
);
"""

CHUNK_BYTES = 256 * 1024
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a version of the API says the same: `read` gives v3's metadata, `told` this version's answer."""

    version: str
    read: Callable[[Call, Json, str], Json]
    told: Callable[[str, Json], Json]


V3 = Dialect("v3", lambda _call, metadata, _mime: metadata, lambda _fields, answer: answer)


def _content_type(call: Call) -> str:
    return call.headers.get("content-type", "").partition(";")[0].strip() or _UNKNOWN_TYPE


def related(body: bytes, content_type: str) -> tuple[Json, bytes, str]:
    """The parts of a multipart/related body: metadata, content, and the content's type."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        raise bad_request("Missing end boundary in multipart body.", "badContent")
    mark = b"--" + found[1].encode()
    line_end = b"\r\n" if body.lstrip(b"\r\n").startswith(mark + b"\r\n") else b"\n"
    pieces = (line_end + body).split(line_end + mark)
    if len(pieces) < 4 or not pieces[-1].startswith(b"--"):
        raise bad_request("Missing end boundary in multipart body.", "badContent")
    parts = []
    for piece in pieces[1:3]:
        head, _, content = piece.removeprefix(line_end).partition(line_end * 2)
        names = {
            name.strip().lower(): value.strip()
            for name, _, value in (
                line.partition(":") for line in head.decode("latin-1").splitlines()
            )
        }
        if names.get("content-transfer-encoding", "").lower() == "base64":
            content = base64.b64decode(content)
        parts.append((names.get("content-type", _UNKNOWN_TYPE), content))
    return _metadata(parts[0][1]), parts[1][1], parts[1][0].partition(";")[0]


def _metadata(text: bytes) -> Json:
    try:
        value = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise bad_request("Parse Error", "parseError")
    # R's jsonlite writes each single value as a list of one; Google's reader takes it as the value.
    one = {name for name, held in value.items() if isinstance(held, list) and len(held) == 1}
    return {name: held[0] if name in one - {"parents"} else held for name, held in value.items()}


def _store_file(
    db: sqlite3.Connection,
    call: Call,
    metadata: Json,
    data: bytes,
    mime: str,
    file_id: str | None,
    dialect: Dialect,
) -> Json:
    fields = call.first("fields")
    metadata = dialect.read(call, metadata, mime)
    if file_id is None:
        answer = files.create(db, call, metadata, data, mime)
    else:
        answer = files.update(db, call, file_id, metadata, data, mime)
    return dialect.told(fields, answer)


def upload(dialect: Dialect, call: Call) -> Answer:
    file_id = call.path.get("fileId")
    kind = call.first("uploadType", "media")
    if kind == "resumable" and call.first("upload_id"):
        return resume(dialect, call)  # Google's client for Go sends the pieces by POST
    if kind == "resumable":
        return open_session(call, file_id, dialect)
    if kind == "multipart":
        metadata, data, mime = related(call.body, call.headers.get("content-type", ""))
    elif kind == "media":
        metadata, data, mime = {}, call.body, _content_type(call)
    else:
        raise bad_request(f"Invalid value for uploadType: {kind}")
    with call.store.write() as db:
        return _store_file(db, call, metadata, data, mime, file_id, dialect)


# -- resumable ----------------------------------------------------------------------------------------------------


def open_session(call: Call, file_id: str | None, dialect: Dialect) -> Content:
    metadata = _metadata(call.body)
    mime = call.headers.get("x-upload-content-type", "") or _UNKNOWN_TYPE
    session = "AAC" + secrets.token_urlsafe(36)
    query = json.dumps(call.query)
    with call.store.write() as db:
        if file_id is None:  # what can be refused is refused before the bytes travel
            files.plan(db, call, dialect.read(call, metadata, mime), mime, has_content=True)
        else:
            files.seen(db, call, file_id, "writer")
        db.execute(
            "INSERT INTO drive_uploads (id, account, file_id, metadata, mime, query)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (session, call.account, file_id, json.dumps(metadata), mime, query),
        )
    path = f"/upload/drive/{dialect.version}/files" + (f"/{file_id}" if file_id else "")
    location = f"{call.base_url}{path}?uploadType=resumable&upload_id={session}"
    return Content(
        b"", "text/plain", headers={"Location": location, "X-GUploader-UploadID": session}
    )


def _received(db: sqlite3.Connection, session: str) -> int:
    row = db.execute(
        "SELECT coalesce(max(start + length(content)), 0) AS size FROM drive_upload_parts"
        " WHERE upload_id = ?",
        (session,),
    ).fetchone()
    return int(row["size"])


def _incomplete(received: int) -> Content:
    return Content(b"", "", 308, {"Range": f"bytes=0-{received - 1}"} if received else {})


def _take(db: sqlite3.Connection, session: str, call: Call) -> int | None:
    """Keeps the bytes of this request. Gives the total size, or None while it is unknown."""
    given = call.headers.get("content-range", "")
    total: int | None
    if not given:
        start, total = 0, len(call.body)
    else:
        match = re.fullmatch(
            r"bytes (?:\*|([0-9]{1,18})-([0-9]{1,18}))/([0-9]{1,18}|\*)", given.strip()
        )
        if match is None:
            raise bad_request("Failed to parse Content-Range header.", "badRequest")
        total = None if match[3] == "*" else int(match[3])
        if match[1] is None:
            return total
        start = int(match[1])
        if int(match[2]) - start + 1 != len(call.body):
            raise bad_request("Content-Range does not match the length of the body.", "badRequest")
    received = _received(db, session)
    if start > received:
        raise bad_request("Invalid request. The bytes before this range are missing.", "badRequest")
    fresh = call.body[received - start :]
    if total is None or received + len(fresh) < total:  # only the last part may be of any length
        fresh = fresh[: len(fresh) // CHUNK_BYTES * CHUNK_BYTES]
    if fresh:
        db.execute(
            "INSERT INTO drive_upload_parts (upload_id, start, content) VALUES (?, ?, ?)",
            (session, received, fresh),
        )
    return total


def resume(dialect: Dialect, call: Call) -> Answer:
    session = call.first("upload_id")
    with call.store.write() as db:
        row = db.execute("SELECT * FROM drive_uploads WHERE id = ?", (session,)).fetchone()
        if row is None:
            raise not_found("Upload session not found.", reason="notFound")
        if row["answer"] is not None:
            answer: Json = json.loads(row["answer"])
            return answer
        total = _take(db, session, call)
        received = _received(db, session)
        if total is None or received < total:
            return _incomplete(received)
        parts = db.execute(
            "SELECT content FROM drive_upload_parts WHERE upload_id = ? ORDER BY start", (session,)
        )
        data = b"".join(part["content"] for part in parts)
        # the session speaks for the account that opened it, with the options it was opened with
        call.account = row["account"]
        call.query = json.loads(row["query"])
        answer = _store_file(
            db, call, json.loads(row["metadata"]), data, row["mime"], row["file_id"], dialect
        )
        db.execute("DELETE FROM drive_upload_parts WHERE upload_id = ?", (session,))
        db.execute(
            "UPDATE drive_uploads SET answer = ? WHERE id = ?", (json.dumps(answer), session)
        )
        return answer


def cancel(call: Call) -> Answer:
    with call.store.write() as db:
        session = call.first("upload_id")
        if not db.execute("DELETE FROM drive_uploads WHERE id = ?", (session,)).rowcount:
            raise not_found("Upload session not found.", reason="notFound")
        db.execute("DELETE FROM drive_upload_parts WHERE upload_id = ?", (session,))
    return Content(b"", "", 499)
