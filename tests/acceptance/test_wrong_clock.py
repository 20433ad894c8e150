"""The office's PC with a wrong clock, or in another time zone: told, and nothing is lost, late or misdated."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import requests

from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.acceptance.audit import audit
from tests.acceptance.conftest import ROOT, Office
from tests.acceptance.test_counter import CITRA, DONI, EKA

CLOCK = Path(__file__).with_name("fast_clock.py")
BACK = "Jam komputer mundur"
DATED = (
    "<!doctype html><html lang='id'><head><title>Uji</title></head><body>"
    "<p>Nomor {{ nomor }} {{ nama }} tanggal {{ tanggal_surat }}</p></body></html>"
)


def run_once(
    office: Office, ahead: timedelta, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """One round with a clock that is so much ahead of the right one."""
    command = [sys.executable, str(CLOCK), "1", str(time.time()), str(ahead.total_seconds())]
    done = subprocess.run(
        [*command, "--", "--root", str(office.folder), "run", "--once"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    return done


def approved(office: Office, person: tuple[str, str], ahead: timedelta) -> str:
    """Applies and is approved while the clock is wrong; what the worker said meanwhile."""
    office.applies(*person)
    told = run_once(office, ahead).stderr
    office.types(person[0], "Keputusan", "Setujui")
    return told + run_once(office, ahead).stderr


def numbers(office: Office, year: int) -> list[int]:
    ledger = Ledger.open(sqlite_url(office.folder / "data" / "ledger.sqlite3"))
    with ledger.reading() as look:
        taken = look.numbers.letters("domisili", year)
    ledger.close()
    return taken


def test_a_clock_set_back_is_told_and_numbers_go_on(office: Office) -> None:
    """A day, then to 2020 (an empty battery), then right again: each year's numbers without a gap or a repeat."""
    now = timedelta(0)
    assert BACK not in approved(office, CITRA, now)
    assert BACK in approved(office, DONI, timedelta(days=-1))
    to_2020 = datetime(2020, 6, 1, tzinfo=UTC) - datetime.now(UTC)
    assert BACK in approved(office, EKA, to_2020)
    assert BACK not in approved(office, ("Gita Ayu", "6402015204950004"), now)
    rows = office.rows()
    people = [CITRA[0], DONI[0], EKA[0], "Gita Ayu"]
    assert {rows[name]["Status"] for name in people} == {"Selesai"}
    assert numbers(office, datetime.now(UTC).year) == [1, 2, 3]
    assert numbers(office, 2020) == [1]
    references = [rows[name]["No. Permohonan"] for name in people]
    assert len(set(references)) == 4
    findings = audit(office, people)
    assert findings.clean, findings


def test_a_clock_that_was_years_ahead_leaves_nothing_waiting(office: Office) -> None:
    """What was put off in that year is tried today."""
    ahead = timedelta(days=1500)
    office.applies(*CITRA)
    run_once(office, ahead)
    office.types(CITRA[0], "Keputusan", "Setujui")
    faults = {"rules": [{"api": "drive.files.create", "do": "503", "times": 99}]}
    faults["smtp"] = [{"to": "*", "answer": "451 4.7.1 Later", "times": 99}]
    url = f"{office.url}/_sandbox/faults"
    requests.put(url, json=faults, timeout=10).raise_for_status()
    run_once(office, ahead)
    assert office.rows()[CITRA[0]]["Status"] == "Sedang dikirim"
    requests.put(url, json={}, timeout=10).raise_for_status()
    told = run_once(office, timedelta(0)).stderr
    assert BACK in told
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"
    assert len(office.mailbox()) == 1


@pytest.mark.parametrize("back", [timedelta(days=1), timedelta(days=2000)])
def test_a_retry_does_not_wait_for_the_lost_time(office: Office, back: timedelta) -> None:
    """The next attempt was in half a minute; with the clock a day back it would be in a day."""
    office.applies(*CITRA)
    office.run_once()
    office.types(CITRA[0], "Keputusan", "Setujui")
    url = f"{office.url}/_sandbox/faults"
    faults = {"smtp": [{"to": "*", "answer": "451 4.7.1 Later", "times": 1}]}
    requests.put(url, json=faults, timeout=10).raise_for_status()
    run_once(office, timedelta(0))
    assert office.rows()[CITRA[0]]["Status"] == "Sedang dikirim"
    run_once(office, -back)
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"
    findings = audit(office, [CITRA[0]])
    assert findings.clean, findings


def test_a_letter_bears_the_day_of_its_approval_in_the_zone_the_office_had_then(
    office: Office,
) -> None:
    """Approved at New Year, made later on a PC in New York, with another zone in the settings: the number's own day."""
    new_year = datetime(2027, 1, 1, 0, 20, tzinfo=UTC) - timedelta(hours=8)  # 00.20 in Samarinda
    ahead = new_year - datetime.now(UTC)
    letter = office.folder / "templates" / "letters" / "uji.html"
    letter.write_text("{{ rusak", encoding="utf-8")
    office.applies(*CITRA)
    run_once(office, ahead)
    office.types(CITRA[0], "Keputusan", "Setujui")
    run_once(office, ahead)
    assert office.rows()[CITRA[0]]["Status"] == "Gagal kirim"
    letter.write_text(DATED, encoding="utf-8")
    settings = office.folder / "settings.yaml"
    text = settings.read_text(encoding="utf-8")
    then, now = "timezone: Asia/Makassar", "timezone: Pacific/Honolulu"
    assert then in text
    settings.write_text(text.replace(then, now), encoding="utf-8")
    office.types(CITRA[0], "Keputusan", "Kirim ulang")
    for _ in range(2):
        run_once(office, ahead + timedelta(minutes=5), TZ="America/New_York")
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"
    [pdf] = (office.folder / "data" / "letters").rglob("*.pdf")
    assert pdf.parent.name == "2027"
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "Nomor 470/0001/DKPS/2027 Citra Lestari tanggal 1 Januari 2027" in " ".join(text.split())
