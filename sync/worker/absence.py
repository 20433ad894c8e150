"""Rows that are gone: no application is forgotten because somebody deleted its row.

Every full reading is compared with the ledger, by ids alone; what is found is told once. A row that comes back, by
"undo" or the version history, is its application's again. What is approved goes out meanwhile.
"""

import logging
from collections.abc import Set

from sync.worker.counter import Counter
from sync.worker.rows import match_rows, owners

log = logging.getLogger(__name__)


def note_absences(
    counter: Counter, *, there: Set[int], missing: Set[int], present: Set[int]
) -> None:
    """`present` are the applications that have a row in the whole reading just taken in; `there` those that had one
    before it, `missing` those that had none."""
    gone, back = set(there - present), missing & present
    if gone:  # looked at once more: that reading may have been a little old
        gone -= owners(match_rows(counter, counter.desk.read()))
    if not gone and not back:
        return
    at = counter.clock()
    with counter.ledger.begin() as tx:
        tx.applications.row_missing(sorted(gone), at)
        tx.applications.row_back(sorted(back), at)
    log.info("workflow %s: %d rows gone, %d back", counter.workflow.name, len(gone), len(back))
