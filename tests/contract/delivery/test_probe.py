"""Asking a mail server whether a letter could leave: where it ends is told apart, and nothing is ever sent."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.core.settings import Mail
from sync.delivery.probe import Outcome, probe_smtp
from sync.sandbox.certificates import certificate
from tests.fakes.smtp_server import PASSWORD, MailServer

OFFICE = "loket@dukcapil.example"
Serve = Callable[..., MailServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[MailServer] = []

    def start(**options: object) -> MailServer:
        running.append(MailServer(**options))  # type: ignore[arg-type]
        return running[-1]

    yield start
    for server in running:
        server.close()


def ask(
    port: int,
    *,
    security: str = "none",
    user: str = "",
    password: str | None = None,
    host: str = "127.0.0.1",
    trust: ssl.SSLContext | None = None,
) -> Outcome:
    mail = Mail.model_validate(
        {"host": host, "port": port, "security": security, "user": user, "timeout_s": 0.5}
    )
    return probe_smtp(mail, password, OFFICE, trust)


def test_a_server_that_would_take_a_letter_gets_none(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is taken back after the sender."""
    server = serve(needs_sign_in=True)
    said: list[str] = []
    putcmd = smtplib.SMTP.putcmd
    monkeypatch.setattr(
        smtplib.SMTP, "putcmd", lambda s, word, *more: said.append(word) or putcmd(s, word, *more)
    )
    assert ask(server.port, user=OFFICE, password=PASSWORD) == Outcome("well", 250)
    assert server.messages == []
    assert server.recipients == []
    assert said[-1] == "rset"


def test_a_wrong_password(serve: Serve) -> None:
    """535, which at Gmail asks for an app password."""
    server = serve(needs_sign_in=True)
    assert ask(server.port, user=OFFICE, password="salah") == Outcome("sign-in", 535)


def test_a_server_that_wants_a_sign_in_the_settings_do_not_name(serve: Serve) -> None:
    """530 to MAIL."""
    assert ask(serve(needs_sign_in=True).port) == Outcome("no-sign-in", 530)


def test_a_server_that_knows_no_sign_in(serve: Serve) -> None:
    """The settings name a user all the same."""
    assert ask(serve().port, user=OFFICE, password=PASSWORD).end == "sign-in"


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("553 5.7.1 Sender address rejected", Outcome("sender", 553)),
        ("451 4.7.1 Greylisted", Outcome("busy", 451)),
    ],
)
def test_a_sender_that_is_not_taken(serve: Serve, reply: str, outcome: Outcome) -> None:
    """For good, or for now."""
    server = serve()
    server.replies["MAIL"] = reply
    assert ask(server.port) == outcome


def test_nobody_is_there() -> None:
    """A closed port, and a name that nobody knows."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert ask(port) == Outcome("refused")


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Misspelt, or no internet."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert ask(465, security="tls", host="smtp.gmial.example") == Outcome("name")


def test_a_name_that_no_server_can_have() -> None:
    """The library refuses two dots before it asks anybody."""
    assert ask(465, security="tls", host="mail..go.id") == Outcome("name")


def test_what_cannot_be_said_to_a_server(serve: Serve) -> None:
    """The library sends ASCII alone: a no-break space of a web page, an address with an accent."""
    server = serve(needs_sign_in=True)
    assert ask(server.port, user=OFFICE, password="abcd\u00a0efgh") == Outcome("sign-in")
    mail = Mail(host="127.0.0.1", port=serve().port, security="none")
    assert probe_smtp(mail, None, "lóket@dukcapil.example") == Outcome("sender")


def test_a_firewall_that_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer at all to the first packet."""

    def nobody(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", nobody)
    assert ask(465) == Outcome("timeout")


def test_a_network_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else the system says."""

    def unreachable(*_: object, **__: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    assert ask(465) == Outcome("cut")


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_server_that_does_not_greet(security: str) -> None:
    """TLS expected on one side and plain text on the other look like this."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ask(port, security=security) == Outcome("silent")


def test_tls_where_none_is_spoken(serve: Serve) -> None:
    """Port 587 with `security: tls`."""
    assert ask(serve().port, security="tls") == Outcome("tls")


def test_starttls_where_none_is_offered(serve: Serve) -> None:
    """Never goes on in the clear: the password would be read on the way."""
    server = serve(needs_sign_in=True)
    outcome = ask(server.port, security="starttls", user=OFFICE, password=PASSWORD)
    assert outcome == Outcome("no-starttls")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_is_judged(serve: Serve, tmp_path: Path, security: str) -> None:
    """Of an authority that this computer does not know, and of one that it does."""
    made = certificate(tmp_path)
    server = serve(tls_context=made.context, starttls=security == "starttls")
    assert ask(server.port, security=security) == Outcome("certificate")
    trust = ssl.create_default_context(cafile=str(made.authority))
    assert ask(server.port, security=security, trust=trust) == Outcome("well", 250)
