"""A worker's share of the work: all of it where it is alone, a claimed part where several machines serve one ledger
(cluster/). And where the letters' bytes lie: in the data folder, or in the ledger, which every machine reaches.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sync.core.application import Application
from sync.ledger.intents import IntentRecord
from sync.ledger.ledger import Ledger, Transaction
from sync.worker.durable_file import write_all_durably

PAGE = 100


class Share(Protocol):
    """What is this worker's to do, of one workflow."""

    def letters(self, ledger: Ledger, workflow: str, at: datetime) -> list[Application]:
        """The applications to make letters for; the oldest first."""
        ...

    def due(
        self, ledger: Ledger, workflow: str, at: datetime, after: tuple[int, int, int]
    ) -> list[IntentRecord]:
        """The intents to send, the next page after that one; none: no more now."""
        ...

    def interrupted(self, ledger: Ledger, workflow: str, at: datetime) -> list[IntentRecord]:
        """The intents to ask after: whoever was sending them was killed."""
        ...

    def sends(self, tx: Transaction, record: IntentRecord, at: datetime) -> None:
        """Just before the side effect. Raises Overtaken when it is no longer this worker's."""
        ...

    def write(self, data: Path, files: Mapping[str, bytes]) -> None:
        """Letters, by their paths in the data folder, before the ledger knows of them. Raises OSError."""
        ...

    def keep(self, tx: Transaction, application: Application, pdf: bytes) -> None:
        """In the transaction that records the letter."""
        ...


class Alone:
    """The one worker of its ledger; letters lie in its data folder."""

    def letters(self, ledger: Ledger, workflow: str, at: datetime) -> list[Application]:  # noqa: ARG002
        with ledger.reading() as look:
            return look.applications.awaiting_letter(workflow)

    def due(
        self, ledger: Ledger, workflow: str, at: datetime, after: tuple[int, int, int]
    ) -> list[IntentRecord]:
        with ledger.reading() as look:
            return look.intents.due(workflow, at, limit=PAGE, after=after)

    def interrupted(self, ledger: Ledger, workflow: str, at: datetime) -> list[IntentRecord]:
        with ledger.reading() as look:
            return look.intents.interrupted(workflow, at)

    def sends(self, tx: Transaction, record: IntentRecord, at: datetime) -> None:
        pass

    def write(self, data: Path, files: Mapping[str, bytes]) -> None:
        write_all_durably({data / path: content for path, content in files.items()})

    def keep(self, tx: Transaction, application: Application, pdf: bytes) -> None:
        pass
