"""Facts in, findings out: this computer, the way to Google, sheet, form, Drive; and every problem shows its remedy."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sync.cli.doctor import access, forms, machine, sheets, storage
from sync.cli.doctor.finding import Finding, Level
from sync.core.settings import Columns
from sync.core.workflow.model import Workflow
from sync.core.workflow.read import read_workflow
from sync.google.probe import Account, File, Form
from tests.acceptance.conftest import WORKFLOW
from tests.unit.cli.remedies import judged, named

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WITA = ZoneInfo("Asia/Makassar")
GB = 1_000_000_000
SHEET = "1" * 44


@pytest.fixture
def workflow() -> Workflow:
    return read_workflow(WORKFLOW.format(sheet=SHEET, tab="Form Responses 1"), file="domisili.yaml")


WELL, WARNING, PROBLEM = Level.WELL, Level.WARNING, Level.PROBLEM


class TestComputer:
    """Python, memory, disk, place, time zones."""

    def test_python_must_be_new_enough_and_of_64_bits(self) -> None:
        """Libraries come ready-made for these alone."""
        judged(machine.python_finding((3, 11, 0), 64), WELL)
        for version, bits in (((3, 10, 9), 64), ((3, 12, 1), 32)):
            finding = machine.python_finding(version, bits)
            assert "https://www.python.org" in judged(finding, PROBLEM, "python-lama")

    def test_little_memory_is_a_warning(self) -> None:
        """Half a gigabyte is what a letter's printer may take."""
        judged(machine.memory_finding(2 * GB, 8 * GB), WELL)
        steps = judged(machine.memory_finding(GB // 4, 8 * GB), WARNING, "memori-sedikit")
        assert "letters.processes: 1" in steps

    def test_a_disk_fills_in_two_steps(self) -> None:
        """Below 1 GB a warning, below what the worker's own alarm says a problem."""
        judged(machine.disk_finding(2 * GB, Path("C:")), WELL)
        judged(machine.disk_finding(GB // 2, Path("C:")), WARNING, "disk-hampir-penuh")
        steps = judged(machine.disk_finding(GB // 10, Path("C:")), PROBLEM, "disk-penuh")
        assert "Keranjang Sampah" in steps

    @pytest.mark.parametrize(
        "folder",
        [
            r"C:\Users\Ratna\OneDrive\Loket",
            r"C:\Users\Ratna\OneDrive - Dukcapil\Loket",
            r"C:\Users\Ratna\Dropbox (Kantor)\Loket",
            r"G:\My Drive\Loket",
            r"G:\Drive Saya\Loket",
            "/Users/ratna/Library/CloudStorage/GoogleDrive-kantor@example.com/Loket",
            "/Users/ratna/Library/Mobile Documents/Loket",
        ],
    )
    def test_a_folder_kept_in_step_with_a_server_is_no_place_for_a_ledger(
        self, folder: str
    ) -> None:
        """By its name, in each of the programs' spellings."""
        steps = judged(machine.place_finding(folder, {}), PROBLEM, "folder-tersinkron")
        assert r"C:\Loket" in steps

    def test_onedrive_under_another_name_is_known_by_the_environment(self) -> None:
        """Windows says where it is."""
        here = {"OneDriveCommercial": r"D:\Awan Kantor"}
        judged(machine.place_finding(r"D:\Awan Kantor\Loket", here), PROBLEM, "folder-tersinkron")
        judged(machine.place_finding(r"D:\Awan Kantor 2\Loket", here), WELL)

    def test_a_network_folder_is_no_place_either(self) -> None:
        """By its name, its file system, or what Windows says of the drive."""
        for folder, system, remote in (
            (r"\\server\bersama\Loket", "", False),
            ("/mnt/kantor", "nfs4", False),
            ("Z:\\Loket", "NTFS", True),
        ):
            finding = machine.place_finding(folder, {}, system, remote=remote)
            assert r"C:\Loket" in judged(finding, PROBLEM, "folder-jaringan")
        judged(machine.place_finding(r"C:\Loket", {"OneDrive": ""}, "NTFS"), WELL)

    def test_a_time_zone_that_this_computer_does_not_know(self) -> None:
        """No letter could be dated."""
        judged(machine.zone_finding("Asia/Jayapura"), WELL)
        steps = judged(machine.zone_finding("Asia/Tenggarong"), PROBLEM, "zona-waktu-tidak-ada")
        assert "Asia/Makassar" in steps

    def test_a_data_folder_that_takes_nothing(self, tmp_path: Path) -> None:
        """Tried by a small file that is gone afterwards; where the folder is not there yet, in the one above."""
        judged(machine.writable_finding(tmp_path / "data"), WELL)
        assert list(tmp_path.iterdir()) == []
        finding = machine.writable_finding(tmp_path / "tidak" / "ada")
        assert "Keamanan" in judged(finding, PROBLEM, "folder-data-tidak-dapat-ditulis")


class TestWayToGoogle:
    """Proxy and clock."""

    def test_a_proxy_is_named_without_its_password(self) -> None:
        """Its address may hold one."""
        found = access.proxy_finding({"https": "http://ratna:rahasia@proxy.kantor:8080"})
        assert (found.level, found.name) == (WELL, "")
        assert "proxy.kantor" in found.found
        assert "rahasia" not in found.found
        assert access.proxy_finding({"no": "localhost"}).found == "tanpa proxy"

    def test_hosts_with_one_trouble_are_told_together(self) -> None:
        """The same steps three times would hide what differs."""
        troubles = {"https://a.example/x": "dns", "https://b.example/x": "dns"}
        [both] = access.network_findings(troubles)
        assert both.found.startswith("a.example, b.example: ")
        judged(both, PROBLEM, "jaringan-dns")
        other = {"https://c.example/x": "timeout", "https://d.example/x": ""}
        names = [one.name for one in access.network_findings(troubles | other)]
        assert names == ["jaringan-dns", "jaringan-timeout"]
        [all_well] = access.network_findings({"https://d.example/x": ""})
        judged(all_well, WELL)

    @pytest.mark.parametrize(("minutes", "word"), [(3, "lebih cepat"), (-180, "lebih lambat")])
    def test_a_clock_more_than_two_minutes_off(self, minutes: int, word: str) -> None:
        """Google refuses keys by it, and letters bear its dates."""
        finding = access.clock_finding(NOW, NOW + timedelta(minutes=minutes))
        assert "Sinkronkan sekarang" in judged(finding, PROBLEM, "jam-meleset")
        assert f"{abs(minutes)} menit {word}" in finding.found

    def test_a_clock_that_is_right_enough_or_cannot_be_compared(self) -> None:
        """Two minutes are none; no date is no proof."""
        judged(access.clock_finding(NOW, NOW - timedelta(minutes=2)), WELL)
        steps = judged(access.clock_finding(None, NOW), WARNING, "jam-tidak-diketahui")
        assert "https://time.is" in steps


class TestSheet:
    """Headers, locale, publication, another computer."""

    OWN = tuple(filter(None, Columns().model_dump().values()))
    ASKED = ("Nama Lengkap", "Alamat Email", "NIK", "Alamat")

    def found(self, *titles: str) -> dict[str, Finding]:
        return named(sheets.header_findings(titles, self.ASKED, Columns(), where='tab "Jawaban"'))

    def test_all_titles_are_there(self) -> None:
        """Whatever their order and spelling of case."""
        assert self.found("Timestamp", *reversed(self.OWN), "nama lengkap", *self.ASKED[1:]) == {}

    def test_a_missing_title_is_told_with_the_nearest(self) -> None:
        """So that a slip is seen at once."""
        finding = self.found(*self.OWN, "Nama Lengkap", "Alamat Email", "NIK", "Alamat Rumah")
        told = finding["kolom-tidak-ditemukan"]
        assert "Alamat Rumah" in told.found
        assert "question:" in judged(told, PROBLEM, "kolom-tidak-ditemukan")

    def test_a_title_twice(self) -> None:
        """Which of the two holds the answer cannot be told."""
        told = self.found(*self.OWN, *self.ASKED, "NIK ")
        assert "“lama”" in judged(told["kolom-ganda"], PROBLEM, "kolom-ganda")

    def test_row_one_is_gone(self) -> None:
        """One message, not one for each question."""
        told = self.found("Citra", "citra@example.org")
        assert list(told) == ["baris-judul-tidak-ada"]
        steps = judged(told["baris-judul-tidak-ada"], PROBLEM, "baris-judul-tidak-ada")
        assert "Histori versi" in steps

    def test_a_column_without_a_title(self) -> None:
        """Named by its letter."""
        told = self.found(*self.ASKED, " ", *self.OWN)
        assert "judul kolom E" in judged(told["judul-kosong"], WARNING, "judul-kosong")

    def test_columns_that_loket_has_not_made_yet(self) -> None:
        """Nothing an officer must do by hand."""
        told = self.found("Timestamp", *self.ASKED)
        steps = judged(told["kolom-loket-belum-ada"], WARNING, "kolom-loket-belum-ada")
        assert "python loket.py setup" in steps

    def test_a_published_sheet_is_an_alarm(self) -> None:
        """It happened: the sheet was published instead of the form."""
        finding = sheets.published_finding("Jawaban Domisili")
        assert "NIK" in finding.found
        steps = judged(finding, PROBLEM, "sheet-dipublikasikan")
        assert "Berhenti memublikasikan" in steps
        assert "3×24 jam" in steps

    def test_a_locale_that_puts_the_month_first(self) -> None:
        """Indonesian, by both of Google's names, is well."""
        assert sheets.locale_finding("id_ID", "Jawaban") is None
        assert sheets.locale_finding("in_ID", "Jawaban") is None
        finding = sheets.locale_finding("en_US", "Jawaban")
        assert finding is not None
        assert "Lokal menjadi Indonesia" in judged(finding, WARNING, "lokal-sheet")

    def test_another_computer_is_named(self) -> None:
        """It may be the right one: nothing is taken from it unasked."""
        finding = sheets.lease_finding("PC-LAMA", NOW, WITA)
        assert "24/11/2026 17:00 WITA" in finding.found
        steps = judged(finding, WARNING, "komputer-lain-melayani")
        assert "“PC-LAMA”" in steps
        assert "--take-over" in steps

    def test_a_file_that_cannot_be_read_does_not_name_its_owner(self) -> None:
        """The question and the account are enough to mend it."""
        finding = sheets.unreadable_file("Foto KTP", "loket@contoh.example")
        steps = judged(finding, PROBLEM, "berkas-jawaban-tidak-terbaca")
        assert "masukkan loket@contoh.example sebagai Pelihat" in steps


class TestForm:
    """What a form asks, collects and where its answers go."""

    GOOD = Form("Domisili", ("Nama Lengkap", "NIK", "Alamat"), True, True, SHEET)

    def found(self, workflow: Workflow, **other: object) -> dict[str, Finding]:
        facts = {name: getattr(self.GOOD, name) for name in Form.__slots__}
        return named(forms.form_findings(Form(**{**facts, **other}), workflow))

    def test_a_good_form(self, workflow: Workflow) -> None:
        """It collects addresses by itself, or asks for them."""
        assert self.found(workflow) == {}
        asked = (*self.GOOD.questions, "Alamat Email")
        assert self.found(workflow, questions=asked, collects_email=False) == {}

    def test_no_address_is_collected(self, workflow: Workflow) -> None:
        """Nobody would get a letter."""
        told = self.found(workflow, collects_email=False)["form-tanpa-email"]
        assert "Kumpulkan alamat email" in judged(told, PROBLEM, "form-tanpa-email")

    def test_a_question_was_renamed(self, workflow: Workflow) -> None:
        """The nearest is named."""
        told = self.found(workflow, questions=("Nama Lengkap", "NIK", "Alamat Rumah"))
        assert '"Alamat Rumah"' in told["form-pertanyaan"].found
        assert "“Alamat”" in judged(told["form-pertanyaan"], PROBLEM, "form-pertanyaan")

    def test_answers_go_to_another_sheet_or_none(self, workflow: Workflow) -> None:
        """Loket would wait for ever."""
        for sheet in ("2" * 44, ""):
            told = self.found(workflow, sheet=sheet)["form-sheet-lain"]
            assert "Tautkan ke Spreadsheet" in judged(told, PROBLEM, "form-sheet-lain")

    def test_a_closed_form_is_a_warning(self, workflow: Workflow) -> None:
        """It may be meant."""
        told = self.found(workflow, accepting=False)["form-tertutup"]
        assert "Menerima jawaban" in judged(told, WARNING, "form-tertutup")

    def test_a_form_that_loket_may_not_read_stops_nothing(self) -> None:
        """A service works without."""
        finding = forms.unreadable("loket@contoh.example", "tidak dibagikan")
        steps = judged(finding, WARNING, "form-tidak-terbaca")
        assert "masukkan loket@contoh.example" in steps


class TestStorage:
    """Who can own files where, and how much room there is."""

    @staticmethod
    def folder(**other: bool) -> File:
        facts = {
            "trashed": False,
            "may_download": True,
            "may_add": True,
            "is_folder": True,
            "in_shared_drive": True,
        }
        return File("Surat", **(facts | other))

    def owner(
        self, folder: File | None, *, service_account: bool = True, needed: bool = True
    ) -> Finding:
        return storage.owner_finding(
            folder, service_account=service_account, needed=needed, account="loket@x.example"
        )

    def test_a_service_account_needs_a_shared_drive(self) -> None:
        """The three ways out are named; for copies of the ledger alone it is a warning."""
        judged(self.owner(self.folder()), WELL)
        for folder in (None, self.folder(in_shared_drive=False)):
            steps = judged(self.owner(folder), PROBLEM, "penyimpanan-akun-layanan")
            assert "tambahkan loket@x.example sebagai Pengelola konten" in steps
            assert "OAuth" in steps
            assert "google.subject" in steps
            judged(self.owner(folder, needed=False), WARNING, "penyimpanan-akun-layanan")
            judged(self.owner(folder, service_account=False), WELL)

    def test_a_folder_in_the_trash(self) -> None:
        """Letters in it would be lost with it."""
        steps = judged(self.owner(self.folder(trashed=True)), PROBLEM, "folder-di-sampah")
        assert "“Surat”, lalu pilih Pulihkan" in steps

    def test_a_folder_that_is_none(self) -> None:
        """A pasted link of a file, for instance."""
        steps = judged(self.owner(self.folder(is_folder=False)), PROBLEM, "folder-bukan-folder")
        assert "google.folder" in steps

    def test_a_folder_where_the_account_may_only_look(self) -> None:
        """With whom to share it, and as what."""
        finding = self.owner(self.folder(may_add=False))
        steps = judged(finding, PROBLEM, "folder-hanya-dapat-dilihat")
        assert "loket@x.example sebagai Editor" in steps

    def test_a_drive_fills_in_two_steps(self) -> None:
        """A tenth left is a warning."""
        judged(storage.room_finding(Account("a@x.example", 15 * GB, GB)), WELL)
        judged(storage.room_finding(Account("a@x.example", None, GB)), WELL)
        nearly = storage.room_finding(Account("a@x.example", 15 * GB, 14 * GB))
        assert "kosongkan Sampah" in judged(nearly, WARNING, "drive-hampir-penuh")
        full = storage.room_finding(Account("a@x.example", 15 * GB, 16 * GB))
        assert "retry --failed" in judged(full, PROBLEM, "drive-penuh")
