"""Runs the checks: side by side, each within its time, and none that fails or hangs stops another.

A check waits for those it needs; where one of them found a problem it is skipped, so that one cause is told once.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sync.cli.doctor.case import Case
from sync.cli.doctor.finding import Finding, Level, of_problem, problem
from sync.cli.doctor.trouble import finding_of
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure

LIMIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Check:
    """`look` yields at least one finding. `online`: it asks somebody outside this computer."""

    name: str
    title: str
    look: Callable[[Case], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    online: bool = False
    limit_s: float = LIMIT_S


@dataclass(frozen=True, slots=True)
class Examined:
    check: Check
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not any(one.level in (Level.PROBLEM, Level.SKIPPED) for one in self.findings)


def examine(checks: Sequence[Check], case: Case, *, offline: bool = False) -> list[Examined]:
    """In the order of `checks`; a check stands behind those it needs. Never raises for what a check does."""
    done: dict[str, Examined] = {}
    waiting = list(checks)
    while waiting:
        names = {check.name for check in waiting}
        wave = [check for check in waiting if not names & set(check.needs)]
        if not wave:
            raise ValueError(f"checks that wait for each other: {', '.join(sorted(names))}")
        waiting = [check for check in waiting if check not in wave]
        running = []
        for check in wave:
            if skipped := _skipped(check, done, offline=offline):
                done[check.name] = Examined(check, (skipped,))
            else:
                running.append(_Look(check, case))
        for look in running:
            done[look.check.name] = Examined(look.check, look.result())
    return [done[check.name] for check in checks]


def _skipped(check: Check, done: dict[str, Examined], *, offline: bool) -> Finding | None:
    if offline and check.online:
        return Finding(Level.SKIPPED, "tidak diperiksa (--offline)")
    blocking = [done[name].check.title for name in check.needs if not done[name].passed]
    if blocking:
        return Finding(Level.SKIPPED, f"belum dapat diperiksa: {blocking[0]} lebih dahulu")
    return None


@dataclass(eq=False)
class _Look:
    """One check in a thread of its own; one that hangs is left behind and ends with the program."""

    check: Check
    case: Case
    _found: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ends_at = time.monotonic() + self.check.limit_s
        self._thread = threading.Thread(target=self._run, daemon=True, name=self.check.name)
        self._thread.start()

    def result(self) -> tuple[Finding, ...]:
        self._thread.join(max(0.0, self._ends_at - time.monotonic()))
        if self._thread.is_alive():
            found = f"belum selesai setelah {self.check.limit_s:g} detik"
            return (*self._found, problem("terlalu-lama", found))
        return tuple(self._found)

    def _run(self) -> None:
        try:
            for finding in self.check.look(self.case):
                self._found.append(finding)
        except Mendable as error:
            self._found += [of_problem(one) for one in error.problems]
        except Failure as failure:
            self._found.append(finding_of(failure))
        except Exception as error:  # a mistake of ours in one check; its text may quote anything
            self._found.append(problem("kesalahan-pemeriksaan", type(error).__name__))
