"""Drive v2 as far as clients still call it: files, permissions and `about`, told in v2's words over v3's deeds.

Only words are translated here: what may be done and what it does is decided in files.py, reading.py and permissions.py.
"""

import json
import re
from collections.abc import Callable, Mapping

from sync.sandbox.drive import drives, files, masks, permissions, reading, registry, uploads
from sync.sandbox.drive.files import bad_request
from sync.sandbox.drive.registry import NATIVE, SPREADSHEET
from sync.sandbox.frame import NO_CONTENT, Answer, Call, Content, GoogleError, Json, Route, route

_SAME = [
    "id",
    "description",
    "mimeType",
    "version",
    "spaces",
    "shared",
    "driveId",
    "teamDriveId",
    "copyRequiresWriterPermission",
    "writersCanShare",
    "isAppAuthorized",
    "permissionIds",
    "originalFilename",
    "fileExtension",
    "fullFileExtension",
    "md5Checksum",
    "sha1Checksum",
    "sha256Checksum",
    "headRevisionId",
    "quotaBytesUsed",
    "ownedByMe",
    "explicitlyTrashed",
    "hasThumbnail",
    "capabilities",
    "webContentLink",
]
_RENAMED = {
    "name": "title",
    "createdTime": "createdDate",
    "modifiedTime": "modifiedDate",
    "size": "fileSize",
    "webViewLink": "alternateLink",
}
_WORDS = {new: old for old, new in _RENAMED.items()} | {"lastViewedByMeDate": "viewedByMeTime"}
_EXPORTS = (
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


# -- what v3 answers, in v2's words -----------------------------------------------------------------------------------


def _user(given: Json) -> Json:
    return {
        "kind": "drive#user",
        "displayName": given["displayName"],
        "isAuthenticatedUser": given["me"],
        "permissionId": given["permissionId"],
        "emailAddress": given["emailAddress"],
    }


def _permission(given: Json) -> Json:
    """v2 has three roles, and says who may only comment beside them."""
    answer: Json = {
        "kind": "drive#permission",
        "id": given["id"],
        "type": given["type"],
        "role": given["role"],
        "etag": _etag(given["id"], given["role"]),
    }
    if given["role"] == "commenter":
        answer |= {"role": "reader", "additionalRoles": ["commenter"]}
    for old, new in (
        ("displayName", "name"),
        ("emailAddress", "emailAddress"),
        ("domain", "domain"),
        ("deleted", "deleted"),
        ("pendingOwner", "pendingOwner"),
    ):
        if old in given:
            answer[new] = given[old]
    if given["type"] in ("anyone", "domain"):
        answer["withLink"] = not given.get("allowFileDiscovery", False)
    return answer


def _etag(*parts: str) -> str:
    return '"' + "/".join(parts) + '"'


def _file(given: Json, base_url: str) -> Json:
    link = f"{base_url}/drive/v2/files/{given['id']}"
    answer: Json = {"kind": "drive#file", "etag": _etag(given["id"], given["version"])}
    answer |= {name: given[name] for name in _SAME if name in given}
    answer |= {new: given[old] for old, new in _RENAMED.items() if old in given}
    answer["selfLink"] = link
    answer["labels"] = {
        "starred": given["starred"],
        "trashed": given["trashed"],
        "hidden": False,
        "restricted": False,
        "viewed": True,
        "modified": True,
    }
    answer["parents"] = [
        {
            "kind": "drive#parentReference",
            "id": parent,
            "selfLink": f"{link}/parents/{parent}",
            "parentLink": f"{base_url}/drive/v2/files/{parent}",
            "isRoot": parent.endswith("Uk9PVA"),
        }
        for parent in given.get("parents", [])
    ]
    answer["properties"] = [
        {"kind": "drive#property", "key": key, "value": value, "visibility": visibility}
        for name, visibility in (("properties", "PUBLIC"), ("appProperties", "PRIVATE"))
        for key, value in given.get(name, {}).items()
    ]
    answer["owners"] = [_user(each) for each in given.get("owners", [])]
    answer["ownerNames"] = [each["displayName"] for each in answer["owners"]]
    if "lastModifyingUser" in given:
        answer["lastModifyingUser"] = _user(given["lastModifyingUser"])
        answer["lastModifyingUserName"] = given["lastModifyingUser"]["displayName"]
    if "permissions" in given:
        answer["permissions"] = [_permission(each) for each in given["permissions"]]
    may = given["capabilities"]
    answer |= {"editable": may["canEdit"], "copyable": may["canCopy"]}
    answer |= {"shareable": may["canShare"], "canComment": may["canComment"]}
    if "md5Checksum" in given:
        answer["downloadUrl"] = f"{link}?alt=media&source=downloadUrl"
    if given["mimeType"] == SPREADSHEET:
        export = f"{base_url}/drive/v3/files/{given['id']}/export?mimeType="
        answer["exportLinks"] = {mime: export + mime for mime in _EXPORTS}
    return answer


def _cut(answer: Json, fields: str) -> Json:
    kept: Json = masks.keep(answer, masks.parse(fields or "*"))
    return kept


# -- what a v2 request says, in v3's words ----------------------------------------------------------------------------


def _asked(call: Call, **more: str) -> str:
    """Everything is asked of v3, and cut afterwards; gives the caller's own mask."""
    fields = call.first("fields")
    call.query = {**call.query, "fields": ["*"], **{name: [value] for name, value in more.items()}}
    return fields


def _metadata(call: Call, body: Json, mime: str = "") -> Json:
    """v3's metadata, and the folder to move to as v3's parameter."""
    _asked(call)
    given: Json = {name: body[name] for name in ("id", "description", "mimeType") if name in body}
    if "title" in body:
        given["name"] = body["title"]
    labels = body.get("labels")
    if isinstance(labels, dict):
        given |= {name: labels[name] for name in ("starred", "trashed") if name in labels}
    parents = [each.get("id") for each in _objects(body, "parents")]
    if parents and "fileId" in call.path:
        call.query["addParents"] = [files.text({"parents": parents[0]}, "parents")]
    elif parents:
        given["parents"] = parents
    for each in _objects(body, "properties"):
        name = "properties" if each.get("visibility") == "PUBLIC" else "appProperties"
        given.setdefault(name, {})[files.text(each, "key")] = each.get("value")
    if call.flag("convert") and "fileId" not in call.path and NATIVE[SPREADSHEET].takes(mime):
        given["mimeType"] = SPREADSHEET
    elif call.flag("convert") and not NATIVE[SPREADSHEET].takes(mime):
        raise bad_request(f"The sandbox does not convert {mime or 'this'}.")
    return given


def _objects(body: Json, name: str) -> list[Json]:
    given = body.get(name) or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise bad_request("Invalid Value")
    return given


def _search(text: str) -> str:
    """Names outside quotes become v3's."""
    pieces = re.split(r"('(?:[^'\\]|\\.)*')", text)
    return "".join(
        piece if piece.startswith("'") else re.sub(r"\w+", lambda m: _WORDS.get(m[0], m[0]), piece)
        for piece in pieces
    )


# -- files ------------------------------------------------------------------------------------------------------------


def _get(call: Call) -> Answer:
    if call.first("alt") == "media":
        return reading.get(call)
    fields = _asked(call)
    found = reading.get(call)
    assert isinstance(found, dict)  # noqa: S101 - without alt=media
    answer = _file(found, call.base_url)
    etag = answer["etag"]
    if etag in call.headers.get("if-none-match", ""):
        return Content(b"", "", 304, {"ETag": etag})
    told = json.dumps(_cut(answer, fields), ensure_ascii=False).encode("utf-8", "replace")
    return Content(told, "application/json; charset=UTF-8", headers={"ETag": etag})


def _list(call: Call) -> Answer:
    size = call.first("maxResults", "100")
    fields = _asked(call, q=_search(call.first("q")), pageSize=size)
    if order := call.first("orderBy"):
        call.query["orderBy"] = [_search(order)]
    found = reading.listing(call)
    answer: Json = {
        "kind": "drive#fileList",
        "etag": _etag(registry.now()),
        "selfLink": f"{call.base_url}/drive/v2/files",
        "incompleteSearch": False,
        "items": [_file(each, call.base_url) for each in found["files"]],
    }
    if "nextPageToken" in found:
        answer["nextPageToken"] = found["nextPageToken"]
    return _cut(answer, fields)


def _unchanged(call: Call) -> None:
    """If-Match: 412 when somebody else was faster."""
    wanted = call.headers.get("if-match", "")
    if wanted in ("", "*"):
        return
    with call.store.read() as db:
        row = files.seen(db, call, call.path["fileId"])
    if _etag(row["id"], str(row["version"])) not in wanted:
        raise GoogleError(
            412, "FAILED_PRECONDITION", "Precondition Failed", reason="conditionNotMet"
        )


def _insert(call: Call) -> Answer:
    fields = call.first("fields")
    metadata = _metadata(call, call.json())
    with call.store.write() as db:
        made = files.create(db, call, metadata, None, "application/octet-stream")
    return _cut(_file(made, call.base_url), fields)


def _change(call: Call, body: Json) -> Answer:
    with call.store.write() as db:
        _unchanged(call)
        fields = call.first("fields")
        metadata = _metadata(call, body)
        metadata.pop("id", None)
        changed = files.update(db, call, call.path["fileId"], metadata, None, "")
    return _cut(_file(changed, call.base_url), fields)


def _update(call: Call) -> Answer:
    return _change(call, call.json())


def _labelled(trashed: bool) -> Callable[[Call], Answer]:
    return lambda call: _change(call, {"labels": {"trashed": trashed}})


def _copy(call: Call) -> Answer:
    fields = call.first("fields")
    metadata = _metadata(Call(call.store, "", frozenset(), "", {}, {}, {}, b"", ""), call.json())
    _asked(call)
    call.body = json.dumps(metadata).encode()
    copied = files.copy(call)
    return _cut(_file(copied, call.base_url), fields)


def _told(base_url: str) -> Callable[[str, Json], Json]:
    return lambda fields, answer: _cut(_file(answer, base_url), fields)


def _with_base(handler: Callable[[uploads.Dialect, Call], Answer]) -> Callable[[Call], Answer]:
    """Links in the answer need the address that was called."""

    def answer(call: Call) -> Answer:
        return handler(uploads.Dialect("v2", _metadata, _told(call.base_url)), call)

    return answer


def _put(call: Call) -> Answer:
    """v2's own update is a PUT like the parts of a session, which need no token."""
    if call.first("upload_id"):
        return _with_base(uploads.resume)(call)
    from sync.sandbox import oauth

    with call.store.read() as db:
        call.account, call.scopes = oauth.bearer(db, call.headers, call.query)
    oauth.admit("drive.files.update", call.method, call.scopes)
    return _with_base(uploads.upload)(call)


# -- permissions and about --------------------------------------------------------------------------------------------


def _grants(call: Call) -> Answer:
    fields = _asked(call)
    found = permissions.listing(call)
    items = [_permission(each) for each in found["permissions"]]
    link = f"{call.base_url}/drive/v2/files/{call.path['fileId']}/permissions"
    answer = {
        "kind": "drive#permissionList",
        "etag": _etag(registry.now()),
        "selfLink": link,
        "items": items,
    }
    return _cut(answer, fields)


def _one_grant(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        body = call.json()
        role, kind = body.get("role"), body.get("type")
        if "commenter" in (body.get("additionalRoles") or []) and role == "reader":
            role = "commenter"
        given: Json = {"role": role, "type": kind}
        given["domain" if kind == "domain" else "emailAddress"] = body.get("value") or body.get(
            "emailAddress"
        )
        notify = call.first("sendNotificationEmails", "true")
        fields = _asked(call, sendNotificationEmail=notify)
        call.body = json.dumps(given).encode()
        found = handler(call)
        assert isinstance(found, dict)  # noqa: S101 - a permission
        return _cut(_permission(found), fields)

    return answer


def _delete(call: Call) -> Answer:
    files.delete(call)
    return NO_CONTENT


def _about(call: Call) -> Answer:
    fields = _asked(call)
    found = drives.about(call)
    quota: Mapping[str, str] = found["storageQuota"]
    with call.store.write() as db:
        root = registry.root_of(db, call.account)
    answer: Json = {
        "kind": "drive#about",
        "etag": _etag(call.account, quota["usage"]),
        "selfLink": f"{call.base_url}/drive/v2/about",
        "name": found["user"]["displayName"],
        "user": _user(found["user"]),
        "permissionId": found["user"]["permissionId"],
        "quotaBytesTotal": quota["limit"],
        "quotaBytesUsed": quota["usage"],
        "quotaBytesUsedInTrash": quota["usageInDriveTrash"],
        "quotaType": "LIMITED",
        "rootFolderId": root,
        "isCurrentAppInstalled": False,
        "canCreateDrives": True,
    }
    return _cut(answer, fields)


_FILES = "/drive/v2/files"
_ONE = _FILES + "/{fileId}"
_GRANT = _ONE + "/permissions/{permissionId}"


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
    route("GET", "/drive/v2/about", "drive.about.get", _about),
    route("GET", _FILES, "drive.files.list", _list),
    route("POST", _FILES, "drive.files.insert", _insert),
    route("GET", _FILES + "/generateIds", "drive.files.generateIds", files.generate_ids),
    route("GET", _ONE, "drive.files.get", _get),
    route("PUT", _ONE, "drive.files.update", _update),
    route("PATCH", _ONE, "drive.files.patch", _update),
    route("DELETE", _ONE, "drive.files.delete", _delete),
    route("POST", _ONE + "/copy", "drive.files.copy", _copy),
    route("POST", _ONE + "/trash", "drive.files.trash", _labelled(True)),
    route("POST", _ONE + "/untrash", "drive.files.untrash", _labelled(False)),
    route("GET", _ONE + "/export", "drive.files.export", reading.export),
    route("GET", _ONE + "/permissions", "drive.permissions.list", _grants),
    route(
        "POST", _ONE + "/permissions", "drive.permissions.insert", _one_grant(permissions.create)
    ),
    route("GET", _GRANT, "drive.permissions.get", _one_grant(permissions.get)),
    route("PUT", _GRANT, "drive.permissions.update", _one_grant(permissions.update)),
    route("PATCH", _GRANT, "drive.permissions.patch", _one_grant(permissions.update)),
    route("DELETE", _GRANT, "drive.permissions.delete", permissions.delete),
    *_uploads(),
]
