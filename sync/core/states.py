"""The states of an application and the one table of what may follow what.

The labels are what officers read in the sheet. A change that the table does not allow raises: no caller
decides that for itself. docs/states.md shows the same table, and a test compares the two.
"""

from enum import StrEnum


class State(StrEnum):
    """Where an application stands. The value is what the ledger keeps."""

    RECEIVED = "received"  # the row was read and has its reference
    NEEDS_FIXING = "needs_fixing"  # the applicant was told what to mend
    IN_REVIEW = "in_review"  # complete; an officer decides
    APPROVED = "approved"  # decided, and the letter has its number
    DELIVERING = "delivering"  # the letter is being made and sent, or waits for quota or a retry
    UNCERTAIN = "uncertain"  # it cannot be known whether the letter went out: an officer chooses
    FAILED = "failed"  # no automatic retry is left; the row says why
    DELIVERED = "delivered"  # every channel has its receipt
    REJECTED = "rejected"  # the officer said no, with a reason
    CANCELLED = "cancelled"  # withdrawn


LABELS: dict[State, str] = {
    State.RECEIVED: "Diterima",
    State.NEEDS_FIXING: "Perlu perbaikan",
    State.IN_REVIEW: "Menunggu petugas",
    State.APPROVED: "Disetujui",
    State.DELIVERING: "Sedang dikirim",
    State.UNCERTAIN: "Perlu dicek",
    State.FAILED: "Gagal kirim",
    State.DELIVERED: "Selesai",
    State.REJECTED: "Ditolak",
    State.CANCELLED: "Dibatalkan",
}

LABEL_QUEUED = "Antre kirim"  # DELIVERING while the day's mail quota is used up

TRANSITIONS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.NEEDS_FIXING, State.IN_REVIEW, State.APPROVED}),
    State.NEEDS_FIXING: frozenset({State.RECEIVED, State.CANCELLED}),
    State.IN_REVIEW: frozenset(
        {State.APPROVED, State.REJECTED, State.NEEDS_FIXING, State.CANCELLED}
    ),
    # Answers changed before the letter was made: the decision is void (docs/decisions/0003).
    State.APPROVED: frozenset({State.DELIVERING, State.IN_REVIEW}),
    State.DELIVERING: frozenset({State.DELIVERED, State.UNCERTAIN, State.FAILED}),
    State.UNCERTAIN: frozenset({State.DELIVERED, State.DELIVERING}),
    State.FAILED: frozenset({State.DELIVERING, State.IN_REVIEW}),
    State.DELIVERED: frozenset({State.DELIVERING}),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
}

WANTS_ITS_ROW = (State.NEEDS_FIXING, State.IN_REVIEW, State.UNCERTAIN, State.FAILED)
"""Somebody has to see the row to go on; an application in another state goes on, or has ended, without it."""

AT_REST: frozenset[State] = frozenset(
    {State.DELIVERED, State.NEEDS_FIXING, State.REJECTED, State.CANCELLED}
)

WITH_OFFICE = tuple(state for state in State if state not in AT_REST)
"""An application waits for the office: its officers, or its counter."""


class Forbidden(ValueError):
    """A change of state that the table does not allow: a mistake in the program, never in the sheet."""


def ensure_allowed(now: State, then: State) -> None:
    """Raises Forbidden when the table does not allow `now` → `then`."""
    if then not in TRANSITIONS[now]:
        raise Forbidden(f"{now} may not become {then}; allowed: {sorted(TRANSITIONS[now])}")
