"""The world around the demonstration: the local Google, its forms, the applicants, and Bu Ratna at her sheet.

Everything goes over HTTP, as in an office: responses come in through the forms, the officer works with her own
account through the Sheets API. The worker is not in here. What was done is kept in demo.json, so that a second
run on the same folder does nothing twice.
"""

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from sync.cli.demo_samples import FORMS, ApplicantEdit, OfficerStep, SampleResponse
from sync.cli.root import PROGRAM, Root
from sync.core.headers import column_letters, normal
from sync.core.settings import Columns
from sync.google.credentials import load_credentials
from sync.google.sheets_client import SheetsClient
from sync.google.transport import Transport

_OFFICE = """office:
  name: Dinas Kependudukan dan Pencatatan Sipil
  government: Pemerintah Kabupaten Kutai Kartanegara
  unit: DKPS
  address: Jl. Pahlawan No. 1, Tenggarong 75513
  city: Tenggarong
  phone: (0541) 000000
  email: disdukcapil@loket.example
  timezone: Asia/Makassar
  head:
    title: Kepala Dinas
    name: Hj. Siti Rahmawati, S.Sos., M.Si.
    rank: Pembina Utama Muda (IV/c)
    nip: "197203141998032005"
"""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The running local Google. `officer` is the path of Bu Ratna's key."""

    url: str
    officer: str
    smtp: str


class World:
    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.root = Root(folder / "loket")
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business with this machine's own address
        self._file = folder / "demo.json"
        self._memory: dict[str, Any] = {"forms": {}, "responses": {}, "done": []}
        if self._file.exists():
            self._memory = json.loads(self._file.read_text(encoding="utf-8"))

    def once(self, step: str) -> bool:
        """True the first time a step is asked for; `did` remembers it."""
        return step not in self._memory["done"]

    def did(self, step: str) -> None:
        self._memory["done"].append(step)
        self._keep()

    def open_counter(self) -> None:
        """Makes the forms with their sheets, and an office folder whose workflows point at them."""
        for form in FORMS:
            if form.workflow in self._memory["forms"]:
                continue
            questions = [
                {
                    "title": question.title,
                    "type": question.type,
                    "required": question.required,
                    "options": list(question.options),
                }
                for question in form.questions
            ]
            made = self._call(
                "POST",
                "/_sandbox/forms",
                {"title": form.title, "questions": questions, "collect_email": form.collect_email},
            )
            self._memory["forms"][form.workflow] = made
            self._keep()
        self._write_office()

    def submit(self, response: SampleResponse, first: datetime) -> None:
        """A citizen sends a response; `first` is the moment of the very first one."""
        if response.key in self._memory["responses"]:
            return
        form = self._memory["forms"][response.workflow]
        made = self._call(
            "POST",
            f"/_sandbox/forms/{form['formId']}/responses",
            {
                "answers": dict(response.answers),
                "email": response.email,
                "timestamp": (first + timedelta(minutes=response.minute)).isoformat(),
            },
        )
        self._memory["responses"][response.key] = {
            **made,
            "workflow": response.workflow,
            "answers": dict(response.answers),
            "email": response.email,
        }
        self._keep()

    def edit(self, edits: Iterable[ApplicantEdit]) -> None:
        """Applicants open their responses again and change answers."""
        for edit in edits:
            sent = self._memory["responses"][edit.key]
            form = self._memory["forms"][sent["workflow"]]
            sent["answers"] |= dict(edit.answers)
            self._call(
                "PUT",
                f"/_sandbox/forms/{form['formId']}/responses/{sent['responseId']}",
                {"answers": sent["answers"], "email": sent["email"]},
            )
        self._keep()

    def correct(self, steps: Iterable[OfficerStep]) -> None:
        """Bu Ratna corrects answers in their rows."""
        self._type({step.key: dict(step.corrections) for step in steps if step.corrections})

    def decide(self, steps: Iterable[OfficerStep]) -> None:
        """Bu Ratna types her decisions and notes."""
        columns = Columns()
        self._type(
            {
                step.key: {columns.decision: step.decision}
                | ({columns.officer_note: step.note} if step.note else {})
                for step in steps
            }
        )

    def mailbox(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self._call("GET", "/_sandbox/mailbox")["messages"]
        return messages

    @property
    def mailbox_folder(self) -> Path:
        return self.folder / "sandbox" / "mailbox"

    def _type(self, by_response: dict[str, dict[str, str]]) -> None:
        """Types cells as a person does, one batch a sheet, in the columns with these headers."""
        by_workflow: dict[str, dict[int, dict[str, str]]] = defaultdict(dict)
        for key, cells in by_response.items():
            sent = self._memory["responses"][key]
            by_workflow[sent["workflow"]][sent["row"]] = cells
        for workflow, rows in by_workflow.items():
            form = self._memory["forms"][workflow]
            sheet_id, tab = form["spreadsheetId"], _quoted(form["tab"])
            headers = self._officer.values_get(sheet_id, f"{tab}!1:1")["values"][0]
            letters = {
                normal(header): column_letters(number) for number, header in enumerate(headers)
            }
            data = [
                {"range": f"{tab}!{letters[normal(header)]}{row}", "values": [[text]]}
                for row, cells in rows.items()
                for header, text in cells.items()
            ]
            self._officer.values_batch_update(
                sheet_id, body={"valueInputOption": "USER_ENTERED", "data": data}
            )

    @cached_property
    def _officer(self) -> SheetsClient:
        credentials = load_credentials(Path(self.sandbox.officer), endpoint=self.sandbox.url)
        return SheetsClient(Transport(credentials, endpoint=self.sandbox.url))

    def _write_office(self) -> None:
        """The shipped workflows, each with its sheet; settings.yaml with an office to sign the letters."""
        target = self.root.folder / "workflows"
        target.mkdir(exist_ok=True)
        for workflow, form in self._memory["forms"].items():
            text = (PROGRAM / "workflows" / f"{workflow}.yaml").read_text(encoding="utf-8")
            text = re.sub(r"(?m)^sheet: .*$", f"sheet: {form['spreadsheetId']}", text)
            text = re.sub(r"(?m)^# form: .*$", f"form: {form['formId']}", text)
            (target / f"{workflow}.yaml").write_text(text, encoding="utf-8")
        settings = self.root.folder / "settings.yaml"
        others = re.sub(r"(?m)^office:\n(?:[ #].*\n|\n)*", "", settings.read_text(encoding="utf-8"))
        settings.write_text(f"{others.rstrip()}\n\n{_OFFICE}", encoding="utf-8")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._session.request(method, self.sandbox.url + path, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def _keep(self) -> None:
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text(json.dumps(self._memory, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._file)


@contextmanager
def world(folder: Path, *, afresh: bool) -> Iterator[World]:
    """Starts the local Google in its own process and ends it with the block."""
    if afresh and folder.exists():
        shutil.rmtree(folder)
    (folder / "loket").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sync", "sandbox", "--port", "0"]
    command += ["--data", str(folder / "sandbox"), "--root", str(folder / "loket")]
    # Its own session: Ctrl-C is for the worker first, which finishes the step in hand.
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command,
        cwd=PROGRAM,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the sandbox did not start (exit code {process.wait(timeout=10)})")
        ready = json.loads(line)
        yield World(folder, Sandbox(ready["url"], ready["officer"], ready["smtp"]))
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        if process.poll() is None:
            process.kill()


def _quoted(tab: str) -> str:
    return "'" + tab.replace("'", "''") + "'"
