"""The benchmark of many machines, small: it fails for what is missing, came twice or is wrong, never for being slow."""

import sys
from pathlib import Path

import pytest

from benchmarks.cluster import clear

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a cluster is Linux's")


@pytest.mark.parametrize("letters", [8, pytest.param(300, marks=pytest.mark.thorough)])
def test_two_members_clear_a_backlog_whole_and_once(tmp_path: Path, letters: int) -> None:
    """With the figures that a ratio is made of."""
    told = clear(tmp_path, letters=letters, members=2, sheets=2, latency_ms=0)
    assert (told["missing"], told["twice"], told["wrong"]) == (0, 0, 0)
    assert told["letters_per_second"] > 0
    assert told["cpu_seconds_per_letter"] > 0
