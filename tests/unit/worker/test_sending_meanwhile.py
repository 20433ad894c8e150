"""Letters go out while others are still being printed: in order, once, and with one attempt a cycle where a server is away."""

from itertools import product
from threading import Event

from sync.core.outcomes import TryAgain
from sync.worker.delivering import Sending
from sync.worker.intake import take_in
from sync.worker.letters import make_letters
from sync.worker.turn import Turn
from tests.unit.worker.conftest import World
from tests.unit.worker.test_queueing import approved, served, with_quota

NAMES = ["".join(pair) for pair in product("abcde", "abcd")]
"""Twenty: two lots of eight and four more."""


def made_and_sent(world: World) -> list[int]:
    """How many had left at each interruption of the printing; then the rest is sent."""
    approved(world, *NAMES)
    counter, turn = world.counter(), Turn(Event())
    take_in(counter, counter.desk.read())
    sending = Sending(counter)
    left: list[int] = []

    def meanwhile() -> None:
        if sending.flows:
            sending.go_on(turn)
        left.append(len(served(world)))

    made = make_letters(counter, turn, meanwhile)
    sending.go_on(turn)
    assert made.done == len(NAMES)
    assert sending.tally.done == len(served(world))
    return left


def test_who_was_approved_first_need_not_wait_for_the_last_letter(world: World) -> None:
    """A backlog of thousands: the first applicants have their letters while the others' are printed."""
    assert made_and_sent(world) == [8, 16]
    assert served(world) == NAMES


def test_the_quota_holds_over_all_goes_of_a_cycle(world: World) -> None:
    """Ten a day are ten, the first ten, and nobody overtakes whoever waits."""
    with_quota(world, 10)
    assert made_and_sent(world) == [8, 10]
    assert served(world) == NAMES[:10]
    world.cycle()
    assert {row.system["status"] for row in world.desk.rows} == {"Selesai", "Antre kirim"}


def test_a_server_that_is_away_is_left_alone_for_the_whole_cycle(world: World) -> None:
    """Each attempt may cost a time limit of half a minute: not one more for every eight letters."""
    tried = []

    def away(*_: object) -> None:
        tried.append(1)
        raise TryAgain("Server email kantor tidak dapat dihubungi.")

    world.email.send = away  # type: ignore[method-assign,assignment]
    assert made_and_sent(world) == [0, 0]
    assert len(tried) == 3
