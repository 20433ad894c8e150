"""An application as the ledger keeps it, and one thing that happened to it. Plain values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sync.core.desk import Cell
from sync.core.states import State


@dataclass(frozen=True, slots=True)
class Application:
    """One application. All moments are aware and in UTC.

    `answers` are those that the last decision is about; `fingerprint` and `submitted` are what its row held when
    it was last read, so they differ from the answers' once a row was edited after its letter had been made.
    `decision_seen` is the officer's decision that was dealt with last, "" when the cell was empty since.
    `queued` says that its delivery waits for tomorrow's quota, `placed` that its reference was seen in the sheet,
    `missing_at` since when no row of the sheet is its own. `approved_on` is the office's date then, the letter's own.
    `erased_at` says that the answers, addresses and notes are gone, and the name with them where no letter was issued.
    """

    id: int
    reference: str
    workflow: str
    state: State
    answers: dict[str, Cell]
    fingerprint: str
    submitted: str
    name: str
    email: str
    phone: str
    note: str
    decision_seen: str
    officer_note: str
    letter_number: str
    approved_at: datetime | None
    link: str
    queued: bool
    placed: bool
    received_at: datetime
    updated_at: datetime
    missing_at: datetime | None = None
    approved_on: date | None = None
    erased_at: datetime | None = None


def sender_of(email: str, phone: str) -> str:
    """Who sent an application, however the address was written; "" when nobody can tell."""
    return email.casefold() or phone


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about an application, never changed afterwards. `detail` holds no citizen's data."""

    at: datetime
    kind: str
    detail: dict[str, Any] = field(default_factory=dict)
