"""Masking: no NIK is left readable in logs, notes, or file names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.masking import mask_email, mask_nik, mask_numbers

NIK = "6472010101900001"
niks = st.text("0123456789", min_size=16, max_size=16)


def test_a_masked_nik_keeps_only_regency_and_serial():
    """An officer recognises it; Doni does not."""
    assert mask_nik(NIK) == "6472********0001"


@pytest.mark.parametrize(
    "written",
    [
        NIK,
        "6472 0101 0190 0001",
        "6472.0101.0190.0001",
        "6472-0101-0190-0001",
        "64 72 01 010190 0001",
        "6472 - 010101900001",
    ],
)
def test_a_number_is_masked_however_it_is_grouped(written):
    """People copy it from the card as they see it."""
    masked = mask_numbers(f"NIK {written}, mohon dicek")
    assert "010190" not in re.sub(r"\D", "", masked)
    assert masked.endswith(", mohon dicek")
    assert len(re.sub(r"\D", "", masked)) == 8


@given(st.text(), niks, st.text())
def test_no_text_around_a_number_saves_it_from_being_masked(before, nik, after):
    """Whatever stands before and after it, its twelve middle digits don't survive together."""
    assert nik not in mask_numbers(before + nik + after)


@pytest.mark.parametrize(
    "kept", ["081234567890", "470/0123/DKPS/XI/2026", "SKP-26-0004F7", "24-11-2026 16:40"]
)
def test_shorter_numbers_stay_readable(kept):
    """A log without references and dates would help nobody."""
    assert mask_numbers(kept) == kept


def test_a_nik_with_a_digit_too_many_is_masked_too():
    """A mistyped NIK still tells whose it is."""
    assert NIK not in mask_numbers(NIK + "7")


def test_two_numbers_in_one_text_are_both_masked():
    """A family's numbers often come together."""
    assert mask_numbers(f"{NIK} {NIK}") == "6472********0001 6472********0001"


def test_emails_are_masked_to_a_hint():
    """Enough to recognise one's own, too little to write to it."""
    assert mask_email("citra@example.com") == "c***@example.com"
    assert mask_email("no address") == "***"
