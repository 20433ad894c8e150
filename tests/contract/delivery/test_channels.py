"""The same promises of every channel: SMTP (a real server), Gmail and Drive (small stand-ins, and the real adapters
against the sandbox), WhatsApp and SMS (their providers' published APIs)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sync.core.delivery import Channel, Intent, Kind, Message
from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.core.settings import Mail, Sms, WhatsApp
from sync.delivery.drive import DriveChannel
from sync.delivery.gmail import GmailChannel
from sync.delivery.sms_android import AndroidSmsChannel
from sync.delivery.smtp import SmtpChannel
from sync.delivery.whatsapp import WhatsAppChannel
from sync.google.credentials import account_of
from sync.google.drive import Drive
from sync.google.gmail import Gmail
from tests.contract.google.conftest import Google
from tests.fakes.google_delivery import FakeFiles, FakeMailbox
from tests.fakes.meta import NUMBER_ID, TOKEN, Meta
from tests.fakes.sms_gate import PASSWORD, USER, SmsGate
from tests.fakes.smtp_server import MailServer

CITRA = "citra@example.com"
DONI = "doni@example.com"


@dataclass
class Setting:
    """A channel with what can be seen and broken on its other side."""

    channel: Channel
    arrivals: Callable[[], int]
    readers: Callable[[], list[str]]
    busy: Callable[[], None]
    refuse: Callable[[], None]
    lose_answer: Callable[[], None]
    close: Callable[[], None] = lambda: None
    can_be_asked: bool = True
    citra: str = CITRA
    doni: str = DONI
    kind: Kind = Kind.LETTER


def smtp(server: MailServer, _: Google) -> Setting:
    channel = SmtpChannel(
        Mail(host="127.0.0.1", port=server.port, security="none", sender="loket@contoh.go.id"),
        None,
        "Disdukcapil Contoh",
    )
    return Setting(
        channel,
        arrivals=lambda: len(server.messages),
        readers=lambda: [address for to in server.recipients for address in to],
        busy=lambda: server.replies.update(RCPT="451 greylisted"),
        refuse=lambda: server.replies.update(RCPT="550 no such user"),
        lose_answer=lambda: setattr(server, "cut_after_data", True),
        close=channel.close,
        can_be_asked=False,
    )


def gmail(_: MailServer, __: Google) -> Setting:
    mailbox = FakeMailbox()
    channel = GmailChannel(mailbox, sender="loket@contoh.go.id", sender_name="Disdukcapil")
    return Setting(
        channel,
        arrivals=lambda: len(mailbox.sent),
        readers=lambda: [message["To"] for message in mailbox.sent],
        busy=lambda: mailbox.fail("update_draft"),
        refuse=lambda: mailbox.fail("send_draft", Never("Gmail menolak.")),
        lose_answer=lambda: mailbox.fail("send_draft", after=True),
    )


def drive(_: MailServer, __: Google) -> Setting:
    files = FakeFiles()
    channel = DriveChannel(files, folder_of=lambda service: f"folder of {service}")
    return Setting(
        channel,
        arrivals=lambda: len(files.stored),
        readers=lambda: [reader for file in files.stored.values() for reader in file.readers],
        busy=lambda: files.fail("upload"),
        refuse=lambda: files.fail("upload", Never("Drive kantor penuh.")),
        lose_answer=lambda: files.fail("upload", after=True),
    )


def gmail_sandbox(_: MailServer, google: Google) -> Setting:
    # One attempt a call: what the transport would mend by itself is shown to the channel.
    transport = google.transport(google.officer, gmail=True, attempts=1)
    office = account_of(google.officer)
    before = len(google.control("GET", "/mailbox")["messages"])

    def arrived() -> list[Any]:
        found: list[Any] = google.control("GET", "/mailbox")["messages"][before:]
        return found

    return Setting(
        GmailChannel(Gmail(transport), sender=office, sender_name="Disdukcapil"),
        arrivals=lambda: len(arrived()),
        readers=lambda: [address for message in arrived() for address in message["recipients"]],
        busy=lambda: google.faults({"api": "gmail.users.drafts.update", "do": "503", "times": 1}),
        refuse=lambda: google.faults({"api": "gmail.users.drafts.send", "do": "403", "times": 1}),
        lose_answer=lambda: google.faults(
            {"api": "gmail.users.drafts.send", "do": "drop-after", "times": 1}
        ),
        close=transport.close,
    )


def drive_sandbox(_: MailServer, google: Google) -> Setting:
    transport = google.transport(attempts=1)
    files = Drive(transport)
    shared_drive = google.new_shared_drive()
    members = {account_of(google.officer), account_of(google.credentials)}

    def stored() -> list[str]:
        answer = transport.request(
            "GET",
            "https://www.googleapis.com/drive/v3/files",
            params={
                "corpora": "drive",
                "driveId": shared_drive,
                "includeItemsFromAllDrives": "true",
                "supportsAllDrives": "true",
                "fields": "files(id)",
            },
        )
        return [file["id"] for file in answer.json()["files"]]

    return Setting(
        DriveChannel(files, folder_of=lambda _: shared_drive),
        arrivals=lambda: len(stored()),
        readers=lambda: sorted(
            reader for id_ in stored() for reader in files.readers(id_) if reader not in members
        ),
        busy=lambda: google.faults({"api": "drive.files.create", "do": "503", "times": 1}),
        refuse=lambda: google.faults({"api": "drive.files.create", "do": "403", "times": 1}),
        lose_answer=lambda: google.faults(
            {"api": "drive.files.create", "do": "drop-after", "times": 1}
        ),
        close=transport.close,
    )


def whatsapp(_: MailServer, __: Google) -> Setting:
    meta = Meta()
    meta.templates["loket_selesai"] = 2  # as the letter's text has lines
    settings = WhatsApp(phone_number_id=NUMBER_ID, endpoint=meta.url)
    return Setting(
        WhatsAppChannel(settings, TOKEN),
        arrivals=lambda: len(meta.messages),
        readers=lambda: [f"+{number}" for number, _, _ in meta.told],
        busy=lambda: setattr(meta, "next_error", (130429, 400)),
        refuse=lambda: setattr(meta, "next_error", (131026, 400)),
        lose_answer=lambda: setattr(meta, "lose", True),
        close=meta.close,
        can_be_asked=False,
        citra="+6281234567890",
        doni="+6281234567891",
        kind=Kind.READY,
    )


def sms(_: MailServer, __: Google) -> Setting:
    phone = SmsGate()
    channel = AndroidSmsChannel(Sms(url=phone.url, user=USER), PASSWORD)
    return Setting(
        channel,
        arrivals=lambda: len(phone.messages),
        readers=lambda: [number for number, _ in phone.told],
        busy=lambda: setattr(phone, "busy", True),
        refuse=lambda: setattr(phone, "refuse", True),
        lose_answer=lambda: setattr(phone, "lose", True),
        close=phone.close,
        citra="+6281234567890",
        doni="+6281234567891",
        kind=Kind.READY,
    )


MAKERS = [smtp, gmail, drive, gmail_sandbox, drive_sandbox, whatsapp, sms]


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__)
def setting(
    request: pytest.FixtureRequest, mail_server: MailServer, google: Google
) -> Iterator[Setting]:
    google.faults()
    made: Setting = request.param(mail_server, google)
    yield made
    made.close()
    google.faults()


def intent_of(setting: Setting, address: str = "", attempt: int = 1) -> Intent:
    """To Citra where nobody else is named."""
    channel = setting.channel
    return Intent(
        id=1,
        application_id=1,
        reference="SKD-26-0004F7",
        workflow="domisili",
        kind=setting.kind,
        channel=channel.name,
        key=channel.plan(reference="SKD-26-0004F7", kind=setting.kind, attempt=attempt),
        address=address or setting.citra,
    )


def test_planning_sends_nothing(setting: Setting) -> None:
    """The intent is committed between plan and send; what goes out before that could go out twice."""
    intent_of(setting)
    assert setting.arrivals() == 0


def test_two_attempts_have_two_keys(setting: Setting) -> None:
    """A letter that the officer sends again is another message, told apart from the first."""
    first, second = intent_of(setting), intent_of(setting, attempt=2)
    assert first.key != second.key


def test_the_letter_reaches_the_applicant_alone(setting: Setting, letter: Message) -> None:
    """Doni must never see what Citra gets."""
    receipt = setting.channel.send(intent_of(setting), letter)
    assert receipt.id
    assert setting.arrivals() == 1
    assert setting.readers() == [setting.citra]


def test_two_applicants_get_two_messages(setting: Setting, letter: Message) -> None:
    """The kept connection must not carry Citra's address over into Doni's message."""
    setting.channel.send(intent_of(setting), letter)
    setting.channel.send(intent_of(setting, setting.doni, attempt=2), letter)
    assert setting.readers() == [setting.citra, setting.doni]


def test_a_busy_other_side_is_tried_again(setting: Setting, letter: Message) -> None:
    """Nothing went out, so trying again is safe and right."""
    setting.busy()
    with pytest.raises(TryAgain) as caught:
        setting.channel.send(intent_of(setting), letter)
    assert caught.value.reason
    assert setting.arrivals() == 0


def test_a_refusal_is_final_and_says_why(setting: Setting, letter: Message) -> None:
    """The officer reads the reason in the row; a second try would only be refused again."""
    setting.refuse()
    with pytest.raises(Never) as caught:
        setting.channel.send(intent_of(setting), letter)
    assert caught.value.reason.endswith(".")
    assert setting.citra not in caught.value.detail
    assert setting.readers() == []


def test_a_lost_answer_never_leads_to_a_second_letter(setting: Setting, letter: Message) -> None:
    """The other side has it, we were not told: either it can be asked, or an officer must choose."""
    intent = intent_of(setting)
    setting.lose_answer()
    with pytest.raises((TryAgain, CannotKnow)) as caught:
        setting.channel.send(intent, letter)

    if isinstance(caught.value, TryAgain):
        assert setting.channel.send(intent, letter).id
        assert setting.readers() == [setting.citra]
    assert setting.arrivals() == 1


def test_after_a_crash_before_sending_it_certainly_did_not_happen(setting: Setting) -> None:
    """Then it is sent, once. Where nobody can be asked, that is said."""
    intent = intent_of(setting)
    if not setting.can_be_asked:
        with pytest.raises(CannotKnow):
            setting.channel.happened(intent)
    else:
        assert setting.channel.happened(intent) is None


def test_after_a_crash_after_sending_the_receipt_is_found(
    setting: Setting, letter: Message
) -> None:
    """The receipt was not recorded; it must be found, not made a second time."""
    intent = intent_of(setting)
    setting.channel.send(intent, letter)
    if not setting.can_be_asked:
        with pytest.raises(CannotKnow):
            setting.channel.happened(intent)
        return
    receipt = setting.channel.happened(intent)
    assert receipt is not None
    assert receipt.id
    assert setting.arrivals() == 1


@pytest.mark.parametrize(
    "address",
    ["", "citra", "citra@example.com, doni@example.com", "+6281234567890,+6281234567891"],
)
def test_an_address_that_is_not_one_address_gets_nothing(
    setting: Setting, letter: Message, address: str
) -> None:
    """Two addresses in one cell would send Citra's letter to Doni."""
    intent = replace(intent_of(setting), address=address)
    with pytest.raises(Never):
        setting.channel.send(intent, letter)
    assert setting.arrivals() == 0
