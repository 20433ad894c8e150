"""The letter's email leads to the letter in Drive, where it is there by the time the email is written."""

from typing import Any

import pytest

from sync.core.delivery import Kind
from sync.core.outcomes import TryAgain
from sync.worker.ways import plan_notice
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA, World


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Kind, str]]:
    """The `tautan` of each email, as its template is given it; Drive's own files have no text."""
    given: list[tuple[Kind, str]] = []

    class Listening:
        def compose(
            self, kind: Kind, context: dict[str, Any], *, template: str | None = None
        ) -> tuple[str, str, str]:
            given.append((kind, context["tautan"]))
            return "", "", ""

    monkeypatch.setattr("tests.unit.worker.conftest.PlainMessages", Listening)
    return given


def in_drive(world: World, *deliver: str) -> SheetRow:
    world.workflow["deliver"] = list(deliver)
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    assert world.application(row).link.startswith("https://drive.example/")
    return row


@pytest.mark.parametrize("deliver", [("email", "drive"), ("drive", "email")])
def test_sent_again_the_email_leads_to_the_letter(
    world: World, links: list[tuple[Kind, str]], deliver: tuple[str, str]
) -> None:
    """It is in Drive since the first time."""
    row = in_drive(world, *deliver)
    links.clear()
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert (Kind.LETTER, world.application(row).link) in links


def test_with_drive_first_every_email_leads_to_its_letter(
    world: World, links: list[tuple[Kind, str]]
) -> None:
    """Also where many wait: messages are made by the lot."""
    world.workflow["deliver"] = ["drive", "email"]
    people = [
        {**CITRA, "NIK": f"64020141019000{n:02}", "Alamat Email": f"p{n}@example.org"}
        for n in range(1, 12)
    ]
    rows = [world.applies(one) for one in people]
    world.cycle()
    for row in rows:
        world.decides(row, "Setujui")
    world.cycle()
    assert len(world.email.arrived) == len(rows)
    assert {link for _, link in links} >= {world.application(row).link for row in rows}


def test_a_drive_that_is_away_holds_up_no_email(
    world: World, links: list[tuple[Kind, str]]
) -> None:
    """It goes out without the link."""
    world.workflow["deliver"] = ["drive", "email"]
    world.drive.failures = [TryAgain("Drive sibuk.")] * 2
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    assert len(world.email.letters_to(CITRA["Alamat Email"])) == 1
    assert (Kind.LETTER, "") in links


def test_with_the_email_first_there_is_nothing_to_lead_to(
    world: World, links: list[tuple[Kind, str]]
) -> None:
    """The letter is not in Drive yet: no link that would open nothing."""
    in_drive(world, "email", "drive")
    assert set(links) == {(Kind.LETTER, "")}


def test_only_the_letter_s_own_email_leads_to_it(
    world: World, links: list[tuple[Kind, str]]
) -> None:
    """What the applicant asks for later is a link of its own, for one download."""
    row = in_drive(world, "email", "drive")
    with world.ledger.begin() as tx:
        plan_notice(world.counter(), tx, world.application(row), Kind.LINK, world.now)
    world.cycle()
    assert (Kind.LINK, "") in links
