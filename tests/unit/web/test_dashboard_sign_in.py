"""Who comes into the dashboard: by a link, mailed to an address that settings.yaml names, in its minutes and once."""

import logging
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event

from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.delivery.messages import Messages
from sync.ledger.sign_ins import USABLE_FOR
from sync.web.dashboard.door import MOST_UNUSED, SIGN_IN, Limits
from tests.fakes.asking import Answer, Visitor, ask
from tests.fakes.dashboard_door import (
    HEAD,
    OFFICER,
    PROVINCE,
    ROOT,
    DoorOffice,
    asks,
    comes_in,
    goes_out,
)
from tests.unit.web.door_visits import (
    SECOND,
    SESSION,
    STRANGER,
    is_in,
    office_with_a_door,  # noqa: F401 - a fixture
)


def waiting(office: DoorOffice) -> int:
    with office.ledger.reading() as look:
        return len(look.sign_ins.unsettled())


# --- asking for a link


def test_a_link_by_mail_leads_in_and_the_button_leads_out(office: DoorOffice) -> None:
    """As settings.yaml has the address, whatever case was typed; the link opens where its mail is read, on a phone."""
    app = office.app()
    computer, phone = Visitor(app), Visitor(app, client="198.51.100.20")
    assert "Periksa email Anda" in asks(computer, "  kepala@CONTOH.go.id ").text
    answer = comes_in(phone, office.link())
    assert (answer.status, answer.headers["location"]) == (303, "/petugas")
    [(intent, message)] = office.mail.arrived
    assert intent.address == HEAD.address
    assert message.letter is None
    assert is_in(phone)
    assert not is_in(computer)
    assert "Anda sudah keluar" in goes_out(phone).text
    assert not is_in(phone)


@pytest.mark.parametrize("typed", [STRANGER, "", "x" * 300 + "@contoh.go.id", "a\0b@c", "<b>@<i>"])
def test_whoever_is_not_named_is_told_the_same_and_gets_nothing(
    office: DoorOffice, typed: str
) -> None:
    """The same bytes and headers, after as many questions to the ledger."""
    visitor = Visitor(office.app())
    visitor.reads(SIGN_IN)
    asked: list[str] = []

    @event.listens_for(office.ledger._engine, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement.split()[0])

    def answered(address: str) -> tuple[Answer, list[str]]:
        token = visitor.reads(SIGN_IN).hidden("_token")
        asked.clear()
        return visitor.sends(SIGN_IN, _token=token, alamat=address), list(asked)

    allowed, unknown = answered(OFFICER.address), answered(typed)
    assert allowed[0].status == 200
    assert allowed == unknown
    assert waiting(office) == 1


def test_links_that_nobody_uses_are_not_mailed_without_end(office: DoorOffice) -> None:
    """One that was used does not count. Nobody is kept out by a stranger who asks: an hour later there is one more."""
    office.limits = Limits(address_at_once=1000, client_at_once=1000)
    visitor = Visitor(office.app())
    asks(visitor, OFFICER.address)
    comes_in(visitor, office.link())
    for _ in range(MOST_UNUSED + 3):
        assert "Periksa email Anda" in asks(visitor, OFFICER.address).text
    office.mails().keep()
    assert len(office.mail.arrived) == 1 + MOST_UNUSED
    assert office.trail()[-1 - MOST_UNUSED] == (OFFICER.address, "terlalu banyak tautan", "")
    for hours in (1, 2):
        office.now += timedelta(hours=1)
        for _ in range(3):
            asks(visitor, OFFICER.address)
        office.mails().keep()
        assert len(office.mail.arrived) == 1 + MOST_UNUSED + hours
    comes_in(visitor, office.link())


@pytest.mark.parametrize("address", [OFFICER.address, STRANGER])
def test_an_address_is_asked_for_at_a_bounded_pace(office: DoorOffice, address: str) -> None:
    """From wherever, known or not; others are not held up."""
    office.limits = Limits(address_at_once=2, address_per_second=1 / 300)
    app = office.app()
    answers = [asks(Visitor(app, client=f"198.51.100.{n}"), address).status for n in range(4)]
    assert answers == [200, 200, 429, 429]
    assert asks(Visitor(app), HEAD.address).status == 200
    office.ticks += 301
    assert asks(Visitor(app), address.upper()).status == 200
    assert asks(Visitor(app), address).status == 429


def test_a_client_and_all_together_knock_at_a_bounded_pace(office: DoorOffice) -> None:
    """Links too: nobody tries tokens at speed. What is refused leaves nothing in the ledger."""
    office.limits = Limits(client_at_once=3, at_once=5, per_second=0.1)
    app = office.app()
    one = Visitor(app)
    answers = [asks(one, f"{n}@lain.example").status for n in range(3)]
    token = one.reads(SIGN_IN).hidden("_token")
    refused = one.sends(f"{SIGN_IN}/{'A' * 43}", _token=token)
    assert (answers, refused.status) == ([200] * 3, 429)
    assert "Terlalu banyak percobaan" in refused.text
    assert one.reads(f"{SIGN_IN}/{'A' * 43}").status == 429
    others = [
        asks(Visitor(app, client=f"198.51.100.{n}"), f"{n}@ini.example").status for n in range(3)
    ]
    assert others == [200, 200, 429]
    assert len(office.trail()) == 5


# --- the link


def test_a_link_is_used_up_by_the_button_alone_and_once(office: DoorOffice) -> None:
    """Mail programs look into links, also with HEAD."""
    app = office.app()
    asks(Visitor(app), HEAD.address)
    link = office.link()
    for method in ("GET", "HEAD", "GET"):
        assert ask(app, method, link).status == 200
    first, second = Visitor(app), Visitor(app)
    token = second.reads(link).hidden("_token")
    assert comes_in(first, link).status == 303
    late = second.sends(link, _token=token)
    assert late.status == 410
    assert "tidak berlaku lagi" in late.text
    assert ask(app, "GET", link).status == 410
    assert not is_in(second)
    assert office.trail()[-1] == ("", "tautan tidak berlaku", "")


def test_a_link_lives_from_when_its_mail_is_made(office: DoorOffice) -> None:
    """A mail that waited is not dead on arrival; afterwards it has its minutes and no more."""
    app = office.app()
    for late, status in ((USABLE_FOR - SECOND, 200), (USABLE_FOR, 410)):
        asks(Visitor(app), HEAD.address)
        office.now += timedelta(minutes=20)
        link = office.link()
        office.now += late
        assert ask(app, "GET", link).status == status


@pytest.mark.parametrize("link", ["A" * 43, "", "a/b", "\ud800", "'; DROP TABLE sessions; --"])
def test_an_invented_link_leads_nowhere(office: DoorOffice, link: str) -> None:
    visitor = Visitor(office.app())
    token = visitor.reads(SIGN_IN).hidden("_token")
    path = f"{SIGN_IN}/{link}"
    assert visitor.reads(path).status in (404, 410)
    assert visitor.sends(path, _token=token).status in (404, 405, 410)
    assert SESSION not in visitor.jar


def test_who_was_removed_meanwhile_does_not_come_in_by_the_link(office: DoorOffice) -> None:
    app = office.app()
    visitor = Visitor(app)
    asks(visitor, HEAD.address)
    link = office.link()
    token = visitor.reads(link).hidden("_token")
    office.people.remove(HEAD)
    assert visitor.reads(link).status == 410
    assert visitor.sends(link, _token=token).status == 410


def test_tokens_are_nowhere_but_with_their_owner(
    office: DoorOffice, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The link's in the mail, the session's in the cookie; the ledger has their SHA-256, the log nothing of either."""
    caplog.set_level(logging.DEBUG)
    visitor = office.signed_in(office.app())
    link = office.mail.arrived[-1][1].text.partition(f"{SIGN_IN}/")[2].split()[0]
    session = visitor.jar[SESSION]
    assert len(link) == len(session) == 43  # 256 bits
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for token in (link, session):
        assert sha256(token.encode()).hexdigest().encode() in held
        assert token.encode() not in held
        assert token not in caplog.text


def test_a_form_counts_only_from_our_own_pages(office: DoorOffice) -> None:
    """Asking, coming in, going out: without the browser's token nothing happens."""
    app = office.app()
    asks(Visitor(app), HEAD.address)
    link = office.link()
    inside = office.signed_in(app, OFFICER)
    for path in (SIGN_IN, link, "/petugas/keluar"):
        foreign = inside.sends(path, _token="0" * 64, alamat=OFFICER.address)
        assert foreign.status == 403
        assert "sudah lama" in foreign.text
    assert is_in(inside, OFFICER)
    assert ask(app, "GET", link).status == 200
    assert waiting(office) == 0


# --- the mail


def test_a_mail_that_cannot_go_is_tried_until_nobody_waits_any_more(office: DoorOffice) -> None:
    """Each attempt with a link of its own: the one before leads nowhere."""
    app = office.app()
    asks(Visitor(app), HEAD.address)
    office.mail.failures = [TryAgain("nanti"), TryAgain("nanti")]
    office.mails().keep()
    office.mails().keep()  # not at once
    assert len(office.mail.failures) == 1
    office.now += timedelta(minutes=1)
    office.mails().keep()
    office.now += timedelta(minutes=1)
    assert ask(app, "GET", office.link()).status == 200
    asks(Visitor(app), OFFICER.address)
    office.now += timedelta(minutes=30)
    office.mails().keep()
    assert len(office.mail.arrived) == 1
    assert waiting(office) == 0


def test_a_mail_that_was_interrupted_is_not_sent_twice(office: DoorOffice) -> None:
    """Its link leads in all the same, if it did arrive."""

    class Killed(BaseException):
        """The process is gone."""

    app = office.app()
    asks(Visitor(app), HEAD.address)
    office.mail.crash_after_sending = Killed()
    with pytest.raises(Killed):
        office.mails().keep()
    office.mails().keep()
    assert len(office.mail.arrived) == 1
    assert waiting(office) == 1  # another worker may have it in hand
    token = office.mail.arrived[0][1].text.partition(f"{SIGN_IN}/")[2].split()[0]
    assert ask(app, "GET", f"{SIGN_IN}/{token}").status == 200
    office.now += timedelta(minutes=11)
    office.mails().keep()
    assert len(office.mail.arrived) == 1
    assert waiting(office) == 0


def test_a_server_that_is_away_is_asked_once_a_minute(office: DoorOffice) -> None:
    """However many wait: a round of the worker must not wait for each."""
    visitor, mails = Visitor(office.app()), office.mails()
    for person in (HEAD, OFFICER, PROVINCE):
        asks(visitor, person.address)
    office.mail.failures = [TryAgain("nanti")] * 2
    for _ in range(3):
        mails.keep()
    assert len(office.mail.failures) == 1
    for _ in range(2):
        office.now += timedelta(minutes=1)
        mails.keep()
    assert len(office.mail.arrived) == 3


@pytest.mark.parametrize("failure", [Never("ditolak"), CannotKnow("putus"), ValueError("kami")])
def test_a_mail_that_was_refused_or_may_have_gone_is_not_sent_again(
    office: DoorOffice, failure: Exception
) -> None:
    """And holds up nobody else's."""
    visitor = Visitor(office.app())
    asks(visitor, HEAD.address)
    asks(visitor, OFFICER.address)
    office.mail.failures = [failure]
    for _ in range(3):
        office.mails().keep()
        office.now += timedelta(minutes=2)
    assert [intent.address for intent, _ in office.mail.arrived] == [OFFICER.address]
    assert waiting(office) == 0


def test_a_mail_that_cannot_be_written_goes_when_its_template_is_mended(
    office: DoorOffice, tmp_path: Path
) -> None:
    asks(Visitor(office.app()), HEAD.address)
    own = tmp_path / "messages" / "masuk.txt"
    own.parent.mkdir()
    own.write_text("Subjek: {{ salah }}", "utf-8")
    broken = replace(office.mails(), messages=Messages([tmp_path, ROOT / "templates"]))
    broken.keep()
    assert office.mail.arrived == []
    office.now += timedelta(minutes=2)
    assert office.link()


def test_no_two_mails_have_one_id(office: DoorOffice) -> None:
    """Mail servers drop a message whose id they know; the ledger counts from the beginning once all is forgotten."""
    for _ in range(2):
        asks(Visitor(office.app()), HEAD.address)
        office.mails().keep()
        office.now += timedelta(days=9)
        with office.ledger.begin() as tx:
            tx.sign_ins.forget_old(office.now)
    first, second = (intent.key for intent, _ in office.mail.arrived)
    assert first != second


def test_the_mail_says_what_it_is_and_what_to_do_with_an_unasked_one(office: DoorOffice) -> None:
    asks(Visitor(office.app()), HEAD.address)
    link = office.link()
    [(_, message)] = office.mail.arrived
    assert message.subject == "Tautan masuk dasbor Loket"
    for text in (message.text, message.html):
        assert link in text
        assert f"{int(USABLE_FOR.total_seconds() // 60)} menit" in text
        assert "abaikan" in text
    assert f'<a href="https://layanan.contoh.go.id{link}">' in message.html
