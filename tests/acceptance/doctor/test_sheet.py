"""One spreadsheet in every state that offices bring it into: provoked, and its remedy shown."""

import dataclasses
import json
import shutil
from datetime import UTC, datetime

import pytest

from sync.cli.doctor.finding import Level
from sync.core.lease import Holder, lease_text, new_lease
from sync.google.credentials import load_credentials
from sync.google.duty_tab import DutyTab
from sync.google.transport import Transport
from tests.acceptance.conftest import Office, loket
from tests.acceptance.doctor.conftest import (
    FILES,
    QUESTIONS,
    diagnose,
    drives,
    fails,
    new_form,
    serves,
    shares,
    worker,
)
from tests.acceptance.test_counter import CITRA
from tests.unit.cli.remedies import shown


@pytest.fixture
def sheet(office: Office) -> str:
    return str(office.form["spreadsheetId"])


def permission(office: Office, sheet: str) -> str:
    listed = office.officer.request(
        "GET", f"{FILES}/{sheet}/permissions?fields=permissions(id,emailAddress)"
    ).json()
    return next(
        f"{sheet}/permissions/{one['id']}"
        for one in listed["permissions"]
        if one.get("emailAddress") == worker(office)
    )


def test_not_shared_any_more(office: Office, sheet: str) -> None:
    """With the address to share it with."""
    drives(office, "DELETE", permission(office, sheet))
    steps = shown(diagnose(office, "sheet domisili")["sheet-tidak-terjangkau"])
    assert sheet in steps
    assert worker(office) in steps


def test_view_only(office: Office, sheet: str) -> None:
    """One problem, not also that the sharing cannot be seen."""
    drives(office, "PATCH", permission(office, sheet), role="reader")
    found = diagnose(office, "sheet domisili", "judul domisili")
    assert list(found) == ["sheet-hanya-dapat-dilihat"]
    assert f"cari {worker(office)}" in shown(found["sheet-hanya-dapat-dilihat"])


def test_in_the_trash(office: Office, sheet: str) -> None:
    """Where it lies for thirty days."""
    drives(office, "PATCH", sheet, trashed=True)
    steps = shown(diagnose(office, "sheet domisili")["sheet-di-sampah"])
    assert "Surat Domisili" in steps
    assert "Pulihkan" in steps


def test_open_to_the_public_is_a_loud_alarm(office: Office, sheet: str) -> None:
    """A problem, in capitals, with the law's three days."""
    drives(office, "POST", f"{sheet}/permissions", type="anyone", role="reader")
    found = diagnose(office, "sheet domisili")["sheet-terbuka-untuk-umum"]
    assert found.level is Level.PROBLEM
    assert "SIAPA PUN" in found.found
    steps = shown(found)
    assert "“Dibatasi”" in steps
    assert "3×24 jam" in steps
    assert loket("--root", str(office.folder), "doctor").returncode == 1


def test_published_on_the_web_is_one_too(office: Office) -> None:
    """It happened: the sheet was published instead of the form."""
    assert diagnose(office, "sheet domisili") == {}
    fails(office, "drive.revisions.get", "tell", tell={"published": True})
    found = diagnose(office, "sheet domisili")["sheet-dipublikasikan"]
    assert found.level is Level.PROBLEM
    assert "Berhenti memublikasikan" in shown(found)


def test_the_sheets_api_is_not_switched_on(office: Office) -> None:
    """The remedy is not to share the sheet once more."""
    fails(office, "sheets.spreadsheets.get", "403-disabled")
    found = diagnose(office, "sheet domisili")
    assert list(found) == ["api-belum-aktif"]
    assert "“Google Sheets API”" in shown(found["api-belum-aktif"])


def test_who_may_see_it_cannot_be_asked(office: Office) -> None:
    """Then a person must look."""
    fails(office, "drive.permissions.list", "403")
    found = diagnose(office, "sheet domisili")["akses-umum-tidak-diketahui"]
    assert found.level is Level.WARNING
    assert "“Dibatasi”" in shown(found)


def test_no_google_sheet_at_all(office: Office) -> None:
    """What Sheets says of an Excel file in Drive."""
    fails(office, "sheets.spreadsheets.get", "400")
    assert ".XLSX" in shown(diagnose(office, "sheet domisili")["sheet-bukan-google-sheet"])


def test_another_time_zone(office: Office) -> None:
    """And the month first."""
    file = office.tab.spreadsheet
    file.update_timezone("America/New_York")
    found = diagnose(office, "waktu domisili")
    assert "Zona waktu menjadi Asia/Makassar" in shown(found["zona-waktu-berbeda"])
    assert "Lokal" in shown(found["lokal-sheet"])
    file.update_timezone("Asia/Makassar")
    file.update_locale("id_ID")
    assert diagnose(office, "waktu domisili") == {}


def test_the_tab_was_renamed(office: Office) -> None:
    """With the titles that are there."""
    office.tab.update_title("Jawaban")
    found = diagnose(office, "judul domisili")["tab-tidak-ditemukan"]
    assert '"Jawaban"' in found.found
    assert "di tab:" in shown(found)


def test_a_title_was_renamed(office: Office) -> None:
    """The columns of the others are still found."""
    tab = office.tab
    tab.update_cell(1, tab.row_values(1).index("NIK") + 1, "NIK Pemohon")
    found = diagnose(office, "judul domisili")["kolom-tidak-ditemukan"]
    assert '"NIK Pemohon"' in found.found
    assert office.form["tab"] in shown(found)


def test_a_title_twice_and_one_that_is_empty(office: Office) -> None:
    """Which of the two holds the answer can't be told; a column without a title is named by its letter."""
    office.run_once()
    tab = office.tab
    tab.spreadsheet.batch_update(
        {
            "requests": [
                {"appendDimension": {"sheetId": tab.id, "dimension": "COLUMNS", "length": 2}}
            ]
        }
    )
    last = len(tab.row_values(1))
    tab.update_cell(1, last + 2, "Catatan Kantor")
    assert "hapus kolom itu" in shown(diagnose(office, "judul domisili")["judul-kosong"])
    tab.update_cell(1, last + 2, "NIK")
    assert "“lama”" in shown(diagnose(office, "judul domisili")["kolom-ganda"])


def test_row_one_is_gone(office: Office) -> None:
    """One message, not one for each question."""
    tab = office.tab
    tab.batch_clear(["1:1"])
    found = diagnose(office, "judul domisili")
    assert list(found) == ["baris-judul-tidak-ada"]
    assert "Histori versi" in shown(found["baris-judul-tidak-ada"])


def test_loket_s_columns_are_locked(office: Office) -> None:
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


def test_another_computer_serves_it(office: Office, sheet: str) -> None:
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


def test_the_ledger_is_older_than_the_sheet(office: Office) -> None:
    """Letters would go out twice: so it is told before the worker starts."""
    office.applies(*CITRA)
    office.run_once()
    assert diagnose(office, "nomor domisili") == {}
    shutil.rmtree(office.folder / "data")
    found = diagnose(office, "nomor domisili")["ledger-tertinggal"]
    assert found.level is Level.PROBLEM
    assert "restore --from-drive" in shown(found)


def test_uploaded_files_that_loket_may_not_open(office: Office) -> None:
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
