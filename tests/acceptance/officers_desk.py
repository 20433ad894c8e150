"""Four people in a sheet, and what Bu Ratna does to it: between two cycles, or between Loket's read and its write.

In every test four people are served: Fajar has his letter, Citra was just approved, Doni waits for the officer, and
Eka's response is new. Then Bu Ratna does something.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.acceptance.audit import hashes
from tests.acceptance.conftest import Office

FAJAR = ("Fajar Nugraha", "6402010101920004")
CITRA = ("Citra Lestari", "6402014101900001")
DONI = ("Doni Pratama", "6402010101900002")
EKA = ("Eka Wijaya", "6402010101910003")
PEOPLE = (FAJAR, CITRA, DONI, EKA)
ROW = {name: number for number, (name, _) in enumerate(PEOPLE, start=1)}
"""Where each row stands, counted from 0, before anything is done."""

ANSWERS = ("Nama Lengkap", "Alamat Email", "NIK", "Alamat")
SYSTEM = {
    "No. Permohonan": "reference",
    "Status": "status",
    "Keterangan": "note",
    "Dokumen": "document",
    "Diperbarui": "updated",
}
OFFICER = ("Keputusan", "Catatan Petugas", "Berkas Petugas")

MOMENTS = {
    "at rest": None,
    "before the look": ("sheets.spreadsheets.values.batchGet", 1),
    "before the write": ("sheets.spreadsheets.values.batchUpdate", 1),
    "before the read-back": ("sheets.spreadsheets.values.batchGet", 2),
    "before the last write": ("sheets.spreadsheets.values.batchUpdate", 2),
}

Request = dict[str, Any]


@dataclass
class Desk:
    """What Bu Ratna needs to say what she does, as requests of the Sheets API."""

    sheet_id: int
    headers: list[str]

    def columns(self, first: str, last: str = "") -> dict[str, int]:
        start, end = self.headers.index(first), self.headers.index(last or first) + 1
        return {"startColumnIndex": start, "endColumnIndex": end}

    def cells(self, name_or_row: str | int, first: str = "", last: str = "") -> dict[str, int]:
        row = ROW[name_or_row] if isinstance(name_or_row, str) else name_or_row
        columns = (
            self.columns(first, last)
            if first
            else {"startColumnIndex": 0, "endColumnIndex": len(self.headers)}
        )
        return {"sheetId": self.sheet_id, "startRowIndex": row, "endRowIndex": row + 1, **columns}

    def everybody(self, first: str = "", last: str = "") -> dict[str, int]:
        return {**self.cells(1, first, last), "endRowIndex": 1 + len(PEOPLE)}

    def span(self, dimension: str, start: int, end: int) -> Request:
        return {
            "sheetId": self.sheet_id,
            "dimension": dimension,
            "startIndex": start,
            "endIndex": end,
        }

    def sort(self, by: str, within: dict[str, int] | None = None) -> Request:
        return {
            "sortRange": {
                "range": within or self.everybody(),
                "sortSpecs": [
                    {"dimensionIndex": self.headers.index(by), "sortOrder": "DESCENDING"}
                ],
            }
        }

    def copy(self, source: dict[str, int], target: dict[str, int]) -> Request:
        return {"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}}

    def cut(self, source: dict[str, int], row: int) -> Request:
        target = {"sheetId": self.sheet_id, "rowIndex": row, "columnIndex": 0}
        return {"cutPaste": {"source": source, "destination": target, "pasteType": "PASTE_NORMAL"}}

    def types(self, text: str, cells: dict[str, int]) -> Request:
        value = {"userEnteredValue": {"stringValue": text}} if text else {}
        return {"repeatCell": {"range": cells, "cell": value, "fields": "userEnteredValue"}}


@pytest.fixture(name="served")
def people_served(office: Office) -> Iterator[Office]:
    for person in (FAJAR, CITRA, DONI):
        office.applies(*person)
    office.run_once()
    office.types(FAJAR[0], "Keputusan", "Setujui")
    office.run_once()
    office.applies(*EKA)
    office.types(CITRA[0], "Keputusan", "Setujui")
    office.types(DONI[0], "Catatan Petugas", "telepon dulu")
    yield office
    faults(office)


def desk_of(office: Office) -> Desk:
    return Desk(office.tab.id, office.tab.row_values(1))


def does(office: Office, moment: str, asked: list[Request]) -> None:
    """At rest at once, else just before that call of Loket's next cycle."""
    at = MOMENTS[moment]
    if at is None:
        office.tab.spreadsheet.batch_update({"requests": asked})
        return
    api, nth = at
    faults(office, {"api": api, "nth": nth, "edit": {"requests": asked}})


def faults(office: Office, *rules: Request) -> None:
    url = f"{office.url}/_sandbox/faults"
    requests.put(url, json={"rules": list(rules)}, timeout=30).raise_for_status()


def letters(office: Office) -> list[tuple[str, list[str]]]:
    """To whom each email went, and which files were with it."""
    return [(mail["to"], hashes(mail)) for mail in office.mailbox()]
