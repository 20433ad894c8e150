"""Officers who decide, and who rearrange their sheets while the worker runs. What they do is drawn from one Random.

Everything but deciding leaves every row's contents whole: rows and columns change place, and what is pasted over is
Loket's own. Where a further change would make a row ambiguous for anyone, the bot waits (Person.steady).
"""

from collections.abc import Callable

from sync.core.fingerprint import fingerprint
from sync.core.workflow.model import Workflow
from tests.acceptance.people import Person
from tests.acceptance.sheets_by_hand import MARK, SYSTEM, Kept, Seen, Sheets

NOTES = ("Alamat belum jelas.", "Berkas kurang; lengkapi dulu.", "Bukan wilayah kami.")
WIDE = 5000  # beyond any sheet of this run


class OfficersBot(Sheets):
    """`deeds` are what an officer may do next, each for one service."""

    workflows: dict[str, Workflow]

    @property
    def deeds(self) -> dict[Callable[[str], None], int]:
        """Each with its weight."""
        return {
            self.decide_something: 30,
            self.sort: 4,
            self.filter: 2,
            self.insert_blank_rows: 2,
            self.delete_a_blank_row: 2,
            self.delete_a_row: 1,
            self.duplicate_a_row: 2,
            self.delete_a_copy: 4,
            self.cut_and_paste_a_row: 2,
            self.move_a_column: 2,
            self.hide_or_show: 2,
            self.rename_a_column: 2,
            self.paste_over_system_cells: 4,
            self.correct_an_answer: 4,
        }

    def prepare(self, service: str) -> None:
        """An officers' column of their own, to the left of everything."""
        self.change(
            service,
            {
                "insertDimension": {
                    "range": self.span(service, "COLUMNS", 0, 1),
                    "inheritFromBefore": False,
                }
            },
            self._cell(service, Seen(0, {}), 0, MARK),
        )

    # Deciding

    def decide_something(self, service: str) -> None:
        found = [each for each in self.seen(service) if each[1].status and each[2].person.steady]
        self.rng.shuffle(found)
        first = {"Menunggu petugas": 0, "Perlu dicek": 0, "Gagal kirim": 0, "Selesai": 2}
        found.sort(key=lambda each: first.get(each[1].status, 1))
        for columns, row, kept in found[: self.rng.randint(1, 4)]:
            person = kept.person
            there = row.cells["keputusan"]
            if row.status == "Perlu dicek":
                self.settle_uncertain(service, columns, row, person)
            elif there and self.rng.random() < 0.7:
                self.decide(service, columns, row, person, "")
            elif row.status == "Menunggu petugas":
                self._decide_freely(service, columns, row, person)
            elif row.status in ("Gagal kirim", "Selesai"):
                self.decide(service, columns, row, person, "Kirim ulang")
            elif self.rng.random() < 0.2:  # what means nothing here
                word = self.rng.choice(("Setujui", "Kirim ulang", "Batalkan", "oke", "??"))
                self.decide(service, columns, row, person, word)

    def _decide_freely(
        self, service: str, columns: dict[str, int], row: Seen, person: Person
    ) -> None:
        word = self.rng.choices(
            ("Setujui", " setujui ", "Tolak", "Minta perbaikan", "Batalkan", "oke", "Kirim ulang"),
            (60, 5, 8, 12, 4, 3, 2),
        )[0]
        note = None
        if word in ("Tolak", "Minta perbaikan"):
            note = self.rng.choice((*NOTES, "", " "))
        self.decide(service, columns, row, person, word, note)

    def settle_uncertain(
        self, service: str, columns: dict[str, int], row: Seen, person: Person
    ) -> None:
        """Asks the applicant, whose mailbox this is, and chooses as the row says."""
        arrived = self.letters_to(person, row.cells["no. permohonan"]) > person.arrived_before
        word = "Setujui" if arrived else "Kirim ulang"
        self.decide(service, columns, row, person, "" if row.cells["keputusan"] else word)

    # Rearranging

    def sort(self, service: str) -> None:
        columns, rows = self.look(service)
        if rows:
            order = self.rng.choice(("ASCENDING", "DESCENDING"))
            by = self.rng.choice(sorted(columns.values()))
            area = self.row_range(service, 1, max(row.index for row in rows) + 1)
            specs = [{"dimensionIndex": by, "sortOrder": order}]
            self.change(service, {"sortRange": {"range": area, "sortSpecs": specs}})

    def filter(self, service: str) -> None:
        if self.rng.random() < 0.5:
            area = {"sheetId": self._sheet_id(service)}
            self.change(service, {"setBasicFilter": {"filter": {"range": area}}})
        else:
            self.change(service, {"clearBasicFilter": {"sheetId": self._sheet_id(service)}})

    def insert_blank_rows(self, service: str) -> None:
        _, rows = self.look(service)
        at = self.rng.randint(1, len(rows) + 1)
        span = self.span(service, "ROWS", at, at + self.rng.randint(1, 3))
        self.change(service, {"insertDimension": {"range": span, "inheritFromBefore": at > 1}})

    def delete_a_blank_row(self, service: str) -> None:
        _, rows = self.look(service)
        used = {row.index for row in rows}
        blank = [at for at in range(1, max(used, default=1)) if at not in used]
        if blank:
            at = self.rng.choice(blank)
            self.change(
                service, {"deleteDimension": {"range": self.span(service, "ROWS", at, at + 1)}}
            )

    def _placed(self, service: str) -> list[tuple[dict[str, int], Seen, Kept]]:
        """Rows whose reference stands in them, and whose people nothing else is under way for."""
        return [
            each
            for each in self.seen(service)
            if each[1].cells["no. permohonan"]
            and each[1].status not in ("", "Digantikan")
            and each[2].person.steady
            and not each[2].person.pending
        ]

    def delete_a_row(self, service: str) -> None:
        if found := self._placed(service):
            _, row, kept = self.rng.choice(found)
            span = self.span(service, "ROWS", row.index, row.index + 1)
            self.change(service, {"deleteDimension": {"range": span}})
            del self.rows[service][row.mark]
            kept.person.deleted = True

    def duplicate_a_row(self, service: str) -> None:
        found = [each for each in self._placed(service) if each[1].status in STILL]
        if not found:
            return
        columns, row, kept = self.rng.choice(found)
        at = row.index + 1
        self._marks += 1
        mark = f"B{self._marks:05d}"
        source, copy = (
            self.row_range(service, row.index, at),
            self.row_range(service, at, at + 1),
        )
        self.change(
            service,
            {
                "insertDimension": {
                    "range": self.span(service, "ROWS", at, at + 1),
                    "inheritFromBefore": True,
                }
            },
            {"copyPaste": {"source": source, "destination": copy, "pasteType": "PASTE_NORMAL"}},
            self._cell(service, Seen(at, {}), columns[MARK.lower()], mark),
        )
        self.rows[service][mark] = Kept(kept.person, dict(kept.cells), copy=True)
        kept.person.copies += 1

    def delete_a_copy(self, service: str) -> None:
        copies = [each for each in self.seen(service) if each[2].copy]
        if copies:
            _, row, kept = self.rng.choice(copies)
            span = self.span(service, "ROWS", row.index, row.index + 1)
            self.change(service, {"deleteDimension": {"range": span}})
            del self.rows[service][row.mark]
            kept.person.copies -= 1

    def cut_and_paste_a_row(self, service: str) -> None:
        if found := self._placed(service):
            _, row, kept = self.rng.choice(found)
            below = max(each[1].index for each in found) + self.rng.randint(1, 2)
            span = self.span(service, "ROWS", below, below + 1)
            source = self.row_range(service, row.index, row.index + 1)
            to = {"sheetId": self._sheet_id(service), "rowIndex": below, "columnIndex": 0}
            if below <= row.index:
                return
            self.change(
                service,
                {"insertDimension": {"range": span, "inheritFromBefore": True}},
                {"cutPaste": {"source": source, "destination": to, "pasteType": "PASTE_NORMAL"}},
            )
            kept.person.moved = True

    def move_a_column(self, service: str) -> None:
        columns, _ = self.look(service)
        last = max(columns.values())
        source = self.rng.randint(0, last)
        to = self.rng.randint(0, last)
        self.change(
            service,
            {
                "moveDimension": {
                    "source": self.span(service, "COLUMNS", source, source + 1),
                    "destinationIndex": to,
                }
            },
        )

    def hide_or_show(self, service: str) -> None:
        columns, _ = self.look(service)
        at = self.rng.choice(sorted(columns.values()))
        properties = {"hiddenByUser": self.rng.random() < 0.6}
        self.change(
            service,
            {
                "updateDimensionProperties": {
                    "range": self.span(service, "COLUMNS", at, at + 1),
                    "properties": properties,
                    "fields": "hiddenByUser",
                }
            },
        )

    def rename_a_column(self, service: str, *, back: bool = False) -> None:
        """To another spelling of the same, or away for a while and back."""
        columns, _ = self.look(service)
        alias = self.alias[service]
        if alias:
            changed, title = next(iter(alias.items()))
            new = title.title()
            alias.clear()
            self.change(service, self._cell(service, Seen(0, {}), columns[title], new))
            return
        title = self.rng.choice(("alamat", "nik", "nama lengkap", "keputusan", "status"))
        if back:
            return
        if title in ("alamat", "nik") and self.rng.random() < 0.5:
            changed = f"{title} lama"
            alias[changed] = title
        else:
            changed = self.rng.choice(
                (title.upper(), f"  {title} :", title.replace(" ", "  ") + ".")
            )
        self.change(service, self._cell(service, Seen(0, {}), columns[title], changed))

    def paste_over_system_cells(self, service: str) -> None:
        found = self._placed(service)
        if len(found) < 2:
            return
        (columns, row, kept), (_, other, _) = self.rng.sample(found, 2)
        chosen = self.rng.sample(SYSTEM, self.rng.randint(1, 5))
        junk = {name: self.rng.choice(("Selesai", "x", "", other.cells[name])) for name in chosen}
        self.change(
            service,
            *(self._cell(service, row, columns[name], text) for name, text in junk.items()),
        )
        if "no. permohonan" in junk:
            kept.person.pasted = True
            kept.person.reference = row.cells["no. permohonan"]

    def correct_an_answer(self, service: str) -> None:
        found = [each for each in self.seen(service) if each[2].person.steady]
        if not found:
            return
        columns, row, kept = self.rng.choice(found)
        good = row.code in kept.person.good
        answers = kept.person.write(self.rng, good=True)
        if not good:
            code = answers["Alamat"].rpartition("kode-")[2]
            kept.person.good.discard(code)
            kept.person.bad.add(code)
        kept.person.pending = row.status != "Digantikan"  # there it changes nothing
        self.type(service, columns, row, alamat=answers["Alamat"])

    def print_of(self, service: str, row: Seen) -> str:
        workflow = self.workflows[service]
        return fingerprint(workflow, {name: row.cells[name.lower()] for name in workflow.questions})

    def watch(self, service: str, known: set[tuple[str, str]]) -> None:
        """Notices what has come to rest. `known`: tokens with the fingerprint that the ledger read in their rows."""
        statuses: dict[str, list[str]] = {}
        for _, row, kept in self.seen(service):
            person = kept.person
            if not kept.copy:
                there = (person.token, self.print_of(service, row))
                person.pending = person.pending and there not in known
            if person.pasted and row.cells["no. permohonan"] == person.reference:
                person.pasted = False
            statuses.setdefault(person.token, []).append(row.status)
        for token, found in statuses.items():
            person = self.people[token]
            if person.again and found.count("Digantikan") == len(person.responses) - 1:
                person.again = False


STILL = ("Selesai", "Ditolak", "Dibatalkan", "Menunggu petugas")
