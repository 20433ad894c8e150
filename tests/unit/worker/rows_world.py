"""What officers do to whole rows, and what the rows, the ledger and the mail say of it afterwards."""

from dataclasses import replace

from sync.core.application import Application
from sync.core.delivery import Kind
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World


def status(row: SheetRow) -> str:
    return row.system.get("status", "")


def note(row: SheetRow) -> str:
    return row.system.get("note", "")


def copied(world: World, row: SheetRow) -> SheetRow:
    """The officer copies a whole row and pastes it at the end."""
    copy = replace(
        row, answers=dict(row.answers), system=dict(row.system), officer=dict(row.officer)
    )
    world.desk.rows.append(copy)
    world.desk.changes += 1
    return copy


def deleted(world: World, row: SheetRow) -> None:
    world.desk.rows = [one for one in world.desk.rows if one is not row]
    world.desk.changes += 1


def delivered(world: World, answers: dict[str, str] = CITRA) -> SheetRow:
    row = world.applies(answers)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    assert status(row) == "Selesai"
    return row


def all_applications(world: World) -> list[Application]:
    with world.ledger.reading() as look:
        return list(look.applications.of_workflow("domisili"))


def event_kinds(world: World, application: Application) -> list[str]:
    with world.ledger.reading() as look:
        return [event.kind for event in look.applications.events(application.id)]


def letters_to(world: World) -> list[str]:
    return [intent.address for intent, _ in world.email.arrived if intent.kind is Kind.LETTER]
