"""Whatever is asked at the dashboard's door, and however: an answer of ours, never a failure, and nobody comes in by it."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.web.dashboard.door import SIGN_IN, Limits
from sync.web.guard.threshold import HEADERS
from tests.fakes.asking import Answer, Visitor, ask
from tests.fakes.dashboard_door import DoorOffice

UNLIMITED = Limits(1e9, 1e9, 1e9, 1e9, 1e9, 1e9)
FEW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PAGES = ("/petugas", "/petugas/gambar", "/petugas/jejak")
ROUTES = (*PAGES, SIGN_IN, f"{SIGN_IN}/abc", "/petugas/keluar", "/petugas/")
anything = st.text(max_size=60)
paths = st.one_of(
    st.sampled_from(ROUTES),
    anything.map(lambda text: f"{SIGN_IN}/{text}"),
    anything.map(lambda text: f"/petugas/{text}"),
)
methods = st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "X"])
texts = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
cookies = st.one_of(
    texts,
    texts.map(lambda text: f"loket-petugas={text}"),
    st.from_regex(r"loket-petugas=[A-Za-z0-9_-]{43}", fullmatch=True),
)
headers = st.lists(
    st.tuples(st.sampled_from(["Content-Type", "X-Forwarded-Proto", "Range", "Origin"]), texts),
    max_size=3,
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoorOffice]:
    ledger = Ledger.open(sqlite_url(tmp_path_factory.mktemp("office") / "ledger.sqlite3"))
    office = DoorOffice(ledger, limits=UNLIMITED)
    office.signed_in(office.app())
    yield office
    ledger.close()


@pytest.fixture(scope="module")
def app(office: DoorOffice) -> object:
    return office.app()


def assert_ours(answer: Answer) -> None:
    assert answer.status < 500, answer.text
    assert {name.lower() for name in HEADERS} <= answer.headers.keys()
    assert not any(one.startswith("loket-petugas=") and '=""' not in one for one in answer.cookies)


@FEW
@given(
    method=methods,
    path=paths,
    told=headers,
    cookie=cookies,
    body=st.binary(max_size=200),
    query=st.binary(max_size=60),
)
def test_any_request_is_answered(
    app: object,
    method: str,
    path: str,
    told: list[tuple[str, str]],
    cookie: str,
    body: bytes,
    query: bytes,
) -> None:
    answer = ask(app, method, path, headers=[*told, ("Cookie", cookie)], body=body, query=query)
    assert_ours(answer)
    assert path not in PAGES or answer.status in (303, 405)


@FEW
@given(
    path=st.sampled_from([SIGN_IN, f"{SIGN_IN}/abc", "/petugas/keluar"]),
    told=st.dictionaries(st.sampled_from(["alamat", "lain"]), anything, max_size=2),
)
def test_any_form_is_answered(app: object, path: str, told: dict[str, str]) -> None:
    """Past the token too, where what was typed is read."""
    visitor = Visitor(app)
    token = visitor.reads(SIGN_IN).hidden("_token")
    told = {name: text.encode(errors="replace").decode() for name, text in told.items()}
    assert_ours(visitor.sends(path, **told, _token=token))


@FEW
@given(query=st.one_of(st.binary(max_size=60), texts.map(lambda one: f"sebelum={one}".encode())))
def test_any_part_of_the_trail_is_answered(app: object, office: DoorOffice, query: bytes) -> None:
    inside = office.signed_in(app)  # type: ignore[arg-type]
    cookie = [("Cookie", f"loket-petugas={inside.jar['loket-petugas']}")]
    answer = ask(app, "GET", "/petugas/jejak", headers=cookie, query=query)
    assert (answer.status, "Jejak" in answer.text) == (200, True)
