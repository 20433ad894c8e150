"""Ledger → sheet: the system cells of every row are made to say what the ledger says.

Only cells that differ are written. What moved between the read and the write is found by the desk's read-back; then
the sheet is read again and everything that is wrong now, the row's own cells and its victim's, is put right.
"""

import logging

from sync.core.desk import DeskReading, RowUpdate
from sync.core.matching import Kind
from sync.core.projection import project, project_copy
from sync.worker.counter import Counter
from sync.worker.intake import match_rows

log = logging.getLogger(__name__)

_ATTEMPTS = 6


def write_back(counter: Counter, reading: DeskReading) -> int:
    """Returns how many rows were written. Rows not yet taken in are left for the next cycle."""
    written = 0
    for _ in range(_ATTEMPTS):
        updates = differences(counter, reading)
        if not updates:
            return written
        report = counter.desk.write(updates)
        written += report.written
        if not report.moved:
            return written
        log.warning("workflow %s: rows moved while writing; reading again", counter.workflow.name)
        reading = counter.desk.read()
    log.warning(
        "workflow %s: the sheet never stood still; the next cycle goes on", counter.workflow.name
    )
    return written


def differences(counter: Counter, reading: DeskReading) -> list[RowUpdate]:
    """The system cells that do not say what the ledger says."""
    matched = match_rows(counter, reading)
    ids = [found.application_id for _, _, found in matched if found.application_id is not None]
    with counter.ledger.reading() as look:
        known = look.applications.many(ids)
    updates = []
    for row, _, found in matched:
        if found.application_id is None:
            continue
        application = known[found.application_id]
        if found.kind is Kind.COPY:
            should = project_copy(application)
        else:
            should = project(application, counter.timezone)
        wrong = {name: text for name, text in should.items() if row.system.get(name, "") != text}
        if wrong:
            updates.append(RowUpdate(row, wrong))
    return updates
