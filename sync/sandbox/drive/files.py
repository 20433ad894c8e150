"""Drive v3 `files`, the calls that change something: create, update, copy, delete, and generateIds.

A file in a shared drive is invisible without supportsAllDrives, and a service account owns nothing in My Drive,
as at Google. Uploads come in by uploads.py and end in `create` and `update` here; what only reads is in reading.py.
"""

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.drive import content, masks, registry, resource
from sync.sandbox.drive.registry import FOLDER, NATIVE, ROLES
from sync.sandbox.frame import (
    NO_CONTENT,
    Answer,
    Call,
    GoogleError,
    Json,
    denied,
    not_found,
    route,
)

_NATIVE_PREFIX = "application/vnd.google-apps."


def bad_request(message: str, reason: str = "invalid") -> GoogleError:
    return GoogleError(400, "INVALID_ARGUMENT", message, reason=reason)


def lacking(what: str) -> GoogleError:
    """Google can, the sandbox cannot."""
    return GoogleError(501, "UNIMPLEMENTED", f"The sandbox does not have {what}.")


def service_account_without_storage(mime: str) -> GoogleError:
    if mime.startswith(_NATIVE_PREFIX):
        message = "The user's Drive storage quota has been exceeded."
    else:
        message = (
            "Service Accounts do not have storage quota. Leverage shared drives"
            " (https://developers.google.com/workspace/drive/api/guides/about-shareddrives), or use OAuth"
            " delegation (http://support.google.com/a/answer/7281227) instead."
        )
    return denied(message, reason="storageQuotaExceeded")


def text(body: Json, name: str) -> str:
    """A string field of a request; what is no text is refused as Google's parser would."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise bad_request(f"Invalid value for: Expected a string for {name}")
    return value.encode("utf-8", "replace").decode()


def moment(body: Json, name: str) -> str | None:
    """A time that the caller sets, as the register keeps it."""
    given = text(body, name)
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise bad_request(f"Invalid value for: Invalid format: {ascii(given)[1:-1]}")
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seen(db: sqlite3.Connection, call: Call, file_id: str, need: str = "reader") -> sqlite3.Row:
    """The file, if the caller may do this with it and asked for shared drives where it lies in one."""
    if file_id == "root":
        file_id = registry.root_of(db, call.account)
    row = registry.ensure(db, file_id, call.account, need)
    if row["drive_id"] is not None and not all_drives(call):
        raise not_found(f"File not found: {file_id}.", reason="notFound")
    return row


def all_drives(call: Call) -> bool:
    return call.flag("supportsAllDrives") or call.flag("supportsTeamDrives")


def described(call: Call, db: sqlite3.Connection, row: sqlite3.Row) -> Json:
    mask = masks.parse(call.first("fields") or resource.DEFAULT)
    return resource.describe(resource.Sight(db, row, call.account, call.base_url), mask)


def _line(db: sqlite3.Connection, file_id: str) -> sqlite3.Row:
    row = registry.find(db, file_id)
    assert row is not None  # noqa: S101 - written in this very transaction
    return row


# -- making a file ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that may be made: everything has been checked, nothing written."""

    id: str
    name: str
    mime: str
    parent: str
    description: str
    properties: dict[str, str]
    app_properties: dict[str, str]


def _properties(metadata: Json, name: str) -> dict[str, str]:
    given = metadata.get(name) or {}
    if not isinstance(given, dict):
        raise bad_request("Invalid Value")
    kept = {text({"": key}, ""): text(given, key) for key in given if given[key] is not None}
    for key, value in kept.items():
        if len((key + value).encode()) > 124:
            raise bad_request(f"Property is too long: {key}")
    return kept


def _mime(given: str) -> str:
    """The type goes into headers and file listings: only what has the form of one."""
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+(;[ \w.+=\"-]*)*", given, re.ASCII):
        raise bad_request("Invalid MIME type provided for the uploaded content.", "badContent")
    return given


def _convertible(native: str, given: str) -> None:
    """Refuses content of a type that the sandbox cannot turn into this Google document."""
    if native not in NATIVE or not NATIVE[native].takes(given):
        raise lacking(f"the conversion of {given} to {native}")


def _parent(db: sqlite3.Connection, call: Call, parents: Any) -> str:
    """The folder a file is to lie in, writable for the caller."""
    if not isinstance(parents, list):
        raise bad_request("Invalid Value")
    parents = [text({"parents": parent}, "parents") for parent in parents]
    if len(parents) > 1:
        raise bad_request("A file cannot have more than one parent.")
    if not parents:
        return registry.root_of(db, call.account)
    folder = seen(db, call, parents[0])
    if folder["mime"] != FOLDER:
        raise denied("The specified parent is not a folder.", reason="parentNotAFolder")
    role = registry.role_of(db, folder["id"], call.account) or "reader"
    if ROLES.index(role) < ROLES.index("writer"):
        raise denied(
            "Insufficient permissions for the specified parent.",
            reason="insufficientParentPermissions",
        )
    return str(folder["id"])


def plan(db: sqlite3.Connection, call: Call, metadata: Json, mime: str, has_content: bool) -> Plan:
    """Checks a create in Google's order: the id, the folder, the storage. Raises Google's errors.

    `mime` is the type of the content; where the metadata name a Google document's, the content is converted.
    """
    given = mime
    mime = _mime(text(metadata, "mimeType") or mime)
    native = mime.startswith(_NATIVE_PREFIX)
    file_id = text(metadata, "id")
    if not file_id:
        file_id = registry.new_id(44 if native and mime != FOLDER else 33)
    else:
        if native and mime != FOLDER:
            raise bad_request("Generated IDs are not supported for Docs Editors formats.")
        if registry.find(db, file_id) is not None:
            raise registry.id_in_use()
        if not db.execute("SELECT 1 FROM drive_generated WHERE id = ?", (file_id,)).fetchone():
            raise bad_request("The provided file ID is not usable.")
    if native and has_content:
        _convertible(mime, given)
    if native and mime != FOLDER and mime not in NATIVE:
        raise lacking(f"files of type {mime}")
    parent = _parent(db, call, metadata.get("parents") or [])
    in_my_drive = _line(db, parent)["drive_id"] is None
    if in_my_drive and registry.is_service_account(call.account) and mime != FOLDER:
        raise service_account_without_storage(mime)
    return Plan(
        file_id,
        text(metadata, "name") or "Untitled",
        mime,
        parent,
        text(metadata, "description"),
        _properties(metadata, "properties"),
        _properties(metadata, "appProperties"),
    )


def _register(db: sqlite3.Connection, call: Call, planned: Plan) -> None:
    registry.new_file(
        db,
        id=planned.id,
        name=planned.name,
        mime=planned.mime,
        owner=call.account,
        parents=(planned.parent,),
        description=planned.description,
        properties=planned.properties,
        app_properties=planned.app_properties,
    )


def create(
    db: sqlite3.Connection, call: Call, metadata: Json, data: bytes | None, mime: str
) -> Json:
    """Makes the file with its content in the caller's transaction."""
    planned = plan(db, call, metadata, mime, data is not None)
    _register(db, call, planned)
    if planned.mime in NATIVE:
        NATIVE[planned.mime].create(db, planned.id, planned.name)
        if data is not None:
            NATIVE[planned.mime].fill(db, planned.id, data)
    elif planned.mime != FOLDER:
        content.put(db, planned.id, data or b"", planned.name)
    _mark(db, planned.id, metadata, ("createdTime", "modifiedTime"))
    return described(call, db, _line(db, planned.id))


def _mark(db: sqlite3.Connection, file_id: str, metadata: Json, times: tuple[str, ...]) -> None:
    """The star, and the times that the caller sets."""
    for name in times:
        if at := moment(metadata, name):
            column = {"createdTime": "created_at", "modifiedTime": "modified_at"}[name]
            db.execute(f"UPDATE drive_files SET {column} = ? WHERE id = ?", (at, file_id))  # noqa: S608
    if "starred" in metadata:
        starred = int(bool(metadata["starred"]))
        db.execute("UPDATE drive_files SET starred = ? WHERE id = ?", (starred, file_id))


def _create(call: Call) -> Answer:
    with call.store.write() as db:
        return create(db, call, call.json(), None, "application/octet-stream")


def copy(call: Call) -> Json:
    with call.store.write() as db:
        source = seen(db, call, call.path["fileId"])
        if source["mime"] == FOLDER:
            raise denied("This file cannot be copied by the user.", reason="cannotCopyFile")
        metadata = {
            "name": f"Copy of {source['name']}",
            "description": source["description"],
            "properties": json.loads(source["properties"]),
            "appProperties": json.loads(source["app_properties"]),
            **call.json(),
            "mimeType": source["mime"],
        }
        if "parents" not in metadata:
            held = registry.role_of(db, source["parent"] or "", call.account)
            if held is not None and ROLES.index(held) >= ROLES.index("writer"):
                metadata["parents"] = [source["parent"]]
        planned = plan(db, call, metadata, source["mime"], has_content=False)
        _register(db, call, planned)
        if source["mime"] in NATIVE:
            NATIVE[source["mime"]].copy(db, source["id"], planned.id)
        else:
            content.put(db, planned.id, content.get(db, source["id"]) or b"", planned.name)
        _mark(db, planned.id, call.json(), ("createdTime", "modifiedTime"))
        return described(call, db, _line(db, planned.id))


# -- changing a file ----------------------------------------------------------------------------------------------


def _move(db: sqlite3.Connection, call: Call, row: sqlite3.Row) -> None:
    added = [name for name in call.first("addParents").split(",") if name]
    removed = [name for name in call.first("removeParents").split(",") if name]
    if not added:
        if removed and row["parent"] in removed:
            raise bad_request("A file must have exactly one parent.")
        return
    parent = _parent(db, call, added)
    if parent in registry.below(db, row["id"]):
        raise denied(
            "A folder cannot be moved into itself or one of its descendants.",
            reason="cannotAddParent",
        )
    drive_id = _line(db, parent)["drive_id"]
    leaves = row["drive_id"] is not None and drive_id is None
    if leaves and registry.is_service_account(call.account):
        raise service_account_without_storage(row["mime"])
    db.execute("UPDATE drive_files SET parent = ? WHERE id = ?", (parent, row["id"]))
    for file_id in registry.below(db, row["id"]):
        db.execute("UPDATE drive_files SET drive_id = ? WHERE id = ?", (drive_id, file_id))
        if leaves:  # who takes a file out of a shared drive owns it
            db.execute(
                "UPDATE drive_files SET owner = ? WHERE id = ?", (call.account.lower(), file_id)
            )
            registry.grant(db, file_id, call.account, "owner")
        elif drive_id is not None:  # the drive owns it now
            db.execute(
                "DELETE FROM drive_permissions WHERE file_id = ? AND role = 'owner'", (file_id,)
            )


def _trash(db: sqlite3.Connection, call: Call, row: sqlite3.Row, trashed: bool) -> None:
    registry.ensure(
        db, row["id"], call.account, "owner" if row["drive_id"] is None else "fileOrganizer"
    )
    for file_id in registry.below(db, row["id"]):
        value = 0 if not trashed else 1 if file_id == row["id"] else 2
        db.execute("UPDATE drive_files SET trashed = ? WHERE id = ?", (value, file_id))


def update(
    db: sqlite3.Connection, call: Call, file_id: str, metadata: Json, data: bytes | None, mime: str
) -> Json:
    """Changes metadata, folder and content in the caller's transaction."""
    row = seen(db, call, file_id, "writer")
    file_id = row["id"]
    native = row["mime"].startswith(_NATIVE_PREFIX)
    if data is not None and native:
        _convertible(row["mime"], mime)
    for name, column in (("name", "name"), ("description", "description")):
        if metadata.get(name) is not None:
            db.execute(
                f"UPDATE drive_files SET {column} = ? WHERE id = ?",  # noqa: S608 - from the pair above
                (text(metadata, name), file_id),
            )
    for name, column in (("properties", "properties"), ("appProperties", "app_properties")):
        if isinstance(metadata.get(name), dict):
            kept = json.loads(row[column]) | metadata[name]
            db.execute(
                f"UPDATE drive_files SET {column} = ? WHERE id = ?",  # noqa: S608 - from the pair above
                (json.dumps(_properties({name: kept}, name)), file_id),
            )
    if "trashed" in metadata:
        _trash(db, call, row, bool(metadata["trashed"]))
    _move(db, call, row)
    if data is not None and native:
        NATIVE[row["mime"]].fill(db, file_id, data)
    elif data is not None:
        content.put(db, file_id, data, row["name"])
    new_mime = text(metadata, "mimeType") or (mime if data is not None and not native else "")
    if new_mime.startswith(_NATIVE_PREFIX) and new_mime != row["mime"]:
        raise lacking("the conversion of a file that is there already")
    if new_mime and not native:
        _mime(new_mime)
        db.execute("UPDATE drive_files SET mime = ? WHERE id = ?", (new_mime, file_id))
    if set(metadata) == {"trashed"} and data is None:  # the file itself is as it was
        db.execute("UPDATE drive_files SET version = version + 1 WHERE id = ?", (file_id,))
    else:
        registry.touch(db, file_id, call.account)
    _mark(db, file_id, metadata, ("modifiedTime",))
    return described(call, db, _line(db, file_id))


def _update(call: Call) -> Answer:
    with call.store.write() as db:
        return update(db, call, call.path["fileId"], call.json(), None, "")


def delete(call: Call) -> Answer:
    with call.store.write() as db:
        row = seen(db, call, call.path["fileId"])
        registry.ensure(
            db, row["id"], call.account, "owner" if row["drive_id"] is None else "organizer"
        )
        if row["parent"] is None:
            raise denied("A root folder cannot be deleted.", reason="insufficientFilePermissions")
        for file_id in registry.below(db, row["id"]):
            mime = _line(db, file_id)["mime"]
            if mime in NATIVE:
                NATIVE[mime].delete(db, file_id)
            content.delete(db, file_id)
            db.execute("DELETE FROM drive_permissions WHERE file_id = ?", (file_id,))
            db.execute("DELETE FROM drive_files WHERE id = ?", (file_id,))
    return NO_CONTENT


def generate_ids(call: Call) -> Answer:
    count = call.first("count", "10")
    if not re.fullmatch(r"[0-9]{1,4}", count) or not 1 <= int(count) <= 1000:
        raise bad_request(f"Invalid value '{count}'. Values must be within the range: [1, 1000]")
    ids = [registry.new_id() for _ in range(int(count))]
    with call.store.write() as db:
        db.executemany("INSERT INTO drive_generated (id) VALUES (?)", [(each,) for each in ids])
    return {"kind": "drive#generatedIds", "space": call.first("space", "drive"), "ids": ids}


ROUTES = [
    route("GET", "/drive/v3/files/generateIds", "drive.files.generateIds", generate_ids),
    route("POST", "/drive/v3/files", "drive.files.create", _create),
    route("PATCH", "/drive/v3/files/{fileId}", "drive.files.update", _update),
    route("DELETE", "/drive/v3/files/{fileId}", "drive.files.delete", delete),
    route("POST", "/drive/v3/files/{fileId}/copy", "drive.files.copy", copy),
]
