"""The receipt, and the letters that accompany notices: only where a workflow asks for them, never instead of the message."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.core.delivery import Message
from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.core.workflow.read import read_workflow
from tests.unit.worker.conftest import CITRA, DONI, World

ATTACH = {
    "received": "letters/tanda-terima.html",
    "mend": "letters/perbaikan.html",
    "rejected": "letters/penolakan.html",
}
CITRAS = "citra@example.org"


def only_message(world: World) -> Message:
    ((_, message),) = world.email.arrived
    return message


def test_without_asking_nobody_gets_a_receipt(world: World) -> None:
    """An email more for each application is the office's choice: its mail account has a quota."""
    world.applies(CITRA)
    world.cycle(2)
    assert world.email.arrived == []


def test_an_applicant_is_told_once_that_the_application_came_in(world: World) -> None:
    world.workflow["receipt"] = "ya"
    row = world.applies(CITRA)
    world.cycle(3)
    assert world.email.notices_to(CITRAS) == ["received"]
    assert only_message(world).letter is None
    world.edits(row, Alamat="Jl. Mawar 2")
    world.cycle(3)
    assert world.email.notices_to(CITRAS) == ["received"]


def test_who_is_asked_to_mend_gets_no_receipt_besides(world: World) -> None:
    """That message says that the application came in, too."""
    world.workflow["receipt"] = "ya"
    world.applies(CITRA, NIK="1")
    world.cycle(2)
    assert world.email.notices_to(CITRAS) == ["mend"]


def test_a_flood_gets_no_receipts_beyond_measure(world: World) -> None:
    """A thousand responses of one sender must not use up the office's mail quota."""
    world.workflow["receipt"] = "ya"
    for number in range(15):
        world.applies(CITRA, Alamat=f"Jl. Mawar {number}")
    world.cycle(2)
    assert world.email.notices_to(CITRAS) == ["received"] * 10


def test_a_receipt_that_waits_is_overtaken_by_the_decision(world: World) -> None:
    """Nobody is told that his application came in after he was told that it was rejected."""
    world.workflow["receipt"] = "ya"
    world.email.failures = [TryAgain("sibuk")]
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Tolak", "Bukan penduduk.")
    world.cycle(5)
    assert world.email.notices_to(CITRAS) == ["rejected"]


def test_who_waits_longer_than_promised_is_told_so_once(world: World) -> None:
    """From the day after the promised one, as the status page says; also on a day on which nothing else happens in the
    sheet. Who was decided about is told nothing of it."""
    world.workflow["promised_days"] = 3
    row = world.applies(CITRA)
    decided = world.applies(DONI)
    world.cycle(2)
    world.decides(decided, "Tolak", "Bukan penduduk.")
    world.cycle(2)
    world.now = datetime(2026, 11, 27, 15, 50, tzinfo=UTC)
    world.cycle(2)
    assert world.email.notices_to(CITRAS) == []
    world.now += timedelta(minutes=10)
    world.cycle(3)
    world.now += timedelta(days=30)
    world.cycle(3)
    assert world.email.notices_to(CITRAS) == ["delayed"]
    assert world.email.notices_to("doni@example.org") == ["rejected"]
    assert row.system["status"] == "Menunggu petugas"


@pytest.mark.parametrize(
    ("decision", "kind", "template"),
    [
        ("Tolak", "rejected", "letters/penolakan.html"),
        ("Minta perbaikan", "mend", "letters/perbaikan.html"),
    ],
)
def test_a_notice_brings_its_letter(world: World, decision: str, kind: str, template: str) -> None:
    """With the officer's words; numbered by the reference, so that the register has no gap."""
    world.workflow["attach"] = ATTACH
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, decision, "Bukan penduduk.")
    world.cycle(2)
    assert world.email.notices_to(CITRAS) == [kind]
    letter = only_message(world).letter
    assert letter is not None
    reference = row.system["reference"]
    assert letter.pdf.decode() == f"%PDF {template} {reference} ['Bukan penduduk.']"
    assert letter.number == ""
    assert world.application(row).letter_number == ""


def test_a_letter_that_cannot_be_made_holds_up_no_notice(world: World) -> None:
    world.workflow["attach"] = ATTACH
    world.press.fails_for = {CITRA["Nama Lengkap"]}
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Tolak", "Bukan penduduk.")
    world.cycle(2)
    assert world.email.notices_to(CITRAS) == ["rejected"]
    assert only_message(world).letter is None


def test_a_workflow_file_is_told_what_may_be_attached_and_who_gets_receipts() -> None:
    text = Path("workflows/domisili.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "ISI-DENGAN-TAUTAN-SHEET", "https://docs.google.com/spreadsheets/d/1234567890abc"
    )
    good = text + "\nreceipt: ya\nattach: {received: letters/tanda-terima.html}\n"
    workflow = read_workflow(good, file="domisili.yaml")
    assert workflow.receipt
    assert workflow.attach == {"received": "letters/tanda-terima.html"}
    with pytest.raises(Mendable) as told:
        read_workflow(
            text + "\nattach: {letter: letters/domisili.html, mend: ../x.html}\n",
            file="domisili.yaml",
        )
    found = [problem.found for problem in told.value.problems]
    assert len(found) == 2
    assert any("attach.letter" in one for one in found)
    assert any("attach.mend" in one for one in found)
