"""A day of every office of a province, or of the country, on paper: queues, quotas, machines, and the first wall.

    python benchmarks/simulate.py [--letters-a-day 300] [--backlog 0] [--seed 1] [--json]

Nothing is rendered or sent. Minute by minute, letters are approved, wait for a round of their sheet, for a core and for
the mail account, and go out; whatever is short is what the next letter waits for. Costs are those measured by
backlog.py and growth.py, limits those that Google publishes (docs/scale.md says which).
"""

import argparse
import json
import random
import sys
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

MINUTES = 24 * 60
OFFICE_HOURS = range(8 * 60, 16 * 60)
REGENCIES = 514
PROVINCES = 38


@dataclass(frozen=True)
class Costs:
    """What Loket was measured to use."""

    cpu_s_a_letter: float = 0.019
    reads_a_round: int = 4
    """Calls that read a sheet in a round with something to do: its new rows, and twice what was written."""
    writes_a_round: int = 2
    """What was decided is written back, and after the letters went, that they did."""
    letters_a_round: int = 1_000


@dataclass(frozen=True)
class Limits:
    """Google's, a minute; mail a day. 0: there is none."""

    reads_a_user: int = 60
    reads_a_project: int = 300
    drive_a_project: int = 12_000
    mail_a_day: int = 2_000


@dataclass(frozen=True)
class Plan:
    """Who shares what: an office's number → its Google account, its project, its machines."""

    name: str
    offices: int
    accounts: int
    projects: int
    machines: int
    cores: int = 2
    poll_every_s: int = 15
    limits: Limits = Limits()

    def shared(self, office: int, among: int) -> int:
        return office * among // self.offices


@dataclass
class Queue:
    """Letters of one office, by the minute of their approval; as many as there are of each."""

    waiting: deque[list[int]] = field(default_factory=deque)
    sent: int = 0

    def __len__(self) -> int:
        return sum(count for _, count in self.waiting)

    def add(self, minute: int, count: int) -> None:
        if count:
            self.waiting.append([minute, count])

    def take(self, count: int) -> Counter[int]:
        """The oldest: how many of each minute."""
        taken: Counter[int] = Counter()
        while count and self.waiting:
            minute, there = self.waiting[0]
            now = min(count, there)
            taken[minute] += now
            count -= now
            if now == there:
                self.waiting.popleft()
            else:
                self.waiting[0][1] -= now
        self.sent += taken.total()
        return taken


@dataclass(frozen=True)
class Day:
    """What came of it. Waits are in minutes, of the letters that went out; shares are of what there was, at most 1."""

    plan: str
    approved: int
    sent: int
    left: int
    wait_median_min: int
    wait_90_min: int
    wait_99_min: int
    waited_for: dict[str, int]
    used: dict[str, float]
    wall: str


def run(plan: Plan, approved: Sequence[Sequence[int]], costs: Costs | None = None) -> Day:
    """`approved[office][minute]` letters. The day ends at midnight; what then waits is left for the next."""
    costs, limits = costs or Costs(), plan.limits
    queues = [Queue() for _ in range(plan.offices)]
    waits: Counter[int] = Counter()
    waited_for: Counter[str] = Counter()
    peak: Counter[str] = Counter()
    polls_a_minute = 60 // plan.poll_every_s
    drive = [0] * plan.projects
    for office in range(plan.offices):
        drive[plan.shared(office, plan.projects)] += polls_a_minute
    peak["drive"] = max(drive) / limits.drive_a_project if limits.drive_a_project else 0
    first = 0
    for minute in range(MINUTES):
        reads_a_user = [0] * plan.accounts
        reads_a_project = [0] * plan.projects
        cpu_s = [0.0] * plan.machines
        # Whoever was last a minute ago is first now: offices are served in turn.
        first = (first + 1) % plan.offices
        for office in (*range(first, plan.offices), *range(first)):
            queue = queues[office]
            queue.add(minute, approved[office][minute])
            if not queue.waiting:
                continue
            account, project, machine = (
                plan.shared(office, among)
                for among in (plan.accounts, plan.projects, plan.machines)
            )
            calls = max(costs.reads_a_round, costs.writes_a_round)  # each kind has its own quota
            if (
                reads_a_user[account] + calls > limits.reads_a_user
                or reads_a_project[project] + calls > limits.reads_a_project
            ):
                waited_for["sheets"] += 1
                continue
            budget_s = 60.0 * plan.cores - cpu_s[machine]
            can = {
                "mail": limits.mail_a_day - queue.sent if limits.mail_a_day else len(queue),
                "cpu": int(budget_s / costs.cpu_s_a_letter),
                "round": costs.letters_a_round * polls_a_minute,
            }
            short = min(can, key=lambda name: can[name])
            count = max(0, min(len(queue), can[short]))
            if count < len(queue):
                waited_for[short] += 1
            if not count:
                continue
            reads_a_user[account] += calls
            reads_a_project[project] += calls
            cpu_s[machine] += count * costs.cpu_s_a_letter
            for since, letters in queue.take(count).items():
                waits[minute - since] += letters
        peak["sheets"] = max(
            peak["sheets"],
            max(reads_a_user) / limits.reads_a_user,
            max(reads_a_project) / limits.reads_a_project,
        )
        peak["cpu"] = max(peak["cpu"], max(cpu_s) / (60.0 * plan.cores))
    if limits.mail_a_day:
        peak["mail"] = max(queue.sent for queue in queues) / limits.mail_a_day
    return Day(
        plan=plan.name,
        approved=sum(map(sum, approved)),
        sent=sum(queue.sent for queue in queues),
        left=sum(map(len, queues)),
        wait_median_min=_quantile(waits, 0.5),
        wait_90_min=_quantile(waits, 0.9),
        wait_99_min=_quantile(waits, 0.99),
        waited_for=dict(waited_for),
        used={name: round(share, 3) for name, share in sorted(peak.items())},
        wall=max(peak, key=lambda name: peak[name]),
    )


def demand(offices: int, *, letters_a_day: float, backlog: float, seed: int) -> list[list[int]]:
    """Approvals by office and minute: large and small offices (log-normal, the mean as given), in office hours.
    `backlog`: so many more of each office, approved in the first hour."""
    lot = random.Random(seed)
    sigma = 0.8
    days = []
    for _ in range(offices):
        size = lot.lognormvariate(-(sigma**2) / 2, sigma)
        day = [0] * MINUTES
        for minute in lot.choices(OFFICE_HOURS, k=round(size * letters_a_day)):
            day[minute] += 1
        for _ in range(round(size * backlog)):
            day[OFFICE_HOURS.start + lot.randrange(60)] += 1
        days.append(day)
    return days


def plans() -> list[Plan]:
    """From one PC an office to one installation for the country."""
    consumer = Limits(mail_a_day=450)
    own_server = Limits(mail_a_day=0)
    ten = Plan("province: 10 regencies, one PC, one account", 10, 1, 1, 1)
    nation = Plan("country: a PC in each regency", REGENCIES, REGENCIES, REGENCIES, REGENCIES)
    return [
        Plan("regency: one PC, consumer mail", 1, 1, 1, 1, limits=consumer),
        Plan("regency: one PC, Workspace mail", 1, 1, 1, 1),
        ten,
        replace(ten, name="province: the same, own mail server", limits=own_server),
        nation,
        replace(
            nation,
            name="country: a server in each province, an account each",
            accounts=PROVINCES,
            projects=PROVINCES,
            machines=PROVINCES,
            limits=own_server,
        ),
        replace(
            nation,
            name="country: one cluster of 4, one project, one account",
            accounts=1,
            projects=1,
            machines=4,
            limits=own_server,
        ),
        replace(
            nation,
            name="country: the same, an account in each province",
            accounts=PROVINCES,
            projects=1,
            machines=4,
            limits=own_server,
        ),
    ]


def _quantile(waits: Counter[int], share: float) -> int:
    wanted, seen = share * waits.total(), 0
    for wait in sorted(waits):
        seen += waits[wait]
        if seen >= wanted:
            return wait
    return 0


def table(days: Iterable[Day]) -> str:
    lines = [
        "| plan | approved | sent that day | wait: median, 90 %, 99 % (min) | fullest: "
        "sheets, mail, CPU, Drive | the first wall |",
        "|---|---|---|---|---|---|",
    ]
    for day in days:
        used = [f"{day.used.get(name, 0):.0%}" for name in ("sheets", "mail", "cpu", "drive")]
        lines.append(
            f"| {day.plan} | {day.approved:,} | {day.sent:,} | {day.wait_median_min}, "
            f"{day.wait_90_min}, {day.wait_99_min} | {', '.join(used)} | {day.wall} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--letters-a-day", type=float, default=300, help="of a mean office")
    parser.add_argument("--backlog", type=float, default=0, help="of a mean office, besides")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    days = [
        run(
            plan,
            demand(
                plan.offices,
                letters_a_day=given.letters_a_day,
                backlog=given.backlog,
                seed=given.seed,
            ),
        )
        for plan in plans()
    ]
    print(json.dumps([asdict(day) for day in days]) if given.json else table(days))
    return 0


if __name__ == "__main__":
    sys.exit(main())
