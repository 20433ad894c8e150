"""The province's table: the figures that regencies reported, read now and then, whoever looks."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import Never
from sync.core.report.province import Regency
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.web.dashboard.province import AGAIN_AFTER_S, ANEW_AFTER_S, ProvinceTable
from tests.fakes.dashboard_door import PROVINCE
from tests.fakes.dashboard_site import TODAY, Dashboard, regencies
from tests.unit.web.test_dashboard import plain

SOME = regencies()


class Source:
    """Regencies that are read when the test lets them."""

    def __init__(self, found: Sequence[Regency] | Exception = SOME) -> None:
        self.found, self.times = found, 0
        self.may, self.done = threading.Event(), threading.Semaphore(0)
        self.may.set()
        self.ticks = 0.0
        self.table = ProvinceTable(self.read, lambda: self.ticks, patience_s=5)

    def read(self) -> Sequence[Regency]:
        self.times += 1
        assert self.may.wait(5)
        try:
            if isinstance(self.found, Exception):
                raise self.found
            return self.found
        finally:
            self.done.release()

    def settled(self) -> None:
        """The reading in hand has ended."""
        assert self.done.acquire(timeout=5)
        with self.table._changed:
            assert self.table._changed.wait_for(lambda: not self.table._reading, 5)


def test_whoever_asks_first_waits_for_it_and_the_others_cost_nothing() -> None:
    source = Source()
    for _ in range(20):
        assert source.table.look().regencies == SOME
    source.ticks += ANEW_AFTER_S - 1
    source.table.look()
    assert source.times == 1


def test_it_is_read_anew_behind_what_was_read_before() -> None:
    """Nobody waits for Google who can be shown something."""
    source = Source()
    source.table.look()
    source.settled()
    source.may.clear()
    source.found = SOME[:1]
    source.ticks += ANEW_AFTER_S
    for _ in range(5):
        assert source.table.look().regencies == SOME
    source.may.set()
    source.settled()
    assert source.table.look().regencies == SOME[:1]
    assert source.times == 2


def test_a_reading_that_takes_long_is_told_as_such() -> None:
    source = Source()
    source.table.patience_s = 0.01
    source.may.clear()
    assert source.table.look().regencies is None
    source.may.set()
    source.settled()
    assert source.table.look().regencies == SOME


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Mendable.one("x", where="sheet A", found="rusak", allowed="utuh"), "sheet A"),
        (Never("Google menolak."), "Google menolak."),
        (RuntimeError("secret detail"), "belum dapat dibaca"),
    ],
    ids=["mendable", "failure", "bug"],
)
def test_what_was_read_stays_while_it_cannot_be_read_again(error: Exception, said: str) -> None:
    source = Source()
    source.table.look()
    source.settled()
    source.found = error
    source.ticks += ANEW_AFTER_S
    source.table.look()
    source.settled()
    read = source.table.look()
    assert read.regencies == SOME
    assert said in read.problem
    assert "secret" not in read.problem
    source.found = SOME
    source.ticks += AGAIN_AFTER_S
    source.table.look()
    source.settled()
    assert source.table.look().problem == ""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Dashboard]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield Dashboard(ledger, tmp_path, regencies=SOME)
    ledger.close()


def test_the_table_is_the_reports(office: Dashboard) -> None:
    """Who has not reported is named and adds nothing; a remark from elsewhere is data."""
    page = office.visitor(PROVINCE).reads("/petugas/provinsi").text
    told = plain(page)
    assert "Suket belum dicetak 10.499 dari 1 di antara 2 kabupaten/kota" in told
    assert "Belum melapor: Kab. Contoh Utara (terakhir 23 November 2026)" in told
    assert "Kota Contoh 4.200 10.499 −60 −420 175 hari 6 5 120 110 95 4" in told
    assert "<b>printer" not in page
    assert "&lt;b&gt;printer 6" in page


def test_another_day_can_be_looked_at(office: Dashboard) -> None:
    visitor = office.visitor(PROVINCE)
    told = plain(visitor.reads("/petugas/provinsi?hari=2026-11-23").text)
    assert "Senin, 23 November 2026" in told
    assert "Suket belum dicetak 18.679 dari 2 di antara 2" in told
    for day in ("2026-11-16", "2026-11-25", "kemarin", "9999-12-31"):
        assert visitor.reads(f"/petugas/provinsi?hari={day}").status == 404


def test_in_the_morning_it_is_yesterdays(office: Dashboard) -> None:
    """Nobody has reported yet: the last day of which something is known."""
    office.regencies = [
        Regency(one.name, {day: line for day, line in one.lines.items() if day < TODAY})
        for one in SOME
    ]
    assert "Senin, 23 November 2026" in plain(
        office.visitor(PROVINCE).reads("/petugas/provinsi").text
    )
    office.regencies = [Regency("Kab. Contoh Utara", problems=("Sheet tidak terbaca.",))]
    told = plain(office.visitor(PROVINCE).reads("/petugas/provinsi").text)
    assert "Selasa, 24 November 2026" in told
    assert "Kab. Contoh Utara: Sheet tidak terbaca." in told
