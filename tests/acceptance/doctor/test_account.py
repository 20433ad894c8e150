"""The key is there, and Google says no: every cause is provoked, and its remedy is shown."""

import json
import socket
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
import requests
from google.auth import _helpers

from sync.cli.doctor import access, case
from sync.cli.doctor.examination import LIMIT_S
from sync.cli.doctor.finding import Level
from tests.acceptance.conftest import Office
from tests.acceptance.doctor.conftest import as_the_officer, diagnose, fails, sets
from tests.unit.cli.remedies import shown

KEY = "credentials.json"


def changes_key(office: Office, **other: Any) -> None:
    file = office.folder / KEY
    key = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**key, **other}), encoding="utf-8")


def test_a_revoked_token(office: Office) -> None:
    """And while it holds, the office's own Drive is where letters go."""
    key = as_the_officer(office)
    sets(office, "folder: ", "folder: ''  # ")
    assert diagnose(office, "akun", "drive") == {}
    token = {"token": key["refresh_token"]}
    requests.post(f"{office.url}/revoke", data=token, timeout=30).raise_for_status()
    try:
        found = diagnose(office, "akun", "drive")
        assert list(found) == ["token-revoked"]
        assert "In production" in shown(found["token-revoked"])
    finally:
        database = next(office.folder.parents[1].glob("google*/sandbox/*.sqlite*"))
        unrevoke(database)


def test_delegation_that_was_not_given(office: Office) -> None:
    """And one that was: the account acts for the office, and may own files."""
    sets(office, "google:\n", "google:\n  subject: orang@tempat-lain.example\n")
    found = diagnose(office, "akun")
    assert "client_id" in shown(found["token-delegation"])
    sets(office, "orang@tempat-lain.example", "bu.ratna@dukcapil.example.com")
    sets(office, "folder: ", "folder: ''  # ")
    assert diagnose(office, "akun", "drive") == {}


def test_a_key_that_was_deleted(office: Office) -> None:
    """Or its account was."""
    another = next(office.folder.parents[1].glob("google*/sandbox/officer.json"))
    private_key = json.loads(another.read_text(encoding="utf-8"))["private_key"]
    changes_key(office, private_key=private_key)
    assert "Add key" in shown(diagnose(office, "akun")["token-key"])
    changes_key(office, client_email="lama@loket-sandbox.iam.gserviceaccount.com")
    assert "Add key" in shown(diagnose(office, "akun")["token-key"])


def test_an_oauth_client_that_was_deleted(office: Office) -> None:
    """The person's consent is no longer worth anything."""
    as_the_officer(office)
    changes_key(office, client_secret="lama")
    assert "Aplikasi desktop" in shown(diagnose(office, "akun")["token-client"])


@pytest.mark.parametrize(("hours", "word"), [(2, "lebih cepat"), (-2, "lebih lambat")])
def test_a_computer_with_a_wrong_clock(
    office: Office, monkeypatch: pytest.MonkeyPatch, hours: int, word: str
) -> None:
    """Its clock is told, and that Google refuses its key because of it."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Wrong":  # type: ignore[override]
            return super().now(tz) + timedelta(hours=hours)

    monkeypatch.setattr(access, "datetime", Wrong)
    monkeypatch.setattr(_helpers, "utcnow", lambda: Wrong.now(UTC).replace(tzinfo=None))
    found = diagnose(office, "jam", "akun")
    assert found.keys() == {"jam-meleset", "token-clock"}
    assert f"120 menit {word}" in found["jam-meleset"].found
    assert "Sinkronkan sekarang" in shown(found["jam-meleset"])
    assert "waktu otomatis" in shown(found["token-clock"])


@pytest.mark.parametrize(
    ("do", "name", "level", "words"),
    [
        ("503", "google-sibuk", Level.WARNING, "lima menit"),
        ("429", "google-sibuk", Level.WARNING, "lima menit"),
        ("403-daily", "google-kuota", Level.WARNING, "besok"),
        ("403-disabled", "api-belum-aktif", Level.PROBLEM, "“Google Drive API”"),
        ("403-scope", "izin-kurang", Level.PROBLEM, "Centang semua izin"),
        ("400", "google-menolak", Level.PROBLEM, "diberi akses"),
        ("drop-before", "jaringan-cut", Level.PROBLEM, "port 443"),
    ],
)
def test_google_answers_otherwise(
    office: Office, do: str, name: str, level: Level, words: str
) -> None:
    """What passes by itself is a warning."""
    fails(office, "drive.about.get", do)
    found = diagnose(office, "akun")
    assert list(found) == [name]
    assert found[name].level is level
    assert words in shown(found[name])


def test_google_does_not_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told as that, within the time that a check has: a call is tried twice."""
    assert 2 * case.ANSWER_S + 1 < LIMIT_S
    monkeypatch.setattr(case, "ANSWER_S", 0.3)
    fails(office, "drive.about.get", "hang-before")
    assert "firewall" in shown(diagnose(office, "akun")["jaringan-timeout"])


def test_nobody_is_there(office: Office) -> None:
    """What needs Google is not looked at: one cause is told once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sets(office, f"endpoint: {office.url}", f"endpoint: http://127.0.0.1:{port}")
    found = diagnose(office, "jam", "akun", "sheet domisili")
    assert list(found) == ["jaringan-refused"]
    assert "google.endpoint" in shown(found["jaringan-refused"])


def test_gmail_needs_a_mailbox(office: Office) -> None:
    """A service account has none; the office's own account has, by its own address."""
    sets(office, "via: smtp", "via: gmail")
    assert "mail.via: smtp" in shown(diagnose(office, "email")["gmail-delegasi"])
    as_the_officer(office)
    found = diagnose(office, "email")
    assert list(found) == ["gmail-pengirim-lain"]
    sets(office, "sender: loket@", "sender: bu.ratna@")
    assert diagnose(office, "email") == {}


def test_the_mail_server_takes_no_other_password(office: Office) -> None:
    """The right one is well."""
    assert diagnose(office, "email") == {}
    (office.folder / "sandi-email-sandbox.txt").write_text("salah", encoding="utf-8")
    found = diagnose(office, "email")["email-sign-in"]
    assert "535" in found.found
    assert "salah" not in found.found


def unrevoke(database: Path) -> None:
    """The other tests' account may sign in again."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(database)) as opened:
        opened.execute("DELETE FROM oauth_revoked")
        opened.commit()
