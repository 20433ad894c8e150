"""From one member of a cluster to two: the same backlog, the same local Google on planned latency, one PostgreSQL.

    python benchmarks/cluster.py --letters 200 [--members 1,2] [--latency-ms 200] [--sheets 2] [--json]

The clock runs from the last decision until the ledger says of every letter that it is in Drive, and the members are up
before it begins. With the latency of a Google far away a member waits more than it works: what is measured is whether two
wait at the same time. Exit 1 when something is missing, came twice or is wrong; never for being slow.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.backlog_audit import audit  # noqa: E402 - found when run as a script too
from benchmarks.backlog_usage import used_by  # noqa: E402
from benchmarks.backlog_world import World, a_world  # noqa: E402
from sync.cli.opening import ledger_url  # noqa: E402
from sync.cli.root import Root  # noqa: E402
from sync.core.states import State  # noqa: E402
from sync.ledger.ledger import Ledger  # noqa: E402
from tests.acceptance.own_postgresql import OwnPostgresql  # noqa: E402

PATIENCE_S = 1800.0


def clear(
    folder: Path, *, letters: int, members: int, sheets: int, latency_ms: int
) -> dict[str, Any]:
    """The figures of one backlog."""
    postgresql = OwnPostgresql()
    started: list[subprocess.Popen[bytes]] = []
    with a_world(
        folder, letters=letters, sheets=sheets, deliver=["drive"], latency_ms=latency_ms
    ) as world:
        try:
            _in_cluster(world, postgresql.url)
            world.fill()
            used_by(world.command())
            started = [_member(world) for _ in range(members)]
            time.sleep(5)
            world.approve()
            begun, cpu_s = time.perf_counter(), os.times()
            _until_delivered(world, letters, started)
            seconds = time.perf_counter() - begun
            for member in started:
                member.terminate()
                member.wait(120)
            used_by(world.command())  # the rows say so too
            found = audit(world, ["drive"])
        finally:
            for member in started:
                member.kill()
            postgresql.close()
    if text := str(found):
        print(text, file=sys.stderr)
    ended = os.times()
    return {
        "members": members,
        "letters": letters,
        "seconds": round(seconds, 1),
        "letters_per_second": round(letters / seconds, 2),
        "cpu_seconds_per_letter": round(
            (
                ended.children_user
                + ended.children_system
                - cpu_s.children_user
                - cpu_s.children_system
            )
            / letters,
            4,
        ),
        "latency_ms": latency_ms,
        "missing": len(found.missing),
        "twice": len(found.twice),
        "wrong": len(found.wrong),
    }


def _in_cluster(world: World, url: str) -> None:
    file = world.folder / "settings.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["ledger"] = {"url": url}
    settings["worker"] = {"cluster": True, "interval_s": 2}
    settings["letters"] = {"processes": 1}
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")


def _member(world: World) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "sync", "--root", str(world.folder), "run"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _until_delivered(world: World, letters: int, members: "list[subprocess.Popen[bytes]]") -> None:
    ledger = Ledger.open(ledger_url(Root.of(world.folder)))
    until = time.monotonic() + PATIENCE_S
    while True:
        with ledger.reading() as look:
            counts = look.applications.counts()
        if (
            sum(count for (_, state), count in counts.items() if state is State.DELIVERED)
            == letters
        ):
            ledger.close()
            return
        if time.monotonic() > until or any(member.poll() is not None for member in members):
            raise RuntimeError(f"not cleared: {counts}")
        time.sleep(0.2)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=200)
    parser.add_argument("--members", default="1,2")
    parser.add_argument("--latency-ms", type=int, default=200)
    parser.add_argument("--sheets", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    runs = []
    for members in map(int, asked.members.split(",")):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            runs.append(
                clear(
                    Path(folder),
                    letters=asked.letters,
                    members=members,
                    sheets=asked.sheets,
                    latency_ms=asked.latency_ms,
                )
            )
    ratio = round(runs[-1]["letters_per_second"] / runs[0]["letters_per_second"], 2)
    told = {"runs": runs, "ratio": ratio, "cores": os.cpu_count()}
    print(json.dumps(told) if asked.json else json.dumps(told, indent=2))
    return 1 if any(run["missing"] or run["twice"] or run["wrong"] for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
