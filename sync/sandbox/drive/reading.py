"""Drive v3 `files`, the calls that only read: get (with alt=media and Range), list and export."""

import base64
import re
from typing import Any

from sync.sandbox.drive import content, masks, query, registry, resource
from sync.sandbox.drive.files import all_drives, bad_request, described, lacking, seen
from sync.sandbox.drive.registry import FOLDER, NATIVE
from sync.sandbox.frame import Answer, Call, Content, Json, denied, not_found, route

_ORDERS = {
    "createdTime": "f.created_at",
    "folder": f"f.mime != '{FOLDER}'",
    "modifiedByMeTime": "f.modified_at",
    "modifiedTime": "f.modified_at",
    "name": "f.name COLLATE NOCASE",
    "name_natural": "f.name COLLATE NOCASE",
    "recency": "f.modified_at",
    "starred": "f.starred",
}
_ORDERS_AT_GOOGLE = ("quotaBytesUsed", "sharedWithMeTime", "viewedByMeTime")

_EXPORTED_BY_GOOGLE = frozenset(
    [
        "application/pdf",
        "application/zip",
        "application/x-vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ]
)
"""Of a spreadsheet; the sandbox makes none of these."""


def _ranged(data: bytes, mime: str, wanted: str) -> Content:
    headers = {"Accept-Ranges": "bytes"}
    match = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", wanted.strip())
    if match is None or match[0] == "bytes=-":
        return Content(data, mime, headers=headers)
    size = len(data)
    if match[1]:
        start, end = int(match[1]), min(int(match[2] or size - 1), size - 1)
    else:
        start, end = max(size - int(match[2]), 0), size - 1
    if start > end:
        return Content(b"", mime, 416, {"Content-Range": f"bytes */{size}"})
    return Content(
        data[start : end + 1],
        mime,
        206,
        headers | {"Content-Range": f"bytes {start}-{end}/{size}"},
    )


def get(call: Call) -> Answer:
    with call.store.write() if call.path["fileId"] == "root" else call.store.read() as db:
        row = seen(db, call, call.path["fileId"])
        if call.first("alt") != "media":
            return described(call, db, row)
        data = content.get(db, row["id"])
    if data is None:
        raise denied(
            "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
            reason="fileNotDownloadable",
        )
    return _ranged(data, row["mime"], call.headers.get("range", ""))


def export(call: Call) -> Answer:
    mime = call.first("mimeType")
    with call.store.read() as db:
        row = seen(db, call, call.path["fileId"])
        if row["mime"] not in NATIVE:
            raise denied("Export only supports Docs Editors files.", reason="fileNotExportable")
        data = NATIVE[row["mime"]].export(db, row["id"], mime)
    if data is None and mime in _EXPORTED_BY_GOOGLE:
        raise lacking(f"the export of {row['mime']} to {mime}")
    if data is None:
        raise bad_request("The requested conversion is not supported.", "badRequest")
    return Content(data, mime)


def _order(text: str) -> str:
    parts = []
    for key in text.split(","):
        name, _, direction = key.strip().partition(" ")
        if name in _ORDERS_AT_GOOGLE:
            raise lacking(f"the order by {name}")
        if name not in _ORDERS or direction not in ("", "desc"):
            raise bad_request("Invalid Value")
        parts.append(f"{_ORDERS[name]} {'DESC' if direction else 'ASC'}")
    return ", ".join([*parts, "f.id"])


def _page(call: Call) -> tuple[int, int]:
    size = call.first("pageSize", "100")
    if not re.fullmatch(r"[0-9]{1,4}", size) or not 1 <= int(size) <= 1000:
        raise bad_request(f"Invalid value '{size}'. Values must be within the range: [1, 1000]")
    try:
        start = int(base64.urlsafe_b64decode(call.first("pageToken") or "MA=="))
    except ValueError:
        raise bad_request("Invalid Value") from None
    if not 0 <= start < 2**31:
        raise bad_request("Invalid Value")
    return int(size), start


def listing(call: Call) -> Json:
    mask = masks.parse(
        call.first("fields") or f"kind,incompleteSearch,nextPageToken,files({resource.DEFAULT})"
    )
    size, start = _page(call)
    everywhere = call.flag("includeItemsFromAllDrives") or call.flag("includeTeamDriveItems")
    if everywhere and not all_drives(call):
        raise denied(
            "The client must set supportsAllDrives to true when includeItemsFromAllDrives is true.",
            reason="teamDrivesNotSupported",
        )
    with call.store.read() as db:
        where = "f.parent IS NOT NULL"
        values: list[Any] = []
        if call.first("q").strip():
            root = registry.root_id(call.account)
            wanted = query.search(call.first("q"), account=call.account, root=root)
            if any(registry.role_of(db, each, call.account) is None for each in wanted.folders):
                raise not_found("File not found: .", reason="notFound")
            where, values = f"{where} AND ({wanted.sql})", wanted.values
        if not everywhere:
            where += " AND f.drive_id IS NULL"
        if call.first("corpora") == "drive" or call.first("driveId"):
            where += " AND f.drive_id = ?"
            values.append(call.first("driveId"))
        rows = db.execute(
            "WITH RECURSIVE seen(id) AS (SELECT file_id FROM drive_permissions WHERE email = ?"  # noqa: S608
            " UNION SELECT f.id FROM drive_files f JOIN seen ON f.parent = seen.id)"
            f" SELECT f.* FROM drive_files f JOIN seen ON f.id = seen.id WHERE {where}"
            f" ORDER BY {_order(call.first('orderBy', 'modifiedTime desc'))} LIMIT ? OFFSET ?",
            [call.account.lower(), *values, size + 1, start],
        ).fetchall()
        files = [
            resource.describe(
                resource.Sight(db, row, call.account, call.base_url), mask.get("files", {})
            )
            for row in rows[:size]
        ]
    answer: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": files}
    if len(rows) > size:
        answer["nextPageToken"] = base64.urlsafe_b64encode(str(start + size).encode()).decode()
    kept: Json = masks.keep(answer, {name: {} for name in mask})
    return kept


ROUTES = [
    route("GET", "/drive/v3/files", "drive.files.list", listing),
    route("GET", "/drive/v3/files/{fileId}", "drive.files.get", get),
    route("GET", "/drive/v3/files/{fileId}/export", "drive.files.export", export),
]
