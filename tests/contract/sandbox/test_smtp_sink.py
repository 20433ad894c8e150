"""The sandbox's mail server and mailbox, through smtplib."""

import email.policy
import hashlib
import json
import os
import signal
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox import certificates, clock, mailbox, smtp_sink
from sync.sandbox.frame import GoogleError, Store

RATNA = "bu.ratna@dukcapil.example.com"
CITRA = "citra@example.com"
DONI = "doni@example.com"
LETTER = b"%PDF-1.7\r\n" + bytes(range(256)) * 40


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, (mailbox.SCHEMA,))


@pytest.fixture
def sink(store: Store) -> Iterator[smtp_sink.Sink]:
    running = smtp_sink.start(store)
    yield running
    running.stop()


def connect(sink: smtp_sink.Sink) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", sink.port, timeout=5)


def message(to: str = CITRA, subject: str = "Surat – Domisili") -> EmailMessage:
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = RATNA, to, subject
    made["Message-ID"] = "<skd-1@loket>"
    made.set_content("Terlampir.\n")
    made.add_alternative("<p>Terlampir.</p>\n", subtype="html")
    made.add_attachment(LETTER, maintype="application", subtype="pdf", filename="SKD.pdf")
    return made


def test_a_message_arrives_whole(sink: smtp_sink.Sink, store: Store) -> None:
    """What Citra would read, and the attachment to the byte; the .eml can be opened in any mail program."""
    with connect(sink) as smtp:
        smtp.send_message(message())
    (received,) = mailbox.messages(store)
    assert (received["from"], received["to"], received["subject"]) == (
        RATNA,
        CITRA,
        "Surat – Domisili",
    )
    assert received["message_id"] == "<skd-1@loket>"
    assert (received["text"], received["html"]) == ("Terlampir.\n", "<p>Terlampir.</p>\n")
    assert received["attachments"][0]["sha256"] == hashlib.sha256(LETTER).hexdigest()
    assert (received["via"], received["recipients"]) == ("smtp", [CITRA])
    path = Path(received["path"])
    assert path.name == "0001-citra-example-com.eml"
    assert email.message_from_bytes(path.read_bytes())["Message-ID"] == "<skd-1@loket>"


def test_messages_keep_their_order_and_can_be_forgotten(sink: smtp_sink.Sink, store: Store) -> None:
    with connect(sink) as smtp:
        for number in range(3):
            smtp.send_message(message(subject=f"{number}"))
    assert [each["subject"] for each in mailbox.messages(store)] == ["0", "1", "2"]
    assert [each["id"] for each in mailbox.messages(store)] == [1, 2, 3]
    mailbox.forget(store)
    assert mailbox.messages(store) == []
    assert list(mailbox.folder(store).iterdir()) == []


def test_the_same_header_twice_is_seen(store: Store) -> None:
    """A test that looks for an injected header must be able to find it."""
    raw = b"From: a@example.com\r\nTo: b@example.com\r\nTo: doni@example.com\r\n\r\nx"
    mailbox.deliver(
        store, sender="a@example.com", recipients=["b@example.com"], raw=raw, via="smtp"
    )
    (received,) = mailbox.messages(store)
    assert received["headers"]["To"] == "b@example.com\ndoni@example.com"


def test_a_broken_message_is_shown_and_not_a_crash(store: Store) -> None:
    """The mailbox takes what comes, also an unknown charset and a header that is none."""
    for raw in (
        b"",
        b"no header at all",
        b"Content-Type: text/plain; charset=x-nope\r\n\r\n\xff\xfe",
        b"To: =?x?q?\xff?= <\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n",
    ):
        mailbox.deliver(store, sender="", recipients=["../../etc/passwd"], raw=raw, via="smtp")
    received = mailbox.messages(store)
    assert len(received) == 4
    assert all(Path(each["path"]).parent == mailbox.folder(store) for each in received)


@pytest.mark.parametrize(
    ("answer", "code"), [("550 5.1.1 No such user here", 550), ("452 4.2.2 Mailbox full", 452)]
)
def test_a_planned_refusal_meets_its_recipient_only(
    answer: str, code: int, sink: smtp_sink.Sink, store: Store
) -> None:
    smtp_sink.plan(store, [{"to": "doni@*", "answer": answer}])
    with connect(sink) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.send_message(message(to=DONI))
        assert refused.value.recipients[DONI][0] == code
        smtp.send_message(message())
    assert [each["recipients"] for each in mailbox.messages(store)] == [[CITRA]]


def test_a_refusal_after_data_keeps_nothing(sink: smtp_sink.Sink, store: Store) -> None:
    """Spam filters answer here; with `times` it ends by itself, and the retry goes through."""
    smtp_sink.plan(store, [{"answer": "451 4.7.1 Greylisted", "at": "data", "times": 1}])
    with connect(sink) as smtp:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.send_message(message())
        assert refused.value.smtp_code == 451
        smtp.send_message(message())
    assert len(mailbox.messages(store)) == 1


@pytest.mark.parametrize(("moment", "kept"), [("before", 0), ("after", 1)])
def test_a_connection_dies_after_data_and_nobody_can_know(
    moment: str, kept: int, sink: smtp_sink.Sink, store: Store
) -> None:
    """The sender sees the same in both cases: this is where *Perlu dicek* comes from."""
    smtp_sink.plan(store, [{"to": CITRA, "drop": moment, "times": 1}])
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)), connect(sink) as smtp:
        smtp.send_message(message())
    assert len(mailbox.messages(store)) == kept
    with connect(sink) as smtp:
        smtp.send_message(message())
    assert len(mailbox.messages(store)) == kept + 1


@pytest.mark.parametrize(
    "rule",
    [
        {"to": "*"},
        {"answer": "250 OK"},
        {"drop": "sometimes"},
        {"answer": "550 no", "drop": "after"},
        {"answer": "550 no", "at": "noon"},
        {"answer": "550 no\r\n250 yes"},
        {"answer": "550 no", "times": "often"},
        "550 no",
    ],
)
def test_a_rule_that_says_nothing_is_refused(rule: Any, store: Store) -> None:
    with pytest.raises(GoogleError, match="not a rule"):
        smtp_sink.plan(store, [rule])


def test_a_message_too_large_is_refused(store: Store) -> None:
    """552 whether the sender announces the size or not."""
    sink = smtp_sink.start(store, size_limit_bytes=5000)
    try:
        with connect(sink) as smtp:
            smtp.ehlo()
            assert smtp.esmtp_features["size"] == "5000"
            with pytest.raises(smtplib.SMTPSenderRefused) as refused:
                smtp.send_message(message())
            assert refused.value.smtp_code == 552
        with connect(sink) as smtp:
            smtp.helo()
            with pytest.raises(smtplib.SMTPDataError) as late:
                smtp.sendmail(RATNA, [CITRA], message().as_bytes())
            assert late.value.smtp_code == 552
    finally:
        sink.stop()
    assert mailbox.messages(store) == []


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_password_is_checked_when_accounts_are_given(mechanism: str, store: Store) -> None:
    """An expired app password is a case that officers meet: 535."""
    sink = smtp_sink.start(store, accounts={RATNA: "rahasia"}, auth_required=True)
    try:
        with connect(sink) as smtp:
            with pytest.raises(smtplib.SMTPSenderRefused):
                smtp.send_message(message())
            smtp.user, smtp.password = RATNA, "lama"
            with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                smtp.auth(mechanism, getattr(smtp, f"auth_{mechanism.lower()}"))
            assert refused.value.smtp_code == 535
            smtp.password = "rahasia"
            smtp.auth(mechanism, getattr(smtp, f"auth_{mechanism.lower()}"))
            smtp.send_message(message())
    finally:
        sink.stop()
    assert len(mailbox.messages(store)) == 1


def test_any_password_will_do_without_accounts(sink: smtp_sink.Sink, store: Store) -> None:
    with connect(sink) as smtp:
        smtp.login(RATNA, "apa saja")
        smtp.send_message(message())
    assert len(mailbox.messages(store)) == 1


def test_a_taken_port_is_told_at_once(sink: smtp_sink.Sink, store: Store) -> None:
    with pytest.raises(OSError, match="use"):
        smtp_sink.start(store, port=sink.port)


def test_a_sink_can_be_stopped_with_a_sender_still_there(store: Store) -> None:
    """Ctrl-C in the demo must not wait for anybody."""
    sink = smtp_sink.start(store)
    smtp = connect(sink)
    sink.stop()
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        smtp.noop()
    smtp.close()


KILLED = """
import os, sys, time
from pathlib import Path
from sync.sandbox import certificates, clock, mailbox, smtp_sink
from sync.sandbox.frame import GoogleError, Store
sink = smtp_sink.start(Store(Path(sys.argv[1]), (mailbox.SCHEMA,)))
print(sink.port, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_what_was_answered_250_survives_a_kill(tmp_path: Path) -> None:
    """The sender was told "kept": after kill -9 it is, and a half-written neighbour is tidied away."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
            smtp.send_message(message())
            process.send_signal(signal.SIGKILL)
            process.wait(10)
    except smtplib.SMTPServerDisconnected:
        pass  # QUIT finds nobody
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
    (mailbox_folder := tmp_path / "mailbox").joinpath("0002-half.eml").write_bytes(b"From: half")
    store = Store(tmp_path, (mailbox.SCHEMA,))
    smtp_sink.start(store).stop()
    assert [each["recipients"] for each in mailbox.messages(store)] == [[CITRA]]
    assert [each.name for each in mailbox_folder.iterdir()] == ["0001-citra-example-com.eml"]


def test_both_ways_of_tls_work_with_the_authority_that_is_told(
    sink: smtp_sink.Sink, store: Store
) -> None:
    """An office's mail server speaks TLS: what was never tried with it is not known to work."""
    told = json.loads((store.folder / smtp_sink.FACTS).read_text(encoding="utf-8"))
    assert (told["port"], told["tls_port"]) == (sink.port, sink.tls_port)
    context = ssl.create_default_context(cafile=told["ca"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with connect(sink) as smtp:
        smtp.starttls(context=context)
        smtp.login(RATNA, "apa saja")
        smtp.send_message(message())
    for name in ("127.0.0.1", "localhost"):
        with smtplib.SMTP_SSL(name, sink.tls_port, timeout=5, context=context) as smtp:
            smtp.send_message(message())
    assert len(mailbox.messages(store)) == 3


def test_a_restart_keeps_the_certificate(store: Store) -> None:
    """Whoever trusted it once need not do so every morning; its key is for its owner only."""
    contents = []
    for _ in range(2):
        sink = smtp_sink.start(store)
        sink.stop()
        contents.append(sink.authority.read_bytes())
    assert contents[0] == contents[1]
    if os.name == "posix":
        assert (store.folder / certificates.SERVER).stat().st_mode & 0o077 == 0


def test_a_stranger_does_not_trust_the_certificate(sink: smtp_sink.Sink) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        smtplib.SMTP_SSL(
            "127.0.0.1", sink.tls_port, timeout=5, context=ssl.create_default_context()
        )


def test_a_day_holds_so_many_messages_for_each_account(sink: smtp_sink.Sink, store: Store) -> None:
    """The worker must go on the next day instead of losing letters: 550 5.4.5 after DATA, as at Gmail."""
    mailbox.limit(store, 2)
    with connect(sink) as smtp:
        for _ in range(2):
            smtp.send_message(message())
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.send_message(message())
        assert refused.value.smtp_code == 550
        assert isinstance(refused.value.smtp_error, bytes)
        assert refused.value.smtp_error.startswith(b"5.4.5 ")
        smtp.sendmail(DONI, [CITRA], message().as_bytes())
        clock.of(store).set({"ahead_s": 24 * 3600})
        smtp.send_message(message())
    assert [each["sender"] for each in mailbox.messages(store)] == [RATNA, RATNA, DONI, RATNA]
