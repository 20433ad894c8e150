"""Google's newer way to say a resumable upload, in X-Goog-Upload headers: its client for Ruby speaks no other.

`start` opens a session, `upload` and `upload, finalize` bring bytes, `query` asks how many have arrived, `cancel` ends
it. The sessions are those of uploads.py.
"""

import json

from sync.sandbox.drive import uploads
from sync.sandbox.drive.files import bad_request
from sync.sandbox.frame import Answer, Call, Content, Json

_PROTOCOL = "x-goog-upload-protocol"
_COMMAND = "x-goog-upload-command"


def speaks(call: Call) -> bool:
    return _PROTOCOL in call.headers or _COMMAND in call.headers


def upload(dialect: uploads.Dialect, call: Call) -> Answer:
    words = {word.strip() for word in call.headers.get(_COMMAND, "").split(",")}
    if "start" in words:
        return _start(dialect, call)
    if "cancel" in words:
        uploads.cancel(call)
        return _told("cancelled")
    if "query" in words:
        call.headers = {**call.headers, "content-range": "bytes */*"}
        call.body = b""
    elif "upload" in words or "finalize" in words:
        _say_range(call, last="finalize" in words)
    else:
        raise bad_request(f"Invalid value for: {_COMMAND}")
    answer = uploads.resume(dialect, call)
    if isinstance(answer, Content) and answer.status == 308:
        arrived = answer.headers.get("Range", "bytes=0--1").rpartition("-")
        size = int(arrived[2]) + 1 if arrived[0] != "bytes=0-" else 0
        return _told("active", {"X-Goog-Upload-Size-Received": str(size)})
    return _final(answer)


def _start(dialect: uploads.Dialect, call: Call) -> Content:
    if call.headers.get(_PROTOCOL) != "resumable":
        raise bad_request(f"Invalid value for: {_PROTOCOL}")
    kind = call.headers.get("x-goog-upload-header-content-type", "")
    call.headers = {**call.headers, "x-upload-content-type": kind}
    opened = uploads.open_session(call, call.path.get("fileId"), dialect)
    address = {"X-Goog-Upload-URL": opened.headers["Location"]}
    step = {"X-Goog-Upload-Chunk-Granularity": str(uploads.CHUNK_BYTES)}
    return _told("active", {**address, **step})


def _say_range(call: Call, *, last: bool) -> None:
    """The same in the words of the older protocol."""
    offset = call.headers.get("x-goog-upload-offset", "0")
    if not (offset.isascii() and offset.isdigit()):
        raise bad_request("Invalid value for: x-goog-upload-offset")
    end = int(offset) + len(call.body)
    span = f"{offset}-{end - 1}" if call.body else "*"
    call.headers = {**call.headers, "content-range": f"bytes {span}/{end if last else '*'}"}


def _told(status: str, headers: dict[str, str] | None = None) -> Content:
    return Content(b"", "text/plain", headers={"X-Goog-Upload-Status": status, **(headers or {})})


def _final(answer: Answer) -> Content:
    body: Json = answer if isinstance(answer, dict) else {}
    return Content(
        json.dumps(body).encode(),
        "application/json; charset=UTF-8",
        headers={"X-Goog-Upload-Status": "final"},
    )
