"""What is done for the office after a round, made from settings for the worker: the daily report, and the reminder."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.cli.wiring import Wiring
    from sync.core.workflow.model import Workflow
    from sync.worker.duty import Duty
    from sync.worker.errand import Errand
    from sync.worker.reminding import Reminding


def errands_of(
    wiring: "Wiring", workflows: "Sequence[Workflow]", duties: "Sequence[Duty]"
) -> "list[Errand]":
    """Those that the office wants."""
    from sync.cli.report_wiring import reporting_of

    made = (one(wiring, workflows, duties) for one in (reporting_of, reminding_of))
    return [errand for errand in made if errand is not None]


def reminding_of(
    wiring: "Wiring", workflows: "Sequence[Workflow]", duties: "Sequence[Duty]"
) -> "Reminding | None":
    """None where nobody is to be reminded."""
    settings = wiring.root.settings
    if not settings.dashboard.reminder_to or not duties:
        return None
    from sync.cli.report_wiring import office_mails
    from sync.cli.wiring import now
    from sync.delivery.messages import Messages
    from sync.worker.reminding import ReminderPaper, Reminding

    paper = ReminderPaper(
        wiring.ledger,
        Messages(wiring.root.template_dirs),
        workflows,
        settings.office,
        now,
        late_list(wiring.root),
    )
    return Reminding(
        mails=office_mails(wiring, paper),
        at=settings.dashboard.reminder_at,
        to=settings.dashboard.reminder_to,
        zone=ZoneInfo(settings.office.timezone),
        ledger=wiring.ledger,
        duty=duties[0],
        clock=now,
    )


def late_list(root: "Root") -> str:
    """The dashboard's list of what is late; "" where the dashboard is not on the internet."""
    from sync.core.dashboard.wanted import Wanted, Which
    from sync.web.dashboard.frame import LIST

    site = root.settings.site.url
    if not root.settings.dashboard.people or not site.startswith("https:"):
        return ""
    return f"{site.rstrip('/')}{LIST}?{Wanted(Which.LATE).query}"
