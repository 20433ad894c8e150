"""What may be erased, how it comes to its end first, and that a seal tells nothing without its key."""

import re
from itertools import pairwise

import pytest

from sync.core.mendable import Mendable
from sync.core.retention import (
    ENDED,
    NOTES,
    hindrance,
    is_sealed,
    seal,
    seal_prefix,
    way_to_end,
)
from sync.core.states import TRANSITIONS, State
from sync.core.workflow.read import read_workflow

KEY, OTHER = b"k" * 32, b"o" * 32
PRINT = "0123456789abcdef" * 2


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("arrived", [True, False])
def test_whatever_may_be_forgotten_comes_to_its_end_by_allowed_ways(
    state: State, arrived: bool
) -> None:
    """Every state is hindered, or ended, or led to an end, and never by a move that the table does not know."""
    if hindrance(state, sending=False):
        assert state in {State.APPROVED, State.DELIVERING, State.UNCERTAIN}
        return
    path = [state, *way_to_end(state, arrived=arrived)]
    assert path[-1] in ENDED
    assert all(then in TRANSITIONS[now] for now, then in pairwise(path))


@pytest.mark.parametrize("state", State)
def test_nothing_is_forgotten_while_it_is_being_sent(state: State) -> None:
    assert hindrance(state, sending=True)


def test_a_letter_that_arrived_stays_the_offices_word() -> None:
    """By one way at least: the applicant holds it in her hands."""
    assert way_to_end(State.FAILED, arrived=True)[-1] is State.DELIVERED
    assert way_to_end(State.FAILED, arrived=False)[-1] is State.CANCELLED


def test_a_seal_is_the_same_for_the_same_key_alone() -> None:
    """And it fits into the ledger's column, names its key, and shows nothing of what it seals."""
    sealed = seal(KEY, PRINT)
    assert sealed == seal(KEY, PRINT) != seal(OTHER, PRINT)
    assert sealed != seal(KEY, PRINT[::-1])
    assert sealed.startswith(seal_prefix(KEY))
    assert not sealed.startswith(seal_prefix(OTHER))
    assert len(sealed) <= 64
    assert is_sealed(sealed)
    assert not is_sealed(PRINT)
    assert PRINT not in sealed


def test_what_is_said_holds_no_number_of_a_letter() -> None:
    """`repair --from-sheet` reads letters' numbers out of notes: these name none."""
    assert not any(re.search(r"\d", note) for note in NOTES.values())


WORKFLOW = """title: Domisili
prefix: SKD
sheet: 1x2y3z4a5b6c7d8e9f0g
tab: Form Responses 1
applicant: {name: Nama, email: Email}
fields:
  nik: {question: NIK, type: nik}
letter: {template: letters/domisili.html, number: "470/{{ serial }}"}
"""


def found(lines: str) -> list[tuple[str, str]]:
    """What is wrong, with its line."""
    try:
        read_workflow(WORKFLOW + lines, file="workflows/domisili.yaml")
    except Mendable as error:
        return [(one.name, one.where.rpartition(":")[2]) for one in error.problems]
    return []


def test_a_term_is_read() -> None:
    """Absent, data are kept, and the applicant's copy in Drive in any case unless it is said otherwise."""
    text = f"{WORKFLOW}retention_days: 365\nretention_drive: trash\n"
    workflow = read_workflow(text, file="workflows/domisili.yaml")
    assert (workflow.retention_days, workflow.retention_drive) == (365, "trash")
    workflow = read_workflow(WORKFLOW, file="workflows/domisili.yaml")
    assert (workflow.retention_days, workflow.retention_drive) == (None, "keep")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("retention_days: 0\n", "nilai-salah-bentuk"),
        ("retention_days: setahun\n", "nilai-salah-bentuk"),
        ("retention_days: 40000\n", "nilai-salah-bentuk"),
        ("retention_days: 30\nretention_drive: hapus\n", "nilai-tidak-dikenal"),
        ("retention_drive: trash\n", "masa-simpan-kurang"),
        ("retention_days: 29\nduplicates: {same: [nik]}\n", "masa-simpan-terlalu-pendek"),
        (
            "retention_days: 89\nduplicates: {same: [nik], within_days: 90}\n",
            "masa-simpan-terlalu-pendek",
        ),
    ],
)
def test_a_term_that_can_not_be_kept_is_told_with_its_line(lines: str, problem: str) -> None:
    """Wrong values, and one shorter than what the data are needed for."""
    [(name, line)] = found(lines)
    assert name == problem
    assert line == ("10" if problem == "nilai-tidak-dikenal" else "9")


def test_a_term_as_long_as_duplicates_are_looked_for_is_right() -> None:
    assert found("retention_days: 30\nduplicates: {same: [nik]}\n") == []
