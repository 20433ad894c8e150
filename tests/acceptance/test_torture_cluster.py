"""The torture of a cluster, short: members killed, the database crashed, Google and printers too."""

import os

import pytest

from tests.acceptance.torture import torture

MINUTES = 1.0 if os.environ.get("CI") == "true" else 0.25


@pytest.mark.timeout(1200)
@pytest.mark.thorough
def test_a_cluster_loses_nothing_and_does_nothing_twice() -> None:
    """Two members on a PostgreSQL of their own; then everything must be where it belongs."""
    line, found, place = torture(MINUTES, 9, workers=2, postgres=True)
    assert found.clean, f"{line}\n{found}\nThe world is kept in {place}"
    assert found.applications > 0
    print(line)
