"""What the office itself is mailed: once a day to each address, also when the power fails between any two steps.

Promise: an email is committed as being sent before it is handed over. One that was interrupted there is asked after;
where nobody can tell whether it went, it is not sent again, and the tab "Loket" says so.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Protocol

from sync.core.board import Matter
from sync.core.delivery import Channel, Intent, IntentState, Kind, LetterFile, Message
from sync.core.masking import mask_email
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Failure, Never, Receipt, TryAgain
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About, Mail

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


class Paper(Protocol):
    """What the emails of one kind say. `name` begins their references; so long after it was planned one that did not
    arrive is `told_for`."""

    about: ClassVar[About]
    name: ClassVar[str]
    told_for: ClassVar[timedelta]

    def compose(self, day: date) -> Message | None:
        """None: there is nothing to say, or no longer. Raises Never where the text can't be put together."""
        ...

    def title(self, day: date) -> str:
        """`Laporan harian 24 November 2026`."""
        ...

    def remedy(self, mail: Mail) -> str:
        """What to do about one that did not arrive."""
        ...


@dataclass(frozen=True)
class OfficeMails:
    """`channel` is the one that letters leave by. `keep_trying`: so long after it was planned. `patience`: so long an email
    that is being sent may be in the hands of another machine of a cluster, and is not asked after."""

    ledger: Ledger
    channel: Channel
    paper: Paper
    clock: Callable[[], datetime]
    keep_trying: timedelta
    patience: timedelta = timedelta(0)

    def send_due(self) -> None:
        """Asks after those that were interrupted, and sends those whose time has come. Raises what the ledger raises."""
        with self.ledger.reading() as look:
            unsettled = look.office_mails.unsettled(self.paper.about)
        for mail in unsettled:
            if mail.next_try_at is not None and mail.next_try_at > self.clock():
                continue
            if mail.state is IntentState.SENDING:
                self._ask(mail)
            else:
                self._send(mail)

    def matters(self) -> list[Matter]:
        """Those of late that did not arrive, as far as anybody knows, for the tab "Loket"."""
        with self.ledger.reading() as look:
            since = self.clock() - self.paper.told_for
            troubled = look.office_mails.troubled(self.paper.about, since)
        return [self._matter(mail) for mail in troubled]

    def _matter(self, mail: Mail) -> Matter:
        who = f"{self.paper.title(mail.day)} untuk {mask_email(mail.address)}"
        said = {IntentState.PLANNED: " belum terkirim.", IntentState.FAILED: " tidak terkirim."}
        found = f"{who}{said.get(mail.state, ':')} {mail.reason}"
        return Matter(found, self.paper.remedy(mail), mail.planned_at)

    def _ask(self, mail: Mail) -> None:
        outcome: Receipt | Failure | None
        try:
            outcome = self.channel.happened(self._intent(mail))
        except Failure as failure:
            outcome = failure
        except Exception:
            log.exception("%s: asking broke", mail)
            outcome = self._unknown()
        if outcome is None:  # it certainly did not happen
            self._move(mail, IntentState.PLANNED, next_try_at=None)
        elif isinstance(outcome, TryAgain):
            log.warning("%s: not asked yet: %s", mail, outcome.detail)
        else:
            self._settle(mail, outcome)

    def _send(self, mail: Mail) -> None:
        try:
            message = self.paper.compose(mail.day)
            if message is None:
                at = self.clock()
                self._move(mail, IntentState.DROPPED, reason="", settled_at=at, next_try_at=None)
                return
            key = mail.key or self.channel.plan(
                reference=self._reference(mail), kind=Kind.LETTER, attempt=mail.series
            )
        except Failure as failure:
            self._settle(mail, failure)
            return
        except Exception as error:  # nothing has left
            log.exception("%s: no message", mail)
            reason = f"{self.paper.name.capitalize()} belum dapat disusun."
            self._settle(mail, TryAgain(reason, detail=type(error).__name__))
            return
        until, attempts = self.clock() + self.patience, mail.attempts + 1
        mail = self._move(mail, IntentState.SENDING, key=key, attempts=attempts, next_try_at=until)
        outcome: Receipt | Failure
        try:
            outcome = self.channel.send(self._intent(mail), message)
        except Failure as failure:
            outcome = failure
        except Exception:  # a mistake of ours, perhaps after it went
            log.exception("%s: sending broke", mail)
            outcome = self._unknown()
        self._settle(mail, outcome)

    def _settle(self, mail: Mail, outcome: Receipt | Failure) -> None:
        at = self.clock()
        if isinstance(outcome, Receipt):
            self._move(mail, IntentState.DELIVERED, reason="", settled_at=at, next_try_at=None)
            return
        log.warning("%s: %s", mail, outcome.detail)
        if isinstance(outcome, TryAgain) and at - mail.planned_at < self.keep_trying:
            until = at + _pause(mail, outcome)
            self._move(mail, IntentState.PLANNED, reason=outcome.reason, next_try_at=until)
            return
        unsure = isinstance(outcome, CannotKnow)
        state = IntentState.UNCERTAIN if unsure else IntentState.FAILED
        self._move(mail, state, reason=outcome.reason, settled_at=at, next_try_at=None)

    def _move(self, mail: Mail, state: IntentState, **columns: Any) -> Mail:
        with self.ledger.begin() as tx:
            return tx.office_mails.move(mail, state, **columns)

    def _unknown(self) -> CannotKnow:
        return CannotKnow(f"Tidak diketahui apakah {self.paper.name} sampai.")

    def _intent(self, mail: Mail) -> Intent:
        return Intent.of_office(
            self._reference(mail),
            Kind.LETTER,
            "email",
            mail.key,
            mail.address,
            mail.state,
            mail.attempts,
        )

    def _reference(self, mail: Mail) -> str:
        whose = hashlib.sha256(mail.address.encode()).hexdigest()[:8]
        return f"{self.paper.name}-{mail.day.isoformat()}-{whose}"


def composed(
    messages: Messages,
    template: str,
    context: Mapping[str, Any],
    letter: LetterFile | None = None,
) -> Message:
    """Raises Never where the text can't be put together."""
    try:
        subject, text, html = messages.compose(Kind.LETTER, context, template=template)
    except Mendable as error:
        raise Never(str(error.problems[0]), detail=error.problems[0].name) from error
    return Message(subject, text, html, folder="", letter=letter)


def _pause(mail: Mail, failure: TryAgain) -> timedelta:
    asked = timedelta(seconds=failure.wait_s or 0)
    return min(max(asked, FIRST_PAUSE * (1 << min(mail.attempts, 10))), LONGEST_PAUSE)
