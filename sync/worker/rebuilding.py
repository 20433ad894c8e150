"""`repair`: every row is made to say what the ledger says, and the columns are there again."""

from sync.ledger.desks import restored_mark
from sync.worker.counter import Counter, Tally
from sync.worker.rows import LedgerBehind, ensure_ours, match_rows
from sync.worker.write_back import write_back


def rebuild(counter: Counter) -> Tally:
    """Raises what the desk raises, and LedgerBehind where the ledger is the one that does not know."""
    with counter.ledger.reading() as look:
        restored = look.desks.resource(restored_mark(counter.workflow.name))
    if restored:
        raise LedgerBehind.restored(restored)
    counter.desk.prepare()
    reading = counter.desk.read()
    ensure_ours(counter, match_rows(counter, reading))
    return write_back(counter, reading)
