"""The webhook of WhatsApp: forged ones change nothing, those that come twice change nothing twice, and an applicant is
told of the own application alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from sync.core.chat import Arrival
from sync.core.outcomes import TryAgain
from sync.ledger.applications import Arrival as Applied
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.verification import WITHDRAWN
from sync.web.guard.threshold import Bounds, GuardedApp
from sync.web.whatsapp.inbox import Inbox
from sync.web.whatsapp.webhook import LONGEST_BODY, PATH, Secrets, whatsapp_routes
from tests.fakes.asking import ask
from tests.fakes.meta import (
    APP_SECRET,
    NUMBER_ID,
    VERIFY_TOKEN,
    incoming,
    payload,
    signed,
    status,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
CITRA, DONI = "+6281234567890", "+6281234567891"
KEY = "SKD-26-0004F7.ready.1"


@dataclass
class Door:
    app: GuardedApp
    ledger: Ledger
    sent: list[tuple[str, str]] = field(default_factory=list)
    now: datetime = NOW
    away: bool = False
    _count: int = 0

    def posts(self, body: bytes, headers: dict[str, str] | None = None) -> int:
        given = signed(body) if headers is None else headers
        return ask(self.app, "POST", PATH, headers=given.items(), body=body).status

    def writes(self, text: str, number: str = CITRA, id_: str = "", **more: Any) -> str:
        """A citizen's message; the answer to it, "" where there was none."""
        self._count += 1
        at = int(more.pop("at", self.now).timestamp())
        message = incoming(text, number=number[1:], at=at, id_=id_ or f"wamid.{self._count}")
        before = len(self.sent)
        assert self.posts(payload(messages=[message | more])) == 200
        answers = self.sent[before:]
        assert all(to == number for to, _ in answers)
        return answers[0][1] if answers else ""

    def reports(self, key: str = KEY) -> set[Arrival]:
        with self.ledger.reading() as look:
            return {report.arrival for report in look.chat.of("whatsapp", key)}

    def send(self, number: str, text: str) -> None:
        if self.away:
            raise TryAgain("WhatsApp tidak dapat dihubungi.")
        self.sent.append((number, text))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    inbox = Inbox(ledger, lambda number, text: door.send(number, text), lambda: door.now)
    routes = whatsapp_routes(Secrets(VERIFY_TOKEN, APP_SECRET), NUMBER_ID, inbox)
    bounds = Bounds(["127.0.0.1"], longer={PATH: LONGEST_BODY})
    door = Door(GuardedApp(bounds, routes=routes), ledger)
    yield door
    ledger.close()


@pytest.fixture
def reference(door: Door) -> str:
    """Citra's application."""
    with door.ledger.begin() as tx:
        return tx.applications.register(
            Applied(
                workflow="domisili",
                prefix="SKD",
                year=2026,
                answers={"NIK": "6402014101900001"},
                fingerprint="f",
                submitted="46350.1",
                same_key=None,
                name="Citra Lestari",
                email="citra@example.org",
                phone=CITRA,
                at=NOW,
            )
        ).reference


def verifies(door: Door, **asked: str) -> tuple[int, str]:
    query = urlencode({f"hub.{name}": text for name, text in asked.items()})
    answer = ask(door.app, "GET", PATH, query=query.encode())
    return answer.status, answer.text


def test_meta_is_told_its_challenge_by_who_knows_the_word(door: Door) -> None:
    right = {"mode": "subscribe", "verify_token": VERIFY_TOKEN, "challenge": "1158201444"}
    assert verifies(door, **right) == (200, "1158201444")
    for wrong in ({"verify_token": "lain"}, {"mode": "unsubscribe"}, {"challenge": "<b>x</b>"}):
        assert verifies(door, **(right | wrong))[0] == 403
    assert verifies(door, mode="subscribe", challenge="1")[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature": "sha1=" + "0" * 40},
        signed(payload(statuses=[status(KEY, "read")]), "rahasia-lain"),
        signed(b"another body"),
    ],
)
def test_a_forged_one_changes_nothing(door: Door, headers: dict[str, str]) -> None:
    """Anybody can find the address; only Meta has the secret."""
    body = payload(
        statuses=[status(KEY, "read")],
        messages=[incoming("STOP", number=CITRA[1:], at=int(NOW.timestamp()))],
    )
    assert door.posts(body, headers) == 403
    assert door.reports() == set()
    assert door.sent == []
    with door.ledger.reading() as look:
        assert not look.chat.stopped(CITRA)


def test_one_changed_byte_is_a_forgery(door: Door) -> None:
    body = payload(statuses=[status(KEY, "read")])
    assert door.posts(body.replace(b"read", b"sent"), signed(body)) == 403


def test_empty_secrets_open_no_door(door: Door) -> None:
    """A signature by an empty secret could be made by everybody."""
    inbox = Inbox(door.ledger, door.send, lambda: NOW)
    for secrets in (Secrets("", APP_SECRET), Secrets(VERIFY_TOKEN, "")):
        with pytest.raises(ValueError, match="secrets"):
            whatsapp_routes(secrets, NUMBER_ID, inbox)


def test_a_long_body_is_not_read_to_its_end(door: Door) -> None:
    body = b" " * (LONGEST_BODY + 1)
    assert door.posts(body) == 413


def test_reports_are_kept_once_however_often_they_come(door: Door) -> None:
    body = payload(statuses=[status(KEY, "sent"), status(KEY, "delivered")])
    assert [door.posts(body) for _ in range(3)] == [200] * 3
    assert door.reports() == {Arrival.SENT, Arrival.DELIVERED}


def test_why_it_failed_is_told_in_our_words(door: Door) -> None:
    """Meta's may name the applicant."""
    door.posts(
        payload(statuses=[status(KEY, "failed", code=131026), status("k2", "failed", code=7)])
    )
    with door.ledger.reading() as look:
        [known], [other] = look.chat.of("whatsapp", KEY), look.chat.of("whatsapp", "k2")
    assert "tidak memakai WhatsApp" in known.reason
    assert other.reason == "kode 7 dari WhatsApp"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"entry": {}}',
        b'{"entry": [null, {"changes": [{"value": []}]}]}',
        payload(statuses=[{"status": "read"}, {"biz_opaque_callback_data": 1, "status": "read"}]),
        payload(statuses=[status("k" * 300, "read"), status("", "read")]),
        payload(statuses=[status(KEY, "exploded")]),
        payload(statuses=[{**status(KEY, "read"), "timestamp": "9" * 40}]),
        payload(statuses=[status(KEY, "read")], number_id="another-office"),
        payload(statuses=[status(KEY, "read")], field="account_update"),
        payload(messages=[{"from": "x", "id": "1", "type": "text", "text": {"body": "STOP"}}]),
        payload(
            messages=[{"type": "text", "text": "STOP", "id": 1, "from": "628", "timestamp": "1"}]
        ),
    ],
)
def test_what_is_not_understood_is_taken_and_changes_nothing(door: Door, body: bytes) -> None:
    """Refused, it would come again for a week."""
    assert door.posts(body) == 200
    assert door.reports() == set()
    assert door.sent == []


def test_a_citizen_is_told_of_the_own_application(door: Door, reference: str) -> None:
    """Its state, and nothing about a person."""
    answer = door.writes(f"CEK {reference}")
    assert answer.startswith(f"{reference}: Diterima.")
    assert not any(word in answer for word in ("Citra", "6402", "example.org"))


def test_a_letter_that_was_withdrawn_is_told_as_such(door: Door, reference: str) -> None:
    """As the status page does."""
    with door.ledger.begin() as tx:
        application = tx.applications.find(reference)
        assert application is not None
        tx.applications.record(application.id, NOW, WITHDRAWN)
    assert door.writes(f"CEK {reference}").startswith(f"{reference}: Surat dicabut.")


def test_anothers_application_and_none_are_one_answer(door: Door, reference: str) -> None:
    """Who asks from another number learns not even that it exists."""
    others = door.writes(f"CEK {reference}", number=DONI)
    assert others == door.writes("CEK SKD-26-00000A", number=DONI)
    assert "tidak kami temukan" in others


def test_an_erased_application_is_none(door: Door, reference: str) -> None:
    with door.ledger.begin() as tx:
        application = tx.applications.find(reference)
        assert application is not None
        tx.applications.change(application, at=NOW, erased_at=NOW)
    assert "tidak kami temukan" in door.writes(f"CEK {reference}")


def test_stop_is_kept_and_can_be_taken_back(door: Door) -> None:
    assert "tidak mengirim" in door.writes("Berhenti")
    with door.ledger.reading() as look:
        assert look.chat.stopped(CITRA)
        assert not look.chat.stopped(DONI)
    door.writes("MULAI")
    with door.ledger.reading() as look:
        assert not look.chat.stopped(CITRA)


def test_the_number_that_said_stop_lies_open_nowhere(door: Door, tmp_path: Path) -> None:
    door.writes("STOP", id_="wamid.HBgNNjI4MTIzNDU2Nzg5MA==")
    door.ledger.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"81234567890" not in content
    assert b"HBgNNjI4" not in content


def test_a_message_that_comes_again_is_not_answered_again(door: Door, reference: str) -> None:
    """Meta repeats it until it hears 200; an attacker may replay what was signed once."""
    assert door.writes(f"CEK {reference}", id_="wamid.A")
    assert door.writes(f"CEK {reference}", id_="wamid.A") == ""
    door.writes("STOP", id_="wamid.B")
    door.writes("MULAI", id_="wamid.C")
    door.writes("STOP", id_="wamid.B")
    with door.ledger.reading() as look:
        assert not look.chat.stopped(CITRA)


def test_an_old_message_is_not_answered_when_its_id_is_forgotten(door: Door) -> None:
    """What Meta repeats for seven days is remembered for eight."""
    door.writes("STOP", id_="wamid.A")
    door.writes("MULAI", id_="wamid.B")
    door.now += timedelta(days=9)
    door.writes("halo", id_="wamid.C")  # by now the first ones are forgotten
    door.writes("STOP", id_="wamid.A", at=NOW)
    with door.ledger.reading() as look:
        assert not look.chat.stopped(CITRA)


def test_help_is_given_once_a_day(door: Door) -> None:
    """A conversation with an officer is not interrupted at every line; a picture is for nobody here."""
    assert "CEK" in door.writes("selamat pagi")
    assert door.writes("terima kasih") == ""
    assert door.writes("x", type="image", image={"id": "1"}) == ""
    door.now += timedelta(days=1)
    assert "CEK" in door.writes("halo")


def test_a_button_of_a_template_is_read_as_a_text(door: Door) -> None:
    assert "tidak mengirim" in door.writes(
        "", type="button", button={"text": "Berhenti", "payload": "x"}
    )


def test_one_number_does_not_use_up_the_answers(door: Door, reference: str) -> None:
    """A loop, or malice: ten at once and twenty an hour; other citizens are answered."""
    answers = [door.writes(f"CEK {reference}") for _ in range(30)]
    assert sum(map(bool, answers)) == 10
    assert door.writes("CEK SKD-26-00000A", number=DONI)


def test_an_answer_that_is_lost_does_not_bring_the_webhook_down(
    door: Door, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    """And its number is in no log."""
    door.away = True
    assert door.writes(f"CEK {reference}") == ""
    assert "not sent" in caplog.text
    assert "81234567890" not in caplog.text
