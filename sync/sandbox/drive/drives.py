"""Drive v3 `drives` (shared drives) and `about`."""

from sync.sandbox.drive import masks, registry, resource
from sync.sandbox.drive.files import bad_request, text
from sync.sandbox.frame import NO_CONTENT, Answer, Call, GoogleError, Json, denied, not_found, route

_DEFAULT = "kind,id,name"


def _described(call: Call, drive: Json) -> Json:
    answer: Json = masks.keep(drive, masks.parse(call.first("fields") or _DEFAULT))
    return answer


def _of(call: Call) -> list[Json]:
    """The shared drives this account is a member of."""
    with call.store.read() as db:
        rows = db.execute(
            "SELECT d.*, p.role FROM drive_drives d JOIN drive_permissions p ON p.file_id = d.id"
            " WHERE p.email = ? ORDER BY d.name COLLATE NOCASE, d.id",
            (call.account.lower(),),
        ).fetchall()
    return [
        {
            "kind": "drive#drive",
            "id": row["id"],
            "name": row["name"],
            "createdTime": row["created_at"],
            "hidden": False,
            "capabilities": {
                "canAddChildren": row["role"] not in ("reader", "commenter"),
                "canListChildren": True,
                "canManageMembers": row["role"] == "organizer",
                "canShare": row["role"] not in ("reader", "commenter"),
            },
        }
        for row in rows
    ]


def _list(call: Call) -> Answer:
    mask = masks.parse(call.first("fields") or f"kind,nextPageToken,drives({_DEFAULT})")
    answer: Json = masks.keep({"kind": "drive#driveList", "drives": _of(call)}, mask)
    return answer


def _get(call: Call) -> Answer:
    for drive in _of(call):
        if drive["id"] == call.path["driveId"]:
            return _described(call, drive)
    raise not_found(f"Shared drive not found: {call.path['driveId']}", reason="notFound")


def _create(call: Call) -> Answer:
    request_id = call.first("requestId")
    name = text(call.json(), "name")
    if not request_id:
        raise bad_request("Required parameter: requestId", "required")
    if not name:
        raise bad_request("The shared drive name is required.", "required")
    drive_id = "0A" + registry.new_id(15)[1:] + "Uk9PVA"
    with call.store.write() as db:
        known = db.execute(
            "SELECT 1 FROM drive_requests WHERE account = ? AND request_id = ?",
            (call.account, request_id),
        ).fetchone()
        if known is not None:
            raise GoogleError(
                409,
                "ALREADY_EXISTS",
                "A shared drive already exists with the provided ID.",
                reason="conflict",
            )
        registry.new_drive(db, id=drive_id, name=name, members={call.account: "organizer"})
        db.execute(
            "INSERT INTO drive_requests (account, request_id, drive_id) VALUES (?, ?, ?)",
            (call.account, request_id, drive_id),
        )
    call.path["driveId"] = drive_id
    return _get(call)


def _delete(call: Call) -> Answer:
    drive_id = call.path["driveId"]
    with call.store.write() as db:
        row = db.execute("SELECT 1 FROM drive_drives WHERE id = ?", (drive_id,)).fetchone()
        role = registry.role_of(db, drive_id, call.account)
        if row is None or role is None:
            raise not_found(f"Shared drive not found: {drive_id}", reason="notFound")
        if role != "organizer":
            raise denied(
                "The user does not have sufficient permissions for this shared drive.",
                reason="insufficientFilePermissions",
            )
        if len(registry.below(db, drive_id)) > 1:
            raise denied(
                "The shared drive is not empty.", reason="cannotDeleteResourceWithChildren"
            )
        for table, column in (
            ("drive_permissions", "file_id"),
            ("drive_files", "id"),
            ("drive_drives", "id"),
        ):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", (drive_id,))  # noqa: S608
    return NO_CONTENT


def about(call: Call) -> Json:
    if not call.first("fields"):
        raise bad_request("The 'fields' parameter is required for this method.", "required")
    with call.store.read() as db:
        row = db.execute(
            "SELECT coalesce(sum(c.size_bytes), 0) AS used,"
            " coalesce(sum(c.size_bytes * (f.trashed != 0)), 0) AS trashed FROM drive_files f"
            " JOIN drive_content c ON c.file_id = f.id WHERE f.owner = ? AND f.drive_id IS NULL",
            (call.account.lower(),),
        ).fetchone()
    limit = 0 if registry.is_service_account(call.account) else 15 * 2**30
    answer: Json = {
        "kind": "drive#about",
        "user": resource.user(call.account.lower(), call.account),
        "storageQuota": {
            "limit": str(limit),
            "usage": str(row["used"]),
            "usageInDrive": str(row["used"]),
            "usageInDriveTrash": str(row["trashed"]),
        },
        "exportFormats": {mime: list(formats) for mime, formats in resource.EXPORTS.items()},
        "maxUploadSize": str(5 * 2**40),
        "appInstalled": False,
        "canCreateDrives": True,
        "canCreateTeamDrives": True,
    }
    kept: Json = masks.keep(answer, masks.parse(call.first("fields")))
    return kept


ROUTES = [
    route("GET", "/drive/v3/about", "drive.about.get", about),
    route("GET", "/drive/v3/drives", "drive.drives.list", _list),
    route("POST", "/drive/v3/drives", "drive.drives.create", _create),
    route("GET", "/drive/v3/drives/{driveId}", "drive.drives.get", _get),
    route("DELETE", "/drive/v3/drives/{driveId}", "drive.drives.delete", _delete),
]
