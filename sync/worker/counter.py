"""One counter: everything that the cycle of one workflow works with. Made in cli/wiring.py, or by a test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sync.core.application import Application
from sync.core.delivery import Channel
from sync.core.desk import Desk
from sync.core.officer_file import DriveLink
from sync.core.outcomes import Never
from sync.core.settings import Settings
from sync.core.survey import Reach
from sync.core.workflow.model import Workflow
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger
from sync.letter.press import Letterpress
from sync.worker.clock_watch import ClockWatch
from sync.worker.duty import OnDuty, Unshared
from sync.worker.share import Alone, Share


class Signature(Protocol):
    """The office's own, on every letter: letter.signature.OfficeSignature."""

    def sign(self, pdf: bytes, at: datetime) -> bytes:
        """Raises LetterFailed: no letter goes out unsigned."""
        ...


class Tally(NamedTuple):
    """How many letters, messages or rows were tried, how many succeeded, and what was the matter, for people.

    `more`: the turn was over before all was done.
    """

    tried: int
    done: int
    trouble: str = ""
    more: bool = False


NOTHING = Tally(0, 0)


def no_drive(_link: DriveLink) -> bytes:
    """Where no officer's file can be fetched."""
    raise Never("Berkas Petugas tidak dapat diambil: Loket ini tidak memakai Drive.")


@dataclass(slots=True)
class Counter:
    """`clock` gives aware moments. `mending_link` gives the form's address for answering again, with the reference
    filled in ("" where there is none); it may raise a Failure. `stop` is set when the worker should finish the step in hand and end.
    `fetch_file` gives the bytes of an officer's file in Drive; it raises Never or TryAgain.
    `away` counts the failures in a row of each channel; `asked_at`: when those that can be were asked what arrived.
    `chat_link` gives the text of the column "Kirim WA"; None: there is no such column."""

    workflow: Workflow
    settings: Settings
    ledger: Ledger
    desk: Desk
    press: Letterpress
    channels: Mapping[str, Channel]
    messages: Messages
    data: Path
    clock: Callable[[], datetime]
    mending_link: Callable[[str], str] = lambda _reference: ""
    fetch_file: Callable[[DriveLink], bytes] = no_drive
    stop: Event = field(default_factory=Event)
    prepared: bool = False
    duty: OnDuty = field(default_factory=Unshared)
    away: dict[str, int] = field(default_factory=dict)
    asked_at: datetime | None = None
    chat_link: Callable[[Application], str] | None = None
    clock_watch: ClockWatch = field(default_factory=ClockWatch)
    share: Share = field(default_factory=Alone)
    signature: Signature | None = None
    reach: Reach = field(default_factory=Reach)
    surveyed_at: datetime | None = None

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.office.timezone)

    @property
    def today(self) -> date:
        """The office's date."""
        return self.clock().astimezone(self.timezone).date()

    @property
    def office(self) -> dict[str, Any]:
        """What letters and messages know as `kantor`: the names are those of settings.yaml."""
        return self.settings.office.model_dump()
