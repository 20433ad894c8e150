"""Telling by WhatsApp and SMS: whom, when, and what the row says of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.chat import Arrival, Report
from sync.core.outcomes import CannotKnow, Never, QuotaUsedUp, TryAgain
from sync.core.settings import Settings, Sms, WhatsApp, WhatsAppTemplates
from sync.delivery.messages import Messages
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.verification import WITHDRAWN
from sync.worker.alarms import Alarms
from sync.worker.chat_links import ChatLinks
from sync.worker.counter import Counter
from sync.worker.recovering import TELL_AGAIN
from tests.fakes.channel import FakeChannel
from tests.fakes.desk import SheetRow
from tests.unit.worker.conftest import CITRA as CITRA_BY_MAIL
from tests.unit.worker.conftest import DONI as DONI_BY_MAIL
from tests.unit.worker.conftest import WORKFLOW, World
from tests.unit.worker.test_cycle import status

TEMPLATES = Path(__file__).parents[3] / "templates"
NUMBER = "+6281234567890"
CITRA = {**CITRA_BY_MAIL, "WA": "0812-3456-7890"}
DONI = {**DONI_BY_MAIL, "WA": "0812-3456-7891"}


class ChatWorld(World):
    """With a phone question, WhatsApp and SMS, and the messages that Loket comes with."""

    whatsapp: FakeChannel
    sms: FakeChannel
    links = False

    def counter(self) -> Counter:
        counter = super().counter()
        counter.channels = {
            **counter.channels,
            **{
                name: channel
                for name, channel in (("whatsapp", self.whatsapp), ("sms", self.sms))
                if name in counter.workflow.deliver
            },
        }
        counter.messages = messages = Messages([TEMPLATES])
        if self.links:
            office = self.settings.office.model_dump()
            links = ChatLinks(messages, counter.workflow.title, office, counter.mending_link)
            counter.chat_link = links.of
        return counter

    def with_settings(self, **sections: object) -> None:
        self.settings = self.settings.model_copy(update=sections)

    def reported(self, row: SheetRow, arrival: Arrival, kind: str = "ready", why: str = "") -> None:
        """The webhook told so."""
        key = f"whatsapp:{row.system['reference']}:{kind}:1"
        with self.ledger.begin() as tx:
            tx.chat.report(Report("whatsapp", key, arrival, self.now, why))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ChatWorld]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    world = ChatWorld(ledger, tmp_path)
    world.whatsapp, world.sms = FakeChannel("whatsapp"), FakeChannel("sms")
    applicant = {**WORKFLOW["applicant"], "phone": "WA"}
    world.workflow |= {"applicant": applicant, "deliver": ["email", "whatsapp"]}
    yield world
    ledger.close()


def approved(world: ChatWorld, answers: dict[str, str] = CITRA) -> SheetRow:
    row = world.applies(answers)
    world.cycle()
    world.decides(row, "Setujui")
    world.cycle()
    return row


def told(channel: FakeChannel) -> list[tuple[str, str]]:
    return [(intent.address, intent.kind.value) for intent, _ in channel.arrived]


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
