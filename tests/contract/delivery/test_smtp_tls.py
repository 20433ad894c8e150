"""The office's mail channel against a server that speaks TLS and wants a password: the sandbox's own.

test_smtp.py tries the same refusals on a fake; here another program holds the other end.
"""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.core.delivery import Message
from sync.core.outcomes import TryAgain
from sync.core.settings import Mail
from sync.delivery import smtp
from sync.delivery.smtp import SmtpChannel
from sync.sandbox import mailbox, smtp_sink
from sync.sandbox.frame import Store
from tests.contract.delivery.test_smtp import intent

OFFICE = "loket@contoh.go.id"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, (mailbox.SCHEMA,))
    yield opened
    opened.close()


@pytest.fixture
def sink(store: Store) -> Iterator[smtp_sink.Sink]:
    running = smtp_sink.start(store, accounts={OFFICE: "rahasia"}, auth_required=True)
    yield running
    running.stop()


def channel(
    sink: smtp_sink.Sink, *, security: str | None, trusting: bool, password: str = "rahasia"
) -> SmtpChannel:
    given: dict[str, object] = {
        "host": "127.0.0.1",
        "port": sink.port if security == "starttls" else sink.tls_port,
        "user": OFFICE,
        "sender": OFFICE,
        "timeout_s": 2,
    }
    if security is not None:
        given["security"] = security
    trust = ssl.create_default_context(cafile=str(sink.authority)) if trusting else None
    return SmtpChannel(Mail.model_validate(given), password, "Disdukcapil", trust=trust)


def test_without_a_word_in_the_settings_mail_is_encrypted(
    sink: smtp_sink.Sink, store: Store, letter: Message
) -> None:
    """Who forgets `security` must not send NIKs in the clear."""
    default = channel(sink, security=None, trusting=False)
    with pytest.raises(TryAgain) as caught:
        default.send(intent(), letter)
    assert caught.value.reason == smtp.CERTIFICATE
    assert mailbox.messages(store) == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_unknown_certificate_gets_neither_password_nor_letter(
    sink: smtp_sink.Sink, store: Store, letter: Message, security: str
) -> None:
    """Whoever stands in between would read both; the reason says where to look."""
    distrustful = channel(sink, security=security, trusting=False)
    with pytest.raises(TryAgain) as caught:
        distrustful.send(intent(), letter)
    assert caught.value.reason == smtp.CERTIFICATE
    assert "sertifikat" in smtp.CERTIFICATE.lower()
    assert mailbox.messages(store) == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_trusted_server_gets_the_letter(
    sink: smtp_sink.Sink, store: Store, letter: Message, security: str
) -> None:
    trusting = channel(sink, security=security, trusting=True)
    trusting.send(intent(), letter)
    trusting.close()
    assert [each["recipients"] for each in mailbox.messages(store)] == [["citra@example.com"]]


def test_a_wrong_password_is_told_as_one(sink: smtp_sink.Sink, letter: Message) -> None:
    """The commonest trouble of an office: its app password was changed."""
    with pytest.raises(TryAgain) as caught:
        channel(sink, security="tls", trusting=True, password="lama").send(intent(), letter)
    assert caught.value.reason == smtp.SIGN_IN


def test_a_day_that_is_used_up_is_waited_for(
    sink: smtp_sink.Sink, store: Store, letter: Message
) -> None:
    """Gmail calls it final (550 5.4.5); a letter must not fail for it."""
    mailbox.limit(store, 1)
    trusting = channel(sink, security="tls", trusting=True)
    trusting.send(intent(), letter)
    with pytest.raises(TryAgain) as caught:
        trusting.send(intent(attempt=2), letter)
    trusting.close()
    assert caught.value.reason == smtp.QUOTA
    assert len(mailbox.messages(store)) == 1
