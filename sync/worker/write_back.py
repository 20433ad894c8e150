"""Ledger → sheet: the system cells of every row are made to say what the ledger says.

Only cells that differ are written. What moved between the read and the write is found by the desk's read-back; then
the sheet is read again and everything that is wrong now, the row's own cells and its victim's, is put right.
"""

import logging

from sync.core.desk import DeskReading, RowUpdate, WriteReport
from sync.core.matching import Kind
from sync.core.outcomes import Never
from sync.core.projection import project, project_copy, project_erased, project_replaced
from sync.worker.counter import Counter, Tally
from sync.worker.deciding import is_doubtful, is_undecided
from sync.worker.rows import match_rows

log = logging.getLogger(__name__)

_ATTEMPTS = 6


def write_back(counter: Counter, reading: DeskReading) -> Tally:
    """Rows not yet taken in are left for the next cycle. Raises what the desk raises, except for rows it refuses."""
    written = 0
    refused: set[int] = set()
    for _ in range(_ATTEMPTS):
        updates = [one for one in differences(counter, reading) if one.row.number not in refused]
        if not updates:
            break
        report, no = _write(counter, updates)
        written += report.written
        refused |= {update.row.number for update in no}
        if not report.moved:
            break
        log.warning("workflow %s: rows moved while writing; reading again", counter.workflow.name)
        refused.clear()
        reading = counter.desk.read()
    else:
        log.warning(
            "workflow %s: the sheet never stood still; the next cycle goes on",
            counter.workflow.name,
        )
    trouble = ""
    if refused:
        trouble = (
            f"{len(refused)} baris tidak dapat ditulis; lepaskan perlindungan kolom Loket di sheet."
        )
    return Tally(written + len(refused), written, trouble)


def _write(counter: Counter, updates: list[RowUpdate]) -> tuple[WriteReport, list[RowUpdate]]:
    """Writes all; where the sheet refuses, halves until only the rows that it refuses are left."""
    try:
        return counter.desk.write(updates), []
    except Never as failure:
        if len(updates) == 1:
            log.warning("workflow %s: a row refused: %s", counter.workflow.name, failure.detail)
            return WriteReport(0, moved=False), updates
    half = len(updates) // 2
    first, no = _write(counter, updates[:half])
    second, no_either = _write(counter, updates[half:])
    moved = first.moved or second.moved
    return WriteReport(first.written + second.written, moved), no + no_either


def differences(counter: Counter, reading: DeskReading) -> list[RowUpdate]:
    """The system cells that do not say what the ledger says. A doubtful decision is left for the next cycle to see."""
    matched = match_rows(counter, reading)
    ids = [work.match.application_id for work in matched if work.match.application_id is not None]
    with counter.ledger.reading() as look:
        known = look.applications.many(ids)
    updates = []
    for work in matched:
        row, found = work.row, work.match
        if found.application_id is None:
            continue
        application = known[found.application_id]
        erased = application.erased_at is not None
        if not erased and is_doubtful(work, application):
            continue
        if found.kind is Kind.COPY:
            should = project_copy(application)
        elif found.kind is Kind.REPLACED:
            should = project_replaced(application)
        elif erased:
            touched = found.kind is Kind.EDITED or is_undecided(work, application)
            should = project_erased(application, counter.timezone, touched=touched)
        else:
            should = project(application, counter.timezone)
        wrong = {name: text for name, text in should.items() if row.system.get(name, "") != text}
        if wrong:
            updates.append(RowUpdate(row, wrong))
    return updates
