"""One sandbox for these tests, in this process; every test has a form with its sheet of its own."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from sync.core.decisions import Decision
from sync.core.desk import Cell, DeskReading, DeskRow, RowUpdate
from sync.core.settings import Columns
from sync.google.credentials import account_of, load_credentials
from sync.google.desk import GoogleDesk
from sync.google.sheets_client import SheetsClient
from sync.google.transport import Transport
from sync.sandbox import server

QUESTIONS = ("Nama Lengkap", "NIK", "Tanggal Lahir", "Alamat Email")
DECISIONS = [decision.value for decision in Decision]
OWN = list(Columns().headers.values())
WRITE = "sheets.spreadsheets.values.batchUpdate"


@dataclass
class Google:
    """The sandbox, and who may sign in there."""

    url: str
    credentials: Path
    officer: Path

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_sandbox{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def transport(
        self, key: Path | None = None, *, gmail: bool = False, **settings: Any
    ) -> Transport:
        credentials = load_credentials(key or self.credentials, endpoint=self.url, gmail=gmail)
        return Transport(
            credentials, endpoint=self.url, timeout_s=10, sleep=lambda _: None, **settings
        )

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("PUT", "/faults", {"rules": list(rules)})

    def new_shared_drive(self) -> str:
        """A shared drive of the office, open to Loket: a service account has no storage of its own."""
        officer = self.transport(self.officer)
        made = officer.request(
            "POST",
            "https://www.googleapis.com/drive/v3/drives",
            params={"requestId": str(uuid4())},
            json={"name": "Kantor"},
        ).json()
        officer.request(
            "POST",
            f"https://www.googleapis.com/drive/v3/files/{made['id']}/permissions",
            params={"supportsAllDrives": "true", "sendNotificationEmail": "false"},
            json={
                "type": "user",
                "role": "fileOrganizer",
                "emailAddress": account_of(self.credentials),
            },
        )
        officer.close()
        return str(made["id"])


class Journal:
    """A write in hand, kept in memory: it outlives the desk, as the ledger's does."""

    def __init__(self) -> None:
        self._text = ""

    def keep(self, text: str) -> None:
        self._text = text

    def kept(self) -> str:
        return self._text

    def forget(self) -> None:
        self._text = ""


@dataclass
class Counter:
    """A form, its sheet, Loket's desk on it, and Bu Ratna, who works in the same sheet."""

    google: Google
    form_id: str
    spreadsheet_id: str
    tab: str
    ratna: SheetsClient
    transport: Transport
    journal: Journal = field(default_factory=Journal)
    people: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def desk(
        self,
        questions: tuple[str, ...] = QUESTIONS,
        journal: Journal | None = None,
        **columns: str,
    ) -> GoogleDesk:
        return GoogleDesk(
            self.transport,
            spreadsheet_id=self.spreadsheet_id,
            tab=self.tab,
            questions=questions,
            columns=Columns(**columns),
            decisions=DECISIONS,
            journal=journal or self.journal,
        )

    def applies(self, name: str, **answers: Cell) -> None:
        person = next(self.people)
        self.google.control(
            "POST",
            f"/forms/{self.form_id}/responses",
            {
                "answers": {
                    "Nama Lengkap": name,
                    "NIK": f"64720101019{person:05}",
                    "Tanggal Lahir": "1990-01-31",
                    **answers,
                },
                "email": f"{name.split()[0].lower()}@example.com",
                "timestamp": f"2026-11-24T09:{person:02}:00+08:00",
            },
        )

    def values(self, option: str = "UNFORMATTED_VALUE") -> list[list[Any]]:
        answer = self.ratna.values_get(
            self.spreadsheet_id, f"'{self.tab}'", params={"valueRenderOption": option}
        )
        found: list[list[Any]] = answer.get("values", [])
        return found

    def headers(self) -> list[Any]:
        return self.values()[0]

    def column(self, header: str) -> list[Any]:
        """The cells under a header, as they stand in the sheet."""
        rows = self.values()
        at = rows[0].index(header)
        return [row[at] if at < len(row) else "" for row in rows[1:]]

    @property
    def sheet_id(self) -> int:
        about = self.ratna.fetch_sheet_metadata(self.spreadsheet_id)
        tabs = {s["properties"]["title"]: s["properties"]["sheetId"] for s in about["sheets"]}
        return int(tabs[self.tab])

    def types(self, a1: str, text: str) -> None:
        """Bu Ratna types into a cell."""
        self.ratna.values_update(
            self.spreadsheet_id,
            f"'{self.tab}'!{a1}",
            params={"valueInputOption": "USER_ENTERED"},
            body={"values": [[text]]},
        )

    def changes(self, *asked: dict[str, Any]) -> None:
        """Bu Ratna sorts, hides, moves, inserts, deletes."""
        self.ratna.batch_update(self.spreadsheet_id, {"requests": list(asked)})

    def sort_by(self, column: int, *, descending: bool = False) -> dict[str, Any]:
        return {
            "sortRange": {
                "range": {"sheetId": self.sheet_id, "startRowIndex": 1},
                "sortSpecs": [
                    {
                        "dimensionIndex": column,
                        "sortOrder": "DESCENDING" if descending else "ASCENDING",
                    }
                ],
            }
        }

    def span(self, dimension: str, start: int, end: int) -> dict[str, Any]:
        return {
            "sheetId": self.sheet_id,
            "dimension": dimension,
            "startIndex": start,
            "endIndex": end,
        }

    def at_the_next(self, api: str, *edits: dict[str, Any]) -> None:
        """Bu Ratna does this just before the next such call is carried out."""
        self.google.faults({"api": api, "times": 1, "edit": {"requests": list(edits)}})


@pytest.fixture(scope="session")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    running = server.start(tmp_path_factory.mktemp("sandbox"), empty=True)
    yield Google(running.url, Path(running.credentials), Path(running.officer))
    running.stop()


@pytest.fixture
def counter(google: Google) -> Iterator[Counter]:
    form = google.control(
        "POST",
        "/forms",
        {
            "title": "Permohonan Domisili",
            "questions": [
                {"title": "Nama Lengkap", "type": "text", "required": True},
                {"title": "NIK", "type": "text", "required": True},
                {"title": "Tanggal Lahir", "type": "date"},
            ],
            "collect_email": True,
            "share_with": [account_of(google.credentials), account_of(google.officer)],
        },
    )
    officer, loket = google.transport(google.officer), google.transport()
    yield Counter(
        google, form["formId"], form["spreadsheetId"], form["tab"], SheetsClient(officer), loket
    )
    google.faults()
    officer.close()
    loket.close()


def row_of(rows: tuple[DeskRow, ...], name: str) -> DeskRow:
    return next(row for row in rows if row.answers["Nama Lengkap"] == name)


def received(row: DeskRow, serial: int = 1) -> RowUpdate:
    reference = f"SKD-26-{serial:04}X"
    return RowUpdate(
        row,
        {
            "reference": reference,
            "status": "Diterima",
            "note": "Baik.",
            "document": "",
            "updated": "kini",
        },
    )


def opened(counter: Counter, *names: str) -> DeskReading:
    """The columns are there, these people applied, and the sheet was read."""
    counter.desk().prepare()
    for name in names:
        counter.applies(name)
    return counter.desk().read()
