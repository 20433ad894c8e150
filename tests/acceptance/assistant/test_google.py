"""Access to Google: every wrong turn is answered with what to do, and leaves nothing half written."""

import json
import os
import re
import socket
from html import unescape
from pathlib import Path

import requests

from tests.acceptance.assistant.steps import OFFICE, files, give_consent, look_at, to_google, told
from tests.assisting import (
    OFFICER,
    WORKER,
    Assistant,
    ConsentPage,
    LocalGoogle,
    assisting,
)


def test_the_offices_own_account_lets_loket_in(
    assistant: Assistant, folder: Path, consent: ConsentPage
) -> None:
    """Asked for no more than is needed, with PKCE; what is kept only this account may read."""
    assistant.submit("/kantor", **OFFICE)
    fields = assistant.fields("/google?cara=oauth", "client")
    fields.pop("gmail")
    asked = assistant.send("/google", fields | {"berkas": json.dumps(consent.client)})
    assert "spreadsheets" in asked.text
    assert "gmail" not in unescape(re.findall(r'href="([^"]+/auth\?[^"]+)"', asked.text)[0])
    answer = give_consent(assistant, consent)
    assert OFFICER in told(answer)
    assert consent.asked["code_challenge_method"] == "S256"
    assert consent.asked["access_type"] == "offline"
    kept = list((folder / "data" / "keys").glob("google-*.json"))
    assert len(kept) == 2
    if os.name == "posix":
        assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}
        assert (folder / "data" / "keys").stat().st_mode & 0o777 == 0o700
    secret = consent.client["installed"]["client_secret"]
    assert secret not in (folder / "settings.yaml").read_text(encoding="utf-8")
    assert secret not in answer.text
    assert assistant.submit("/google", "periksa").url.endswith("/sheet")


def test_a_consent_that_was_not_given_changes_nothing(
    assistant: Assistant, folder: Path, consent: ConsentPage
) -> None:
    """Denied, boxes left unticked, or an old address: told with what to do, and the access there was holds."""
    assistant.submit("/kantor", **OFFICE)
    settings = (folder / "settings.yaml").read_bytes()
    consent.deny = True
    assert "izin tidak diberikan" in told(give_consent(assistant, consent)).casefold()
    consent.deny, consent.scopes = False, "https://www.googleapis.com/auth/spreadsheets"
    answer = told(give_consent(assistant, consent))
    assert "Google Drive" in answer
    assert "centang semua kotak" in answer
    old = assistant.get("/?state=lama&code=x")
    assert old.status_code == 422
    assert "tekan tombol izin sekali lagi" in told(old)
    assert (folder / "settings.yaml").read_bytes() == settings
    assert [file.name for file in (folder / "data/keys").glob("google-*")] == ["google-client.json"]


def test_a_wrong_client_file_is_told(assistant: Assistant, folder: Path) -> None:
    """What it is instead, and which file is meant."""
    before = files(folder)
    for text, says in {
        "": "pilih berkasnya",
        "halo": "bukan JSON",
        '{"web": {"client_id": "x"}}': "Aplikasi web",
        '{"type": "service_account"}': "kunci akun layanan",
        '{"installed": {"client_id": "x"}}': "client_secret",
        "[]": "bukan berkas client",
    }.items():
        answer = assistant.submit("/google?cara=oauth", "client", berkas=text)
        assert answer.status_code == 422
        assert says in told(answer)
    assert files(folder) == before


def test_a_wrong_key_is_told_and_the_old_access_holds(
    assistant: Assistant, folder: Path, google: LocalGoogle
) -> None:
    """Half a key, a client's file, a key that Google does not know: no secret comes back on the page."""
    to_google(assistant, google)
    before = files(folder)
    key = json.loads(google.key("worker.json"))
    stranger = json.dumps(key | {"client_email": "lain@x.iam.gserviceaccount.com"})
    for text, says in {
        "{": "bukan JSON",
        '{"installed": {}}': "client OAuth",
        '{"type": "placeholder"}': "contoh kosong",
        json.dumps(key | {"private_key": "rusak-sekali"}): "tidak dapat dibaca",
        stranger: "tidak mengenal kunci",
        json.dumps(key | {"token_uri": "https://oauth2.googleapis.com/token"}): "google.endpoint",
    }.items():
        answer = assistant.submit("/google?cara=layanan", "kunci", berkas=text)
        assert answer.status_code == 422
        assert says in told(answer)
        assert key["private_key"][40:80] not in answer.text
        assert "rusak-sekali" not in answer.text
    assert files(folder) == before


def test_delegation_is_tried_at_once(assistant: Assistant, google: LocalGoogle) -> None:
    """An account of another domain is refused with where to allow it; the office's own works."""
    assistant.submit("/kantor", **OFFICE)
    key = google.key("worker.json")
    answer = assistant.submit("/google?cara=delegasi", "kunci", berkas=key, akun="a@lain.example")
    assert "Delegasi seluruh domain" in told(answer)
    assert answer.status_code == 422
    answer = assistant.submit("/google?cara=delegasi", "kunci", berkas=key, akun=OFFICER)
    assert answer.ok, told(answer)
    assert OFFICER in told(answer)


def test_a_place_for_letters_is_tried_too(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """A service account's letters need a shared drive that it may write into."""
    to_google(assistant, google)
    mine = google.sheets(
        "POST",
        "/drive/v3/files",
        {"name": "Saya", "mimeType": "application/vnd.google-apps.folder"},
    )
    for link, says in {
        "https://drive.google.com/file/d/abc/view": "bukan tautan folder",
        f"https://drive.google.com/drive/folders/{mine['id']}": "Pengelola konten",
    }.items():
        answer = assistant.submit("/google?cara=layanan", "folder", folder=link)
        assert answer.status_code == 422
        assert says in told(answer)
    google.sheets(
        "POST",
        f"/drive/v3/files/{mine['id']}/permissions",
        {"type": "user", "role": "writer", "emailAddress": WORKER},
    )
    answer = assistant.submit("/google?cara=layanan", "folder", folder=mine["id"])
    assert "Pakai drive bersama" in told(answer)
    shared = google.sheets("GET", "/drive/v3/drives")["drives"][0]["id"]
    answer = assistant.submit(
        "/google?cara=layanan",
        "folder",
        folder=f"https://drive.google.com/drive/u/0/folders/{shared}",
    )
    assert answer.url.endswith("/sheet"), told(answer)
    assert f"folder: {shared}" in (folder / "settings.yaml").read_text(encoding="utf-8").replace(
        '"', ""
    )


def test_without_a_network_nothing_is_written(tmp_path: Path, google: LocalGoogle) -> None:
    """Told in a short while, and the same step can be taken again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path / "kantor"
    folder.mkdir()
    (folder / "settings.yaml").write_text(f"google: {{endpoint: '{dead}'}}\n", encoding="utf-8")
    key = json.loads(google.key("worker.json")) | {"token_uri": dead + "/token"}
    with assisting(folder) as running:
        before = files(folder)
        answer = running.enter().submit("/google?cara=layanan", "kunci", berkas=json.dumps(key))
        assert answer.status_code == 422
        assert "sambungan internet" in told(answer)
        assert files(folder) == before


def test_a_revoked_token_leads_back_to_the_consent(
    assistant: Assistant, google: LocalGoogle, consent: ConsentPage
) -> None:
    """On whatever page it shows; the client's file need not be looked for again."""
    form = google.form(share_with=(OFFICER,))
    assistant.submit("/kantor", **OFFICE)
    assert give_consent(assistant, consent).ok
    token = json.loads(google.key("officer-oauth.json"))["refresh_token"]
    requests.post(google.url + "/revoke", data={"token": token}, timeout=30).raise_for_status()
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert "berikan izin sekali lagi" in told(answer)
    assert "dicabut" in told(assistant.submit("/google", "periksa"))
    assert "Minta izin lagi" in told(assistant.get("/google?cara=oauth"))
