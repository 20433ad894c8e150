"""Privacy with the real program: `export`, `forget`, the term of retention, and secrets that are one account's alone."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.acceptance.conftest import ROOT, Office, loket
from tests.acceptance.test_counter import CITRA, DONI, EKA
from tests.acceptance.test_kill_anywhere import killed

NIK = re.compile(r"(?<![0-9a-f])\d{16}(?![0-9a-f])")
"""Not the digits within a hash."""


def verb(office: Office, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """As a person at the keyboard."""
    return subprocess.run(
        [sys.executable, "-m", "sync", "--root", str(office.folder), *arguments],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def set_term(office: Office, *lines: str) -> None:
    file = office.folder / "workflows" / "domisili.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n".join(lines) + "\n", "utf-8")


def delivered(office: Office) -> dict[str, str]:
    """Citra's letter has arrived; her row."""
    office.applies(*CITRA)
    office.run_once()
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert row["Status"] == "Selesai"
    return row


def a_year_ago(office: Office) -> None:
    """Everything that the ledger knows happened 400 days earlier."""
    with closing(sqlite3.connect(office.folder / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("DROP TRIGGER events_no_update")
        for table, column in (("applications", "received_at"), ("events", "at")):
            ledger.execute(f"UPDATE {table} SET {column} = datetime({column}, '-400 days')")
        ledger.execute(  # not of what ended: its row says when
            "UPDATE applications SET updated_at = datetime(updated_at, '-400 days')"
            " WHERE state = 'in_review'"
        )


def held(office: Office) -> bytes:
    """Every byte in the data folder."""
    return b"".join(
        file.read_bytes() for file in (office.folder / "data").rglob("*") if file.is_file()
    )


def in_drive(office: Office) -> list[str]:
    """Letters that are in Drive and not in its trash."""
    found = office.officer.request(
        "get",
        "https://www.googleapis.com/drive/v3/files",
        params={
            "q": "mimeType = 'application/pdf' and trashed = false",
            "supportsAllDrives": "true",
            "includeItemsFromAllDrives": "true",
            "corpora": "allDrives",
        },
    )
    return [file["name"] for file in found.json()["files"]]


def test_export_gives_the_person_everything_and_the_screen_nothing(office: Office) -> None:
    """Answers, deliveries and story under Indonesian labels, and the PDF; readable by this account alone."""
    reference = delivered(office)["No. Permohonan"]
    done = verb(office, "export", reference.lower())
    assert done.returncode == 0, done.stderr
    assert not NIK.search(done.stdout + done.stderr)
    folder = office.folder / "data" / "ekspor"
    told = json.loads((folder / f"{reference}.json").read_text(encoding="utf-8"))
    assert told["Jawaban"]["NIK"] == CITRA[1]
    assert told["Pemohon"]["Email"] == "citra@example.org"
    assert told["Surat"]["Nomor"].startswith("470/0001/")
    assert {one["Lewat"] for one in told["Pengiriman"]} == {"email", "drive"}
    assert told["Riwayat"][0]["Kejadian"] == "diterima"
    assert "surat, drive" in [one["Rincian"] for one in told["Riwayat"]]
    [letter] = (office.folder / "data" / "letters").rglob("*.pdf")
    assert (folder / f"{reference}.pdf").read_bytes() == letter.read_bytes()
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    elsewhere = verb(office, "export", reference, "--output", str(office.folder / "untuk Citra"))
    assert elsewhere.returncode == 0
    assert len(list((office.folder / "untuk Citra").iterdir())) == 2


def test_forget_asks_first_and_then_leaves_nothing_of_the_person(office: Office) -> None:
    """Another word than the reference erases nothing; afterwards no file here and no shared letter has a word of hers."""
    reference = delivered(office)["No. Permohonan"]
    verb(office, "export", reference)
    no = verb(office, "forget", reference, typed="ya\n")
    assert (no.returncode, "tidak ada yang dihapus" in no.stderr) == (1, True)
    assert len(in_drive(office)) == 1
    yes = verb(office, "forget", reference, typed=f"{reference.lower()}\n")
    assert yes.returncode == 0, yes.stderr
    assert "Google Form" in yes.stderr
    assert not NIK.search(yes.stdout + yes.stderr)
    assert in_drive(office) == []
    backup = office.folder / "data" / "backup"
    for file in backup.iterdir():  # copies age out by themselves
        file.unlink()
    for word in (CITRA[1], "citra@example.org", "Jl. Mawar"):
        assert word.encode() not in held(office), word
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert "atas permintaan pemohon" in row["Keterangan"]
    assert (row["Status"], row["Dokumen"]) == ("Selesai", "")
    assert row["NIK"] == CITRA[1]  # the sheet is the officers'
    assert len(office.mailbox()) == 1
    story = loket("--root", str(office.folder), "show", reference)
    assert "data pribadinya dihapus" in story.stdout
    assert re.search(r"470/0001/DKPS/\d{4}, berkasnya tidak ada lagi", story.stdout)


def test_forget_refuses_while_the_letter_is_on_its_way(office: Office) -> None:
    """And says what to do; nothing was erased."""
    office.applies(*CITRA)
    office.run_once()
    faults = {"smtp": [{"to": "citra@*", "answer": "451 4.3.0 try again"}]}
    requests.put(f"{office.url}/_sandbox/faults", json=faults, timeout=30).raise_for_status()
    office.types(CITRA[0], "Keputusan", "Setujui")
    loket("--root", str(office.folder), "run", "--once")
    row = office.rows()[CITRA[0]]
    assert row["Status"] == "Sedang dikirim"
    done = verb(office, "forget", row["No. Permohonan"], "--yes")
    assert (done.returncode, "sedang dikirim" in done.stderr) == (1, True)
    assert CITRA[1].encode() in held(office)


def test_after_its_term_an_application_is_erased_and_its_row_is_left_alone(office: Office) -> None:
    """What never ended is named in the tab; a new response is served as ever."""
    row = delivered(office)
    office.applies(*EKA)
    office.run_once()
    set_term(office, "retention_days: 365", "retention_drive: trash")
    a_year_ago(office)
    office.applies(*DONI)
    office.run_once()
    office.run_once()
    rows = office.rows()
    assert rows[CITRA[0]] == row
    assert rows[DONI[0]]["Status"] == "Menunggu petugas"
    assert rows[EKA[0]]["Status"] == "Menunggu petugas"
    assert in_drive(office) == []
    assert list((office.folder / "data" / "letters").rglob("*.pdf")) == []
    ledger = (office.folder / "data").glob("ledger.sqlite3*")
    assert CITRA[1].encode() not in b"".join(file.read_bytes() for file in ledger)
    tab = office.tab.spreadsheet.worksheet("Loket").get_all_values()
    assert any("1 permohonan belum selesai" in cell for line in tab for cell in line)
    book = office.tab.spreadsheet.worksheet("Buku Agenda").get_all_values()
    assert CITRA[0] in book[1]


ERASING = {
    "the ledger forgot": ("sync.ledger.forgetting:Forgetting.erase", "after"),
    "the file is taken away": ("sync.worker.retention:Leftovers._from_disk", "before"),
    "the letter was taken back": ("sync.google.shared_letters:SharedLetters.take_back", "after"),
    "the ledger's file is written anew": ("sync.ledger.ledger:Ledger.scrub", "before"),
}


@pytest.mark.parametrize("moment", ERASING)
def test_a_kill_in_the_middle_of_erasing_is_made_up_for(office: Office, moment: str) -> None:
    """Nothing is half-erased that matters, and the next start finishes."""
    row = delivered(office)
    set_term(office, "retention_days: 365", "retention_drive: trash")
    a_year_ago(office)
    assert killed(office, *ERASING[moment], 1)
    office.run_once()
    assert in_drive(office) == []
    for file in (office.folder / "data" / "backup").iterdir():
        file.unlink()
    for word in (CITRA[1], "citra@example.org"):
        assert word.encode() not in held(office), word
    assert office.rows()[CITRA[0]] == row
    assert len(office.mailbox()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions elsewhere")
@pytest.mark.parametrize(
    ("section", "setting"), [("mail", "password_file"), ("backup", "passphrase_file")]
)
def test_a_secret_that_others_can_read_is_refused(
    office: Office, section: str, setting: str
) -> None:
    """Its file's name and the command are told, and not a letter of the secret."""
    secret = office.folder / "rahasia.txt"
    secret.write_text("kunci-yang-rahasia\n", encoding="utf-8")
    secret.chmod(0o644)
    file = office.folder / "settings.yaml"
    text = file.read_text(encoding="utf-8")
    known = re.sub(r"(?m)^  (user|password_file): .*\n", "", text)
    lines = f"  {setting}: rahasia.txt\n" + ("  user: loket\n" if section == "mail" else "")
    if f"{section}:\n" in known:
        known = known.replace(f"{section}:\n", f"{section}:\n{lines}")
    else:
        known += f"{section}:\n{lines}"
    file.write_text(known, encoding="utf-8")
    what = ("run", "--once") if section == "mail" else ("backup",)
    done = verb(office, *what)
    assert done.returncode == 1
    assert f'chmod 600 "{secret}"' in done.stderr
    assert "kunci-yang-rahasia" not in done.stdout + done.stderr
    secret.chmod(0o600)
    again = verb(office, *what)
    assert "chmod" not in again.stderr


def test_no_nik_is_readable_where_it_is_not_needed(office: Office) -> None:
    """After applications of every kind of end: neither in logs, nor on any screen, nor in a tab, alarm or page of Loket's."""
    for person in (CITRA, DONI, EKA):
        office.applies(*person)
    office.applies("Fajar 6402010101900009", "6402010101900009 bukan", "NIK 6402 0101 0190 0009")
    office.run_once()
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.types(DONI[0], "Catatan Petugas", f"NIK {DONI[1]} tidak cocok.")
    office.types(DONI[0], "Keputusan", "Tolak")
    office.types(EKA[0], "Keputusan", "Batalkan")
    office.run_once()
    references = [row["No. Permohonan"] for row in office.rows().values()]
    root = ("--root", str(office.folder))
    screens = [
        loket(*root, *arguments)
        for arguments in (
            ("status",),
            ("status", "--json"),
            ("register",),
            *(("show", reference) for reference in references),
            *(("show", reference, "--json") for reference in references),
            ("retry", "--failed", "--json"),
            ("export", references[1]),
            ("forget", references[1], "--yes"),
        )
    ]
    seen = {f"screen {i}": done.stdout + done.stderr for i, done in enumerate(screens)}
    for log in (office.folder / "data" / "log").iterdir():
        seen[log.name] = log.read_text(encoding="utf-8")
    for title in ("Loket", "Buku Agenda"):
        cells = office.tab.spreadsheet.worksheet(title).get_all_values()
        seen[title] = "\n".join("\t".join(line) for line in cells)
    for name in Path(office.folder / "data").iterdir():
        seen[f"name {name}"] = str(name)
    for where, text in seen.items():
        found = NIK.search(re.sub(r"(?<=\d)[ .\-](?=\d)", "", text))
        assert not found, (where, found)
