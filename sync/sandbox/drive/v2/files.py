"""Drive v2 `files`: the calls that clients still make, over v3's deeds."""

import json
from collections.abc import Callable

from sync.sandbox.drive import files, reading, registry, uploads
from sync.sandbox.drive.v2 import words
from sync.sandbox.frame import Answer, Call, Content, GoogleError, Json, Route, route


def _shown(given: Json, base_url: str, fields: str) -> Json:
    return words.cut(words.file(given, base_url), fields)


def _get(call: Call) -> Answer:
    if call.first("alt") == "media":
        return reading.get(call)
    fields = words.asked(call)
    found = reading.get(call)
    assert isinstance(found, dict)  # noqa: S101 - without alt=media
    answer = words.file(found, call.base_url)
    etag = answer["etag"]
    if etag in call.headers.get("if-none-match", ""):
        return Content(b"", "", 304, {"ETag": etag})
    told = json.dumps(words.cut(answer, fields), ensure_ascii=False).encode("utf-8", "replace")
    return Content(told, "application/json; charset=UTF-8", headers={"ETag": etag})


def _list(call: Call) -> Answer:
    size = call.first("maxResults", "100")
    fields = words.asked(call, q=words.search(call.first("q")), pageSize=size)
    if order := call.first("orderBy"):
        call.query["orderBy"] = [words.search(order)]
    found = reading.listing(call)
    answer: Json = {
        "kind": "drive#fileList",
        "etag": words.etag(registry.now()),
        "selfLink": f"{call.base_url}/drive/v2/files",
        "incompleteSearch": False,
        "items": [_shown(each, call.base_url, fields and "*") for each in found["files"]],
    }
    if "nextPageToken" in found:
        answer["nextPageToken"] = found["nextPageToken"]
    return words.cut(answer, fields)


def _unchanged(call: Call) -> None:
    """If-Match: 412 when somebody else was faster."""
    wanted = call.headers.get("if-match", "")
    if wanted in ("", "*"):
        return
    with call.store.read() as db:
        row = files.seen(db, call, call.path["fileId"])
    if words.etag(row["id"], str(row["version"])) not in wanted:
        raise GoogleError(
            412, "FAILED_PRECONDITION", "Precondition Failed", reason="conditionNotMet"
        )


def _insert(call: Call) -> Answer:
    fields = call.first("fields")
    metadata = words.metadata(call, call.json())
    with call.store.write() as db:
        made = files.create(db, call, metadata, None, "application/octet-stream")
    return _shown(made, call.base_url, fields)


def _change(call: Call, body: Json) -> Answer:
    with call.store.write() as db:
        _unchanged(call)
        fields = call.first("fields")
        metadata = words.metadata(call, body)
        metadata.pop("id", None)
        changed = files.update(db, call, call.path["fileId"], metadata, None, "")
    return _shown(changed, call.base_url, fields)


def _update(call: Call) -> Answer:
    return _change(call, call.json())


def _labelled(trashed: bool) -> Callable[[Call], Answer]:
    return lambda call: _change(call, {"labels": {"trashed": trashed}})


def _copy(call: Call) -> Answer:
    fields = call.first("fields")
    metadata = words.metadata(
        Call(call.store, "", frozenset(), "", {}, {}, {}, b"", ""), call.json()
    )
    words.asked(call)
    call.body = json.dumps(metadata).encode()
    copied = files.copy(call)
    return _shown(copied, call.base_url, fields)


def _told(base_url: str) -> Callable[[str, Json], Json]:
    return lambda fields, answer: _shown(answer, base_url, fields)


def _with_base(handler: Callable[[uploads.Dialect, Call], Answer]) -> Callable[[Call], Answer]:
    """Links in the answer need the address that was called."""

    def answer(call: Call) -> Answer:
        return handler(uploads.Dialect("v2", words.metadata, _told(call.base_url)), call)

    return answer


def _put(call: Call) -> Answer:
    """v2's own update is a PUT like the parts of a session, which need no token."""
    if call.first("upload_id"):
        return _with_base(uploads.resume)(call)
    from sync.sandbox import oauth

    with call.store.read() as db:
        call.account, call.scopes = oauth.bearer(db, call.headers, call.query)
    oauth.admit("drive.files.update", call.scopes)
    return _with_base(uploads.upload)(call)


_FILES = "/drive/v2/files"
_ONE = _FILES + "/{fileId}"


def _uploads() -> list[Route]:
    new, one = "/upload" + _FILES, "/upload" + _ONE
    again = _with_base(uploads.resume)
    return [
        route("POST", new, "drive.files.insert", _with_base(uploads.upload)),
        route("PUT", new, "drive.files.insert", again, needs_token=False),
        route("DELETE", new, "drive.files.insert", uploads.cancel, needs_token=False),
        route("PUT", one, "drive.files.update", _put, needs_token=False),
        route("DELETE", one, "drive.files.update", uploads.cancel, needs_token=False),
    ]


ROUTES: list[Route] = [
    route("GET", _FILES, "drive.files.list", _list),
    route("POST", _FILES, "drive.files.insert", _insert),
    route("GET", _FILES + "/generateIds", "drive.files.generateIds", files.generate_ids),
    route("GET", _ONE, "drive.files.get", _get),
    route("PUT", _ONE, "drive.files.update", _update),
    route("PATCH", _ONE, "drive.files.patch", _update),
    route("DELETE", _ONE, "drive.files.delete", files.delete),
    route("POST", _ONE + "/copy", "drive.files.copy", _copy),
    route("POST", _ONE + "/trash", "drive.files.trash", _labelled(True)),
    route("POST", _ONE + "/untrash", "drive.files.untrash", _labelled(False)),
    route("GET", _ONE + "/export", "drive.files.export", reading.export),
    *_uploads(),
]
