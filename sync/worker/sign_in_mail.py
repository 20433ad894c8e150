"""Links into the dashboard by email: asked for in the ledger by the web process, made and sent here. Never raises.

Promise: a link's token is in its mail and nowhere else; the ledger has its SHA-256, committed before the mail leaves. One
that was interrupted on its way is not sent again: who asked can ask again, and a link that did arrive leads in.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sync.core.delivery import Channel, Intent, IntentState, Kind, Message
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure, TryAgain
from sync.core.settings import Office
from sync.delivery.messages import Messages
from sync.ledger.applications import Overtaken
from sync.ledger.ledger import Ledger
from sync.ledger.sign_ins import USABLE_FOR, SignInMail

log = logging.getLogger(__name__)

MESSAGE = "messages/masuk.txt"
SENT = "tautan masuk dikirim"
"""In the trail."""
WAITED_FOR = timedelta(minutes=30)
"""So long somebody waits for a link; later it is of no use."""
PAUSE = timedelta(minutes=1)
IN_HAND = timedelta(minutes=10)
"""So long a mail may be on its way, of this worker or of another one of the cluster."""


@dataclass(eq=False)
class SignInMails:
    """`channel` is the one that letters leave by; `site`: where the dashboard is reached (`site.url`). A server that is away
    holds up a round once a minute, however many wait."""

    ledger: Ledger
    channel: Channel
    messages: Messages
    site: str
    office: Office
    clock: Callable[[], datetime]
    _away_until: datetime | None = None

    def keep(self) -> None:
        """After a round. Never raises."""
        try:
            with self.ledger.reading() as look:
                unsettled = look.sign_ins.unsettled()
            for mail in unsettled:
                if self._away_until is None or self.clock() >= self._away_until:
                    self._go_on(mail)
        except Mendable as error:  # the ledger's
            log.warning("sign-in links: %s", error.problems[0].name)
        except Exception:
            log.exception("sign-in links")

    def _go_on(self, mail: SignInMail) -> None:
        at = self.clock()
        if mail.next_try_at is not None and mail.next_try_at > at:
            return
        try:
            if mail.state is IntentState.SENDING:
                self._move(mail, IntentState.UNCERTAIN, settled_at=at)
            elif at - mail.asked_at >= WAITED_FOR:
                self._move(mail, IntentState.DROPPED)
            else:
                self._send(mail)
        except Overtaken as error:
            log.info("another worker has it: %s", error)

    def _send(self, mail: SignInMail) -> None:
        at, token = self.clock(), secrets.token_urlsafe(32)
        try:
            message = self._message(token)
            key = mail.key or self.channel.plan(
                reference=f"masuk-{secrets.token_hex(8)}", kind=Kind.LINK, attempt=1
            )
        except Exception as error:  # nothing has left
            self._failed(mail, error)
            return
        with self.ledger.begin() as tx:
            tx.sign_ins.keep_link(mail, token, at + USABLE_FOR)
            sending = tx.sign_ins.move(
                mail,
                IntentState.SENDING,
                key=key,
                attempts=mail.attempts + 1,
                next_try_at=at + IN_HAND,
            )
        try:
            self.channel.send(_intent(sending), message)
        except Exception as error:
            self._failed(sending, error)
            return
        with self.ledger.begin() as tx:
            at = self.clock()
            tx.sign_ins.move(sending, IntentState.DELIVERED, next_try_at=None, settled_at=at)
            tx.trail.add(at, mail.address, SENT)

    def _message(self, token: str) -> Message:
        """Raises Mendable."""
        link = f"{self.site.rstrip('/')}/petugas/masuk/{token}"
        minutes = int(USABLE_FOR.total_seconds() // 60)
        context = {
            "kantor": self.office.model_dump(),
            "tautan": link,
            "alamat_masuk": link,  # also where the pages are this machine's alone, without https
            "menit": minutes,
        }
        return Message(*self.messages.compose(Kind.LINK, context, template=MESSAGE), folder="")

    def _failed(self, mail: SignInMail, error: Exception) -> None:
        """Tried again for as long as somebody waits, where it certainly did not go."""
        if isinstance(error, Failure):
            log.warning("sign-in link %d: %s", mail.id, error.detail)
        elif isinstance(error, Mendable):
            log.warning("sign-in link %d: %s", mail.id, error.problems[0])
        else:
            log.exception("sign-in link %d", mail.id, exc_info=error)
        later = self.clock() + PAUSE
        if isinstance(error, TryAgain):
            self._away_until = later
        if mail.state is IntentState.PLANNED or isinstance(error, TryAgain):
            self._move(mail, IntentState.PLANNED, next_try_at=later)
        else:
            self._move(mail, IntentState.FAILED, next_try_at=None)

    def _move(self, mail: SignInMail, state: IntentState, **columns: Any) -> None:
        with self.ledger.begin() as tx:
            tx.sign_ins.move(mail, state, **columns)


def _intent(mail: SignInMail) -> Intent:
    return Intent.of_office(
        "masuk", Kind.LINK, "email", mail.key, mail.address, mail.state, mail.attempts
    )
