"""Decisions: five words, read forgivingly, and nothing else taken for one."""

import pytest

from sync.core.decisions import Decision, UnknownDecision, read_decision


@pytest.mark.parametrize(
    ("typed", "decision"),
    [
        ("Setujui", Decision.APPROVE),
        (" setujui ", Decision.APPROVE),
        ("TOLAK.", Decision.REJECT),
        ("minta  Perbaikan", Decision.MEND),
        ("KirimUlang", Decision.RESEND),
        ("batalkan", Decision.CANCEL),
        ("", None),
        ("  ", None),
    ],
)
def test_decisions_are_read_however_they_are_typed(typed, decision):
    """Bu Ratna may type instead of using the dropdown."""
    assert read_decision(typed) is decision


@pytest.mark.parametrize("typed", ["ok", "Tidak setujui", "Setujui Tolak", "?", "Setuju"])
def test_an_unknown_word_is_never_a_decision(typed):
    """A letter must not go out on a guess; the row tells what is allowed."""
    with pytest.raises(UnknownDecision) as unknown:
        read_decision(typed)
    assert unknown.value.allowed == (
        "Setujui",
        "Tolak",
        "Minta perbaikan",
        "Kirim ulang",
        "Batalkan",
    )
    assert "Setujui, Tolak" in unknown.value.sentence
