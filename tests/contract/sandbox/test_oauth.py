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
        ({"scope": "semua"}, "invalid_scope", "scope"),
        ({"sub": "doni@kantor.lain.id"}, "unauthorized_client", "unauthorized"),
        ({"sub": 5}, "invalid_grant", "Invalid email or User ID"),
        ({"iss": ["x"]}, "invalid_grant", "account not found"),
        ({"iat": None}, "invalid_grant", "iat and exp"),
        ({"exp": float("nan")}, "invalid_grant", "iat and exp"),
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


@pytest.mark.parametrize(
    ("skew_s", "status"), [(-3600, 400), (-240, 200), (0, 200), (240, 200), (3600, 400)]
)
def test_a_clock_that_is_wrong_is_refused_beyond_five_minutes(
    sandbox: Sandbox, skew_s: int, status: int
) -> None:
    """An office PC whose battery is empty begins the day in another year. An hour behind, the token has run out."""
    now = int(time.time()) + skew_s
    claims = {"iat": now, "exp": now + (3600 if skew_s > -3600 else 3000)}
    answered, told = exchange(
        sandbox, {"grant_type": GRANT, "assertion": assertion(sandbox, **claims)}
    )
    assert answered == status
    if status == 400:
        assert told["error"] == "invalid_grant"
        assert "reasonable timeframe" in told["error_description"]


def key_of_the_office(sandbox: Sandbox) -> dict[str, str]:
    path = sandbox.officer_key.with_name("officer-oauth.json")
    key: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {name: key[name] for name in ("client_id", "client_secret", "refresh_token")}


def test_access_that_was_revoked_is_over_at_once(sandbox: Sandbox) -> None:
    """Bu Ratna removes Loket from her account: its tokens end, and no new ones come. A reset undoes it."""
    form = {"grant_type": "refresh_token", **key_of_the_office(sandbox)}
    status, told = exchange(sandbox, form)
    assert status == 200
    path, token = "/v4/spreadsheets/x", told["access_token"]
    assert sandbox.call("GET", path, token=token)[0] == 404
    given = urllib.parse.urlencode({"token": form["refresh_token"]})
    assert sandbox.call("POST", "/revoke?" + given) == (200, {})
    assert sandbox.call("GET", path, token=token)[0] == 401
    assert exchange(sandbox, form) == (
        400,
        {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
    )
    assert sandbox.call("POST", "/revoke?token=tidak-ada")[0] == 400
    sandbox.control("POST", "/reset", {})
    assert exchange(sandbox, form)[0] == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "salah"}, 401, "invalid_client"),
        ({"refresh_token": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_for_a_token_has_its_own_error(
    sandbox: Sandbox, change: dict[str, str], status: int, error: str
) -> None:
    form = {"grant_type": "refresh_token", **key_of_the_office(sandbox), **change}
    answered, told = exchange(sandbox, form)
    assert (answered, told["error"]) == (status, error)


def test_a_token_may_be_asked_for_in_json(sandbox: Sandbox) -> None:
    """Some clients do, and Google answers them."""
    form = {"grant_type": "refresh_token", **key_of_the_office(sandbox)}
    status, told = sandbox.call("POST", "/token", form)
    assert (status, told["token_type"]) == (200, "Bearer")


def test_an_expired_token_is_told_as_such_by_every_service(sandbox: Sandbox) -> None:
    """401, and the reason by which a client knows that a new token will do."""
    token = sandbox.control("GET", "/token?account=officer&expires_in=0")["access_token"]
    for path in ("/v4/spreadsheets/x", "/drive/v3/files", "/gmail/v1/users/me/profile"):
        status, answer = sandbox.call("GET", path, token=token)
        error = answer["error"]
        assert (status, error["status"]) == (401, "UNAUTHENTICATED")
        assert error["details"][0]["reason"] == "ACCESS_TOKEN_EXPIRED"
        if not path.startswith("/v4"):
            assert error["errors"][0]["reason"] == "authError"
            assert error["errors"][0]["location"] == "Authorization"


_AUTH = "https://www.googleapis.com/auth/"


@pytest.mark.parametrize(
    ("method", "path", "scope", "status"),
    [
        ("GET", "/v4/spreadsheets/x", "gmail.send", 403),
        ("GET", "/v4/spreadsheets/x", "spreadsheets.readonly", 404),
        ("POST", "/v4/spreadsheets/x:batchUpdate", "spreadsheets.readonly", 403),
        ("POST", "/v4/spreadsheets/x/values:batchGetByDataFilter", "spreadsheets", 404),
        ("GET", "/drive/v3/files/x", "drive.metadata.readonly", 404),
        ("GET", "/drive/v3/files/x", "spreadsheets", 403),
        ("DELETE", "/drive/v3/files/x", "drive.readonly", 403),
        ("GET", "/drive/v2/files/x", "drive.readonly", 404),
        ("DELETE", "/drive/v2/files/x", "drive.readonly", 403),
        ("GET", "/gmail/v1/users/me/messages/x", "gmail.readonly", 404),
        ("GET", "/gmail/v1/users/me/messages/x", "gmail.send", 403),
        ("POST", "/gmail/v1/users/me/messages/send", "gmail.send", 400),
        ("POST", "/gmail/v1/users/me/messages/send", "gmail.readonly", 403),
        ("DELETE", "/gmail/v1/users/me/drafts/x", "gmail.send", 403),
        ("GET", "/v1/forms/x/responses", "forms.responses.readonly", 404),
        ("GET", "/v1/forms/x/responses", "forms.body.readonly", 403),
    ],
)
def test_a_token_opens_what_its_scopes_say_and_no_more(
    sandbox: Sandbox, method: str, path: str, scope: str, status: int
) -> None:
    """Method by method, as Google's own description has it: 403, before anything is looked up."""
    asked = urllib.parse.urlencode({"account": "officer", "scope": _AUTH + scope})
    token = sandbox.control("GET", f"/token?{asked}")["access_token"]
    body = None if method in ("GET", "DELETE") else {}
    answered, answer = sandbox.call(method, path, body, token=token)
    assert answered == status, answer
    if status == 403:
        error = answer["error"]
        assert error["message"] == "Request had insufficient authentication scopes."
        assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
        if path.startswith(("/drive", "/gmail")):
            assert error["errors"][0]["reason"] == "insufficientPermissions"


def test_who_was_not_invited_and_who_may_only_look(sandbox: Sandbox) -> None:
    """Doni hears "no such file" of Drive; Citra, who may look, hears "no" to every change, in Google's words."""
    officer = sandbox.token("officer")
    book = sandbox.call("POST", "/v4/spreadsheets", {}, token=officer)[1]["spreadsheetId"]
    grant = {"type": "user", "role": "reader", "emailAddress": "citra@example.com"}
    permissions = f"/drive/v3/files/{book}/permissions?sendNotificationEmail=false"
    assert sandbox.call("POST", permissions, grant, token=officer)[0] == 200

    def asks(who: str, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
        status, answer = sandbox.call(method, path, body, token=sandbox.token(who))
        error = answer.get("error", {})
        return status, error.get("errors", [{}])[0].get("reason", ""), error.get("message", "")

    sheet, file = f"/v4/spreadsheets/{book}", f"/drive/v3/files/{book}"
    put = f"{sheet}/values/A1?valueInputOption=RAW"
    no = (403, "", "The caller does not have permission")
    gone = (404, "notFound", f"File not found: {book}.")
    assert asks("doni@example.com", "GET", file) == gone
    assert asks("doni@example.com", "PATCH", file, {"name": "x"}) == gone
    assert asks("doni@example.com", "GET", sheet) == no
    assert asks("citra@example.com", "GET", sheet)[0] == 200
    assert asks("citra@example.com", "GET", file)[0] == 200
    assert asks("citra@example.com", "PUT", put, {"values": [["x"]]}) == no
    assert asks("citra@example.com", "PATCH", file, {"name": "x"}) == (
        403,
        "insufficientFilePermissions",
        f"The user does not have sufficient permissions for file {book}.",
    )


def test_the_two_key_files_belong_to_two_accounts(sandbox: Sandbox) -> None:
    """The worker is a service account; the officer is a person."""
    worker = json.loads(sandbox.credentials.read_text(encoding="utf-8"))
    officer = json.loads(sandbox.officer_key.read_text(encoding="utf-8"))
    assert (worker["client_email"], officer["client_email"]) == (WORKER, OFFICER)
    assert worker["token_uri"] == sandbox.url + "/token"
