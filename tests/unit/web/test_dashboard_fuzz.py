"""Whatever is asked of the dashboard by who is logged in: an answer of ours, never a failure, never somebody's NIK or name."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.core.dashboard.wanted import Which
from sync.core.states import State
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.web.guard.threshold import HEADERS
from tests.fakes.asking import Answer, Visitor, ask
from tests.fakes.dashboard_door import HEAD, OFFICER, PROVINCE
from tests.fakes.dashboard_site import SERVICES, Dashboard, regencies

FEW = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PATHS = ("/petugas", "/petugas/daftar", "/petugas/provinsi", "/petugas/grafik/", "/petugas/")
anything = st.text(max_size=40)
values = {
    "keadaan": st.sampled_from([which.value for which in Which]),
    "umur": st.sampled_from(["0-1", "2-3", "4-7", "lebih-7"]),
    "layanan": st.sampled_from([service for service, *_ in SERVICES]),
    "dari": st.dates().map(str),
    "sampai": st.dates().map(str),
    "halaman": st.integers(-1, 10**6).map(str),
    "hari": st.dates().map(str),
}
queries = st.fixed_dictionaries(
    {}, optional={name: anything | right for name, right in values.items()}
)


@pytest.fixture(scope="module")
def visitors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Visitor]]:
    folder = tmp_path_factory.mktemp("office")
    ledger = Ledger.open(sqlite_url(folder / "ledger.sqlite3"))
    office = Dashboard(ledger, folder, regencies=regencies())
    for state in State:
        office.came(state, row=5)
    app = office.app()
    yield [Visitor(app, jar=office.session(who)) for who in (OFFICER, HEAD, PROVINCE)]
    ledger.close()


def assert_ours(answer: Answer) -> None:
    assert answer.status < 500, answer.text
    assert {name.lower() for name in HEADERS} <= answer.headers.keys()
    assert b"6402014101900001" not in answer.body
    assert b"Citra" not in answer.body


@FEW
@given(
    who=st.sampled_from(range(3)),
    path=st.sampled_from(PATHS),
    more=st.just("") | anything,
    query=queries,
)
def test_any_list_is_answered(
    visitors: list[Visitor], who: int, path: str, more: str, query: dict[str, str]
) -> None:
    told = urlencode({name: text.encode(errors="replace") for name, text in query.items()})
    assert_ours(visitors[who].reads(f"{path}{more.replace('?', '')}?{told}"))


@FEW
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "X"]),
    path=st.sampled_from(PATHS) | anything.map(lambda text: f"/petugas/grafik/{text}.svg"),
    query=st.binary(max_size=60),
    body=st.binary(max_size=100),
)
def test_any_request_of_the_head_is_answered(
    visitors: list[Visitor], method: str, path: str, query: bytes, body: bytes
) -> None:
    cookie = [("Cookie", "; ".join(f"{n}={v}" for n, v in visitors[1].jar.items()))]
    assert_ours(ask(visitors[1].app, method, path, headers=cookie, query=query, body=body))
