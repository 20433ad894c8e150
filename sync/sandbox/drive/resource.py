"""A file as Drive v3 describes it to one account: each field computed only when the mask asks for it."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from sync.sandbox.drive import content, masks, registry
from sync.sandbox.drive.registry import FOLDER, FORM, ROLES, SPREADSHEET
from sync.sandbox.frame import Json

DEFAULT = "kind,id,name,mimeType"
EXPORTS = {
    SPREADSHEET: (
        "text/csv",
        "text/tab-separated-values",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
}
"""What the sandbox exports Google's documents to."""


def user(email: str, account: str) -> Json:
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": email == account.lower(),
        "permissionId": registry.permission_id(email),
        "emailAddress": email,
    }


def permission(grant: registry.Grant, drive_id: str | None) -> Json:
    """One permission in full."""
    answer: Json = {
        "kind": "drive#permission",
        "id": grant.id,
        "type": grant.kind,
        "role": grant.role,
    }
    if grant.kind in ("user", "group"):
        answer["emailAddress"] = grant.email
        answer["displayName"] = grant.email.partition("@")[0]
        answer["deleted"] = False
        answer["pendingOwner"] = False
    elif grant.kind == "domain":
        answer["domain"] = grant.email
        answer["displayName"] = grant.email
        answer["allowFileDiscovery"] = False
    else:
        answer["allowFileDiscovery"] = False
    if drive_id is not None:
        answer["permissionDetails"] = [
            {"permissionType": "file", "role": grant.role, "inherited": False}
        ]
    return answer


@dataclass
class Sight:
    """One file seen by one account."""

    db: sqlite3.Connection
    row: sqlite3.Row
    account: str
    base_url: str

    @cached_property
    def id(self) -> str:
        return str(self.row["id"])

    @cached_property
    def in_drive(self) -> str | None:
        drive_id: str | None = self.row["drive_id"]
        return drive_id

    @cached_property
    def role(self) -> str | None:
        return registry.role_of(self.db, self.id, self.account)

    def may(self, need: str) -> bool:
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(need)

    @cached_property
    def grants(self) -> list[registry.Grant]:
        return registry.grants(self.db, self.id)

    @cached_property
    def content(self) -> sqlite3.Row | None:
        return content.facts(self.db, self.id)

    def of_content(self, name: str) -> Any:
        return None if self.content is None else self.content[name]


def _parents(file: Sight) -> list[str] | None:
    parent = file.row["parent"]
    if parent is None or registry.role_of(file.db, parent, file.account) is None:
        return None  # a folder that was not shared with the viewer is not named to them
    return [parent]


def view_link(base_url: str, file_id: str, mime: str) -> str:
    kinds = {
        FOLDER: "/drive/folders/{}",
        SPREADSHEET: "/spreadsheets/d/{}/edit",
        FORM: "/forms/d/{}/edit",
    }
    return base_url + kinds.get(mime, "/drive/file/{}/view").format(file_id)


def _extension(file: Sight) -> str | None:
    if file.content is None:
        return None
    return PurePosixPath(file.row["name"]).suffix.lstrip(".")


def _export_links(file: Sight) -> dict[str, str] | None:
    link = f"{file.base_url}/drive/v3/files/{file.id}/export?mimeType="
    return {mime: link + mime for mime in EXPORTS.get(file.row["mime"], ())} or None


def _capabilities(file: Sight) -> Json:
    writes = file.may("writer")
    removes = file.may("owner") if file.in_drive is None else file.may("organizer")
    return {
        "canAddChildren": writes and file.row["mime"] == FOLDER,
        "canComment": file.may("commenter"),
        "canCopy": file.row["mime"] != FOLDER,
        "canDelete": removes,
        "canDownload": file.row["mime"] != FOLDER,
        "canEdit": writes,
        "canListChildren": file.row["mime"] == FOLDER,
        "canModifyContent": writes,
        "canRename": writes,
        "canShare": writes,
        "canTrash": file.may("owner") if file.in_drive is None else file.may("fileOrganizer"),
    }


def _permissions(file: Sight) -> list[Json] | None:
    if file.in_drive is not None or not file.may("writer"):
        return None
    return [permission(grant, None) for grant in file.grants]


_FIELDS: dict[str, Callable[[Sight], Any]] = {
    "kind": lambda _: "drive#file",
    "id": lambda file: file.id,
    "name": lambda file: file.row["name"],
    "mimeType": lambda file: file.row["mime"],
    "description": lambda file: file.row["description"] or None,
    "starred": lambda file: bool(file.row["starred"]),
    "trashed": lambda file: bool(file.row["trashed"]),
    "explicitlyTrashed": lambda file: file.row["trashed"] == 1,
    "parents": _parents,
    "properties": lambda file: json.loads(file.row["properties"]) or None,
    "appProperties": lambda file: json.loads(file.row["app_properties"]) or None,
    "spaces": lambda _: ["drive"],
    "version": lambda file: str(file.row["version"]),
    "webViewLink": lambda file: view_link(file.base_url, file.id, file.row["mime"]),
    "webContentLink": lambda file: (
        f"{file.base_url}/drive/file/{file.id}/download" if file.content is not None else None
    ),
    "exportLinks": _export_links,
    "hasThumbnail": lambda _: False,
    "thumbnailVersion": lambda _: "0",
    "createdTime": lambda file: file.row["created_at"],
    "modifiedTime": lambda file: file.row["modified_at"],
    "lastModifyingUser": lambda file: (
        user(file.row["modified_by"], file.account) if file.row["modified_by"] else None
    ),
    "owners": lambda file: (
        [user(file.row["owner"], file.account)] if file.in_drive is None else None
    ),
    "ownedByMe": lambda file: file.in_drive is None and file.row["owner"] == file.account.lower(),
    "shared": lambda file: file.in_drive is not None or len(file.grants) > 1,
    "driveId": lambda file: file.in_drive,
    "teamDriveId": lambda file: file.in_drive,
    "capabilities": _capabilities,
    "copyRequiresWriterPermission": lambda _: False,
    "viewersCanCopyContent": lambda _: True,
    "writersCanShare": lambda _: True,
    "isAppAuthorized": lambda _: True,
    "permissions": _permissions,
    "permissionIds": lambda file: [grant.id for grant in file.grants],
    "originalFilename": lambda file: file.of_content("original_name"),
    "fileExtension": _extension,
    "fullFileExtension": _extension,
    "md5Checksum": lambda file: file.of_content("md5"),
    "sha1Checksum": lambda file: file.of_content("sha1"),
    "sha256Checksum": lambda file: file.of_content("sha256"),
    "size": lambda file: None if file.content is None else str(file.content["size_bytes"]),
    "quotaBytesUsed": lambda file: str(file.of_content("size_bytes") or 0),
    "headRevisionId": lambda file: (
        None if file.content is None else f"0B{file.content['revision']}"
    ),
}

_KNOWN_TO_GOOGLE = frozenset(_FIELDS) | frozenset(
    [
        "clientEncryptionDetails",
        "contentHints",
        "contentRestrictions",
        "downloadRestrictions",
        "folderColorRgb",
        "hasAugmentedPermissions",
        "iconLink",
        "imageMediaMetadata",
        "inheritedPermissionsDisabled",
        "labelInfo",
        "linkShareMetadata",
        "modifiedByMe",
        "modifiedByMeTime",
        "resourceKey",
        "sharedWithMeTime",
        "sharingUser",
        "shortcutDetails",
        "thumbnailLink",
        "trashedTime",
        "trashingUser",
        "videoMediaMetadata",
        "viewedByMe",
        "viewedByMeTime",
    ]
)


def describe(file: Sight, mask: masks.Mask) -> Json:
    """The file's resource, cut to the mask. Raises 400 for a field Drive does not have."""
    for name in mask:
        if name not in _KNOWN_TO_GOOGLE and name != "*":
            raise masks.invalid_selection(name)
    answer = {}
    for name, compute in _FIELDS.items():
        if masks.wants(mask, name):
            value = compute(file)
            if value is not None:
                answer[name] = value
    kept: Json = masks.keep(answer, mask)
    return kept
