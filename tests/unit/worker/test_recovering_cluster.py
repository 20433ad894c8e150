"""`repair --from-sheet` on a cluster: letters lie in the ledger, and none of them is taken for lost."""

from sync.core.states import State
from sync.ledger.desks import restored_mark
from sync.worker.outside import Outside
from sync.worker.recovering import recover
from tests.unit.worker.conftest import CITRA, World
from tests.unit.worker.test_cluster_visits import Members


def test_the_letter_in_the_ledger_is_what_goes_out(world: World) -> None:
    """Its row said that it was about to be sent: the officer chooses, and the same bytes go, once."""
    world.workflow["deliver"] = ["email"]
    members = Members(world)
    row = world.applies(CITRA)
    members.sheet()
    world.decides(row, "Setujui")
    members.sheet()
    members.letters("domisili")
    members.sheet()
    application = world.application(row)
    with world.ledger.begin() as tx:
        tx.desks.set_resource(restored_mark("domisili"), "salinan")
        made = tx.documents.content(application.id)
    assert made

    found = recover(world.counter(), Outside({}, lambda _: b""))
    assert found.uncertain == [application.reference]
    with world.ledger.reading() as look:
        assert look.documents.content(application.id) == made
    world.decides(row, "Kirim ulang")
    for _ in range(3):
        members.sheet()
    members.letters("domisili")
    members.senders("domisili")

    [(_, message)] = world.email.arrived
    assert message.letter is not None
    assert message.letter.pdf == made
    assert world.application(row).state is State.DELIVERED
