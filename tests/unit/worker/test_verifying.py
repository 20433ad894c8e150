"""What a letter carries to be verified by: signed facts of exactly this letter, when the office has a page for them."""

from datetime import date

import pytest

from sync.core.settings import Settings, Verification
from sync.core.states import State
from sync.core.verification import answers_text, read_code
from sync.letter.office_key import verifies
from sync.worker.office_keys import of_id
from sync.worker.verifying import unpublished
from tests.fakes.recording_press import RecordingPress
from tests.unit.worker.conftest import CITRA, DONI

ADDRESS = "https://verifikasi.contoh.go.id/"


@pytest.fixture
def press(world):
    world.press = RecordingPress()
    world.settings = Settings(verification=Verification(url=ADDRESS))
    return world.press


def approved(world, answers=CITRA):
    row = world.applies(answers)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle(2)
    return row


def code_in(context):
    address, _, code = context["verifikasi"]["tautan"].partition("#")
    assert address == ADDRESS
    return read_code(code)


def test_a_letter_carries_its_own_facts_signed_by_the_office(world, press):
    """Number, masked name, kind, date, and the mark of the answers that were approved."""
    row = approved(world)
    application = world.application(row)
    code = code_in(press.contexts[0])

    key = of_id(world.data, code.key_id)
    assert key is not None
    assert verifies(code, key.point)
    facts = code.facts
    assert (facts.number, facts.name, facts.kind) == (
        application.letter_number,
        "C*** L***",
        "Surat Keterangan Domisili",
    )
    assert (facts.dated, facts.valid_until) == (application.approved_on, None)
    assert facts.mark == key.mark(answers_text(application.reference, application.answers))
    assert press.contexts[0]["verifikasi"]["alamat"] == "verifikasi.contoh.go.id"


def test_no_personal_data_stands_in_the_link(world, press):
    """What a camera's app or a browser's history keeps."""
    approved(world)
    signed = code_in(press.contexts[0]).signed.decode()
    for secret in ("Citra", "Lestari", CITRA["NIK"], CITRA["Alamat"], CITRA["Alamat Email"]):
        assert secret not in signed


def test_a_letter_with_a_term_says_until_when(world, press):
    """`valid_months: 6`, counted from the letter's date: 31 August has no 31st six months later."""
    world.workflow["letter"] = {**world.workflow["letter"], "valid_months": 6}
    world.now = world.now.replace(month=8, day=31)
    approved(world)
    assert press.contexts[0]["berlaku_sampai"] == date(2027, 2, 28)
    assert code_in(press.contexts[0]).facts.valid_until == date(2027, 2, 28)


def test_without_a_page_nothing_changes(world, press):
    """No code, no key."""
    world.settings = Settings()
    approved(world)
    assert press.contexts[0]["verifikasi"] is None
    assert press.contexts[0]["berlaku_sampai"] is None
    assert not (world.data / "keys").exists()


def test_every_letter_is_signed_with_the_one_key(world, press):
    """It is made at the first letter and not again, also by a worker that was started anew."""
    approved(world)
    approved(world, DONI)
    assert len({code_in(context).key_id for context in press.contexts}) == 1
    assert len(list((world.data / "keys").iterdir())) == 1


def test_a_key_that_cannot_be_read_fails_the_letter_and_says_why(world, press):
    """Never a letter without its code; once the file is back, Kirim ulang makes it."""
    approved(world)
    file = next((world.data / "keys").iterdir())
    good = file.read_bytes()
    file.write_bytes(b"rusak")
    row = approved(world, DONI)
    application = world.application(row)
    assert application.state is State.FAILED
    assert "bukan kunci P-256" in application.note
    assert len(press.contexts) == 1

    file.write_bytes(good)
    world.decides(row, "Kirim ulang")
    world.cycle(2)
    assert world.application(row).state is State.DELIVERED
    assert code_in(press.contexts[1]).facts.name == "D*** P***"


def test_officers_are_told_while_the_page_does_not_know_the_key(world, press):
    """Until the page is published again, new letters look forged there: after the first letter, and on a new computer."""
    approved(world)
    with world.ledger.reading() as look:
        (matter,) = unpublished(look.verification.public_keys())
    assert code_in(press.contexts[0]).key_id in matter.found
    assert "publish-verifier" in matter.remedy
    with world.ledger.begin() as tx:
        tx.verification.published(world.now)
        assert unpublished(tx.verification.public_keys()) == []
