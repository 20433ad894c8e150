"""The PC dies and data/ is gone: another computer takes over, from a copy or from the sheet alone, and nobody gets
a second letter, number or email."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.conftest import Office, loket
from tests.acceptance.test_counter import end, wait_until

CITRA = ("Citra Lestari", "6402014101900001")
DONI = ("Doni Pratama", "6402010101900002")
EKA = ("Eka Saputra", "6402010101900003")
FAJAR = ("Fajar Nugroho", "64020101019")  # too short: he is asked to mend it
GITA = ("Gita Maharani", "6402014101900005")
HADI = ("Hadi Wijaya", "6402010101900006")
EVERYBODY = [CITRA, DONI, EKA, FAJAR, GITA, HADI]


def decide(office: Office, name: str, decision: str, note: str = "") -> None:
    if note:
        office.types(name, "Catatan Petugas", note)
    office.types(name, "Keputusan", decision)


def a_working_day(office: Office) -> None:
    """Somebody in every state that lasts: delivered, in review, rejected, waiting for mending."""
    for person in (CITRA, DONI, EKA, FAJAR):
        office.applies(*person)
    office.run_once()
    decide(office, CITRA[0], "Setujui")
    decide(office, EKA[0], "Tolak", "Bukan wilayah kami.")
    office.run_once()


def and_on(office: Office) -> None:
    """After the copy was made: a decision, a letter, a new application with its letter, and one in review."""
    decide(office, DONI[0], "Setujui")
    office.applies(*GITA)
    office.run_once()
    decide(office, GITA[0], "Setujui")
    office.applies(*HADI)
    office.run_once()


def moved(office: Office, tmp_path: Path) -> Office:
    """Another computer: the office's files, without data/; the old data folder is destroyed."""
    shutil.rmtree(office.folder / "data")
    elsewhere = tmp_path / "komputer baru"
    shutil.copytree(office.folder, elsewhere)
    return replace(office, folder=elsewhere)


def to_the_end(office: Office) -> None:
    """The new computer takes the sheet over, and officers decide what still waits for them."""
    done = loket("--root", str(office.folder), "run", "--once", "--take-over")
    assert done.returncode == 0, done.stderr
    for name, row in office.rows().items():
        if row["Status"] == "Menunggu petugas":
            decide(office, name, "")
    office.run_once()
    for name, row in office.rows().items():
        if row["Status"] == "Menunggu petugas":
            decide(office, name, "Setujui")
    office.run_once()
    office.run_once()


def all_is_well(office: Office) -> None:
    findings = audit(office, [name for name, _ in EVERYBODY])
    assert findings.clean, findings
    rows = office.rows()
    assert {name: row["Status"] for name, row in rows.items()} == {
        CITRA[0]: "Selesai",
        DONI[0]: "Selesai",
        EKA[0]: "Ditolak",
        FAJAR[0]: "Perlu perbaikan",
        GITA[0]: "Selesai",
        HADI[0]: "Selesai",
    }
    references = [row["No. Permohonan"] for row in rows.values()]
    assert len(set(references)) == len(references)
    told = Counter((mail["to"], mail["subject"]) for mail in office.mailbox())
    assert set(told.values()) == {1}


def test_another_computer_takes_over_from_the_copy_in_drive(office: Office, tmp_path: Path) -> None:
    """The copy is a day old: what came after it is taken from the sheet and from Drive."""
    a_working_day(office)
    made = loket("--root", str(office.folder), "backup")
    assert made.returncode == 0, made.stderr
    and_on(office)
    before = office.rows()
    new = moved(office, tmp_path)
    done = loket("--root", str(new.folder), "restore", "--from-drive")
    assert done.returncode == 0, done.stderr
    to_the_end(new)
    all_is_well(new)
    after = new.rows()
    assert {n: after[n]["No. Permohonan"] for n in before} == {
        n: row["No. Permohonan"] for n, row in before.items()
    }


def test_without_any_copy_the_sheet_and_drive_are_enough(office: Office, tmp_path: Path) -> None:
    """The worker refuses to begin anew, says what to run, and goes on from there."""
    a_working_day(office)
    and_on(office)
    new = moved(office, tmp_path)
    refused = loket("--root", str(new.folder), "run", "--once", "--take-over")
    assert refused.returncode == 1
    assert "dilayani oleh ledger lain" in refused.stderr
    done = loket("--root", str(new.folder), "repair", "--from-sheet")
    assert done.returncode == 0, done.stderr
    to_the_end(new)
    all_is_well(new)


def test_a_restored_ledger_sends_nothing_before_it_has_asked_the_sheet(
    office: Office, tmp_path: Path
) -> None:
    """The network is down when the copy is put back: the worker waits, whatever the copy had still planned."""
    a_working_day(office)
    loket("--root", str(office.folder), "backup")
    copy = max((office.folder / "data" / "backup").glob("*.cadangan"))
    kept = tmp_path / "flashdisk" / copy.name
    kept.parent.mkdir()
    shutil.copy(copy, kept)
    new = moved(office, tmp_path)
    settings = new.folder / "settings.yaml"
    right = settings.read_text(encoding="utf-8")
    settings.write_text(right.replace(office.url, "http://127.0.0.1:9"), "utf-8")
    done = loket("--root", str(new.folder), "restore", str(kept))
    assert done.returncode == 1
    assert "repair --from-sheet" in done.stderr
    settings.write_text(right, "utf-8")
    mails = len(office.mailbox())
    refused = loket("--root", str(new.folder), "run", "--once", "--take-over")
    assert refused.returncode == 1
    assert "belum dicocokkan dengan sheet" in refused.stderr
    assert len(office.mailbox()) == mails
    repaired = loket("--root", str(new.folder), "repair", "--from-sheet")
    assert repaired.returncode == 0, repaired.stderr
    new.run_once()


def test_a_sealed_copy_opens_with_its_passphrase_only(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a citizen's can be read in it, and a wrong passphrase replaces nothing."""
    monkeypatch.setenv("LOKET_BACKUP_PASSPHRASE", "mawar melati 2026")
    office.applies(*CITRA)
    office.run_once()
    [copy] = (office.folder / "data" / "backup").glob("*.cadangan")  # the worker's own, of the day
    assert copy.read_bytes().startswith(b"LOKET-SEALED-1")
    new = moved(office, tmp_path)
    monkeypatch.setenv("LOKET_BACKUP_PASSPHRASE", "mawar melati 2025")
    refused = loket("--root", str(new.folder), "restore", "--from-drive")
    assert refused.returncode == 1
    assert "kata sandi cadangan salah" in refused.stderr
    assert not (new.folder / "data" / "ledger.sqlite3").exists()
    monkeypatch.setenv("LOKET_BACKUP_PASSPHRASE", "mawar melati 2026")
    done = loket("--root", str(new.folder), "restore", "--from-drive")
    assert done.returncode == 0, done.stderr
    shown = loket("--root", str(new.folder), "status")
    assert "Menunggu petugas" in shown.stdout + shown.stderr


def test_a_living_ledger_is_not_overwritten(office: Office) -> None:
    """It is newer than the copy: refused; when told so it is set aside, whole."""
    office.applies(*CITRA)
    office.run_once()
    ledger = office.folder / "data" / "ledger.sqlite3"
    decide(office, CITRA[0], "Setujui")
    office.run_once()
    refused = loket("--root", str(office.folder), "restore")
    assert refused.returncode == 1
    assert "ledger-lebih-baru-dari-cadangan" in refused.stderr
    done = loket("--root", str(office.folder), "restore", "--replace")
    assert done.returncode == 0, done.stderr
    [aside] = (office.folder / "data" / "backup").glob("disisihkan-*/ledger.sqlite3")
    with closing(sqlite3.connect(aside)) as old:
        assert old.execute("SELECT state FROM applications").fetchall() == [("delivered",)]
    assert ledger.exists()
    office.run_once()
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"
    assert (
        sum("Citra" in mail["subject"] or bool(mail["attachments"]) for mail in office.mailbox())
        == 1
    )


def test_nothing_is_restored_under_a_running_worker(office: Office) -> None:
    """Two hands in one data folder: the second is refused."""
    office.applies(*CITRA)
    worker = office.start()
    try:
        wait_until(lambda: office.rows()[CITRA[0]].get("Status") == "Menunggu petugas")
        made = loket("--root", str(office.folder), "backup")  # a copy may be taken while it works
        assert made.returncode == 0, made.stderr
        refused = loket("--root", str(office.folder), "restore")
        assert refused.returncode == 1
        assert "pekerja-lain-berjalan" in refused.stderr
    finally:
        end(worker)


def test_drive_is_down_and_the_copy_on_the_disk_is_there(office: Office) -> None:
    """One line says so; the copy is put into Drive later, by the worker."""
    office.applies(*CITRA)
    office.run_once()
    settings = office.folder / "settings.yaml"
    right = settings.read_text(encoding="utf-8")
    settings.write_text(right.replace(office.url, "http://127.0.0.1:9"), "utf-8")
    done = loket("--root", str(office.folder), "backup")
    assert done.returncode == 1
    assert "belum tersimpan di Drive" in done.stderr
    assert len(list((office.folder / "data" / "backup").glob("*.cadangan"))) == 2


def test_repair_writes_what_the_ledger_says(office: Office) -> None:
    """An officer deleted the column of statuses and typed over the links: both are back."""
    office.applies(*CITRA)
    office.run_once()
    before = office.rows()[CITRA[0]]
    tab = office.tab
    office.types(CITRA[0], "Keterangan", "saya ubah")
    tab.delete_columns(tab.get_all_values()[0].index("Status") + 1)
    done = loket("--root", str(office.folder), "repair")
    assert done.returncode == 0, done.stderr
    assert {k: v for k, v in office.rows()[CITRA[0]].items() if v} == {
        k: v for k, v in before.items() if v
    }
