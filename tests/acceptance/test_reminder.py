"""The reminder, by the real worker: who waits longer than promised, once a day, also when the power fails between two steps."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.conftest import ROOT, Office, loket
from tests.acceptance.test_counter import CITRA, DONI
from tests.acceptance.test_kill_anywhere import KILLER
from tests.acceptance.test_wrong_clock import run_once

HEAD = "kepala@disdukcapil.example.org"
OFFICER = "loket1@disdukcapil.example.org"
TODAY, NEXT_DAY = timedelta(0), timedelta(days=1)


@pytest.fixture
def promising(office: Office) -> Office:
    """An office that promises an answer by the next day."""
    workflow = office.folder / "workflows" / "domisili.yaml"
    with workflow.open("a", encoding="utf-8") as file:
        file.write("promised_days: 1\n")
    return office


def reminds(office: Office) -> None:
    """From now on, and its hour has come."""
    with (office.folder / "settings.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\ndashboard:\n  reminder_at: 00:00\n  reminder_to: [{HEAD}, {OFFICER}]\n")


def reminders(office: Office) -> list[dict[str, Any]]:
    return [message for message in office.mailbox() if message["to"] in (HEAD, OFFICER)]


def waiting_since(office: Office, days: int) -> None:
    """Whoever applied did so that many days earlier."""
    with closing(sqlite3.connect(office.folder / "data" / "ledger.sqlite3")) as ledger:
        ledger.execute(
            "UPDATE applications SET received_at = "
            "strftime('%Y-%m-%d %H:%M:%f000', received_at, ?)",
            (f"-{days} days",),
        )
        ledger.commit()


def row_of(office: Office, link: str) -> list[str]:
    """The cells that the link opens."""
    found = re.fullmatch(r"https://\S+/d/([\w-]+)/edit#gid=(\d+)&range=A(\d+)", link)
    assert found, link
    assert found[1] == office.form["spreadsheetId"]
    assert int(found[2]) == office.tab.id
    return office.tab.row_values(int(found[3]))


def test_the_office_is_reminded_once_a_day_of_who_waits_too_long(promising: Office) -> None:
    """Nothing on the day and on the last promised one; then daily, to each address, with a link to the row; no longer once it
    was decided."""
    office = promising
    reminds(office)
    office.applies(*CITRA)
    office.applies(*DONI)
    run_once(office, TODAY)
    run_once(office, NEXT_DAY)
    assert reminders(office) == []
    office.types(DONI[0], "Catatan Petugas", "Alamat di luar wilayah.")
    office.types(DONI[0], "Keputusan", "Tolak")
    for _ in range(2):
        run_once(office, 2 * NEXT_DAY)
    sent = reminders(office)
    assert {message["to"] for message in sent} == {HEAD, OFFICER}
    assert len(sent) == 2
    text = sent[0]["text"]
    reference = office.rows()[CITRA[0]]["No. Permohonan"]
    assert "Surat Keterangan Domisili (janji 1 hari): 1 permohonan." in text
    [line] = [line for line in text.splitlines() if line.startswith("- ")]
    assert line.startswith(f"- {reference}, diterima ")
    assert ", lewat 1 hari, Menunggu petugas: https://" in line
    assert CITRA[0] in row_of(office, line.rpartition(" ")[2])
    for word in (*CITRA, "citra@example.org"):
        assert word not in json.dumps(sent)
    run_once(office, 3 * NEXT_DAY)
    assert len(reminders(office)) == 4
    office.types(CITRA[0], "Keputusan", "Setujui")
    run_once(office, 4 * NEXT_DAY)
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"
    run_once(office, 4 * NEXT_DAY)
    assert len(reminders(office)) == 4


STEPS = {
    "it is planned": "sync.ledger.office_mails:OfficeMails.plan",
    "it is committed": "sync.ledger.office_mails:OfficeMails.move",
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
def test_a_kill_reminds_nobody_twice(promising: Office, step: str, when: str) -> None:
    """SIGKILL around each step: at most one email an address. Where it can't be known whether one went, the tab "Loket" says so,
    and it counts in the mail quota as those that went."""
    office = promising
    office.applies(*CITRA)
    office.run_once()
    waiting_since(office, 9)
    office.run_once()  # the applicant is told
    before = mails_counted(office)
    reminds(office)
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
    arrived = [message["to"] for message in reminders(office)]
    assert len(arrived) == len(set(arrived)) == (1 if handed_over and when == "before" else 2)
    board = office.officer.values_get(office.form["spreadsheetId"], "'Loket'")["values"]
    assert any("Pengingat" in " ".join(row) for row in board) == handed_over
    assert mails_counted(office) == before + 2


def mails_counted(office: Office) -> int:
    done = loket("--root", str(office.folder), "status", "--json")
    assert done.returncode == 0, done.stderr
    used: int = json.loads(done.stdout)["mail_quota"]["used"]
    return used
