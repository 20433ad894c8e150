"""Ledger → sheet: the system cells of every row are made to say what the ledger says.

Only cells that differ are written. What moved between the read and the write is found by the desk's read-back; then
the sheet is read again and everything that is wrong now, the row's own cells and its victim's, is put right.
"""

import logging
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from sync.core.application import Application
from sync.core.desk import DeskReading, RowUpdate, WriteReport
from sync.core.matching import Kind
from sync.core.outcomes import Never
from sync.core.projection import project, project_copy, project_erased, project_replaced
from sync.worker.counter import Counter, Tally
from sync.worker.deciding import is_doubtful, is_undecided
from sync.worker.rows import MatchedRow, match_rows
from sync.worker.sight import again

log = logging.getLogger(__name__)

_ATTEMPTS = 6


def write_back(counter: Counter, reading: DeskReading) -> Tally:
    """Rows not yet taken in are left for the next cycle. Raises what the desk raises, except for rows it refuses."""
    written = 0
    refused: set[int] = set()
    for _ in range(_ATTEMPTS):
        wrong = differences(counter, reading)
        updates = [one for one in wrong.updates if one.row.number not in refused]
        if not updates:
            break
        report, no = _write(counter, updates)
        written += report.written
        refused |= {update.row.number for update in no}
        if not report.moved:
            wrong.note_shown(counter, except_rows=refused)
            break
        log.warning("workflow %s: rows moved while writing; reading again", counter.workflow.name)
        refused.clear()
        reading = again(counter, reading)
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


@dataclass(frozen=True, slots=True)
class Differences:
    """`owners`: row → the application whose own row it is."""

    updates: list[RowUpdate]
    owners: Mapping[int, Application]

    def note_shown(self, counter: Counter, *, except_rows: Set[int]) -> None:
        """They were written, and seen to stand, their references too."""
        written = {update.row.number for update in self.updates} - except_rows
        owners = [self.owners[number] for number in written if number in self.owners]
        if owners:
            with counter.ledger.begin() as tx:
                tx.applications.place([owner.id for owner in owners if not owner.placed])
                tx.places.shows({owner.id: owner.updated_at for owner in owners})


def differences(counter: Counter, reading: DeskReading) -> Differences:
    """The system cells that do not say what the ledger says. A doubtful decision is left for the next cycle to see."""
    matched = match_rows(counter, reading)
    ids = [work.match.application_id for work in matched if work.match.application_id is not None]
    with counter.ledger.reading() as look:
        known = look.applications.many(ids)
    withdrawn = withdrawn_of(counter, ids)
    updates = []
    own: dict[int, Application] = {}
    for work in matched:
        if work.match.application_id is None:
            continue
        application = known[work.match.application_id]
        if work.is_owning:
            own[work.row.number] = application
        if wrong := wrong_cells(counter, work, application, withdrawn):
            updates.append(RowUpdate(work.row, wrong))
    return Differences(updates, own)


def withdrawn_of(counter: Counter, ids: Collection[int]) -> Set[int]:
    """Those whose letter was withdrawn, where their rows would offer it."""
    if counter.chat_link is None:
        return set()
    with counter.ledger.reading() as look:
        return look.verification.withdrawn(ids)


def wrong_cells(
    counter: Counter, work: MatchedRow, application: Application, withdrawn: Set[int]
) -> dict[str, str]:
    """What to write into an application's row, or one that is set aside for it. `withdrawn`: as `withdrawn_of` tells."""
    row, found = work.row, work.match
    erased = application.erased_at is not None
    if not erased and is_doubtful(work, application):
        return {}
    if found.kind is Kind.COPY:
        should = project_copy(application)
    elif found.kind is Kind.REPLACED:
        should = project_replaced(application)
    elif erased:
        touched = found.kind is Kind.EDITED or is_undecided(work, application)
        should = project_erased(application, counter.timezone, touched=touched)
    else:
        should = project(application, counter.timezone)
    if counter.chat_link is not None:
        offered = found.kind not in (Kind.COPY, Kind.REPLACED) and application.id not in withdrawn
        should["whatsapp"] = counter.chat_link(application) if offered else ""
    return {name: text for name, text in should.items() if row.system.get(name, "") != text}
