"""`status`: what is where."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from sync.cli import cluster_members, screen
from sync.cli.options import AsJson, RootFolder, root_of

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.core.alarms import Alarm
    from sync.core.lease import Lease
    from sync.core.workflow.model import Workflow
    from sync.ledger.ledger import Transaction


def status(context: typer.Context, as_json: AsJson = False, root: RootFolder = None) -> int:
    """Tampilkan keadaan setiap layanan.

    Berapa permohonan pada setiap status, kapan putaran terakhir, komputer mana yang melayani, kuota email,
    apa masalahnya, dan, dalam klaster, anggota yang berjalan.
    """
    from sync.cli.wiring import open_ledger

    office = root_of(context, root)
    workflows, problems = office.workflows()
    ledger = open_ledger(office)
    try:
        with ledger.reading() as look:
            facts = _facts(look, office, workflows)
    finally:
        ledger.close()
    if as_json:
        screen.as_json({**_told(facts), "problems": [str(problem) for problem in problems]})
        return 0
    _show(facts, ZoneInfo(office.settings.office.timezone))
    screen.problems(problems)
    return 0


def _facts(look: "Transaction", office: "Root", workflows: "list[Workflow]") -> dict[str, Any]:
    from sync.cli.wiring import now
    from sync.core.board import Quota
    from sync.core.lease import read_lease

    counts = look.applications.counts()
    sheets = {workflow.name: workflow.sheet for workflow in workflows}
    names = sorted({*sheets, *(name for name, _ in counts)})
    at = now()
    return {
        "workflows": [
            {
                "workflow": name,
                "states": {state: count for (of, state), count in counts.items() if of == name},
                "rows_gone": [one.reference for one in look.applications.wanting_their_row(name)],
                "memory": look.desks.of(name),
                "lease": read_lease(look.desks.lease(sheets[name])) if name in sheets else None,
            }
            for name in names
        ],
        "quota": Quota(look.intents.sent_in_a_day("email", at), office.settings.mail.per_day),
        "alarms": list(look.alarms.all().values()),
        "members": cluster_members.members_of(look, office, at),
    }


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    from sync.core.states import State

    def lease(held: "Lease | None") -> dict[str, Any] | None:
        if held is None:
            return None
        return {
            "computer": held.holder.computer,
            "process": held.holder.process,
            "since": held.since.isoformat(),
            "until": held.until.isoformat(),
        }

    return {
        "workflows": [
            {
                "workflow": one["workflow"],
                "states": {s.value: one["states"][s] for s in State if s in one["states"]},
                "rows_gone": one["rows_gone"],
                "last_cycle": one["memory"].cycle_at.isoformat() if one["memory"] else None,
                "trouble": one["memory"].trouble if one["memory"] else "",
                "served_by": lease(one["lease"]),
            }
            for one in facts["workflows"]
        ],
        "mail_quota": {"used": facts["quota"].used, "per_day": facts["quota"].per_day},
        "alarms": [_alarm(alarm) for alarm in facts["alarms"]],
        "members": cluster_members.told(facts["members"]),
    }


def _alarm(alarm: "Alarm") -> dict[str, Any]:
    return {
        "subject": alarm.subject,
        "reason": alarm.reason,
        "remedy": alarm.remedy,
        "since": alarm.since.isoformat(),
        "told_at": alarm.told_at and alarm.told_at.isoformat(),
    }


def _show(facts: dict[str, Any], timezone: ZoneInfo) -> None:
    from sync.core.board import zoned_text
    from sync.core.projection import moment_text, rows_gone
    from sync.core.states import LABELS, State

    rows = []
    for one in facts["workflows"]:
        memory, lease = one["memory"], one["lease"]
        of_states = [
            f"{one['states'][state]} {LABELS[state]}" for state in State if state in one["states"]
        ]
        rows.append(
            (
                one["workflow"],
                ", ".join(of_states) or "belum ada permohonan",
                moment_text(memory.cycle_at, timezone) if memory else "belum pernah",
                lease.holder.computer if lease else "tidak ada",
                " ".join(
                    filter(None, (memory.trouble if memory else "", rows_gone(one["rows_gone"])))
                ),
            )
        )
    columns = ("Layanan", "Permohonan", "Putaran terakhir", "Dilayani oleh", "Masalah")
    screen.table("Loket", columns, rows)
    cluster_members.show(facts["members"], timezone)
    quota = facts["quota"]
    screen.table("Email", ("Kuota 24 jam terakhir",), [(f"{quota} {quota.warning}".strip(),)])
    if facts["alarms"]:
        screen.table(
            "Peringatan",
            ("Sejak", "Masalah", "Yang perlu dilakukan", "Diberitahukan"),
            [
                (
                    zoned_text(alarm.since, timezone),
                    f"{alarm.title}: {alarm.reason}",
                    alarm.remedy,
                    zoned_text(alarm.told_at, timezone) if alarm.told_at else "belum",
                )
                for alarm in facts["alarms"]
            ],
        )
