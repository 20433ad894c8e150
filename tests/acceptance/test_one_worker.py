"""One worker a sheet: a forgotten PC finds the first one's lease and refuses to start, naming it."""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sync.google.credentials import load_credentials
from sync.google.duty_tab import DutyTab
from sync.google.transport import Transport
from tests.acceptance.conftest import ROOT, Office, loket
from tests.acceptance.test_counter import CITRA, DONI, end, wait_until


@pytest.fixture
def other(office: Office, tmp_path: Path) -> Office:
    """A second PC: the same settings, workflows and key, a data folder of its own."""
    settings = office.folder / "settings.yaml"
    written = settings.read_text(encoding="utf-8")
    settings.write_text(written + "worker:\n  interval_s: 1\n", encoding="utf-8")
    folder = tmp_path / "komputer lama"
    shutil.copytree(office.folder, folder)
    return replace(office, folder=folder)


def lease(office: Office) -> dict[str, str] | None:
    """What stands in the spreadsheet."""
    credentials = load_credentials(office.folder / "credentials.json", endpoint=office.url)
    transport = Transport(credentials, endpoint=office.url)
    text = DutyTab(transport, office.form["spreadsheetId"]).read().lease
    transport.close()
    return json.loads(text) if text else None


def start(office: Office, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "sync", "--root", str(office.folder), "run", *more]
    return subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.PIPE)


def serves(office: Office, name: str) -> None:
    wait_until(lambda: office.rows()[name].get("Status") == "Menunggu petugas")


def stops(worker: "subprocess.Popen[str]") -> str:
    """Asked to end, it ends well; what it said."""
    os.kill(worker.pid, signal.SIGTERM)
    _, told = worker.communicate(timeout=30)
    assert worker.returncode == 0, told
    return told


@pytest.mark.parametrize("once", [["--once"], []])
def test_a_second_pc_refuses_to_start_and_touches_nothing(
    office: Office, other: Office, once: list[str]
) -> None:
    """It says which computer serves the sheet, since when, and what to do; exit 1."""
    worker = start(office)
    try:
        office.applies(*CITRA)
        serves(office, CITRA[0])
        held, rows, mails = lease(office), office.rows(), office.mailbox()
        second = loket("--root", str(other.folder), "run", *once)
        assert second.returncode == 1
        assert "komputer-lain-melayani" in second.stderr
        assert platform.node() in second.stderr
        assert str(worker.pid) in second.stderr
        assert "--take-over" in second.stderr
        assert (lease(office), office.rows(), office.mailbox()) == (held, rows, mails)
        told = loket("--root", str(other.folder), "status")
        assert platform.node() in told.stdout
        stops(worker)
    finally:
        end(worker)


def test_a_clean_end_lets_another_pc_begin_at_once(office: Office, other: Office) -> None:
    """The office moves its work to another computer in the ordinary way."""
    office.run_once()
    assert lease(office) is None
    office.applies(*CITRA)
    other.run_once()
    assert office.rows()[CITRA[0]]["Status"] == "Menunggu petugas"


def test_after_a_kill_the_same_pc_goes_on_at_once(office: Office, other: Office) -> None:
    """Its lease is its own; another PC still finds it taken."""
    worker = start(office)
    try:
        office.applies(*CITRA)
        serves(office, CITRA[0])
    finally:
        end(worker)
    killed = lease(office)
    assert killed
    refused = loket("--root", str(other.folder), "run", "--once")
    assert refused.returncode == 1
    office.applies(*DONI)
    again = start(office)
    try:
        serves(office, DONI[0])
        now = lease(office)
        assert now
        assert (now["holder"], now["since"]) == (killed["holder"], killed["since"])
        assert now["process"] != killed["process"]
        stops(again)
    finally:
        end(again)


def test_after_a_take_over_the_first_stops_by_itself(office: Office, other: Office) -> None:
    """The person at the new PC said that the old one is no more; it was not, and leaves the sheet alone."""
    first = start(office)
    second = None
    try:
        wait_until(lambda: lease(office) is not None)
        before = lease(office)
        second = start(other, "--take-over")
        _, told = first.communicate(timeout=30)
        assert first.returncode == 1
        assert "komputer-lain-melayani" in told
        assert str(second.pid) in told
        now = lease(office)
        assert before is not None
        assert now is not None
        assert now["holder"] != before["holder"]
        office.applies(*CITRA)
        serves(office, CITRA[0])
        stops(second)
        assert lease(office) is None
    finally:
        end(first)
        if second:
            end(second)


def test_a_copied_data_folder_is_another_holder(office: Office, tmp_path: Path) -> None:
    """The old PC's data was copied to the new one while the old one still runs: one of them must not."""
    worker = start(office)
    try:
        wait_until(lambda: lease(office) is not None)
        copy = replace(office, folder=tmp_path / "salinan")
        shutil.copytree(office.folder, copy.folder)
        refused = loket("--root", str(copy.folder), "run", "--once")
        assert refused.returncode == 1
        assert "komputer-lain-melayani" in refused.stderr
        stops(worker)
    finally:
        end(worker)


def test_two_that_start_at_the_same_moment_are_one(office: Office, other: Office) -> None:
    """Whoever comes second by a hair is refused, or both would give out numbers."""
    workers = [start(office), start(other)]
    try:
        wait_until(lambda: any(worker.poll() is not None for worker in workers))
        [loser] = [worker for worker in workers if worker.poll() is not None]
        [winner] = [worker for worker in workers if worker is not loser]
        assert loser.returncode == 1
        office.applies(*CITRA)
        serves(office, CITRA[0])
        stops(winner)
    finally:
        for worker in workers:
            end(worker)
