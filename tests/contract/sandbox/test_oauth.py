"""Tokens as Google gives and refuses them."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import google.auth.crypt
import google.auth.exceptions
import google.auth.jwt
import google.auth.transport.requests
import pytest
from google.oauth2.credentials import Credentials as UserCredentials

from sync.sandbox.accounts import OFFICER, WORKER
from tests.contract.sandbox.conftest import SCOPES, Credentials, Sandbox

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SHEETS = SCOPES[0]


def exchange(sandbox: Sandbox, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        sandbox.url + "/token", urllib.parse.urlencode(form).encode(), method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def assertion(sandbox: Sandbox, **claims: Any) -> str:
    """A JWT signed with the worker's key; claims given as None are left out."""
    key = json.loads(sandbox.credentials.read_text(encoding="utf-8"))
    signer = google.auth.crypt.RSASigner.from_service_account_info(key)
    now = int(time.time())
    all_claims = {
        "iss": key["client_email"],
        "aud": "https://oauth2.googleapis.com/token",
        "scope": SHEETS,
        "iat": now,
        "exp": now + 3600,
        **claims,
    }
    payload = {name: value for name, value in all_claims.items() if value is not None}
    return google.auth.jwt.encode(signer, payload).decode()


def test_a_signed_assertion_becomes_a_token_that_opens_sheets(sandbox: Sandbox) -> None:
    """For Google's audience and for the sandbox's own."""
    for audience in ("https://oauth2.googleapis.com/token", sandbox.url + "/token"):
        status, told = exchange(
            sandbox, {"grant_type": GRANT, "assertion": assertion(sandbox, aud=audience)}
        )
        assert (status, told["token_type"], told["expires_in"]) == (200, "Bearer", 3599)
        status, answer = sandbox.call(
            "GET", "/v4/spreadsheets/tidakada", token=told["access_token"]
        )
        assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("claims", "error", "words"),
    [
        ({"aud": "https://example.com/token"}, "invalid_grant", "audience"),
        ({"iat": 1_600_000_000, "exp": 1_600_003_600}, "invalid_grant", "reasonable timeframe"),
        ({"exp": 4_000_000_000}, "invalid_grant", "short-lived"),
        (
            {"iss": "doni@loket-sandbox.iam.gserviceaccount.com"},
            "invalid_grant",
            "account not found",
        ),
        ({"iss": OFFICER}, "invalid_grant", "Invalid JWT Signature."),
        ({"scope": None}, "invalid_scope", "scope"),
        ({"sub": "doni@kantor.lain.id"}, "unauthorized_client", "unauthorized"),
    ],
)
def test_a_wrong_assertion_is_refused_in_oauths_words(
    sandbox: Sandbox, claims: dict[str, Any], error: str, words: str
) -> None:
    """Wrong clock, key, audience, scope or subject: each has its own error."""
    status, told = exchange(
        sandbox, {"grant_type": GRANT, "assertion": assertion(sandbox, **claims)}
    )
    assert status in (400, 401)
    assert told["error"] == error
    assert words in told["error_description"]


@pytest.mark.parametrize("text", ["", "x.y.z", "a.b", "e30.e30.e30"])
def test_what_is_no_assertion_is_refused(sandbox: Sandbox, text: str) -> None:
    """Never a 500."""
    status, told = exchange(sandbox, {"grant_type": GRANT, "assertion": text})
    assert (status, told["error"]) == (400, "invalid_grant")


def test_a_delegated_account_acts_as_the_officer(sandbox: Sandbox) -> None:
    """Domain-wide delegation: what the worker makes then belongs to Bu Ratna."""
    credentials = Credentials.from_service_account_file(
        str(sandbox.credentials), scopes=SCOPES, subject=OFFICER
    )
    with google.auth.transport.requests.requests.Session() as session:
        credentials.refresh(google.auth.transport.requests.Request(session))
    status, book = sandbox.call("POST", "/v4/spreadsheets", {}, token=str(credentials.token))
    assert status == 200
    status, _ = sandbox.call(
        "GET", f"/v4/spreadsheets/{book['spreadsheetId']}", token=sandbox.token("worker")
    )
    assert status == 403


def test_a_refresh_token_is_exchanged_and_a_revoked_one_is_not(sandbox: Sandbox) -> None:
    """The office's own account, as an installed app keeps it."""
    path = sandbox.officer_key.with_name("officer-oauth.json")
    key = json.loads(path.read_text(encoding="utf-8"))
    # Not from_authorized_user_info: it takes Google's own token_uri whatever the file says.
    given = {name: key[name] for name in ("client_id", "client_secret", "token_uri")}
    credentials = UserCredentials(None, refresh_token=key["refresh_token"], scopes=SCOPES, **given)
    with google.auth.transport.requests.requests.Session() as session:
        request = google.auth.transport.requests.Request(session)
        credentials.refresh(request)
        assert sandbox.call("POST", "/v4/spreadsheets", {}, token=str(credentials.token))[0] == 200
        revoked = UserCredentials(None, refresh_token="1//x", scopes=SCOPES, **given)
        with pytest.raises(google.auth.exceptions.RefreshError, match="expired or revoked"):
            revoked.refresh(request)


def test_without_a_valid_token_google_answers_401(sandbox: Sandbox) -> None:
    """Missing and unknown tokens alike, in Google's JSON."""
    for token in ("", "ya29.salah"):
        status, answer = sandbox.call("GET", "/v4/spreadsheets/x", token=token)
        assert (status, answer["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_a_token_expires_after_an_hour(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's clock decides."""
    token = sandbox.token("worker")
    assert sandbox.call("GET", "/v4/spreadsheets/x", token=token)[0] == 404
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3601)
    assert sandbox.call("GET", "/v4/spreadsheets/x", token=token)[0] == 401


def test_a_token_for_another_api_does_not_open_sheets(sandbox: Sandbox) -> None:
    """Scopes are checked: 403, not 404."""
    scope = "https://www.googleapis.com/auth/gmail.send"
    _, told = exchange(sandbox, {"grant_type": GRANT, "assertion": assertion(sandbox, scope=scope)})
    status, answer = sandbox.call("GET", "/v4/spreadsheets/x", token=told["access_token"])
    assert status == 403
    assert answer["error"]["message"] == "Request had insufficient authentication scopes."


def test_the_two_key_files_belong_to_two_accounts(sandbox: Sandbox) -> None:
    """The worker is a service account; the officer is a person."""
    worker = json.loads(sandbox.credentials.read_text(encoding="utf-8"))
    officer = json.loads(sandbox.officer_key.read_text(encoding="utf-8"))
    assert (worker["client_email"], officer["client_email"]) == (WORKER, OFFICER)
    assert worker["token_uri"] == sandbox.url + "/token"
