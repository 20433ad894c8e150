"""Officers at work, at rest and at the worst moments: the real program, the local Google, and the whole sheet compared.

In every test four people are served: Fajar has his letter, Citra was just approved, Doni waits for the officer, and
Eka's response is new. Then Bu Ratna does something, between two cycles or between Loket's read and its write.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.core.projection import project
from sync.google.credentials import account_of
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.acceptance.audit import drive_files, hashes
from tests.acceptance.conftest import WORKFLOW, Office, loket

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


@dataclass(frozen=True)
class Left:
    """What an action leaves behind, besides everything being as it was. `edited` are answers typed by the officer."""

    gone: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    edited: dict[str, dict[str, str]] = field(default_factory=dict)
    officer: dict[str, dict[str, str]] = field(default_factory=dict)


Action = Callable[[Desk], list[Request]]

ACTIONS: dict[str, tuple[Action, Left]] = {
    "sorts by name": (lambda d: [d.sort("Nama Lengkap")], Left()),
    "sorts by status": (lambda d: [d.sort("Status")], Left()),
    "sorts by decision": (lambda d: [d.sort("Keputusan")], Left()),
    "filters": (lambda d: [{"setBasicFilter": {"filter": {"range": d.everybody()}}}], Left()),
    "inserts rows": (
        lambda d: [{"insertDimension": {"range": d.span("ROWS", 2, 4)}}],
        Left(),
    ),
    "deletes a row": (
        lambda d: [{"deleteDimension": {"range": d.span("ROWS", ROW[DONI[0]], ROW[DONI[0]] + 1)}}],
        Left(gone=(DONI[0],)),
    ),
    "deletes the approved row": (
        lambda d: [
            {"deleteDimension": {"range": d.span("ROWS", ROW[CITRA[0]], ROW[CITRA[0]] + 1)}}
        ],
        Left(gone=(CITRA[0],)),
    ),
    "duplicates a row that waits": (
        lambda d: [d.copy(d.cells(DONI[0]), d.cells(7))],
        Left(copies=(DONI[0],)),
    ),
    "duplicates a finished row above all": (
        lambda d: [
            {"insertDimension": {"range": d.span("ROWS", 1, 2)}},
            d.copy(d.cells(ROW[FAJAR[0]] + 1), d.cells(1)),
        ],
        Left(copies=(FAJAR[0],)),
    ),
    "copies answers alone": (
        lambda d: [d.copy(d.cells(DONI[0], "Timestamp", "Alamat"), d.cells(7, "Timestamp"))],
        Left(copies=(DONI[0],)),
    ),
    "cuts a row and pastes it below": (lambda d: [d.cut(d.cells(CITRA[0]), 8)], Left()),
    "cuts a row and pastes it over another": (
        lambda d: [d.cut(d.cells(FAJAR[0]), ROW[DONI[0]])],
        Left(gone=(DONI[0],)),
    ),
    "pastes another's system cells": (
        lambda d: [
            d.copy(
                d.cells(FAJAR[0], "No. Permohonan", "Diperbarui"),
                d.cells(DONI[0], "No. Permohonan", "Diperbarui"),
            )
        ],
        Left(),
    ),
    "clears every status": (lambda d: [d.types("", d.everybody("Status", "Keterangan"))], Left()),
    "clears every reference": (lambda d: [d.types("", d.everybody("No. Permohonan"))], Left()),
    "moves a column": (
        lambda d: [
            {
                "moveDimension": {
                    "source": d.span("COLUMNS", d.headers.index("Status"), len(d.headers) - 4),
                    "destinationIndex": 0,
                }
            }
        ],
        Left(),
    ),
    "moves the decisions to the front": (
        lambda d: [
            {
                "moveDimension": {
                    "source": d.span("COLUMNS", len(d.headers) - 3, len(d.headers) - 1),
                    "destinationIndex": 1,
                }
            }
        ],
        Left(),
    ),
    "inserts a column": (
        lambda d: [{"insertDimension": {"range": d.span("COLUMNS", 1, 2)}}],
        Left(),
    ),
    "inserts a column and sorts": (
        lambda d: [
            d.sort("Nama Lengkap"),
            {"insertDimension": {"range": d.span("COLUMNS", 3, 4)}},
        ],
        Left(),
    ),
    "hides columns": (
        lambda d: [
            {
                "updateDimensionProperties": {
                    "range": d.span("COLUMNS", 2, 4),
                    "properties": {"hiddenByUser": True},
                    "fields": "hiddenByUser",
                }
            }
        ],
        Left(),
    ),
    "deletes a column of Loket": (
        lambda d: [
            {
                "deleteDimension": {
                    "range": d.span(
                        "COLUMNS", d.headers.index("Dokumen"), d.headers.index("Dokumen") + 1
                    )
                }
            }
        ],
        Left(),
    ),
    "corrects an answer that waits": (
        lambda d: [d.types("Jl. Baru 9", d.cells(DONI[0], "Alamat"))],
        Left(edited={DONI[0]: {"Alamat": "Jl. Baru 9"}}),
    ),
    "writes a note": (
        lambda d: [d.types("sudah ditelepon", d.cells(DONI[0], "Catatan Petugas"))],
        Left(officer={DONI[0]: {"Catatan Petugas": "sudah ditelepon"}}),
    ),
    "renames the spreadsheet": (
        lambda _: [
            {
                "updateSpreadsheetProperties": {
                    "properties": {"title": "Permohonan 2026 (baru)"},
                    "fields": "title",
                }
            }
        ],
        Left(),
    ),
}


_AT_REST = [name for name in ACTIONS if name.split()[0] not in ("sorts", "filters", "hides")]
_MOVES = (
    "sorts by name",
    "deletes a row",
    "inserts a column and sorts",
    "corrects an answer that waits",
)
MOMENTS_OF = [
    *((action, "before the write") for action in ACTIONS),
    *(pytest.param(action, "at rest", marks=pytest.mark.thorough) for action in _AT_REST),
    *(
        pytest.param(action, moment, marks=pytest.mark.thorough)
        for action in _MOVES
        for moment in ("before the look", "before the read-back", "before the last write")
    ),
]
"""Every action in the moment that nothing can exclude; the others where something else may come of it."""


@pytest.fixture
def served(office: Office) -> Iterator[Office]:
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


@pytest.mark.parametrize(("action", "moment"), MOMENTS_OF)
def test_no_cell_of_another_application_is_changed(
    served: Office, action: str, moment: str
) -> None:
    """Whatever Bu Ratna does and whenever: every row is whole, her cells are as typed, letters go to their owners."""
    requested, left = ACTIONS[action]
    does(served, moment, requested(desk_of(served)))
    loket("--root", str(served.folder), "run", "--once")
    if action != "deletes a column of Loket":  # a lost column is made again at the next start
        compare(served, left, after_one_cycle=True)
    served.run_once()
    served.run_once()
    compare(served, left)
    approved = {FAJAR[0], CITRA[0]}
    if (action, moment) == (
        "deletes the approved row",
        "at rest",
    ):  # nobody ever read that decision
        approved = {FAJAR[0]}
    assert {to for to, letter in letters(served) if letter} == {
        f"{name.split()[0].lower()}@example.org" for name in approved
    }


def test_a_deleted_row_is_told_by_status_and_show_until_it_is_back(served: Office) -> None:
    """The officer sees which one; pasted back, it goes on."""
    reference = served.rows()[DONI[0]].get("No. Permohonan", "")
    row = served.tab.row_values(ROW[DONI[0]] + 1)
    served.tab.delete_rows(ROW[DONI[0]] + 1)
    served.run_once()
    root = ("--root", str(served.folder))
    facts = json.loads(loket(*root, "status", "--json").stdout)
    assert facts["workflows"][0]["rows_gone"] == [reference]
    assert "dihapus dari sheet" in loket(*root, "show", reference).stdout
    served.tab.append_row(row[:1] + row[1:], value_input_option="USER_ENTERED")
    served.run_once()
    served.run_once()
    facts = json.loads(loket(*root, "status", "--json").stdout)
    assert facts["workflows"][0]["rows_gone"] == []
    assert served.rows()[DONI[0]]["Status"] == "Menunggu petugas"
    assert served.rows()[DONI[0]]["No. Permohonan"] == reference


@pytest.mark.parametrize("moment", ["at rest", "before the look", "before the write"])
@pytest.mark.parametrize("whose", [CITRA[0], DONI[0]])
def test_a_letter_holds_the_answers_that_stood_beside_the_decision(
    served: Office, moment: str, whose: str
) -> None:
    """An answer is edited when the decision was read, or is read with it: the old letter, or a void decision."""
    edit = [desk_of(served).types("Jl. Baru 9", desk_of(served).cells(whose, "Alamat"))]
    does(served, moment, edit)
    served.run_once()
    served.run_once()
    row = served.rows()[whose]
    if whose == DONI[0]:
        assert row["Status"] == "Menunggu petugas"
        assert "Jawaban diperbarui" in row["Keterangan"]
        return
    if moment == "at rest":
        assert row["Status"] == "Menunggu petugas"
        assert "keputusan tidak berlaku" in row["Keterangan"]
        assert not [to for to, letter in letters(served) if letter and to.startswith("citra")]
    else:
        assert row["Status"] == "Selesai"
        assert "surat tetap memuat jawaban yang disetujui" in row["Keterangan"]
        assert "Jl. Mawar 1" in letter_text(served, row["No. Permohonan"])
        assert "Jl. Baru 9" not in letter_text(served, row["No. Permohonan"])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"stringValue": "  setujui  "}, "Selesai"),
        ({"formulaValue": '="Set"&"ujui"'}, "Selesai"),
        ({"boolValue": True}, "tidak dikenal"),
        ({"numberValue": 1}, "tidak dikenal"),
        ({"formulaValue": "=1/0"}, "tidak dikenal"),
        ({"stringValue": "✓"}, "tidak dikenal"),
    ],
)
def test_whatever_stands_in_the_decision_cell_is_read_or_explained(
    served: Office, typed: dict[str, Any], expected: str
) -> None:
    """A word however it came there; a tick, a number, an error are no words."""
    desk = desk_of(served)
    cell = {"userEnteredValue": typed}
    request = {
        "range": desk.cells(DONI[0], "Keputusan"),
        "cell": cell,
        "fields": "userEnteredValue",
    }
    served.tab.spreadsheet.batch_update({"requests": [{"repeatCell": request}]})
    served.run_once()
    row = served.rows()[DONI[0]]
    assert expected in (row["Status"], row["Keterangan"]) or expected in row["Keterangan"]


OUT_OF_REACH: dict[str, tuple[str, str]] = {
    "renames the tab": ("tab", "tidak ada"),
    "deletes the tab": ("tab", "tidak ada"),
    "renames a header": ('"NIK"', "tidak ada"),
    "trashes the spreadsheet": ("Sampah", "kembalikan"),
    "revokes the sharing": ("tidak dibagikan lagi", "sebagai Editor"),
    "lets Loket only read": ("", "sebagai Editor"),
}


@pytest.mark.parametrize("moment", ["at rest", "before the write"])
@pytest.mark.parametrize("what", OUT_OF_REACH)
def test_a_sheet_out_of_reach_is_told_and_everything_goes_on_when_it_is_back(
    served: Office, what: str, moment: str
) -> None:
    """Where, what, and what to do; the other service is served meanwhile; nobody is registered twice."""
    other = second_service(served)
    away, back = hinder(served, what)
    if moment == "at rest":
        away(None)
    elif not away(MOMENTS[moment]):
        pytest.skip("nothing that the Sheets API does in a batch")
    told = loket("--root", str(served.folder), "run", "--once")
    if moment == "at rest":
        assert told.returncode == 1
    else:
        told = loket("--root", str(served.folder), "run", "--once")
    assert all(word in told.stdout + told.stderr for word in OUT_OF_REACH[what]), (
        told.stdout + told.stderr
    )
    assert other.rows()["Gita Maharani"]["Status"] == "Menunggu petugas"
    faults(served)
    back()
    served.run_once()
    served.run_once()
    compare(served, Left())


# --- Bu Ratna's hands and our eyes


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


def compare(office: Office, left: Left, *, after_one_cycle: bool = False) -> None:
    """The whole sheet against the ledger, the answers that were sent, and what the officer typed.

    After one cycle, rows that changed since may be read only in the next one; nobody's cells are another's already.
    """
    header, *rows = office.tab.get_all_values()
    assert sorted(title for title in header if title) == sorted(
        ["Timestamp", *ANSWERS, *SYSTEM, *OFFICER]
    )
    ledger = Ledger.open(sqlite_url(office.folder / "data" / "ledger.sqlite3"))
    with ledger.reading() as look:
        applications = list(look.applications.of_workflow("domisili"))
    ledger.close()
    assert Counter(one.name for one in applications) == Counter(name for name, _ in PEOPLE)
    ours = {one.name: one for one in applications}
    found: dict[str, list[dict[str, str]]] = {}
    for cells in rows:
        row = dict(zip(header, cells, strict=True))
        assert not row.get(""), "something stands in a column without a header"
        if row["Nama Lengkap"]:
            found.setdefault(row["Nama Lengkap"], []).append(row)
        else:
            assert not any(row[title] for title in (*ANSWERS, *SYSTEM, *OFFICER)), row
    assert sorted(found) == sorted(name for name, _ in PEOPLE if name not in left.gone)
    for name, nik in PEOPLE:
        mine = found.get(name, [])
        originals = [row for row in mine if row["Status"] != "Salinan"]
        copies = [row for row in mine if row["Status"] == "Salinan"]
        answers = {
            "Nama Lengkap": name,
            "NIK": nik,
            "Alamat": "Jl. Mawar 1",
            "Alamat Email": f"{name.split()[0].lower()}@example.org",
        } | left.edited.get(name, {})
        for row in mine:
            assert {title: row[title] for title in ANSWERS} == answers
        if name in left.gone:
            assert ours[name].missing_at is not None or after_one_cycle
            continue
        typed = {
            FAJAR[0]: {"Keputusan": "Setujui"},
            CITRA[0]: {"Keputusan": "Setujui"},
            DONI[0]: {"Catatan Petugas": "telepon dulu"},
        }.get(name, {}) | left.officer.get(name, {})
        if after_one_cycle:
            for row in mine:
                assert row["No. Permohonan"] in ("", ours[name].reference)
            continue
        assert ours[name].missing_at is None
        (row,) = originals
        assert {title: row[title] for title in OFFICER if row[title]} == typed
        should = project(ours[name], office_timezone(office))
        assert {key: row[title] for title, key in SYSTEM.items()} == should
        assert len(copies) == left.copies.count(name)
        for copy in copies:
            assert ours[name].reference in copy["Keterangan"]
    known = {hash_ for _, letter in letters(office) for hash_ in letter}
    assert {file["sha256Checksum"] for file in drive_files(office)} <= known
    everyone = [to for to, letter in letters(office) if letter]
    assert len(everyone) == len(set(everyone)), "a letter went out twice"


def office_timezone(office: Office) -> Any:
    from zoneinfo import ZoneInfo

    from sync.cli.root import Root

    return ZoneInfo(Root(office.folder).settings.office.timezone)


def letters(office: Office) -> list[tuple[str, list[str]]]:
    """To whom each email went, and which files were with it."""
    return [(mail["to"], hashes(mail)) for mail in office.mailbox()]


def letter_text(office: Office, reference: str) -> str:
    import pypdfium2

    (path,) = (office.folder / "data" / "letters").rglob(f"{reference}.pdf")
    with pypdfium2.PdfDocument(path) as pdf:
        return pdf[0].get_textpage().get_text_range()


def second_service(office: Office) -> Office:
    """Another sheet of the same office, with one applicant."""
    questions = [{"title": title, "type": "text", "required": True} for title in ANSWERS]
    form = requests.post(
        f"{office.url}/_sandbox/forms",
        json={"title": "Surat Keterangan Usaha", "questions": questions},
        timeout=30,
    ).json()
    text = WORKFLOW.format(sheet=form["spreadsheetId"], tab=form["tab"])
    text = text.replace("prefix: SKD", "prefix: SKU").replace("Domisili", "Usaha")
    (office.folder / "workflows" / "usaha.yaml").write_text(text, encoding="utf-8")
    other = Office(office.folder, office.url, office.officer, form)
    other.applies("Gita Maharani", "6402014101930005")
    return other


def hinder(
    office: Office, what: str
) -> tuple[Callable[[tuple[str, int] | None], bool], Callable[[], object]]:
    """How the sheet gets out of reach, and how it is put right. `away` says whether it can be done at that moment."""
    desk, sheet = desk_of(office), office.form["spreadsheetId"]
    batch: list[Request] = []
    restore: list[Request] = []

    def titled(title: str) -> Request:
        properties = {"sheetId": desk.sheet_id, "title": title}
        return {"updateSheetProperties": {"properties": properties, "fields": "title"}}

    spreadsheet = office.tab.spreadsheet
    if what == "renames the tab":
        batch, restore = [titled("Arsip")], [titled(office.form["tab"])]
    elif what == "deletes the tab":
        # The copy that the officer brings back from the version history.
        copied = {"sourceSheetId": desk.sheet_id, "newSheetId": 4711, "newSheetName": "Salinan tab"}
        batch = [{"duplicateSheet": copied}, {"deleteSheet": {"sheetId": desk.sheet_id}}]
        properties = {"sheetId": 4711, "title": office.form["tab"]}
        restore = [{"updateSheetProperties": {"properties": properties, "fields": "title"}}]
    elif what == "renames a header":
        batch = [desk.types("NIK Pemohon", desk.cells(0, "NIK"))]
        restore = [desk.types("NIK", desk.cells(0, "NIK"))]
    if batch:

        def away(at: tuple[str, int] | None) -> bool:
            if at is None:
                spreadsheet.batch_update({"requests": batch})
            else:
                faults(office, {"api": at[0], "nth": at[1], "edit": {"requests": batch}})
            return True

        return away, lambda: spreadsheet.batch_update({"requests": restore})

    def drive(method: str, path: str, **arguments: Any) -> Any:
        url = f"https://www.googleapis.com/drive/v3/files/{sheet}{path}"
        answer = office.officer._transport.request(method, url, **arguments)
        return answer.json() if answer.content else {}

    account = account_of(Path(office.folder / "credentials.json"))

    def grant(role: str) -> None:
        body = {"type": "user", "role": role, "emailAddress": account}
        drive("POST", "/permissions", json=body, params={"sendNotificationEmail": "false"})

    def revoke() -> None:
        found = drive("GET", "/permissions", params={"fields": "permissions(id,emailAddress)"})
        (mine,) = [one["id"] for one in found["permissions"] if one.get("emailAddress") == account]
        drive("DELETE", f"/permissions/{mine}")

    def now(action: Callable[[], object]) -> Callable[[tuple[str, int] | None], bool]:
        return lambda at: at is None and (action(), True)[1]

    if what == "trashes the spreadsheet":
        return now(lambda: drive("PATCH", "", json={"trashed": True})), lambda: drive(
            "PATCH", "", json={"trashed": False}
        )
    if what == "revokes the sharing":
        return now(revoke), lambda: grant("writer")
    return now(lambda: (revoke(), grant("reader"))), lambda: (revoke(), grant("writer"))
