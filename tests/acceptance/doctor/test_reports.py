"""The daily report's spreadsheet in every state that keeps Loket from it: provoked, and its remedy shown."""

import pytest

from tests.acceptance.conftest import Office, loket
from tests.acceptance.doctor.conftest import FILES, diagnose, drives, new_form, worker
from tests.unit.cli.remedies import shown


@pytest.fixture
def sheet(office: Office, google: Office) -> str:
    """A spreadsheet of its own for the reports."""
    return str(new_form(google)["spreadsheetId"])


def reports(office: Office, sheet: str) -> None:
    text = (office.folder / "settings.yaml").read_text(encoding="utf-8")
    before = text.partition("\nreport:")[0]
    more = f"\nreport:\n  stock_tab: true\n  publish: true\n  sheet: {sheet}\n"
    (office.folder / "settings.yaml").write_text(before + more, encoding="utf-8")


def test_a_spreadsheet_of_reports_in_order(office: Office, sheet: str) -> None:
    """Once setup has made the tab that officers fill in."""
    reports(office, sheet)
    assert "setup" in shown(diagnose(office, "laporan")["tab-stok-belum-ada"])
    assert loket("--root", str(office.folder), "setup").returncode == 0
    assert diagnose(office, "laporan") == {}


def test_out_of_reach(office: Office, sheet: str) -> None:
    """Not there, in the bin, or to be seen only: with its address, and the one to share it with."""
    reports(office, "x" * 44)
    assert "report.sheet" in shown(diagnose(office, "laporan")["sheet-laporan"])
    reports(office, sheet)
    drives(office, "PATCH", sheet, trashed=True)
    assert sheet in shown(diagnose(office, "laporan")["sheet-laporan"])
    drives(office, "PATCH", sheet, trashed=False)
    url = f"{FILES}/{sheet}/permissions?fields=permissions(id,emailAddress)"
    listed = office.officer.request("GET", url).json()["permissions"]
    [own] = [one["id"] for one in listed if one.get("emailAddress") == worker(office)]
    drives(office, "PATCH", f"{sheet}/permissions/{own}", role="reader")
    assert worker(office) in shown(diagnose(office, "laporan")["sheet-laporan"])


def test_answers_are_not_for_the_province(office: Office) -> None:
    """A service's own spreadsheet is refused, as the worker refuses it."""
    reports(office, office.form["spreadsheetId"])
    assert "Pelihat" in shown(diagnose(office, "laporan")["laporan-bersama-jawaban"])
