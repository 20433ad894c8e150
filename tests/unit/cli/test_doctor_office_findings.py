"""Facts in, findings out: mail, the ledger, letters; and every problem shows its remedy."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.cli.doctor import ledger, letters, mail
from sync.cli.doctor.finding import Finding, Level, of_problem, steps_of
from sync.cli.doctor.table import REMEDIES
from sync.core.board import Quota
from sync.core.mendable import Problem
from sync.ledger.desks import DeskMemory
from sync.ledger.verification import PublicKey
from tests.unit.cli.remedies import judged

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WELL, WARNING, PROBLEM = Level.WELL, Level.WARNING, Level.PROBLEM

MAIL_STEPS = {
    "email-name": "smtp.gmail.com",
    "email-refused": "firewall",
    "email-timeout": "hotspot",
    "email-cut": "hotspot",
    "email-silent": "Port 587 memakai security: starttls",
    "email-tls": "Port 465 memakai security: tls",
    "email-certificate": "bukan angka IP",
    "email-no-starttls": "port: 465",
    "email-sign-in": "mail.user",
    "email-no-sign-in": "mail.user",
    "email-sender": "mail.sender",
}


class TestMail:
    """Where the way to the mail server ends, in words."""

    @pytest.mark.parametrize(("name", "words"), MAIL_STEPS.items())
    def test_each_end_has_its_own_remedy(self, name: str, words: str) -> None:
        """By the probe's word for it."""
        finding = mail.smtp_finding(name.removeprefix("email-"), 0, "mail.kantor.example", 465)
        assert words in judged(finding, PROBLEM, name)

    def test_gmail_wants_an_app_password(self) -> None:
        """535 from Gmail nearly always means an ordinary password."""
        finding = mail.smtp_finding("sign-in", 535, "smtp.gmail.com", 465)
        steps = judged(finding, PROBLEM, "email-sign-in-gmail")
        assert "https://myaccount.google.com/apppasswords" in steps
        assert "16 huruf" in steps
        assert "535" in finding.found

    def test_a_busy_server_is_a_warning(self) -> None:
        """Loket tries again by itself."""
        finding = mail.smtp_finding("busy", 421, "mail.kantor.example", 465)
        assert "mencoba lagi sendiri" in judged(finding, WARNING, "email-ditunda")
        judged(mail.smtp_finding("well", 250, "mail.kantor.example", 465), WELL)

    def test_gmail_sends_as_the_account_it_is(self) -> None:
        """Another sender is replaced unless the account may use it."""
        judged(mail.gmail_finding("Kantor@x.example", "kantor@x.example"), WELL)
        finding = mail.gmail_finding("a@x.example", "kantor@x.example")
        assert "kantor@x.example di Gmail" in judged(finding, WARNING, "gmail-pengirim-lain")


class TestLedger:
    """Copies, rounds and the day's mail."""

    def test_a_copy_is_there_and_young(self) -> None:
        """Of whichever computer; other files do not count."""
        names = ["loket-20261123-090000Z-0123abcd.cadangan", "catatan.txt"]
        judged(ledger.copy_finding(names, NOW, "di Drive"), WELL)
        old = ledger.copy_finding(names, NOW + timedelta(days=2), "di Drive")
        assert "python loket.py backup" in judged(old, WARNING, "cadangan-lama")
        none = ledger.copy_finding(["catatan.txt"], NOW, "di Drive")
        assert "python loket.py backup" in judged(none, WARNING, "cadangan-belum-ada")

    def test_rounds(self) -> None:
        """None yet, long ago, with trouble, or well."""

        def memory(at: datetime, trouble: str = "") -> Finding:
            return ledger.cycle_finding(DeskMemory("domisili", "1", at, trouble), NOW)

        judged(memory(NOW - timedelta(minutes=59)), WELL)
        judged(memory(NOW + timedelta(minutes=1)), WELL)
        for finding in (ledger.cycle_finding(None, NOW), memory(NOW - timedelta(hours=2))):
            steps = judged(finding, WARNING, "loket-tidak-berjalan")
            assert "python loket.py run" in steps
        troubled = memory(NOW, "Google sedang sibuk.")
        assert "melanjutkan sendiri" in judged(troubled, WARNING, "putaran-bermasalah")

    def test_the_days_mail(self) -> None:
        """As the tab "Loket" warns: from four fifths on."""
        judged(ledger.quota_finding(Quota(10, 450)), WELL)
        judged(ledger.quota_finding(Quota(400, 450)), WARNING, "kuota-email-hampir-habis")
        steps = judged(ledger.quota_finding(Quota(450, 450)), WARNING, "kuota-email-habis")
        assert "mail.per_day" in steps


class TestLetters:
    """Fonts, the certificate, and the key of the codes."""

    def test_a_font_is_gone_or_cut_off(self, tmp_path: Path) -> None:
        """Without it letters come out blank."""
        folder = tmp_path / "letters" / "fonts"
        folder.mkdir(parents=True)
        for face in letters._FACES:
            (folder / face).write_bytes(b"x" * 20_000)
        judged(letters.fonts_finding([tmp_path]), WELL)
        (folder / letters._FACES[0]).write_bytes(b"x")
        steps = judged(letters.fonts_finding([tmp_path]), PROBLEM, "huruf-tidak-ada")
        assert "templates/letters/fonts" in steps

    def test_a_certificate_that_ends_within_a_month(self) -> None:
        """A new one takes its time."""
        judged(letters.certificate_finding(NOW + timedelta(days=31), NOW), WELL)
        finding = letters.certificate_finding(NOW + timedelta(days=29), NOW)
        assert "sekarang" in judged(finding, WARNING, "sertifikat-segera-berakhir")

    def test_a_key_that_no_page_knows(self) -> None:
        """Its letters look forged there."""
        fresh = PublicKey("ABCDEFGH", "04", made_at=NOW)
        judged(letters.verification_finding("", [fresh]), WELL)
        page = "https://cek.example/"
        finding = letters.verification_finding(page, [fresh])
        steps = judged(finding, PROBLEM, "kunci-belum-terbit")
        assert "publish-verifier" in steps
        assert page in steps
        published = PublicKey("ABCDEFGH", "04", made_at=NOW, published_at=NOW)
        judged(letters.verification_finding(page, [published]), WELL)


def test_a_problem_without_a_remedy_of_its_own_still_says_what_to_do() -> None:
    """From what every problem carries: where, what is allowed, what to run."""
    told = Problem("baru", "settings.yaml:3", "salah", "yang benar", "python loket.py check")
    steps = steps_of(of_problem(told), REMEDIES)
    assert steps == [
        "Buka yang disebut: settings.yaml:3.",
        "Yang diperlukan di sana: yang benar.",
        "Setelah itu: python loket.py check",
    ]
