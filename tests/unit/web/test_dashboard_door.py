"""Who comes into the dashboard, for how long, and what is remembered of it."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event

from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.core.people import Role
from sync.delivery.messages import Messages
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.sign_ins import LONGEST_PAUSE, LONGEST_SESSION, USABLE_FOR
from sync.ledger.trouble import AWAY, trouble
from sync.web.dashboard.door import LINES, MOST_UNUSED, SIGN_IN, Limits
from sync.web.guard.forms import COOKIE as FORMS_COOKIE
from tests.fakes.asking import Answer, Visitor, ask
from tests.fakes.dashboard_door import (
    HEAD,
    HTTPS,
    NOON,
    OFFICER,
    PROVINCE,
    PROXY,
    ROOT,
    DoorOffice,
    asks,
    comes_in,
    goes_out,
)

STRANGER = "orang@lain.example"
SECOND = timedelta(seconds=1)
SESSION = "loket-petugas"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[DoorOffice]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield DoorOffice(ledger)
    ledger.close()


def is_in(visitor: Visitor, person=HEAD) -> bool:
    answer = visitor.reads("/petugas")
    assert answer.status in (200, 303)
    return answer.text == f"angka untuk {person.address}"


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


def test_a_stranger_is_in_the_trail_masked(office: DoorOffice) -> None:
    visitor = Visitor(office.app())
    asks(visitor, STRANGER)
    asks(visitor, "6402010101900001@lain.example")
    asks(visitor, "bukan alamat")
    asks(visitor, "a\0b@c\u202ed.example")
    unknown = "alamat tidak terdaftar"
    assert office.trail() == [
        ("", unknown, "o***@lain.example"),
        ("", unknown, "6***@lain.example"),
        ("", unknown, "***"),
        ("", unknown, "a***@cd.example"),
    ]


def test_links_that_nobody_uses_are_not_mailed_without_end(office: DoorOffice) -> None:
    """The next day there are new ones; one that was used does not count."""
    office.limits = Limits(address_at_once=1000, client_at_once=1000)
    visitor = Visitor(office.app())
    asks(visitor, OFFICER.address)
    comes_in(visitor, office.link())
    for _ in range(MOST_UNUSED + 3):
        assert "Periksa email Anda" in asks(visitor, OFFICER.address).text
    office.mails().keep()
    assert len(office.mail.arrived) == 1 + MOST_UNUSED
    assert office.trail()[-1 - MOST_UNUSED] == (OFFICER.address, "terlalu banyak tautan", "")
    office.now += timedelta(days=1, seconds=1)
    asks(visitor, OFFICER.address)
    office.mails().keep()
    assert len(office.mail.arrived) == 2 + MOST_UNUSED


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


# --- the session


def test_every_sign_in_is_a_new_session_and_ends_the_browsers_earlier_one(
    office: DoorOffice,
) -> None:
    """A token that somebody planted in the browser is worth nothing."""
    app = office.app()
    visitor = Visitor(app, jar={SESSION: "A" * 43})
    asks(visitor, HEAD.address)
    comes_in(visitor, office.link())
    first = visitor.jar[SESSION]
    assert first != "A" * 43
    asks(visitor, HEAD.address)
    comes_in(visitor, office.link())
    assert is_in(visitor)
    assert not is_in(Visitor(app, jar={SESSION: first}))


@pytest.mark.parametrize("page", ["/petugas", "/petugas/gambar", "/petugas/jejak"])
@pytest.mark.parametrize("cookie", ["", "A" * 43, "kuki; lain", "é" * 43])
def test_without_a_session_every_page_leads_to_the_door(
    office: DoorOffice, page: str, cookie: str
) -> None:
    """And nothing is written into the ledger for it."""
    answer = Visitor(office.app(), jar={SESSION: cookie}).reads(page)
    assert (answer.status, answer.headers["location"], answer.body) == (303, SIGN_IN, b"")
    assert office.trail() == []


def test_a_session_ends_by_its_time(office: DoorOffice) -> None:
    """However much it is used, and sooner when it is not."""
    app = office.app()
    visitor = office.signed_in(app)
    began = office.now
    while office.now + LONGEST_PAUSE < began + LONGEST_SESSION:
        office.now += LONGEST_PAUSE - SECOND
        assert is_in(visitor)
    office.now = began + LONGEST_SESSION
    assert not is_in(visitor)
    visitor = office.signed_in(app)
    office.now += LONGEST_PAUSE
    assert not is_in(visitor)


def test_a_picture_alone_keeps_no_session_alive(office: DoorOffice) -> None:
    visitor = office.signed_in(office.app())
    office.now += LONGEST_PAUSE - SECOND
    assert visitor.reads("/petugas/gambar").text == f"gambar untuk {HEAD.address}"
    office.now += SECOND
    assert not is_in(visitor)


@pytest.mark.parametrize("change", ["removed", "other role"])
def test_who_is_removed_or_changes_role_is_out_at_the_next_page(
    office: DoorOffice, change: str
) -> None:
    """Also when the role is given back: the session is over. The others stay."""
    app = office.app()
    head, officer = office.signed_in(app), office.signed_in(app, OFFICER)
    office.people.remove(HEAD)
    if change == "other role":
        office.people.append(replace(HEAD, role=Role.OFFICER))
    assert not is_in(head)
    assert office.trail()[-1] == (HEAD.address, "sesi diakhiri", "")
    office.people[:] = [HEAD, OFFICER]
    assert not is_in(head)
    assert is_in(officer, OFFICER)


def test_a_session_outlives_serve(office: DoorOffice) -> None:
    """It is in the ledger; forms that were open are refused kindly."""
    visitor = office.signed_in(office.app())
    visitor.app = office.app()
    assert is_in(visitor)


def test_the_cookie_is_for_our_server_alone(office: DoorOffice) -> None:
    """Behind https only over https, for this host alone; never for scripts, never from another site's forms."""
    app = office.app()
    secure = office.signed_in(app, client=PROXY, headers=HTTPS)
    assert f"__Host-{SESSION}" in secure.jar
    assert f"__Host-{FORMS_COOKIE}" in secure.jar
    assert is_in(secure)
    for headers, name, attributes in (
        (HTTPS, f"__Host-{SESSION}", {"Secure"}),
        ((), SESSION, set()),
    ):
        visitor = Visitor(app, client=PROXY, headers=headers)
        asks(visitor, HEAD.address)
        answer = comes_in(visitor, office.link())
        [cookie] = answer.cookies
        assert cookie.startswith(f"{name}=")
        said = {part.strip() for part in cookie.split(";")[1:]}
        wanted = {"HttpOnly", "Path=/", "SameSite=lax", f"Max-Age={12 * 3600}"}
        assert said - {one for one in said if one.startswith("expires")} == wanted | attributes


def test_going_out_takes_the_cookie_along(office: DoorOffice) -> None:
    """And what the browser might have kept is not shown by its back button: no page is stored."""
    visitor = office.signed_in(office.app())
    assert visitor.reads("/petugas").headers["cache-control"] == "no-store"
    token = visitor.jar[SESSION]
    answer = goes_out(visitor)
    assert any(
        cookie.startswith(f'{SESSION}=""; ') and "Max-Age=0" in cookie for cookie in answer.cookies
    )
    visitor.jar[SESSION] = token
    assert not is_in(visitor)
    assert goes_out(visitor).status == 200  # once more does no harm
    assert [page for _, page, _ in office.trail()].count("keluar") == 1


# --- roles and the trail


def test_each_role_comes_to_its_own_page_and_no_further(office: DoorOffice) -> None:
    app = office.app()
    province = Visitor(app)
    asks(province, PROVINCE.address)
    assert comes_in(province, office.link()).headers["location"] == "/petugas/provinsi"
    refused = province.reads("/petugas")
    assert refused.status == 403
    assert "bukan untuk peran Anda" in refused.text
    assert PROVINCE.address in refused.text
    assert office.trail()[-1] == (PROVINCE.address, "Angka", "ditolak")
    officer = office.signed_in(app, OFFICER)
    assert is_in(officer, OFFICER)
    assert officer.reads("/petugas/jejak").status == 403
    assert officer.reads("/petugas/gambar").status == 403
    assert office.trail()[-2:] == [
        (OFFICER.address, "jejak", "ditolak"),
        (OFFICER.address, "bagian halaman", "ditolak"),
    ]


def test_the_trail_says_who_came_saw_and_left(office: DoorOffice) -> None:
    """Pages with their filters, never their parts."""
    visitor = office.signed_in(office.app())
    office.now += timedelta(minutes=5)
    visitor.reads("/petugas")
    visitor.reads("/petugas/gambar")
    goes_out(visitor)
    assert office.trail() == [
        (HEAD.address, "tautan masuk dikirim", ""),
        (HEAD.address, "masuk", ""),
        (HEAD.address, "Angka", "umur 4-7"),
        (HEAD.address, "keluar", ""),
    ]
    assert [line.at - NOON for line in reversed(office.lines())][1:3] == [
        timedelta(0),
        timedelta(minutes=5),
    ]


def test_the_head_reads_the_trail_a_part_at_a_time(office: DoorOffice) -> None:
    """The newest first; hostile texts as text; the address has no name in it."""
    with office.ledger.begin() as tx:
        for n in range(LINES * 2):
            tx.trail.add(NOON, "", f"halaman-{n:03}", "<script>alert(1)</script>")
    visitor = office.signed_in(office.app())
    page = visitor.reads("/petugas/jejak").text
    assert "Waktu (WITA)" in page
    assert "<td>24/11/2026 12:00</td>" in page
    assert "<script>" not in page
    assert f"halaman-{LINES * 2 - 1:03}" in page
    assert page.count("<tr>") == LINES + 1
    older = page.partition('href="/petugas/jejak?')[2].partition('"')[0]
    query = older.encode()
    cookie = [("Cookie", f"{SESSION}={visitor.jar[SESSION]}")]
    second = ask(visitor.app, "GET", "/petugas/jejak", headers=cookie, query=query).text
    assert second.count("<tr>") == LINES + 1
    assert len(lines_of(page) | lines_of(second)) == LINES * 2 - 3  # three lines are of this visit
    for odd in (b"sebelum=x", b"sebelum=-1", b"sebelum=" + b"9" * 40, b"sebelum=%00", b"lain=1"):
        assert ask(visitor.app, "GET", "/petugas/jejak", headers=cookie, query=odd).status == 200


def lines_of(page: str) -> set[str]:
    return set(re.findall(r"halaman-\d{3}", page))


def test_a_ledger_in_trouble_lets_nobody_in(
    office: DoorOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A clear page, nothing of what was behind it."""
    visitor = office.signed_in(office.app())

    def away(*_: object) -> None:
        raise trouble(AWAY, "data/ledger.sqlite3")

    monkeypatch.setattr(Ledger, "reading", away)
    monkeypatch.setattr(Ledger, "begin", away)
    answer = visitor.reads("/petugas")
    assert answer.status == 503
    assert "Sedang gangguan" in answer.text
    assert "angka" not in answer.text
    assert asks(Visitor(office.app()), HEAD.address).status == 503
    assert HEAD.address not in caplog.text


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
