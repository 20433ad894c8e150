"""Things that go wrong on purpose: error answers, cut connections, slowness, an officer's edit at the worst moment.

A rule says for which calls (`api`, a glob), when (`nth`, or `probability` with a `seed`), how often (`times`) and what.
Deciding is all this module does; server.py carries it out.
"""

import fnmatch
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.frame import GoogleError, Json, invalid
from sync.sandbox.quotas import exhausted

_ERRORS: dict[str, Callable[[], GoogleError]] = {
    "400": lambda: GoogleError(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "401": lambda: GoogleError(
        401, "UNAUTHENTICATED", "Request had invalid authentication credentials."
    ),
    "403": lambda: GoogleError(
        403,
        "PERMISSION_DENIED",
        "The caller does not have permission",
        reason="insufficientFilePermissions",
    ),
    "403-rate": lambda: GoogleError(
        403, "PERMISSION_DENIED", "User Rate Limit Exceeded", reason="userRateLimitExceeded"
    ),
    "404": lambda: GoogleError(
        404, "NOT_FOUND", "Requested entity was not found.", reason="notFound"
    ),
    "429": exhausted,
    "500": lambda: GoogleError(
        500, "INTERNAL", "Internal error encountered.", reason="backendError"
    ),
    "502": lambda: GoogleError(502, "UNAVAILABLE", "Bad Gateway", reason="backendError"),
    "503": lambda: GoogleError(
        503, "UNAVAILABLE", "The service is currently unavailable.", reason="backendError"
    ),
    "504": lambda: GoogleError(
        504, "DEADLINE_EXCEEDED", "Deadline exceeded.", reason="backendError"
    ),
}
"""`do` → the answer instead of the call; with "-after" appended, the call is applied first."""

DEFAULT_DELAY_MS = 1000


@dataclass(slots=True)
class Rule:
    api: str
    do: str = ""
    nth: int | None = None
    probability: float | None = None
    times: int | None = None
    delay_ms: int = DEFAULT_DELAY_MS
    edit: Json | None = None
    seen: int = 0
    done: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def strikes(self, api: str) -> bool:
        names = (api, api.replace("sheets.spreadsheets.", "sheets."))
        patterns = (self.api, "*." + self.api)
        if not any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in patterns):
            return False
        self.seen += 1
        if self.times is not None and self.done >= self.times:
            return False
        if self.nth is not None and self.seen < self.nth:
            return False
        if self.probability is not None and self.dice.random() >= self.probability:
            return False
        self.done += 1
        return True


@dataclass(slots=True)
class Plan:
    """What is to happen to one call."""

    error: GoogleError | None = None
    error_after: GoogleError | None = None
    delay_s: float = 0
    drop_before: bool = False
    drop_after: bool = False
    edits: list[Json] = field(default_factory=list)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._texts: list[Json] = []

    def replace(self, rules: Any) -> None:
        """All rules at once; counting begins anew. Raises 400 for a rule that cannot be understood."""
        if isinstance(rules, dict):
            rules = rules.get("rules", rules.get("faults"))
        if not isinstance(rules, list):
            raise invalid('Faults are {"rules": [{"api": …, "do": …}]}.')
        read = [_rule(number, text) for number, text in enumerate(rules)]
        with self._lock:
            self._rules, self._texts = read, rules

    def listed(self) -> list[Json]:
        with self._lock:
            return [
                {**text, "seen": rule.seen, "done": rule.done}
                for text, rule in zip(self._texts, self._rules, strict=True)
            ]

    def plan(self, api: str) -> Plan:
        plan = Plan()
        with self._lock:
            for rule in self._rules:
                if rule.strikes(api):
                    _add(plan, rule)
        return plan


def _add(plan: Plan, rule: Rule) -> None:
    if rule.edit is not None:
        plan.edits.append(rule.edit)
    if rule.do == "delay":
        plan.delay_s += rule.delay_ms / 1000
    elif rule.do == "drop-before":
        plan.drop_before = True
    elif rule.do == "drop-after":
        plan.drop_after = True
    elif rule.do.endswith("-after"):
        plan.error_after = _ERRORS[rule.do.removesuffix("-after")]()
    elif rule.do in _ERRORS:
        plan.error = _ERRORS[rule.do]()


def _rule(number: int, text: Any) -> Rule:
    def refuse(why: str) -> GoogleError:
        return invalid(f"rules[{number}]: {why}")

    if not isinstance(text, dict):
        raise refuse("must be an object")
    known = {"api", "do", "nth", "probability", "times", "delay_ms", "edit", "seed"}
    if unknown := set(text) - known:
        raise refuse(f"unknown {sorted(unknown)}; allowed are {sorted(known)}")
    do = str(text.get("do", ""))
    possible = {*_ERRORS, *(name + "-after" for name in _ERRORS)}
    possible |= {"delay", "drop-before", "drop-after", "edit"}
    edit = text.get("edit")
    if do not in possible and not (do == "" and edit is not None):
        raise refuse(f'"do": {do!r} is not one of {sorted(possible)}')
    if edit is not None and not (isinstance(edit, dict) and isinstance(edit.get("requests"), list)):
        raise refuse('"edit" must be a body of spreadsheets.batchUpdate: {"requests": […]}')
    nth, times, probability = text.get("nth"), text.get("times"), text.get("probability")
    for name, value in (("nth", nth), ("times", times)):
        if value is not None and (not isinstance(value, int) or value < 1):
            raise refuse(f"{name} must be a whole number from 1")
    if probability is not None and not (
        isinstance(probability, int | float) and 0 <= probability <= 1
    ):
        raise refuse("probability must be between 0 and 1")
    delay_ms = text.get("delay_ms", DEFAULT_DELAY_MS)
    if not isinstance(delay_ms, int) or delay_ms < 0:
        raise refuse("delay_ms must be a whole number")
    api = text.get("api", "*")
    if not isinstance(api, str) or not api:
        raise refuse("api must name a method, for instance sheets.spreadsheets.values.get")
    return Rule(
        api=api,
        do=do,
        nth=nth,
        probability=probability,
        # The nth call alone is meant unless more are asked for.
        times=times if times is not None else (1 if nth is not None else None),
        delay_ms=delay_ms,
        edit=edit,
        dice=random.Random(text.get("seed", 0)),  # noqa: S311 - repeatable on purpose
    )
