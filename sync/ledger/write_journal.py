"""One workflow's write in hand, kept in the ledger: whichever worker comes next finishes it."""

from sync.ledger.ledger import Ledger


class WriteJournal:
    def __init__(self, ledger: Ledger, workflow: str) -> None:
        self._ledger = ledger
        self._workflow = workflow

    def keep(self, text: str) -> None:
        with self._ledger.begin() as tx:
            tx.desks.keep_write(self._workflow, text)

    def kept(self) -> str:
        with self._ledger.reading() as look:
            return look.desks.write_in_hand(self._workflow)

    def forget(self) -> None:
        with self._ledger.begin() as tx:
            tx.desks.forget_write(self._workflow)
