"""The examination: checks stand alone, end in time, wait for what they need, and tell one cause once."""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.cli.doctor.case import Case
from sync.cli.doctor.examination import Check, examine
from sync.cli.doctor.finding import Finding, Level, problem, warning, well
from sync.cli.root import Root
from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.google.refusals import NETWORK
from tests.unit.cli.remedies import shown


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(Root(tmp_path), datetime(2026, 11, 24, 9, 0, tzinfo=UTC))


def good(name: str, *needs: str, online: bool = False) -> Check:
    return Check(name, name.title(), lambda _: [well("baik")], needs, online)


def levels(checks: list[Check], case: Case, *, offline: bool = False) -> dict[str, list[Level]]:
    examined = examine(checks, case, offline=offline)
    assert [one.check for one in examined] == checks
    return {one.check.name: [finding.level for finding in one.findings] for one in examined}


def test_a_check_that_breaks_stops_no_other(case: Case) -> None:
    """Its own mistake is a problem with a name, and shows nothing that the error quotes."""

    def breaks(_: Case) -> Iterable[Finding]:
        yield well("dahulu baik")
        raise RuntimeError("NIK 6402010101900001")

    broken = Check("rusak", "Rusak", breaks)
    [first, second] = examine([broken, good("lain")], case)
    assert [finding.level for finding in first.findings] == [Level.WELL, Level.PROBLEM]
    assert first.findings[1].found == "RuntimeError"
    assert "Laporkan" in shown(first.findings[1])
    assert first.findings[1].name == "kesalahan-pemeriksaan"
    assert second.passed


def test_a_check_that_hangs_ends_in_its_time_and_stops_no_other(case: Case) -> None:
    """What it found before is kept."""
    let_go = threading.Event()

    def hangs(_: Case) -> Iterable[Finding]:
        yield well("dahulu baik")
        let_go.wait(30)

    began = time.monotonic()
    try:
        hanging = Check("macet", "Macet", hangs, limit_s=0.2)
        [first, second] = examine([hanging, good("lain")], case)
    finally:
        let_go.set()
    assert time.monotonic() - began < 5
    assert [finding.name for finding in first.findings] == ["", "terlalu-lama"]
    assert "lima menit" in shown(first.findings[1])
    assert second.passed


def test_checks_run_side_by_side(case: Case) -> None:
    """Two that wait for each other both end: neither comes after the other."""
    both = threading.Barrier(2, timeout=10)

    def meets(_: Case) -> Iterable[Finding]:
        both.wait()
        return [well("bertemu")]

    checks = [Check("satu", "Satu", meets), Check("dua", "Dua", meets)]
    assert levels(checks, case) == {"satu": [Level.WELL], "dua": [Level.WELL]}


def test_one_cause_is_told_once(case: Case) -> None:
    """What needs a check that found a problem is skipped, and so is what needs that; a warning blocks nothing."""
    bad = Check("kunci", "Kunci", lambda _: [problem("kunci-contoh", "contoh")])
    odd = Check("lokal", "Lokal", lambda _: [warning("lokal-sheet", "en_US", sheet="x")])
    checks = [good("sheet", "kunci"), good("tab", "sheet"), bad, odd, good("waktu", "lokal")]
    assert levels(checks, case) == {
        "sheet": [Level.SKIPPED],
        "tab": [Level.SKIPPED],
        "kunci": [Level.PROBLEM],
        "lokal": [Level.WARNING],
        "waktu": [Level.WELL],
    }
    [first, *_] = examine(checks, case)
    assert first.findings[0].found == "belum dapat diperiksa: Kunci lebih dahulu"


def test_offline_asks_nobody(case: Case) -> None:
    """And skips what needs an answer from outside."""
    asked: list[str] = []
    outside = Check("luar", "Luar", lambda _: asked.append("!") or [], online=True)
    checks = [outside, good("sheet", "luar"), good("dalam")]
    found = levels(checks, case, offline=True)
    assert asked == []
    assert found == {"luar": [Level.SKIPPED], "sheet": [Level.SKIPPED], "dalam": [Level.WELL]}


def test_failures_become_findings(case: Case) -> None:
    """A Mendable with its own name, a failed call by its cause."""

    def mendable(_: Case) -> Iterable[Finding]:
        raise Mendable.one("ledger-rusak", where="data/ledger.sqlite3", found="rusak")

    def failing(_: Case) -> Iterable[Finding]:
        raise TryAgain(NETWORK)

    checks = [Check("a", "A", mendable), Check("b", "B", failing)]
    names = [one.findings[0].name for one in examine(checks, case)]
    assert names == ["ledger-rusak", "jaringan-cut"]


def test_checks_that_wait_for_each_other_are_a_mistake(case: Case) -> None:
    """Told at once, not by waiting for ever."""
    with pytest.raises(ValueError, match="a, b"):
        examine([good("a", "b"), good("b", "a")], case)
