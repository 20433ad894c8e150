"""The dashboard follows the office's files while it is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli.citizens_shown import Shown
from sync.cli.dashboard_wiring import _Kept, dashboard, people
from sync.cli.root import Root
from sync.core.people import Person, Role
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.fakes.serving import SERVICE

HEAD = """site: {url: 'http://127.0.0.1:8080/'}
dashboard:
  people: [{address: kepala@contoh.go.id, role: head, name: Ibu}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "domisili.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "settings.yaml").write_text(HEAD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield ledger
    ledger.close()


def test_who_may_log_in_is_who_stands_in_the_settings_now(folder: Path) -> None:
    """Removed, or of another role, within seconds; a slip in the file changes nothing."""
    ticks = [0.0]
    office = _Kept(Root.of(folder), Shown(Root.of(folder), ticks=lambda: ticks[0]))

    def later(settings: str) -> list[Person]:
        (folder / "settings.yaml").write_text(settings, encoding="utf-8")
        ticks[0] += 6
        return people(office())

    assert people(office()) == [Person("kepala@contoh.go.id", Role.HEAD, "Ibu")]
    assert later(HEAD.replace("head", "officer"))[0].role is Role.OFFICER
    assert later(HEAD + "rusak: [")[0].role is Role.OFFICER
    assert later("office: {name: Dinas}\n") == []


def test_a_service_that_can_be_read_no_more_is_told(folder: Path) -> None:
    ticks = [0.0]
    office = _Kept(Root.of(folder), Shown(Root.of(folder), ticks=lambda: ticks[0]))
    assert (list(office().titles), office().unread) == (["domisili"], [])
    file = folder / "workflows" / "domisili.yaml"
    file.write_text(SERVICE.replace("prefix:", "prefiks:"), encoding="utf-8")
    ticks[0] = 6.0
    assert list(office().titles) == []
    assert "workflows/domisili.yaml" in office().unread[0]


def test_without_people_there_is_no_dashboard(folder: Path, ledger: Ledger) -> None:
    shown = Shown(Root.of(folder))
    paths = {route.path for route in dashboard(Root.of(folder), ledger, shown, b"k" * 32)}
    assert {"/petugas", "/petugas/daftar", "/petugas/masuk"} <= paths
    (folder / "settings.yaml").write_text("office: {name: Dinas}\n", encoding="utf-8")
    assert dashboard(Root(folder), ledger, shown, b"k" * 32) == []
