"""Who is known to the sandbox: the worker's account, the officer's, and the shared drive both may use.

Keys are real RSA keys, made once and kept in the data folder's database, so that a restart honours old key files.
Exchanging them for tokens is oauth.py's affair.
"""

import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any

from sync.sandbox.drive import registry

PROJECT = "loket-sandbox"
WORKER = f"loket@{PROJECT}.iam.gserviceaccount.com"
OFFICER = "bu.ratna@dukcapil.example.com"
NAMES = {"worker": WORKER, "officer": OFFICER}
FOLDER_NAME = "Surat Loket"

CLIENT_ID = "loket-sandbox.apps.googleusercontent.com"

SCHEMA = """
CREATE TABLE IF NOT EXISTS oauth_accounts (
    email TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    private_key TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    refresh_token TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS oauth_places (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL
);
"""


def seed(db: sqlite3.Connection) -> None:
    """What every sandbox begins with; what is there already stays as it is."""
    for email in (WORKER, OFFICER):
        if db.execute("SELECT 1 FROM oauth_accounts WHERE email = ?", (email,)).fetchone() is None:
            db.execute(
                "INSERT INTO oauth_accounts VALUES (?, ?, ?, ?, ?)",
                (
                    email,
                    secrets.token_hex(20),
                    _new_private_key(),
                    "GOCSPX-" + secrets.token_urlsafe(21),
                    "1//" + secrets.token_urlsafe(64),
                ),
            )
    drive_id, folder_id = _place(db, "drive", 19), _place(db, "folder", 33)
    if registry.find(db, drive_id) is None:
        members = {WORKER: "fileOrganizer", OFFICER: "organizer"}
        registry.new_drive(db, id=drive_id, name="Dukcapil", members=members)
    if registry.find(db, folder_id) is None:
        registry.new_file(
            db,
            id=folder_id,
            name=FOLDER_NAME,
            mime=registry.FOLDER,
            owner=OFFICER,
            parents=(drive_id,),
        )


def folder_id(db: sqlite3.Connection) -> str:
    """The folder "Surat Loket" in the shared drive, which the worker may write into."""
    return _place(db, "folder", 33)


def _place(db: sqlite3.Connection, name: str, length: int) -> str:
    db.execute(
        "INSERT INTO oauth_places VALUES (?, ?) ON CONFLICT DO NOTHING",
        (name, ("0A" if name == "drive" else "1") + secrets.token_urlsafe(length)[: length - 2]),
    )
    found: str = db.execute("SELECT id FROM oauth_places WHERE name = ?", (name,)).fetchone()["id"]
    return found


def _new_private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode("ascii")


def service_account_key(db: sqlite3.Connection, email: str, url: str) -> dict[str, Any]:
    """A key file as the Cloud console gives it, with this sandbox as its token endpoint."""
    row = db.execute("SELECT * FROM oauth_accounts WHERE email = ?", (email,)).fetchone()
    return {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": row["key_id"],
        "private_key": row["private_key"],
        "client_email": email,
        "client_id": registry.permission_id(email),
        "auth_uri": url + "/o/oauth2/auth",
        "token_uri": url + "/token",
        "universe_domain": "googleapis.com",
    }


def oauth_user_key(db: sqlite3.Connection, email: str, url: str) -> dict[str, Any]:
    """What an installed app keeps after the consent page: `google.oauth2.credentials` reads it."""
    row = db.execute("SELECT * FROM oauth_accounts WHERE email = ?", (email,)).fetchone()
    return {
        "type": "authorized_user",
        "client_id": CLIENT_ID,
        "client_secret": row["client_secret"],
        "refresh_token": row["refresh_token"],
        "token_uri": url + "/token",
        "universe_domain": "googleapis.com",
    }


def write_keys(db: sqlite3.Connection, folder: Path, url: str) -> tuple[Path, Path]:
    """The worker's and the officer's key files, written anew at each start: the port may have changed."""
    files = {
        "worker.json": service_account_key(db, WORKER, url),
        "officer.json": service_account_key(db, OFFICER, url),
        "officer-oauth.json": oauth_user_key(db, OFFICER, url),
    }
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return folder / "worker.json", folder / "officer.json"
