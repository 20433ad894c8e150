"""Drive v2 `permissions`: three roles, and who may only comment is told beside them."""

import json
from collections.abc import Callable

from sync.sandbox.drive import permissions, registry
from sync.sandbox.drive.v2 import words
from sync.sandbox.frame import Answer, Call, Json, Route, route


def _list(call: Call) -> Answer:
    fields = words.asked(call)
    found = permissions.listing(call)
    items = [words.permission(each) for each in found["permissions"]]
    link = f"{call.base_url}/drive/v2/files/{call.path['fileId']}/permissions"
    answer = {
        "kind": "drive#permissionList",
        "etag": words.etag(registry.now()),
        "selfLink": link,
        "items": items,
    }
    return words.cut(answer, fields)


def _one(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        body = call.json()
        role, kind, beside = body.get("role"), body.get("type"), body.get("additionalRoles")
        if role == "reader" and isinstance(beside, list) and "commenter" in beside:
            role = "commenter"
        given: Json = {"role": role, "type": kind}
        given["domain" if kind == "domain" else "emailAddress"] = body.get("value") or body.get(
            "emailAddress"
        )
        notify = call.first("sendNotificationEmails", "true")
        fields = words.asked(call, sendNotificationEmail=notify)
        call.body = json.dumps(given).encode()
        found = handler(call)
        assert isinstance(found, dict)  # noqa: S101 - a permission
        return words.cut(words.permission(found), fields)

    return answer


_FILE = "/drive/v2/files/{fileId}/permissions"
_ONE = _FILE + "/{permissionId}"
ROUTES: list[Route] = [
    route("GET", _FILE, "drive.permissions.list", _list),
    route("POST", _FILE, "drive.permissions.insert", _one(permissions.create)),
    route("GET", _ONE, "drive.permissions.get", _one(permissions.get)),
    route("PUT", _ONE, "drive.permissions.update", _one(permissions.update)),
    route("PATCH", _ONE, "drive.permissions.patch", _one(permissions.update)),
    route("DELETE", _ONE, "drive.permissions.delete", permissions.delete),
]
