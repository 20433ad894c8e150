"""`setup`: the sheet is made ready before the worker starts; what will be changed can be seen first."""

import json
from typing import Any

import requests

from tests.acceptance.conftest import WORKFLOW, Office, loket
from tests.acceptance.test_counter import CITRA

HEADERS = ["No. Permohonan", "Status", "Keterangan", "Dokumen", "Diperbarui"]
HEADERS += ["Keputusan", "Catatan Petugas", "Berkas Petugas"]
READS = {
    "oauth.token",
    "drive.files.get",
    "drive.permissions.list",
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.values.get",
}


def setup(office: Office, *arguments: str, exit_code: int = 0) -> dict[str, Any]:
    done = loket("--root", str(office.folder), "setup", "--json", *arguments)
    assert done.returncode == exit_code, done.stderr + done.stdout
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def changes(told: dict[str, Any]) -> list[str]:
    """Every line of every tab and spreadsheet."""
    return [
        line
        for sheet in told["sheets"]
        for line in [*(x for tab in sheet["tabs"] for x in tab["changes"] or ()), *sheet["changes"]]
    ]


def forgotten(office: Office) -> None:
    url = f"{office.url}/_sandbox/reset"
    requests.post(url, json={"only": ["requests"]}, timeout=30).raise_for_status()


def called(office: Office) -> set[str]:
    return set(requests.get(f"{office.url}/_sandbox/requests", timeout=30).json()["methods"])


def second_service(office: Office, tab: str, sheet: str = "") -> None:
    text = WORKFLOW.format(sheet=sheet or office.form["spreadsheetId"], tab=tab)
    text = text.replace("prefix: SKD", "prefix: SKL").replace("470/", "471/")
    (office.folder / "workflows" / "lain.yaml").write_text(text, encoding="utf-8")


def test_a_dry_run_writes_nothing_and_tells_what_setup_then_does(office: Office) -> None:
    """And a second setup has nothing to do, nor has the worker anything to add."""
    office.applies(*CITRA)
    root = ("--root", str(office.folder), "setup")
    forgotten(office)
    planned = setup(office, "--dry-run")
    shown = loket(*root, "--dry-run")
    assert called(office) <= READS
    assert office.rows().keys() == {CITRA[0]}
    assert all(line in shown.stderr for line in changes(planned))
    assert "Belum ada yang diubah" in shown.stderr
    assert planned["account"] in shown.stderr
    before = office.rows()[CITRA[0]]

    done = setup(office)

    assert changes(done) == changes(planned)
    assert [tab.title for tab in office.tab.spreadsheet.worksheets()][1:] == ["Loket"]
    row = office.rows()[CITRA[0]]
    assert [*row] == [*before, *HEADERS]
    assert {header: row[header] for header in before} == before
    forgotten(office)
    again = loket(*root)
    assert again.returncode == 0
    assert again.stderr.count("tidak ada yang perlu diubah") == 1
    assert changes(setup(office)) == []
    assert called(office) <= READS
    office.run_once()
    assert [*office.rows()[CITRA[0]]] == [*before, *HEADERS]
    assert office.rows()[CITRA[0]]["Status"] == "Menunggu petugas"
    assert office.tab.spreadsheet.worksheet("Loket").acell("A1").value == "Loket"
    forgotten(office)
    assert changes(setup(office)) == []
    assert called(office) <= READS


def test_one_service_s_trouble_does_not_stop_the_other(office: Office) -> None:
    """In the same spreadsheet; the tab Loket is made once, and exit 1 says that something is left."""
    second_service(office, "Jawaban")
    told = setup(office, exit_code=1)
    [sheet] = told["sheets"]
    tabs = {tab["workflow"]: tab["changes"] for tab in sheet["tabs"]}
    assert len(tabs["domisili"]) > len(HEADERS)
    assert tabs["lain"] is None
    assert [problem["name"] for problem in told["problems"]] == ["tab-tidak-ditemukan"]
    assert sheet["changes"] != []
    assert changes(setup(office, "domisili")) == []  # its own sheet is in order, so nothing is said


def test_two_services_in_one_spreadsheet_are_both_made_ready(office: Office) -> None:
    """Each its own tab."""
    file = office.tab.spreadsheet
    other = file.add_worksheet("Jawaban", rows=20, cols=4)
    other.update([["Nama Lengkap", "Alamat Email", "NIK", "Alamat"]], "A1")
    second_service(office, "Jawaban")
    lines = changes(setup(office))
    assert sum(line.startswith('tab "Loket" dibuat') for line in lines) == 1
    assert other.row_values(1)[4:] == HEADERS
    assert "baris judul dibekukan, agar tidak ikut diurutkan" in lines
    assert changes(setup(office)) == []


def test_what_is_wrong_with_the_sheet_is_said(office: Office) -> None:
    """Public and with another clock are warnings; a question that is missing stops its tab, with what is near."""
    office.tab.spreadsheet.share("", perm_type="anyone", role="reader")
    office.tab.spreadsheet.update_timezone("America/New_York")
    shown = loket("--root", str(office.folder), "setup")
    assert shown.returncode == 0, shown.stderr
    assert "SIAPA PUN" in shown.stderr
    assert "America/New_York" in shown.stderr
    names = [warning["name"] for warning in setup(office)["sheets"][0]["warnings"]]
    assert names == ["sheet-terbuka-untuk-umum", "zona-waktu-berbeda"]
    tab = office.tab
    tab.update_cell(1, tab.row_values(1).index("Alamat") + 1, "Alamat Rumah")
    told = setup(office, exit_code=1)
    [problem] = told["problems"]
    assert problem["name"] == "kolom-tidak-ditemukan"
    assert '"Alamat Rumah"' in problem["found"]
    assert problem["where"].startswith("workflows/domisili.yaml")


def test_every_wrong_turn_says_what_to_do(office: Office) -> None:
    """A service that does not exist, a sheet out of reach, a refusal, a key that is missing or revoked."""
    root = ("--root", str(office.folder))
    unknown = loket(*root, "setup", "domisil")
    assert unknown.returncode == 1
    assert "layanan-tidak-dikenal" in unknown.stderr
    assert '"domisili"' in unknown.stderr
    second_service(office, "Jawaban", "1" * 44)
    lost = loket(*root, "setup")
    assert lost.returncode == 1
    assert "sheet-tidak-terjangkau" in lost.stderr
    assert "belum dapat disiapkan" in lost.stderr
    assert "Traceback" not in lost.stderr
    assert [*office.tab.row_values(1)][-8:] == HEADERS
    (office.folder / "workflows" / "lain.yaml").write_text("title: x\n", encoding="utf-8")
    assert setup(office, "domisili")["problems"] == []
    assert setup(office, exit_code=1)["problems"] != []
    (office.folder / "workflows" / "lain.yaml").write_bytes(b"title: \xff\n")
    assert setup(office, "lain", exit_code=1)["problems"][0]["name"] == "bukan-utf-8"
    busy = {"rules": [{"api": "sheets.spreadsheets.get", "do": "403"}]}
    requests.put(f"{office.url}/_sandbox/faults", json=busy, timeout=30).raise_for_status()
    assert setup(office, "domisili", exit_code=1)["problems"][0]["allowed"]
    requests.put(f"{office.url}/_sandbox/faults", json={}, timeout=30).raise_for_status()
    key = office.folder / "credentials.json"
    text = key.read_text(encoding="utf-8")
    key.unlink()
    missing = loket(*root, "setup")
    assert (missing.returncode, "kunci-tidak-ada" in missing.stderr) == (1, True)
    revoked = json.loads(text)
    revoked["client_email"] = "dicabut@loket-sandbox.iam.gserviceaccount.com"
    key.write_text(json.dumps(revoked), encoding="utf-8")
    problems = setup(office, "domisili", exit_code=1)["problems"]
    assert [problem["name"] for problem in problems] == ["sheet-tidak-disiapkan"]
    assert "Izin akun Google" in problems[0]["found"]


def test_a_tab_that_loket_may_not_change_is_said_before_anything_is_tried(office: Office) -> None:
    """By a dry run too."""
    tab = office.tab
    lock = {"addProtectedRange": {"protectedRange": {"range": {"sheetId": tab.id}}}}
    tab.spreadsheet.batch_update({"requests": [lock]})
    for options in (("--dry-run",), ()):
        forgotten(office)
        problems = setup(office, *options, exit_code=1)["problems"]
        assert [problem["name"] for problem in problems] == ["tab-dilindungi"]
        assert called(office) <= READS


def test_the_key_of_verification_is_made_once_where_it_is_wanted(office: Office) -> None:
    """`publish-verifier` and the first letter find it; a second `setup` makes no other, a dry run none."""
    settings = office.folder / "settings.yaml"
    keys = office.folder / "data" / "keys"
    text = settings.read_text("utf-8")
    settings.write_text(text + "\nverification: {url: 'https://periksa.contoh.go.id/'}\n", "utf-8")
    setup(office, "--dry-run")
    assert not list(keys.glob("*.pem"))
    setup(office)
    (made,) = keys.glob("*.pem")
    assert made.stat().st_mode & 0o077 == 0
    setup(office)
    assert list(keys.glob("*.pem")) == [made]
