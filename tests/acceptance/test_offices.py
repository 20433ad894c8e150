"""Two offices in one installation, with a service of the same name and prefix: each is served as if it were alone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tests.acceptance.audit import audit
from tests.acceptance.conftest import LETTER, ROOT, WORKFLOW, Office, loket
from tests.acceptance.test_counter import CITRA, DONI, EKA, end


@pytest.fixture
def offices(office: Office, tmp_path: Path) -> dict[str, Office]:
    """Kutai and Berau, each with a form and sheet of its own."""
    made = {}
    for name in ("kutai", "berau"):
        folder = tmp_path / "loket" / "offices" / name
        shutil.copytree(office.folder, folder)
        form = office.form
        if name == "berau":
            questions = [
                {"title": title, "type": "text"}
                for title in ("Nama Lengkap", "Alamat Email", "NIK", "Alamat")
            ]
            asked = {"title": "Domisili Berau", "questions": questions}
            answer = requests.post(f"{office.url}/_sandbox/forms", json=asked, timeout=30)
            form = answer.json()
        workflow = WORKFLOW.format(sheet=form["spreadsheetId"], tab=form["tab"])
        (folder / "workflows" / "domisili.yaml").write_text(workflow, encoding="utf-8")
        letter = LETTER.replace("</body>", f"<p>Kantor {name}</p></body>")
        (folder / "templates" / "letters" / "uji.html").write_text(letter, encoding="utf-8")
        made[name] = replace(office, folder=folder, form=form)
    return made


def installation(offices: dict[str, Office]) -> str:
    return str(offices["kutai"].folder.parents[1])


def test_one_run_serves_every_office_and_mixes_nothing(offices: dict[str, Office]) -> None:
    """Numbers, references, rows, letters and Drive files of each; the whole world compared for both."""
    people = {"kutai": [CITRA, DONI], "berau": [EKA]}
    for name, office in offices.items():
        for person in people[name]:
            office.applies(*person)
    done = loket("--root", installation(offices), "run", "--once")
    assert done.returncode == 0, done.stderr
    for name, office in offices.items():
        for person in people[name]:
            office.types(person[0], "Keputusan", "Setujui")
    done = loket("--root", installation(offices), "run", "--once")
    assert done.returncode == 0, done.stderr
    for name, office in offices.items():
        names = [person[0] for person in people[name]]
        rows = office.rows()
        assert {rows[one]["Status"] for one in names} == {"Selesai"}
        assert rows[names[0]]["No. Permohonan"].startswith("SKD-")
        shown = loket("--root", installation(offices), "status", "--json", "--office", name)
        [workflow] = json.loads(shown.stdout)["workflows"]
        assert sum(workflow["states"].values()) == len(names)
    letters = {
        name: {file.read_bytes() for file in (one.folder / "data" / "letters").rglob("*.pdf")}
        for name, one in offices.items()
    }
    assert [len(found) for found in letters.values()] == [2, 1]
    for name, office in offices.items():
        found = audit(office, [person[0] for person in people[name]])
        # Both act for one account of the local Google: it sees the neighbour's files in Drive too.
        assert found.missing + found.twice + found.number_gaps == [], found
        assert [wrong for wrong in found.wrong_cell if "nobody" not in wrong] == []


def test_an_office_with_broken_settings_stops_no_other(offices: dict[str, Office]) -> None:
    """Exit 1 names it; the other's rows go on."""
    offices["berau"].applies(*EKA)
    (offices["kutai"].folder / "settings.yaml").write_text("office: [\n", encoding="utf-8")
    done = loket("--root", installation(offices), "run", "--once")
    assert done.returncode == 1
    assert "kutai" in done.stderr
    assert offices["berau"].rows()[EKA[0]]["Status"] == "Menunggu petugas"


def test_it_goes_on_until_it_is_asked_to_end(offices: dict[str, Office]) -> None:
    """SIGTERM ends every office's worker well, and gives every sheet back."""
    command = [sys.executable, "-m", "sync", "--root", installation(offices), "run"]
    worker = subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.PIPE)
    try:
        for (name, office), person in zip(offices.items(), (CITRA, EKA), strict=True):
            office.applies(*person)
            while not _has_come(office, person[0]):
                assert worker.poll() is None
                time.sleep(2)  # seldom: the officer's calls a minute are counted
            refused = loket("--root", installation(offices), "--office", name, "run", "--once")
            assert refused.returncode == 1, name
        os.kill(worker.pid, signal.SIGTERM)
        _, told = worker.communicate(timeout=30)
        assert worker.returncode == 0, told
    finally:
        end(worker)
    assert offices["kutai"].run_once().returncode == 0


def _has_come(office: Office, name: str) -> bool:
    return office.rows().get(name, {}).get("Status") == "Menunggu petugas"
