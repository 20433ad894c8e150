"""SMTP against a real server on this machine: what each failure means, and one kept connection."""

import smtplib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.core.delivery import Intent, Kind, Message
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Failure, Never, QuotaUsedUp, TryAgain
from sync.core.settings import Mail
from sync.delivery import smtp
from sync.delivery.smtp import SmtpChannel
from tests.contract.delivery.conftest import PDF
from tests.fakes.smtp_server import PASSWORD, MailServer


def intent(address: str = "citra@example.com", attempt: int = 1) -> Intent:
    return Intent(
        id=1,
        application_id=1,
        reference="SKD-26-0004F7",
        workflow="domisili",
        kind=Kind.LETTER,
        channel="email",
        key=f"<skd-26-0004f7.letter.{attempt}@loket.contoh.go.id>",
        address=address,
    )


def mail(port: int, **more: object) -> Mail:
    return Mail.model_validate(
        {
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "sender": "loket@contoh.go.id",
            "timeout_s": 2,
            **more,
        }
    )


@pytest.fixture
def channel(mail_server: MailServer) -> Iterator[SmtpChannel]:
    made = SmtpChannel(mail(mail_server.port), None, "Disdukcapil Contoh")
    yield made
    made.close()


def test_the_message_arrives_whole(
    channel: SmtpChannel, mail_server: MailServer, letter: Message
) -> None:
    """The letter byte for byte, the reference in the subject, and no answering machine wakes up."""
    channel.send(intent(), letter)

    arrived = mail_server.messages[0]
    assert arrived["Message-ID"] == intent().key
    assert arrived["Subject"] == letter.subject
    assert arrived["From"] == "Disdukcapil Contoh <loket@contoh.go.id>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    attachment = next(arrived.iter_attachments())
    assert attachment.get_filename() == "SKD Citra.pdf"
    assert attachment.get_content() == PDF
    assert arrived.get_body(("plain",)).get_content().strip().endswith("Surat terlampir.")  # type: ignore[union-attr]


def test_lines_that_begin_with_a_dot_arrive_as_they_are(
    channel: SmtpChannel, mail_server: MailServer
) -> None:
    """A lone dot ends a message in SMTP: half a letter, and the rest taken for commands."""
    text = "pertama\n.\n..dua\nRCPT TO:<doni@example.com>\n"
    channel.send(intent(), Message("s", text, "", "f"))

    body = mail_server.messages[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == text
    assert mail_server.recipients == [["citra@example.com"]]


@pytest.mark.parametrize(
    ("step", "reply", "expected", "reason"),
    [
        ("MAIL", "451 later", TryAgain, smtp.BUSY),
        ("MAIL", "553 not yours", TryAgain, smtp.SENDER_REFUSED),
        ("MAIL", "552 5.2.2 your mailbox is full", TryAgain, smtp.SENDER_REFUSED),
        ("RCPT", "450 mailbox busy", TryAgain, smtp.BUSY),
        ("RCPT", "550 no such user", Never, smtp.NO_ADDRESS),
        ("RCPT", "550 5.1.1 <daily@example.com>: no such user", Never, smtp.NO_ADDRESS),
        ("RCPT", "550 exceeded the max emails per hour", TryAgain, smtp.BUSY),
        ("RCPT", "550 Hourly sending limit reached", TryAgain, smtp.BUSY),
        ("RCPT", "552 full", Never, smtp.MAILBOX_FULL),
        ("RCPT", "550 5.7.1 relaying denied", TryAgain, smtp.POLICY_REFUSED),
        ("RCPT", "553 5.7.1 sender not owned by user", TryAgain, smtp.POLICY_REFUSED),
        ("RCPT", "550 5.1.8 sender's domain not found", TryAgain, smtp.SENDER_REFUSED),
        ("DATA", "554 5.7.1 looks like spam", Never, smtp.CONTENT_REFUSED),
        ("DATA", "550 5.4.5 Daily user sending limit exceeded", QuotaUsedUp, smtp.QUOTA),
        ("DATA", "451 try later", TryAgain, smtp.BUSY),
        ("DATA", "554 looks like spam", Never, smtp.CONTENT_REFUSED),
    ],
)
def test_an_answer_of_the_server_is_never_a_doubt(
    channel: SmtpChannel,
    mail_server: MailServer,
    letter: Message,
    step: str,
    reply: str,
    expected: type[Failure],
    reason: str,
) -> None:
    """A server that answered has said whether it took the message; what it holds against the office itself waits, as
    all the letters of a day would be refused alike."""
    mail_server.replies = {step: reply}
    with pytest.raises(expected) as caught:
        channel.send(intent(), letter)
    assert caught.value.reason == reason
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("broken", "outcome"),
    [("build_email", TryAgain), ("docmd", TryAgain), ("getreply", CannotKnow)],
)
def test_a_mistake_of_ours_is_a_doubt_only_after_the_last_line(
    channel: SmtpChannel,
    mail_server: MailServer,
    letter: Message,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    outcome: type[Failure],
) -> None:
    """Without the last line nothing was sent, whatever broke; and the next letter finds a connection of its own."""
    channel.send(intent(), letter)
    with monkeypatch.context() as patch:
        if broken == "getreply":
            server = channel._server
            assert server is not None
            send = server.send

            def sent(content: bytes) -> None:
                send(content)
                if content == b".\r\n":
                    patch.setattr(server, "getreply", mistake)

            patch.setattr(server, "send", sent)
        else:
            patch.setattr(smtp if broken == "build_email" else smtplib.SMTP, broken, mistake)
        with pytest.raises(Failure) as caught:
            channel.send(intent(attempt=2), letter)
    assert type(caught.value) is outcome
    channel.send(intent(attempt=3), letter)
    arrived = {message["Message-ID"] for message in mail_server.messages}
    assert {intent().key, intent(attempt=3).key} <= arrived
    assert outcome is CannotKnow or intent(attempt=2).key not in arrived


def mistake(*_: object, **__: object) -> None:
    raise TypeError("a mistake of ours")


@pytest.mark.parametrize("reply", ["abc", "999 what?", "199 hm"])
def test_an_answer_without_meaning_after_the_message_is_a_doubt(
    channel: SmtpChannel, mail_server: MailServer, letter: Message, reply: str
) -> None:
    """The message was handed over and nobody knows what the server did with it: never a silent second one."""
    mail_server.replies = {"DATA": reply}
    with pytest.raises(CannotKnow):
        channel.send(intent(), letter)


def test_a_connection_cut_after_data_is_a_doubt(
    channel: SmtpChannel, mail_server: MailServer, letter: Message
) -> None:
    """The server has the message and may deliver it: sending again could be a second letter."""
    mail_server.cut_after_data = True
    with pytest.raises(CannotKnow):
        channel.send(intent(), letter)
    assert len(mail_server.messages) == 1


def test_a_connection_cut_during_data_is_no_doubt(letter: Message) -> None:
    """Without its last line the message counts for nothing: most lost lines need no officer."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        client, _ = listener.accept()
        client.sendall(b"220 loopback\r\n")
        for answer in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            client.recv(1000)
            client.sendall(answer)
        client.recv(1000)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()  # reset, with most of the letter still on its way

    server = threading.Thread(target=talk)
    server.start()
    channel = SmtpChannel(mail(listener.getsockname()[1]), None, "Disdukcapil")
    assert letter.letter
    scan = replace(letter, letter=replace(letter.letter, pdf=b"x" * 8_000_000))
    with pytest.raises(TryAgain) as caught:
        channel.send(intent(), scan)
    assert caught.value.reason == smtp.UNREACHABLE
    server.join(timeout=5)
    listener.close()


def test_an_office_without_an_address_is_told_so() -> None:
    """Else every applicant's address would seem to be wrong."""
    with pytest.raises(Mendable, match=r"mail\.sender"):
        SmtpChannel(Mail(host="mail.contoh.go.id"), None, "Disdukcapil")


def test_nobody_can_be_asked_after_a_crash(channel: SmtpChannel) -> None:
    """Honest: SMTP has no such question."""
    with pytest.raises(CannotKnow):
        channel.happened(intent())


def test_a_server_that_is_down_is_tried_again(letter: Message) -> None:
    """An office's line is down for hours at times."""
    server = MailServer()
    port = server.port
    server.close()
    channel = SmtpChannel(mail(port), None, "Disdukcapil")
    with pytest.raises(TryAgain) as caught:
        channel.send(intent(), letter)
    assert caught.value.reason == smtp.UNREACHABLE


def test_one_connection_serves_many_letters(
    channel: SmtpChannel, mail_server: MailServer, letter: Message
) -> None:
    """Signing in for every letter is slow, and providers count it."""
    for attempt in range(1, 6):
        channel.send(intent(attempt=attempt), letter)
    assert len(mail_server.messages) == 5
    assert mail_server.connections == 1


def test_a_connection_that_died_while_idle_is_opened_again(
    channel: SmtpChannel, mail_server: MailServer, letter: Message
) -> None:
    """Servers close idle sessions; that is no failure of a letter."""
    channel.send(intent(), letter)
    mail_server.cut_idle_connections()
    channel.send(intent(attempt=2), letter)
    assert len(mail_server.messages) == 2
    assert mail_server.connections == 2


def test_after_a_refusal_the_next_letter_goes_out(
    channel: SmtpChannel, mail_server: MailServer, letter: Message
) -> None:
    """Doni's wrong address must not hold up Citra's letter."""
    mail_server.replies = {"RCPT": "550 no such user"}
    with pytest.raises(Never):
        channel.send(intent("doni@example.com"), letter)
    mail_server.replies = {}
    channel.send(intent(attempt=2), letter)
    assert mail_server.recipients == [["citra@example.com"]]


def test_a_wrong_password_waits_to_be_mended(letter: Message) -> None:
    """A changed password must not fail every application of the day; they go out once it is mended."""
    server = MailServer(needs_sign_in=True)
    try:
        wrong = SmtpChannel(mail(server.port, user="loket"), "salah", "Disdukcapil")
        with pytest.raises(TryAgain) as caught:
            wrong.send(intent(), letter)
        assert caught.value.reason == smtp.SIGN_IN
        assert "salah" not in caught.value.detail

        right = SmtpChannel(mail(server.port, user="loket"), PASSWORD, "Disdukcapil")
        right.send(intent(), letter)
        right.close()
        assert len(server.messages) == 1
    finally:
        server.close()


@pytest.mark.parametrize(
    ("user", "password"), [("loket", "abcd\u00a0efgh"), ("loket\u00a0", PASSWORD)]
)
def test_what_cannot_be_said_to_a_server_waits_to_be_mended(
    letter: Message, user: str, password: str
) -> None:
    """Pasted from a web page, with its no-break spaces: the library sends ASCII alone, and nothing was sent."""
    server = MailServer(needs_sign_in=True)
    try:
        channel = SmtpChannel(mail(server.port, user=user), password, "Disdukcapil")
        with pytest.raises(TryAgain) as caught:
            channel.send(intent(), letter)
        assert caught.value.reason == smtp.SIGN_IN
        assert "abcd" not in caught.value.detail
    finally:
        server.close()


def test_a_name_that_no_server_can_have_waits_to_be_mended(letter: Message) -> None:
    """Two dots, which the library refuses before it asks anybody."""
    channel = SmtpChannel(mail(25, host="mail..go.id", security="tls"), None, "Disdukcapil")
    with pytest.raises(TryAgain) as caught:
        channel.send(intent(), letter)
    assert caught.value.reason == smtp.UNREACHABLE


def test_a_password_never_travels_in_the_clear() -> None:
    """Without TLS only the machine itself may listen."""
    with pytest.raises(Mendable, match=r"mail\.contoh\.go\.id"):
        SmtpChannel(Mail(host="mail.contoh.go.id", security="none"), "rahasia", "Disdukcapil")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, with its key, that no system trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_without_a_trusted_certificate_gets_nothing(
    certificate: Path, letter: Message, security: str
) -> None:
    """Whoever stands in between would read NIKs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = MailServer(tls_context=context, starttls=security == "starttls")
    try:
        distrustful = SmtpChannel(mail(server.port, security=security), None, "Disdukcapil")
        with pytest.raises(TryAgain) as caught:
            distrustful.send(intent(), letter)
        assert caught.value.reason == smtp.CERTIFICATE
        assert server.messages == []

        trust = ssl.create_default_context(cafile=str(certificate))
        trusting = SmtpChannel(
            mail(server.port, security=security), None, "Disdukcapil", trust=trust
        )
        trusting.send(intent(), letter)
        trusting.close()
        assert len(server.messages) == 1
    finally:
        server.close()


def test_a_server_without_tls_is_not_talked_to(mail_server: MailServer, letter: Message) -> None:
    """A stripped STARTTLS must not end in plain text."""
    channel = SmtpChannel(mail(mail_server.port, security="starttls"), None, "Disdukcapil")
    with pytest.raises(TryAgain) as caught:
        channel.send(intent(), letter)
    assert caught.value.reason == smtp.NO_TLS
    assert mail_server.messages == []
