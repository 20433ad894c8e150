"""Applications as the dashboard lists them: no answers, the name masked, and the way to the row in the sheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sync.core.board import zoned_text
from sync.core.projection import label_of
from sync.core.promise import due_on
from sync.core.states import WITH_OFFICE
from sync.core.verification import mask_name
from sync.core.workflow.links import row_link
from sync.ledger.ledger import Transaction
from sync.ledger.waiting import Line
from sync.web.dashboard.house import Office


@dataclass(frozen=True, slots=True)
class Shown:
    """`days`: so long it has waited; None where it does not wait for the office. `late`: so many days more than promised.
    `row` is where it was last seen, a hint: rows move. `link` "" where its service's file is gone."""

    reference: str
    service: str
    name: str
    status: str
    received: str
    days: int | None
    late: int
    row: int | None
    link: str


def shown(lines: Iterable[Line], look: Transaction, office: Office, at: datetime) -> list[Shown]:
    tabs: dict[str, int | None] = {}
    found = []
    for line in lines:
        if line.workflow not in tabs:
            tabs[line.workflow] = look.waiting.tab(line.workflow)
        found.append(_shown(line, tabs[line.workflow], office, at))
    return found


def _shown(line: Line, tab: int | None, office: Office, at: datetime) -> Shown:
    workflow, today = office.by_name.get(line.workflow), office.today(at)
    waits = line.state in WITH_OFFICE
    promised = workflow.promised_days if workflow and waits else None
    due = due_on(line.received_at, promised, office.zone) if promised else today
    return Shown(
        line.reference,
        workflow.title if workflow else line.workflow,
        mask_name(line.name),
        label_of(line.state, queued=line.queued),
        zoned_text(line.received_at, office.zone),
        (today - office.today(line.received_at)).days if waits else None,
        max(0, (today - due).days),
        line.row,
        row_link(workflow.sheet, tab, line.row) if workflow else "",
    )
