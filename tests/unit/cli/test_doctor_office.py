"""What is the matter with an office's own folder: its key, its papers, its letters, its ledger; each with its remedy."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync.cli.doctor.finding import Level
from sync.cli.doctor.table import REMEDIES
from sync.core.alarms import Alarm
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.letter.engines import here
from tests.contract.letter.certificates import PASSWORD, Authority
from tests.unit.cli.conftest import NOW, SETTINGS, Diagnose
from tests.unit.cli.remedies import shown

KeepKey = Callable[[object], None]
YEAR = timedelta(days=365)


def says(folder: Path, more: str) -> None:
    """settings.yaml says this too."""
    (folder / "settings.yaml").write_text(SETTINGS + more, encoding="utf-8")


class TestKey:
    """credentials.json, in all its ways of being none."""

    def test_none_yet(self, diagnose: Diagnose) -> None:
        """The way from the console to the sharing of the sheet."""
        steps = shown(diagnose("kunci")["kunci-tidak-ada"])
        assert "https://console.cloud.google.com" in steps
        assert "credentials.json" in steps
        assert "Editor" in steps

    def test_the_example_is_no_key(self, diagnose: Diagnose, keep_key: KeepKey) -> None:
        """The very file that Loket comes with."""
        example = Path(__file__).parents[3] / "credentials.example.json"
        keep_key(example.read_text(encoding="utf-8"))
        assert "Add key" in shown(diagnose("kunci")["kunci-contoh"])

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            ('{"type": ', "kunci-bukan-json", "Jangan diubah isinya"),
            ({"installed": {"client_id": "x"}}, "kunci-salah-jenis", "Aplikasi desktop"),
            ({"type": "external_account"}, "kunci-salah-jenis", "kunci akun layanan"),
            (
                {"type": "service_account", "client_email": "a@b", "private_key": "x"},
                "kunci-rusak",
                "Add key",
            ),
            (
                {
                    "type": "service_account",
                    "client_email": "a@b",
                    "private_key": "x",
                    "token_uri": "http://contoh.example/token",
                },
                "kunci-token-uri",
                "Add key",
            ),
        ],
    )
    def test_a_file_that_is_no_key(
        self, diagnose: Diagnose, keep_key: KeepKey, content: object, name: str, words: str
    ) -> None:
        """Each kind has its own name."""
        keep_key(content)
        assert words in shown(diagnose("kunci")[name])

    def test_a_real_key_at_a_trial_google(
        self, folder: Path, diagnose: Diagnose, keep_key: KeepKey, service_key: dict[str, str]
    ) -> None:
        """And an endpoint that is not on this machine."""
        keep_key(service_key)
        says(folder, "google:\n  endpoint: http://127.0.0.1:1\n")
        assert "google.endpoint" in shown(diagnose("kunci")["kunci-dan-endpoint"])
        says(folder, "google:\n  endpoint: https://contoh.example\n")
        assert "google.endpoint" in shown(diagnose("kunci")["endpoint-ditolak"])

    @pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
    def test_a_key_that_cannot_be_opened(
        self, folder: Path, diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A folder of that name will do."""
        (folder / "credentials.json").mkdir()
        assert "izin Baca" in shown(diagnose("kunci")["kunci-tidak-terbaca"])

    def test_a_good_key_is_told_by_its_address(
        self, diagnose: Diagnose, keep_key: KeepKey, service_key: dict[str, str]
    ) -> None:
        """Without a word of its secret."""
        keep_key(service_key)
        assert diagnose("kunci") == {}


class TestPapers:
    """settings.yaml, workflows/, and files with secrets."""

    def test_no_settings_yet(self, folder: Path, diagnose: Diagnose) -> None:
        """Everything runs on what is built in."""
        (folder / "settings.yaml").unlink()
        found = diagnose("pengaturan")["pengaturan-belum-ada"]
        assert found.level is Level.WARNING
        assert "settings.example.yaml" in shown(found)

    def test_nobody_would_be_told(self, folder: Path, diagnose: Diagnose) -> None:
        """An alarm needs an address."""
        (folder / "settings.yaml").write_text("office:\n  name: Dukcapil\n", encoding="utf-8")
        assert "office.responsible" in shown(diagnose("pengaturan")["penanggung-jawab-kosong"])

    def test_a_password_in_the_settings(self, folder: Path, diagnose: Diagnose) -> None:
        """Told where; never what."""
        says(folder, "mail:\n  password: sangat-rahasia\n")
        found = diagnose("pengaturan")["rahasia-di-settings"]
        steps = shown(found)
        assert "settings.yaml:4" in steps
        assert "mail.password_file" in steps
        assert "sangat-rahasia" not in found.found + steps

    def test_no_service(self, folder: Path, diagnose: Diagnose) -> None:
        """Where one comes from."""
        (folder / "workflows" / "domisili.yaml").unlink()
        steps = shown(diagnose("layanan")["tidak-ada-layanan"])
        assert "asisten" in steps
        assert "python loket.py new" in steps

    def test_whatever_check_tells_of_a_service_is_told_here(
        self, folder: Path, diagnose: Diagnose
    ) -> None:
        """With file, line and what is allowed as the steps."""
        letter = folder / "templates" / "letters" / "uji.html"
        letter.write_text("<p>{{ nama }}</p>\n<p>{{ almat }}</p>", encoding="utf-8")
        [found] = diagnose("layanan").values()
        assert found.level is Level.PROBLEM
        assert "uji.html:2" in found.words["dimana"]
        assert "almat" in found.found

    @pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
    def test_secrets_that_others_on_this_computer_can_read(
        self, folder: Path, diagnose: Diagnose, keep_key: KeepKey, service_key: dict[str, str]
    ) -> None:
        """Each file by its name, with the command that closes it; also keys that Loket made."""
        says(folder, "mail:\n  password_file: sandi.txt\n")
        keep_key(service_key)
        (folder / "data").mkdir(0o700)
        (folder / "data" / "keys").mkdir()
        made = folder / "data" / "keys" / "verifikasi-ABCDEFGH.pem"
        for file in (folder / "sandi.txt", made):
            file.write_text("rahasia", encoding="utf-8")
            file.chmod(0o600)
        assert diagnose("rahasia") == {}
        for file in (folder / "credentials.json", folder / "sandi.txt", made):
            file.chmod(0o640)  # a group is others too
            found = diagnose("rahasia")["berkas-rahasia-terbuka"]
            assert found.found.startswith(file.name)
            assert f'chmod 600 "{file}"' in shown(found)
            file.chmod(0o600)

    @pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
    def test_answers_and_letters_that_others_on_this_computer_can_read(
        self, folder: Path, diagnose: Diagnose
    ) -> None:
        """The ledger and the letters are no secrets, but somebody's data."""
        data = folder / "data"
        data.mkdir(0o755)
        found = diagnose("rahasia")["folder-data-terbuka"]
        assert found.level is Level.WARNING
        assert f'chmod 700 "{data}"' in shown(found)
        data.chmod(0o700)
        assert diagnose("rahasia") == {}

    def test_a_password_s_file_that_is_not_there(self, folder: Path, diagnose: Diagnose) -> None:
        """Named by the setting."""
        says(folder, "mail:\n  password_file: sandi.txt\n")
        assert "sandi.txt" in shown(diagnose("email")["berkas-rahasia-tidak-ada"])


class TestLetters:
    """Engine, trial letter, signature."""

    def test_no_engine(
        self, folder: Path, diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither any, nor the one that the settings name; what to install is the step."""
        monkeypatch.setattr(here, "_LACKS", dict.fromkeys(here._LACKS, lambda: "pasang mesin-itu"))
        monkeypatch.setattr(here, "_wkhtmltopdf", lambda: "pasang mesin-itu")
        assert "pasang mesin-itu" in shown(diagnose("mesin")["mesin-cetak-tidak-ada"])
        says(folder, "letters:\n  engine: pdfkit\n")
        assert "pasang mesin-itu" in shown(diagnose("mesin")["mesin-cetak-belum-terpasang"])

    def test_a_letter_that_comes_out_wrong(self, folder: Path, diagnose: Diagnose) -> None:
        """Nothing is wrong with the template as a text: only the printed letter shows that the name is missing."""
        letter = folder / "templates" / "letters" / "uji.html"
        letter.write_text("<html><body><p>{{ nomor }}</p></body></html>", encoding="utf-8")
        found = diagnose("surat")
        assert list(found) == ["surat-percobaan"]
        assert found["surat-percobaan"].found.startswith("domisili: ")
        assert "templates/letters/uji.html" in shown(found["surat-percobaan"])

    def test_one_service_s_letter_does_not_stop_another_s(
        self, folder: Path, diagnose: Diagnose
    ) -> None:
        """A file that can't be read, and a letter that can't be made, beside a good one: only what is wrong is told."""
        text = (folder / "workflows" / "domisili.yaml").read_text(encoding="utf-8")
        other = (
            text.replace("SKD", "SKL").replace("470/", "471/").replace("Responses 1", "Responses 2")
        )
        bad = other.replace("uji.html", "lain.html")
        (folder / "workflows" / "aneh.yaml").write_text("title: [\n", encoding="utf-8")
        (folder / "workflows" / "lain.yaml").write_text(bad, encoding="utf-8")
        (folder / "templates" / "letters" / "lain.html").write_text("<p>kosong</p>", "utf-8")
        found = diagnose("surat")["surat-percobaan"]
        assert found.found.startswith("lain: ")
        assert any("workflows/aneh.yaml" in one.found for one in diagnose("layanan").values())

    def test_a_good_letter_leaves_nothing_behind(self, folder: Path, diagnose: Diagnose) -> None:
        """It was a trial."""
        before = sorted(folder.rglob("*"))
        assert diagnose("surat") == {}
        assert sorted(folder.rglob("*")) == before

    def signs(self, folder: Path, *, ends: datetime, password: str | None = PASSWORD) -> None:
        content = Authority.new().pkcs12(begins=ends - 2 * YEAR, ends=ends)
        (folder / "kantor.p12").write_bytes(content)
        says(folder, "signature:\n  file: kantor.p12\n")
        if password is not None:
            (folder / "sandi.txt").write_text(password, encoding="utf-8")
            (folder / "sandi.txt").chmod(0o600)
            says(folder, "signature:\n  file: kantor.p12\n  password_file: sandi.txt\n")

    def test_a_certificate_in_every_state(self, folder: Path, diagnose: Diagnose) -> None:
        """Missing, without password, with a wrong one, over, soon over, good."""
        says(folder, "signature:\n  file: kantor.p12\n")
        assert ".p12" in shown(diagnose("tanda-tangan")["sertifikat-tidak-ada"])
        self.signs(folder, ends=NOW + YEAR, password=None)
        found = diagnose("tanda-tangan")["sandi-tanda-tangan-belum-ada"]
        assert "signature.password_file" in shown(found)
        self.signs(folder, ends=NOW + YEAR, password="salah")
        assert "klik dua kali" in shown(diagnose("tanda-tangan")["sertifikat-tidak-terbuka"])
        self.signs(folder, ends=NOW - YEAR)
        found = diagnose("tanda-tangan")["sertifikat-kedaluwarsa"]
        assert found.level is Level.PROBLEM
        assert "sertifikat baru" in shown(found)
        self.signs(folder, ends=NOW + timedelta(days=10))
        assert list(diagnose("tanda-tangan")) == ["sertifikat-segera-berakhir"]
        self.signs(folder, ends=NOW + YEAR)
        assert diagnose("tanda-tangan") == {}


class TestLedger:
    """What the ledger remembers."""

    def test_alarms_are_told_with_their_remedies(self, folder: Path, diagnose: Diagnose) -> None:
        """Those that the responsible person was, or will be, emailed about."""
        (folder / "data").mkdir()
        ledger = Ledger.open(sqlite_url(folder / "data" / "ledger.sqlite3"))
        with ledger.begin() as tx:
            tx.alarms.keep(Alarm("disk", "Ruang yang tersisa kurang dari 200 MB.", NOW))
        ledger.close()
        found = diagnose("peringatan")["peringatan"]
        assert found.level is Level.WARNING
        assert "ruang penyimpanan komputer hampir habis sejak 24/11/2026 17:00 WITA" in found.found
        assert shown(found) == "Kosongkan ruang penyimpanan di komputer Loket."

    def test_copies_in_drive_without_a_lock(
        self, folder: Path, diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """They hold every NIK. The passphrase itself is not shown."""
        found = diagnose("cadangan")["cadangan-tanpa-sandi"]
        assert "backup.passphrase_file" in shown(found)
        monkeypatch.setenv("LOKET_BACKUP_PASSPHRASE", "kuda benar baterai")
        assert diagnose("cadangan") == {}

    def test_what_needs_the_ledger_is_not_told_twice(
        self, folder: Path, diagnose: Diagnose
    ) -> None:
        """One damaged file, one problem."""
        (folder / "data").mkdir()
        (folder / "data" / "ledger.sqlite3").write_bytes(b"bukan ledger " * 100)
        found = diagnose("cadangan", "peringatan", "kuota", "putaran domisili", "verifikasi")
        assert list(found) == ["ledger-rusak"]
        assert "python loket.py restore" in shown(found["ledger-rusak"])


def test_mail_without_password_or_sender(folder: Path, diagnose: Diagnose) -> None:
    """Told before any server is asked."""
    says(folder, "mail:\n  user: loket@dukcapil.example\n")
    assert "sandi-email.txt" in shown(diagnose("email")["email-tanpa-sandi"])
    (folder / "settings.yaml").write_text("office:\n  responsible: a@x.example\n", "utf-8")
    assert "office.email" in shown(diagnose("email")["email-pengirim"])


class TestSms:
    """What the settings of SMS lack, before anybody is asked."""

    def test_a_phone_without_its_password(self, folder: Path, diagnose: Diagnose) -> None:
        """Where it belongs is said."""
        says(folder, "sms:\n  url: http://192.168.1.20:8080\n")
        assert "sms.password_file" in shown(diagnose("sms")["sms-tanpa-rahasia"])

    def test_a_gateway_whose_address_is_not_one(self, folder: Path, diagnose: Diagnose) -> None:
        """It holds a secret: it is not repeated."""
        service = folder / "workflows" / "domisili.yaml"
        text = service.read_text(encoding="utf-8").replace(
            "Alamat Email}", "Alamat Email, phone: HP}"
        )
        service.write_text(text.replace("[email, drive]", "[email, sms]"), encoding="utf-8")
        says(folder, "sms:\n  via: apprise\n  gateway_file: gerbang.txt\n")
        (folder / "gerbang.txt").write_text("rahasia://tanpa-nomor", encoding="utf-8")
        (folder / "gerbang.txt").chmod(0o600)
        found = diagnose("sms")["gerbang-sms"]
        assert "{nomor}" in shown(found)
        assert "rahasia://" not in found.found + shown(found)


def test_every_remedy_is_provoked_by_a_test() -> None:
    """Whoever adds one names it in a test of the doctor, which sees its steps shown."""
    tests = Path(__file__).parents[2]
    names = ("test_doctor*.py", "doctor/test_*.py", "test_probe.py")
    files = [file for name in names for file in tests.rglob(name)]
    texts = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [name for name in REMEDIES if f'"{name}"' not in texts] == []
