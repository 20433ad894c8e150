"""Gmail's drafts and sent messages, by account."""

import secrets
import sqlite3
import time

SCHEMA = """
CREATE TABLE IF NOT EXISTS gmail_messages (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    label TEXT NOT NULL,              -- DRAFT or SENT
    history INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    message_id TEXT NOT NULL,         -- the Message-ID header
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS gmail_messages_by_account ON gmail_messages (account, history);
CREATE INDEX IF NOT EXISTS gmail_messages_by_header ON gmail_messages (message_id);
CREATE INDEX IF NOT EXISTS gmail_messages_by_thread ON gmail_messages (thread_id);
CREATE TABLE IF NOT EXISTS gmail_drafts (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    message TEXT NOT NULL,
    history INTEGER NOT NULL
);
"""


def last_history(db: sqlite3.Connection) -> int:
    return int(
        db.execute(
            "SELECT max(coalesce((SELECT max(history) FROM gmail_messages), 1),"
            " coalesce((SELECT max(history) FROM gmail_drafts), 1))"
        ).fetchone()[0]
    )


def add_message(
    db: sqlite3.Connection,
    *,
    account: str,
    label: str,
    raw: bytes,
    message_id: str,
    recipients: str,
    subject: str,
    thread_id: str = "",
) -> str:
    """Gives the new message's id; without a thread it opens its own."""
    identity = secrets.token_hex(8)
    db.execute(
        "INSERT INTO gmail_messages (id, account, thread_id, label, history, at_ms, message_id, recipients,"
        " subject, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            identity,
            account,
            thread_id or identity,
            label,
            last_history(db) + 1,
            time.time_ns() // 1_000_000,
            message_id,
            recipients,
            subject,
            raw,
        ),
    )
    return identity


def message(db: sqlite3.Connection, account: str, identity: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM gmail_messages WHERE id = ? AND account = ?", (identity, account)
    ).fetchone()
    return row


def thread(db: sqlite3.Connection, account: str, thread_id: str) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT * FROM gmail_messages WHERE thread_id = ? AND account = ? ORDER BY history",
        (thread_id, account),
    ).fetchall()


def delete_message(db: sqlite3.Connection, identity: str) -> None:
    db.execute("DELETE FROM gmail_messages WHERE id = ?", (identity,))


def add_draft(db: sqlite3.Connection, account: str, message_id: str) -> str:
    identity = "r" + str(secrets.randbelow(9 * 10**18) + 10**18)
    db.execute(
        "INSERT INTO gmail_drafts (id, account, message, history) VALUES (?, ?, ?, ?)",
        (identity, account, message_id, last_history(db) + 1),
    )
    return identity


def draft(db: sqlite3.Connection, account: str, identity: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM gmail_drafts WHERE id = ? AND account = ?", (identity, account)
    ).fetchone()
    return row
