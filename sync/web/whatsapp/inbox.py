"""Reports into the ledger, and answers to citizens: CEK, BERHENTI, MULAI. The worker does all the rest.

Nothing of a person is told, and the state of an application to its own number alone; unknown and another's are one
answer. Each message is heard once, however often the webhook comes.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from sync.core.chat import (
    HELP,
    NOT_FOUND,
    STARTED,
    STOPPED,
    Command,
    Incoming,
    read_command,
    standing_text,
)
from sync.core.outcomes import Failure
from sync.ledger.ledger import Ledger, Transaction
from sync.web.guard.pace import Paces
from sync.web.whatsapp.events import Events

log = logging.getLogger(__name__)

OLDEST = timedelta(days=7)
AHEAD = timedelta(hours=1)
ANSWERS_AN_HOUR, ANSWERS_AT_ONCE = 20, 10
Answer = tuple[str, str]
"""(number, text)"""


class Inbox:
    """`send` answers a number; it may raise a Failure. Thread-safe."""

    def __init__(
        self,
        ledger: Ledger,
        send: Callable[[str, str], None],
        clock: Callable[[], datetime],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger, self._send, self._clock = ledger, send, clock
        self._paces = Paces(ANSWERS_AN_HOUR / 3600, ANSWERS_AT_ONCE, ticks)

    def take(self, events: Events) -> list[Answer]:
        """Keeps what came; the answers are to be given afterwards. Raises LedgerTrouble: then Meta tells it again."""
        if not (events.reports or events.messages):
            return []
        with self._ledger.begin() as tx:
            for report in events.reports:
                tx.chat.report(report)
            answers = [self._answer(tx, message) for message in events.messages]
        return [(number, text) for number, text in answers if text]

    def answer(self, answers: Sequence[Answer]) -> None:
        """Never raises: one that is lost is asked for again by who misses it."""
        for number, text in self._paced(answers):
            try:
                self._send(number, text)
            except Failure as failure:
                log.warning("whatsapp: an answer was not sent: %s", failure.detail)
            except Exception as error:
                log.warning("whatsapp: an answer was not sent: %s", type(error).__name__)

    def _paced(self, answers: Iterable[Answer]) -> Iterable[Answer]:
        return (answer for answer in answers if self._paces.take(answer[0]))

    def _answer(self, tx: Transaction, message: Incoming) -> Answer:
        """The text "" is no answer."""
        at, number = self._clock(), message.number
        if not at - OLDEST <= message.at <= at + AHEAD or not tx.chat.hear(message.id, at):
            return number, ""
        command, reference = read_command(message.text)
        match command:
            case Command.STOP:
                tx.chat.stop(number, at)
                return number, STOPPED
            case Command.START:
                tx.chat.start(number)
                return number, STARTED
            case Command.CHECK:
                return number, _standing(tx, number, reference)
        once_a_day = tx.chat.hear(f"help {number} {at:%Y-%m-%d}", at)
        return number, HELP if once_a_day else ""


def _standing(tx: Transaction, number: str, reference: str) -> str:
    application = tx.applications.find(reference)
    if application is None or application.erased_at is not None or application.phone != number:
        return NOT_FOUND
    return standing_text(
        reference,
        application.state,
        queued=application.queued,
        withdrawn=bool(tx.verification.withdrawn([application.id])),
    )
