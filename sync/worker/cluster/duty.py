"""The cluster as one holder of a spreadsheet's lease: whichever member is at the sheet acts on what the others posted."""

from secrets import token_hex

from sync.core.lease import Holder, Posted, lease_text, read_lease
from sync.ledger.ledger import Ledger
from sync.worker.duty import Duty

_NAME = "cluster"


def cluster_holder(ledger: Ledger, computer: str, process: int) -> Holder:
    """The same for every member, chosen once; the computer is the one that looks now."""
    with ledger.begin() as tx:
        chosen = tx.desks.choose_resource(_NAME, token_hex(8))
    return Holder(chosen, f"{computer} (klaster)", process)


class SharedDuty(Duty):
    """One member's view of the cluster's lease. Not given back at a member's end: the others go on."""

    @classmethod
    def of(cls, duty: Duty, holder: Holder) -> "SharedDuty":
        """The same spreadsheet, for the cluster."""
        return cls(
            duty.post_office,
            duty.spreadsheet_id,
            duty.workflows,
            holder,
            duty.ledger,
            duty.clock,
            duty.timezone,
        )

    def adopt(self) -> None:
        """Before a visit: the lease as the cluster last posted it, so that nobody takes what is ours already."""
        with self.ledger.reading() as look:
            self._follow(look.desks.lease(self.spreadsheet_id))

    def release(self) -> None:
        self._lease = None

    def _settle(self, posted: Posted, *, by_force: bool = False) -> None:
        self._follow(posted.lease)
        super()._settle(posted, by_force=by_force)

    def _follow(self, text: str | None) -> None:
        lease = read_lease(text)
        mine = lease is not None and lease.holder.id == self.holder.id
        if (
            lease is not None
            and mine
            and lease.holds_at(self.clock())
            and lease_text(lease) == text
        ):
            self._lease = lease
