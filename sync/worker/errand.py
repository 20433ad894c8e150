"""What is done for the office after a round of cycles, and mailed to it: once a minute at most, by who serves the counter.

Promise: `keep` never raises; what broke is told in the tab "Loket" until it went well again.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from sync.core.board import Matter
from sync.core.mendable import Mendable
from sync.ledger.applications import Overtaken
from sync.worker.office_mail import OfficeMails

log = logging.getLogger(__name__)

REST = timedelta(minutes=1)
REMEDY = "Perbaiki yang disebut; Loket melanjutkan sendiri."


class OnDuty(Protocol):
    @property
    def held(self) -> bool: ...


class Errand(ABC):
    """`what` begins the sentences about it."""

    what: ClassVar[str]
    mails: OfficeMails
    clock: Callable[[], datetime]
    duty: OnDuty
    trouble: str = ""
    _looked_at: datetime | None = None
    _undelivered: Sequence[Matter] = ()

    @abstractmethod
    def go(self, at: datetime) -> None:
        """What comes before the mail. It may raise anything; Mendable is the ledger's."""

    def keep(self) -> None:
        at = self.clock()
        if self._looked_at is not None and abs(at - self._looked_at) < REST:
            return
        if not self.duty.held:
            return
        self._looked_at = at
        try:
            self.go(at)
            self.mails.send_due()
            self._undelivered = self.mails.matters()
        except Overtaken as error:
            log.info("%s: another worker has it: %s", self.what, error)
        except Mendable as error:
            log.warning("%s: %s", self.what, error.problems[0].name)
            self.broke(f"{self.what} tertunda. {error.problems[0]}")
        except Exception:
            log.exception("%s", self.what)
            self.broke(f"{self.what} terhenti oleh kesalahan program; lihat data/log.")

    def broke(self, trouble: str) -> None:
        self.trouble = trouble

    def matters(self) -> list[Matter]:
        """For the tab "Loket"."""
        own = [Matter(self.trouble, REMEDY)] if self.trouble else []
        return [*own, *self._undelivered]
