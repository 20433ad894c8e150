"""The consent of the office's own account: what is asked for, where, and what every refusal says."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.google import oauth
from sync.google.credentials import DRIVE, GMAIL, SHEETS, load_credentials
from tests.fakes.loopback_http import LoopbackServer, Prepared

SECRET = "GOCSPX-rahasia"
HERE = "http://127.0.0.1:8080/"
GIVEN = {"access_token": "t", "refresh_token": "1//r", "expires_in": 3599, "token_type": "Bearer"}


def client_file(**changed: Any) -> str:
    installed = {
        "client_id": "x.apps.googleusercontent.com",
        "client_secret": SECRET,
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps({"installed": installed | changed})


@pytest.fixture
def consent(google: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> oauth.Consent:
    """One under way, whose token endpoint is this machine's."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    client = oauth.read_client(
        client_file(auth_uri=google.url + "/auth", token_uri=google.url + "/tukar"),
        endpoint=google.url,
    )
    return oauth.begin(client, HERE, gmail=False)


def back(consent: oauth.Consent, **changed: str) -> dict[str, str]:
    return {"state": consent.state, "code": "4/kode"} | changed


def problem_of(consent: oauth.Consent, query: dict[str, str]) -> str:
    with pytest.raises(Mendable) as told:
        oauth.finish(consent, query)
    assert SECRET not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("gmail", [False, True])
def test_only_what_is_needed_is_asked_for(gmail: bool) -> None:
    """At Google, with PKCE, for a consent that lasts; the secret stays here."""
    consent = oauth.begin(oauth.read_client(client_file()), HERE, gmail=gmail)
    address = urlsplit(consent.url)
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert address.hostname == "accounts.google.com"
    assert asked["scope"].split() == [SHEETS, DRIVE, *([GMAIL] if gmail else [])]
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert asked["redirect_uri"] == HERE
    digest = hashlib.sha256(consent.verifier.encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert asked["code_challenge_method"] == "S256"
    assert SECRET not in consent.url


def test_every_consent_has_a_state_and_a_verifier_of_its_own() -> None:
    client = oauth.read_client(client_file())
    first, second = (oauth.begin(client, HERE, gmail=False) for _ in range(2))
    assert first.state != second.state
    assert first.verifier != second.verifier


def test_the_files_own_addresses_count_beside_a_sandbox_only() -> None:
    """A forged file leads neither the person nor the code anywhere but to Google."""
    forged = client_file(auth_uri="https://jahat.example/a", token_uri="http://127.0.0.1:1/t")
    client = oauth.read_client(forged)
    assert (client.auth_uri, client.token_uri) == (oauth.AUTH_URI, oauth.TOKEN_URI)
    client = oauth.read_client(forged, endpoint="http://127.0.0.1:1")
    assert (client.auth_uri, client.token_uri) == (oauth.AUTH_URI, "http://127.0.0.1:1/t")


def test_the_consent_comes_back_to_this_machine_only() -> None:
    with pytest.raises(ValueError, match="this machine"):
        oauth.begin(oauth.read_client(client_file()), "http://10.0.0.1/", gmail=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"web": {}}',
        '{"installed": []}',
        '{"type": "service_account"}',
        client_file(client_id=""),
        client_file(client_secret=7),
    ],
)
def test_another_file_is_told_with_what_is_meant(text: str) -> None:
    with pytest.raises(Mendable) as told:
        oauth.read_client(text)
    assert "Aplikasi desktop" in told.value.problems[0].allowed
    assert SECRET not in str(told.value)


def test_what_is_kept_is_a_credentials_file(
    consent: oauth.Consent, google: LoopbackServer, tmp_path: Path
) -> None:
    """The code is exchanged once, with the verifier, and what comes of it can be loaded."""
    google.answers = [Prepared(body=GIVEN | {"scope": f"{SHEETS} {DRIVE}"})]
    kept = oauth.finish(consent, back(consent))
    [asked] = google.asked
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form["grant_type"] == "authorization_code"
    assert (form["code"], form["code_verifier"]) == ("4/kode", consent.verifier)
    file = tmp_path / "kunci.json"
    file.write_text(json.dumps(kept), encoding="utf-8")
    assert load_credentials(file, endpoint=google.url)


def test_more_than_was_asked_for_does_no_harm(
    consent: oauth.Consent, google: LoopbackServer
) -> None:
    """An account that once gave more gets it listed again."""
    google.answers = [Prepared(body=GIVEN | {"scope": f"{DRIVE} {SHEETS} openid"})]
    assert oauth.finish(consent, back(consent))["refresh_token"] == "1//r"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Prepared(body=GIVEN | {"scope": SHEETS}), "Google Drive tidak dicentang"),
        (
            Prepared(body=GIVEN | {"refresh_token": "", "scope": f"{SHEETS} {DRIVE}"}),
            "berlaku terus",
        ),
        (Prepared(400, {"error": "invalid_grant"}), "jam komputer"),
        (Prepared(401, {"error": "invalid_client"}), "tidak mengenal client"),
        (Prepared(500, {"oops": True}), "ulangi"),
    ],
)
def test_what_google_refuses_is_told(
    consent: oauth.Consent, google: LoopbackServer, answer: Prepared, says: str
) -> None:
    google.answers = [answer]
    assert says in problem_of(consent, back(consent))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"error": "access_denied"}, "izin tidak diberikan"),
        ({"error": "admin_policy_enforced"}, "admin_policy_enforced"),
        ({"code": ""}, "tidak lengkap"),
        ({"state": "lain"}, "tidak lengkap"),
    ],
)
def test_coming_back_without_a_consent_is_told(
    consent: oauth.Consent, google: LoopbackServer, query: dict[str, str], says: str
) -> None:
    """And nothing is exchanged."""
    assert says in problem_of(consent, back(consent, **query))
    assert google.asked == []


def test_a_lost_network_may_come_back(consent: oauth.Consent, google: LoopbackServer) -> None:
    google.answers = [Prepared(hang_up=True)]
    with pytest.raises(TryAgain):
        oauth.finish(consent, back(consent))
