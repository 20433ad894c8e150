"""Drive v2 `revisions`: the one that v3 tells, in v2's words."""

from sync.sandbox.drive import registry, revisions
from sync.sandbox.drive.v2 import words
from sync.sandbox.frame import Answer, Call, Content, Json, Route, route

_RENAMED = {"modifiedTime": "modifiedDate", "size": "fileSize", "keepForever": "pinned"}


def _told(call: Call, given: Json) -> Json:
    link = f"{call.base_url}{_FILE.format(fileId=call.path['fileId'])}/{given['id']}"
    answer: Json = {_RENAMED.get(name, name): value for name, value in given.items()}
    answer |= {"etag": words.etag(given["id"], given["modifiedTime"]), "selfLink": link}
    if "lastModifyingUser" in given:
        answer["lastModifyingUser"] = words.user(given["lastModifyingUser"])
        answer["lastModifyingUserName"] = given["lastModifyingUser"]["displayName"]
    if "size" in given:
        answer["downloadUrl"] = f"{link}?alt=media"
    return answer


def _list(call: Call) -> Answer:
    fields = words.asked(call)
    items = [_told(call, each) for each in revisions.listing(call)["revisions"]]
    answer: Json = {
        "kind": "drive#revisionList",
        "etag": words.etag(registry.now()),
        "selfLink": call.base_url + _FILE.format(fileId=call.path["fileId"]),
        "items": items,
    }
    return words.cut(answer, fields)


def _get(call: Call) -> Answer:
    fields = words.asked(call)
    found = revisions.get(call)
    return found if isinstance(found, Content) else words.cut(_told(call, found), fields)


_FILE = "/drive/v2/files/{fileId}/revisions"
ROUTES: list[Route] = [
    route("GET", _FILE, "drive.revisions.list", _list),
    route("GET", _FILE + "/{revisionId}", "drive.revisions.get", _get),
]
