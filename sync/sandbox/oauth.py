"""Tokens: a signed assertion or a refresh token is exchanged for a bearer token that lives for an hour.

Signatures are really verified, so a wrong key, clock or audience fails as it does at Google. Who exists is
accounts.py's affair; what an account may see is each room's.
"""

import base64
import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from sync.sandbox import accounts, scopes
from sync.sandbox.frame import Answer, Call, Content, GoogleError, Json, route

GOOGLE_AUDIENCES = (
    "https://oauth2.googleapis.com/token",
    "https://www.googleapis.com/oauth2/v4/token",
    "https://accounts.google.com/o/oauth2/token",
)
LIFETIME_S = 3600
CLOCK_SKEW_S = 300
_REMEMBERED_S = 24 * 3600
"""So long an expired token is told from one that never was."""
_OLDER_ERRORS = ("drive", "gmail")
"""Rooms whose errors also have the form of Google's older APIs."""
_OTHER_SCOPES = ("openid", "email", "profile")
_AUTH = "https://www.googleapis.com/auth/"
_MAIL = "https://mail.google.com/"

SCHEMA = """
CREATE TABLE IF NOT EXISTS oauth_tokens (
    token TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS oauth_revoked (
    refresh_token TEXT PRIMARY KEY
);
"""


class _Refused(Exception):
    """RFC 6749's error: a code and a sentence, answered as Google's token endpoint does."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}
        self.status = status


def issue(db: sqlite3.Connection, email: str, scope: str, lifetime_s: int = LIFETIME_S) -> str:
    """A new bearer token of this account; the scopes in `scope` are separated by spaces."""
    now = time.time()
    db.execute("DELETE FROM oauth_tokens WHERE expires_at < ?", (now - _REMEMBERED_S,))
    token = "ya29." + secrets.token_urlsafe(48)
    db.execute(
        "INSERT INTO oauth_tokens VALUES (?, ?, ?, ?)",
        (token, email.lower(), scope, now + lifetime_s),
    )
    return token


def bearer(
    db: sqlite3.Connection, headers: Any, query: dict[str, list[str]], api: str = ""
) -> tuple[str, frozenset[str]]:
    """The account and scopes behind a request's token. Raises 401 as Google does."""
    older = api.startswith(_OLDER_ERRORS)
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        token = query.get("access_token", [""])[0]
    token = token.strip()
    if not token:
        raise GoogleError(
            401,
            "UNAUTHENTICATED",
            "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie"
            " or other valid authentication credential."
            " See https://developers.google.com/identity/sign-in/web/devconsole-project.",
            reason="required" if older else "",
            details=[_error_info("CREDENTIALS_MISSING", api)],
            headers={"www-authenticate": 'Bearer realm="https://accounts.google.com/"'},
        )
    row = db.execute("SELECT * FROM oauth_tokens WHERE token = ?", (token,)).fetchone()
    if row is None or row["expires_at"] <= time.time():
        raise GoogleError(
            401,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other"
            " valid authentication credential."
            " See https://developers.google.com/identity/sign-in/web/devconsole-project.",
            reason="authError" if older else "",
            details=[
                _error_info("ACCESS_TOKEN_EXPIRED" if row else "ACCESS_TOKEN_TYPE_UNSUPPORTED", api)
            ],
            headers={
                "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
            },
        )
    return row["email"], frozenset(row["scopes"].split())


def admit(api: str, held: frozenset[str]) -> None:
    """Refuses a token none of whose scopes opens this method."""
    wanted = scopes.opening(api)
    if not wanted or wanted & held:
        return
    raise GoogleError(
        403,
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        reason="insufficientPermissions" if api.startswith(_OLDER_ERRORS) else "",
        details=[_error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", api)],
        headers={
            "www-authenticate": 'Bearer realm="https://accounts.google.com/",'
            f' error="insufficient_scope", scope="{" ".join(sorted(wanted))}"'
        },
    )


def _error_info(reason: str, api: str) -> Json:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": f"{api.partition('.')[0]}.googleapis.com"},
    }


def _form(call: Call) -> dict[str, str]:
    """The fields of a request to the token endpoint: a form, or JSON, which Google takes too."""
    if call.headers.get("content-type", "").startswith("application/json"):
        try:
            given = call.json()
        except GoogleError as error:
            raise _Refused("invalid_request", error.message) from None
        return {name: value for name, value in given.items() if isinstance(value, str)}
    form = parse_qs(call.body.decode("utf-8", "replace"))
    return {name: values[-1] for name, values in form.items()}


def _answered(call: Call, handle: Callable[[sqlite3.Connection, dict[str, str]], Json]) -> Answer:
    try:
        with call.store.write() as db:
            return handle(db, _form(call))
    except _Refused as refused:
        return Content(
            json.dumps(refused.body, indent=2).encode(),
            "application/json; charset=utf-8",
            refused.status,
        )


def token(call: Call) -> Answer:
    def granted(db: sqlite3.Connection, form: dict[str, str]) -> Json:
        grant = form.get("grant_type", "")
        if grant == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return _by_assertion(db, form.get("assertion", ""), call.base_url)
        if grant == "refresh_token":
            return _by_refresh_token(db, form)
        raise _Refused("unsupported_grant_type", f"Invalid grant_type: {grant}")

    return _answered(call, granted)


def revoke(call: Call) -> Answer:
    """What the person's page of connected apps does: a refresh token, or an access token, is worth nothing afterwards.

    A reset undoes it.
    """

    def revoked(db: sqlite3.Connection, form: dict[str, str]) -> Json:
        given = form.get("token") or call.first("token")
        row = db.execute(
            "SELECT email FROM oauth_accounts WHERE refresh_token = ?", (given,)
        ).fetchone()
        if row is not None:
            db.execute("INSERT INTO oauth_revoked VALUES (?) ON CONFLICT DO NOTHING", (given,))
            db.execute("DELETE FROM oauth_tokens WHERE email = ?", (row["email"],))
        elif not db.execute("DELETE FROM oauth_tokens WHERE token = ?", (given,)).rowcount:
            raise _Refused("invalid_token", "Token expired or revoked")
        return {}

    return _answered(call, revoked)


def _by_assertion(db: sqlite3.Connection, assertion: str, base_url: str) -> Json:
    claims = _verified(db, assertion)
    if claims.get("aud") not in (*GOOGLE_AUDIENCES, base_url + "/token"):
        raise _Refused("invalid_grant", "Invalid JWT: Failed audience check.")
    now = time.time()
    issued, expires = claims.get("iat"), claims.get("exp")
    timely = (
        isinstance(issued, int | float)
        and isinstance(expires, int | float)
        and issued <= now + CLOCK_SKEW_S
        and expires >= now - CLOCK_SKEW_S
        and 0 <= expires - issued <= LIFETIME_S + CLOCK_SKEW_S
    )
    if not timely:
        raise _Refused(
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            " Check your iat and exp values in the JWT claim.",
        )
    scope = claims.get("scope")
    asked = scope.split() if isinstance(scope, str) else []
    if not asked or not all(each.startswith("https://") or each in _OTHER_SCOPES for each in asked):
        raise _Refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    email = claims["iss"]
    subject = claims.get("sub") or email
    if subject != email:
        if (
            not isinstance(subject, str)
            or subject.endswith(".gserviceaccount.com")
            or "@" not in subject
        ):
            raise _Refused("invalid_grant", "Invalid email or User ID")
        domain = accounts.OFFICER.partition("@")[2]
        if subject.partition("@")[2] != domain:
            raise _Refused(
                "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized"
                " for any of the scopes requested.",
                401,
            )
    return {
        "access_token": issue(db, subject, " ".join(asked)),
        "expires_in": LIFETIME_S - 1,
        "token_type": "Bearer",
    }


def _verified(db: sqlite3.Connection, assertion: str) -> dict[str, Any]:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        head, body, signature = assertion.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        issuer, algorithm = claims["iss"], header["alg"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _Refused("invalid_grant", "Invalid JWT: malformed assertion.") from None
    row = db.execute(
        "SELECT private_key FROM oauth_accounts WHERE email = ?", (str(issuer),)
    ).fetchone()
    if row is None:
        raise _Refused("invalid_grant", "Invalid grant: account not found")
    if algorithm != "RS256":
        raise _Refused("invalid_grant", "Invalid JWT: unsupported signing algorithm.")
    key = load_pem_private_key(row["private_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - accounts.py makes no other
    try:
        key.public_key().verify(
            _decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256()
        )
    except (InvalidSignature, ValueError):
        raise _Refused("invalid_grant", "Invalid JWT Signature.") from None
    verified: dict[str, Any] = claims
    return verified


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _by_refresh_token(db: sqlite3.Connection, form: dict[str, str]) -> Json:
    given = form.get("refresh_token")
    if not given:
        raise _Refused("invalid_request", "Missing required parameter: refresh_token")
    row = db.execute(
        "SELECT * FROM oauth_accounts WHERE refresh_token = ?"
        " AND refresh_token NOT IN (SELECT refresh_token FROM oauth_revoked)",
        (given,),
    ).fetchone()
    if row is None:
        raise _Refused("invalid_grant", "Token has been expired or revoked.")
    if (form.get("client_id"), form.get("client_secret")) != (
        accounts.CLIENT_ID,
        row["client_secret"],
    ):
        raise _Refused("invalid_client", "The OAuth client was not found.", 401)
    agreed = form.get("scope") or ALL_SCOPES
    return {
        "access_token": issue(db, row["email"], agreed),
        "expires_in": LIFETIME_S - 1,
        "scope": agreed,
        "token_type": "Bearer",
    }


ALL_SCOPES = " ".join(
    [
        _MAIL,
        *(
            _AUTH + name
            for name in ("spreadsheets", "drive", "forms.body", "forms.responses.readonly")
        ),
    ]
)
"""What the seeded person agreed to on the consent page."""

ROUTES = [
    route("POST", "/token", "oauth.token", token, needs_token=False),
    route("POST", "/oauth2/v4/token", "oauth.token", token, needs_token=False),
    route("POST", "/revoke", "oauth.revoke", revoke, needs_token=False),
]
