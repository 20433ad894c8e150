"""Whose token is it? As clients ask before they begin."""

import pytest

from tests.contract.sandbox.conftest import Sandbox


@pytest.mark.parametrize(
    ("path", "name", "subject"),
    [
        ("/v1/userinfo", "email", "sub"),
        ("/oauth2/v3/userinfo", "email", "sub"),
        ("/oauth2/v2/userinfo", "email", "id"),
    ],
)
def test_the_signed_in_person_is_told(sandbox: Sandbox, path: str, name: str, subject: str) -> None:
    status, told = sandbox.call("GET", path, token=sandbox.token("officer"))
    assert status == 200
    assert told[name].startswith("bu.ratna@")
    assert len(told[subject]) == 21


def test_a_stranger_is_not_told(sandbox: Sandbox) -> None:
    assert sandbox.call("GET", "/v1/userinfo")[0] == 401


def test_a_token_tells_what_it_opens_and_for_how_long(sandbox: Sandbox) -> None:
    token = sandbox.token("officer")
    status, told = sandbox.call("GET", f"/tokeninfo?access_token={token}")
    assert status == 200
    assert "https://www.googleapis.com/auth/drive" in told["scope"].split()
    assert 3500 < int(told["expires_in"]) <= 3600
    assert sandbox.call("GET", "/tokeninfo?access_token=ya29.x")[0] == 400
