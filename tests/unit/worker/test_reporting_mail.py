"""The daily report's email: what it says, that it leaves once, whenever the worker dies, and what is told when it does not arrive."""

from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.delivery import IntentState
from sync.core.outcomes import CannotKnow, Never, QuotaUsedUp, TryAgain
from sync.core.report.stock import HEADERS
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About
from sync.letter.failed import LetterFailed
from sync.worker.errand import REST
from tests.fakes.channel import FakeChannel
from tests.unit.worker.report_world import (
    HEAD,
    Killed,
    Office,
    at,
    reporting_office,  # noqa: F401 - a fixture
)


def test_the_email_says_what_the_ledger_counts(office: Office) -> None:
    """In its text and in the PDF beside it; the stock as officers entered it."""
    for hour in (9, 10, 17):
        office.applies(at(hour))
    office.stock.rows = [list(HEADERS.values()), [46350, 38310, "113.046", 5, 6, "Ribbon habis"]]
    office.runs(at(16.5))
    [(_, message)] = office.channel.arrived
    assert message.subject == "Laporan Harian — Selasa, 24 November 2026"
    assert "Diterima: 2" in message.text
    assert "Suket belum dicetak: 113.046" in message.text
    assert "Ribbon habis" in message.html
    assert "24/11/2026 16:00 WITA" in message.text
    assert message.letter is not None
    assert message.letter.pdf.startswith(b"%PDF-")
    assert message.letter.file_name == "Laporan Harian 2026-11-24"
    assert "Rinciannya ada di lampiran PDF." in message.text


@pytest.mark.parametrize("step", range(1, 5))
def test_a_kill_between_any_two_steps_sends_no_second_email(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Around every commit: the next worker goes on, and one email at most leaves. Where it can't be known whether it left,
    the tab says so."""
    original, count = Ledger.begin, 0

    def killed_at(ledger: Ledger) -> Any:
        nonlocal count
        count += 1
        if count == step:
            raise Killed
        return original(ledger)

    monkeypatch.setattr(Ledger, "begin", killed_at)
    try:
        office.runs(at(17))
    except Killed:
        pass
    finally:
        monkeypatch.undo()
    assert count >= step
    office.starts()
    office.runs(at(23))
    [mail] = office.mails()
    assert len(office.channel.arrived) == 1
    assert mail.state in (IntentState.DELIVERED, IntentState.UNCERTAIN)
    assert bool(office.worker.matters()) == (mail.state is IntentState.UNCERTAIN)
    assert date(2026, 11, 24) in office.lines.written


def test_a_kill_while_it_is_handed_over_is_told_and_not_repeated(office: Office) -> None:
    """Nobody can ask a mail server."""
    office.channel.crash_after_sending = Killed()
    with pytest.raises(Killed):
        office.runs(at(17))
    office.starts()
    office.runs(at(23))
    assert office.told == ["2026-11-24"]
    [matter] = office.worker.matters()
    assert "k***@example.org" in matter.found
    assert "report --date 2026-11-24 --send" in matter.remedy


def test_a_mail_that_can_be_asked_after_is_settled_by_its_answer(office: Office) -> None:
    """As Gmail's: it went, and nobody is told of a doubt; also where the question had to wait."""
    office.channel = FakeChannel("email", repeatable=True)
    office.channel.crash_after_sending = Killed()
    office.channel.asking_failures = [TryAgain("Gmail tidak dapat dihubungi.")]
    office.starts()
    with pytest.raises(Killed):
        office.runs(at(17))
    office.starts()
    office.runs(at(18))
    assert (office.told, office.worker.matters()) == (["2026-11-24"], [])
    assert office.mails()[0].state is IntentState.DELIVERED


def test_a_mail_that_certainly_did_not_go_is_sent(office: Office) -> None:
    """Killed before it left, where the channel can tell."""
    office.channel = FakeChannel("email", repeatable=True)
    office.starts()
    office.runs(at(15.9))
    with office.ledger.begin() as tx:
        tx.reports.keep(office.worker.maker.make(date(2026, 11, 24), at(16), None))
        tx.office_mails.plan(About.REPORT, date(2026, 11, 24), [HEAD], at(16))
        [mail] = tx.office_mails.of(About.REPORT, date(2026, 11, 24))
        tx.office_mails.move(mail, IntentState.SENDING, key="k")
    office.runs(at(17))
    assert office.told == ["2026-11-24"]


def test_a_mail_in_another_machine_s_hands_is_left_to_it(office: Office) -> None:
    """For as long as it may take; after that it was interrupted."""
    office.patience = timedelta(minutes=10)
    office.channel.crash_after_sending = Killed()
    office.starts()
    with pytest.raises(Killed):
        office.runs(at(16.1))
    office.starts()
    office.runs(office.now + timedelta(minutes=9), REST)
    assert office.mails()[0].state is IntentState.SENDING
    assert office.worker.matters() == []
    office.runs(office.now + timedelta(minutes=2), REST)
    assert office.mails()[0].state is IntentState.UNCERTAIN


def test_a_mail_server_that_is_away_is_tried_again_and_told(office: Office) -> None:
    """Once it is back the email goes, and the tab is silent again."""
    office.channel.failures = [TryAgain("Server email tidak dapat dihubungi.")] * 3
    office.runs(at(16.1), timedelta(minutes=1))
    [matter] = office.worker.matters()
    assert "belum terkirim. Server email tidak dapat dihubungi." in matter.found
    office.runs(at(18))
    assert office.told == ["2026-11-24"]
    assert office.worker.matters() == []


@pytest.mark.parametrize(
    ("failure", "state", "said"),
    [
        (Never("Alamat ditolak."), IntentState.FAILED, "tidak terkirim. Alamat ditolak."),
        (CannotKnow("Sambungan putus."), IntentState.UNCERTAIN, "Sambungan putus."),
        (ValueError("ours"), IntentState.UNCERTAIN, "Tidak diketahui"),
    ],
)
def test_what_does_not_arrive_is_told_with_its_remedy(
    office: Office, failure: Exception, state: IntentState, said: str
) -> None:
    """And not tried again by itself."""
    office.channel.failures = [failure]
    office.runs(at(23))
    assert (office.told, office.mails()[0].state) == ([], state)
    [matter] = office.worker.matters()
    assert said in matter.found
    assert "--send" in matter.remedy
    office.runs(at(17, 27))  # told for some days; the next ones are sent as ever
    assert office.told == ["2026-11-25", "2026-11-26", "2026-11-27"]
    office.runs(at(23, 27))
    assert office.worker.matters() == []


def test_a_quota_that_is_used_up_waits_an_hour(office: Office) -> None:
    """As long as the server asks for, an hour at most."""
    office.channel.failures = [QuotaUsedUp("Kuota habis.", wait_s=7200)]
    office.runs(at(16.9))
    assert office.told == []
    office.runs(at(17.5))
    assert office.told == ["2026-11-24"]


def test_tries_end(office: Office) -> None:
    """Who reads a report of last week?"""
    office.channel.failures = [TryAgain("Server sibuk.")] * 1_000
    office.runs(at(17))
    office.to = ()
    office.starts()
    office.runs(at(17, 26))
    assert office.mails()[0].state is IntentState.FAILED


def test_what_is_sent_on_a_person_s_word_is_tried_anew_as_long_as_ever(office: Office) -> None:
    """Days after it was given up: a server that is busy at that moment is no end of it."""
    office.channel.failures = [Never("Alamat ditolak.")]
    office.runs(at(17))
    office.now = at(9, 27)
    with office.ledger.begin() as tx:
        tx.office_mails.begin_afresh(office.mails()[0], office.now)
    office.channel.failures = [TryAgain("Server sibuk.")]
    office.worker.mails.send_due()
    assert office.mails()[0].state is IntentState.PLANNED
    office.now += timedelta(hours=2)
    office.worker.mails.send_due()
    assert office.mails()[0].state is IntentState.DELIVERED


def test_a_template_that_can_not_be_printed_leaves_an_email_without_pdf(office: Office) -> None:
    """It says why."""
    office.press.fail = LetterFailed("Template rusak.")
    office.runs(at(17))
    [(_, message)] = office.channel.arrived
    assert message.letter is None
    assert "PDF tidak dapat dibuat: Template rusak." in message.text
    assert "lampiran" not in message.text


def test_a_report_that_was_sent_by_hand_is_not_sent_again_at_its_hour(office: Office) -> None:
    """But it is made again: the afternoon belongs to it too."""
    office.now = at(10)
    office.applies(at(9))
    report = office.worker.maker.make(date(2026, 11, 24), office.now, None)
    with office.ledger.begin() as tx:
        tx.reports.keep(report)
        tx.office_mails.plan(About.REPORT, report.day, [HEAD], office.now)
    office.runs(at(12))
    office.applies(at(13))
    office.runs(at(17))
    assert office.told == ["2026-11-24"]
    assert office.kept[report.day].total.received == 2
