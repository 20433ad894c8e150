"""Drive v3 `revisions`, the reading ones: a file's content as it is now. Older content is not kept."""

import sqlite3

from sync.sandbox.drive import masks, reading, resource
from sync.sandbox.drive.files import seen
from sync.sandbox.drive.registry import FOLDER
from sync.sandbox.frame import Answer, Call, Json, denied, not_found, route

_DEFAULT = "kind,id,mimeType,modifiedTime"
_OF_THE_FILE = (
    "mimeType",
    "modifiedTime",
    "lastModifyingUser",
    "originalFilename",
    "md5Checksum",
    "size",
    "exportLinks",
)


def _current(db: sqlite3.Connection, call: Call) -> Json:
    """The one revision. Like comments, revisions ask for no supportsAllDrives."""
    call.query["supportsAllDrives"] = ["true"]
    row = seen(db, call, call.path["fileId"], "writer")
    if row["mime"] == FOLDER:
        raise denied("The file does not support revisions.", reason="revisionsNotSupported")
    file = resource.describe(resource.Sight(db, row, call.account, call.base_url), {})
    told: Json = {
        "kind": "drive#revision",
        "id": file.get("headRevisionId", file["version"]),
        "published": False,
        **{name: file[name] for name in _OF_THE_FILE if name in file},
    }
    if "size" in told:
        told["keepForever"] = False
    return told


def listing(call: Call) -> Json:
    mask = masks.parse(call.first("fields") or f"kind,nextPageToken,revisions({_DEFAULT})")
    with call.store.read() as db:
        revision = _current(db, call)
    kept: Json = masks.keep({"kind": "drive#revisionList", "revisions": [revision]}, mask)
    return kept


def get(call: Call) -> Answer:
    with call.store.read() as db:
        revision = _current(db, call)
    wanted = call.path["revisionId"]
    if wanted not in (revision["id"], "head"):
        raise not_found(f"Revision not found: {wanted}.", reason="notFound")
    if call.first("alt") == "media":
        return reading.get(call)
    kept: Json = masks.keep(revision, masks.parse(call.first("fields") or _DEFAULT))
    return kept


_FILE = "/drive/v3/files/{fileId}/revisions"
ROUTES = [
    route("GET", _FILE, "drive.revisions.list", listing),
    route("GET", _FILE + "/{revisionId}", "drive.revisions.get", get),
]
