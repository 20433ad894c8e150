"""The real program against the local Google, both in processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests

from sync.google.credentials import load_credentials
from sync.google.sheets_client import SheetsClient
from sync.google.transport import Transport

ROOT = Path(__file__).resolve().parents[2]

WORKFLOW = """
title: Surat Keterangan Domisili
prefix: SKD
sheet: {sheet}
tab: {tab}
applicant: {{name: Nama Lengkap, email: Alamat Email}}
fields:
  nama: {{question: Nama Lengkap, type: text}}
  nik: {{question: NIK, type: nik}}
  alamat: {{question: Alamat, type: text}}
letter: {{template: letters/uji.html, number: "470/{{{{ serial|pad(4) }}}}/DKPS/{{{{ tahun }}}}"}}
deliver: [email, drive]
"""

LETTER = """<!doctype html><html lang="id"><head><title>Uji</title></head>
<body><p>Nomor {{ nomor }}</p><p>{{ nama }}</p><p>{{ nik }}</p><p>{{ alamat }}</p></body></html>
"""


def loket(*arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end and captures both streams."""
    return subprocess.run(
        [sys.executable, "-m", "sync", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@dataclass
class Office:
    """One office folder, its sheet, its officer and the world outside."""

    folder: Path
    url: str
    officer: SheetsClient
    form: dict[str, Any]

    def applies(self, name: str, nik: str, address: str = "Jl. Mawar 1") -> None:
        answers = {"Nama Lengkap": name, "NIK": nik, "Alamat": address}
        answers["Alamat Email"] = f"{name.split()[0].lower()}@example.org"
        url = f"{self.url}/_sandbox/forms/{self.form['formId']}/responses"
        requests.post(url, json={"answers": answers}, timeout=30).raise_for_status()

    @property
    def tab(self) -> gspread.Worksheet:
        client = gspread.Client(auth=None, http_client=lambda *_, **__: self.officer)
        return client.open_by_key(self.form["spreadsheetId"]).worksheet(self.form["tab"])

    def rows(self) -> dict[str, dict[str, str]]:
        """Every row by the applicant's name, as the officer reads it."""
        header, *rows = self.tab.get_all_values()
        found = [dict(zip(header, row, strict=True)) for row in rows if any(row)]
        return {
            next(v for k, v in row.items() if k.lower() == "nama lengkap"): row for row in found
        }

    def types(self, name: str, header: str, text: str) -> None:
        """The officer types into the row of an applicant."""
        tab = self.tab
        values = tab.get_all_values()
        names = [title.lower() for title in values[0]].index("nama lengkap")
        number = next(i for i, row in enumerate(values) if row[names] == name)
        tab.update_cell(number + 1, values[0].index(header) + 1, text)

    def run_once(self) -> subprocess.CompletedProcess[str]:
        done = loket("--root", str(self.folder), "run", "--once")
        assert done.returncode == 0, done.stderr
        return done

    def start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "sync", "--root", str(self.folder), "run"]
        return subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.PIPE)

    def mailbox(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/_sandbox/mailbox", timeout=30).json()
        messages: list[dict[str, Any]] = answer["messages"]
        return messages


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@contextmanager
def an_office(tmp_path: Path, *options: str) -> Iterator[Office]:
    """A running local Google with one form, and an office folder that points at it. `options` are the sandbox's."""
    folder = tmp_path / "kantor kami"  # offices have spaces in their folders' names
    (folder / "workflows").mkdir(parents=True)
    (folder / "templates" / "letters").mkdir(parents=True)
    command = [
        sys.executable,
        "-m",
        "sync",
        "sandbox",
        "--port",
        "0",
        "--data",
        str(tmp_path / "sandbox"),
    ]
    sandbox = subprocess.Popen(
        [*command, "--root", str(folder), *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert sandbox.stdout is not None
    try:
        ready = json.loads(sandbox.stdout.readline())
        questions = [
            {"title": title, "type": "text", "required": True}
            for title in ("Nama Lengkap", "Alamat Email", "NIK", "Alamat")
        ]
        form = requests.post(
            f"{ready['url']}/_sandbox/forms",
            json={"title": "Surat Keterangan Domisili", "questions": questions},
            timeout=30,
        ).json()
        workflow = WORKFLOW.format(sheet=form["spreadsheetId"], tab=form["tab"])
        (folder / "workflows" / "domisili.yaml").write_text(workflow, encoding="utf-8")
        (folder / "templates" / "letters" / "uji.html").write_text(LETTER, encoding="utf-8")
        credentials = load_credentials(Path(ready["officer"]), endpoint=ready["url"])
        officer = SheetsClient(Transport(credentials, endpoint=ready["url"]))
        yield Office(folder, ready["url"], officer, form)
    finally:
        os.kill(sandbox.pid, signal.SIGTERM)
        sandbox.wait(timeout=20)
        sandbox.stdout.close()
