"""Two members of a cluster on one ledger, step by step: who has what in hand, and what becomes of it."""

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from sync.core.delivery import IntentState
from sync.core.settings import Settings
from sync.core.states import State
from sync.worker.cluster.share import BATCH, IN_HAND, IN_SENDING, AtTheSheet, Batch
from sync.worker.counter import Counter
from sync.worker.cycle import run_cycle
from sync.worker.delivering import Sending, settle_interrupted
from sync.worker.letters import make_letters
from sync.worker.turn import Turn
from tests.fakes.desk import SheetRow
from tests.fakes.press import FakePress
from tests.unit.worker.conftest import CITRA, World

NO_LIMIT = Turn(Event())


def member(world: World, name: str) -> Counter:
    """With a batch of its own."""
    counter = world.counter()
    counter.share = Batch(name, world.settings)
    return counter


def at_the_sheet(world: World) -> None:
    """A visit: decisions are read, numbers given, rows written, and nothing is printed or sent."""
    counter = world.counter()
    counter.share = AtTheSheet()
    world.now += timedelta(seconds=10)
    run_cycle(counter)


def approved(world: World, count: int) -> list[SheetRow]:
    rows = [
        world.applies(
            {
                **CITRA,
                "Nama Lengkap": f"Citra {n}",
                "NIK": f"64020141019{n + 1:05d}",
                "Alamat Email": f"citra{n}@example.org",
            }
        )
        for n in range(count)
    ]
    at_the_sheet(world)
    for row in rows:
        world.decides(row, "Setujui")
    at_the_sheet(world)
    return rows


def states(world: World, rows: list[SheetRow]) -> set[State]:
    return {world.application(row).state for row in rows}


def print_all(world: World) -> None:
    for number in range(9):
        counter = member(world, f"printer {number}")
        if not make_letters(counter, NO_LIMIT).tried:
            return
        counter.share.release(world.ledger)  # type: ignore[attr-defined]


def test_a_visit_leaves_letters_and_messages_to_others(world: World) -> None:
    """The number is given with the approval; nothing is printed, and nothing leaves."""
    rows = approved(world, 2)
    assert states(world, rows) == {State.APPROVED}
    assert world.application(rows[0]).letter_number
    assert not world.press.printed
    assert not world.email.arrived


def test_two_members_make_each_letter_once(world: World) -> None:
    """A batch is sixteen; the second member has the next sixteen in hand while the first is still at it."""
    rows = approved(world, 2 * BATCH + 3)
    first, second = member(world, "a"), member(world, "b")
    mine = first.share.letters(world.ledger, "domisili", world.now)
    assert len(mine) == BATCH
    make_letters(second, NO_LIMIT)
    with world.ledger.reading() as look:
        made = {one.application_id for one in look.documents.all()}
    assert len(made) == BATCH
    assert not made & {one.id for one in mine}
    first.share.release(world.ledger)  # type: ignore[attr-defined]
    print_all(world)
    assert states(world, rows) == {State.DELIVERING}
    with world.ledger.reading() as look:
        assert all(look.documents.content(one.application_id) for one in look.documents.all())
    assert not list(world.data.rglob("*.pdf"))


def test_letters_of_a_killed_member_are_made_by_another(world: World) -> None:
    """Not at once, for it may be at it still; within two minutes."""
    rows = approved(world, 1)
    member(world, "killed").share.letters(world.ledger, "domisili", world.now)
    assert make_letters(member(world, "b"), NO_LIMIT).tried == 0
    world.now += IN_HAND
    assert make_letters(member(world, "b"), NO_LIMIT).done == 1
    assert states(world, rows) == {State.DELIVERING}


def test_another_file_on_a_member_s_disk_is_not_sent(world: World) -> None:
    """It fetched an officer's file and died before the ledger knew: the ledger has the one that counts."""
    [row] = approved(world, 1)
    print_all(world)
    with world.ledger.reading() as look:
        document = look.documents.of(world.application(row).id)
        assert document is not None
        file = world.data / document.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"%PDF-1.7 an earlier file")
        assert look.documents.bytes_of(document, world.data) == look.documents.content(
            document.application_id
        )


@pytest.mark.parametrize("fails", [False, True], ids=["its letter came late", "its printer failed"])
@pytest.mark.parametrize("state", [State.APPROVED, State.DELIVERING])
def test_a_member_that_slept_over_its_letter_changes_nothing(
    world: World, state: State, fails: bool
) -> None:
    """Another made it meanwhile: those bytes stay, and the row does not say that anything failed."""
    [row] = approved(world, 1)
    slow = member(world, "slow")
    application = replace(world.application(row), state=state)
    if fails:
        world.press.fails_for = {application.name}
        slow.press, world.press = world.press, FakePress()
    slow.share.letters = lambda *_: [application]  # type: ignore[method-assign, assignment]
    make_letters(member(world, "quick"), NO_LIMIT)
    with world.ledger.reading() as look:
        kept = look.documents.of(application.id)
    make_letters(slow, NO_LIMIT)
    with world.ledger.reading() as look:
        assert look.documents.of(application.id) == kept
    assert world.application(row).state is State.DELIVERING


def test_a_letter_printed_from_old_answers_is_thrown_away(world: World) -> None:
    """Edited, voided and approved again while a slow member printed: the letter holds what the officer saw last."""
    [row] = approved(world, 1)
    slow, before = member(world, "slow"), world.application(row)
    slow.share.letters = lambda *_: [before]  # type: ignore[method-assign, assignment]
    world.edits(row, Alamat="Jl. Melati 2")
    at_the_sheet(world)
    world.decides(row, "")
    at_the_sheet(world)
    world.decides(row, "Setujui")
    at_the_sheet(world)
    assert world.application(row).state is State.APPROVED
    make_letters(slow, NO_LIMIT)
    assert world.application(row).state is State.APPROVED
    assert make_letters(member(world, "b"), NO_LIMIT).done == 1
    with world.ledger.reading() as look:
        content = look.documents.content(before.id)
    assert content
    assert b"Jl. Melati 2" in content


def test_each_message_leaves_once(world: World) -> None:
    """Two members send at the same time: each its own."""
    rows = approved(world, 20)
    print_all(world)
    first = member(world, "a")
    held = first.share.due(world.ledger, "domisili", world.now, (-1, 0, 0))
    assert len(held) == BATCH
    for name in ("b", "c"):
        counter = member(world, name)
        Sending(counter).go_on(NO_LIMIT)
        counter.share.release(world.ledger)  # type: ignore[attr-defined]
    first.share.release(world.ledger)  # type: ignore[attr-defined]
    for name in ("d", "e", "f"):
        Sending(member(world, name)).go_on(NO_LIMIT)
    assert len(world.email.arrived) == len(world.drive.arrived) == 20
    assert states(world, rows) == {State.DELIVERED}


def test_what_a_living_member_is_sending_is_not_asked_after(world: World) -> None:
    """It would become Perlu dicek under its hands; five minutes later its member is dead, and it is."""
    [row] = approved(world, 1)
    print_all(world)
    sender = member(world, "a")
    [*records] = sender.share.due(world.ledger, "domisili", world.now, (-1, 0, 0))
    with world.ledger.begin() as tx:
        sending = tx.intents.claim(records[0], world.now, key="k")
        sender.share.sends(tx, sending, world.now)
    world.now += IN_HAND
    assert settle_interrupted(member(world, "b")) == 0
    world.now += IN_SENDING
    assert settle_interrupted(member(world, "b")) == 1
    with world.ledger.reading() as look:
        [settled] = [
            one
            for one in look.intents.of(world.application(row).id)
            if one.intent.id == sending.intent.id
        ]
    assert settled.intent.state is not IntentState.SENDING


def test_all_members_together_keep_the_mail_quota(world: World) -> None:
    """What the others have in hand counts as sent; the rest waits in the queue as ever."""
    world.settings = Settings.model_validate({"mail": {"per_day": 5}})
    world.workflow["deliver"] = ["email"]
    approved(world, 12)
    print_all(world)
    first, second = member(world, "a"), member(world, "b")
    held = first.share.due(world.ledger, "domisili", world.now, (-1, 0, 0))
    assert len(held) == 5
    assert second.share.due(world.ledger, "domisili", world.now, (-1, 0, 0)) == []
    first.share.release(world.ledger)  # type: ignore[attr-defined]
    for name in ("c", "d", "e"):
        Sending(member(world, name)).go_on(NO_LIMIT)
    assert len(world.email.arrived) == 5
    with world.ledger.reading() as look:
        queued = [one.reference for one in look.applications.of_workflow() if one.queued]
    assert len(queued) == 7
