"""Letter numbers: printed by the office's pattern, and never two alike."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.expressions import NotAllowed
from sync.core.numbering import check_pattern, clash, letter_number
from sync.core.workflow.model import Workflow

PATTERN = "470/{{ serial|pad(4) }}/{{ unit }}/{{ bulan_romawi }}/{{ tahun }}"


def number(pattern, serial=123, on=date(2026, 11, 24)):
    return letter_number(pattern, serial=serial, on=on, unit="DKPS", prefix="SKD")


def test_a_number_is_printed_by_its_pattern():
    """As the office's register has it."""
    assert number(PATTERN) == "470/0123/DKPS/XI/2026"
    assert number("{{ prefix }}-{{ serial }}-{{ bulan }}", on=date(2026, 3, 1)) == "SKD-123-03"
    assert number("{{ serial }}{% if bulan == '11' %}/N{% endif %}") == "123/N"


def test_classification_and_the_short_year_are_printed_too():
    """The same number as offices write it, with nothing typed twice."""
    pattern = "{{ klasifikasi }}/{{ serial|pad(3) }}/{{ tahun_pendek }}"
    printed = letter_number(
        pattern, serial=7, on=date(2026, 1, 2), unit="", prefix="", classification="400.12.2.1"
    )
    assert printed == "400.12.2.1/007/26"
    check_pattern(pattern, "470")


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_two_serials_never_share_a_number(first, second):
    """Beyond 9999 the padding gives way instead of cutting."""
    assert (number(PATTERN, first) == number(PATTERN, second)) == (first == second)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("470/DKPS/{{ tahun }}", "serial"),
        ("{{ serial|romawi }}{{ bulan_romawi }}", "nomor urut 1 dan 2 sama-sama menjadi III"),
        ("{{ bulan|int }}{{ serial }}", "nomor urut 1 dan 11 sama-sama menjadi 111"),
        ("{{ serial + bulan|int }}", "sama-sama"),
        ("{{ serial % 1000 }}/{{ tahun }}", "nomor urut 1 dan 1001"),
        ("{{ serial % 10000 }}", "nomor urut 1 dan 10001"),
        ("{{ serial // 2 }}", "sama-sama"),
        ("{{ 1 if serial == 500 else serial }}", "nomor urut 1 dan 500"),
        ("{{ klasifikasi }}/{{ serial }}", "letter.classification"),
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


@pytest.mark.parametrize(
    "pattern",
    [
        PATTERN,
        "{{ serial }}{{ bulan }}",
        "{{ serial|romawi if serial < 4000 else serial }}",
        "{% if bulan == '01' %}A{% endif %}{{ serial }}",
        "{{ tahun_pendek }}{{ bulan }}{{ serial|pad(4) }}",
    ],
)
def test_a_good_pattern_passes_the_dry_run(pattern):
    """One serial is given once a year: that it prints alike in two months is no harm."""
    check_pattern(pattern)


def workflow(name, pattern, **letter):
    return Workflow.model_validate(
        {
            "name": name,
            "title": name,
            "prefix": name.upper(),
            "sheet": "s",
            "tab": name,
            "applicant": {"name": "Nama"},
            "fields": {},
            "letter": {"template": "x.html", "number": pattern, **letter},
        }
    )


@pytest.mark.parametrize(
    ("first", "second", "clashes"),
    [
        (("470/{{ serial }}", {}), ("470/{{ serial }}", {}), True),
        (("470/{{ serial }}", {}), ("474/{{ serial }}", {}), False),
        (("470/{{ serial }}", {"series": "a"}), ("470/{{ serial }}", {"series": "a"}), False),
        (("470/{{ serial }}", {"series": "b"}), ("470/{{ serial }}", {}), False),  # b is its name
        (("470/{{ serial }}", {"series": "x"}), ("470/{{ serial }}", {"series": "y"}), True),
        (("{{ serial }}/{{ prefix }}", {}), ("{{ serial }}/{{ prefix }}", {}), False),
        (("4{{ serial }}", {"series": "a"}), ("{{ serial }}", {"series": "a"}), True),
        (
            ("{{ klasifikasi }}/{{ serial }}", {"classification": "470"}),
            ("470/{{ serial }}", {}),
            True,
        ),
    ],
)
def test_two_workflows_that_could_print_the_same_number_are_found(first, second, clashes):
    """Unless they count together, and so never have the same serial."""
    one, other = (
        workflow(name, pattern, **letter)
        for name, (pattern, letter) in (("a", first), ("b", second))
    )
    assert bool(clash(one, other)) is clashes


def test_a_number_is_one_line_of_visible_text():
    """It goes into a PDF's title and a sheet's cell."""
    assert number("{{ serial }}\n\u202e /X") == "123 /X"
