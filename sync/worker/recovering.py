"""The ledger after a loss: told from the sheet and from Drive what happened without it, so that nothing goes out twice.

Promise: a letter that may have gone out is never sent again silently (the row becomes "Perlu dicek"), a reference or a
letter number that may have been given is never given again. What is certain goes on; the rest an officer decides.
Rows without a reference are new applications, as ever.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sync.core.answers import check_answers, same_key
from sync.core.application import Application
from sync.core.decisions import Decision
from sync.core.delivery import IntentState, Kind
from sync.core.desk import DeskRow
from sync.core.fingerprint import fingerprint
from sync.core.officer_file import letter_words
from sync.core.projection import LABEL_COPY, LABEL_REPLACED, project
from sync.core.recovery import number_in, state_in, updated_in
from sync.core.references import Reference, read_reference
from sync.core.review import AGAIN, UNCERTAIN_CHOICE, answered
from sync.core.states import State
from sync.ledger.desks import restored_mark
from sync.ledger.documents import Document
from sync.ledger.intents import unsettled
from sync.ledger.ledger import Transaction
from sync.worker.counter import Counter
from sync.worker.deciding import decision_in
from sync.worker.durable_file import write_durably
from sync.worker.officer_files import named_file
from sync.worker.outside import Outside, StoredLetter
from sync.worker.recovering_numbers import Numbers, highest_told

UNKNOWN = "Ledger dipulihkan dan tidak diketahui apakah surat ini sudah sampai."
DECIDE_AGAIN = (
    "Ledger dipulihkan; keputusan di baris ini mungkin sudah dijalankan sebelumnya dan tidak dihitung. "
    f"Pastikan pemohon belum menerima surat. {AGAIN}"
)
TELL_AGAIN = "Ledger dipulihkan; pastikan pemohon sudah menerima pemberitahuan ini."
_SENT_OR_NOT = frozenset({State.APPROVED, State.DELIVERING, State.FAILED, State.UNCERTAIN})
_IN_FLIGHT = frozenset({State.APPROVED, State.DELIVERING})
_NO_LETTER_YET = frozenset({State.RECEIVED, State.NEEDS_FIXING, State.IN_REVIEW})
_TOLD_BY_MAIL = frozenset({State.NEEDS_FIXING, State.REJECTED, State.CANCELLED})
_GIVES_A_LETTER = frozenset({Decision.APPROVE.value, Decision.RESEND.value})


@dataclass
class Recovered:
    """What `repair --from-sheet` found, for people. `passed_over`: letter serials that are given to nobody, by year."""

    workflow: str
    behind: bool = False
    registered: int = 0
    brought_up: int = 0
    uncertain: list[str] = field(default_factory=list)
    decide_again: list[str] = field(default_factory=list)
    passed_over: dict[int, tuple[int, int]] = field(default_factory=dict)


def recover(
    counter: Counter, outside: Outside, told: Mapping[int, int] = MappingProxyType({})
) -> Recovered:
    """Safe to repeat. A ledger that is not behind its sheet is left as it is. Raises what the desk raises.

    `told`: the highest letter serials, by year, of the other workflows in the same series (`numbers_told`).
    """
    counter.desk.prepare()
    reading = counter.desk.read()
    rows = _rows(counter, reading.rows)
    bare = sum(_reference(counter, row) is None for row in reading.rows)
    pdfs = _fetch(counter, outside, rows)
    return _Recovery(counter, outside, rows, bare, pdfs, told).run()


def numbers_told(counter: Counter, outside: Outside) -> dict[int, int]:
    """The highest letter serial, by year, that this workflow's sheet and Drive know of. Raises what the desk raises."""
    counter.desk.prepare()
    return highest_told(counter, counter.desk.read().rows, outside.letters)


def _reference(counter: Counter, row: DeskRow) -> Reference | None:
    given = read_reference(row.reference)
    return given if given and given.prefix == counter.workflow.prefix else None


def _rows(counter: Counter, rows: Sequence[DeskRow]) -> dict[str, DeskRow]:
    """The row of each reference: the first that Loket did not call a copy."""
    found: dict[str, DeskRow] = {}
    for row in rows:
        given = _reference(counter, row)
        if given and row.system.get("status") not in (LABEL_COPY, LABEL_REPLACED):
            found.setdefault(str(given), row)
    return found


def _fetch(counter: Counter, outside: Outside, rows: Mapping[str, DeskRow]) -> dict[str, bytes]:
    """The PDFs that the ledger does not have, byte for byte, before any transaction is open."""
    with counter.ledger.reading() as look:
        known = {one.reference: one for one in look.applications.of_workflow(counter.workflow.name)}
        documents = {ref: look.documents.of(one.id) for ref, one in known.items()}
        have = {
            ref for ref, one in documents.items() if one and _lies_here(look, one, counter.data)
        }
        have |= {ref for ref, one in known.items() if one.erased_at is not None}
    found: dict[str, bytes] = {}
    for reference, letter in outside.letters.items():
        if reference in have or reference not in known.keys() | rows.keys():
            continue
        pdf = outside.fetch(letter.file_id)
        if (
            hashlib.sha256(pdf).hexdigest() == letter.sha256
        ):  # else somebody put another in its place
            found[reference] = pdf
    return found


def _lies_here(look: Transaction, letter: Document, data: Path) -> bool:
    """In the data folder, or where several machines serve one ledger, in the ledger."""
    return (data / letter.path).is_file() or look.documents.content(
        letter.application_id
    ) is not None


def _relayed(row: DeskRow) -> bool:
    """What was sent for the row, if anything, is an officer's file: without a number, and never made anew here."""
    return bool(named_file(row)) or letter_words("") in row.system.get("note", "")


class _Recovery:
    def __init__(
        self,
        counter: Counter,
        outside: Outside,
        rows: dict[str, DeskRow],
        bare: int,
        pdfs: dict[str, bytes],
        told: Mapping[int, int],
    ) -> None:
        self._counter, self._outside = counter, outside
        self._rows, self._bare, self._pdfs = rows, bare, pdfs
        self._at = counter.clock()
        self._found = Recovered(counter.workflow.name)
        moments = [m for row in rows.values() if (m := self._updated(row))]
        self._last_sign = max(moments, default=self._at)
        self._numbers = Numbers(counter, self._at, told)

    def run(self) -> Recovered:
        name = self._counter.workflow.name
        with self._counter.ledger.begin() as tx:
            known = {one.reference: one for one in tx.applications.of_workflow(name)}
            self._found.behind = bool(tx.desks.resource(restored_mark(name))) or any(
                reference not in known or self._newer(known[reference], row)
                for reference, row in self._rows.items()
            )
            if not self._found.behind:
                return self._found
            erased = {ref for ref, one in known.items() if one.erased_at is not None}
            for reference, row in self._rows.items():
                if reference in erased:
                    continue
                if reference in known:
                    self._bring_up(tx, known[reference], row)
                else:
                    self._register(tx, reference, row)
            for reference, application in known.items():
                if reference not in self._rows and reference not in erased:
                    self._without_row(tx, application)
            self._numbers.go_on(tx, set(known), set(self._rows), self._outside.letters, self._bare)
            self._found.passed_over = self._numbers.passed_over
            tx.recovering.read_again(name)
        return self._found

    # One row

    def _register(self, tx: Transaction, reference: str, row: DeskRow) -> None:
        counter = self._counter
        checked = check_answers(counter.workflow, row.answers, today=counter.today)
        state, note = self._told(reference, row)
        moment = self._updated(row) or self._at
        key, note = self._decision(reference, row, "", state, note)
        application_id = tx.recovering.register(
            reference=reference,
            state=state,
            at=self._at,
            workflow=counter.workflow.name,
            answers=row.answers,
            fingerprint=fingerprint(counter.workflow, row.answers),
            submitted=row.submitted,
            same_key=same_key(counter.workflow, checked.values),
            name=checked.applicant.name,
            email=checked.applicant.email,
            phone=checked.applicant.phone,
            note=note,
            link=row.system.get("document", ""),
            decision_seen=key,
            officer_note=row.officer.get("officer_note", "").strip(),
            received_at=moment,
            updated_at=self._at,
        )
        self._found.registered += 1
        self._letter(tx, tx.applications.get(application_id), row, moment)

    def _bring_up(self, tx: Transaction, application: Application, row: DeskRow) -> None:
        """The ledger has it: where the row is newer, the row is right; where neither knows, nobody does."""
        counter, reference = self._counter, application.reference
        newer = self._newer(application, row)
        if newer:
            state, note = self._told(reference, row)
        else:
            state, note = self._ledger_told(application)
        key, note = self._decision(reference, row, application.decision_seen, state, note)
        columns: dict[str, Any] = {"note": note, "decision_seen": key}
        if newer:
            checked = check_answers(counter.workflow, row.answers, today=counter.today)
            columns |= {
                "answers": row.answers,
                "fingerprint": fingerprint(counter.workflow, row.answers),
                "submitted": row.submitted,
                "same_key": same_key(counter.workflow, checked.values),
                "name": checked.applicant.name,
                "email": checked.applicant.email or application.email,
                "phone": checked.applicant.phone or application.phone,
                "link": row.system.get("document", "") or application.link,
            }
        changed = any(getattr(application, name, None) != value for name, value in columns.items())
        if changed or state is not application.state:
            tx.recovering.put(application.id, application.state, state, self._at, **columns)
            self._found.brought_up += 1
        self._notices(tx, tx.applications.get(application.id))
        self._letter(tx, tx.applications.get(application.id), row, self._updated(row) or self._at)

    def _without_row(self, tx: Transaction, application: Application) -> None:
        state, note = self._ledger_told(application)
        if state is not application.state:
            tx.recovering.put(application.id, application.state, state, self._at, note=note)
            self._found.brought_up += 1
        elif state is State.IN_REVIEW and not application.letter_number:
            self._numbers.unknown(self._at)  # approved, then the row was deleted: who can tell
        changed = tx.applications.get(application.id)
        self._notices(tx, changed)
        self._letter(tx, changed, None, self._at)

    def _told(self, reference: str, row: DeskRow) -> tuple[State, str]:
        """What a row and Drive together say of an application."""
        note = row.system.get("note", "")
        state = state_in(row.system)
        if state is State.DELIVERED:
            return state, note
        if state in _SENT_OR_NOT or reference in self._outside.letters:
            return self._sent_or_not(reference, note if state is State.UNCERTAIN else "")
        if state in _TOLD_BY_MAIL:
            moment = self._updated(row)
            budget = timedelta(hours=self._counter.settings.worker.retry_for_hours)
            settled = moment is not None and moment < self._last_sign - budget
            lead = "" if settled or TELL_AGAIN in note else f" {TELL_AGAIN}"
            return state or State.IN_REVIEW, note + lead
        return State.IN_REVIEW, note or "Periksa jawaban, lalu pilih Keputusan."

    def _ledger_told(self, application: Application) -> tuple[State, str]:
        stored = application.reference in self._outside.letters
        if application.state in _IN_FLIGHT or (stored and application.state in _NO_LETTER_YET):
            return self._sent_or_not(application.reference, "")
        return application.state, application.note

    def _sent_or_not(self, reference: str, note: str) -> tuple[State, str]:
        """Drive can be asked; no mailbox can."""
        stored = self._outside.letters.get(reference)
        if stored is not None and tuple(self._counter.workflow.deliver) == ("drive",):
            return State.DELIVERED, f"{letter_words(stored.number)} sudah dikirim ke Drive pemohon."
        self._found.uncertain.append(reference)
        return State.UNCERTAIN, note or f"{UNKNOWN} {UNCERTAIN_CHOICE}"

    def _decision(
        self, reference: str, row: DeskRow, seen: str, state: State, note: str
    ) -> tuple[str, str]:
        """A decision that stands there and was not dealt with, as far as the ledger knows, counts no more."""
        key = decision_in(row)[1]
        asks = state is State.IN_REVIEW or key == Decision.RESEND
        if key and key != seen and asks and state is not State.UNCERTAIN:
            self._found.decide_again.append(reference)
            if key in _GIVES_A_LETTER and state is State.IN_REVIEW:
                self._numbers.unknown(self._updated(row) or self._at)
            note = DECIDE_AGAIN if state is State.IN_REVIEW else answered(DECIDE_AGAIN, note)
        return key, note

    # The letter, its number and its ways

    def _letter(
        self, tx: Transaction, application: Application, row: DeskRow | None, moment: datetime
    ) -> None:
        stored = self._outside.letters.get(application.reference)
        number = (stored.number if stored else "") or application.letter_number
        number = number or (number_in(row.system) if row else "")
        if number:
            self._numbers.keep(tx, application, number, moment)
        if application.state not in _SENT_OR_NOT | {State.DELIVERED}:
            return
        pdf = self._pdfs.get(application.reference)
        has = tx.documents.of(application.id)
        if has is not None and not _lies_here(tx, has, self._counter.data):
            if pdf is not None and stored is not None and stored.sha256 == has.sha256:
                write_durably(self._counter.data / has.path, pdf)
            elif application.state is State.UNCERTAIN:  # lost for good: "Kirim ulang" makes it anew
                tx.recovering.forget_letter(application.id, self._at)
        if pdf is not None and stored is not None and has is None:
            self._keep(tx, application, stored, number, pdf)
        elif not number and has is None and not (row and _relayed(row)):
            self._numbers.unknown(moment, application)
        if application.state in (State.UNCERTAIN, State.DELIVERED):
            self._ways(tx, application, stored, moment)

    def _ways(
        self,
        tx: Transaction,
        application: Application,
        stored: StoredLetter | None,
        moment: datetime,
    ) -> None:
        done = application.state is State.DELIVERED
        for channel in self._counter.workflow.deliver:
            there = stored is not None and channel == "drive"
            tx.recovering.settle(
                application.id,
                channel,
                IntentState.DELIVERED if done or there else IntentState.UNCERTAIN,
                moment,
                address=application.email,
                reason="" if done or there else UNKNOWN,
                key=stored.file_id if stored and there else "",
                link=stored.link if stored and there else application.link,
            )

    def _keep(
        self,
        tx: Transaction,
        application: Application,
        stored: StoredLetter,
        number: str,
        pdf: bytes,
    ) -> None:
        year = stored.stored_at.astimezone(self._counter.timezone).year
        path = f"letters/{year}/{application.reference}.pdf"
        write_durably(self._counter.data / path, pdf)
        tx.documents.record(
            Document(
                application_id=application.id,
                number=number,
                path=path,
                file_name=stored.file_name,
                sha256=stored.sha256,
                size_bytes=len(pdf),
                made_at=stored.stored_at.astimezone(UTC),
            )
        )

    def _notices(self, tx: Transaction, application: Application) -> None:
        """What was still to be told when the copy was made may have been told since: the officer is asked to look."""
        for record in unsettled(tx.intents.of(application.id)):
            if record.intent.kind is Kind.LETTER:
                continue
            tx.intents.give_up(record, IntentState.UNCERTAIN, TELL_AGAIN, self._at)
            if application.state in _TOLD_BY_MAIL and TELL_AGAIN not in application.note:
                note = f"{application.note} {TELL_AGAIN}"
                application = tx.applications.change(application, at=self._at, note=note)

    def _updated(self, row: DeskRow) -> datetime | None:
        return updated_in(row.system, self._counter.timezone)

    def _newer(self, application: Application, row: DeskRow) -> bool:
        """Whether Loket wrote this row after what the ledger knows."""
        moment = self._updated(row)
        if moment is None or state_in(row.system) is None:
            return False
        if project(application, self._counter.timezone).items() <= row.system.items():
            return False
        return moment > application.updated_at.replace(microsecond=0)
