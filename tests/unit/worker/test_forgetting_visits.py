"""The worker's housekeeping: what is known of the dashboard's visitors does not stay for ever."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.sign_ins import Session
from sync.ledger.trail import KEPT_FOR
from sync.worker.retention import REST, Leftovers, Retention

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def nobody() -> Any:
    raise AssertionError("nothing is to be taken away")


@pytest.mark.parametrize(
    ("later", "sessions", "lines"),
    [(REST, 0, 1), (KEPT_FOR, 0, 1), (KEPT_FOR + timedelta(seconds=1), 0, 0), (-REST, 1, 1)],
)
def test_sessions_and_the_trail_end_by_their_terms(
    tmp_path: Path, later: timedelta, sessions: int, lines: int
) -> None:
    """Also in an office that keeps its applications for ever."""
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    with ledger.begin() as tx:
        tx.sign_ins.begin("token", Session("kepala@contoh.go.id", "head"), NOON)
        tx.trail.add(NOON, "kepala@contoh.go.id", "masuk")
    leftovers = Leftovers(ledger, tmp_path, drive=nobody, copies=nobody)
    Retention([], leftovers, 14, lambda: NOON + later, Event()).keep()
    with ledger.reading() as look:
        assert (look.sign_ins.session("token", NOON) is not None) == bool(sessions)
        assert len(look.trail.last(9)) == lines
    ledger.close()
