"""`retry` begins afresh what failed or waits, and never sends what arrived a second time."""

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.worker.retrying import retry
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World
from tests.unit.worker.test_cycle import status


def sent(world: World, failure: Exception) -> SheetRow:
    """An approved row whose first email met the failure; Drive has the letter."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.email.failures = [failure]
    world.cycle()
    return row


def test_a_failed_letter_is_sent_again_and_nothing_that_arrived(world: World) -> None:
    """The same bytes by email; Drive had it already."""
    row = sent(world, Never("Kotak surat penuh."))
    assert status(row) == "Gagal kirim"
    retry(world.counter(), world.application(row))
    world.cycle()
    assert status(row) == "Selesai"
    assert (len(world.email.arrived), len(world.drive.arrived), world.press.printed) == (1, 1, 1)


def test_a_postponed_letter_is_tried_at_once_with_a_new_budget(world: World) -> None:
    """The mail server is back: nobody waits for the pause to end."""
    world.settings = world.settings.model_copy(
        update={"mail": world.settings.mail.model_copy(update={"per_day": 0})}
    )
    row = sent(world, TryAgain("Server email tidak menjawab."))
    assert status(row) == "Antre kirim"
    world.settings = world.settings.model_copy(
        update={"mail": world.settings.mail.model_copy(update={"per_day": 10})}
    )
    world.email.failures = []
    retry(world.counter(), world.application(row))
    world.cycle()
    assert status(row) == "Selesai"


@pytest.mark.parametrize("failure", [CannotKnow("Sambungan terputus."), None])
def test_what_may_have_arrived_is_the_officers_to_decide(
    world: World, failure: Exception | None
) -> None:
    """Perlu dicek and Selesai are refused with what to do: only someone who asked the applicant may send again."""
    row = sent(world, failure) if failure else sent(world, TryAgain("x"))
    world.cycle(times=5)
    arrived = len(world.email.arrived)
    with pytest.raises(Mendable, match="Kirim ulang"):
        retry(world.counter(), world.application(row))
    world.cycle()
    assert len(world.email.arrived) == arrived
