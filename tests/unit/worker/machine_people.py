"""What people do at the counter, in any order: applicants, officers, and the cycles in between.

Of the state machine in test_worker_machine.py; what holds all the same stands in machine_promises.py.
"""

import shutil
import tempfile
from collections import Counter as Count
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sync.core.application import Application
from sync.core.chat import Arrival, Report
from sync.core.delivery import IntentState
from sync.core.projection import LABEL_COPY, LABEL_REPLACED
from sync.core.settings import Settings
from sync.core.survey import Reach
from sync.core.workflow.model import Workflow
from sync.ledger.engine import open_engine, sqlite_url
from sync.ledger.ledger import Ledger
from sync.worker.counter import Counter
from sync.worker.cycle import CycleReport, run_cycle
from tests.fakes.fuse import Fuse, FusedLedger
from tests.unit.worker.machine_chat import (
    WORKFLOW,
    ChatMessages,
    Fate,
    Killed,
    WatchedChat,
    WatchedWhatsApp,
    fates,
    phone_of,
)
from tests.unit.worker.machine_world import (
    FusedPress,
    PaperRow,
    Stroke,
    WatchedChannel,
    WatchedDesk,
    response_of,
)

WORDS = ["Setujui", "Setujui", "Tolak", "Minta perbaikan", "Kirim ulang", "Batalkan", "?"]
WISHES = {  # by the status shown: what leads on, and what ends it
    "Menunggu petugas": ("Setujui", "Tolak"),
    "Perlu dicek": ("Kirim ulang", "Setujui"),
    "Gagal kirim": ("Kirim ulang", "Batalkan"),
    "Selesai": ("Kirim ulang", "Batalkan"),
}
GOOD_NIK, BAD_NIK = "6402014101900001", "123"
MOST_RESPONSES = 5

index = st.integers(0, 9)
when = st.sampled_from(["now", "now", "now", "in the write", "in the sending", "in the telling"])


class PeopleMachine(RuleBasedStateMachine):
    """`empty` is a migrated ledger without anything in it; `tells_by`: how applicants are told besides email."""

    empty: Path
    reach = Reach()
    tells_by: type[WatchedChat] = WatchedWhatsApp

    @initialize(pace=st.integers(1, 4), fates=st.lists(fates, max_size=8))
    def opens(self, pace: int, fates: list[Fate]) -> None:
        """`pace`: how many things happen between two cycles. `fates`: what becomes of the first messages by chat."""
        self.pace, self.happened = pace, 0
        self.folder = Path(tempfile.mkdtemp(prefix="loket-machine-"))
        shutil.copy(self.empty, self.folder / "ledger.sqlite3")
        self.ledger = FusedLedger(open_engine(sqlite_url(self.folder / "ledger.sqlite3")))
        self.fuse = self.ledger.fuse = Fuse()
        self.unknowable: set[int] = set()
        self.desk = WatchedDesk(self.fuse)
        self.email = WatchedChannel("email", self.fuse, self.unknowable, repeatable=False)
        self.drive = WatchedChannel("drive", self.fuse, self.unknowable, repeatable=True)
        self.chat = self.tells_by(self.fuse, self.unknowable, self.hears)
        self.chat.fates = list(fates)
        self.press = FusedPress(self.fuse)
        self.settings = Settings()
        self.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
        self.people: list[int] = []  # of each response, who sent it
        self.changes = 0
        self.retried: Count[str] = Count()
        self.edited: dict[int, int] = {}  # responses changed since the last whole cycle: in which
        self.disturbed: dict[int, int] = {}  # responses whose rows were copied, wiped or torn
        self.torn: set[int] = set()  # of these, other than copied
        self.of_form: dict[int, PaperRow] = {}  # the row that a response's edit link writes in
        self.binned: list[PaperRow] = []
        self.cycles = 0
        self.holders: dict[int, set[int]] = {}
        self.failed = False
        self.worker = self.started()

    def started(self) -> Counter:
        """A worker that was just started: only the ledger, the data folder and the world outside last."""
        return Counter(
            workflow=Workflow.model_validate(
                {**WORKFLOW, "deliver": ["email", "drive", self.chat.name]}
            ),
            settings=self.settings,
            ledger=self.ledger,
            desk=self.desk,
            press=self.press,  # type: ignore[arg-type]
            channels={channel.name: channel for channel in self.channels},
            messages=ChatMessages(),  # type: ignore[arg-type]
            data=self.folder,
            clock=lambda: self.now,
            reach=self.reach,
        )

    @property
    def channels(self) -> tuple[WatchedChannel, WatchedChannel, WatchedChat]:
        return self.email, self.drive, self.chat

    def hears(self, key: str, arrival: Arrival) -> None:
        """The webhook: another process, which no fuse of the worker's puts out."""
        with Ledger.begin(self.ledger) as tx:
            tx.chat.report(Report(self.chat.name, key, arrival, self.now, "sebabnya"))

    # --- applicants

    @precondition(lambda self: len(self.people) < MOST_RESPONSES)
    @rule(nik=st.sampled_from([GOOD_NIK, GOOD_NIK, BAD_NIK]))
    def applies(self, nik: str) -> None:
        person = len(self.people)
        self.does("now", lambda: self.responds(person, f"p{person}@example.org", nik, ""))

    @precondition(lambda self: len(self.people) < MOST_RESPONSES)
    @rule(at=index, nik=st.sampled_from([GOOD_NIK, BAD_NIK]), moment=when)
    def answers_again(self, at: int, nik: str, moment: str) -> None:
        """By the prefilled link of the message that asked for mending."""
        rows = [row for row in self.desk.rows if row.status == "Perlu perbaikan"]
        if not rows:
            return
        row = rows[at % len(rows)]
        reference, email = row.system.get("reference", ""), str(row.answers["Alamat Email"])
        person = self.people[response_of(row.address)]

        def act() -> None:
            if len(self.people) < MOST_RESPONSES:
                self.disturb(row, lambda: self.responds(person, email, nik, reference))

        self.does(moment, act)

    def responds(self, person: int, email: str, nik: str, reference: str) -> None:
        number = len(self.people)
        self.people.append(person)
        answers = {
            "Nomor Permohonan": reference,
            "Nama Lengkap": f"Pemohon {'ABCDEFGHIJ'[person]}",
            "Alamat Email": email,
            "WA": phone_of(person),
            "NIK": nik,
            "Alamat": f"Jl. {number}.0",
        }
        row = PaperRow(answers["Nama Lengkap"], dict(answers), f"46350.{number}")
        self.of_form[number] = row
        self.desk.rows.append(row)

    @rule(
        at=index,
        what=st.sampled_from(["good", "good", "bad", "email", "phone", "nothing"]),
        officer=st.booleans(),
        moment=when,
    )
    def edits(self, at: int, what: str, officer: bool, moment: str) -> None:
        """The applicant by the form's edit link; the officer in the cell, which leaves the timestamp as it is."""
        row = self.some_row(at)
        if row is None:
            return

        def act() -> None:
            if self.stands(row) and (self.is_alone(row) or self.corrects(row, officer)):
                self.rewrites(row, what, officer)

        self.does(moment, act)

    @rule(at=index, what=st.sampled_from(["good", "bad"]), moment=when)
    def is_copied_and_edited(self, at: int, what: str, moment: str) -> None:
        """An officer copies the row, and its applicant corrects the response before anybody looks."""
        row = self.some_row(at)
        if row is None:
            return

        def act() -> None:
            if self.stands(row) and self.is_alone(row) and self.corrects(row, officer=False):
                self.disturb(row, lambda: self.paste_copy(row), torn=False)
                self.rewrites(row, what, officer=False)

        self.does(moment, act)

    def rewrites(self, row: PaperRow, what: str, officer: bool) -> None:
        number = response_of(row.address)
        self.edited[number] = self.cycles
        self.changes += 1
        if what != "nothing":
            row.answers["Alamat"] = f"Jl. {number}.{self.changes}"
        if what in ("good", "bad"):
            row.answers["NIK"] = GOOD_NIK if what == "good" else BAD_NIK
        if what == "email" and self.is_placed(row):
            person = self.people[number]
            row.answers["Alamat Email"] = f"p{person}.{self.changes}@example.org"
        if what == "phone":
            row.answers["WA"] = phone_of(self.people[number], self.changes)
        if not officer:
            row.submitted = f"46351.{self.changes}"

    def is_alone(self, row: PaperRow) -> bool:
        """Nothing is under way that makes a further change of the row ambiguous."""
        number = response_of(row.address)
        told_aside = row.status in (LABEL_COPY, LABEL_REPLACED)
        return not told_aside and number not in self.disturbed and self.rows_of(number) == [row]

    def corrects(self, row: PaperRow, officer: bool) -> bool:
        """By the form's edit link, while copies of the row stand beside it."""
        number = response_of(row.address)
        is_known = bool(row.system.get("reference")) or row.status == LABEL_COPY
        own = self.of_form[number] is row and row.status != LABEL_REPLACED
        return not officer and own and is_known and number not in self.torn | self.edited.keys()

    # --- officers

    @rule(at=index, word=st.sampled_from(WORDS), note=st.sampled_from(["", "a", "b"]), moment=when)
    def decides(self, at: int, word: str, note: str, moment: str) -> None:
        row = self.some_row(at)
        if row is not None:
            self.does(moment, lambda: self.types(row, word, note))

    @rule(at=index, wish=st.sampled_from(["yes", "yes", "yes", "no", "other"]))
    def decides_anew(self, at: int, wish: str) -> None:
        """Where somebody has to: empties the cell, waits, decides."""
        waiting = [row for row in self.desk.rows if row.status in WISHES]
        if not waiting:
            return
        row = waiting[at % len(waiting)]
        yes, no = WISHES[row.status]
        self.does("now", lambda: self.types(row, "", ""))
        self.cycle()
        word = {"yes": yes, "no": no, "other": "Minta perbaikan"}[wish]
        self.does("now", lambda: self.types(row, word, "c"))

    @rule(at=index, moment=when)
    def clears(self, at: int, moment: str) -> None:
        row = self.some_row(at)
        if row is not None:
            self.does(moment, lambda: self.types(row, "", row.officer.get("officer_note", "")))

    def types(self, row: PaperRow, word: str, note: str) -> None:
        """Choosing the word that stands there already changes nothing in the cell."""
        was = (row.officer.get("decision", ""), row.officer.get("officer_note", ""))
        same = was[0] == word and (was[1] == note or word not in ("Tolak", "Minta perbaikan"))
        row.officer = {"decision": word, "officer_note": note}
        if not same:
            void = row.status in (LABEL_COPY, LABEL_REPLACED)
            row.stroke = Stroke(word, row.address, void) if word else None

    @rule(
        what=st.sampled_from(["copy", "delete", "sort", "wipe", "scribble", "tear"]),
        at=index,
        other=index,
        moment=when,
    )
    def moves_cells(self, what: str, at: int, other: int, moment: str) -> None:
        row, beside = self.some_row(at), self.some_row(other)
        if row is None or beside is None:
            return
        act = {
            "copy": lambda: self.disturb(row, lambda: self.paste_copy(row), torn=False),
            "delete": lambda: self.deletes(row),
            "sort": lambda: Random(other).shuffle(self.desk.rows),
            "wipe": lambda: self.disturb(row, row.system.clear),
            "scribble": lambda: self.scribbles(row, ["status", "note", "updated"][other % 3]),
            "tear": lambda: self.disturb(row, lambda: self.tears(row, beside)),
        }[what]
        self.does(moment, act)

    def paste_copy(self, row: PaperRow) -> None:
        parts = {name: dict(getattr(row, name)) for name in ("answers", "system", "officer")}
        self.desk.rows.append(replace(row, **parts))

    def deletes(self, row: PaperRow) -> None:
        if self.stands(row):
            self.desk.rows = [one for one in self.desk.rows if one is not row]
            self.binned.append(row)

    def scribbles(self, row: PaperRow, cell: str) -> None:
        if row.status not in (LABEL_COPY, LABEL_REPLACED):
            row.system[cell] = "tulisan petugas"

    def tears(self, one: PaperRow, two: PaperRow) -> None:
        """Only the answers are sorted: the cells beside them belong to another row now."""

        def swap() -> None:
            for name in ("system", "officer", "stroke", "shown"):
                mine, theirs = getattr(one, name), getattr(two, name)
                setattr(one, name, theirs)
                setattr(two, name, mine)

        self.disturb(two, swap)

    @precondition(lambda self: self.binned)
    @rule(at=index)
    def brings_back(self, at: int) -> None:
        """Undo, or the version history."""
        row = self.binned.pop(at % len(self.binned))
        self.does("now", lambda: self.desk.rows.append(row))

    def disturb(self, row: PaperRow, act: Callable[[], None], *, torn: bool = True) -> None:
        """Not beside an unread edit: then a row would have lost all by which it can be known."""
        number = response_of(row.address)
        if self.stands(row) and number not in self.edited:
            self.disturbed[number] = self.cycles
            self.torn |= {number} if torn else set()
            act()

    def does(self, moment: str, act: Callable[[], None]) -> None:
        def changing() -> None:
            act()
            self.desk.changes += 1

        if moment == "now":
            changing()
        elif moment == "in the write":
            self.desk.interruptions.append(changing)
        else:
            channel = self.chat if moment == "in the telling" else self.email
            channel.interruptions.append(changing)

    def some_row(self, at: int) -> PaperRow | None:
        return self.desk.rows[at % len(self.desk.rows)] if self.desk.rows else None

    def stands(self, row: PaperRow) -> bool:
        return any(one is row for one in self.desk.rows)

    def rows_of(self, number: int) -> list[PaperRow]:
        return [row for row in self.desk.rows if response_of(row.address) == number]

    # --- the worker

    def cycle(self) -> CycleReport:
        self.now += timedelta(minutes=1)
        self.cycles += 1
        late = self.desk.late is not None
        try:
            report = run_cycle(self.worker)
        except Killed:
            self.nobody_knows_of_what_was_on_its_way()
            self.worker = self.started()
            return self.cycle()
        cut = self.fuse.went_off or self.worker.stop.is_set()
        read = self.reach.whole_rows or report.at_rest
        if read and not report.trouble and not late and not cut and self.all_shown():
            for unread in (self.edited, self.disturbed):
                for number in [n for n, cycle in unread.items() if cycle < self.cycles]:
                    del unread[number]
            self.torn &= self.disturbed.keys()
        self.audit()
        return report

    def nobody_knows_of_what_was_on_its_way(self) -> None:
        with self.ledger.reading() as look:
            for application in look.applications.of_workflow():
                for record in look.intents.of(application.id):
                    if record.intent.state is IntentState.SENDING:
                        self.unknowable.add(record.intent.id)

    def all_shown(self) -> bool:
        own = {
            one.reference: response_of(str(one.answers["Alamat"])) for one in self.applications()
        }
        return all(
            row.status in (LABEL_COPY, LABEL_REPLACED)
            or own.get(row.system.get("reference", "")) == response_of(row.address)
            for row in self.desk.rows
        )

    def is_placed(self, row: PaperRow) -> bool:
        """Before that, another address makes it another person's row."""
        reference = row.system.get("reference")
        return any(one.reference == reference and one.placed for one in self.applications())

    def applications(self) -> list[Application]:
        with self.ledger.reading() as look:
            return list(look.applications.of_workflow())

    def audit(self) -> None:
        raise NotImplementedError
