"""`doctor` itself: its report, its exit code, and that it touches nothing."""

import json
import re
import shutil

import requests

from tests.acceptance.conftest import Office, loket
from tests.acceptance.test_counter import CITRA

LOOKS = {
    "oauth.token",
    "drive.about.get",
    "drive.files.get",
    "drive.files.list",
    "drive.permissions.list",
    "drive.revisions.get",
    "forms.forms.get",
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.values.get",
}


def test_an_office_in_order_is_told_so(office: Office) -> None:
    """A line for each check, exit 0, and no call or message that changes anything."""
    office.run_once()
    mails = len(office.mailbox())
    url = f"{office.url}/_sandbox"
    requests.post(f"{url}/reset", json={"only": ["requests"]}, timeout=30).raise_for_status()
    before = sorted(office.folder.rglob("*"))
    done = loket("--root", str(office.folder), "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    assert "✓ Google Sheet domisili" in done.stdout
    assert "0 masalah" in done.stdout
    assert set(requests.get(f"{url}/requests", timeout=30).json()["methods"]) <= LOOKS
    assert len(office.mailbox()) == mails
    after = [file for file in sorted(office.folder.rglob("*")) if "-wal" not in file.name]
    assert [file for file in after if "-shm" not in file.name] == before


def test_a_problem_is_shown_with_numbered_steps(office: Office) -> None:
    """Exit 1; what could not be looked at because of it says so, once for each."""
    (office.folder / "credentials.json").unlink()
    done = loket("--root", str(office.folder), "doctor")
    assert done.returncode == 1
    assert "✗ Kunci Google" in done.stdout
    assert "    1. Buka https://console.cloud.google.com" in done.stdout
    assert "– Akun Google" in done.stdout
    assert "belum dapat diperiksa: Kunci Google lebih dahulu" in done.stdout
    assert "1 masalah" in done.stdout
    assert re.search(r"periksa sekali lagi: py\S* loket.py doctor", done.stdout)
    told = loket("--root", str(office.folder), "doctor", "--json")
    assert told.returncode == 1
    found = {one["check"]: one for one in json.loads(told.stdout)["checks"]}
    assert found["kunci"]["level"] == "problem"
    assert found["kunci"]["remedy"][0].startswith("Buka https://console.cloud.google.com")
    assert json.loads(told.stdout)["problems"] == 1


def test_offline_asks_nobody(office: Office) -> None:
    """For a PC whose network is the trouble."""
    url = f"{office.url}/_sandbox"
    requests.post(f"{url}/reset", json={"only": ["requests"]}, timeout=30).raise_for_status()
    done = loket("--root", str(office.folder), "doctor", "--offline")
    assert done.returncode == 0, done.stdout
    assert "– Google Sheet domisili" in done.stdout
    assert "✓ Surat percobaan" in done.stdout
    assert requests.get(f"{url}/requests", timeout=30).json()["calls"] == 0


def test_no_secret_and_nothing_of_an_applicant_is_shown(office: Office) -> None:
    """Also where something is wrong with the rows themselves, and with a lost ledger."""
    name, nik = CITRA
    office.applies(name, nik, "Jl. Melati 7")
    office.run_once()
    shutil.rmtree(office.folder / "data")
    for options in ((), ("--json",)):
        done = loket("--root", str(office.folder), "doctor", *options)
        assert done.returncode == 1
        told = done.stdout + done.stderr
        assert "tidak dikenal buku besar" in told
        key = json.loads((office.folder / "credentials.json").read_text(encoding="utf-8"))
        for secret in (
            nik,
            name,
            "citra@",
            "Melati",
            "rahasia-sekali",
            key["private_key"][40:90],
        ):
            assert secret not in told
