"""What the daily report works with, made from settings: for the worker, and for the verb `report`."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sync.core.mendable import Mendable, Problem
from sync.core.outcomes import Failure
from sync.core.workflow.links import sheet_id

if TYPE_CHECKING:
    from sync.cli.root import Root
    from sync.cli.wiring import Wiring
    from sync.core.workflow.model import Workflow
    from sync.google.report_tab import Plan, ReportTab
    from sync.worker.duty import Duty
    from sync.worker.office_mail import OfficeMails, Paper
    from sync.worker.report_making import ReportMaker
    from sync.worker.reporting import Reporting


IN_OTHER_HANDS = timedelta(minutes=10)


def wanted(root: "Root") -> bool:
    """Whether the worker keeps daily reports."""
    report = root.settings.report
    return bool(report.to or report.stock_tab or report.publish)


def maker_of(wiring: "Wiring", workflows: "Sequence[Workflow]") -> "ReportMaker":
    from sync.worker.report_making import ReportMaker

    settings = wiring.root.settings
    return ReportMaker(
        ledger=wiring.ledger,
        workflows=workflows,
        office=f"{settings.office.name}, {settings.office.government}",
        zone=ZoneInfo(settings.office.timezone),
        stock=stock_tab(wiring, workflows),
    )


def stock_tab(
    wiring: "Wiring", workflows: "Sequence[Workflow]"
) -> "Callable[[], ReportTab] | None":
    """None where the office wants none. Raises Mendable when it is called and Google's key is not there."""
    from sync.google.report_tab import STOCK

    report = wiring.root.settings.report
    sheet = sheet_id(report.sheet) or next((one.sheet for one in workflows), "")
    return (lambda: tab_of(wiring, sheet, STOCK)) if report.stock_tab and sheet else None


def tab_of(wiring: "Wiring", sheet: str, plan: "Plan") -> "ReportTab":
    from sync.google.report_tab import ReportTab

    return ReportTab(wiring.transport, sheet, plan)


def stock_tab_of(wiring: "Wiring", *, dry_run: bool) -> tuple[list[str] | None, list[Problem]]:
    """Makes the tab "Stok" where the office wants one and has none: what was changed, or would be, and what keeps it from
    that. None where it wants none, or nobody can look."""
    tab = stock_tab(wiring, wiring.root.workflows()[0])
    try:
        if tab is None:
            return None, []
        made = tab().missing() if dry_run else tab().ensure()
    except Mendable as error:
        return None, list(error.problems)
    except Failure as failure:
        return None, [
            Problem(
                "tab-stok-belum-dibuat",
                where='tab "Stok"',
                found=failure.reason,
                run="python loket.py setup",
            )
        ]
    return ['tab "Stok" dibuat, untuk diisi petugas'] if made else [], []


def mails_of(wiring: "Wiring") -> "OfficeMails":
    """The daily report's."""
    from sync.delivery.messages import Messages
    from sync.worker.report_mail import ReportPaper

    messages = Messages(wiring.root.template_dirs)
    paper = ReportPaper(wiring.ledger, messages, lambda: wiring.press, wiring.root.settings)
    return office_mails(wiring, paper)


def office_mails(wiring: "Wiring", paper: "Paper") -> "OfficeMails":
    """Emails of one kind to the office itself."""
    from sync.cli.wiring import now
    from sync.worker.office_mail import OfficeMails

    worker = wiring.root.settings.worker
    return OfficeMails(
        wiring.ledger,
        wiring.email,
        paper,
        now,
        keep_trying=timedelta(hours=worker.retry_for_hours),
        patience=IN_OTHER_HANDS if worker.cluster else timedelta(0),
    )


def reporting_of(
    wiring: "Wiring", workflows: "Sequence[Workflow]", duties: "Sequence[Duty]"
) -> "Reporting | None":
    """None where the office wants none."""
    if not wanted(wiring.root) or not duties:
        return None
    from sync.cli.wiring import now
    from sync.google.report_tab import LINES
    from sync.worker.reporting import Reporting

    settings = wiring.root.settings.report
    sheet, refused = None, ""
    if settings.publish:
        try:
            sheet = published_to(wiring.root, workflows)
        except Mendable as error:
            refused = str(error.problems[0])
    return Reporting(
        maker=maker_of(wiring, workflows),
        mails=mails_of(wiring),
        settings=settings,
        ledger=wiring.ledger,
        duty=duties[0],
        clock=now,
        lines=tab_of(wiring, sheet, LINES) if sheet else None,
        refused=refused,
    )


def published_to(root: "Root", workflows: "Sequence[Workflow]") -> str:
    """The spreadsheet that the province reads. Raises Mendable where citizens' answers stand in it."""
    sheet = sheet_id(root.settings.report.sheet) or ""
    own = next((one for one in workflows if one.sheet == sheet), None)
    if own is None and sheet:
        return sheet
    raise Mendable.one(
        "laporan-bersama-jawaban",
        where="settings.yaml, report.sheet",
        found=f"sheet itu memuat jawaban warga ({own.title})" if own else "kosong",
        allowed="Google Sheet tersendiri, karena provinsi boleh membacanya",
        run="python loket.py check",
    )
