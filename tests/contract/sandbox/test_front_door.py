"""What every room has in common: who may knock, what is too much, and Google's words for it."""

import gzip
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from sync.sandbox import application
from tests.contract.sandbox.conftest import Sandbox


def knock(
    sandbox: Sandbox, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(str(urlsplit(sandbox.url).netloc), timeout=5)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


def bearer(sandbox: Sandbox, account: str = "officer") -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.token(account)}", "Content_Type": "application/json"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:1"}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
    ],
)
def test_a_web_page_of_others_cannot_reach_in(
    sandbox: Sandbox, headers: dict[str, str], status: int
) -> None:
    """The officer's token is given to whoever asks on this machine: no name of a stranger's may lead there."""
    assert knock(sandbox, "GET", "/_sandbox/token", **headers)[0] == status


def test_a_body_too_large_is_told_and_not_kept(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """413, and the next call is answered."""
    monkeypatch.setattr(application, "_BODY_AT_MOST", (("", 1000),))
    status, answer = knock(sandbox, "POST", "/drive/v3/files", b"x" * 1001, **bearer(sandbox))
    assert (status, answer["error"]["code"]) == (413, 413)
    zipped = gzip.compress(b" " * 100_000 + b"{}")
    head = {**bearer(sandbox), "Content_Encoding": "gzip"}
    assert knock(sandbox, "POST", "/drive/v3/files", zipped, **head)[0] == 413
    assert knock(sandbox, "GET", "/drive/v3/files", **bearer(sandbox))[0] == 200


def test_a_zipped_body_is_read_and_a_broken_one_refused(sandbox: Sandbox) -> None:
    head = {**bearer(sandbox), "Content_Encoding": "gzip"}
    body = gzip.compress(b'{"name": "Surat"}')
    status, answer = knock(sandbox, "POST", "/drive/v3/files", body, **head)
    assert (status, answer["name"]) == (200, "Surat")
    for broken in (body[:-9], b"no gzip"):
        assert knock(sandbox, "POST", "/drive/v3/files", broken, **head)[0] == 400


@pytest.mark.parametrize(
    "path",
    [
        "/drive/v3/files/..%2F..%2Fsandbox.sqlite3",
        "/drive/v3/files/%00",
        "/drive/v3/files/%FF%FE",
        "/drive/v3/files?pageSize=%C2%B2",
        "/drive/v3/files?pageToken=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "/drive/v3/files/generateIds?count=%C2%B2",
        "/gmail/v1/users/me/messages?pageToken=LTE=",
        "/v1/forms/..%2F/responses?pageSize=%C2%B2",
    ],
)
def test_tricks_in_paths_and_numbers_get_googles_4xx(sandbox: Sandbox, path: str) -> None:
    """A 500 would send a worker into retries for something that can never succeed."""
    status, answer = knock(sandbox, "GET", path, **bearer(sandbox))
    assert 400 <= status < 500
    assert answer["error"]["code"] == status


def test_gmail_names_the_field_it_does_not_know(sandbox: Sandbox) -> None:
    body = b'{"message": {"raw": "eA", "subjek": "Surat"}}'
    status, answer = knock(sandbox, "POST", "/gmail/v1/users/me/drafts", body, **bearer(sandbox))
    assert status == 400
    assert "Unknown name \"subjek\" at 'message': Cannot find field." in answer["error"]["message"]


def test_a_limit_of_use_is_told_in_its_own_domain(sandbox: Sandbox) -> None:
    """Clients tell "slow down" and "no room" from "no" by the domain."""
    body = b'{"name": "Surat", "mimeType": "application/pdf"}'
    _, full = knock(sandbox, "POST", "/drive/v3/files", body, **bearer(sandbox, "worker"))
    _, gone = knock(sandbox, "GET", "/drive/v3/files/tidak-ada", **bearer(sandbox))
    detail = full["error"]["errors"][0]
    assert (detail["reason"], detail["domain"]) == ("storageQuotaExceeded", "usageLimits")
    assert gone["error"]["errors"] == [
        {
            "message": "File not found: tidak-ada.",
            "domain": "global",
            "reason": "notFound",
            "location": "fileId",
            "locationType": "parameter",
        }
    ]


def test_a_day_of_mail_ends_in_429_and_begins_anew_by_the_clock(sandbox: Sandbox) -> None:
    """A test of the daily limit cannot wait for a day."""
    send = "/gmail/v1/users/me/messages/send"
    raw = b'{"raw": "VG86IGNpdHJhQGV4YW1wbGUuY29tDQoNCkhhbG8NCg"}'
    sandbox.control("PUT", "/mailbox/limit", {"per_day": 1})
    try:
        assert knock(sandbox, "POST", send, raw, **bearer(sandbox))[0] == 200
        status, answer = knock(sandbox, "POST", send, raw, **bearer(sandbox))
        assert (status, answer["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
        assert answer["error"]["errors"][0]["domain"] == "usageLimits"
        before = sandbox.control("GET", "/clock")["now"]
        after = sandbox.control("PUT", "/clock", {"ahead_s": 24 * 3600, "speed": 60})
        assert after["now"] - before >= 24 * 3600
        assert after["speed"] == 60
        assert knock(sandbox, "POST", send, raw, **bearer(sandbox))[0] == 200
    finally:
        sandbox.control("PUT", "/mailbox/limit", {"per_day": None})
    assert sandbox.call("PUT", "/_sandbox/clock", {"speed": -1})[0] == 400
