"""What answers and decisions do to an application."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.answers import ApplicantSeen, Checked
from sync.core.decisions import Decision
from sync.core.delivery import Kind
from sync.core.review import LETTER_FIXED, after_check, after_decision, after_edit, seen_key
from sync.core.states import State, ensure_allowed

APPLICANT = ApplicantSeen("Citra", "citra@example.org", "")
GOOD = Checked({}, (), (), APPLICANT)
BAD = Checked({}, ("NIK: harus 16 angka.", "Alamat: belum diisi."), (), APPLICANT)


@given(st.sampled_from(State), st.sampled_from(Decision), st.text(max_size=20), st.booleans())
def test_every_decision_in_every_state_follows_the_table(
    state: State, decision: Decision, note: str, has_email: bool
) -> None:
    """No pair of state and decision leads where the table does not allow, and none is left without an answer."""
    step = after_decision(state, decision, note, has_email=has_email)
    then = state
    for following in step.states:
        ensure_allowed(then, following)
        then = following
    assert step.states or step.note or step.event == "decision_repeated"


@given(
    st.sampled_from(State),
    st.sampled_from([GOOD, BAD]),
    st.sampled_from(["petugas", "otomatis"]),
    st.booleans(),
    st.booleans(),
)
def test_an_edit_in_any_state_follows_the_table(
    state: State, checked: Checked, review: str, letter_made: bool, decided_too: bool
) -> None:
    """RECEIVED is passed through within one transaction, so no row is ever edited in it."""
    if state is State.RECEIVED:
        return
    step = after_edit(state, checked, review, letter_made=letter_made, decided_too=decided_too)  # type: ignore[arg-type]
    then = state
    for following in step.states:
        ensure_allowed(then, following)
        then = following
    if state in LETTER_FIXED:
        assert not step.states


def test_all_problems_stand_in_the_row_and_the_applicant_is_told() -> None:
    """Nobody should have to mend a form five times."""
    step = after_check(BAD, "petugas")
    assert step.states == (State.NEEDS_FIXING,)
    assert step.notice is Kind.MEND
    assert step.note is not None
    assert all(problem in step.note for problem in BAD.problems)


def test_an_applicant_without_email_is_not_said_to_have_been_told() -> None:
    """The officer must know that nobody can be reached."""
    step = after_decision(State.IN_REVIEW, Decision.REJECT, "alasan", has_email=False)
    assert step.note is not None
    assert "belum diberi tahu" in step.note


@pytest.mark.parametrize("state", [State.APPROVED, State.FAILED])
def test_answers_changed_before_the_letter_was_made_void_the_approval(state: State) -> None:
    """The letter holds exactly the answers the officer saw."""
    step = after_edit(state, GOOD, "petugas", letter_made=False, decided_too=False)
    assert step.states == (State.IN_REVIEW,)
    assert step.note is not None
    assert "tidak berlaku" in step.note


def test_a_corrected_note_makes_a_refusal_a_new_decision_but_not_an_approval() -> None:
    """Where the note is sent along it belongs to the decision; elsewhere it is the officer's own."""
    assert seen_key(Decision.REJECT, "a") != seen_key(Decision.REJECT, "b")
    assert seen_key(Decision.APPROVE, "a") == seen_key(Decision.APPROVE, "b")
    assert seen_key(None, "a") == ""
