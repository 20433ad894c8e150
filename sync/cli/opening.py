"""What every verb opens from a root's settings: the ledger, and the way to Google."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sync.cli.root import Root, unwritable
from sync.cli.tenant import schema_of

if TYPE_CHECKING:
    from sync.google.transport import Transport
    from sync.ledger.ledger import Ledger


def now() -> datetime:
    return datetime.now(UTC)


def open_ledger(root: Root) -> "Ledger":
    """Raises Mendable when it can't be opened."""
    from sync.ledger.ledger import Ledger

    if not root.settings.ledger.url:
        try:
            root.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(root.data, error) from error
    return Ledger.open(ledger_url(root))


def ledger_url(root: Root) -> str:
    from sync.ledger.engine import in_schema, sqlite_url

    url = root.settings.ledger.url or sqlite_url(root.data / "ledger.sqlite3")
    return in_schema(url, schema_of(root.tenant)) if root.tenant else url


def open_transport(
    root: Root,
    *,
    timeout_s: float | None = None,
    attempts: int | None = None,
    reserve: Callable[[str], float] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> "Transport":
    """The way to Google; without limits of its own those of the settings. Raises Mendable for the key's file."""
    from sync.google.credentials import load_credentials
    from sync.google.transport import Transport

    google = root.settings.google
    credentials = load_credentials(
        root.folder / google.credentials,
        subject=google.subject,
        endpoint=google.endpoint,
        gmail=root.settings.mail.via == "gmail",
    )
    return Transport(
        credentials,
        endpoint=google.endpoint,
        timeout_s=timeout_s or google.timeout_s,
        attempts=attempts or google.attempts,
        calls_a_minute=google.calls_per_minute,
        reserve=reserve,
        sleep=sleep,
    )
