"""The real worker against the local Google, with an officer who does what officers do."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.acceptance.conftest import Office, loket

CITRA = ("Citra Lestari", "6402014101900001")
DONI = ("Doni Pratama", "6402010101900002")
EKA = ("Eka Wijaya", "6402010101910003")


def test_from_a_form_response_to_a_letter_in_the_mailbox(office: Office) -> None:
    """The main job with an office's own workflow and letter."""
    office.applies(*CITRA)
    office.run_once()
    assert office.rows()[CITRA[0]]["Status"] == "Menunggu petugas"
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert row["Status"] == "Selesai"
    assert row["Dokumen"].startswith("http")
    [message] = office.mailbox()
    assert message["to"] == "citra@example.org"
    assert len(message["attachments"]) == 1
    for _ in range(2):
        office.run_once()
    assert len(office.mailbox()) == 1


def test_moved_hidden_and_renamed_columns_sorted_and_inserted_rows_change_nothing_else(
    office: Office,
) -> None:
    """Between two cycles the officer rearranges the sheet: every cell still belongs to its application."""
    for person in (EKA, CITRA, DONI):
        office.applies(*person)
    office.run_once()
    before = office.rows()
    tab = office.tab
    header = tab.row_values(1)
    sheet_id = tab.id
    nik, status = header.index("NIK"), header.index("Status")
    tab.update_cell(1, header.index("Alamat") + 1, "  ALAMAT :")
    columns = {"sheetId": sheet_id, "dimension": "COLUMNS"}
    whole = {"sheetId": sheet_id, "startRowIndex": 1, "endRowIndex": 4}
    tab.spreadsheet.batch_update(
        {
            "requests": [
                {
                    "sortRange": {
                        "range": whole,
                        "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}],
                    }
                },
                {
                    "insertDimension": {
                        "range": {
                            "sheetId": sheet_id,
                            "dimension": "ROWS",
                            "startIndex": 1,
                            "endIndex": 2,
                        }
                    }
                },
                {
                    "updateDimensionProperties": {
                        "range": {**columns, "startIndex": nik, "endIndex": nik + 1},
                        "properties": {"hiddenByUser": True},
                        "fields": "hiddenByUser",
                    }
                },
                {
                    "moveDimension": {
                        "source": {**columns, "startIndex": status, "endIndex": status + 1},
                        "destinationIndex": 0,
                    }
                },
            ]
        }
    )
    office.types(DONI[0], "Keputusan", "Setujui")
    office.run_once()
    after = office.rows()
    assert after[DONI[0]]["Status"] == "Selesai"
    for name in (CITRA[0], EKA[0]):
        now = {key.strip(" :").lower(): text for key, text in after[name].items()}
        assert now == {key.lower(): text for key, text in before[name].items()}
    assert after[DONI[0]]["No. Permohonan"] == before[DONI[0]]["No. Permohonan"]
    assert [message["to"] for message in office.mailbox()] == ["doni@example.org"]


def test_sigterm_finishes_the_step_in_hand_and_ends_well(office: Office) -> None:
    """The PC is shut down: exit code 0, and nothing is half done."""
    office.applies(*CITRA)
    worker = office.start()
    try:
        wait_until(lambda: office.rows()[CITRA[0]].get("Status") == "Menunggu petugas")
        os.kill(worker.pid, signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
    finally:
        end(worker)


def test_a_second_worker_on_the_same_folder_refuses_to_start(office: Office) -> None:
    """It names the first one and changes nothing."""
    worker = office.start()
    try:
        lock = office.folder / "data" / "worker.lock"
        wait_until(lambda: lock.exists() and lock.read_text() == str(worker.pid))
        second = loket("--root", str(office.folder), "run", "--once")
        assert second.returncode == 1
        assert "pekerja-lain-berjalan" in second.stderr
        assert str(worker.pid) in second.stderr
    finally:
        end(worker)


def test_a_killed_worker_goes_on_where_it_was(office: Office) -> None:
    """kill -9 at any moment: the next start finds the same application and sends one letter."""
    office.applies(*CITRA)
    office.run_once()
    office.types(CITRA[0], "Keputusan", "Setujui")
    worker = office.start()
    time.sleep(1.5)
    os.kill(worker.pid, signal.SIGKILL)
    end(worker)
    office.run_once()
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert row["Status"] in {"Selesai", "Perlu dicek"}
    assert len(office.mailbox()) <= 1
    if row["Status"] == "Selesai":
        assert len(office.mailbox()) == 1


def test_status_and_show_tell_what_is_where_without_a_nik(office: Office) -> None:
    """The reference is enough to read one application's story."""
    office.applies(*CITRA)
    office.run_once()
    reference = office.rows()[CITRA[0]]["No. Permohonan"]
    root = ("--root", str(office.folder))
    status, story = (
        loket(*root, "status"),
        loket(*root, "show", reference.lower().replace("-", " ")),
    )
    assert status.returncode == story.returncode == 0
    assert "1 Menunggu petugas" in status.stdout
    assert reference in story.stdout
    assert CITRA[1] not in status.stdout + story.stdout


def test_one_bad_workflow_does_not_stop_the_others(office: Office) -> None:
    """It is named with its line; the good one goes on."""
    (office.folder / "workflows" / "rusak.yaml").write_text(
        "title: X\nprefix: 1\n", encoding="utf-8"
    )
    office.applies(*CITRA)
    done = loket("--root", str(office.folder), "run", "--once")
    assert done.returncode == 1
    assert "workflows/rusak.yaml:2" in done.stderr
    assert office.rows()[CITRA[0]]["Status"] == "Menunggu petugas"


def test_check_names_all_ten_planted_mistakes_with_their_lines(tmp_path: Path) -> None:
    """Everything at once: file:line, what was found, what is allowed."""
    (tmp_path / "workflows").mkdir()
    planted = Path(__file__).parents[1] / "unit" / "core" / "ten_mistakes.yaml"
    text = planted.read_text(encoding="utf-8")
    (tmp_path / "workflows" / "rusak.yaml").write_text(text, encoding="utf-8")
    done = loket("--root", str(tmp_path), "check")
    assert done.returncode == 1
    lines = {
        line.split("workflows/rusak.yaml:")[1].split()[0]
        for line in done.stderr.splitlines()
        if "rusak.yaml:" in line
    }
    assert len(lines) >= 10
    assert done.stderr.count("ditemukan") >= 10


def wait_until(true, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def end(worker: "subprocess.Popen[str]") -> None:
    if worker.poll() is None:
        os.kill(worker.pid, signal.SIGKILL)
    worker.wait(timeout=10)
    if worker.stderr:
        worker.stderr.close()
