"""What looks on after every round, made from settings for the worker."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.cli.wiring import Wiring
    from sync.core.mendable import Problem
    from sync.worker.counter import Counter
    from sync.worker.duty import Duty
    from sync.worker.watch import Watch


def watch_of(
    wiring: "Wiring",
    counters: "Sequence[Counter]",
    duties: "Sequence[Duty]",
    problems: "Sequence[Problem]",
) -> "Watch":
    from sync.cli.reminder_wiring import errands_of
    from sync.cli.sign_in_wiring import sign_in_mails
    from sync.cli.wiring import now
    from sync.delivery.messages import Messages
    from sync.google.sheet_check import opened
    from sync.worker.alarms import Alarms
    from sync.worker.exposure import Exposure
    from sync.worker.ping import Ping
    from sync.worker.watch import Watch

    root, settings = wiring.root, wiring.root.settings
    messages = Messages(root.template_dirs)
    exposure = Exposure(lambda sheet: opened(wiring.transport, sheet), now)
    return Watch(
        counters,
        duties,
        wiring.ledger,
        Alarms(wiring.ledger, wiring.email, messages, settings, root.data, now, exposure=exposure),
        Ping(settings.worker.ping_url, now),
        problems,
        wiring.registers(counters, duties),
        wiring.retention(counters),
        errands_of(wiring, [counter.workflow for counter in counters], duties),
        sign_ins=sign_in_mails(wiring),
    )
