"""`doctor` knocks at the citizens' pages: after a power cut nobody may have started them, while messages link there."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli.doctor import pages
from sync.cli.doctor.case import Case
from sync.cli.doctor.finding import Level
from sync.cli.doctor.table import checks_of
from sync.cli.root import Root
from tests.fakes.http_stub import Call, HttpStub
from tests.unit.cli.conftest import NOW, SETTINGS, Diagnose
from tests.unit.cli.remedies import judged


class Site(HttpStub):
    """`status`: what it answers; None hangs up."""

    status: int | None = 200

    def answer(self, _call: Call) -> tuple[int, bytes] | None:
        return None if self.status is None else (self.status, b"<h1>Status</h1>")


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.close()


def with_site(folder: Path, url: str) -> None:
    text = f"{SETTINGS}site:\n  url: {url}\n"
    (folder / "settings.yaml").write_text(text, encoding="utf-8")


def test_an_office_without_pages_sees_no_line_of_them(folder: Path) -> None:
    with Case(Root(folder), NOW) as case:
        assert "halaman" not in {check.name for check in checks_of(case)}


def test_pages_that_answer_are_well(folder: Path, diagnose: Diagnose, site: Site) -> None:
    """The very page that messages link to is asked for."""
    with_site(folder, site.url)
    assert diagnose("halaman") == {}
    assert [call.path for call in site.calls] == ["/status"]


@pytest.mark.parametrize("status", [502, 404, None])
def test_a_web_server_with_nothing_behind_it_is_told(
    folder: Path, diagnose: Diagnose, site: Site, status: int | None
) -> None:
    """It starts with the machine, and `serve` did not."""
    site.status = status
    with_site(folder, site.url)
    found = diagnose("halaman")["halaman-tidak-menjawab"]
    assert "service install --pages" in judged(found, Level.PROBLEM, "halaman-tidak-menjawab")
    assert status is None or f"HTTP {status}" in found.found


def test_nobody_who_listens_is_told(folder: Path, diagnose: Diagnose) -> None:
    with socket.socket() as taken:  # bound, and deaf
        taken.bind(("127.0.0.1", 0))
        with_site(folder, f"http://127.0.0.1:{taken.getsockname()[1]}")
        found = diagnose("halaman")["halaman-tidak-menjawab"]
    assert (found.level, "ditolak" in found.found) == (Level.PROBLEM, True)


def test_what_only_this_computer_may_not_reach_is_no_certain_problem() -> None:
    """Many office networks do not lead to their own public address."""
    for trouble, level in (("timeout", Level.WARNING), ("dns", Level.PROBLEM)):
        found = pages.trouble_finding("https://layanan.contoh.go.id/status", trouble)
        assert "ponsel" in judged(found, level, "halaman-tidak-menjawab")
