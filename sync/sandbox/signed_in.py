"""Whose token is it? What clients ask to greet the person, or to look at what a token opens (OpenID Connect's
userinfo in its ages, and Google's tokeninfo)."""

import hashlib
import time

from sync.sandbox import accounts
from sync.sandbox.frame import Answer, Call, GoogleError, Json, route


def _subject(email: str) -> str:
    """Google's ids of people have 21 digits."""
    return str(10**20 + int.from_bytes(hashlib.sha256(email.encode()).digest()[:8]) % 10**19)


def userinfo(call: Call) -> Json:
    return {
        "sub": _subject(call.account),
        "email": call.account,
        "email_verified": True,
        "picture": f"{call.base_url}/picture",
    }


def userinfo_older(call: Call) -> Json:
    new = userinfo(call)
    return {
        "id": new["sub"],
        "email": call.account,
        "verified_email": True,
        "picture": new["picture"],
    }


def tokeninfo(call: Call) -> Answer:
    given = call.first("access_token")
    with call.store.read() as db:
        row = db.execute("SELECT * FROM oauth_tokens WHERE token = ?", (given,)).fetchone()
    if row is None or row["expires_at"] <= time.time():
        raise GoogleError(400, "INVALID_ARGUMENT", "Invalid Value", reason="invalid")
    return {
        "azp": accounts.CLIENT_ID,
        "aud": accounts.CLIENT_ID,
        "sub": _subject(row["email"]),
        "scope": row["scopes"],
        "exp": str(int(row["expires_at"])),
        "expires_in": str(int(row["expires_at"] - time.time())),
        "email": row["email"],
        "email_verified": "true",
        "access_type": "online",
    }


ROUTES = [
    *(
        route("GET", path, "oauth2.userinfo.get", userinfo)
        for path in ("/v1/userinfo", "/oauth2/v3/userinfo")
    ),
    *(
        route("GET", f"/oauth2/{version}/userinfo", "oauth2.userinfo.get", userinfo_older)
        for version in ("v1", "v2")
    ),
    *(
        route("GET", path, "oauth2.tokeninfo", tokeninfo, needs_token=False)
        for path in ("/tokeninfo", "/oauth2/v1/tokeninfo", "/oauth2/v3/tokeninfo")
    ),
]
