"""The office changes `deliver` while letters wait, or after one failed: each goes out by the ways of today, once, and
its row comes to its end."""

from datetime import timedelta

import pytest

from sync.core.outcomes import CannotKnow, Never, TryAgain
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World
from tests.unit.worker.test_cycle import status

AWAY = "Server tidak menjawab."


def approved(world: World, *deliver: str) -> SheetRow:
    world.workflow["deliver"] = list(deliver)
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    return row


def changed(world: World, *deliver: str, cycles: int = 3) -> None:
    world.workflow["deliver"] = list(deliver)
    world.now += timedelta(hours=1)
    world.cycle(cycles)


def arrived(world: World) -> tuple[int, int]:
    """Letters by email and in Drive."""
    return len(world.email.arrived), len(world.drive.arrived)


def test_a_way_that_comes_back_sends_the_letter(world: World) -> None:
    """email, drive, email again, and the mail server was away meanwhile: it is not said to be sent before it is."""
    row = approved(world, "email")
    world.email.failures = [TryAgain(AWAY)] * 2
    world.cycle()
    changed(world, "drive", cycles=1)
    changed(world, "email", cycles=1)
    assert (status(row), arrived(world)) == ("Sedang dikirim", (0, 0))
    world.cycle(3)
    assert (status(row), arrived(world)) == ("Selesai", (1, 0))
    assert row.system["note"].endswith("sudah dikirim ke email pemohon.")


def test_a_file_whose_answer_was_lost_is_in_drive_once_when_its_way_comes_back(
    world: World,
) -> None:
    """It keeps its id, under which Drive has it already."""
    row = approved(world, "drive")
    world.drive.crash_after_sending = TryAgain(AWAY)
    world.cycle()
    world.email.failures = [TryAgain(AWAY)]
    changed(world, "email", cycles=1)
    changed(world, "drive")
    assert (status(row), arrived(world)) == ("Selesai", (0, 1))


@pytest.mark.parametrize(
    ("before", "after", "came"), [("drive", "email", (1, 0)), ("email", "drive", (0, 1))]
)
@pytest.mark.parametrize("failure", [Never("Drive penuh."), CannotKnow("Terputus."), None])
def test_sent_again_it_goes_the_ways_of_today(
    world: World, before: str, after: str, came: tuple[int, int], failure: Exception | None
) -> None:
    """Whatever came of the way before: Kirim ulang brings the letter, once, and the row ends."""
    row = approved(world, before)
    channel = world.email if before == "email" else world.drive
    channel.failures = [failure] if failure else []
    world.cycle()
    first = arrived(world)
    world.decides(row, "Kirim ulang")
    changed(world, after)
    assert status(row) == "Selesai"
    assert arrived(world) == (first[0] + came[0], first[1] + came[1])


@pytest.mark.parametrize("failure", [Never("Drive penuh."), CannotKnow("Terputus.")])
def test_sent_again_it_ends_where_the_ways_of_today_had_brought_it(
    world: World, failure: Exception
) -> None:
    """Drive is no longer used, and the email has arrived: there is nothing left to send."""
    row = approved(world, "email", "drive")
    world.drive.failures = [failure]
    world.cycle()
    assert status(row) in ("Gagal kirim", "Perlu dicek")
    world.decides(row, "Kirim ulang")
    changed(world, "email")
    assert (status(row), arrived(world)) == ("Selesai", (1, 0))


def test_a_way_that_was_added_after_a_failure_is_taken_too(world: World) -> None:
    """The mail server refuses: the office adds Drive, and the officer sends again."""
    row = approved(world, "email")
    world.email.failures = [Never("Ditolak."), Never("Ditolak.")]
    world.cycle()
    world.decides(row, "Kirim ulang")
    changed(world, "email", "drive")
    assert (status(row), arrived(world)) == ("Gagal kirim", (0, 1))


def test_without_any_way_nothing_is_said_to_be_sent(world: World) -> None:
    """No workflow file may be so; were one, the row would say it, and Kirim ulang go on when it is mended."""
    row = approved(world, "email")
    world.email.failures = [TryAgain(AWAY)]
    world.cycle()
    changed(world, "whatsapp")
    assert status(row) == "Gagal kirim"
    assert "email atau Drive" in row.system["note"]
    world.decides(row, "Kirim ulang")
    changed(world, "email")
    assert (status(row), arrived(world)) == ("Selesai", (1, 0))
