"""It never goes silent: the tab "Loket", one email to the responsible person and one when it is over, and a ping."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sync.google.credentials import account_of
from tests.acceptance.conftest import Office, loket
from tests.acceptance.test_counter import CITRA, end, wait_until
from tests.fakes.loopback_http import LoopbackServer

RESPONSIBLE = "loket@dukcapil.example.com"  # office.email in the sandbox's settings
FILES = "https://www.googleapis.com/drive/v3/files"


@pytest.fixture
def watcher() -> Iterator[LoopbackServer]:
    """Somebody else's computer, that rings when the pings stop."""
    server = LoopbackServer()
    yield server
    server.close()


def set_worker(office: Office, **settings: Any) -> None:
    file = office.folder / "settings.yaml"
    lines = [f"  {name}: {value}\n" for name, value in settings.items()]
    file.write_text(file.read_text(encoding="utf-8") + "worker:\n" + "".join(lines), "utf-8")


def alarms(office: Office) -> list[str]:
    """The subjects of what the responsible person was sent, in order."""
    return [mail["subject"] for mail in office.mailbox() if mail["to"] == RESPONSIBLE]


def ends(worker: "subprocess.Popen[str]") -> None:
    """Asked to end, it does; whatever the matter is."""
    os.kill(worker.pid, signal.SIGTERM)
    worker.communicate(timeout=40)


def tab(office: Office, title: str = "Loket") -> list[list[str]]:
    found: list[list[str]] = office.tab.spreadsheet.worksheet(title).get_all_values()
    return [[cell for cell in row if cell] for row in found]


def unshare(office: Office) -> None:
    """Bu Ratna takes Loket's account off the list of people."""
    url = f"{FILES}/{office.form['spreadsheetId']}/permissions"
    found = office.officer.request("get", url, params={"fields": "permissions(id,emailAddress)"})
    account = account_of(office.folder / "credentials.json")
    [known] = [one for one in found.json()["permissions"] if one["emailAddress"] == account]
    office.officer.request("delete", f"{url}/{known['id']}")


def share(office: Office) -> None:
    url = f"{FILES}/{office.form['spreadsheetId']}/permissions"
    account = account_of(office.folder / "credentials.json")
    office.officer.request(
        "post",
        url,
        params={"sendNotificationEmail": "false"},
        json={"type": "user", "role": "writer", "emailAddress": account},
    )


def test_the_tab_says_what_waits_and_is_whole_again_after_every_round(office: Office) -> None:
    """Deleted, then renamed and overwritten by an officer: it comes back, and the counter never stops for it."""
    office.applies(*CITRA)
    office.run_once()
    shown = tab(office)
    assert shown[0] == ["Loket"]
    assert ["Surat Keterangan Domisili", "1", "0", "0", "0", "0"] in shown
    assert ["Kuota email 24 jam terakhir", "0 dari 450 (0 %)"] in shown
    assert ["Tidak ada masalah."] in shown
    assert CITRA[1] not in str(shown)
    assert CITRA[0] not in str(shown)
    book = office.tab.spreadsheet
    book.del_worksheet(book.worksheet("Loket"))
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.run_once()
    assert ["Surat Keterangan Domisili", "0", "0", "0", "0", "0"] in tab(office)
    book.worksheet("Loket").update_title("Papan")
    book.worksheet("Papan").update_acell("A1", "diubah petugas")
    office.run_once()
    assert tab(office, "Papan")[0] == ["Loket"]
    assert ["Kuota email 24 jam terakhir", "1 dari 450 (0 %)"] in tab(office, "Papan")
    titles = [sheet.title for sheet in book.worksheets()]
    assert titles == [office.form["tab"], "Papan", "Buku Agenda"]


def test_a_protected_tab_stops_nothing(office: Office) -> None:
    """Loket may not write its tab: applications go on, and the lease is kept."""
    office.run_once()
    book = office.tab.spreadsheet
    protected = {"range": {"sheetId": book.worksheet("Loket").id}, "editors": {"users": []}}
    book.batch_update({"requests": [{"addProtectedRange": {"protectedRange": protected}}]})
    office.applies(*CITRA)
    office.run_once()
    assert office.rows()[CITRA[0]]["Status"] == "Menunggu petugas"


def test_an_unshared_sheet_is_told_once_and_its_end_once(office: Office) -> None:
    """One email after the time that was set, none every minute, none after a restart, and one when it is over."""
    set_worker(office, interval_s=1, alarm_after_min=0.03)
    worker = office.start()
    try:
        wait_until(lambda: "Loket" in [one.title for one in office.tab.spreadsheet.worksheets()])
        unshare(office)
        wait_until(lambda: alarms(office) != [])
        time.sleep(4)  # some more rounds
        assert alarms(office) == ["Loket perlu perhatian: layanan domisili berhenti"]
        [told] = [mail for mail in office.mailbox() if mail["to"] == RESPONSIBLE]
        assert "bagikan kepada" in told["text"]
        assert "Yang perlu dilakukan" in told["text"]
        ends(worker)
        status = loket("--root", str(office.folder), "status", "--json")
        assert '"subject": "cycle domisili"' in status.stdout
        worker = office.start()
        time.sleep(6)
        assert len(alarms(office)) == 1
        share(office)
        wait_until(lambda: len(alarms(office)) == 2)
        office.applies(*CITRA)
        wait_until(lambda: office.rows()[CITRA[0]].get("Status") == "Menunggu petugas")
        assert alarms(office)[1] == "Loket sudah pulih: layanan domisili berhenti"
        ends(worker)
        assert len(alarms(office)) == 2
    finally:
        end(worker)


def test_a_sheet_that_lies_open_is_told_at_once_and_its_end_too(office: Office) -> None:
    """By email and in the tab, though every cycle went well: an office once shared the sheet instead of the form."""
    office.run_once()
    assert alarms(office) == []
    url = f"{FILES}/{office.form['spreadsheetId']}/permissions"
    anyone = {"type": "anyone", "role": "reader"}
    made = office.officer.request("post", url, params={"fields": "id"}, json=anyone).json()
    office.run_once()
    subject = "DARURAT, sheet jawaban terbuka untuk umum"
    assert alarms(office) == [f"Loket perlu perhatian: {subject}"]
    [told] = [mail for mail in office.mailbox() if mail["to"] == RESPONSIBLE]
    assert "SIAPA PUN" in told["text"]
    assert "Dibatasi" in told["text"]
    assert f"{subject}. SIAPA PUN" in str(tab(office))
    assert ["Tidak ada masalah."] not in tab(office)
    office.officer.request("delete", f"{url}/{made['id']}")
    office.run_once()
    assert alarms(office)[1:] == [f"Loket sudah pulih: {subject}"]
    assert ["Tidak ada masalah."] in tab(office)


def test_a_good_round_pings_and_a_bad_one_does_not(office: Office, watcher: LoopbackServer) -> None:
    """The watcher rings because nobody calls; the address stays out of the log."""
    set_worker(office, ping_url=f"{watcher.url}/rahasia-8f3a")
    office.run_once()
    assert [asked.path for asked in watcher.asked] == ["/rahasia-8f3a"]
    unshare(office)
    assert loket("--root", str(office.folder), "run", "--once").returncode == 1
    assert len(watcher.asked) == 1
    share(office)
    watcher.close()
    office.run_once()  # nobody answers: that stops nothing
    log = (office.folder / "data" / "log" / "loket.log").read_text(encoding="utf-8")
    assert "ping" in log
    assert "rahasia-8f3a" not in log


def test_an_idle_worker_asks_google_one_thing_a_round(office: Office) -> None:
    """Neither the lease nor the tab makes waiting dear."""
    set_worker(office, interval_s=1)
    office.applies(*CITRA)
    worker = office.start()
    try:
        wait_until(lambda: office.rows()[CITRA[0]].get("Status") == "Menunggu petugas")
        time.sleep(4)  # at rest, and the tab written
        control = f"{office.url}/_sandbox"
        requests.post(f"{control}/reset", json={"only": ["requests"]}, timeout=10)
        time.sleep(5.5)
        counted = requests.get(f"{control}/requests", timeout=10).json()
        ends(worker)
    finally:
        end(worker)
    calls = {name: each["calls"] for name, each in counted["methods"].items()}
    assert set(calls) == {"drive.files.get"}
    assert 4 <= calls["drive.files.get"] <= 6
