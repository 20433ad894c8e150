"""A ledger on each of the two databases, and who applies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.core.application import Application
from sync.ledger.applications import Arrival
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

ARRIVAL = Arrival(
    workflow="domisili",
    prefix="SKD",
    year=2026,
    answers={"NIK": "6402010101900001", "Nama Lengkap": "Citra"},
    fingerprint="f" * 32,
    submitted="46350.5",
    same_key="k1",
    name="Citra",
    email="citra@example.org",
    phone="",
    at=NOON,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "ledger.sqlite3")
    return str(request.getfixturevalue("new_postgresql_database"))


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger.open(url)
    yield ledger
    ledger.close()


def register(ledger: Ledger, **other: object) -> Application:
    with ledger.begin() as tx:
        return tx.applications.register(replace(ARRIVAL, **other))
