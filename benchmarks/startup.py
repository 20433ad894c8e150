"""How long until something happens: `loket.py --help`, and `run --once` where there is nothing to do.

    python benchmarks/startup.py [--times 5] [--json]

Each is run some times after one to warm up: the best is told, for what else the machine does can only add, and the CPU.
`run --once` stands against the local Google, with one service whose sheet is empty and was prepared before. With it come
the ten dearest imports of each (-X importtime), by what they cost with all that they import themselves.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.backlog_usage import used_by  # noqa: E402 - found when run as a script too
from benchmarks.backlog_world import a_world  # noqa: E402

DEAREST = 10


def measure(folder: Path, times: int) -> dict[str, Any]:
    """Seconds and CPU seconds of both, and their dearest imports in milliseconds."""
    with a_world(folder, letters=0) as world:
        commands = {
            "--help": [sys.executable, "-m", "sync", "--help"],
            "run --once": world.command(),
        }
        return {name: _measured(command, times) for name, command in commands.items()}


def _measured(command: list[str], times: int) -> dict[str, Any]:
    runs = [used_by(command) for _ in range(times + 1)][1:]
    return {
        "seconds": round(min(one.seconds for one in runs), 2),
        "cpu_seconds": round(min(one.cpu_s for one in runs), 2),
        "imports_ms": dict(_imports(command)[:DEAREST]),
    }


def _imports(command: list[str]) -> list[tuple[str, float]]:
    """Every import with all that it drew in, in milliseconds, the dearest first."""
    done = subprocess.run(
        [command[0], "-X", "importtime", *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for line in done.stderr.splitlines():
        _, mark, told = line.partition("import time:")
        own, _, rest = told.partition("|")
        if mark and own.strip().isdigit():
            cumulative, _, name = rest.partition("|")
            found.append((name.strip(), int(cumulative) / 1000))
    return sorted(found, key=lambda one: -one[1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        told = measure(Path(folder), asked.times)
    if asked.json:
        print(json.dumps(told))
        return
    for name, figures in told.items():
        print(f"{name}: {figures['seconds']} s, CPU {figures['cpu_seconds']} s")
        for module, ms in figures["imports_ms"].items():
            print(f"{ms:>9.1f} ms  {module}")


if __name__ == "__main__":
    main()
