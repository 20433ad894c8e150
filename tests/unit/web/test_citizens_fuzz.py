"""Whatever is asked of the pages, and however: an answer of ours, never a failure, always with the threshold's headers."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.web.citizens.app import Limits
from sync.web.guard.threshold import HEADERS
from tests.fakes.asking import Visitor, ask
from tests.fakes.citizens_site import Office, office_at
from tests.unit.worker.conftest import CITRA

UNLIMITED = Limits(1e9, 1e9, 1e9, 1e9)
FEW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ROUTES = ("/", "/status", "/surat", "/surat/abc", "/layanan/domisili", "/luring", "/sw.js")
methods = st.sampled_from(
    ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"]
)
anything = st.text(max_size=60)
paths = st.one_of(
    st.sampled_from(ROUTES),
    anything.map(lambda text: "/" + text),
    anything.map(lambda text: "/surat/" + text),
    anything.map(lambda text: "/layanan/" + text),
)
header_texts = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
headers = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "Cookie",
                "Content-Type",
                "Accept",
                "X-Forwarded-For",
                "X-Forwarded-Proto",
                "Range",
                "If-None-Match",
                "Content-Length",
                "Origin",
                "Accept-Encoding",
                "Transfer-Encoding",
            ]
        ),
        header_texts,
    ),
    max_size=5,
)
fields = st.dictionaries(
    st.sampled_from(["_token", "nomor", "angka", "bukti", "lain"]), anything, max_size=5
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    ledger = Ledger.open(sqlite_url(folder / "ledger.sqlite3"))
    office = office_at(folder, ledger)
    office.limits = UNLIMITED
    office.delivered(CITRA)
    yield office
    ledger.close()


@pytest.fixture(scope="module")
def visitor(office: Office) -> Visitor:
    visitor = Visitor(office.app())
    visitor.reads("/status")
    return visitor


def assert_ours(answer) -> None:
    assert answer.status < 500, answer.text
    assert {name.lower() for name in HEADERS} <= answer.headers.keys()


@FEW
@given(
    method=methods,
    path=paths,
    told=headers,
    body=st.binary(max_size=300),
    query=st.binary(max_size=60),
)
def test_any_request_is_answered(
    visitor: Visitor, method: str, path: str, told: list[tuple[str, str]], body: bytes, query: bytes
) -> None:
    assert_ours(
        ask(visitor.app, method, path, headers=told, body=body, query=query, client="10.0.0.5")
    )


@FEW
@given(path=st.sampled_from(["/status", "/surat", "/surat/abc"]), told=fields, valid=st.booleans())
def test_any_form_is_answered(
    visitor: Visitor, path: str, told: dict[str, str], valid: bool
) -> None:
    """Past the token too, where what was typed is read."""
    if valid:
        told = {**told, "_token": visitor.reads("/status").hidden("_token")}
    told = {name: text.encode(errors="replace").decode() for name, text in told.items()}
    assert_ours(visitor.sends(path, **told))


@FEW
@given(cookie=header_texts, host=st.one_of(st.just("127.0.0.1"), header_texts))
def test_any_cookie_and_any_host_are_answered(visitor: Visitor, cookie: str, host: str) -> None:
    body = urlencode({"_token": "x"}).encode()
    told = [("Cookie", cookie), ("Content-Type", "application/x-www-form-urlencoded")]
    assert_ours(ask(visitor.app, "POST", "/status", headers=told, body=body, host=host))
