"""The bytes of Drive's files, in the store's own SQLite file, so that file and content are saved or lost together."""

import hashlib
import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS drive_content (
    file_id TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    md5 TEXT NOT NULL,
    sha1 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    revision INTEGER NOT NULL,
    original_name TEXT NOT NULL
);
"""


def put(db: sqlite3.Connection, file_id: str, content: bytes, original_name: str) -> None:
    db.execute(
        "INSERT INTO drive_content (file_id, content, size_bytes, md5, sha1, sha256, revision, original_name)"
        " VALUES (?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (file_id) DO UPDATE SET"
        " content = excluded.content, size_bytes = excluded.size_bytes, md5 = excluded.md5,"
        " sha1 = excluded.sha1, sha256 = excluded.sha256, revision = revision + 1",
        (
            file_id,
            content,
            len(content),
            hashlib.md5(content, usedforsecurity=False).hexdigest(),
            hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            hashlib.sha256(content).hexdigest(),
            original_name,
        ),
    )


def get(db: sqlite3.Connection, file_id: str) -> bytes | None:
    row = db.execute("SELECT content FROM drive_content WHERE file_id = ?", (file_id,)).fetchone()
    return None if row is None else bytes(row["content"])


def facts(db: sqlite3.Connection, file_id: str) -> sqlite3.Row | None:
    """All about the content but the bytes themselves."""
    row: sqlite3.Row | None = db.execute(
        "SELECT size_bytes, md5, sha1, sha256, revision, original_name FROM drive_content"
        " WHERE file_id = ?",
        (file_id,),
    ).fetchone()
    return row


def delete(db: sqlite3.Connection, file_id: str) -> None:
    db.execute("DELETE FROM drive_content WHERE file_id = ?", (file_id,))
