"""The register of letters: `register` writes it as a workbook, and the worker keeps it in a tab of the sheet."""

import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.acceptance.conftest import Office, loket
from tests.acceptance.test_counter import CITRA, DONI
from tests.acceptance.test_kill_anywhere import killed

HOSTILE = ("=1+1 Eka", "6402010101900003")


def approve(office: Office, *people: tuple[str, str]) -> None:
    for person in people:
        office.applies(*person)
    office.run_once()
    for name, _ in people:
        office.types(name, "Keputusan", "Setujui")
    office.run_once()


def agenda(office: Office) -> list[dict[str, str]]:
    return office.tab.spreadsheet.worksheet("Buku Agenda").get_all_records(
        numericise_ignore=["all"]
    )


def test_every_letter_stands_in_the_tab_once(office: Office) -> None:
    """Made with the first letter; a later worker adds below, and corrects what changed; repair puts back what was spoiled."""
    office.applies(*CITRA)
    office.run_once()
    assert [tab.title for tab in office.tab.spreadsheet.worksheets()][1:] == ["Loket"]
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.run_once()
    approve(office, DONI)
    office.run_once()
    found = agenda(office)
    year = f"{datetime.now():%Y}"  # noqa: DTZ005 - the office's year, but for the last hours of December
    assert [(line["No. Urut"], line["Nomor Surat"]) for line in found] == [
        ("1", f"470/0001/DKPS/{year}"),
        ("2", f"470/0002/DKPS/{year}"),
    ]
    rows = office.rows()
    for line, (name, _) in zip(found, (CITRA, DONI), strict=True):
        assert line["Nama Pemohon"] == name
        assert line["Perihal"] == "Surat Keterangan Domisili"
        assert line["Status"] == "Selesai"
        assert line["No. Permohonan"] == rows[name]["No. Permohonan"]
        assert line["Dokumen"] == rows[name]["Dokumen"] != ""
    office.tab.spreadsheet.worksheet("Buku Agenda").update_cell(2, 5, "diubah")
    assert loket("--root", str(office.folder), "repair").returncode == 0
    assert agenda(office) == found


def test_a_deleted_tab_comes_back_with_the_next_letter(office: Office) -> None:
    """With every letter."""
    approve(office, CITRA)
    file = office.tab.spreadsheet
    file.del_worksheet(file.worksheet("Buku Agenda"))
    approve(office, DONI)
    assert [line["Nama Pemohon"] for line in agenda(office)] == [CITRA[0], DONI[0]]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["begin", "write"])
def test_a_kill_around_a_write_leaves_every_letter_there_once(
    office: Office, step: str, when: str
) -> None:
    """SIGKILL, before the tab is made or written, or after it and before it is remembered."""
    for person in (CITRA, DONI):
        office.applies(*person)
    office.run_once()
    for name, _ in (CITRA, DONI):
        office.types(name, "Keputusan", "Setujui")
    assert killed(office, f"sync.google.register_tab:RegisterTab.{step}", when, 1)
    office.run_once()
    office.run_once()
    assert [line["Nama Pemohon"] for line in agenda(office)] == [CITRA[0], DONI[0]]
    assert [message["to"] for message in office.mailbox()] == [
        f"{name.split()[0].lower()}@example.org" for name, _ in (CITRA, DONI)
    ]


def test_an_office_that_wants_no_tab_has_none(office: Office) -> None:
    """One line in settings.yaml."""
    settings = office.folder / "settings.yaml"
    text = settings.read_text(encoding="utf-8")
    assert "\nletters:" not in text
    settings.write_text(f"{text}letters:\n  register_tab: false\n", encoding="utf-8")
    approve(office, CITRA)
    assert "Buku Agenda" not in [tab.title for tab in office.tab.spreadsheet.worksheets()]


def test_the_workbook_holds_every_letter_and_no_formula(office: Office, tmp_path: Path) -> None:
    """Dates are dates; a name is a text whatever it begins with; it prints on A4 with the header on every page."""
    approve(office, CITRA, HOSTILE)
    file = tmp_path / "agenda kantor.xlsx"
    root = ("--root", str(office.folder))
    done = loket(*root, "register", "--output", str(file))
    assert (done.returncode, "2 surat" in done.stderr) == (0, True), done.stderr
    [sheet] = openpyxl.load_workbook(file).worksheets
    assert sheet.title == "domisili"
    rows = list(sheet.iter_rows(min_row=5))
    assert [cell.value for cell in rows[0]][:3] == ["No. Urut", "Tanggal Surat", "Nomor Surat"]
    assert [row[0].value for row in rows[1:]] == [1, 2]
    assert all(isinstance(row[1].value, datetime) for row in rows[1:])
    names = {row[4].value: row[4] for row in rows[1:]}
    hostile = names[HOSTILE[0]]
    assert (hostile.data_type, hostile.number_format) == ("s", "@")
    assert sheet.freeze_panes == "A6"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$5:$5"
    written = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert CITRA[0] in written
    assert CITRA[1] not in written
    told = json.loads(loket(*root, "register", "--json").stdout)
    assert [(one["serial"], one["series"]) for one in told] == [(1, "domisili"), (2, "domisili")]
    assert not list(
        (office.folder / "data").glob("*.xlsx")
    )  # only --output or no --json writes one


def test_what_can_not_be_written_or_found_says_what_to_do(office: Office) -> None:
    """A year without letters is an empty book; an unknown workflow and a folder that is not there are the user's to mend."""
    office.run_once()
    root = ("--root", str(office.folder), "register")
    empty = loket(*root, "--year", "2019", "--json")
    assert (empty.returncode, json.loads(empty.stdout)) == (0, [])
    assert loket(*root, "--year", "2019").returncode == 0
    assert (office.folder / "data" / "buku-agenda-2019.xlsx").exists()
    unknown = loket(*root, "--workflow", "domisil")
    assert (unknown.returncode, "domisili" in unknown.stderr) == (1, True)
    nowhere = loket(*root, "--output", str(office.folder / "tidak ada" / "x.xlsx"))
    assert (nowhere.returncode, "buku-agenda-tidak-dapat-ditulis" in nowhere.stderr) == (1, True)
