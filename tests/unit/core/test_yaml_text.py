"""YAML as text: nothing is turned into something else, and mistakes have a line."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.mendable import Mendable
from sync.core.yaml_text import read_yaml


def plain(text):
    return read_yaml(text, file="x.yaml")[0].plain()


def test_values_stay_as_they_were_written():
    """YAML would make of these: False, 83, 750, a date, and a float."""
    assert plain("a: no\nb: 0123\nc: 12:30\nd: 2026-11-24\ne: 1e3\nf: 6472010101900001") == {
        "a": "no",
        "b": "0123",
        "c": "12:30",
        "d": "2026-11-24",
        "e": "1e3",
        "f": "6472010101900001",
    }


def test_what_was_left_empty_is_absent_and_what_was_quoted_is_empty():
    """`phone:` means nothing was said; `phone: ""` says that it is empty."""
    assert plain('a:\nb: ~\nc: ""\nd: "null"') == {"c": "", "d": "null"}


def test_every_value_knows_the_line_of_its_key():
    """For `workflows/domisili.yaml:14`."""
    root, _ = read_yaml("a: 1\n\nb:\n  c: >\n    lama\n  d:\n    - x\n    - y\n", file="x.yaml")
    assert root.table["b"].line == 3
    assert root.at(("b", "c")).line == 4
    assert root.at(("b", "d", 1)).line == 8
    assert root.at(("b", "missing", "deeper")).line == 3


def test_keys_written_twice_are_told_and_the_first_one_counts():
    """YAML would silently take the last."""
    root, problems = read_yaml("a: 1\nb: 2\na: 3\n", file="x.yaml")
    assert root.plain() == {"a": "1", "b": "2"}
    assert [(problem.name, problem.where) for problem in problems] == [("kunci-ganda", "x.yaml:3")]
    assert "baris 1" in problems[0].found


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\n\tb: 2\n", 2, "Tab"),
        ("a:\n  b: 1\n\tc: 2", 3, "Tab"),
        ("a: b: c\n", 1, "titik dua di tengah"),
        ('a: "b\nc: d\n', 3, "tanda kutip"),
        ("a: {b: 1\nc: 2\n", 2, "kurung"),
        ("a: 1\n b: 2\n", 2, "titik dua di tengah|jorokan"),
        ("a: [1, 2\n", 2, "kurung"),
        ("a: 1\n---\nb: 2\n", 2, "satu dokumen"),
        ("a: \x07\n", 1, "tidak terlihat"),
        ("a: %x\n", 1, "tanda kutip"),
    ],
)
def test_a_syntax_error_is_told_with_its_line(text, line, said):
    """In Indonesian, with the likely cause."""
    with pytest.raises(Mendable, match=said) as mendable:
        read_yaml(text, file="x.yaml")
    assert mendable.value.problems[0].where == f"x.yaml:{line}"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n- b\n", "just text"])
def test_a_file_without_a_table_says_so(text):
    """Rather than a dozen missing keys."""
    with pytest.raises(Mendable) as mendable:
        read_yaml(text, file="x.yaml")
    assert mendable.value.problems[0].name == "yaml-bukan-tabel"


def test_a_billion_laughs_are_refused_before_they_grow():
    """Ten lines that would become a billion values."""
    lines = ["a0: &a0 [x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)
    ]
    with pytest.raises(Mendable) as mendable:
        read_yaml("\n".join(lines), file="x.yaml")
    assert mendable.value.problems[0].name == "yaml-alias"


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5000,
        "a: " + "{a: " * 5000,
        "- " * 5000,
        "a: [" + "x, " * 20_000 + "]",
        "a: " + "x" * 300_000,
    ],
)
def test_what_is_too_deep_or_too_much_is_refused_quickly(text):
    """No RecursionError, no filled memory."""
    began = time.monotonic()
    with pytest.raises(Mendable):
        read_yaml(text, file="x.yaml")
    assert time.monotonic() - began < 10


def test_a_key_that_is_no_text_is_told():
    """`? [a]` is YAML, but nothing an office means."""
    _, problems = read_yaml("? [a]\n: b\nc: d\n", file="x.yaml")
    assert problems[0].name == "kunci-tidak-terbaca"


@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@`#?, \n\t\\0", max_size=80))
def test_any_text_gives_a_table_or_a_problem(text):
    """Never a traceback."""
    found: object = None
    try:
        found = plain(text)
    except Mendable as mendable:
        found = {"problem": mendable.problems[0].found}
    assert isinstance(found, dict)
    assert found.get("problem") != ""
