"""Where v3's uploads go, in either protocol. A session's address is the key to it: Google asks for no token there."""

from sync.sandbox.drive import header_uploads, uploads
from sync.sandbox.drive.uploads import V3
from sync.sandbox.frame import Answer, Call, route


def _upload(call: Call) -> Answer:
    if header_uploads.speaks(call):
        return header_uploads.upload(V3, call)
    return uploads.upload(V3, call)


def _again(call: Call) -> Answer:
    if header_uploads.speaks(call):
        return header_uploads.upload(V3, call)
    return uploads.resume(V3, call)


_NEW = "/upload/drive/v3/files"
_ONE = _NEW + "/{fileId}"
_CREATE, _UPDATE = "drive.files.create", "drive.files.update"

ROUTES = [
    route("POST", _NEW, _CREATE, _upload),
    route("PATCH", _ONE, _UPDATE, _upload),
    route("PUT", _NEW, _CREATE, _again, needs_token=False),
    route("PUT", _ONE, _UPDATE, _again, needs_token=False),
    route("POST", _ONE, _UPDATE, _again, needs_token=False),
    route("DELETE", _NEW, _CREATE, uploads.cancel, needs_token=False),
    route("DELETE", _ONE, _UPDATE, uploads.cancel, needs_token=False),
]
