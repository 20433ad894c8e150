"""What citizens' pages tell of an application, whom, and how often; and the letter once more, to whom it belongs."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event

from sync.core.references import make_reference
from sync.core.states import State
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import AWAY, trouble
from sync.ledger.verification import WITHDRAWN
from sync.web.citizens.app import NO_DIGITS, NO_REFERENCE, NOT_FOUND, Limits
from sync.web.citizens.letter_again import MOST_A_DAY
from tests.fakes.asking import Answer, Visitor
from tests.fakes.citizens_site import Office, office_at
from tests.unit.worker.conftest import CITRA, DONI

RIGHT, WRONG = CITRA["NIK"][-4:], "9876"
UNKNOWN = make_reference("SKD", 26, 4711)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield office_at(tmp_path, ledger)
    ledger.close()


def asks(visitor: Visitor, reference: str, digits: str) -> Answer:
    token = visitor.reads("/status").hidden("_token")
    return visitor.sends("/status", _token=token, nomor=reference, angka=digits)


def put(office: Office, reference: str, state: State, **columns: object) -> None:
    """Whatever way it came there."""
    named = ", ".join(f"{name} = :{name}" for name in ("state", *columns))
    with office.world.ledger.begin() as tx:
        values = {"state": state.value, "reference": reference, **columns}
        tx._connection.exec_driver_sql(
            f"UPDATE applications SET {named} WHERE reference = :reference", values
        )


def test_the_applicant_reads_what_happens_next(office: Office) -> None:
    """In plain words, since when, with the promise; the name is masked and no number of a person is there."""
    row = office.world.applies(CITRA)
    office.world.cycle()
    answer = asks(Visitor(office.app()), office.world.application(row).reference, RIGHT)
    assert answer.status == 200
    for text in ("Sedang diperiksa", "C*** L***", "Surat Keterangan Domisili", "24 November 2026"):
        assert text in answer.text
    assert "paling lambat 27 November 2026" in answer.text
    for secret in ("Citra", "Lestari", CITRA["NIK"], "citra@", "Mawar"):
        assert secret not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_promise_that_was_not_kept_is_admitted(office: Office) -> None:
    row = office.world.applies(CITRA)
    office.world.cycle()
    reference = office.world.application(row).reference
    office.world.now = datetime(2026, 11, 27, 15, 59, tzinfo=UTC)  # the promised day's last minute
    answer = asks(Visitor(office.app()), reference, RIGHT).text
    assert "paling lambat 27 November 2026" in answer
    assert "belum menepatinya" not in answer
    office.world.now += timedelta(minutes=1)
    assert "belum menepatinya" in asks(Visitor(office.app()), reference, RIGHT).text


@pytest.mark.parametrize("state", State)
def test_every_state_has_words(office: Office, state: State) -> None:
    reference = office.delivered()
    put(office, reference, state)
    answer = asks(Visitor(office.app()), reference, RIGHT)
    assert answer.status == 200
    assert "Selanjutnya" in answer.text
    assert ("Kirim ulang tautan" in answer.text) == (state in (State.DELIVERED, State.UNCERTAIN))


def test_a_letter_that_waits_for_quota_is_promised_for_no_day(office: Office) -> None:
    """A long queue goes on after tomorrow."""
    reference = office.delivered()
    put(office, reference, State.DELIVERING, queued=True)
    answer = asks(Visitor(office.app()), reference, RIGHT).text
    assert "begitu kuotanya tersedia lagi, tanpa perlu Anda ajukan lagi." in answer
    assert "besok" not in answer


def test_the_reference_may_be_typed_carelessly(office: Office) -> None:
    reference = office.delivered()
    typed = f" {reference.lower().replace('-', ' ')} "
    assert "Selesai" in asks(Visitor(office.app()), typed, f" {RIGHT} ").text


def test_unknown_and_wrong_are_one_answer(office: Office) -> None:
    """The same bytes but for the token and what was typed, and the same questions to the ledger."""
    reference = office.delivered()
    asked: list[str] = []
    engine = office.world.ledger._engine
    visitor = Visitor(office.app())
    visitor.reads("/status")

    @event.listens_for(engine, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    def answered(typed: str) -> tuple[str, int, list[str], dict[str, str]]:
        token = visitor.reads("/status").hidden("_token")
        asked.clear()
        answer = visitor.sends("/status", _token=token, nomor=typed, angka=WRONG)
        text = answer.text.replace(token, "").replace(typed, "")
        return text, answer.status, list(asked), answer.headers

    unknown, wrong = answered(UNKNOWN), answered(reference)
    assert NOT_FOUND in unknown[0]
    assert unknown == wrong
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    ("reference", "digits", "told"),
    [
        (UNKNOWN[:-1], RIGHT, NO_REFERENCE),
        (f"{UNKNOWN[:-1]}{'7' if UNKNOWN[-1] != '7' else '8'}", RIGHT, NO_REFERENCE),
        ("", RIGHT, NO_REFERENCE),
        (UNKNOWN, "12", NO_DIGITS),
        (UNKNOWN, "12345", NO_DIGITS),
        (UNKNOWN, "----", NO_DIGITS),
        (UNKNOWN, "１２３４", NO_DIGITS),
    ],
)
def test_a_slip_of_the_fingers_is_told_as_one(
    office: Office, reference: str, digits: str, told: str
) -> None:
    """Nothing of the ledger is asked for it; a reference carries its own check character."""
    assert told in asks(Visitor(office.app()), reference, digits).text


def test_what_was_typed_comes_back_as_text(office: Office) -> None:
    answer = asks(Visitor(office.app()), '"><script>alert(1)</script>', RIGHT)
    assert "<script>alert" not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text


def test_erased_data_and_a_nik_too_short_open_nothing(office: Office) -> None:
    """Four digits must be there to compare with; an empty cell is no password."""
    reference = office.delivered()
    for answers in ("{}", '{"NIK": "123"}', '{"NIK": ""}'):
        put(office, reference, State.DELIVERED, answers=answers)
        for digits in ("0000", "0123", RIGHT):
            assert NOT_FOUND in asks(Visitor(office.app()), reference, digits).text


def test_a_service_whose_file_is_gone_opens_nothing(office: Office) -> None:
    """Nobody knows any more which answer was the NIK."""
    reference = office.delivered()
    put(office, reference, State.DELIVERED, workflow="lain")
    assert NOT_FOUND in asks(Visitor(office.app()), reference, RIGHT).text


def test_guessing_digits_ends_soon(office: Office) -> None:
    """For one reference, from however many addresses; whoever knows the digits is not counted."""
    office.limits = Limits(reference_at_once=3, reference_per_second=0.01)
    reference, other = office.delivered(), office.delivered(DONI)
    app = office.app()
    for _ in range(5):
        assert "Selesai" in asks(Visitor(app), reference, RIGHT).text
    guesses = [
        asks(Visitor(app, client=f"192.0.2.{n}"), reference, f"98{n:02d}").status for n in range(5)
    ]
    assert guesses == [200, 200, 200, 429, 429]
    assert asks(Visitor(app), reference, RIGHT).status == 429
    assert asks(Visitor(app), other, DONI["NIK"][-4:]).status == 200
    office.ticks = 101.0
    assert asks(Visitor(app), reference, RIGHT).status == 200


def test_an_unknown_reference_is_slowed_down_as_a_known_one(office: Office) -> None:
    """Else the limit would tell which references there are."""
    office.limits = Limits(reference_at_once=2)
    reference, app = office.delivered(), office.app()
    for one in (reference, UNKNOWN):
        assert [asks(Visitor(app), one, WRONG).status for _ in range(3)] == [200, 200, 429]


def test_one_address_asks_at_a_bounded_pace(office: Office) -> None:
    """Also behind a proxy, whose own address is nobody's; the pages themselves are still given."""
    office.limits = Limits(address_at_once=2, address_per_second=0.1)
    app = office.app()

    def guess(n: int, address: str) -> int:
        told = (("X-Forwarded-For", address),)
        return asks(Visitor(app, client="10.0.0.5", headers=told), UNKNOWN, f"{n:04d}").status

    assert [guess(n, "198.51.100.7") for n in range(3)] == [200, 200, 429]
    assert guess(3, "198.51.100.8") == 200
    slowed = Visitor(app, client="10.0.0.5", headers=(("X-Forwarded-For", "198.51.100.7"),))
    assert slowed.reads("/").status == 200
    assert slowed.reads("/status").status == 200
    office.ticks = 10.0
    assert guess(4, "198.51.100.7") == 200


def test_no_number_and_no_name_is_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reference = office.delivered()
    caplog.clear()
    visitor = Visitor(office.app())
    for digits in (RIGHT, WRONG):
        asks(visitor, reference, digits)
    assert not re.search(rf"{RIGHT}|{WRONG}|Citra|citra", caplog.text)


def test_a_ledger_in_trouble_is_told_and_nothing_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = office.app()

    def away(*_: object):
        raise trouble(AWAY, "postgresql://rahasia@server/loket")

    monkeypatch.setattr(Ledger, "reading", away)
    answer = asks(Visitor(app), UNKNOWN, RIGHT)
    assert answer.status == 503
    assert "Sedang gangguan" in answer.text
    assert "rahasia" not in answer.text


def test_a_ledger_in_trouble_costs_no_attempt(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who tries again and again meanwhile is answered as soon as it is back."""
    office.limits = Limits(reference_at_once=2, reference_per_second=0.001)
    reference, app = office.delivered(), office.app()

    def away(*_: object):
        raise trouble(AWAY, "postgresql://server/loket")

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "reading", away)
        assert [asks(Visitor(app), reference, RIGHT).status for _ in range(3)] == [503] * 3
    assert "Selesai" in asks(Visitor(app), reference, RIGHT).text


def test_links_are_looked_up_at_a_bounded_pace(office: Office) -> None:
    """By address, as all that asks the ledger."""
    office.limits = Limits(address_at_once=2, address_per_second=0.1)
    app = office.app()
    tried = [Visitor(app).reads(f"/surat/{n}").status for n in range(3)]
    assert tried == [410, 410, 429]
    assert Visitor(app, client="192.0.2.9").reads("/surat/x").status == 410


# ---- the letter once more


def asks_for_link(office: Office, visitor: Visitor, reference: str) -> Answer:
    page = asks(visitor, reference, RIGHT)
    return visitor.sends("/surat", _token=page.hidden("_token"), bukti=page.hidden("bukti"))


def intents(office: Office, reference: str) -> list[tuple[str, str, str]]:
    with office.world.ledger.reading() as look:
        application = look.applications.find(reference)
        assert application
        records = look.intents.of(application.id)
    return [
        (record.intent.channel, record.intent.address, record.intent.state.value)
        for record in records
        if record.intent.kind.value == "link"
    ]


def test_the_letter_comes_again_by_a_link_to_the_applicants_own_address(office: Office) -> None:
    """The very bytes that went out, once; looking at the link, as mail programs do, does not use it up."""
    reference = office.delivered()
    sent = office.world.email.letters_to(CITRA["Alamat Email"])[0].letter
    assert sent
    visitor = Visitor(office.app())
    assert "Permintaan diterima" in asks_for_link(office, visitor, reference).text
    assert intents(office, reference) == [("email", CITRA["Alamat Email"], "planned")]
    office.world.cycle()
    assert intents(office, reference) == [("email", CITRA["Alamat Email"], "delivered")]

    link = office.link_mailed()
    for _ in range(3):
        page = visitor.reads(link)
        assert page.status == 200
        assert "Unduh surat" in page.text
    assert visitor.sends(link).status == 403  # a form of our own only
    taken = visitor.sends(link, _token=page.hidden("_token"))
    assert taken.status == 200
    assert taken.headers["content-type"] == "application/pdf"
    assert taken.headers["content-disposition"].startswith("attachment; ")
    assert sha256(taken.body).hexdigest() == sent.sha256
    assert visitor.sends(link, _token=page.hidden("_token")).status == 410
    assert visitor.reads(link).status == 410


def test_the_ledger_holds_no_token(office: Office) -> None:
    """Who reads the ledger, or a copy of it, can use no link."""
    reference = office.delivered()
    asks_for_link(office, Visitor(office.app()), reference)
    office.world.cycle()
    token = office.link_mailed().rpartition("/")[2]
    with office.world.ledger.reading() as look:
        dump = "\n".join(look._connection.connection.driver_connection.iterdump())
    assert sha256(token.encode()).hexdigest() in dump
    assert token not in dump


def test_a_link_ends_after_half_an_hour(office: Office) -> None:
    """Counted from the mail, which may have waited for quota."""
    reference = office.delivered()
    visitor = Visitor(office.app())
    asks_for_link(office, visitor, reference)
    office.world.now += timedelta(hours=5)
    office.world.cycle()
    link = office.link_mailed()
    office.world.now += timedelta(minutes=29)
    page = visitor.reads(link)
    assert page.status == 200
    office.world.now += timedelta(minutes=2)
    assert visitor.reads(link).status == 410
    assert visitor.sends(link, _token=page.hidden("_token")).status == 410


@pytest.mark.parametrize("then", ["withdrawn", "rejected", "erased"])
def test_a_letter_that_no_longer_stands_is_not_given(office: Office, then: str) -> None:
    reference = office.delivered()
    visitor = Visitor(office.app())
    asks_for_link(office, visitor, reference)
    office.world.cycle()
    link = office.link_mailed()
    page = visitor.reads(link)
    with office.world.ledger.begin() as tx:
        application = tx.applications.find(reference)
        assert application
        if then == "withdrawn":
            tx.applications.record(application.id, office.world.now, WITHDRAWN)
        if then == "erased":
            tx._connection.exec_driver_sql("DELETE FROM documents")
    if then == "rejected":
        put(office, reference, State.REJECTED)
    assert visitor.sends(link, _token=page.hidden("_token")).status == 410
    answer = asks(visitor, reference, RIGHT)
    assert ("Surat dicabut" in answer.text) == (then == "withdrawn")
    assert "Kirim ulang tautan" not in answer.text


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_bytes_that_are_not_the_letters_use_no_link_up(office: Office, harm: str) -> None:
    """Another machine's data folder, or a file that somebody changed: the link works once that is mended."""
    reference = office.delivered()
    visitor = Visitor(office.app())
    asks_for_link(office, visitor, reference)
    office.world.cycle()
    link = office.link_mailed()
    token = visitor.reads(link).hidden("_token")
    (file,) = office.world.data.rglob("*.pdf")
    content = file.read_bytes()
    file.write_bytes(content + b"x") if harm == "changed" else file.unlink()
    answer = visitor.sends(link, _token=token)
    assert answer.status == 503
    assert "belum terpakai" in answer.text
    file.write_bytes(content)
    assert visitor.sends(link, _token=token).body == content


def test_who_asks_learns_nothing_of_the_address(office: Office) -> None:
    """The same bytes where there is one and where there is none."""
    reference = office.delivered()
    visitor = Visitor(office.app())
    with_address = asks_for_link(office, visitor, reference)
    put(office, reference, State.DELIVERED, email="")
    assert asks_for_link(office, visitor, reference).body == with_address.body
    assert len(intents(office, reference)) == 1


def test_a_link_waits_for_the_one_before_and_a_day_has_few(office: Office) -> None:
    """An address is not flooded by whoever knows four digits."""
    reference = office.delivered()
    visitor = Visitor(office.app())
    asks_for_link(office, visitor, reference)
    asks_for_link(office, visitor, reference)
    assert len(intents(office, reference)) == 1
    for _ in range(MOST_A_DAY + 2):
        office.world.cycle()
        assert "Permintaan diterima" in asks_for_link(office, visitor, reference).text
    assert len(intents(office, reference)) == MOST_A_DAY
    office.world.now += timedelta(days=1, minutes=5)
    asks_for_link(office, visitor, reference)
    assert len(intents(office, reference)) == MOST_A_DAY + 1


def test_proof_is_of_one_browser_and_ends(office: Office) -> None:
    """Another browser's, an old one, or none: no mail is planned."""
    reference = office.delivered()
    app = office.app()
    visitor, other = Visitor(app), Visitor(app)
    proof = asks(visitor, reference, RIGHT).hidden("bukti")
    token = other.reads("/status").hidden("_token")
    assert other.sends("/surat", _token=token, bukti=proof).status == 403
    assert other.sends("/surat", _token=token).status == 403
    own = visitor.reads("/status").hidden("_token")
    office.world.now += timedelta(minutes=31)
    assert visitor.sends("/surat", _token=own, bukti=proof).status == 403
    assert intents(office, reference) == []


def test_without_an_address_on_the_internet_no_link_is_offered(office: Office) -> None:
    """A link to this computer would lead nobody anywhere."""
    reference = office.delivered()
    app = office.app(mails=False)
    assert "Kirim ulang tautan" not in asks(Visitor(app), reference, RIGHT).text


def test_other_messages_lead_to_the_status(office: Office) -> None:
    office.delivered()
    letter = office.world.email.letters_to(CITRA["Alamat Email"])[0]
    assert "https://layanan.contoh.go.id/status" in letter.text
