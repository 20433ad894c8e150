"""What a run of the worker used: CPU of the worker and of its printers, memory of both together.

Exact where the system tells it at the end (wait4, POSIX); who of them used it, and the memory, is looked up in /proc
every half second (Linux; elsewhere 0).
"""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVERY_S = 0.5
_TICKS_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Used:
    """`printers_s` is a part of `cpu_s`. Memory is proportional (a page that two share counts half for each)."""

    seconds: float
    cpu_s: float
    printers_s: float
    memory_mb: float
    memory_mb_first_half: float


def used_by(command: list[str]) -> Used:
    """Runs a program of this repository to its end. Raises RuntimeError when it fails."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    watch = _Watch(process.pid)
    watch.start()
    assert process.stdout is not None
    with process.stdout as output:
        said = output.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said[-4000:]}")
    return Used(
        seconds=seconds,
        cpu_s=used.ru_utime + used.ru_stime,
        printers_s=sum(watch.printers.values()),
        memory_mb=max(watch.memory_mb, default=0.0),
        memory_mb_first_half=max(watch.memory_mb[: len(watch.memory_mb) // 2 + 1], default=0.0),
    )


def cpu_of(pid: int) -> float:
    """CPU seconds of a running process so far; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_S


class _Watch(threading.Thread):
    """Looks at a process and its children until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.printers: dict[int, float] = {}
        self.memory_mb: list[float] = []

    def run(self) -> None:
        while not self._over.wait(EVERY_S):
            children = _children(self._pid)
            for child in children:
                self.printers[child] = max(self.printers.get(child, 0.0), cpu_of(child))
            self.memory_mb.append(sum(_memory_mb(pid) for pid in (self._pid, *children)))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:  # it has just ended
            continue
    return found


def _memory_mb(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:")), 0.0
    )
