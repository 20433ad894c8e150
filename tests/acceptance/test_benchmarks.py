"""The benchmarks run, small: they fail for what is missing, came twice or is wrong, and never for being slow."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import backlog, growth, startup
from benchmarks.backlog_audit import audit
from benchmarks.backlog_usage import used_by
from benchmarks.backlog_world import a_world
from benchmarks.peer.compare import compare

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the system does not tell what a program used"
)

PROMISED = {
    "letters",
    "seconds",
    "letters_per_second",
    "cpu_seconds_per_letter",
    "google_calls",
    "google_bytes",
    "missing",
    "twice",
}


@pytest.mark.parametrize("letters", [30, pytest.param(300, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("signed", [False, True])
def test_a_backlog_is_cleared_whole_and_once(tmp_path: Path, signed: bool, letters: int) -> None:
    """In two sheets, by email and Drive; the figures are those that scripts rely on."""
    told = backlog.clear(
        tmp_path,
        letters=letters,
        sheets=2,
        deliver=["email", "drive"],
        signed=signed,
        steps=not signed,
    )
    assert told.keys() >= PROMISED
    assert (told["missing"], told["twice"], told["wrong"]) == (0, 0, 0)
    assert told["cpu_seconds_per_letter"] > 0
    assert signed or told["steps_ms"]["sending: handed over"] > 0


def test_the_audit_finds_what_is_missing_twice_and_wrong(tmp_path: Path) -> None:
    """A figure of 0 says nothing of an audit that cannot fail."""
    with a_world(tmp_path, letters=4) as world:
        world.fill()
        used_by(world.command())
        undecided = audit(world, ["email"])
        assert len(undecided.missing) == 8  # a letter and a row of each
        world.approve()
        used_by(world.command())
        assert not str(audit(world, ["email"]))

        first, second, *_ = sorted(world.mailbox.glob("*.eml"))
        (world.mailbox / "9999-again.eml").write_bytes(first.read_bytes())
        second.unlink()
        letter = next((world.folder / "data" / "letters").rglob("*.pdf"))
        letter.write_bytes(b"%PDF-")
        world.sheets[0].applicants = [
            *world.sheets[0].applicants,
            replace(world.applicants[0], n=9),
        ]
        found = audit(world, ["email"])
        assert [line.split(":")[1] for line in found.missing] == [
            " nothing arrived by email",
            " no row",
        ]
        assert [line.split(":")[1] for line in found.twice] == [" 2 by email"]
        assert len(found.wrong) == 2  # bytes on the disk, and a number that nobody has


@pytest.mark.parametrize("letters", [6, pytest.param(300, marks=pytest.mark.thorough)])
def test_the_script_of_an_afternoon_does_the_same_work(tmp_path: Path, letters: int) -> None:
    """Else a ratio would compare nothing; `compare` fails where a row is left undone."""
    pytest.importorskip("pdfkit")
    told = compare(tmp_path, letters=letters, peer_letters=letters // 3, latency_ms=5)
    assert told["peer_calls_per_letter"] > 3
    assert told["calls_per_letter"] * letters < 60  # however many they are
    assert told["ratio"] > 0


def test_a_start_is_measured_with_its_imports(tmp_path: Path) -> None:
    """The dearest first, the program's own among them."""
    told = startup.measure(tmp_path, 1)
    for figures in told.values():
        costs = list(figures["imports_ms"].values())
        assert costs == sorted(costs, reverse=True)
        assert any(module.startswith("sync.") for module in figures["imports_ms"])


def test_what_is_new_costs_the_same_in_a_long_sheet(tmp_path: Path) -> None:
    """By calls and bytes, which no busy machine changes; the benchmark itself fails where the work is not done."""
    told = growth.compare(tmp_path, sizes=[600, 2_400], new=10)
    assert [size["idle"]["calls"] for size in told["sizes"]] == [1, 1]
    for what in ("idle", "new", "decision"):
        assert told["ratios"][what]["calls"] == 1
        assert 0.9 < told["ratios"][what]["bytes"] < 1.1
