"""Telling by WhatsApp and SMS: whom, when, and how much a day."""

from datetime import timedelta

from sync.core.outcomes import Never, QuotaUsedUp, TryAgain
from sync.core.settings import Settings, Sms, WhatsApp, WhatsAppTemplates
from sync.delivery.messages import Messages
from sync.worker.alarms import Alarms
from tests.unit.worker.chat_world import (
    CITRA,
    DONI,
    NUMBER,
    TEMPLATES,
    ChatWorld,
    approved,
    told,
    world_with_chat,  # noqa: F401 - a fixture
)
from tests.unit.worker.test_cycle import status


def test_the_letter_goes_by_email_and_whatsapp_tells_that_it_went(world: ChatWorld) -> None:
    """In the same cycle, after it; the letter itself never goes by WhatsApp."""
    row = approved(world)
    assert status(row) == "Selesai"
    assert told(world.whatsapp) == [(NUMBER, "ready")]
    [(_, message)] = world.whatsapp.arrived
    assert message.letter is None
    lines = message.text.split("\n")
    assert lines == ["Citra Lestari", "Surat Keterangan Domisili", row.system["reference"]]
    assert "sudah dikirim ke email pemohon. WhatsApp terkirim" in row.system["note"]
    assert len(world.email.letters_to("citra@example.org")) == 1


def test_who_comes_first_is_told_in_the_same_cycle_too(world: ChatWorld) -> None:
    """The news of a letter is planned when it arrived: then the sending has passed the place of its application."""
    rows = [world.applies(CITRA), world.applies(DONI)]
    world.cycle()
    for row in rows:
        world.decides(row, "Setujui")
    world.cycle()
    assert sorted(told(world.whatsapp)) == [(NUMBER, "ready"), ("+6281234567891", "ready")]


def test_nobody_is_told_before_the_letter_went(world: ChatWorld) -> None:
    """ "Your letter is in your mail" must be true."""
    world.email.failures = [Never("Alamat email pemohon tidak ditemukan.")]
    row = approved(world)
    assert status(row) == "Gagal kirim"
    assert told(world.whatsapp) == []
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert told(world.whatsapp) == [(NUMBER, "ready")]


def test_what_is_to_be_mended_is_told_by_both_ways(world: ChatWorld) -> None:
    """With what is wrong, on one line."""
    row = world.applies({**CITRA, "NIK": "123"})
    world.cycle()
    assert status(row) == "Perlu perbaikan"
    assert world.email.notices_to("citra@example.org") == ["mend"]
    [(intent, message)] = world.whatsapp.arrived
    assert (intent.address, intent.kind.value) == (NUMBER, "mend")
    assert "NIK" in message.text.split("\n")[3]


def test_without_an_email_whatsapp_still_tells(world: ChatWorld) -> None:
    """The address is what has to be mended."""
    world.applies({**CITRA, "Alamat Email": "citra@"})
    world.cycle()
    assert world.email.arrived == []
    assert told(world.whatsapp) == [(NUMBER, "mend")]


def test_a_citizens_line_break_is_no_parameter(world: ChatWorld) -> None:
    """One line more or less, and Meta refuses the template."""
    row = world.applies(CITRA)
    world.cycle()
    world.decides(row, "Tolak", "Foto KTP buram.\nKirim ulang\u2028fotonya.")
    world.cycle()
    [(_, message)] = world.whatsapp.arrived
    assert len(message.text.split("\n")) == 4
    assert message.text.split("\n")[3] == "Foto KTP buram. Kirim ulang fotonya."


def test_only_what_the_office_has_a_template_for_is_told(world: ChatWorld) -> None:
    """And by SMS only the kinds that it pays for."""
    world.workflow |= {"deliver": ["email", "whatsapp", "sms"]}
    world.with_settings(
        whatsapp=WhatsApp(templates=WhatsAppTemplates(ready="")), sms=Sms(kinds=("ready",))
    )
    approved(world)
    world.applies({**DONI, "NIK": "123"})
    world.cycle()
    assert told(world.whatsapp) == [("+6281234567891", "mend")]
    assert told(world.sms) == [(NUMBER, "ready")]


def test_who_said_stop_is_told_by_email_alone(world: ChatWorld) -> None:
    with world.ledger.begin() as tx:
        tx.chat.stop(NUMBER, world.now)
    assert status(approved(world)) == "Selesai"
    assert told(world.whatsapp) == []
    with world.ledger.begin() as tx:
        tx.chat.start(NUMBER)
    row = world.desk.rows[0]
    world.decides(row, "")
    world.cycle()
    world.decides(row, "Kirim ulang")
    world.cycle()
    assert told(world.whatsapp) == [(NUMBER, "ready")]


def test_a_flood_of_one_number_is_not_answered_without_end(world: ChatWorld) -> None:
    """As with email: ten notices a day."""
    for number in range(15):
        world.applies({**CITRA, "NIK": "1", "Alamat Email": f"c{number}@example.org"})
    world.cycle()
    assert len(world.whatsapp.arrived) == 10


def test_a_notice_that_failed_leaves_the_letter_delivered(world: ChatWorld) -> None:
    """A number without WhatsApp is no failure of the letter; the officer reads of it."""
    world.whatsapp.failures = [Never("Nomor pemohon tidak dapat menerima pesan WhatsApp.")]
    row = approved(world)
    assert status(row) == "Selesai"
    assert "tidak terkirim: Nomor pemohon tidak dapat menerima" in row.system["note"]


def test_each_channel_has_its_own_quota(world: ChatWorld) -> None:
    """WhatsApp's holds up no email; what waits goes the next day."""
    world.with_settings(whatsapp=WhatsApp(per_day=1))
    world.workflow |= {"duplicates": None}
    rows = [approved(world), approved(world, DONI)]
    assert [status(row) for row in rows] == ["Selesai", "Selesai"]
    assert len(world.whatsapp.arrived) == 1
    world.now += timedelta(days=1, hours=1)
    world.cycle()
    world.now += timedelta(hours=1)
    world.cycle()
    assert told(world.whatsapp) == [(NUMBER, "ready"), ("+6281234567891", "ready")]


def test_metas_own_limit_is_waited_out(world: ChatWorld) -> None:
    world.whatsapp.failures = [QuotaUsedUp("Batas pesan WhatsApp kantor tercapai.")]
    row = approved(world)
    assert status(row) == "Selesai"
    for _ in range(3):
        world.now += timedelta(hours=1)
        world.cycle()
    assert told(world.whatsapp) == [(NUMBER, "ready")]


def test_an_expired_token_is_told_to_the_responsible_person(world: ChatWorld) -> None:
    """Once, by email; and when it was renewed, all goes out."""
    world.whatsapp.failures = [TryAgain("WhatsApp menolak token kantor.") for _ in range(100)]
    approved(world)
    settings = Settings.model_validate({"office": {"responsible": "ratna@example.go.id"}})
    alarms = Alarms(
        world.ledger, world.email, Messages([TEMPLATES]), settings, world.data, lambda: world.now
    )

    def told_ratna() -> list[str]:
        return [
            message.subject
            for intent, message in world.email.arrived
            if intent.address == "ratna@example.go.id"
        ]

    for _ in range(100):
        alarms.look([world.cycle()], (), ["domisili"])
    [begun] = told_ratna()
    assert "pemberitahuan lewat WhatsApp belum terkirim" in begun
    world.whatsapp.failures = []
    world.now += timedelta(hours=1)
    alarms.look([world.cycle()], (), ["domisili"])
    assert len(told_ratna()) == 2
    assert told(world.whatsapp) == [(NUMBER, "ready")]


def test_a_service_without_chat_asks_nothing_of_it(world: ChatWorld) -> None:
    """The way of most offices."""
    world.workflow |= {"deliver": ["email", "drive"]}
    assert status(approved(world)) == "Selesai"
    assert told(world.whatsapp) == []
