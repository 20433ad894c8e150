"""Things that go wrong on purpose: error answers, cut connections, slowness, stale reads, an officer's edit at the
worst moment, facts of Google's that the sandbox has no way to bring about.

A rule says for which calls (`api`, a glob), when (`nth`, or `probability` with a `seed`), how often (`times`) and what.
Deciding is all this module does; application.py carries it out.
"""

import fnmatch
import json
import math
import random
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.frame import Content, GoogleError, Json, invalid
from sync.sandbox.quotas import exhausted

DEFAULT_DELAY_MS = 1000
LONGEST_DELAY_MS = 600_000
LONGEST_AGO_S = 86_400

_BAD_GATEWAY = b"""<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error 502 (Server Error)!!1</title>
  <p><b>502.</b> <ins>That\xe2\x80\x99s an error.</ins>
  <p>The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.  <ins>That\xe2\x80\x99s all we know.</ins>
"""

Failure = GoogleError | Content


def _said(code: int, status: str, message: str, reason: str = "") -> Callable[[str, str], Failure]:
    return lambda _api, _method: GoogleError(code, status, message, reason=reason)


_SERVICES = {
    "drive": "Google Drive API",
    "sheets": "Google Sheets API",
    "forms": "Google Forms API",
    "gmail": "Gmail API",
}


def _disabled(api: str, _method: str) -> Failure:
    """The service was not switched on in the account's project."""
    room = api.partition(".")[0]
    service = {"service": f"{room}.googleapis.com", "consumer": "projects/123456789012"}
    return GoogleError(
        403,
        "PERMISSION_DENIED",
        f"{_SERVICES.get(room, room)} has not been used in project 123456789012 before or it is disabled. Enable it by"
        f" visiting https://console.developers.google.com/apis/api/{service['service']}/overview?project=123456789012"
        " then retry.",
        reason="accessNotConfigured" if room in ("drive", "gmail") else "",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "SERVICE_DISABLED",
                "domain": "googleapis.com",
                "metadata": service,
            }
        ],
    )


_ERRORS: dict[str, Callable[[str, str], Failure]] = {
    "400": _said(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "401": _said(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "403": _said(
        403,
        "PERMISSION_DENIED",
        "The caller does not have permission",
        "insufficientFilePermissions",
    ),
    "403-rate": _said(
        403, "PERMISSION_DENIED", "User Rate Limit Exceeded", "userRateLimitExceeded"
    ),
    "403-scope": _said(
        403,
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        "insufficientPermissions",
    ),
    "403-daily": _said(403, "PERMISSION_DENIED", "Daily Limit Exceeded", "dailyLimitExceeded"),
    "403-disabled": _disabled,
    "404": _said(404, "NOT_FOUND", "Requested entity was not found.", "notFound"),
    "429": exhausted,
    "500": _said(500, "INTERNAL", "Internal error encountered.", "backendError"),
    "502": lambda _api, _method: Content(_BAD_GATEWAY, "text/html; charset=UTF-8", 502),
    "503": _said(503, "UNAVAILABLE", "The service is currently unavailable.", "backendError"),
    "504": _said(504, "DEADLINE_EXCEEDED", "Deadline exceeded.", "backendError"),
}
"""`do` → the answer instead of the call; with "-after" appended, the call is applied first."""

_LOST = {
    "drop-before": ("before", "drop"),
    "drop-after": ("after", "drop"),
    "drop-halfway": ("after", "halfway"),
    "hang-before": ("before", "hang"),
    "hang-after": ("after", "hang"),
}
"""`do` → when, and what happens to the connection."""

ACTIONS = (
    *_ERRORS,
    *(name + "-after" for name in _ERRORS),
    *_LOST,
    "delay",
    "stale",
    "edit",
    "tell",
)


@dataclass(slots=True)
class Rule:
    api: str = "*"
    do: str = "edit"
    nth: int | None = None
    probability: float | None = None
    times: int | None = None
    delay_ms: int = 0
    stale_s: float = 0
    edit: Json | None = None
    tell: Json | None = None
    seen: int = 0
    done: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def names(self, api: str) -> bool:
        names = (api, api.replace("sheets.spreadsheets.", "sheets."))
        patterns = (self.api, "*." + self.api)
        return any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in patterns)

    def strikes(self, api: str) -> bool:
        if not self.names(api):
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
    """What is to happen to one call: before it is applied or after, a failure is answered or the connection is lost."""

    before: Failure | str | None = None
    after: Failure | str | None = None
    delay_s: float = 0
    stale_s: float = 0
    edits: list[Json] = field(default_factory=list)
    tell: Json = field(default_factory=dict)

    def add(self, rule: Rule, api: str, method: str) -> None:
        self.delay_s += rule.delay_ms / 1000
        self.stale_s = max(self.stale_s, rule.stale_s)
        if rule.edit is not None:
            self.edits.append(rule.edit)
        self.tell |= rule.tell or {}
        if rule.do in _LOST:
            when, what = _LOST[rule.do]
            setattr(self, when, what)
        elif (name := rule.do.removesuffix("-after")) in _ERRORS:
            setattr(self, "before" if name == rule.do else "after", _ERRORS[name](api, method))


class Faults:
    """`remember` is told how many seconds back stale reads look; `apis` are the methods that a rule may mean."""

    def __init__(self, remember: Callable[[float], None], apis: Collection[str] = ()) -> None:
        self.apis = apis
        self._remember = remember
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._texts: list[Json] = []

    def replace(self, rules: Any) -> None:
        """All rules at once; counting begins anew. Raises 400 for a rule that cannot be understood."""
        if not isinstance(rules, list):
            raise invalid('Faults are {"rules": [{"api": …, "do": …}]}.')
        read = [self._read(number, text) for number, text in enumerate(rules)]
        with self._lock:
            self._rules, self._texts = read, rules
        self._remember(max((rule.stale_s for rule in read), default=0.0))

    def listed(self) -> list[Json]:
        with self._lock:
            return [
                {**text, "seen": rule.seen, "done": rule.done}
                for text, rule in zip(self._texts, self._rules, strict=True)
            ]

    def plan(self, api: str, method: str) -> Plan:
        plan = Plan()
        with self._lock:
            for rule in self._rules:
                if rule.strikes(api):
                    plan.add(rule, api, method)
        return plan

    def _read(self, number: int, text: Any) -> Rule:
        try:
            rule = _rule(number, text)
            if self.apis and not any(rule.names(api) for api in self.apis):
                raise ValueError(
                    f'"api": no method of the sandbox is called "{ascii(rule.api)[1:-1]}"'
                )
        except ValueError as error:
            raise invalid(f"rules[{number}]: {error}") from None
        return rule


def _whole(least: int, most: int) -> tuple[Callable[[Any], bool], str]:
    return (
        lambda value: type(value) is int and least <= value <= most,
        f"a whole number from {least} to {most}",
    )


def _number(most: float) -> tuple[Callable[[Any], bool], str]:
    return (
        lambda value: type(value) in (int, float) and math.isfinite(value) and 0 <= value <= most,
        f"a number from 0 to {most}",
    )


def _is_edit(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("requests"), list)
        and all(isinstance(value.get(name, ""), str) for name in ("spreadsheetId", "account"))
        and not value.keys() - {"requests", "spreadsheetId", "account"}
    )


KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "api": (
        lambda value: isinstance(value, str) and value != "",
        "a method or a pattern, for instance sheets.spreadsheets.values.get",
    ),
    "do": (lambda value: value in ACTIONS, f"one of {', '.join(ACTIONS)}"),
    "nth": _whole(1, 10**9),
    "times": _whole(1, 10**9),
    "probability": _number(1),
    "seed": (lambda value: type(value) in (int, str), "a whole number or a text"),
    "delay_ms": _whole(0, LONGEST_DELAY_MS),
    "stale_s": _number(LONGEST_AGO_S),
    "edit": (
        _is_edit,
        'a body of spreadsheets.batchUpdate, {"requests": […]}, with "spreadsheetId" and "account" if need be',
    ),
    "tell": (lambda value: isinstance(value, dict) and value != {}, "an object"),
}
"""What a rule may say: is it right, and what would be."""

_NEEDED_BY = {"stale": "stale_s", "edit": "edit", "tell": "tell"}


def _rule(number: int, text: Any) -> Rule:
    if not isinstance(text, dict):
        raise ValueError("must be an object")
    if unknown := text.keys() - KEYS.keys():
        raise ValueError(f"unknown {_listed(unknown)}; allowed are {_listed(KEYS)}")
    given = {name: value for name, value in text.items() if value is not None}
    for name, value in given.items():
        is_right, what = KEYS[name]
        if not is_right(value):
            raise ValueError(f'"{name}": {json.dumps(value)[:80]} is not {what}')
    if "do" not in given and "edit" not in given:
        raise ValueError(f'"do" must be {KEYS["do"][1]}')
    do = given.get("do", "edit")
    if (needed := _NEEDED_BY.get(do)) is not None and needed not in given:
        raise ValueError(f'"do": "{do}" needs "{needed}"')
    if "stale_s" in given and do != "stale":
        raise ValueError('"stale_s" belongs to "do": "stale"')
    if "tell" in given and do != "tell":
        raise ValueError('"tell" belongs to "do": "tell"')
    if do == "delay":
        given.setdefault("delay_ms", DEFAULT_DELAY_MS)
    if "nth" in given:  # the nth call alone is meant unless more are asked for
        given.setdefault("times", 1)
    dice = random.Random(given.pop("seed", number))  # noqa: S311 - repeatable on purpose
    return Rule(**given, dice=dice)


def _listed(names: Collection[str]) -> str:
    return ", ".join(ascii(name)[1:-1] for name in sorted(names))
