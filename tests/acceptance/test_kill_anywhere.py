"""kill -9 before, in and after every side effect: nothing is lost, nothing goes twice, no cell is misdirected."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.conftest import ROOT, Office
from tests.acceptance.test_counter import CITRA, DONI, EKA

KILLER = Path(__file__).with_name("kill_at.py")

SIDE_EFFECTS = {
    "the sheet is written": "sync.google.tab:Tab.write",
    "the letter is put on disk": "sync.worker.share:write_all_durably",
    "the Drive folder is made": "sync.google.drive:Drive.ensure_folder",
    "the letter is uploaded": "sync.google.drive:Drive.upload",
    "the letter is shared": "sync.google.drive:Drive.share_with",
    "the email is offered": "sync.delivery.smtp:SmtpChannel._offer",
    "the email is handed over": "sync.delivery.smtp:_hand_over",
}
BY_EMAIL = {"the email is offered", "the email is handed over"}
"""No server can be asked afterwards whether it went."""
COMMITS = range(1, 11)  # a cycle of three applications has about ten
COMMIT = "sync.ledger.ledger:Ledger.begin"


def killed(office: Office, step: str, when: str, number: int) -> bool:
    """One cycle that dies at the step; False when the step was never reached."""
    command = [sys.executable, str(KILLER), step, when, str(number), "--"]
    done = subprocess.run(
        [*command, "--root", str(office.folder), "run", "--once"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode == -signal.SIGKILL


def three_applications(office: Office) -> list[str]:
    """Citra and Eka are approved, Doni is refused: decisions are there when the fatal cycle begins."""
    for person in (CITRA, DONI, EKA):
        office.applies(*person)
    office.run_once()
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.types(EKA[0], "Keputusan", "Setujui")
    office.types(DONI[0], "Catatan Petugas", "Alamat di luar wilayah.")
    office.types(DONI[0], "Keputusan", "Tolak")
    return [CITRA[0], DONI[0], EKA[0]]


def comes_to_rest(office: Office) -> None:
    for _ in range(3):
        office.run_once()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("effect", SIDE_EFFECTS)
def test_a_kill_around_a_side_effect_leaves_the_world_whole(
    office: Office, effect: str, when: str
) -> None:
    """Only an email that was being handed over can't be known of: that one row, and no other, becomes Perlu dicek."""
    applicants = three_applications(office)
    by_email = effect in BY_EMAIL
    assert killed(office, SIDE_EFFECTS[effect], when, 1)  # Citra's letter: first come, first served
    comes_to_rest(office)
    findings = audit(office, applicants)
    assert findings.clean, findings
    assert findings.uncertain == (1 if by_email else 0)
    ends = {"Selesai", "Perlu dicek"} if by_email else {"Selesai"}
    rows = office.rows()
    assert {rows[CITRA[0]]["Status"], rows[EKA[0]]["Status"]} <= ends
    assert rows[DONI[0]]["Status"] == "Ditolak"


@pytest.mark.timeout(900)
def test_a_kill_around_every_commit_leaves_the_world_whole(office: Office) -> None:
    """The same office is killed at one commit after the other, before and after it, while people go on applying."""
    applicants = three_applications(office)
    reached = 0
    for number in COMMITS:
        for when in ("before", "after"):
            name = f"Pemohon {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number]} {when}"
            office.applies(
                name, f"640201{number:02d}0190{number:02d}{1 if when == 'before' else 2:02d}"
            )
            applicants.append(name)
            office.run_once()
            office.types(name, "Keputusan", "Setujui")
            reached += killed(office, COMMIT, when, number)
            office.run_once()
    comes_to_rest(office)
    findings = audit(office, applicants)
    assert findings.clean, findings
    assert reached >= 10
    ends = {row["Status"] for row in office.rows().values()}
    assert ends <= {"Selesai", "Ditolak", "Perlu dicek"}
