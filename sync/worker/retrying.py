"""`retry`: what failed, or waits after a failure, begins afresh. What a "Kirim ulang" in the row does, without the sheet."""

from sync.core.application import Application
from sync.core.decisions import Decision
from sync.core.mendable import Mendable
from sync.core.review import after_decision
from sync.core.states import LABELS, State
from sync.ledger.intents import unsettled
from sync.worker.counter import Counter
from sync.worker.steps import apply_step


def retry(counter: Counter, application: Application) -> Application:
    """Sent in the worker's next cycle. Raises Mendable where there is nothing to try again, or where an officer
    has to ask the applicant first."""
    at = counter.clock()
    with counter.ledger.begin() as tx:
        application = tx.applications.get(application.id)
        waiting = unsettled(tx.intents.of(application.id))
        if application.state is State.FAILED:
            step = after_decision(
                State.FAILED, Decision.RESEND, "", has_email=bool(application.email)
            )
            return apply_step(counter, tx, application, step, at)
        if not waiting:
            raise Mendable.one(
                "tidak-ada-yang-dicoba-lagi",
                where=application.reference,
                found=f'status "{LABELS[application.state]}": tidak ada pengiriman yang gagal atau tertunda',
                allowed=f'status "{LABELS[State.FAILED]}", atau pengiriman yang tertunda; '
                "selain itu petugas memilih Kirim ulang di sheet",
            )
        for record in waiting:
            tx.intents.try_now(record)
        return tx.applications.change(application, at=at, event="retry_asked", queued=False)
