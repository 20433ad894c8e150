"""What a letter costs on each engine that is on this machine: from the template to the PDF that was read back.

    python benchmarks/engines.py [--seconds 5] [--rounds 2] [--json]

The engines take turns, each in a process of its own, so that what else the machine does falls on all. On shared cores
trust the ratios, not the figures. CPU includes what an engine starts beside itself.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sync.letter.engines.here import engines_here  # noqa: E402
from tests.unit.letter.orders import OURS, order  # noqa: E402

COLUMNS = {
    "letters_per_second": "letters/s",
    "cpu_ms": "CPU ms",
    "kilobytes": "kB",
    "memory_mib": "MiB",
    "start_s": "start s",
}


def measure(engine: str, seconds: float) -> dict[str, float]:
    """One process's share: letters of one page for so long, after two to warm up."""
    from sync.letter.job import Job

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        job = Job([OURS], engine, folder=Path(folder), timeout_s=60)
        pdf = job.make(order())
        started = time.perf_counter() - began
        job.make(order())
        cpu, begin, letters = _cpu_s(), time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            pdf = job.make(order(nama=f"Citra Ayu Lestari {letters}"))
            letters += 1
        spent = time.perf_counter() - begin
        cpu = _cpu_s() - cpu
    return {
        "letters_per_second": letters / spent,
        "cpu_ms": cpu / letters * 1000,
        "kilobytes": len(pdf) / 1000,
        "memory_mib": _peak_mib(),
        "start_s": started,
    }


def _cpu_s() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(
        used.ru_utime + used.ru_stime for used in (resource.getrusage(kind) for kind in kinds)
    )


def _peak_mib() -> float:
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / unit


def compare(seconds: float, rounds: int) -> dict[str, dict[str, float]]:
    """Each engine's best round: the one that was disturbed least."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for engine in engines_here():
            if not engine.there:
                continue
            done = subprocess.run(
                [sys.executable, __file__, "--engine", engine.name, "--seconds", str(seconds)],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            found = json.loads(done.stdout)
            if engine.name not in best or found["cpu_ms"] < best[engine.name]["cpu_ms"]:
                best[engine.name] = found
    return best


def as_table(best: dict[str, dict[str, float]]) -> str:
    """The figures, and in brackets the ratio to the first engine's."""
    first = next(iter(best.values()))
    lines = ["| engine | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, found in best.items():
        cells = (f"{found[key]:.1f} (×{found[key] / first[key]:.2f})" for key in COLUMNS)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    asked: Any = parser.parse_args()
    if asked.engine:
        print(json.dumps(measure(asked.engine, asked.seconds)), flush=True)
        os._exit(0)  # as printers do: PlutoPrint may crash while it is taken down
    best = compare(asked.seconds, asked.rounds)
    print(json.dumps(best) if asked.json else as_table(best))


if __name__ == "__main__":
    main()
