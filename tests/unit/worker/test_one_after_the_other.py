"""Messages leave one after the other: each outcome is in the ledger before the next one leaves."""

from threading import Event
from typing import Any

import pytest

from sync.core.delivery import Intent, IntentState, Message
from sync.core.outcomes import Receipt
from sync.ledger import intents
from sync.ledger.applications import Overtaken
from sync.worker.delivering import Sending
from sync.worker.intake import take_in
from sync.worker.letters import make_letters
from sync.worker.turn import Turn
from tests.unit.worker.conftest import World
from tests.unit.worker.test_queueing import approved, served

NAMES = [*"abcdefghijkl"]
"""Twelve: more than messages are made at once."""


class Killed(BaseException):
    """Ends the worker where it stands, as SIGKILL does."""


@pytest.fixture
def sending(world: World) -> Sending:
    """Their letters are made; nothing has left."""
    approved(world, *NAMES)
    counter = world.counter()
    take_in(counter, counter.desk.read())
    make_letters(counter, Turn(Event()))
    return Sending(counter)


def states(world: World) -> list[IntentState]:
    """First come, first served."""
    with world.ledger.reading() as look:
        ids = sorted(look.applications.with_row("domisili"))
        return [record.intent.state for one in ids for record in look.intents.of(one)]


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_worker_that_dies_leaves_one_unknown(world: World, sending: Sending, number: int) -> None:
    """Whichever was in the line: those before it have arrived, those after it have not left."""
    send = world.email.send

    def dying(intent: Intent, message: Message) -> Receipt:
        if len(served(world)) == number:
            raise Killed
        return send(intent, message)

    world.email.send = dying  # type: ignore[method-assign]
    with pytest.raises(Killed):
        sending.go_on(Turn(Event()))
    after = len(NAMES) - number - 1
    assert states(world) == [
        *[IntentState.DELIVERED] * number,
        IntentState.SENDING,
        *[IntentState.PLANNED] * after,
    ]


@pytest.mark.parametrize("number", range(1, len(NAMES)))
def test_a_worker_that_is_stopped_leaves_none(world: World, sending: Sending, number: int) -> None:
    """What has arrived is recorded, whatever comes after it."""
    stop, send = Event(), world.email.send

    def stopping(intent: Intent, message: Message) -> Receipt:
        if len(served(world)) == number - 1:
            stop.set()
        return send(intent, message)

    world.email.send = stopping  # type: ignore[method-assign]
    sending.go_on(Turn(stop))
    assert sending.tally.more
    assert states(world) == [
        *[IntentState.DELIVERED] * number,
        *[IntentState.PLANNED] * (len(NAMES) - number),
    ]


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_what_another_worker_took_costs_no_outcome(
    world: World, sending: Sending, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit that was to hold the outcome before it fails: that one is recorded by itself."""
    claim, claims = intents.Intents.claim, [0]

    def claimed(self: intents.Intents, *arguments: Any, **named: Any) -> intents.IntentRecord:
        claims[0] += 1
        if claims[0] == number + 1:
            raise Overtaken("SKD-26-000000")
        return claim(self, *arguments, **named)

    monkeypatch.setattr(intents.Intents, "claim", claimed)
    sending.go_on(Turn(Event()))
    assert sorted(served(world)) == NAMES
    assert set(states(world)) == {IntentState.DELIVERED}
