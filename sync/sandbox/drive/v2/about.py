"""Drive v2 `about`: whose Drive this is, and how full."""

from collections.abc import Mapping

from sync.sandbox.drive import drives, registry
from sync.sandbox.drive.v2 import words
from sync.sandbox.frame import Answer, Call, Json, Route, route


def _about(call: Call) -> Answer:
    fields = words.asked(call)
    found = drives.about(call)
    quota: Mapping[str, str] = found["storageQuota"]
    with call.store.write() as db:
        root = registry.root_of(db, call.account)
    answer: Json = {
        "kind": "drive#about",
        "etag": words.etag(call.account, quota["usage"]),
        "selfLink": f"{call.base_url}/drive/v2/about",
        "name": found["user"]["displayName"],
        "user": words.user(found["user"]),
        "permissionId": found["user"]["permissionId"],
        "quotaBytesTotal": quota["limit"],
        "quotaBytesUsed": quota["usage"],
        "quotaBytesUsedInTrash": quota["usageInDriveTrash"],
        "quotaType": "LIMITED",
        "rootFolderId": root,
        "isCurrentAppInstalled": False,
        "canCreateDrives": True,
    }
    return words.cut(answer, fields)


ROUTES: list[Route] = [route("GET", "/drive/v2/about", "drive.about.get", _about)]
