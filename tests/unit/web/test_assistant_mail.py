"""What becomes of a password that was pasted from a web page."""

from pathlib import Path

import pytest

from sync.delivery.probe import Outcome
from sync.web.assistant import step_mail
from sync.web.assistant.place import Place
from sync.web.assistant.step import SEEN, Desk, Wrong
from sync.web.assistant.step_mail import MailStep

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def step(tmp_path: Path) -> MailStep:
    return MailStep(Desk(Place(tmp_path, ROOT), None, "http://127.0.0.1:1"))  # type: ignore[arg-type]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that a server was asked with; it takes none."""
    passwords: list[str] = []

    def refuse(_: object, password: str, __: str) -> Outcome:
        passwords.append(password)
        return Outcome("sign-in", 535)

    monkeypatch.setattr(step_mail, "probe_smtp", refuse)
    return passwords


def wrong(step: MailStep, host: str, password: str) -> str:
    """What is said beside the password."""
    form = {
        "mail.host": host,
        "mail.port": "465",
        "mail.security": "tls",
        "mail.user": "loket@dukcapil.example",
        "password": password,
        SEEN: step.show({})["seen"],
    }
    with pytest.raises(Wrong) as caught:
        step.take(form)
    return caught.value.fields["password"]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u200b", "\t"])
@pytest.mark.parametrize("host", ["smtp.gmail.com", "SMTP.GoogleMail.com", "smtp-relay.gmail.com"])
def test_an_app_password_of_google_is_taken_without_its_spaces(
    step: MailStep, tried: list[str], host: str, space: str
) -> None:
    """Google shows it in four parts, with spaces of one kind or another; it has none itself."""
    assert "ditolak" in wrong(step, host, space.join(["abcd", "efgh", "ijkl", "mnop"]) + space)
    assert tried == ["abcdefghijklmnop"]


def test_another_servers_password_is_left_as_it_is(step: MailStep, tried: list[str]) -> None:
    """A space may belong to it; what no server can be told is refused, with its reason, and no server is asked."""
    wrong(step, "mail.dukcapil.example", "dua kata")
    assert tried == ["dua kata"]
    assert "spasi khusus" in wrong(step, "mail.dukcapil.example", "dua\u00a0kata")
    assert tried == ["dua kata"]
