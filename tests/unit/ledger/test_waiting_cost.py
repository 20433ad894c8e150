"""What the dashboard asks reads no table from one end to the other, however much the ledger holds."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from sync.core.dashboard.wanted import STANDING, Which
from sync.core.states import State
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.fakes.dashboard_site import Dashboard

PAGES = ("/petugas", "/petugas/grafik/harian.svg", "/petugas/grafik/umur.svg")
LARGE = ("applications", "events", "intents", "places")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Dashboard]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    office = Dashboard(ledger, tmp_path)
    office.came(State.DELIVERED, row=2, ago=timedelta(hours=1), took=timedelta(minutes=5))
    office.came(row=3)
    yield office
    ledger.close()


def plans(office: Dashboard, path: str) -> list[str]:
    """How SQLite finds what a page asks for, a line for each table."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _x: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    engine = office.ledger._engine
    visitor = office.visitor()
    event.listen(engine, "before_cursor_execute", note)
    assert visitor.reads(path).status == 200
    event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        return [line for one in asked for line in _plan(connection, *one)]


def _plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in found]


def scanned(lines: list[str]) -> list[str]:
    """Tables that are read whole. An index of two short columns may be: it is a hundredth of the table."""
    return [
        line
        for line in lines
        for table in LARGE
        if line.startswith(f"SCAN {table}") and "USING COVERING INDEX" not in line
    ]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_no_table_whole(office: Dashboard, path: str) -> None:
    assert scanned(plans(office, path)) == []


@pytest.mark.parametrize("service", ["", "&layanan=domisili"])
@pytest.mark.parametrize("which", Which)
def test_a_list_reads_no_table_whole(office: Dashboard, which: Which, service: str) -> None:
    ages = [""] if which not in STANDING else ["", "&umur=4-7"]
    for age in ages:
        lines = plans(office, f"/petugas/daftar?keadaan={which}{age}{service}")
        assert scanned(lines) == []
        assert [line for line in lines if "applications" in line]


def test_without_its_index_a_page_would_be_told(office: Dashboard) -> None:
    with office.ledger.beginning() as (_, connection):
        connection.execute(text("DROP INDEX ix_events_at"))
    assert scanned(plans(office, "/petugas")) == ["SCAN events"]
