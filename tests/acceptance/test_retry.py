"""`retry`: what failed is sent again, by the person at the keyboard."""

import json

import requests

from tests.acceptance.conftest import Office, loket
from tests.acceptance.test_counter import CITRA


def test_what_failed_is_sent_once_the_mailbox_is_there_again(office: Office) -> None:
    """The applicant's mailbox was full: Gagal kirim; afterwards one command, and the same letter arrives once."""
    office.applies(*CITRA)
    office.run_once()
    faults = {"smtp": [{"to": "citra@*", "answer": "550 5.1.1 No such user"}]}
    requests.put(f"{office.url}/_sandbox/faults", json=faults, timeout=30).raise_for_status()
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.run_once()
    row = office.rows()[CITRA[0]]
    assert row["Status"] == "Gagal kirim"
    requests.put(f"{office.url}/_sandbox/faults", json={}, timeout=30).raise_for_status()
    told = loket("--root", str(office.folder), "retry", row["No. Permohonan"].lower(), "--json")
    assert json.loads(told.stdout)["again"] == [
        {"reference": row["No. Permohonan"], "state": "delivering"}
    ]
    office.run_once()
    assert office.rows()[CITRA[0]]["Status"] == "Selesai"
    assert len(office.mailbox()) == 1


def test_what_can_not_be_tried_again_says_what_to_do(office: Office) -> None:
    """No reference, an unknown one, and one that waits for the officer: exit code 1 and the way on."""
    office.applies(*CITRA)
    office.run_once()
    root = ("--root", str(office.folder))
    nothing = loket(*root, "retry")
    assert (nothing.returncode, "--failed" in nothing.stderr) == (1, True)
    unknown = loket(*root, "retry", "SKD-26-00000Z")
    assert (unknown.returncode, "bukan nomor permohonan" in unknown.stderr) == (1, True)
    waiting = loket(*root, "retry", office.rows()[CITRA[0]]["No. Permohonan"])
    assert (waiting.returncode, "Menunggu petugas" in waiting.stderr) == (1, True)
    assert loket(*root, "retry", "--failed").returncode == 0
