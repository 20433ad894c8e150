"""What the counter promises whatever happened: looked at after every cycle, and in the end when all came to rest."""

import re
import shutil
from collections import Counter as Count
from datetime import timedelta

from sync.core.application import Application
from sync.core.chat import Arrival
from sync.core.delivery import Intent, IntentState, Kind
from sync.core.projection import LABEL_COPY, LABEL_REPLACED, status_label
from sync.core.references import read_reference
from sync.core.states import State
from sync.ledger.intents import IntentRecord, unsettled
from sync.worker.cycle import CycleReport
from tests.unit.worker.machine_chat import ensure_truth, owner_of
from tests.unit.worker.machine_people import GOOD_NIK, PeopleMachine
from tests.unit.worker.machine_world import response_of

DONE = {State.DELIVERED, State.REJECTED, State.CANCELLED}
WAITING = {State.NEEDS_FIXING, State.IN_REVIEW, State.UNCERTAIN, State.FAILED}
LETTER_OUT = {State.DELIVERING, State.UNCERTAIN, State.FAILED, State.DELIVERED}
DECIDED_BY = {  # an event that only an officer's word brings about
    "approved": "Setujui",
    "rejected": "Tolak",
    "mending_asked": "Minta perbaikan",
    "cancelled": "Batalkan",
    "delivery_confirmed": "Setujui",
}


class Promises(PeopleMachine):
    # --- what holds at every moment

    def audit(self) -> None:
        with self.ledger.reading() as look:
            applications = list(look.applications.of_workflow())
            records = {one.id: look.intents.of(one.id) for one in applications}
            events = {one.id: look.applications.events(one.id) for one in applications}
            letters = {one.id: look.documents.of(one.id) for one in applications}
            serials = {year: look.numbers.letters("domisili", year) for year in (2026, 2027, 2028)}
        self.failed = True  # until all of it was found true
        self.numbers_have_no_gap(applications, serials)
        for one in applications:
            kinds = Count(event.kind for event in events[one.id])
            self.one_application_a_response(one)
            self.only_officers_decided(one, kinds)
            self.intents_in_order(one, records[one.id], kinds)
            if one.state in WAITING:
                assert one.note.strip(), (
                    f"{one.reference} waits for somebody and does not say for what"
                )
            if one.state not in LETTER_OUT:
                assert letters[one.id] is None
                assert not any(r.intent.kind is Kind.LETTER for r in records[one.id])
        self.letters_hold_what_was_decided({one.reference: one for one in applications})
        self.failed = False

    def numbers_have_no_gap(
        self, applications: list[Application], serials: dict[int, list[int]]
    ) -> None:
        numbers = [one.letter_number for one in applications if one.letter_number]
        assert len(numbers) == len(set(numbers)) == sum(map(len, serials.values()))
        for of_year in serials.values():
            assert of_year == list(range(1, len(of_year) + 1))
        given: dict[int, list[int]] = {}
        for one in applications:
            reference = read_reference(one.reference)
            assert reference is not None
            given.setdefault(reference.year, []).append(reference.serial)
        for of_year in given.values():
            assert sorted(of_year) == list(range(1, len(of_year) + 1))

    def one_application_a_response(self, one: Application) -> None:
        number = response_of(str(one.answers["Alamat"]))
        holders = self.holders.setdefault(number, set())
        holders.add(one.id)
        assert len(holders) == 1, f"response {number} became two applications"
        person = self.people[number]
        assert one.name == f"Pemohon {'ABCDEFGHIJ'[person]}"

    def only_officers_decided(self, one: Application, kinds: Count[str]) -> None:
        """Every decision recorded is a stroke of the pen beside this application's answers, each counted once."""
        mine = {number for number, holders in self.holders.items() if one.id in holders}
        strokes = Count(
            stroke.word for stroke in self.desk.strokes_read if response_of(stroke.address) in mine
        )
        for kind, word in DECIDED_BY.items():
            assert kinds[kind] <= strokes[word], f"{one.reference}: {kind} without an officer"
        most = strokes["Kirim ulang"] + self.retried[one.reference]
        assert kinds["resend_asked"] <= most, f"{one.reference}: sent again without an officer"

    def intents_in_order(
        self, one: Application, records: list[IntentRecord], kinds: Count[str]
    ) -> None:
        for record in records:
            if record.intent.state is IntentState.UNCERTAIN:
                assert record.intent.id in self.unknowable, f"{one.reference}: it could be known"
            if record.intent.kind is Kind.LETTER:
                assert record.series <= 1 + kinds["resend_asked"]
        if one.state is State.UNCERTAIN:
            assert any(record.intent.state is IntentState.UNCERTAIN for record in records)

    def letters_hold_what_was_decided(self, applications: dict[str, Application]) -> None:
        approved = {s.address for s in self.desk.strokes_read if s.word == "Setujui"}
        for channel in self.channels:
            twice = [key for key, n in Count(i.key for i, _ in channel.arrived).items() if n > 1]
            assert not twice, f"delivered twice: {twice}"
            printed: dict[str, str] = {}
            for intent, message in channel.arrived:
                letter = intent.kind is Kind.LETTER
                assert letter == (message.letter is not None)
                application = applications[intent.reference]
                mine = {n for n, holders in self.holders.items() if application.id in holders}
                people = {self.people[number] for number in mine}
                assert len(people) == 1
                person = people.pop()
                if channel is self.chat:
                    assert owner_of(intent.address) == person, "misdirected"
                    assert not letter
                    self.truly_ready(intent)
                else:
                    assert re.match(rf"p{person}[.@]", intent.address), "misdirected"
                if message.letter is None:
                    continue
                address = re.search(r"Jl\. .*", message.letter.pdf.decode())
                assert address is not None
                assert response_of(address.group()) in mine, "another one's letter"
                assert address.group() in approved, "nobody approved these answers"
                assert application.state in LETTER_OUT
                assert application.letter_number == message.letter.number
                assert printed.setdefault(intent.reference, message.letter.sha256) == (
                    message.letter.sha256
                ), "not the same bytes"

    def truly_ready(self, told: Intent) -> None:
        """ "Your letter is in your mail": then it is."""
        if told.kind is Kind.READY:
            mailed = {intent.reference for intent, m in self.email.arrived if m.letter}
            assert told.reference in mailed, "told before the letter went"

    # --- and in the end

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            if not self.failed:
                self.the_end()
        finally:
            self.ledger.close()
            shutil.rmtree(self.folder)

    def the_end(self) -> None:
        """The weather clears up: everything comes to rest, and does as its notes say when they are followed."""
        self.fuse.put_out()
        for channel in self.channels:
            channel.away = channel.crash_after_sending = None
            channel.failures, channel.asking_failures, channel.interruptions = [], [], []
        self.desk.interruptions = []
        self.desk.fails_in, self.desk.late = set(), None
        self.desk.protected, self.press.fails_for = set(), set()
        self.cycle()
        self.mails_a_day(
            450
        )  # by a worker that was just started: the one before may still tell of a clock set back
        self.comes_to_rest()
        for _ in range(6):
            waiting = [
                one for one in self.applications() if self.has_row(one) and one.state in WAITING
            ]
            for one in waiting:
                self.follow_the_note(one)
            self.comes_to_rest()
        left = [one for one in self.applications() if self.has_row(one) and one.state not in DONE]
        self.chat.words_come()
        self.comes_to_rest()
        assert not left, f"no way out: {[(one.state, one.note) for one in left]}"
        self.the_last_word_stands()

    def has_row(self, one: Application) -> bool:
        return one.missing_at is None

    def comes_to_rest(self) -> None:
        for _ in range(150):
            report = self.cycle()
            if report.at_rest:
                if not self.under_way():
                    break
                self.now += timedelta(hours=1)
        else:
            raise AssertionError(f"never at rest: {report}, {self.under_way()}")
        assert not report.trouble, report.trouble
        self.rows_say_what_the_ledger_says(report)
        self.messages_fared_as_told()

    def messages_fared_as_told(self) -> None:
        with self.ledger.reading() as look:
            for one in look.applications.of_workflow():
                kinds = Count(event.kind for event in look.applications.events(one.id))
                ensure_truth(one, look.intents.of(one.id), kinds, self.chat)

    def the_last_word_stands(self) -> None:
        """Whatever came before it: what is told of the newest message in the end, the row says."""
        newest: dict[int, IntentRecord] = {}
        with self.ledger.reading() as look:
            for one in look.applications.of_workflow():
                told = [r for r in look.intents.of(one.id) if r.intent.channel == self.chat.name]
                if told and self.chat.name == "whatsapp" and self.chat.went(told[-1].intent.key):
                    newest[one.id] = told[-1]
        for record in newest.values():
            self.chat.fares(record.intent.key, Arrival.READ)
        self.comes_to_rest()
        for one in self.applications():
            if one.id in newest:
                assert "WhatsApp sudah dibaca" in one.note, f"not the last word: {one.note!r}"

    def under_way(self) -> list[IntentRecord]:
        with self.ledger.reading() as look:
            applications = list(look.applications.of_workflow())
            return [r for one in applications for r in unsettled(look.intents.of(one.id))]

    def rows_say_what_the_ledger_says(self, report: CycleReport) -> None:
        applications = {one.reference: one for one in self.applications()}
        owned = Count[str]()
        for row in self.desk.rows:
            if row.status in (LABEL_COPY, LABEL_REPLACED):
                continue
            reference = row.system.get("reference", "")
            assert reference in applications, f"a row without its application: {row}"
            one = applications[reference]
            owned[reference] += 1
            mine = {number for number, holders in self.holders.items() if one.id in holders}
            assert response_of(row.address) in mine, "a reference beside a stranger's answers"
            assert (row.status, row.system["note"]) == (status_label(one), one.note)
        for reference, one in applications.items():
            assert owned[reference] == (1 if self.has_row(one) else 0)
            assert one.state in DONE | WAITING, f"{reference} is {one.state} at rest"
        responses = {response_of(row.address) for row in self.desk.rows}
        assert responses <= set(self.holders) | self.never_the_newest(), "a response was lost"

    def never_the_newest(self) -> set[int]:
        return {response_of(row.address) for row in self.desk.rows if row.status == LABEL_REPLACED}

    def follow_the_note(self, one: Application) -> None:
        """An officer, or the applicant, who does what the row says and nothing else."""
        row = next(
            row
            for row in self.desk.rows
            if row.system.get("reference") == one.reference
            and row.status not in (LABEL_COPY, LABEL_REPLACED)
        )
        if one.state is State.NEEDS_FIXING:
            self.changes += 1
            row.answers["NIK"] = GOOD_NIK
            row.answers["Alamat"] = f"Jl. {response_of(row.address)}.{self.changes}"
            self.desk.changes += 1
            return
        word = "Setujui" if one.state is State.IN_REVIEW else "Kirim ulang"
        above, _, below = one.note.rpartition("\n")
        choice = "putuskan lagi|pilih Keputusan|Pilih Setujui"
        told = re.search(
            choice if one.state is State.IN_REVIEW else "[^.]*pilih Kirim ulang", below
        )
        assert told, f"{one.state}: the note names no way out: {one.note}"
        sentence = one.note if one.state is State.IN_REVIEW else f"{above} {told.group()}"
        if "kosongkan keputusan" in sentence.casefold():
            self.does("now", lambda: self.types(row, "", ""))
            self.comes_to_rest()
        self.does("now", lambda: self.types(row, word, "a"))
        self.comes_to_rest()
        with self.ledger.reading() as look:
            after = look.applications.get(one.id)
        assert after.state is not one.state, f"{one.state}: as told, in vain: {one.note!r}"
