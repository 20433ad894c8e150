"""Readings that come late: they register nothing twice, undo nothing, send nothing again and hide no row."""

import pytest

from sync.core.desk import DeskReading
from sync.worker.write_back import write_back
from tests.unit.worker.conftest import CITRA, DONI, SHORT_AND_LONG, World
from tests.unit.worker.rows_world import (
    all_applications,
    delivered,
    event_kinds,
    letters_to,
    note,
    status,
)

pytestmark = SHORT_AND_LONG


def late(world: World, monkeypatch: pytest.MonkeyPatch, reading: DeskReading) -> None:
    """The next full reading is this older one."""
    real = world.desk.read
    readings = [reading]
    monkeypatch.setattr(world.desk, "read", lambda: readings.pop() if readings else real())
    world.desk.changes += 1


def test_a_late_reading_reports_no_row_as_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading is older than the row: a second look is taken before anybody is alarmed."""
    world.applies(DONI)
    world.cycle()
    before = world.desk.read()
    citra = world.applies(CITRA)
    world.cycle()
    late(world, monkeypatch, before)
    assert world.cycle().notice == ""
    assert event_kinds(world, world.application(citra)).count("row_missing") == 0


def test_a_late_reading_registers_no_row_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows the row as it was before the reference stood there, and before the applicant edited it."""
    row = world.applies(CITRA)
    first = world.desk.read()
    world.cycle()
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle(2)
    late(world, monkeypatch, first)
    world.cycle(2)
    (application,) = all_applications(world)
    assert application.answers["Alamat"] == "Jl. Baru 9"
    assert event_kinds(world, application).count("answers_changed") == 1


def test_a_late_reading_does_not_make_an_old_decision_new(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A void approval must not come true because a reading from before it was typed came in between."""
    row = world.applies(CITRA)
    world.cycle()
    early = world.desk.read()
    world.decides(row, "Setujui")
    world.edits(row, Alamat="Jl. Baru 9")
    world.cycle()
    assert "tidak berlaku" in note(row)
    late(world, monkeypatch, early)
    world.cycle(2)
    assert status(row) == "Menunggu petugas"
    assert not world.email.arrived


def test_a_late_reading_sends_nothing_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kirim ulang was dealt with and emptied; a reading in which it still stands asks for nothing."""
    row = delivered(world)
    world.decides(row, "Kirim ulang")
    world.cycle()
    early = world.desk.read()
    world.decides(row, "")
    world.cycle()
    sent = len(letters_to(world))
    late(world, monkeypatch, early)
    world.cycle(3)
    assert len(letters_to(world)) == sent == 2


def test_write_back_of_a_late_reading_touches_no_moved_row(world: World) -> None:
    """The rows were sorted since: what is written goes to whom it belongs."""
    citra, doni = world.applies(CITRA), world.applies(DONI)
    world.cycle()
    early = world.desk.read()
    world.decides(citra, "Setujui")
    world.cycle()
    world.desk.rows.reverse()
    write_back(world.counter(), early)
    assert (status(citra), status(doni)) == ("Selesai", "Menunggu petugas")


def test_a_late_reading_with_nothing_after_it_hides_no_row(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drive says that the sheet changed, the values are still the old ones, and nobody touches the sheet again."""
    world.applies(CITRA)
    world.cycle(times=3)
    before = world.desk.read()
    doni = world.applies(DONI)
    with monkeypatch.context() as late:
        late.setattr(world.desk, "read", lambda: before)
        world.cycle()
    world.cycle(times=3)
    assert status(doni) == "Menunggu petugas"
