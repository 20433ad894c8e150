"""worker.cluster in settings.yaml: what it needs is told with the line, before anything begins."""

import pytest

from sync.core.mendable import Mendable
from sync.core.settings_file import read_settings

POSTGRESQL = "ledger:\n  url: postgresql://loket@server/loket\n"


def problems(text: str) -> list[tuple[str, str]]:
    try:
        read_settings(text, file="settings.yaml")
    except Mendable as mendable:
        return [(problem.name, problem.where) for problem in mendable.problems]
    return []


@pytest.mark.parametrize("ledger", ["", "ledger:\n  url: sqlite:///loket.sqlite3\n"])
def test_a_cluster_s_ledger_is_on_a_server(ledger: str) -> None:
    """Where it is not, the line that says `cluster` is named."""
    text = f"{ledger}worker:\n  interval_s: 10\n  cluster: true\n"
    line = text.count("\n")
    assert problems(text) == [("klaster-tanpa-postgresql", f"settings.yaml:{line}")]
    assert problems(text.replace("cluster: true", "cluster: false")) == []


def test_a_member_takes_something() -> None:
    """A machine that takes no role would look as if it worked."""
    text = f"{POSTGRESQL}worker:\n  cluster: true\n  roles: []\n"
    assert problems(text) == [("klaster-tanpa-peran", "settings.yaml:5")]


@pytest.mark.parametrize("roles", ["[letters]", "[sheets, letters, senders]"])
def test_a_cluster_that_fits_is_no_matter(roles: str) -> None:
    assert problems(f"{POSTGRESQL}worker:\n  cluster: true\n  roles: {roles}\n") == []
