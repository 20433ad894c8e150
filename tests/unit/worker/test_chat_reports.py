"""What became of a message by WhatsApp or SMS: told by the webhook or the phone, also late, and written into the row."""

from datetime import timedelta

import pytest

from sync.core.chat import Arrival, Report
from sync.core.outcomes import CannotKnow, TryAgain
from sync.core.settings import WhatsApp, WhatsAppTemplates
from tests.unit.worker.chat_world import (
    CITRA,
    NUMBER,
    ChatWorld,
    approved,
    told,
    world_with_chat,  # noqa: F401 - a fixture
)
from tests.unit.worker.test_cycle import status


def test_a_lost_answer_is_settled_by_the_webhook(world: ChatWorld) -> None:
    """Nobody knows, and nothing is sent twice; then Meta tells that it arrived, and the row says so."""
    world.whatsapp.failures = [CannotKnow("Sambungan putus ketika pesan WhatsApp dikirim.")]
    row = approved(world)
    assert "belum pasti terkirim" in row.system["note"]
    world.cycle(3)
    assert told(world.whatsapp) == []
    world.reported(row, Arrival.DELIVERED)
    world.cycle()
    assert "belum pasti" not in row.system["note"]
    assert row.system["note"].endswith("WhatsApp sudah diterima 24/11/2026 10:05.")
    with world.ledger.reading() as look:
        states = {
            r.intent.channel: r.intent.state for r in look.intents.of(world.application(row).id)
        }
    assert states == {"email": "delivered", "whatsapp": "delivered"}


def test_one_channel_s_report_leaves_another_s_trouble_as_it_was(world: ChatWorld) -> None:
    """Also when it is not the first of its message."""
    world.workflow |= {"deliver": ["email", "whatsapp", "sms"]}
    world.sms.failures = [CannotKnow("Sambungan ke HP kantor putus.")]
    row = approved(world)
    for arrival in (Arrival.SENT, Arrival.READ):
        world.reported(row, arrival)
        world.cycle()
    trouble = "Pemberitahuan lewat SMS belum pasti terkirim: Sambungan ke HP kantor putus."
    assert trouble in row.system["note"]


def test_the_same_trouble_of_two_channels_is_two_troubles(world: ChatWorld) -> None:
    """A mistake of ours stopped both: the report of one settles nothing of the other."""
    world.email.failures = [RuntimeError()]
    world.whatsapp.failures = [RuntimeError()]
    row = world.applies({**CITRA, "NIK": "123"})
    world.cycle()
    stopped = "belum pasti terkirim: Pengiriman terhenti oleh kesalahan program."
    assert row.system["note"].count(stopped) == 2
    world.reported(row, Arrival.READ, "mend")
    world.cycle()
    assert f"Pemberitahuan lewat email {stopped}" in row.system["note"]
    assert f"Pemberitahuan lewat WhatsApp {stopped}" not in row.system["note"]
    assert "WhatsApp sudah dibaca" in row.system["note"]


def test_a_late_report_settles_an_earlier_message(world: ChatWorld) -> None:
    """What the row says of the latest stays; that nobody knows of the earlier one is no longer true."""
    world.workflow |= {"receipt": True, "promised_days": 1}
    world.with_settings(
        whatsapp=WhatsApp(
            templates=WhatsAppTemplates(received="loket_diterima", delayed="loket_tertunda")
        )
    )
    world.whatsapp.failures = [CannotKnow("Sambungan putus ketika pesan WhatsApp dikirim.")]
    row = world.applies(CITRA)
    world.cycle()
    assert "belum pasti terkirim" in row.system["note"]
    world.now += timedelta(days=9)
    world.cycle(2)
    assert told(world.whatsapp) == [(NUMBER, "delayed")]
    world.reported(row, Arrival.READ, "received")
    world.cycle()
    assert "belum pasti terkirim" not in row.system["note"]
    assert "WhatsApp terkirim" in row.system["note"]


def test_a_crash_in_the_middle_is_settled_by_the_webhook_too(world: ChatWorld) -> None:
    """Sent, and then the power failed: the report comes before the worker is back."""
    world.whatsapp.crash_after_sending = KeyboardInterrupt()
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Setujui")
    with pytest.raises(KeyboardInterrupt):
        world.cycle()
    world.reported(row, Arrival.SENT)
    world.cycle(2)
    assert len(world.whatsapp.arrived) == 1
    assert "WhatsApp terkirim" in row.system["note"]
    assert "belum pasti" not in row.system["note"]


def test_reports_reach_the_row_though_the_sheet_lies_idle(world: ChatWorld) -> None:
    """Each once: afterwards the counter is at rest again."""
    row = approved(world)
    world.cycle(3)
    assert world.cycle().idle
    world.reported(row, Arrival.READ)
    assert not world.cycle().idle
    assert "WhatsApp sudah dibaca" in row.system["note"]
    world.cycle(3)
    reads = world.desk.reads
    world.reported(row, Arrival.READ)  # the webhook comes once more
    world.reported(row, Arrival.SENT)  # and one that is late
    world.cycle(3)
    assert "WhatsApp sudah dibaca" in row.system["note"]
    assert world.cycle().idle
    assert world.desk.reads <= reads + 3


def test_what_did_not_arrive_after_all_is_told(world: ChatWorld) -> None:
    """Accepted first, and failed on the way."""
    row = approved(world)
    world.reported(row, Arrival.FAILED, why="nomor itu tidak memakai WhatsApp")
    world.cycle()
    assert status(row) == "Selesai"
    assert "WhatsApp tidak sampai" in row.system["note"]
    assert "tidak memakai WhatsApp." in row.system["note"]


def test_a_report_of_something_unknown_changes_nothing(world: ChatWorld) -> None:
    """Another office's key, or one that was made up."""
    row = approved(world)
    world.cycle(3)
    before = dict(row.system)
    with world.ledger.begin() as tx:
        tx.chat.report(Report("whatsapp", "SKD-26-XXXXXX.ready.1", Arrival.READ, world.now))
    assert world.cycle().idle
    assert row.system == before


def test_the_phone_is_asked_for_a_day_and_not_at_every_cycle(world: ChatWorld) -> None:
    """Prepaid credit runs out: the officer reads that an SMS did not go."""
    asked: list[str] = []
    answers: list[tuple[Arrival, str] | None] = [None, (Arrival.FAILED, "periksa pulsa")]

    def arrival(intent: object) -> tuple[Arrival, str] | None:
        asked.append(str(intent))
        return answers.pop(0) if answers else None

    world.workflow |= {"deliver": ["email", "sms"]}
    world.sms.arrival = arrival  # type: ignore[attr-defined]
    row = approved(world)
    counter_cycles = 20
    for _ in range(counter_cycles):
        world.cycle(2)  # a worker that was just started asks at once
    assert len(asked) == 2
    assert "SMS tidak sampai" in row.system["note"]
    assert "periksa pulsa" in row.system["note"]


def test_a_phone_that_was_away_too_long_is_asked_when_it_is_back(world: ChatWorld) -> None:
    """It had taken the SMS, its answer was lost, and for two days nobody reached it: the row is put right."""
    world.workflow |= {"deliver": ["email", "sms"]}
    world.sms.crash_after_sending = TryAgain("Ponsel SMS kantor tidak dapat dihubungi.")
    row = approved(world)
    world.sms.failures = [TryAgain("Ponsel SMS kantor tidak dapat dihubungi.") for _ in range(60)]
    for _ in range(60):
        world.now += timedelta(hours=1)
        world.cycle()
    assert "lewat SMS tidak terkirim: Ponsel" in row.system["note"]
    world.sms.arrival = lambda intent: (Arrival.DELIVERED, "")  # type: ignore[attr-defined]
    world.cycle()
    assert "tidak terkirim" not in row.system["note"]
    assert "SMS sudah diterima" in row.system["note"]
    assert len(world.sms.arrived) == 1
