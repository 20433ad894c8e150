"""Rows that are gone: no application is forgotten because somebody deleted its row.

Every reading is compared with the rows that were expected in it, by ids alone; what is found is told once. A row that comes back, by
"undo" or the version history, is its application's again. What is approved goes out meanwhile.
"""

import logging
from collections.abc import Set

from sync.core.desk import DeskReading
from sync.worker.counter import Counter
from sync.worker.rows import match_rows, owners
from sync.worker.sight import again

log = logging.getLogger(__name__)


def note_absences(
    counter: Counter,
    reading: DeskReading,
    *,
    expected: Set[int],
    present: Set[int],
    missing: Set[int],
) -> None:
    """`present` are the applications that have a row in the reading just taken in, `missing` those of them that had
    none before it; `expected` should have one."""
    gone = set(expected - present)
    if gone:  # looked at once more: that reading may have been a little old
        gone -= owners(match_rows(counter, again(counter, reading)))
    if not gone and not missing:
        return
    at = counter.clock()
    with counter.ledger.begin() as tx:
        tx.applications.row_missing(sorted(gone), at)
        tx.places.forget(gone)
        tx.applications.row_back(sorted(missing), at)
    log.info("workflow %s: %d rows gone, %d back", counter.workflow.name, len(gone), len(missing))
