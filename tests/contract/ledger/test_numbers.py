"""Letter numbers: consecutive within their series and year, never twice, never skipped, on both databases."""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sync.ledger.ledger import Ledger
from tests.contract.ledger.conftest import register

SPAWN = multiprocessing.get_context("spawn")


def take(ledger: Ledger, application_id: int, workflow: str = "domisili", **series: object) -> int:
    with ledger.begin() as tx:
        return tx.numbers.take_letter(workflow, 2026, application_id, **series)


def taken(ledger: Ledger, series: str = "domisili", year: int = 2026) -> list[int]:
    with ledger.reading() as look:
        return look.numbers.letters(series, year)


def ids(ledger: Ledger, count: int, **other: object) -> list[int]:
    return [register(ledger, **other).id for _ in range(count)]


def test_a_rolled_back_approval_leaves_no_gap_in_the_letter_numbers(ledger: Ledger) -> None:
    """The number is taken in the approval's own transaction: a crash gives neither a gap nor a repeat."""
    first, second, third = ids(ledger, 3)
    assert take(ledger, first) == 1
    with pytest.raises(RuntimeError), ledger.begin() as tx:  # noqa: PT012
        tx.numbers.take_letter("domisili", 2026, second)
        raise RuntimeError("power cut")
    assert take(ledger, third) == 2
    assert taken(ledger) == [1, 2]


def test_an_application_keeps_its_letter_number_when_it_is_approved_again(ledger: Ledger) -> None:
    """A void decision and a second approval do not use up a second number, whatever the workflow says by then."""
    [application] = ids(ledger, 1)
    assert take(ledger, application) == 1
    assert take(ledger, application, series="umum", first=124) == 1
    assert taken(ledger, "umum") == []


def test_a_year_begins_with_the_first_serial_it_was_given(ledger: Ledger) -> None:
    """An office moves in mid-year; next January begins with 1 again."""
    numbers = [take(ledger, one, first=124) for one in ids(ledger, 3)]
    assert numbers == [124, 125, 126]
    [next_year] = ids(ledger, 1)
    with ledger.begin() as tx:
        assert tx.numbers.take_letter("domisili", 2027, next_year) == 1


@pytest.mark.parametrize(("first", "following"), [(1, 126), (50, 126), (126, 126), (300, 300)])
def test_a_start_that_is_changed_never_gives_a_number_again(
    ledger: Ledger, first: int, following: int
) -> None:
    """Lower: what was given stays given. Higher: the office said so."""
    one, other, third = ids(ledger, 3)
    assert [take(ledger, one, first=124), take(ledger, other, first=124)] == [124, 125]
    assert take(ledger, third, first=first) == following


def test_workflows_of_one_series_count_together(ledger: Ledger) -> None:
    """One agenda for all letters of the office; a workflow outside of it counts for itself."""
    numbers = [
        take(ledger, one, workflow, series="umum")
        for one, workflow in zip(ids(ledger, 4), ("domisili", "pindah") * 2, strict=True)
    ]
    assert numbers == [1, 2, 3, 4]
    assert taken(ledger, "umum") == [1, 2, 3, 4]
    [alone] = ids(ledger, 1)
    assert take(ledger, alone, "suket") == 1


def test_a_workflow_that_changes_its_series_meets_none_of_its_own_numbers_again(
    ledger: Ledger,
) -> None:
    """Into a series that has not counted as far, and out of it again."""
    numbers = [take(ledger, one) for one in ids(ledger, 3)]
    numbers += [take(ledger, one, series="umum") for one in ids(ledger, 2)]
    numbers += [take(ledger, one) for one in ids(ledger, 2)]
    assert numbers == [1, 2, 3, 4, 5, 6, 7]


def _take_all(url: str, wanted: Sequence[int], series: str) -> None:
    """A worker: now and then an approval is rolled back and tried again."""
    ledger = Ledger.open(url)
    chance = random.Random(wanted[0])
    for application_id in wanted:
        while True:
            try:
                with ledger.begin() as tx:
                    workflow = f"layanan-{wanted[0]}" if series else "domisili"
                    tx.numbers.take_letter(workflow, 2026, application_id, series=series)
                    if chance.random() < 0.3:
                        raise RuntimeError("power cut")
                break
            except RuntimeError:
                continue
    ledger.close()


@pytest.mark.parametrize(
    ("kind", "series"), [("threads", ""), ("threads", "umum"), ("processes", "umum")]
)
def test_many_workers_take_consecutive_numbers(
    ledger: Ledger, url: str, kind: str, series: str
) -> None:
    """No number twice and none skipped, whoever writes and rolls back at the same time."""
    wanted = ids(ledger, 40)
    make: Callable[..., threading.Thread | multiprocessing.Process] = (
        threading.Thread if kind == "threads" else SPAWN.Process
    )
    workers = [make(target=_take_all, args=(url, wanted[n::4], series)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
        assert getattr(worker, "exitcode", 0) == 0
    assert taken(ledger, series or "domisili") == list(range(1, 41))


def _take_and_hold(url: str, application_id: int, sign: Path) -> None:
    """Takes a number, says so, and never comes to the commit."""
    ledger = Ledger.open(url)
    with ledger.begin() as tx:
        tx.numbers.take_letter("domisili", 2026, application_id)
        sign.touch()
        time.sleep(600)


def test_a_worker_that_is_killed_within_an_approval_leaves_no_gap(
    ledger: Ledger, url: str, tmp_path: Path
) -> None:
    """SIGKILL between taking the number and the commit, again and again, while another worker waits for its turn."""
    wanted = ids(ledger, 6)
    for killed in range(3):
        sign = tmp_path / f"taken-{killed}"
        victim = SPAWN.Process(target=_take_and_hold, args=(url, wanted[killed], sign))
        victim.start()
        for _ in range(600):
            if sign.exists():
                break
            time.sleep(0.05)
        assert sign.exists()
        waiting = threading.Thread(target=take, args=(ledger, wanted[3 + killed]))
        waiting.start()
        victim.kill()
        victim.join(10)
        waiting.join(30)
        assert not waiting.is_alive()
    assert taken(ledger) == [1, 2, 3]
    assert [take(ledger, one) for one in wanted[:3]] == [4, 5, 6]


def _take_until_killed(url: str, wanted: Sequence[int]) -> None:
    ledger = Ledger.open(url)
    for application_id in wanted:
        take(ledger, application_id)
    ledger.close()


@pytest.mark.parametrize(
    "kills", [3, pytest.param(15, marks=pytest.mark.thorough)], ids=["some", "many"]
)
def test_workers_killed_at_any_moment_leave_no_gap(ledger: Ledger, url: str, kills: int) -> None:
    """Whatever the kill interrupts; the next worker takes the next number."""
    wanted = ids(ledger, 60)
    chance = random.Random(6)
    for _ in range(kills):
        worker = SPAWN.Process(target=_take_until_killed, args=(url, wanted))
        before = len(taken(ledger))
        worker.start()
        deadline = time.monotonic() + 20
        while worker.is_alive() and time.monotonic() < deadline and len(taken(ledger)) == before:
            time.sleep(0.005)  # until it is at work
        time.sleep(chance.random() * 0.02)
        worker.kill()
        worker.join(10)
        so_far = taken(ledger)
        assert so_far == list(range(1, len(so_far) + 1))
    _take_until_killed(url, wanted)
    assert taken(ledger) == list(range(1, 61))


def test_two_workers_that_approve_the_same_application_use_one_number(ledger: Ledger) -> None:
    """Both read that it has none: the second is refused by the database, or finds the first one's."""
    [application, other] = ids(ledger, 2)
    together = threading.Barrier(4)

    def worker() -> None:
        together.wait()
        try:
            take(ledger, application)
        except Exception:
            return

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert taken(ledger) == [1]
    assert take(ledger, other) == 2
