"""What the checks share: the office's folder, its workflows, the ledger as it is, and one way to Google."""

import time
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sync.cli.root import Root

if TYPE_CHECKING:
    from sync.core.settings import Settings
    from sync.core.workflow.model import Workflow
    from sync.google.probe import Account, Door
    from sync.google.sheet_check import SheetFacts
    from sync.google.transport import Transport
    from sync.ledger.ledger import Ledger

ANSWER_S = 6
"""So long an answer of Google's is waited for; a call is tried twice, within the time of a check."""


class Case:
    """Closed by `with`. What is asked for first by one check is there for those that need it (examination.py)."""

    def __init__(self, office: Root, at: datetime) -> None:
        self.office = office
        self.at = at
        self.sheets: dict[str, SheetFacts] = {}  # by id, once it was reached
        self.titles: dict[str, list[str]] = {}  # row 1 by workflow
        self._stack = ExitStack()

    def __enter__(self) -> "Case":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def settings(self) -> "Settings":
        return self.office.settings

    @cached_property
    def workflows(self) -> "list[Workflow]":
        """Those that can be read."""
        return self.office.workflows()[0]

    @cached_property
    def ledger(self) -> "Ledger | None":
        """None where there is none yet. Raises Mendable."""
        from sync.cli.wiring import ledger_url
        from sync.ledger.probe import open_to_look

        ledger = open_to_look(ledger_url(self.office))
        if ledger is not None:
            self._stack.callback(ledger.close)
        return ledger

    @cached_property
    def transport(self) -> "Transport":
        """Raises Mendable when the key's file is of no use."""
        from sync.cli.wiring import open_transport

        transport = open_transport(
            self.office,
            timeout_s=ANSWER_S,
            attempts=2,
            sleep=lambda asked_s: time.sleep(min(asked_s, 1)),
        )
        self._stack.callback(transport.close)
        return transport

    @cached_property
    def door(self) -> "Door":
        from sync.google.probe import Door

        door = Door(direct=bool(self.settings.google.endpoint))
        self._stack.callback(door.close)
        return door

    @cached_property
    def account(self) -> "Account":
        """Who signs in to Google. Raises Mendable and Failure."""
        from sync.google.probe import account

        return account(self.transport)

    @property
    def is_service_account(self) -> bool:
        """One that acts for nobody: it can own no file outside a shared drive."""
        google = self.settings.google
        return not google.subject and hasattr(self.transport.credentials, "service_account_email")
