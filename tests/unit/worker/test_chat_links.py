"""The column "Kirim WA": what its link would say, whom, and when there is none."""

import pytest

from sync.core.chat import Arrival
from sync.core.outcomes import CannotKnow
from sync.ledger.verification import WITHDRAWN
from sync.worker.recovering import TELL_AGAIN
from tests.unit.worker.chat_world import (
    CITRA,
    DONI,
    ChatWorld,
    approved,
    world_with_chat,  # noqa: F401 - a fixture
)


class TestKirimWA:
    """The column with the link."""

    @pytest.fixture(autouse=True)
    def _links(self, world: ChatWorld) -> None:
        world.links = True
        world.workflow |= {"deliver": ["email"]}

    def test_it_says_what_the_officer_would_write(self, world: ChatWorld) -> None:
        """By the state: in work, done."""
        row = world.applies(CITRA)
        world.cycle()
        assert row.system["whatsapp"].startswith("https://wa.me/6281234567890?text=Yth.%20Bapak")
        assert "sedang%20kami%20proses" in row.system["whatsapp"]
        world.decides(row, "Setujui")
        world.cycle(2)
        assert "sudah%20selesai" in row.system["whatsapp"]
        assert row.system["reference"] in row.system["whatsapp"]

    def test_it_says_what_is_to_be_mended(self, world: ChatWorld) -> None:
        """Not what the row says to the officer besides."""
        row = world.applies({**CITRA, "NIK": "123"})
        world.cycle()
        assert "NIK" in row.system["whatsapp"]
        assert "diberi%20tahu" not in row.system["whatsapp"]
        with world.ledger.begin() as tx:
            application = world.application(row)
            note = f"{application.note} {TELL_AGAIN}"
            tx.applications.change(application, at=world.now, note=note)
        world.desk.changes += 1
        world.cycle()
        assert TELL_AGAIN in row.system["note"]
        assert "dipulihkan" not in row.system["whatsapp"]

    def test_what_became_of_messages_is_told_to_the_officer_alone(self, world: ChatWorld) -> None:
        """And as the text is the same, a report writes no link anew."""
        world.workflow |= {"deliver": ["email", "whatsapp"]}
        world.whatsapp.failures = [CannotKnow("Sambungan putus ketika pesan WhatsApp dikirim.")]
        row = world.applies({**CITRA, "NIK": "123"})
        world.cycle()
        assert "belum pasti terkirim" in row.system["note"]
        assert "Sambungan" not in (link := row.system["whatsapp"])
        world.reported(row, Arrival.DELIVERED, "mend")
        world.cycle()
        assert "WhatsApp sudah diterima" in row.system["note"]
        assert row.system["whatsapp"] == link

    def test_a_letter_that_was_withdrawn_is_offered_to_nobody(self, world: ChatWorld) -> None:
        """Of the others one question tells it, however many there are."""
        rows = [approved(world), approved(world, DONI)]
        with world.ledger.begin() as tx:
            tx.applications.record(world.application(rows[0]).id, world.now, WITHDRAWN)
        world.desk.changes += 1
        world.cycle()
        assert rows[0].system["whatsapp"] == ""
        assert "sudah%20selesai" in rows[1].system["whatsapp"]

    def test_no_number_no_link(self, world: ChatWorld) -> None:
        row = world.applies({**CITRA, "WA": ""})
        world.cycle()
        assert row.system.get("whatsapp", "") == ""

    def test_no_nik_gets_into_it(self, world: ChatWorld) -> None:
        """An officer who types one into the note does not send it by chat."""
        row = world.applies(CITRA)
        world.cycle()
        world.decides(row, "Tolak", "NIK 6402014101900001 sudah terdaftar.")
        world.cycle(2)
        assert "terdaftar" in row.system["whatsapp"]
        assert "6402014101900001" not in row.system["whatsapp"]

    def test_a_row_at_rest_is_not_written_again(self, world: ChatWorld) -> None:
        """The same state gives the same link."""
        world.applies(CITRA)
        world.cycle(4)
        assert world.cycle().idle
