"""`doctor`: everything that goes wrong in practice is provoked at the local Google, and its remedy is shown."""

import dataclasses
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.cli.doctor.finding import Finding, Level
from sync.core.lease import Holder, lease_text, new_lease
from sync.google.credentials import account_of, load_credentials
from sync.google.duty_tab import DutyTab
from sync.google.transport import Transport
from tests.acceptance.conftest import WORKFLOW, Office, an_office, loket
from tests.acceptance.test_counter import CITRA
from tests.unit.cli.conftest import diagnosis
from tests.unit.cli.remedies import shown

FILES = "https://www.googleapis.com/drive/v3/files"
LOOKS = {
    "oauth.token",
    "drive.about.get",
    "drive.files.get",
    "drive.files.list",
    "drive.permissions.list",
    "drive.revisions.get",
    "forms.forms.get",
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.values.get",
}
QUESTIONS = ("Nama Lengkap", "Alamat Email", "NIK", "Alamat")


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One local Google for all; each test has a form, a sheet and a folder of its own in it."""
    account = "loket@dukcapil.example.com:rahasia-sekali"
    with an_office(tmp_path_factory.mktemp("google"), "--smtp-account", account) as office:
        yield office


@pytest.fixture
def office(google: Office, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "kantor kami"
    shutil.copytree(google.folder, folder)
    for file in ("credentials.json", "sandi-email-sandbox.txt"):
        (folder / file).chmod(0o600)
    made = dataclasses.replace(google, folder=folder, form=new_form(google))
    serves(made)
    yield made
    url = f"{google.url}/_sandbox/faults"
    requests.put(url, json={"rules": []}, timeout=30).raise_for_status()


def new_form(google: Office, *more: dict[str, Any], **options: Any) -> dict[str, Any]:
    questions = [{"title": title, "type": "text", "required": True} for title in QUESTIONS]
    body = {"title": "Surat Domisili", "questions": [*questions, *more], **options}
    answer = requests.post(f"{google.url}/_sandbox/forms", json=body, timeout=30)
    form: dict[str, Any] = answer.json()
    return form


def serves(office: Office, *, then: str = "", **other: str) -> None:
    """The service's file, with what is added or put in another's place."""
    text = WORKFLOW.format(sheet=office.form["spreadsheetId"], tab=office.form["tab"]) + then
    for old, new in other.items():
        text = text.replace(old, new)
    (office.folder / "workflows" / "domisili.yaml").write_text(text, encoding="utf-8")


def sets(office: Office, old: str, new: str) -> None:
    """Changes settings.yaml; `old` must be there."""
    file = office.folder / "settings.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def fails(office: Office, api: str, do: str) -> None:
    rules = {"rules": [{"api": api, "do": do}]}
    requests.put(f"{office.url}/_sandbox/faults", json=rules, timeout=30).raise_for_status()


def diagnose(office: Office, *checks: str) -> dict[str, Finding]:
    return diagnosis(office.folder, *checks, at=datetime.now(UTC))


def drives(office: Office, method: str, path: str, **body: Any) -> dict[str, Any]:
    """The officer's own call to Drive, about a file by its id."""
    url = f"{FILES}/{path}" if path else FILES
    parameters = {"supportsAllDrives": "true"}
    answer = office.officer.request(method, url, params=parameters, json=body or None)
    told: dict[str, Any] = answer.json() if answer.content else {}
    return told


def worker(office: Office) -> str:
    return account_of(office.folder / "credentials.json")


def shares(office: Office, file_id: str, role: str) -> None:
    who = {"type": "user", "role": role, "emailAddress": worker(office)}
    drives(office, "POST", f"{file_id}/permissions", **who)


def as_the_officer(office: Office) -> dict[str, str]:
    """The office's own account signs in (OAuth); the key as it is kept."""
    file = office.folder.parent / "oauth.json"
    key_file = next(office.folder.parents[1].glob("google*/sandbox/**/officer-oauth.json"))
    shutil.copy(key_file, file)
    shutil.copy(file, office.folder / "credentials.json")
    (office.folder / "credentials.json").chmod(0o600)
    key: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return key


class TestVerb:
    """The verb itself: its report, its exit code, and that it touches nothing."""

    def test_an_office_in_order_is_told_so(self, office: Office) -> None:
        """A line for each check, exit 0, and no call or message that changes anything."""
        office.run_once()
        mails = len(office.mailbox())
        url = f"{office.url}/_sandbox"
        requests.post(f"{url}/reset", json={"only": ["requests"]}, timeout=30).raise_for_status()
        before = sorted(office.folder.rglob("*"))
        done = loket("--root", str(office.folder), "doctor")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "✗" not in done.stdout
        assert "✓ Google Sheet domisili" in done.stdout
        assert "0 masalah" in done.stdout
        assert set(requests.get(f"{url}/requests", timeout=30).json()["methods"]) <= LOOKS
        assert len(office.mailbox()) == mails
        after = [file for file in sorted(office.folder.rglob("*")) if "-wal" not in file.name]
        assert [file for file in after if "-shm" not in file.name] == before

    def test_a_problem_is_shown_with_numbered_steps(self, office: Office) -> None:
        """Exit 1; what could not be looked at because of it says so, once for each."""
        (office.folder / "credentials.json").unlink()
        done = loket("--root", str(office.folder), "doctor")
        assert done.returncode == 1
        assert "✗ Kunci Google" in done.stdout
        assert "    1. Buka https://console.cloud.google.com" in done.stdout
        assert "– Akun Google" in done.stdout
        assert "belum dapat diperiksa: Kunci Google lebih dahulu" in done.stdout
        assert "1 masalah" in done.stdout
        assert "periksa sekali lagi: python loket.py doctor" in done.stdout
        told = loket("--root", str(office.folder), "doctor", "--json")
        assert told.returncode == 1
        found = {one["check"]: one for one in json.loads(told.stdout)["checks"]}
        assert found["kunci"]["level"] == "problem"
        assert found["kunci"]["remedy"][0].startswith("Buka https://console.cloud.google.com")
        assert json.loads(told.stdout)["problems"] == 1

    def test_offline_asks_nobody(self, office: Office) -> None:
        """For a PC whose network is the trouble."""
        url = f"{office.url}/_sandbox"
        requests.post(f"{url}/reset", json={"only": ["requests"]}, timeout=30).raise_for_status()
        done = loket("--root", str(office.folder), "doctor", "--offline")
        assert done.returncode == 0, done.stdout
        assert "– Google Sheet domisili" in done.stdout
        assert "✓ Surat percobaan" in done.stdout
        assert requests.get(f"{url}/requests", timeout=30).json()["calls"] == 0

    def test_no_secret_and_nothing_of_an_applicant_is_shown(self, office: Office) -> None:
        """Also where something is wrong with the rows themselves, and with a lost ledger."""
        name, nik = CITRA
        office.applies(name, nik, "Jl. Melati 7")
        office.run_once()
        shutil.rmtree(office.folder / "data")
        for options in ((), ("--json",)):
            done = loket("--root", str(office.folder), "doctor", *options)
            assert done.returncode == 1
            told = done.stdout + done.stderr
            assert "tidak dikenal buku besar" in told
            key = json.loads((office.folder / "credentials.json").read_text(encoding="utf-8"))
            for secret in (
                nik,
                name,
                "citra@",
                "Melati",
                "rahasia-sekali",
                key["private_key"][40:90],
            ):
                assert secret not in told


class TestAccount:
    """The key is there; Google says no."""

    def test_a_revoked_token(self, office: Office) -> None:
        """And while it holds, the office's own Drive is where letters go."""
        key = as_the_officer(office)
        sets(office, "folder: ", "folder: ''  # ")
        assert diagnose(office, "akun", "drive") == {}
        token = {"token": key["refresh_token"]}
        requests.post(f"{office.url}/revoke", data=token, timeout=30).raise_for_status()
        try:
            found = diagnose(office, "akun", "drive")
            assert list(found) == ["token-revoked"]
            assert "In production" in shown(found["token-revoked"])
        finally:
            database = next(office.folder.parents[1].glob("google*/sandbox/*.sqlite*"))
            unrevoke(database)

    def test_delegation_that_was_not_given(self, office: Office) -> None:
        """And one that was: the account acts for the office, and may own files."""
        sets(office, "google:\n", "google:\n  subject: orang@tempat-lain.example\n")
        found = diagnose(office, "akun")
        assert "client_id" in shown(found["token-delegation"])
        sets(office, "orang@tempat-lain.example", "bu.ratna@dukcapil.example.com")
        sets(office, "folder: ", "folder: ''  # ")
        assert diagnose(office, "akun", "drive") == {}

    def test_google_is_busy(self, office: Office) -> None:
        """A warning: it passes."""
        fails(office, "drive.about.get", "503")
        found = diagnose(office, "akun")
        assert found["google-sibuk"].level is Level.WARNING

    def test_gmail_needs_a_mailbox(self, office: Office) -> None:
        """A service account has none; the office's own account has, by its own address."""
        sets(office, "via: smtp", "via: gmail")
        assert "mail.via: smtp" in shown(diagnose(office, "email")["gmail-delegasi"])
        as_the_officer(office)
        found = diagnose(office, "email")
        assert list(found) == ["gmail-pengirim-lain"]
        sets(office, "sender: loket@", "sender: bu.ratna@")
        assert diagnose(office, "email") == {}

    def test_the_mail_server_takes_no_other_password(self, office: Office) -> None:
        """The right one is well."""
        assert diagnose(office, "email") == {}
        (office.folder / "sandi-email-sandbox.txt").write_text("salah", encoding="utf-8")
        found = diagnose(office, "email")["email-sign-in"]
        assert "535" in found.found
        assert "salah" not in found.found


class TestSheet:
    """One spreadsheet in every state that offices bring it into."""

    @pytest.fixture
    def sheet(self, office: Office) -> str:
        return str(office.form["spreadsheetId"])

    def permission(self, office: Office, sheet: str) -> str:
        listed = office.officer.request(
            "GET", f"{FILES}/{sheet}/permissions?fields=permissions(id,emailAddress)"
        ).json()
        return next(
            f"{sheet}/permissions/{one['id']}"
            for one in listed["permissions"]
            if one.get("emailAddress") == worker(office)
        )

    def test_not_shared_any_more(self, office: Office, sheet: str) -> None:
        """With the address to share it with."""
        drives(office, "DELETE", self.permission(office, sheet))
        steps = shown(diagnose(office, "sheet domisili")["sheet-tidak-terjangkau"])
        assert sheet in steps
        assert worker(office) in steps

    def test_view_only(self, office: Office, sheet: str) -> None:
        """One problem, not also that the sharing cannot be seen."""
        drives(office, "PATCH", self.permission(office, sheet), role="reader")
        found = diagnose(office, "sheet domisili", "judul domisili")
        assert list(found) == ["sheet-hanya-dapat-dilihat"]
        assert f"cari {worker(office)}" in shown(found["sheet-hanya-dapat-dilihat"])

    def test_in_the_trash(self, office: Office, sheet: str) -> None:
        """Where it lies for thirty days."""
        drives(office, "PATCH", sheet, trashed=True)
        steps = shown(diagnose(office, "sheet domisili")["sheet-di-sampah"])
        assert "Surat Domisili" in steps
        assert "Pulihkan" in steps

    def test_open_to_the_public_is_a_loud_alarm(self, office: Office, sheet: str) -> None:
        """A problem, in capitals, with the law's three days."""
        drives(office, "POST", f"{sheet}/permissions", type="anyone", role="reader")
        found = diagnose(office, "sheet domisili")["sheet-terbuka-untuk-umum"]
        assert found.level is Level.PROBLEM
        assert "SIAPA PUN" in found.found
        steps = shown(found)
        assert "“Dibatasi”" in steps
        assert "3×24 jam" in steps
        assert loket("--root", str(office.folder), "doctor").returncode == 1

    def test_who_may_see_it_cannot_be_asked(self, office: Office) -> None:
        """Then a person must look."""
        fails(office, "drive.permissions.list", "403")
        found = diagnose(office, "sheet domisili")["akses-umum-tidak-diketahui"]
        assert found.level is Level.WARNING
        assert "“Dibatasi”" in shown(found)

    def test_no_google_sheet_at_all(self, office: Office) -> None:
        """What Sheets says of an Excel file in Drive."""
        fails(office, "sheets.spreadsheets.get", "400")
        assert ".XLSX" in shown(diagnose(office, "sheet domisili")["sheet-bukan-google-sheet"])

    def test_another_time_zone(self, office: Office) -> None:
        """And the month first."""
        file = office.tab.spreadsheet
        file.update_timezone("America/New_York")
        found = diagnose(office, "waktu domisili")
        assert "Zona waktu menjadi Asia/Makassar" in shown(found["zona-waktu-berbeda"])
        assert "Lokal" in shown(found["lokal-sheet"])
        file.update_timezone("Asia/Makassar")
        file.update_locale("id_ID")
        assert diagnose(office, "waktu domisili") == {}

    def test_the_tab_was_renamed(self, office: Office) -> None:
        """With the titles that are there."""
        office.tab.update_title("Jawaban")
        found = diagnose(office, "judul domisili")["tab-tidak-ditemukan"]
        assert '"Jawaban"' in found.found
        assert "di tab:" in shown(found)

    def test_a_title_was_renamed(self, office: Office) -> None:
        """The columns of the others are still found."""
        tab = office.tab
        tab.update_cell(1, tab.row_values(1).index("NIK") + 1, "NIK Pemohon")
        found = diagnose(office, "judul domisili")["kolom-tidak-ditemukan"]
        assert '"NIK Pemohon"' in found.found
        assert office.form["tab"] in shown(found)

    def test_loket_s_columns_are_locked(self, office: Office) -> None:
        """By an officer who meant well; until they are made, they are only announced."""
        assert list(diagnose(office, "judul domisili")) == ["kolom-loket-belum-ada"]
        office.run_once()
        assert diagnose(office, "judul domisili") == {}
        tab = office.tab
        column = tab.row_values(1).index("Status")
        where = {"startColumnIndex": column, "endColumnIndex": column + 1}
        lock = {"range": {"sheetId": tab.id, **where}, "editors": {"users": []}}
        add = {"addProtectedRange": {"protectedRange": lock}}
        tab.spreadsheet.batch_update({"requests": [add]})
        found = diagnose(office, "judul domisili")["tab-dilindungi"]
        assert f"tambahkan {worker(office)}" in shown(found)

    def test_another_computer_serves_it(self, office: Office, sheet: str) -> None:
        """This one's own lease is well."""
        credentials = load_credentials(office.folder / "credentials.json", endpoint=office.url)
        transport = Transport(credentials, endpoint=office.url)
        holder = Holder("0123", "PC-LAMA", 42)
        lease = lease_text(new_lease(holder, datetime.now(UTC)))
        DutyTab(transport, sheet).replace_lease(None, lease)
        transport.close()
        found = diagnose(office, "pekerja domisili")["komputer-lain-melayani"]
        assert found.level is Level.WARNING
        assert "PC-LAMA" in found.found
        assert "--take-over" in shown(found)
        (office.folder / "data").mkdir()
        mine = {"id": "0123", "computer": "PC-LAMA", "folder": "C:\\Loket"}
        (office.folder / "data" / "worker.json").write_text(json.dumps(mine), encoding="utf-8")
        assert diagnose(office, "pekerja domisili") == {}

    def test_the_ledger_is_older_than_the_sheet(self, office: Office) -> None:
        """Letters would go out twice: so it is told before the worker starts."""
        office.applies(*CITRA)
        office.run_once()
        assert diagnose(office, "nomor domisili") == {}
        shutil.rmtree(office.folder / "data")
        found = diagnose(office, "nomor domisili")["ledger-tertinggal"]
        assert found.level is Level.PROBLEM
        assert "restore --from-drive" in shown(found)

    def test_uploaded_files_that_loket_may_not_open(self, office: Office) -> None:
        """The newest answer is tried; then it is shared, or is no file at all."""
        form = new_form(office, {"title": "Foto KTP", "type": "text"})
        office = dataclasses.replace(office, form=form)
        serves(office, alamat="ktp: {question: Foto KTP, type: file}\n  alamat")
        made = drives(office, "POST", "", name="KTP.jpg")
        photo, column = made["id"], len(QUESTIONS) + 2
        tab = office.tab
        tab.update_cell(2, 2, "Citra")
        assert diagnose(office, "berkas domisili").keys() == {"kolom-loket-belum-ada"}
        link = f"https://drive.google.com/open?id={photo}"
        tab.update_cell(2, column, f"https://drive.google.com/open?id={'x' * 33}, {link}")
        found = diagnose(office, "berkas domisili")["berkas-jawaban-tidak-terbaca"]
        assert photo not in found.found + shown(found)
        assert f"masukkan {worker(office)} sebagai Pelihat" in shown(found)
        shares(office, photo, "reader")
        assert "berkas-jawaban-tidak-terbaca" not in diagnose(office, "berkas domisili")
        tab.update_cell(3, column, "menyusul")
        found = diagnose(office, "berkas domisili")["jawaban-bukan-berkas"]
        assert "“Foto KTP”" in shown(found)
        assert "menyusul" not in found.found


class TestDrive:
    """Where letters would be stored."""

    def folder(self, office: Office) -> str:
        made = drives(
            office, "POST", "", name="Surat", mimeType="application/vnd.google-apps.folder"
        )
        return str(made["id"])

    def stores(self, office: Office, place: str) -> dict[str, Finding]:
        """With `place` as google.folder."""
        file = office.folder / "settings.yaml"
        lines = file.read_text(encoding="utf-8").splitlines()
        lines = [f"  folder: '{place}'" if "folder:" in line else line for line in lines]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return diagnose(office, "drive")

    def test_every_wrong_place(self, office: Office) -> None:
        """Nowhere, unknown, for looking only, in My Drive, in the trash, no folder; the shared drive is well."""
        assert diagnose(office, "drive") == {}
        steps = shown(self.stores(office, "")["penyimpanan-akun-layanan"])
        assert f"tambahkan {worker(office)}" in steps
        place = self.folder(office)
        found = self.stores(office, place)["folder-tidak-ditemukan"]
        assert f"masukkan {worker(office)}" in shown(found)
        shares(office, place, "reader")
        assert "“Surat”" in shown(self.stores(office, place)["folder-hanya-dapat-dilihat"])
        shares(office, place, "writer")
        assert list(self.stores(office, place)) == ["penyimpanan-akun-layanan"]
        drives(office, "PATCH", place, trashed=True)
        assert "Pulihkan" in shown(self.stores(office, place)["folder-di-sampah"])
        found = self.stores(office, office.form["spreadsheetId"])["folder-bukan-folder"]
        assert "google.folder" in shown(found)

    def test_no_copy_in_drive_yet(self, office: Office) -> None:
        """A ledger is there, and no copy of it."""
        office.run_once()
        assert "cadangan-belum-ada" not in diagnose(office, "cadangan-drive")
        place = self.folder(office)
        shares(office, place, "writer")
        self.stores(office, place)
        found = diagnose(office, "cadangan-drive")["cadangan-belum-ada"]
        assert "python loket.py backup" in shown(found)


class TestForm:
    """The form behind the sheet."""

    def asks(self, office: Office, form: str = "") -> dict[str, Finding]:
        serves(office, then=f"form: {form or office.form['formId']}\n")
        return diagnose(office, "form domisili")

    def test_a_form_in_order_and_another_one(self, office: Office) -> None:
        """Whose answers go elsewhere."""
        assert self.asks(office) == {}
        found = self.asks(office, new_form(office)["formId"])["form-sheet-lain"]
        assert "Tautkan ke Spreadsheet" in shown(found)

    def test_a_form_that_loket_may_not_read(self, office: Office) -> None:
        """A warning: the service runs without."""
        fails(office, "forms.forms.get", "403")
        found = self.asks(office)["form-tidak-terbaca"]
        assert found.level is Level.WARNING
        assert f"masukkan {worker(office)}" in shown(found)

    def test_a_question_was_renamed(self, office: Office) -> None:
        """In the form alone, by its owner."""
        form = new_form(office, {"title": "Pekerjaan", "type": "text"})
        office = dataclasses.replace(office, form=form)
        url = f"https://forms.googleapis.com/v1/forms/{form['formId']}"
        item = office.officer.request("GET", url).json()["items"][4]
        item["title"] = "Pekerjaan Sekarang"
        change = {"item": item, "location": {"index": 4}, "updateMask": "title"}
        body = {"requests": [{"updateItem": change}]}
        office.officer.request("POST", f"{url}:batchUpdate", json=body)
        serves(
            office,
            then=f"form: {form['formId']}\n",
            alamat="kerja: {question: Pekerjaan, type: text}\n  alamat",
        )
        found = diagnose(office, "form domisili")["form-pertanyaan"]
        assert '"Pekerjaan Sekarang"' in found.found
        assert "“Pekerjaan”" in shown(found)


def unrevoke(database: Path) -> None:
    """The other tests' account may sign in again."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(database)) as opened:
        opened.execute("DELETE FROM oauth_revoked")
        opened.commit()
