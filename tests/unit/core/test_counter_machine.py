"""The counter as a state machine of the pure core: answers, decisions and failures in any order.

What core/review.py says is kept as the worker would keep it. Promised: only moves that the table of states allows, a
note wherever a person has to act, and that doing what the note says leads on, whatever stands in the cell already.
"""

import re
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.core import review
from sync.core.answers import ApplicantSeen, Checked
from sync.core.application import Application
from sync.core.decisions import Decision
from sync.core.projection import status_label
from sync.core.states import LABELS, State, ensure_allowed

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
NEW = Application(
    id=1,
    reference="SKD-26-00001F",
    workflow="domisili",
    state=State.RECEIVED,
    answers={},
    fingerprint="",
    submitted="",
    name="Citra",
    email="",
    phone="",
    note="",
    decision_seen="",
    officer_note="",
    letter_number="",
    approved_at=None,
    link="",
    queued=False,
    placed=True,
    received_at=NOW,
    updated_at=NOW,
)
GOOD = Checked({}, (), (), ApplicantSeen("Citra", "citra@example.org", ""))
answers = st.builds(
    lambda good, warned, email: Checked(
        {},
        () if good else ("NIK: harus 16 angka.",),
        ("NIK tidak cocok dengan tanggal lahir.",) if warned else (),
        ApplicantSeen("Citra", email, ""),
    ),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["citra@example.org", ""]),
)


@dataclass
class Desk:
    """One application and the officer's cells of its row. `version` counts the answers that the application holds (what
    comes too late it does not hold), `approved` is the one decided."""

    application: Application
    checked: Checked
    word: str = ""
    officer_note: str = ""
    letter_made: bool = False
    version: int = 0
    approved: int = -1

    @property
    def state(self) -> State:
        return self.application.state

    @property
    def key(self) -> str:
        return review.seen_key(Decision(self.word) if self.word else None, self.officer_note)

    def keep(self, step: review.Step, **columns: Any) -> None:
        then = self.state
        for state in step.states:
            ensure_allowed(then, state)
            then = state
        note = self.application.note if step.note is None else step.note
        self.application = replace(self.application, state=then, note=note, **columns)

    def edited(self, checked: Checked) -> None:
        step = review.after_edit(
            self.state,
            checked,
            "petugas",
            letter_made=self.letter_made,
            decided_too=bool(self.word)
            and (self.key != self.application.decision_seen or self.word == Decision.APPROVE),
        )
        assert State.APPROVED not in step.states
        if step.event == "answers_changed_too_late":
            if step.note:
                step = replace(step, note=review.beside(step.note, self.application.note))
            self.keep(step)
            return
        self.version += 1
        self.checked = checked
        self.keep(step, decision_seen=self.key, email=checked.applicant.email)

    def typed(self, word: str, officer_note: str = "alasan") -> None:
        self.word, self.officer_note = word, officer_note
        if self.key == self.application.decision_seen:
            return
        if not word:
            note = self.application.note
            self.keep(review.after_clearing(self.state, self.checked, note), decision_seen="")
            return
        step = review.after_decision(
            self.state, Decision(word), officer_note, has_email=bool(self.application.email)
        )
        if State.APPROVED in step.states:
            self.approved = self.version
        if step.note and not step.states:
            step = replace(step, note=review.answered(step.note, self.application.note))
        self.keep(step, decision_seen=self.key)

    def not_believed(self, word: str, why: str) -> None:
        self.word, self.officer_note = word, ""
        if self.key != self.application.decision_seen:
            step = review.after_void(self.state, self.checked, self.application.note, why)
            assert not step.states
            self.keep(step, decision_seen=self.key)

    def as_told(self, word: str, sentence: str) -> State:
        """Where an officer gets who does what the note says, and nothing else."""
        then = copy(self)
        if "kosongkan keputusan" in sentence.casefold():
            then.typed("", then.officer_note)
        then.typed(word)
        return then.state


class CoreMachine(RuleBasedStateMachine):
    @initialize(checked=answers, word=st.sampled_from(["", *Decision]))
    def arrives(self, checked: Checked, word: str) -> None:
        """Perhaps with a decision that was dragged down over it."""
        self.desk = Desk(NEW, checked, word)
        step = review.after_check(checked, "petugas", decided_too=bool(word))
        assert State.APPROVED not in step.states
        self.desk.keep(step, decision_seen=self.desk.key, email=checked.applicant.email)

    @rule(checked=answers)
    def is_edited(self, checked: Checked) -> None:
        self.desk.edited(checked)

    @rule(checked=answers, word=st.sampled_from(Decision), note=st.sampled_from(["", "a"]))
    def is_edited_and_decided_between_two_readings(
        self, checked: Checked, word: Decision, note: str
    ) -> None:
        self.desk.word, self.desk.officer_note = word, note
        self.desk.edited(checked)

    @rule(word=st.sampled_from(["", *Decision]), note=st.sampled_from(["", "a", "b"]))
    def is_decided(self, word: str, note: str) -> None:
        self.desk.typed(word, note)

    @rule(word=st.sampled_from(Decision), why=st.sampled_from([review.TORN, review.WAS_COPY]))
    def is_decided_where_it_does_not_count(self, word: Decision, why: str) -> None:
        self.desk.not_believed(word, why)

    @precondition(lambda self: self.desk.state in (State.APPROVED, State.DELIVERING))
    @precondition(lambda self: not self.desk.letter_made)
    @rule(made=st.booleans())
    def the_letter_is_made_or_not(self, made: bool) -> None:
        path = (State.DELIVERING,) if self.desk.state is State.APPROVED else ()
        if made:
            assert self.desk.approved == self.desk.version, "not the answers that were approved"
            self.desk.letter_made = True
            self.desk.keep(review.Step(path, "Surat sedang dikirim."))
        else:
            note = f"Surat belum dapat dibuat. {review.resend_hint(self.desk.application)}"
            self.desk.keep(review.Step((*path, State.FAILED), note))

    @precondition(lambda self: self.desk.state is State.DELIVERING and self.desk.letter_made)
    @rule(outcome=st.sampled_from([State.DELIVERED, State.FAILED, State.UNCERTAIN]))
    def the_letter_goes_out_or_not(self, outcome: State) -> None:
        note = {
            State.DELIVERED: "Surat sudah dikirim.",
            State.FAILED: f"Ditolak. {review.resend_hint(self.desk.application)}",
            State.UNCERTAIN: f"Tidak diketahui. {review.UNCERTAIN_CHOICE}",
        }[outcome]
        self.desk.keep(review.Step((outcome,), note))

    @invariant()
    def the_row_says_where_it_stands(self) -> None:
        assert status_label(self.desk.application) in LABELS.values()
        assert self.desk.application.note.strip(), self.desk.state

    @invariant()
    def there_is_no_letter_for_what_was_turned_down(self) -> None:
        if self.desk.state in (State.REJECTED, State.CANCELLED, State.NEEDS_FIXING):
            assert not self.desk.letter_made

    @invariant()
    def doing_what_the_note_says_leads_on(self) -> None:
        desk, note = self.desk, self.desk.application.note
        match desk.state:
            case State.NEEDS_FIXING:
                assert re.search(r"harus 16 angka|perbaikan", note), note
                mended = copy(desk)
                mended.edited(GOOD)
                assert mended.state is State.IN_REVIEW
            case State.IN_REVIEW:
                assert re.search("putuskan lagi|pilih Keputusan|Pilih Setujui", note), note
                assert desk.as_told(Decision.APPROVE, note) is State.APPROVED, note
                if (
                    desk.word != Decision.CANCEL
                ):  # a word that stands there already is not chosen again
                    assert desk.as_told(Decision.CANCEL, note) is State.CANCELLED, note
            case State.FAILED:
                assert desk.as_told(Decision.RESEND, _telling("Kirim ulang", note)) is (
                    State.DELIVERING
                ), note
            case State.UNCERTAIN:
                again, arrived = _telling("Kirim ulang", note), _telling("Setujui", note)
                assert desk.as_told(Decision.RESEND, again) is State.DELIVERING, note
                assert desk.as_told(Decision.APPROVE, arrived) is State.DELIVERED, note


def _telling(word: str, note: str) -> str:
    """What the officer reads of this choice: the answer to an earlier one above, and the sentence that names it."""
    above, _, below = note.rpartition("\n")
    sentences = re.findall(rf"[^.]*\b{word}\b[^.]*", below)
    assert sentences, f"{word} is not named: {note}"
    return f"{above} {sentences[-1]}"


TestCoreMachine = CoreMachine.TestCase
TestCoreMachine.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
