"""A sheet as a person works in it, over the Sheets API with an account of its own, and the memory of what was typed.

Kept row by row: every row gets a mark of its own in an officers' column. Read and written by methods that the worker
does not use, so that the faults meant for the worker leave the memory exact.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.acceptance.people import CODE, TOKEN, Person, Response
from tests.acceptance.torture_world import COLLEAGUES, QUESTIONS, TAB, World

MARK = "Catatan Internal"
OWN = tuple(title.lower() for title in QUESTIONS)  # what applicants answer
BY_HAND = (*OWN, "timestamp", "keputusan", "catatan petugas", "berkas petugas")
SYSTEM = ("no. permohonan", "status", "keterangan", "dokumen", "diperbarui")


@dataclass
class Seen:
    """A row as it stands: `index` counts from 0, the header's row is 0."""

    index: int
    cells: dict[str, str]

    @property
    def mark(self) -> str:
        return self.cells.get(MARK.lower(), "")

    @property
    def status(self) -> str:
        return self.cells.get("status", "")

    @property
    def code(self) -> str:
        found = CODE.search(self.cells.get("alamat", ""))
        return found[1] if found else ""


@dataclass
class Kept:
    """What a row's hand-written cells must say."""

    person: Person
    cells: dict[str, str]
    copy: bool = False


class Sheets:
    """All services. `people` and `rows` are the memory."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world = world
        self.rng = rng
        self.people: dict[str, Person] = {}
        self.rows: dict[str, dict[str, Kept]] = {name: {} for name in world.forms}
        self.alias: dict[str, dict[str, str]] = {name: {} for name in world.forms}
        self._tokens: dict[str, str] = {}
        self._turns = 0
        self._sheet_ids: dict[str, int] = {}
        self._marks = 0

    # Looking

    def _post(self, service: str, method: str, body: Any) -> Any:
        url = f"{self.world.url}/v4/spreadsheets/{self.world.forms[service]['spreadsheetId']}"
        self._turns += 1  # many officers, so that none uses up the minute's quota
        who = COLLEAGUES[self._turns % len(COLLEAGUES)]
        for _ in range(2):
            if who not in self._tokens:
                issued = self.world.call("GET", f"/_sandbox/token?account={who}")
                self._tokens[who] = issued["access_token"]
            answer = self.world.http.post(
                url + method,
                json=body,
                headers={"Authorization": f"Bearer {self._tokens[who]}"},
                timeout=60,
            )
            if answer.status_code != 401:
                break
            del self._tokens[who]
        if not answer.ok:
            raise RuntimeError(f"{method}: {answer.status_code} {answer.text[:400]} for {body}")
        return answer.json()

    def table(self, service: str) -> tuple[dict[str, int], list[Seen]]:
        """Columns by header, and every row that holds anything; new rows are not marked yet."""
        body = {
            "dataFilters": [{"a1Range": f"'{TAB}'"}],
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
        }
        answer = self._post(service, "/values:batchGetByDataFilter", body)
        values = answer["valueRanges"][0]["valueRange"].get("values", [])
        if not values:
            return {}, []
        columns = {}
        for index, title in enumerate(values[0]):
            name = " ".join(str(title).split()).strip(" :.").lower()
            name = self.alias[service].get(name, name)
            if name:
                assert name not in columns, f"{service}: two columns {title!r}"
                columns[name] = index
        rows = []
        for number, cells in enumerate(values[1:], start=1):
            if any(str(cell) for cell in cells):
                texts = {
                    name: str(cells[at]) if at < len(cells) else "" for name, at in columns.items()
                }
                rows.append(Seen(number, texts))
        return columns, rows

    def look(self, service: str) -> tuple[dict[str, int], list[Seen]]:
        """The same, with a mark given to each new row."""
        columns, rows = self.table(service)
        requests = []
        for row in rows:
            if row.mark or MARK.lower() not in columns:
                continue
            found = TOKEN.search(row.cells.get("nama lengkap", ""))
            if found is None:
                continue  # what the audit finds too: somebody wrote beside nobody's answers
            person = self.people[found[0]]
            response = self._response_of(person, row)
            if response is None:
                continue
            self._marks += 1
            mark = f"B{self._marks:05d}"
            response.row = mark
            row.cells[MARK.lower()] = mark
            own = {name.lower(): text for name, text in response.answers.items()}
            rest = {"keputusan": "", "catatan petugas": "", "berkas petugas": ""}
            stamp = {"timestamp": row.cells["timestamp"]}
            self.rows[service][mark] = Kept(person, {**own, **rest, **stamp})
            requests.append(self._cell(service, row, columns[MARK.lower()], mark))
        if requests:
            self.change(service, *requests)
        return columns, rows

    @staticmethod
    def _response_of(person: Person, row: Seen) -> Response | None:
        for response in person.responses:
            if not response.row and response.answers["Alamat"] == row.cells["alamat"]:
                return response
        return None

    def seen(self, service: str) -> Iterator[tuple[dict[str, int], Seen, Kept]]:
        """Rows with what is remembered of them, in the sheet's order."""
        columns, rows = self.look(service)
        for row in rows:
            kept = self.rows[service].get(row.mark)
            if kept is not None:
                yield columns, row, kept

    def count(self, service: str, status: str) -> int:
        return sum(row.status == status for _, row, _ in self.seen(service))

    # Writing

    def change(self, service: str, *requests: Any) -> None:
        if requests:
            self._post(service, ":batchUpdate", {"requests": list(requests)})

    def _sheet_id(self, service: str) -> int:
        if service not in self._sheet_ids:
            forms = self.world.call("GET", "/_sandbox/forms")["forms"]
            for form in forms:
                for name, made in self.world.forms.items():
                    if made["formId"] == form["formId"]:
                        self._sheet_ids[name] = form["sheetId"]
        return self._sheet_ids[service]

    def _cell(self, service: str, row: Seen, column: int, text: str) -> Any:
        value = {"userEnteredValue": {"stringValue": text}} if text else {}
        start = {
            "sheetId": self._sheet_id(service),
            "rowIndex": row.index,
            "columnIndex": column,
        }
        rows = [{"values": [value]}]
        return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}

    def span(self, service: str, dimension: str, start: int, end: int) -> Any:
        return {
            "sheetId": self._sheet_id(service),
            "dimension": dimension,
            "startIndex": start,
            "endIndex": end,
        }

    def row_range(self, service: str, start: int, end: int) -> Any:
        return {
            "sheetId": self._sheet_id(service),
            "startRowIndex": start,
            "endRowIndex": end,
        }

    def type(self, service: str, columns: dict[str, int], row: Seen, **cells: str) -> None:
        """`keputusan="Setujui"`: into the row, and into the memory."""
        named = {name.replace("_", " "): text for name, text in cells.items()}
        self.change(
            service,
            *(self._cell(service, row, columns[name], text) for name, text in named.items()),
        )
        self.rows[service][row.mark].cells |= named

    def decide(
        self,
        service: str,
        columns: dict[str, int],
        row: Seen,
        person: Person,
        word: str,
        note: str | None = None,
    ) -> None:
        """Types a decision, "" to empty the cell."""
        cells = {"keputusan": word}
        if note is not None:
            cells["catatan_petugas"] = note
        said = note if note is not None else row.cells["catatan petugas"]
        meant = word.strip().capitalize()
        if meant == "Setujui" and row.status != "Perlu dicek":
            person.approved.add(row.code)
        if meant == "Kirim ulang":
            person.resend_orders += 1
            person.arrived_before = self.letters_to(person, row.cells["no. permohonan"])
        if meant not in ("Tolak", "Minta perbaikan") or said.strip():
            person.words.add(meant)
        self.type(service, columns, row, **cells)

    def letters_to(self, person: Person, reference: str) -> int:
        """How many letters of this application have arrived in the applicant's mailbox."""
        return sum(
            person.email in mail["recipients"]
            and bool(mail["attachments"])
            and reference in mail["text"]
            for mail in self.world.call("GET", "/_sandbox/mailbox")["messages"]
        )
