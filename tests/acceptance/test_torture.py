"""The torture, short: three minutes in CI (two mail servers, half of it each), half a minute where a user runs the tests."""

import os

import pytest

from tests.acceptance.torture import torture

MINUTES = 1.5 if os.environ.get("CI") == "true" else 0.25


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [5, 6], ids=["smtp", "gmail"])
def test_nothing_is_lost_nothing_twice_and_no_cell_misdirected(seed: int) -> None:
    """Kills, faults, hasty officers and changing answers at once; then everything must be where it belongs."""
    line, found, place = torture(MINUTES, seed)
    assert found.clean, f"{line}\n{found}\nThe world is kept in {place}"
    assert found.applications > 0
    print(line)
