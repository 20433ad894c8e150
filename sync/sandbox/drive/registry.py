"""Which files exist, in which folder, and who may do what with them: the one register under Drive, Sheets and Forms.

Functions of an open connection, so that another room can create its spreadsheet and register it in one transaction.
Promise: a role given on a folder or a shared drive reaches everything below it, as at Google. No HTTP here; a file's
content is in content.py.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sync.sandbox.frame import GoogleError, denied, not_found

FOLDER = "application/vnd.google-apps.folder"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FORM = "application/vnd.google-apps.form"

# Each may do all that the ones before it may.
ROLES = ("reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")

SCHEMA = """
CREATE TABLE IF NOT EXISTS drive_files (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    owner TEXT NOT NULL,              -- who created it; owns it only outside shared drives
    parent TEXT,                      -- NULL for a root folder
    drive_id TEXT,                    -- the shared drive it lies in
    description TEXT NOT NULL DEFAULT '',
    properties TEXT NOT NULL DEFAULT '{}',
    app_properties TEXT NOT NULL DEFAULT '{}',
    starred INTEGER NOT NULL DEFAULT 0,
    trashed INTEGER NOT NULL DEFAULT 0,          -- 1: by itself, 2: with its folder
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL,
    modified_by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS drive_files_by_parent ON drive_files (parent);
CREATE TABLE IF NOT EXISTS drive_permissions (
    file_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,               -- user, group, domain, anyone
    email TEXT NOT NULL,              -- the domain for 'domain', '' for 'anyone'
    role TEXT NOT NULL,
    PRIMARY KEY (file_id, id)
);
CREATE INDEX IF NOT EXISTS drive_permissions_by_email ON drive_permissions (email);
CREATE TABLE IF NOT EXISTS drive_generated (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS drive_drives (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS drive_requests (
    account TEXT NOT NULL,
    request_id TEXT NOT NULL,
    drive_id TEXT NOT NULL,
    PRIMARY KEY (account, request_id)
);
"""


class NativeDocument(Protocol):
    """What the room of a Google-native type (Sheets) gives Drive, so that Drive can make, copy and export its files."""

    def create(self, db: sqlite3.Connection, file_id: str, name: str) -> None: ...
    def copy(self, db: sqlite3.Connection, source_id: str, file_id: str) -> None: ...
    def delete(self, db: sqlite3.Connection, file_id: str) -> None: ...
    def export(self, db: sqlite3.Connection, file_id: str, mime: str) -> bytes | None: ...
    def takes(self, mime: str) -> bool: ...
    def fill(self, db: sqlite3.Connection, file_id: str, data: bytes) -> None: ...


NATIVE: dict[str, NativeDocument] = {}
"""By MIME type; a room enters itself when it is imported."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission on one file or shared drive."""

    id: str
    kind: str
    email: str
    role: str
    new: bool = False


def new_id(length: int = 33) -> str:
    """Drive's own look: 33 characters, 44 for Google-native documents."""
    return "1" + secrets.token_urlsafe(length)[: length - 1]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_service_account(email: str) -> bool:
    return email.lower().endswith(".gserviceaccount.com")


def permission_id(email: str) -> str:
    """Google's is a number that is the same for one person everywhere."""
    return str(int.from_bytes(hashlib.sha256(email.lower().encode()).digest()[:8], "big")).zfill(20)


def id_in_use() -> GoogleError:
    return GoogleError(
        409, "ALREADY_EXISTS", "A file already exists with the provided ID.", reason="fileIdInUse"
    )


def root_id(email: str) -> str:
    digest = hashlib.sha256(b"root:" + email.lower().encode()).hexdigest()
    return f"0A{digest[:14]}Uk9PVA"


def root_of(db: sqlite3.Connection, email: str) -> str:
    """The id of this account's My Drive, made at first use."""
    email = email.lower()
    root = root_id(email)
    if db.execute("SELECT 1 FROM drive_files WHERE id = ?", (root,)).fetchone() is None:
        moment = now()
        db.execute(
            "INSERT INTO drive_files (id, name, mime, owner, created_at, modified_at, modified_by)"
            " VALUES (?, 'My Drive', ?, ?, ?, ?, ?)",
            (root, FOLDER, email, moment, moment, email),
        )
        grant(db, root, email, "owner")
    return root


def new_file(
    db: sqlite3.Connection,
    *,
    id: str,
    name: str,
    mime: str,
    owner: str,
    parents: Iterable[str] = (),
    drive_id: str | None = None,
    description: str = "",
    properties: Mapping[str, str] | None = None,
    app_properties: Mapping[str, str] | None = None,
) -> None:
    """Registers a file; without a parent it lies in the owner's My Drive, or in the shared drive named.

    A parent must exist already and the caller must have checked that `owner` may write there. Raises GoogleError 409
    when the id is taken, which makes a create with a pre-generated id safe to repeat.
    """
    if db.execute("SELECT 1 FROM drive_files WHERE id = ?", (id,)).fetchone() is not None:
        raise id_in_use()
    owner = owner.lower()
    parent = next(iter(parents), None) or drive_id or root_of(db, owner)
    above = db.execute("SELECT drive_id FROM drive_files WHERE id = ?", (parent,)).fetchone()
    if above is None:
        raise not_found(f"File not found: {parent}.", reason="notFound")
    drive_id = above["drive_id"]
    moment = now()
    db.execute(
        "INSERT INTO drive_files (id, name, mime, owner, parent, drive_id, description, properties,"
        " app_properties, created_at, modified_at, modified_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            id,
            name,
            mime,
            owner,
            parent,
            drive_id,
            description,
            json.dumps(dict(properties or {})),
            json.dumps(dict(app_properties or {})),
            moment,
            moment,
            owner,
        ),
    )
    if drive_id is None:
        grant(db, id, owner, "owner")


def find(db: sqlite3.Connection, file_id: str) -> sqlite3.Row | None:
    """The register's line for this file: columns of drive_files."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM drive_files WHERE id = ?", (file_id,)
    ).fetchone()
    return row


def rename(db: sqlite3.Connection, file_id: str, name: str, by: str = "") -> None:
    db.execute("UPDATE drive_files SET name = ? WHERE id = ?", (name, file_id))
    touch(db, file_id, by)


def touch(db: sqlite3.Connection, file_id: str, by: str = "") -> None:
    """Content or metadata changed: `version` and `modifiedTime` say so to whoever polls."""
    db.execute(
        "UPDATE drive_files SET version = version + 1, modified_at = max(?, modified_at),"
        " modified_by = CASE WHEN ? = '' THEN modified_by ELSE ? END WHERE id = ?",
        (now(), by, by.lower(), file_id),
    )


def grants(db: sqlite3.Connection, file_id: str) -> list[Grant]:
    """The permissions of this very file and those it inherits, the strongest role for each person; the newest first."""
    rows = db.execute(
        "SELECT id, kind, email, role FROM drive_permissions"
        " WHERE file_id IN (SELECT value FROM json_each(?)) ORDER BY rowid DESC",
        (json.dumps(above(db, file_id)),),
    )
    strongest: dict[str, Grant] = {}
    for row in rows:
        known = strongest.get(row["id"])
        if known is None or ROLES.index(row["role"]) > ROLES.index(known.role):
            strongest[row["id"]] = Grant(row["id"], row["kind"], row["email"], row["role"])
    return list(strongest.values())


def grant(db: sqlite3.Connection, file_id: str, email: str, role: str, kind: str = "user") -> Grant:
    """Gives a role; given again, the same permission keeps its id and takes the stronger of both roles."""
    email = email.lower()
    identity = "anyoneWithLink" if kind == "anyone" else permission_id(email)
    known = db.execute(
        "SELECT role FROM drive_permissions WHERE file_id = ? AND id = ?", (file_id, identity)
    ).fetchone()
    if known is not None and ROLES.index(known["role"]) > ROLES.index(role):
        role = known["role"]
    db.execute(
        "INSERT INTO drive_permissions (file_id, id, kind, email, role) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (file_id, id) DO UPDATE SET role = excluded.role",
        (file_id, identity, kind, email, role),
    )
    return Grant(identity, kind, email, role, new=known is None)


def revoke(db: sqlite3.Connection, file_id: str, email: str) -> None:
    """Takes away what was given on this very file; what is inherited stays."""
    db.execute(
        "DELETE FROM drive_permissions WHERE file_id = ? AND email = ?", (file_id, email.lower())
    )


def above(db: sqlite3.Connection, file_id: str) -> list[str]:
    """The file and every folder over it."""
    return [
        row["id"]
        for row in db.execute(
            "WITH RECURSIVE up(id) AS (SELECT ? UNION SELECT f.parent FROM drive_files f"
            " JOIN up ON f.id = up.id WHERE f.parent IS NOT NULL) SELECT id FROM up",
            (file_id,),
        )
    ]


def role_of(db: sqlite3.Connection, file_id: str, email: str) -> str | None:
    """The strongest role of this account on the file, inherited ones included; None when it may not even see it."""
    email = email.lower()
    roles = [
        row["role"]
        for row in db.execute(
            "SELECT role FROM drive_permissions WHERE file_id IN (SELECT value FROM json_each(?))"
            " AND ((kind IN ('user', 'group') AND email = ?) OR kind = 'anyone'"
            " OR (kind = 'domain' AND email = ?))",
            (json.dumps(above(db, file_id)), email, email.rpartition("@")[2]),
        )
    ]
    return max(roles, key=ROLES.index, default=None)


def ensure(
    db: sqlite3.Connection, file_id: str, email: str, need: str, *, words: str = "drive"
) -> sqlite3.Row:
    """The file's line, if this account holds at least the role `need`; else the error Google would give.

    Drive hides a file it may not show (404); Sheets and Forms (`words="sheets"`) admit that it exists (403).
    """
    row = find(db, file_id)
    role = role_of(db, file_id, email) if row is not None else None
    if words == "sheets":
        if row is None:
            raise not_found()
        if role is None or ROLES.index(role) < ROLES.index(need):
            raise denied()
        return row
    if row is None or role is None:
        raise not_found(f"File not found: {file_id}.", reason="notFound")
    if ROLES.index(role) < ROLES.index(need):
        raise denied(
            f"The user does not have sufficient permissions for file {file_id}.",
            reason="insufficientFilePermissions",
        )
    return row


def new_drive(
    db: sqlite3.Connection, *, id: str, name: str, members: Mapping[str, str] | None = None
) -> None:
    """A shared drive; `members` maps emails to roles. Its id is also the id of its root folder."""
    moment = now()
    db.execute(
        "INSERT INTO drive_drives (id, name, created_at) VALUES (?, ?, ?)", (id, name, moment)
    )
    db.execute(
        "INSERT INTO drive_files (id, name, mime, owner, drive_id, created_at, modified_at, modified_by)"
        " VALUES (?, 'Drive', ?, '', ?, ?, ?, '')",
        (id, FOLDER, id, moment, moment),
    )
    for email, role in (members or {}).items():
        grant(db, id, email, role)


def below(db: sqlite3.Connection, file_id: str) -> list[str]:
    """The file and everything under it, the topmost first."""
    return [
        row["id"]
        for row in db.execute(
            "WITH RECURSIVE down(id) AS (SELECT ? UNION SELECT f.id FROM drive_files f"
            " JOIN down ON f.parent = down.id) SELECT id FROM down",
            (file_id,),
        )
    ]
