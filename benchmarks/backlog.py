"""Clear a backlog: N approved applications in sheets of the local Google, the real worker, and an audit of all.

    python benchmarks/backlog.py --letters 20000 [--sign] [--deliver email,drive] [--sheets K] [--steps] [--json]

The clock runs from the moment that the last decision is typed until the worker has ended: decisions are read, numbers
given, letters printed with their QR, signed if asked for, put on the disk, sent, written back and read back. CPU is that
of Loket's own processes, worker and printers; the local Google and its mail server are counted apart.
Exit 1 when something is missing, came twice or is wrong; never for being slow. docs/benchmarks.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.backlog_audit import audit  # noqa: E402 - found when run as a script too
from benchmarks.backlog_steps import LETTERS_PRINTED  # noqa: E402
from benchmarks.backlog_usage import cpu_of, used_by  # noqa: E402
from benchmarks.backlog_world import a_world  # noqa: E402

STEPS = Path(__file__).with_name("backlog_steps.py")
ROWS_A_SHEET = 12_000


def clear(
    folder: Path,
    *,
    letters: int,
    sheets: int,
    deliver: list[str],
    signed: bool = False,
    latency_ms: int = 0,
    steps: bool = False,
) -> dict[str, Any]:
    """The figures of one backlog. Raises RuntimeError when the worker fails."""
    with a_world(
        folder,
        letters=letters,
        sheets=sheets,
        deliver=deliver,
        signed=signed,
        latency_ms=latency_ms,
    ) as world:
        world.fill()
        intake = used_by(world.command())
        world.approve()
        world.forget_calls()
        sandbox_s = cpu_of(world.sandbox.pid)
        told_steps = folder / "steps.json"
        wrapper = (str(STEPS), str(told_steps), "--") if steps else ()
        used = used_by(world.command(*wrapper))
        sandbox_s = cpu_of(world.sandbox.pid) - sandbox_s
        calls, size_bytes = world.calls()
        found = audit(world, deliver)
    if text := str(found):
        print(text, file=sys.stderr)
    return {
        "letters": letters,
        "seconds": round(used.seconds, 1),
        "letters_per_second": round(letters / used.seconds, 1),
        "cpu_seconds_per_letter": round(used.cpu_s / letters, 5),
        "google_calls": calls,
        "google_bytes": size_bytes,
        "missing": len(found.missing),
        "twice": len(found.twice),
        "wrong": len(found.wrong),
        "printers_cpu_seconds_per_letter": round(used.printers_s / letters, 5),
        "sandbox_cpu_seconds_per_letter": round(sandbox_s / letters, 5),
        "intake_seconds": round(intake.seconds, 1),
        "intake_cpu_seconds_per_letter": round(intake.cpu_s / letters, 5),
        "memory_mb": round(max(used.memory_mb, intake.memory_mb)),
        "memory_mb_first_half": round(used.memory_mb_first_half),
        "sheets": sheets,
        "deliver": deliver,
        "signed": signed,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **({"steps_ms": _by_step(told_steps, letters)} if steps else {}),
    }


def _by_step(told: Path, letters: int) -> dict[str, float]:
    """CPU milliseconds a letter, the dearest first; what a start costs is among them."""
    printers = told.with_name("printers.json")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(STEPS), str(printers)], env=environment, check=True)
    spent = {
        name: round(seconds / count * 1000, 2)
        for file, count in ((told, letters), (printers, LETTERS_PRINTED))
        for name, seconds in json.loads(file.read_text(encoding="utf-8")).items()
    }
    return dict(sorted(spent.items(), key=lambda one: -one[1]))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=1_000)
    parser.add_argument("--sign", action="store_true", help="with the office's signature")
    parser.add_argument("--deliver", default="email", help="email, drive, or email,drive")
    parser.add_argument("--sheets", type=int, default=0, help=f"0: one for {ROWS_A_SHEET} letters")
    parser.add_argument("--latency-ms", type=int, default=0, help="of every call to Google")
    parser.add_argument("--steps", action="store_true", help="CPU of each step in the worker")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        told = clear(
            Path(folder),
            letters=asked.letters,
            sheets=asked.sheets or 1 + asked.letters // ROWS_A_SHEET,
            deliver=asked.deliver.split(","),
            signed=asked.sign,
            latency_ms=asked.latency_ms,
            steps=asked.steps,
        )
    if asked.json:
        print(json.dumps(told))
    else:
        steps = told.pop("steps_ms", {})
        for name, value in {**told, **steps}.items():
            print(f"{name:>33}  {value}")
    return 1 if told["missing"] or told["twice"] or told["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
