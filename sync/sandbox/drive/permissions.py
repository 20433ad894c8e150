"""Drive v3 `permissions`: who may see or change a file, and the email that tells them.

Giving the same grant again answers the same permission, so that a retry after a lost answer does no harm.
"""

import sqlite3
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from sync.sandbox import mailbox
from sync.sandbox.drive import masks, registry, resource
from sync.sandbox.drive.files import bad_request, lacking, seen, text
from sync.sandbox.drive.registry import ROLES, Grant
from sync.sandbox.frame import NO_CONTENT, Answer, Call, GoogleError, Json, denied, not_found, route

_DEFAULT = "kind,id,type,role"
_NOTIFIER = "drive-shares-dm-noreply@google.com"
_KINDS = ("user", "group", "domain", "anyone")


def _described(call: Call, grant: Grant, drive_id: str | None) -> Json:
    mask = masks.parse(call.first("fields") or _DEFAULT)
    answer: Json = masks.keep(resource.permission(grant, drive_id), mask)
    return answer


def _shareable(email: str, told: bool) -> bool:
    """Malformed addresses and those under the reserved `.invalid` can never be shared with.

    A domain with the label `tanpa-google` stands for people without a Google account: only an invitation reaches them.
    """
    local, at, domain = email.lower().rpartition("@")
    labels = domain.split(".")
    plain = parseaddr(email)[1] == email and email.isascii() and " " not in email
    well_formed = bool(at and local and len(labels) > 1 and all(labels) and plain)
    return well_formed and labels[-1] != "invalid" and (told or "tanpa-google" not in labels)


def _cannot_invite(email: str) -> GoogleError:
    return bad_request(
        'Bad Request. User message: "You are trying to invite '
        f"{email}. Since there is no Google account associated with this email address, you must"
        ' check the \\"Notify people\\" box to invite this recipient."',
        "invalidSharingRequest",
    )


def _notify(call: Call, row: sqlite3.Row, email: str) -> None:
    message = EmailMessage()
    sharer = call.account.partition("@")[0]
    message["From"] = f'"{sharer} (via Google Drive)" <{_NOTIFIER}>'
    message["Reply-To"] = call.account
    message["To"] = email
    message["Subject"] = "File shared with you: " + " ".join(row["name"].split())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="docs-share.google.com")
    words = call.first("emailMessage")
    message.set_content(
        f"{call.account} has invited you to: {row['name']}\n\n"
        + (words + "\n\n" if words else "")
        + resource.view_link(call.base_url, row["id"], row["mime"])
        + "\n"
    )
    mailbox.deliver(
        call.store, sender=_NOTIFIER, recipients=[email], raw=message.as_bytes(), via="drive"
    )


def _shared_by(db: sqlite3.Connection, call: Call) -> sqlite3.Row:
    """The file or shared drive, if the caller may share it."""
    row = seen(db, call, call.path["fileId"], "writer")
    if row["id"] == row["drive_id"]:
        registry.ensure(db, row["id"], call.account, "organizer")
    return row


def create(call: Call) -> Answer:
    body = call.json()
    kind, role = text(body, "type"), text(body, "role")
    if kind not in _KINDS:
        raise bad_request("The permission type field is required.", "required")
    if role not in ROLES:
        raise bad_request("The permission role field is required.", "required")
    if body.get("expirationTime"):
        raise lacking("permissions that expire")
    email = text(body, "emailAddress").strip()
    with call.store.write() as db:
        row = _shared_by(db, call)
        _check_role(call, row, role)
        told = call.first("sendNotificationEmail", "true").lower() != "false" or role == "owner"
        if kind in ("user", "group") and not _shareable(email, told):
            raise _cannot_invite(email)
        if kind == "domain":
            email = text(body, "domain")
            if not email:
                raise bad_request("The domain field is required for this type.", "required")
        if kind == "anyone":
            email = ""
        grant = registry.grant(db, row["id"], email, role, kind)
        if role == "owner":
            _hand_over(db, row, email)
        if grant.new:
            registry.touch(db, row["id"])
            if told and kind in ("user", "group"):
                _notify(call, row, email)
        return _described(call, grant, row["drive_id"])


def _check_role(call: Call, row: sqlite3.Row, role: str) -> None:
    if row["drive_id"] is None and role in ("fileOrganizer", "organizer"):
        raise denied("The specified role is only valid for shared drive items.", reason="forbidden")
    if role == "owner":
        if row["drive_id"] is not None:
            raise denied("Shared drive items have no owner.", reason="forbidden")
        if not call.flag("transferOwnership"):
            raise denied(
                "The transferOwnership parameter must be enabled when the permission role is 'owner'.",
                reason="forbidden",
            )
        if row["owner"] != call.account.lower():
            raise denied(
                "Only the owner of a file may transfer it.", reason="insufficientFilePermissions"
            )


def _hand_over(db: sqlite3.Connection, row: sqlite3.Row, email: str) -> None:
    """The old owner stays as a writer."""
    db.execute("UPDATE drive_files SET owner = ? WHERE id = ?", (email.lower(), row["id"]))
    db.execute(
        "UPDATE drive_permissions SET role = 'writer' WHERE file_id = ? AND role = 'owner' AND email != ?",
        (row["id"], email.lower()),
    )


def _one(db: sqlite3.Connection, file_id: str, permission_id: str) -> Grant:
    for grant in registry.grants(db, file_id):
        if grant.id == permission_id:
            return grant
    raise not_found(f"Permission not found: {permission_id}.", reason="notFound")


def get(call: Call) -> Answer:
    with call.store.read() as db:
        row = seen(db, call, call.path["fileId"])
        grant = _one(db, row["id"], call.path["permissionId"])
    return _described(call, grant, row["drive_id"])


def listing(call: Call) -> Json:
    with call.store.read() as db:
        row = seen(db, call, call.path["fileId"], "writer")
        grants = registry.grants(db, row["id"])
    mask = masks.parse(call.first("fields") or f"kind,permissions({_DEFAULT})")
    shown = [resource.permission(grant, row["drive_id"]) for grant in grants]
    answer: Json = masks.keep({"kind": "drive#permissionList", "permissions": shown}, mask)
    return answer


def update(call: Call) -> Answer:
    body = call.json()
    role = text(body, "role")
    if body.get("expirationTime"):
        raise lacking("permissions that expire")
    if role not in ROLES:
        raise bad_request("The permission role field is required.", "required")
    with call.store.write() as db:
        row = _shared_by(db, call)
        _check_role(call, row, role)
        grant = _one(db, row["id"], call.path["permissionId"])
        if grant.role == "owner":
            raise denied("The owner of a file cannot be removed.", reason="forbidden")
        db.execute(
            "UPDATE drive_permissions SET role = ? WHERE file_id = ? AND id = ?",
            (role, row["id"], grant.id),
        )
        if role == "owner":
            _hand_over(db, row, grant.email)
        registry.touch(db, row["id"])
        return _described(call, Grant(grant.id, grant.kind, grant.email, role), row["drive_id"])


def delete(call: Call) -> Answer:
    with call.store.write() as db:
        own = registry.permission_id(call.account) == call.path["permissionId"]
        row = seen(db, call, call.path["fileId"]) if own else _shared_by(db, call)
        grant = _one(db, row["id"], call.path["permissionId"])
        if grant.role == "owner":
            raise denied("The owner of a file cannot be removed.", reason="forbidden")
        gone = db.execute(
            "DELETE FROM drive_permissions WHERE file_id = ? AND id = ?", (row["id"], grant.id)
        ).rowcount
        if not gone:
            raise denied(
                "Cannot remove an inherited permission. Remove it where it was given.",
                reason="cannotRemoveInheritedPermission",
            )
        registry.touch(db, row["id"])
    return NO_CONTENT


_FILE = "/drive/v3/files/{fileId}/permissions"
ROUTES = [
    route("GET", _FILE, "drive.permissions.list", listing),
    route("POST", _FILE, "drive.permissions.create", create),
    route("GET", _FILE + "/{permissionId}", "drive.permissions.get", get),
    route("PATCH", _FILE + "/{permissionId}", "drive.permissions.update", update),
    route("DELETE", _FILE + "/{permissionId}", "drive.permissions.delete", delete),
]
