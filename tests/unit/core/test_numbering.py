"""Letter numbers: printed by the office's pattern, and never two alike."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.expressions import NotAllowed
from sync.core.numbering import check_pattern, letter_number

PATTERN = "470/{{ serial|pad(4) }}/{{ unit }}/{{ bulan_romawi }}/{{ tahun }}"


def number(pattern, serial=123, on=date(2026, 11, 24)):
    return letter_number(pattern, serial=serial, on=on, unit="DKPS", prefix="SKD")


def test_a_number_is_printed_by_its_pattern():
    """As the office's register has it."""
    assert number(PATTERN) == "470/0123/DKPS/XI/2026"
    assert number("{{ prefix }}-{{ serial }}-{{ bulan }}", on=date(2026, 3, 1)) == "SKD-123-03"
    assert number("{{ serial }}{% if bulan == '11' %}/N{% endif %}") == "123/N"


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_two_serials_never_share_a_number(first, second):
    """Beyond 9999 the padding gives way instead of cutting."""
    assert (number(PATTERN, first) == number(PATTERN, second)) == (first == second)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("470/DKPS/{{ tahun }}", "serial"),
        ("{{ serial // 1000 }}", "serial"),
        ("{{ serial|pad(4) }", "tidak berpasangan"),
        ("{{ serail }}", '"serail" tidak dikenal'),
        ("{{ serial|padd(4) }}", "filter"),
        ("{% for x in range(9) %}{{ serial }}{% endfor %}", "tidak boleh dipakai di sini: For"),
        ("{% set x = serial %}{{ x }}", "tidak boleh"),
        ("{% include 'x' %}{{ serial }}", "tidak boleh"),
        ("{{ serial / 0 }}", "tidak dapat dihitung"),
        ("{{ serial }}" + "x" * 200, "1 sampai 100 huruf"),
        ("", "kosong"),
        ("{{ unit.__class__ }}{{ serial }}", "__class__"),
        ("{{ unit * 9999999999 }}{{ serial }}", "tidak dapat dihitung"),
    ],
)
def test_a_wrong_pattern_is_found_by_a_dry_run(pattern, reason):
    """At `check`, before the first letter needs a number."""
    with pytest.raises(NotAllowed, match=reason):
        check_pattern(pattern)


def test_a_good_pattern_passes_the_dry_run():
    """The pattern of the docs."""
    check_pattern(PATTERN)


def test_a_number_is_one_line_of_visible_text():
    """It goes into a PDF's title and a sheet's cell."""
    assert number("{{ serial }}\n\u202e /X") == "123 /X"
