"""What v3 answers in v2's words, and what a v2 request says in v3's. Nothing is decided or looked up here."""

import re

from sync.sandbox.drive import files, masks
from sync.sandbox.drive.registry import NATIVE, SPREADSHEET
from sync.sandbox.frame import Call, Json

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
    "thumbnailVersion",
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


# -- what v3 answers, in v2's words -----------------------------------------------------------------------------------


def user(given: Json) -> Json:
    return {
        "kind": "drive#user",
        "displayName": given["displayName"],
        "isAuthenticatedUser": given["me"],
        "permissionId": given["permissionId"],
        "emailAddress": given["emailAddress"],
    }


def permission(given: Json) -> Json:
    """v2 has three roles, and says who may only comment beside them."""
    answer: Json = {
        "kind": "drive#permission",
        "id": given["id"],
        "type": given["type"],
        "role": given["role"],
        "etag": etag(given["id"], given["role"]),
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


def etag(*parts: str) -> str:
    return '"' + "/".join(parts) + '"'


def file(given: Json, base_url: str) -> Json:
    link = f"{base_url}/drive/v2/files/{given['id']}"
    answer: Json = {"kind": "drive#file", "etag": etag(given["id"], given["version"])}
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
    answer["owners"] = [user(each) for each in given.get("owners", [])]
    answer["ownerNames"] = [each["displayName"] for each in answer["owners"]]
    if "lastModifyingUser" in given:
        answer["lastModifyingUser"] = user(given["lastModifyingUser"])
        answer["lastModifyingUserName"] = given["lastModifyingUser"]["displayName"]
    if "permissions" in given:
        answer["permissions"] = [permission(each) for each in given["permissions"]]
    may = given["capabilities"]
    answer |= {"editable": may["canEdit"], "copyable": may["canCopy"]}
    answer |= {"shareable": may["canShare"], "canComment": may["canComment"]}
    if "md5Checksum" in given:
        answer["downloadUrl"] = f"{link}?alt=media&source=downloadUrl"
    if "exportLinks" in given:
        answer["exportLinks"] = given["exportLinks"]
    return answer


def cut(answer: Json, fields: str) -> Json:
    """What the caller asked for; `permissions` must be asked for by name."""
    if not fields:
        return {name: value for name, value in answer.items() if name != "permissions"}
    kept: Json = masks.keep(answer, masks.parse(fields))
    return kept


# -- what a v2 request says, in v3's words ----------------------------------------------------------------------------


def asked(call: Call, **more: str) -> str:
    """Everything is asked of v3, and cut afterwards; gives the caller's own mask."""
    fields = call.first("fields")
    call.query = {**call.query, "fields": ["*"], **{name: [value] for name, value in more.items()}}
    return fields


def metadata(call: Call, body: Json, mime: str = "") -> Json:
    """v3's metadata, and the folder to move to as v3's parameter."""
    asked(call)
    given: Json = {name: body[name] for name in ("id", "description", "mimeType") if name in body}
    if "title" in body:
        given["name"] = body["title"]
    labels = body.get("labels")
    if isinstance(labels, dict):
        given |= {name: labels[name] for name in ("starred", "trashed") if name in labels}
    if "modifiedDate" in body and call.flag("setModifiedDate"):
        given["modifiedTime"] = body["modifiedDate"]
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
        raise files.lacking(f"the conversion of {mime or 'metadata alone'}")
    return given


def _objects(body: Json, name: str) -> list[Json]:
    given = body.get(name) or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise files.bad_request("Invalid Value")
    return given


def search(text: str) -> str:
    """Names outside quotes become v3's."""
    pieces = re.split(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", text)
    return "".join(
        piece
        if piece.startswith(("'", '"'))
        else re.sub(r"\w+", lambda m: _WORDS.get(m[0], m[0]), piece)
        for piece in pieces
    )
