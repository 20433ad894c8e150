"""Several at once open a new ledger: offices in one process, members of a cluster on several machines."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sync.ledger.engine import in_schema, sqlite_url
from sync.ledger.ledger import Ledger

ROOT = Path(__file__).resolve().parents[3]
OPEN = "import sys; from sync.ledger.ledger import Ledger; Ledger.open(sys.argv[1]).close()"


def opens(url: str) -> bool:
    ledger = Ledger.open(url)
    with ledger.reading() as look:
        empty = look.applications.is_empty("domisili")
    ledger.close()
    return empty


def test_new_ledgers_are_opened_side_by_side(tmp_path: Path, new_postgresql_database: str) -> None:
    """By threads, one for each office: every ledger gets its own tables."""
    urls = [in_schema(new_postgresql_database, f"kantor_{n}") for n in range(4)]
    urls += [sqlite_url(tmp_path / f"{n}.sqlite3") for n in range(4)]
    with ThreadPoolExecutor(len(urls)) as threads:
        assert all(threads.map(opens, urls))


def test_one_new_ledger_is_made_once(new_postgresql_database: str) -> None:
    """Machines that start at the same moment."""
    url = in_schema(new_postgresql_database, "kantor_baru")
    machines = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    told = [machine.communicate(timeout=120)[1] for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0, 0], told
    assert opens(url)
