"""`report`: the office's day and the province's, in every form, with the figures that anybody can count again."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pypdfium2
import pytest
import requests

from sync.core.delivery import IntentState
from sync.core.report.day import Figures, ServiceDay
from sync.core.report.report import DayReport
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About
from tests.acceptance.conftest import ROOT, Office, loket
from tests.acceptance.test_counter import CITRA, DONI
from tests.acceptance.test_kill_anywhere import KILLER

HEAD = "kepala@disdukcapil.example.org"
TITLES = {
    "domisili": "Surat Keterangan Domisili",
    "belum-menikah": "Surat Keterangan Belum Menikah",
    "suket-ktp": "Surat Keterangan Pengganti KTP-el",
}


def pdf_text(content: bytes | Path) -> str:
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


def cells_of(file: Path) -> dict[str, list[Any]]:
    """The workbook's rows by their first cell."""
    [sheet] = openpyxl.load_workbook(file).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return {str(row[0]): row[1:] for row in rows if row[0]}


def test_the_demonstration_s_day_in_every_form(tmp_path: Path) -> None:
    """Counted again from what the demonstration says of every application."""
    demo = loket("demo", "--once", "--json", "--data", str(tmp_path / "demo"))
    assert demo.returncode == 0, demo.stderr
    applications = json.loads(demo.stdout)["applications"]
    states = Counter((one["workflow"], one["state"]) for one in applications)
    root = ("--root", str(tmp_path / "demo" / "loket"), "report")
    files = {kind: tmp_path / f"laporan.{kind}" for kind in ("xlsx", "pdf")}
    done = loket(*root, "--json", "--xlsx", str(files["xlsx"]), "--pdf", str(files["pdf"]))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    book = cells_of(files["xlsx"])
    for service in told["services"]:
        name, figures = service["workflow"], service["figures"]
        own = {state: count for (of, state), count in states.items() if of == name}
        assert figures["received"] == sum(own.values())
        assert figures["delivered"] == own.get("delivered", 0)
        assert figures["rejected"] == own.get("rejected", 0)
        assert figures["cancelled"] == own.get("cancelled", 0)
        assert figures["with_applicant"] == own.get("needs_fixing", 0)
        ended = sum(own.get(state, 0) for state in ("delivered", "rejected", "cancelled"))
        waiting = sum(own.values()) - ended - own.get("needs_fixing", 0)
        assert figures["waiting"] == [waiting, 0, 0, 0]
        row = book[TITLES[name]]
        assert row[:2] == [figures["received"], figures["delivered"]]
        assert isinstance(row[0], int)
    assert told["total"]["received"] == len(applications)
    assert told["total"]["delivered"] == sum(one["state"] == "delivered" for one in applications)
    assert book["Jumlah"][0] == len(applications)
    table = loket(*root).stdout
    text = pdf_text(files["pdf"])
    for shown in (table, text):
        assert str(len(applications)) in shown
        assert "Surat Keterangan Domisili" in " ".join(shown.split()) or "Domisili" in shown
    assert "Pemerintah Kabupaten Kutai Kartanegara" in text


@pytest.fixture
def reporting(office: Office) -> Office:
    """An office whose hour of reports has come, with a sheet of its own for them."""
    url = f"{office.url}/_sandbox/forms"
    made = requests.post(
        url, json={"title": "Laporan", "questions": [{"title": "Isi", "type": "text"}]}, timeout=30
    )
    made.raise_for_status()
    office.form["reports"] = made.json()["spreadsheetId"]
    configure(office, sheet=office.form["reports"])
    return office


def configure(office: Office, *, sheet: str) -> None:
    settings = office.folder / "settings.yaml"
    before = settings.read_text(encoding="utf-8").partition("\nreport:")[0]
    report = f"report:\n  at: 00:00\n  to: [{HEAD}]\n  stock_tab: true\n  publish: true\n"
    settings.write_text(f"{before}\n{report}  sheet: {sheet}\n", encoding="utf-8")


def today() -> datetime:
    return datetime.now(ZoneInfo("Asia/Makassar"))


def types_stock(office: Office, *cells: str) -> None:
    """An officer fills in today's row."""
    body = {"values": [[f"{today():%Y-%m-%d}", *cells]]}
    office.officer.values_update(
        office.form["reports"], "'Stok'!A2", params={"valueInputOption": "USER_ENTERED"}, body=body
    )


def published(office: Office) -> list[dict[str, str]]:
    """The lines that the province reads."""
    answer = office.officer.values_get(office.form["reports"], "'Laporan Harian'")
    header, *rows = answer["values"]
    return [dict(zip(header, row, strict=False)) for row in rows]


def reports(office: Office) -> list[dict[str, Any]]:
    return [message for message in office.mailbox() if message["to"] == HEAD]


def test_the_head_of_office_gets_the_day_by_email_and_the_province_its_line(
    reporting: Office, tmp_path: Path
) -> None:
    """What two people applied for, and what an officer entered; a second round sends nothing."""
    office = reporting
    office.applies(*CITRA)
    office.applies(*DONI)
    office.run_once()  # makes the tabs, and sends: the stock is not filled in yet
    [message] = reports(office)
    assert "Diterima: 2" in message["text"]
    assert 'Tab "Stok" belum diisi.' in message["text"]
    [attached] = message["attachments"]
    assert attached["file_name"] == f"Laporan Harian {today():%Y-%m-%d}.pdf"
    types_stock(office, "38310", "113046", "5", "enam")
    office.run_once()
    assert len(reports(office)) == 1
    done = loket("--root", str(office.folder), "report", "--json")
    told = json.loads(done.stdout)
    assert (told["stock"]["blanks"], told["stock"]["suket"]) == (38_310, 113_046)
    assert told["stock"]["printers"] is None
    assert any("sel E2" in problem for problem in told["problems"])
    [line] = published(office)
    assert (line["Diterima"], line["Menunggu petugas"]) == ("2", "2")
    # The province, on another computer, reads the line, and the ledger of an office beside it.
    province = tmp_path / "provinsi"
    province.mkdir()
    settings = (office.folder / "settings.yaml").read_text(encoding="utf-8")
    kept = settings.partition("\nreport:")[0].replace(
        "credentials.json", str(office.folder / "credentials.json")
    )
    regencies = [
        f"{{name: Kota Samarinda, sheet: {office.form['reports']}}}",
        f"{{name: Kab. Berau, folder: '{office.folder}'}}",
        f"{{name: Kab. Paser, sheet: {'x' * 44}}}",
    ]
    (province / "settings.yaml").write_text(
        f"{kept}\nprovince:\n  name: Kalimantan Timur\n  regencies:\n"
        + "".join(f"    - {one}\n" for one in regencies),
        encoding="utf-8",
    )
    if not Path(province / "credentials.json").exists():
        (province / "credentials.json").write_bytes(
            (office.folder / "credentials.json").read_bytes()
        )
    done = loket("--root", str(province), "report", "--province", "--json")
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)
    assert table["sums"]["received"] == {"value": 4, "of": 2}
    assert table["missing"] == ["Kab. Paser"]
    [problem] = table["regencies"][2]["problems"]
    assert "tidak dibagikan" in problem


STEPS = {
    "the report is kept": "sync.ledger.reports:Reports.keep",
    "its email is planned": "sync.ledger.office_mails:OfficeMails.plan",
    "its line is published": "sync.google.report_tab:ReportTab.put",
    "its email is committed": "sync.ledger.office_mails:OfficeMails.move",
    "it is handed over": "sync.delivery.smtp:_hand_over",
}


LAST = "it is handed over"
MOMENTS = [
    pytest.param(
        step, when, id=f"{when} {told}", marks=() if told == LAST else pytest.mark.thorough
    )
    for told, step in STEPS.items()
    for when in ("before", "after")
]


@pytest.mark.parametrize(("step", "when"), MOMENTS)
def test_a_kill_sends_no_second_email(reporting: Office, step: str, when: str) -> None:
    """SIGKILL around each step: at most one email, and where it can't be known whether it went, the tab "Loket" says so."""
    office = reporting
    command = [sys.executable, str(KILLER), step, when, "1", "--"]
    dying = subprocess.run(
        [*command, "--root", str(office.folder), "run", "--once"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert dying.returncode == -signal.SIGKILL, dying.stderr.decode()
    office.run_once()
    office.run_once()
    handed_over = step == STEPS[LAST]
    expected = 0 if handed_over and when == "before" else 1
    assert len(reports(office)) == expected
    board = office.officer.values_get(office.form["spreadsheetId"], "'Loket'")["values"]
    assert any("Laporan harian" in " ".join(row) for row in board) == handed_over
    assert [line["Diterima"] for line in published(office)] == ["0"]
    if handed_over:  # a person has asked the recipient, and sends it again
        sent = loket("--root", str(office.folder), "report", "--send")
        assert sent.returncode == 0, sent.stderr
        assert len(reports(office)) == expected + 1


def test_who_is_no_longer_to_get_the_report_gets_none_by_hand(reporting: Office) -> None:
    """An address that failed and was taken out of report.to: nothing goes there, and it is nobody's failure any more."""
    office, gone = reporting, "lama@disdukcapil.example.org"
    office.run_once()
    ledger = Ledger.open(sqlite_url(office.folder / "data" / "ledger.sqlite3"))
    with ledger.begin() as tx:
        tx.office_mails.plan(About.REPORT, today().date(), [gone], today())
        mails = tx.office_mails.of(About.REPORT, today().date())
        [mail] = [one for one in mails if one.address == gone]
        tx.office_mails.move(mail, IntentState.FAILED, reason="Alamat ditolak.", settled_at=today())
    ledger.close()
    sent = loket("--root", str(office.folder), "report", "--send")
    assert (sent.returncode, gone in sent.stdout) == (0, False), sent.stdout
    assert not [message for message in office.mailbox() if message["to"] == gone]


def test_setup_makes_the_tab_that_officers_fill_in(reporting: Office) -> None:
    """Once, and a dry run says so before; what they typed into it stays."""
    office, made = reporting, 'tab "Stok" dibuat'
    planned = loket("--root", str(office.folder), "setup", "--dry-run")
    assert made in planned.stderr
    told = json.loads(loket("--root", str(office.folder), "setup", "--dry-run", "--json").stdout)
    assert [line.startswith(made) for line in told["stock"]] == [True]
    done = loket("--root", str(office.folder), "setup")
    assert (done.returncode, made in done.stderr) == (0, True)
    types_stock(office, "7")
    again = loket("--root", str(office.folder), "setup", "--json")
    assert (again.returncode, json.loads(again.stdout)["stock"]) == (0, [])
    rows = office.officer.values_get(office.form["reports"], "'Stok'")["values"]
    assert [row[1] for row in rows] == ["Blangko KTP-el", "7"]


def test_answers_of_citizens_are_never_shared_with_the_province(office: Office) -> None:
    """A sheet that a service writes into is refused; the tab "Loket" says why, and the email goes all the same."""
    configure(office, sheet=office.form["spreadsheetId"])
    office.run_once()
    tabs = [tab.title for tab in office.tab.spreadsheet.worksheets()]
    assert "Stok" in tabs
    assert "Laporan Harian" not in tabs
    board = office.officer.values_get(office.form["spreadsheetId"], "'Loket'")["values"]
    assert any("memuat jawaban warga" in " ".join(row) for row in board)
    assert len(reports(office)) == 1


def test_the_province_of_4_may_2020_in_every_form(tmp_path: Path) -> None:
    """Without an office, a sheet or a network."""
    root = ("--root", str(tmp_path), "report", "--province", "--sample")
    files = {kind: tmp_path / f"provinsi.{kind}" for kind in ("xlsx", "pdf")}
    done = loket(*root, "--json", "--xlsx", str(files["xlsx"]), "--pdf", str(files["pdf"]))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["day"], told["sums"]["suket"]) == ("2020-05-04", {"value": 113_046, "of": 10})
    book = cells_of(files["xlsx"])
    assert book["Jumlah"][:2] == [38_310, 113_046]
    assert book["Kab. Kutai Kartanegara"][1] == 53_333
    text, table = pdf_text(files["pdf"]), loket(*root).stdout
    for shown in (text, table):
        for figure in ("38.310", "113.046", "57", "53.333", "23.224", "16.464", "10.499"):
            assert figure in shown


def an_office_that_reported(folder: Path, government: str, received: int) -> None:
    """Its folder, and its ledger with today's report."""
    (folder / "data").mkdir(parents=True)
    settings = f"office:\n  government: {government}\n"
    (folder / "settings.yaml").write_text(settings, encoding="utf-8")
    service = ServiceDay("domisili", "Domisili", Figures(received=received))
    made = DayReport(
        today().date(), government, "Asia/Makassar", today(), False, (service,), Figures()
    )
    ledger = Ledger.open(sqlite_url(folder / "data" / "ledger.sqlite3"))
    with ledger.begin() as tx:
        tx.reports.keep(made)
    ledger.close()


def test_offices_of_one_installation_are_a_province(tmp_path: Path) -> None:
    """Read from their ledgers, by their governments' names; one that never ran and one whose settings are broken are named."""
    offices = tmp_path / "offices"
    an_office_that_reported(offices / "berau", "Pemerintah Kabupaten Berau", 5)
    an_office_that_reported(offices / "paser", "Pemerintah Kabupaten Paser", 7)
    (offices / "bontang").mkdir()
    (offices / "rusak").mkdir()
    (offices / "rusak" / "settings.yaml").write_text("office: [", encoding="utf-8")
    done = loket("--root", str(tmp_path), "report", "--province", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["sums"]["received"] == {"value": 12, "of": 2}
    assert len(told["missing"]) == 2
    assert "rusak" in told["missing"]
    assert not list((offices / "bontang").iterdir())
    day = loket("--root", str(tmp_path), "report")
    assert (day.returncode, "kantor-belum-disebut" in day.stderr) == (1, True)


def test_an_office_that_keeps_no_reports_and_a_wrong_folder_are_told(tmp_path: Path) -> None:
    """How to switch reports on, and which setting is wrong."""
    (tmp_path / "berau").mkdir()
    (tmp_path / "settings.yaml").write_text(
        "province: {regencies: [{name: Berau, folder: berau}, {name: Paser, folder: pasir}]}\n",
        encoding="utf-8",
    )
    done = loket("--root", str(tmp_path), "report", "--province", "--json")
    told = {one["name"]: one["problems"] for one in json.loads(done.stdout)["regencies"]}
    [off], [wrong] = told["Berau"], told["Paser"]
    assert "report.publish" in off
    assert "settings.yaml, province.regencies, Paser: folder: pasir" in wrong
    assert "--root" not in wrong


def test_an_office_among_others_reads_no_other_s_ledger(tmp_path: Path) -> None:
    """Whoever writes its settings learns nothing of its neighbour's day."""
    an_office_that_reported(tmp_path / "offices" / "paser", "Pemerintah Kabupaten Paser", 7)
    own = tmp_path / "offices" / "berau"
    own.mkdir()
    text = "province:\n  regencies:\n    - {name: Paser, folder: ../paser}\n"
    (own / "settings.yaml").write_text(text, encoding="utf-8")
    done = loket("--root", str(own), "report", "--province", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "di luar folder kantor ini" in done.stderr


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (["--sample"], "pilihan-laporan"),
        (["--province", "--send"], "pilihan-laporan"),
        (["--province"], "provinsi-tanpa-kabupaten"),
        (["--date", "besok"], "pilihan-laporan"),
        (["--date", "2199-01-01"], "pilihan-laporan"),
        (["--send"], "laporan-tanpa-penerima"),
        (["--xlsx", "tidak/ada/laporan.xlsx"], "laporan-tidak-dapat-ditulis"),
    ],
)
def test_what_can_not_be_done_says_what_can(tmp_path: Path, options: list[str], name: str) -> None:
    """Exit code 1, and the problem by its name."""
    done = loket("--root", str(tmp_path), "report", *options)
    assert (done.returncode, name in done.stderr) == (1, True), done.stderr
