"""The mail quota is planned: who waits, in which order, and that waiting costs nobody a letter."""

from datetime import timedelta
from threading import Event

import pytest

from sync.core.outcomes import CannotKnow, Failure, Never, QuotaUsedUp, TryAgain
from sync.core.recovery import number_in
from sync.worker.cycle import CycleReport, run_cycle
from sync.worker.loop import run_for_ever
from sync.worker.turn import Turn
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World
from tests.unit.worker.test_cycle import status


def approved(world: World, *names: str) -> list[SheetRow]:
    """Rows whose approval was typed and not yet read; mail goes to <name>@example.org."""
    world.workflow |= {"deliver": ["email"], "duplicates": None}
    rows = [world.applies({**CITRA, "Alamat Email": f"{name}@example.org"}) for name in names]
    world.cycle()
    for row in rows:
        world.decides(row, "Setujui")
    return rows


def served(world: World) -> list[str]:
    return [intent.address.split("@")[0] for intent, _ in world.email.arrived]


def with_quota(world: World, per_day: int) -> None:
    mail = world.settings.mail.model_copy(update={"per_day": per_day})
    world.settings = world.settings.model_copy(update={"mail": mail})


def days_pass(world: World, days: int) -> None:
    for _ in range(days * 24):
        world.now += timedelta(hours=1)
        world.cycle()


def test_nobody_overtakes_those_who_wait_for_quota(world: World) -> None:
    """Who was approved while others queued is served after them, over as many days as it takes."""
    with_quota(world, 2)
    approved(world, "a", "b", "c", "d")
    world.cycle()
    assert served(world) == ["a", "b"]
    late = approved(world, "e", "f")
    world.cycle()
    assert [status(row) for row in late] == ["Antre kirim", "Antre kirim"]
    assert "dilanjutkan besok" in late[0].system["note"]
    days_pass(world, 4)
    assert served(world) == ["a", "b", "c", "d", "e", "f"]
    assert {status(row) for row in world.desk.rows} == {"Selesai"}


def test_a_waiting_queue_costs_one_look_an_hour(world: World) -> None:
    """The row says it once; the sheet is not read in every cycle because somebody waits."""
    with_quota(world, 1)
    approved(world, "a", "b", "c")
    world.cycle(times=3)
    reads = world.desk.reads
    report = world.cycle(times=30)
    assert report.idle
    assert world.desk.reads == reads


def test_a_providers_quota_never_uses_up_the_retries(world: World) -> None:
    """A week of "daily limit exceeded" is a week in the queue, not Gagal kirim after 48 hours."""
    rows = approved(world, "a", "b", "c")
    world.email.failures = [QuotaUsedUp("Kuota email kantor hari ini habis.") for _ in range(1000)]
    world.cycle()
    assert len(world.email.failures) == 999  # one refusal speaks for all
    assert [status(row) for row in rows] == ["Antre kirim"] * 3
    days_pass(world, 7)
    assert [status(row) for row in rows] == ["Antre kirim"] * 3
    assert len(world.email.failures) > 1000 - 24 * 8
    world.email.failures = []
    days_pass(world, 1)
    assert served(world) == ["a", "b", "c"]


def test_a_quota_that_was_made_larger_serves_the_queue_within_the_hour(world: World) -> None:
    with_quota(world, 1)
    approved(world, "a", "b", "c")
    world.cycle()
    with_quota(world, 100)
    world.now += timedelta(hours=1)
    world.cycle()
    assert served(world) == ["a", "b", "c"]


def test_a_dead_mail_server_costs_one_attempt_a_cycle(world: World) -> None:
    """Three failures in a row tell it; from then on one letter a cycle asks whether it is back."""
    approved(world, *"abcdefghij")
    world.email.failures = [TryAgain("Server email tidak menjawab.") for _ in range(100)]
    counter = world.counter()
    run_cycle(counter)
    assert len(world.email.failures) == 97
    world.now += timedelta(minutes=10)
    run_cycle(counter)
    assert len(world.email.failures) == 96
    world.email.failures = []
    world.now += timedelta(hours=2)
    run_cycle(counter)
    assert sorted(served(world)) == list("abcdefghij")


def test_a_turn_ends_so_that_other_services_have_theirs(world: World) -> None:
    """What is left is not forgotten: the report asks for another cycle at once."""
    rows = approved(world, *"abcd")
    counter = world.counter()
    report = run_cycle(counter, turn_s=0.0)
    assert report.more
    assert not report.at_rest
    assert served(world) == []
    report = run_cycle(counter)
    assert not report.more
    assert [status(row) for row in rows] == ["Selesai"] * 4


def test_a_turn_is_over_after_its_seconds_or_when_the_worker_stops(world: World) -> None:
    now = 100.0
    stop = world.counter().stop
    turn = Turn(stop, 60, clock=lambda: now)
    assert not turn.over()
    now = 160.0
    assert turn.over()
    endless = Turn(stop, clock=lambda: now)
    assert not endless.over()
    stop.set()
    assert endless.over()


def test_more_to_do_is_done_at_once_and_not_an_interval_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three thousand letters are not sent a minute's worth every fifteen seconds."""
    monkeypatch.setattr("sync.worker.loop.TURN_S", 0.0)
    stop = Event()
    rounds = []

    def after_round(reports: list[CycleReport]) -> None:
        rounds.append(reports)
        if len(rounds) == 2:
            monkeypatch.setattr("sync.worker.loop.TURN_S", 60.0)
        if len(rounds) == 3:
            stop.set()

    approved(world, "a", "b")
    counter = world.counter()
    run_for_ever([counter], lambda _r: None, interval_s=600, stop=stop, after_round=after_round)
    assert [reports[0].more for reports in rounds] == [True, True, False]
    assert served(world) == ["a", "b"]


@pytest.mark.parametrize(
    ("failure", "label"),
    [
        (QuotaUsedUp("Kuota email kantor hari ini habis."), "Antre kirim"),
        (TryAgain("Server email tidak menjawab."), "Sedang dikirim"),
        (CannotKnow("Sambungan terputus."), "Perlu dicek"),
        (Never("Kotak surat penuh."), "Gagal kirim"),
        (None, "Selesai"),
    ],
)
def test_every_row_with_a_letter_names_its_number(
    world: World, failure: Failure | None, label: str
) -> None:
    """When the ledger is lost, the sheet alone tells which numbers are taken."""
    [row] = approved(world, "a")
    world.email.failures = [failure] if failure else []
    world.cycle()
    assert status(row) == label
    assert number_in(row.system) == world.application(row).letter_number != ""
