"""Mail: tried at once, and what is wrong stands beside it."""

import os
from pathlib import Path

import pytest

from tests.acceptance.assistant.steps import (
    OFFICE,
    files,
    give_consent,
    sign_in_to_mail,
    to_service,
    told,
)
from tests.assisting import OFFICER, SMTP, Assistant, ConsentPage, LocalGoogle


def test_a_wrong_password_is_told_beside_it_and_kept_nowhere(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    to_service(assistant, google, google.form())
    before = files(folder)
    answer = sign_in_to_mail(assistant, google, "sandi-akun-biasa")
    assert answer.status_code == 422
    assert "sandi aplikasi 16 huruf" in told(answer)
    assert "sandi-akun-biasa" not in answer.text
    assert files(folder) == before
    assert sign_in_to_mail(assistant, google, SMTP[1]).url.endswith("/surat")
    kept = folder / "data" / "keys" / "sandi-email.txt"
    assert kept.read_text(encoding="utf-8").strip() == SMTP[1]
    if os.name == "posix":
        assert kept.stat().st_mode & 0o777 == 0o600
    assert SMTP[1] not in (folder / "settings.yaml").read_text(encoding="utf-8")
    assert SMTP[1] not in assistant.get("/email").text
    log = folder / "data" / "log" / "loket.log"
    assert SMTP[1] not in log.read_text(encoding="utf-8")


def test_a_wrong_mail_server_is_told(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """What is wrong with it, and nothing is kept."""
    assistant.submit("/kantor", **OFFICE)
    before = files(folder)
    host, port = google.smtp.split(":")
    given = {"mail.host": host, "mail.port": port, "mail.security": "none", "mail.user": SMTP[0]}
    for field, value, says in (
        ("mail.host", "server.invalid", "tidak dikenal"),
        ("mail.port", "1", "menolak sambungan"),
        ("mail.port", "banyak", "angka: 465 atau 587"),
        ("mail.security", "tls", "tidak cocok dengan port"),
        ("password", "", "mohon diisi"),
        ("mail.sender", "bukan email", "alamat"),
    ):
        answer = assistant.submit("/email", "smtp", **(given | {"password": SMTP[1], field: value}))
        assert answer.status_code == 422
        assert says in told(answer)
    assert files(folder) == before


def test_gmail_needs_no_password(
    assistant: Assistant, google: LocalGoogle, folder: Path, consent: ConsentPage
) -> None:
    """Where the office's own account gave its consent."""
    assistant.submit("/kantor", **OFFICE)
    assert give_consent(assistant, consent, gmail="ya").ok
    assert assistant.submit("/email", "gmail").url.endswith("/surat")
    text = (folder / "settings.yaml").read_text(encoding="utf-8").replace('"', "")
    assert "via: gmail" in text
    assert f"sender: {OFFICER}" in text


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("403-scope", "Surat juga dikirim lewat Gmail"),
        ("403-disabled", "Gmail API belum diaktifkan"),
    ],
)
def test_gmail_that_may_not_be_used_is_told(
    assistant: Assistant,
    google: LocalGoogle,
    folder: Path,
    consent: ConsentPage,
    fault: str,
    says: str,
) -> None:
    """Its box was left unticked, or its API is off: told where to mend that, and nothing is kept."""
    assistant.submit("/kantor", **OFFICE)
    give_consent(assistant, consent)
    before = files(folder)
    google.control("PUT", "/faults", {"rules": [{"api": "gmail.users.getProfile", "do": fault}]})
    answer = assistant.submit("/email", "gmail")
    assert answer.status_code == 422
    assert says in told(answer)
    assert files(folder) == before
