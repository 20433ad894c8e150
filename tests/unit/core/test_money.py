"""Amounts and numbers: a dot groups, a comma begins decimals, and what can be read both ways is asked again."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.money import grouped, in_words, read_money, read_number, rupiah
from sync.core.refused import Refused


@pytest.mark.parametrize(
    "written",
    [
        "Rp 1.500.000,00",
        "Rp1.500.000,-",
        "Rp. 1.500.000",
        "IDR 1,500,000",
        "1500000",
        "1,5 juta",
        "1.5 jt",
        "1500 ribu",
        "1.500.000 rupiah",
        "1,500,000.00",
        1500000,
        1500000.0,
    ],
)
def test_an_amount_is_read_as_people_write_it(written):
    """Whole rupiah, however it was grouped."""
    assert read_money(written) == 1_500_000


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "1,500",
        "1.50",
        "gratis",
        "1.500.000,50",
        "1500000,5",
        1.5,
        -1,
        "1.500.00",
        "9" * 40,
        "1e6",
        float("nan"),
        float("inf"),
        True,
        "-5000",
        "١٢٣",
    ],
)
def test_an_amount_with_two_meanings_or_none_is_asked_again(wrong):
    """1,500 is one and a half here and fifteen hundred elsewhere."""
    with pytest.raises(Refused, match=r"1\.500\.000"):
        read_money(wrong)


@given(st.integers(0, 10**15 - 1))
def test_a_printed_amount_is_read_back(amount):
    """Rp1.500.000 means what it meant."""
    assert read_money(rupiah(amount)) == amount


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12),
        ("12,5", Decimal("12.5")),
        ("-3", -3),
        ("1.500", 1500),
        ("1,500", Decimal("1.5")),
        (2.5, Decimal("2.5")),
        (3.0, 3),
        (0.1, Decimal("0.1")),
    ],
)
def test_a_number_is_read_with_a_decimal_comma(written, number):
    """Whole numbers are ints, so that letters print 3 and not 3,0."""
    found = read_number(written)
    assert found == number
    assert isinstance(found, int) == (number == int(number))


@pytest.mark.parametrize("wrong", ["dua", "1 2", "", "1.5", "--", float("-inf"), False])
def test_what_is_no_number_is_refused(wrong):
    """With an example of how to write one."""
    with pytest.raises(Refused, match="12,5"):
        read_number(wrong)


@given(text=st.text(max_size=40), read=st.sampled_from([read_money, read_number]))
def test_any_text_gives_an_amount_or_a_reason(tried, text, read):
    """No traceback for a row."""
    amount, reasons = tried(read, text)
    assert (amount is not None) != bool(reasons)


def test_numbers_are_printed_in_the_indonesian_way():
    """Dots between thousands, a decimal comma, no space after Rp."""
    assert grouped(1_500_000) == "1.500.000"
    assert grouped(Decimal("1234.5")) == "1.234,5"
    assert rupiah(1_500_000) == "Rp1.500.000"
    assert rupiah(-2500) == "-Rp2.500"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (1000, "seribu"),
        (1999, "seribu sembilan ratus sembilan puluh sembilan"),
        (2026, "dua ribu dua puluh enam"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (5_000_000_000, "lima miliar"),
        (-7, "minus tujuh"),
    ],
)
def test_numbers_are_put_in_words(number, words):
    """As receipts have them; se- only before ratus and ribu alone."""
    assert in_words(number) == words


@given(st.lists(st.integers(0, 10**15 - 1), min_size=2, max_size=2, unique=True))
def test_no_two_numbers_have_the_same_words(numbers):
    """A receipt has one meaning."""
    assert in_words(numbers[0]) != in_words(numbers[1])


def test_a_number_too_large_for_words_says_so():
    """Rather than printing something short of it."""
    with pytest.raises(ValueError, match="too large"):
        in_words(10**15)
