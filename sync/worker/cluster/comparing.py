"""Is the server's ledger the one that served the sheet last? A server's copy may have been put back, and nobody tells Loket.

Promise: after the server came back, nothing of a workflow is printed or sent before a visit has compared the ledger
with its sheet; and once the sheet knew more, nothing until `repair --from-sheet` has made them agree.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from sync.core.application import Application
from sync.core.desk import DeskRow
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.core.recovery import state_in, updated_in
from sync.ledger.desks import once, restored_mark
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport
from sync.worker.duty import OnDuty
from sync.worker.intake import Taken
from sync.worker.rows import LedgerBehind, ensure_ours, match_rows

_SERVER = text(
    "SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()),"
    " (SELECT oid FROM pg_database WHERE datname = current_database()),"
    " pg_relation_filenode('intents'))"
)
_CLOCKS_APART = timedelta(minutes=2)
"""Members' clocks may differ by a minute: what one wrote into a row may be that much later than what another changed since."""
_SINCE = "server basis data"


def is_compared(tx: Transaction, connection: Connection, workflow: str) -> bool:
    """Whether letters and messages of a workflow may be taken in this transaction."""
    if tx.desks.resource(restored_mark(workflow)):
        return False
    now = _server(connection)
    return not now or tx.desks.resource(_compared(workflow)) == now


def _server(connection: Connection) -> str:
    """Another one whenever a copy may have been put back: a server's start, a database, its tables that were made anew.
    "" for SQLite, whose copies are put back by `restore`."""
    if connection.dialect.name != "postgresql":
        return ""
    return str(connection.execute(_SERVER).scalar_one())


def _compared(workflow: str) -> str:
    """The resource that says with which server's ledger a workflow's sheet was compared."""
    return f"compared {workflow}"[:160]


@dataclass
class Comparing:
    """A workflow's duty for one visit: before its rows are taken in, the ledger was compared with them."""

    duty: OnDuty
    counter: Counter
    server: str | None = None

    @property
    def held(self) -> bool:
        return self.duty.held

    def ensure(self) -> None:
        self.duty.ensure()

    def confirm(self, version: str) -> None:
        """Raises LedgerBehind, and what the desk raises."""
        self.duty.confirm(version)
        name = self.counter.workflow.name
        with self.counter.ledger.beginning() as (tx, connection):
            server, compared = _server(connection), is_compared(tx, connection, name)
            memory = tx.desks.of(name)
        if not compared and (memory is None or memory.version not in (version, once(version))):
            _ensure_not_behind(self.counter)
        if not compared:
            with self.counter.ledger.begin() as tx:
                tx.desks.set_resource(_compared(name), server)
        self.server = server

    def after(self, report: CycleReport) -> None:
        """A cycle that could read the rows and took in none: perhaps another ledger served them meanwhile."""
        took_none = report.again and not report.idle and report.taken == Taken()
        if self.server is not None and took_none:
            with suppress(Failure, Mendable):
                _ensure_not_behind(self.counter)


def _ensure_not_behind(counter: Counter) -> None:
    """Reads the whole sheet. Raises LedgerBehind where it knows more than the ledger, and leaves word of it there."""
    name = counter.workflow.name
    matched = match_rows(counter, counter.desk.read())
    try:
        ensure_ours(counter, matched)
        with counter.ledger.reading() as look:
            known = {one.id: one for one in look.applications.of_workflow(name)}
            for work in matched:
                application = known.get(work.match.application_id or 0) if work.is_owning else None
                if application and _knows_more(look, work.row, application, counter.timezone):
                    raise LedgerBehind.restored(_SINCE)
    except LedgerBehind as error:
        with counter.ledger.begin() as tx:
            tx.desks.set_resource(restored_mark(name), _SINCE)
        raise LedgerBehind.restored(_SINCE) from error


def _knows_more(
    look: Transaction, row: DeskRow, application: Application, timezone: ZoneInfo
) -> bool:
    """A row that is newer than members' clocks can explain, or shows a state that the ledger never came to."""
    shown_at, shown = updated_in(row.system, timezone), state_in(row.system)
    known_at = application.updated_at.replace(microsecond=0)
    if application.erased_at or shown_at is None or shown is None or shown_at <= known_at:
        return False
    if shown_at > known_at + _CLOCKS_APART:
        return True
    reached = {event.detail.get("to") for event in look.applications.events(application.id)}
    return shown is not application.state and shown.value not in reached
