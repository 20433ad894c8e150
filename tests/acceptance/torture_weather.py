"""What goes wrong around the worker: Google's refusals and silences, the mail server's, the wire between.

Rules name only the methods that the worker calls; the officers' own (sheets_by_hand.py) are left alone.
"""

import random
from typing import Any

from tests.acceptance.torture_world import World

READS = (
    "sheets.spreadsheets.values.get",
    "sheets.spreadsheets.values.batchGet",
    "sheets.spreadsheets.get",
    "drive.files.get",
    "drive.files.list",
    "drive.files.generateIds",
    "drive.permissions.list",
    "forms.forms.get",
)
WRITES = (
    "sheets.spreadsheets.values.batchUpdate",
    "drive.files.create",
    "drive.permissions.create",
)
GMAIL = tuple(
    f"gmail.users.{name}"
    for name in ("drafts.create", "drafts.update", "drafts.get", "drafts.send", "messages.list")
)
ANSWERS = ("429", "500", "502", "503", "403-rate", "504")
LOST = ("drop-before", "drop-after", "drop-halfway", "500-after", "503-after", "delay")
REFUSALS = (
    {"answer": "451 4.3.0 Try again later", "at": "rcpt"},
    {"answer": "451 4.3.0 Try again later", "at": "data"},
    {"answer": "550 5.1.1 No such user", "at": "rcpt"},
    {"answer": "452 4.2.2 Mailbox full", "at": "rcpt"},
    {"answer": "550 5.4.5 Daily user sending limit exceeded", "at": "data"},
    {"answer": "554 5.6.0 Message refused", "at": "data"},
    {"drop": "before"},
    {"drop": "after"},
    {"drop": "after"},
)


class Weather:
    """`faults` counts what struck."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world, self.rng = world, rng
        self.rules: list[dict[str, Any]] = []
        self.faults = 0

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.world.call("GET", "/_sandbox/faults")["rules"]
        return found

    def set(self, rules: list[dict[str, Any]]) -> None:
        self.faults += sum(rule["done"] for rule in self.listed())
        self.rules = rules
        self.world.call("PUT", "/_sandbox/faults", {"rules": rules})

    def clear_up(self) -> None:
        self.set([])
        self.world.call("PUT", "/_sandbox/faults", {"rules": [], "smtp": []})

    def change(self) -> None:
        apis = (*READS, *WRITES, *(GMAIL if self.world.via == "gmail" else ()))
        kinds = ("calm", "light", "heavy", "outage", "token")
        kind = self.rng.choices(kinds, (3, 5, 3, 1, 1))[0]
        rules: list[dict[str, Any]] = []
        if kind in ("light", "heavy"):
            for api in self.rng.sample(apis, self.rng.randint(2, len(apis))):
                possible = (*ANSWERS, *LOST, *(("stale",) if api in READS else ()))
                rules.append(
                    {
                        "api": api,
                        "do": self.rng.choice(possible),
                        "probability": 0.08 if kind == "light" else 0.4,
                        "seed": self.rng.randint(0, 10**6),
                    }
                )
        elif kind == "outage":
            away = self.rng.choice(("sheets.", "drive.", "gmail.", "forms."))
            do = self.rng.choice(("503", "drop-before", "403-rate"))
            rules = [{"api": api, "do": do} for api in apis if api.startswith(away)]
        elif kind == "token":
            rules = [{"api": "oauth.token", "do": "503", "times": 5}]
        for rule in rules:
            if rule["do"] == "delay":
                rule["delay_ms"] = self.rng.choice((50, 400, 4000))  # the last beyond the timeout
            if rule["do"] == "stale":
                rule["stale_s"] = self.rng.choice((0.5, 2, 5))
        self.set(rules)

    def change_the_mail(self) -> None:
        if self.world.via == "smtp" and self.rng.random() < 0.3:
            self.world.wire.cut(self.rng.choice((0, 40, 300, 3000, 12000, 14000, 20000)))
            return
        rules = []
        for rule in self.rng.sample(REFUSALS, self.rng.randint(0, 3)):
            to = self.rng.choice(("*", "*", "*@warga.example", "*5@*"))
            rules.append({**rule, "to": to, "times": self.rng.randint(1, 4)})
        self.world.call("PUT", "/_sandbox/faults", {"rules": self.rules, "smtp": rules})
        self.faults += len(rules)
