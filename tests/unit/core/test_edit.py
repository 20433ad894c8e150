"""A YAML file changed as text: what is not touched stays byte for byte, what is wanted stands in it afterwards."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.core.mendable import Mendable
from sync.core.workflow.changes import applied, steps_of
from sync.core.workflow.edit import Add, Move, Put, Remove, Rename, edited
from sync.core.yaml_text import read_yaml
from tests.unit.core.yaml_by_hand import Hand

SHIPPED = sorted((Path(__file__).parents[3] / "workflows").glob("*.yaml"))

TEXTS = st.one_of(
    st.sampled_from(
        ["NIK", "Nama Lengkap", "no", "0123", "12:30", "~", "null", "", "470/{{ serial|pad(4) }}/X"]
    ),
    st.sampled_from(
        [
            "umur(lahir) >= 17",
            "a: b",
            "x #y",
            "- a",
            "[a",
            "a, b",
            "it's",
            'say "x"',
            "ä € 字 🙂",
            "\\n",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
).filter(lambda text: "# c" not in text)
VALUES = st.recursive(
    TEXTS | st.none(),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(TEXTS.filter(bool), below, max_size=4)
    ),
    max_leaves=12,
)
TABLES = st.dictionaries(TEXTS.filter(bool), VALUES, min_size=1, max_size=5)


def plain(value):
    """What a person may put in place: nothing in it is left empty."""
    if isinstance(value, dict):
        return {key: plain(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [plain(below) for below in value if below is not None]
    return value


def paths(value, above=()):
    """Every entry's path."""
    entries = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, below in entries:
        yield (*above, key)
        yield from paths(below, (*above, key))


def at(value, path):
    for step in path:
        value = value[step]
    return value


@st.composite
def a_change(draw, value):
    path = draw(st.sampled_from(list(paths(value))))
    siblings = at(value, path[:-1])
    new = draw(VALUES.map(plain).filter(lambda value: value is not None))
    kind = draw(st.sampled_from(["put", "add", "remove", "move", "rename", "deep"]))
    if kind == "add":
        if isinstance(siblings, list):
            return Add((*path[:-1], draw(st.integers(0, len(siblings)))), new)
        key = draw(TEXTS.filter(lambda key: key and key not in siblings))
        return Add((*path[:-1], key), new, draw(st.none() | st.integers(0, len(siblings))))
    if kind == "remove" and (len(path) > 1 or len(siblings) > 1):
        return Remove(path)
    if kind == "move":
        return Move(path, draw(st.integers(0, len(siblings) - 1)))
    if kind == "rename" and isinstance(siblings, dict):
        return Rename(path, draw(TEXTS.filter(lambda key: key and key not in siblings)))
    if kind == "deep" and isinstance(at(value, path), dict):
        missing = TEXTS.filter(lambda key: key and key not in at(value, path))
        return Put((*path, draw(missing), draw(TEXTS.filter(bool))), new)
    return Put(path, new)


def held(text):
    """The values with what was left empty as None."""

    def values(node):
        if node.empty:
            return None
        if isinstance(node.value, list):
            return [values(item) for item in node.value]
        if isinstance(node.value, dict):
            return {key: values(below) for key, below in node.value.items()}
        return node.value

    return values(read_yaml(text, file="x.yaml")[0])


def wanted(value, change):
    for step in steps_of(value, change):
        value = applied(value, step)
    return value


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), TABLES, st.integers(0, 2**32), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_whatever_a_person_wrote_can_be_changed_and_holds_what_was_wanted(
    data, value, seed, line_end, mark
):
    """In every style, several changes one after the other; order included."""
    text = "\ufeff" * mark + Hand(Random(seed), line_end).file(value)
    assert repr(held(text)) == repr(value)  # else the hand writes wrong
    changes = []
    for _ in range(data.draw(st.integers(1, 4))):
        changes.append(data.draw(a_change(value)))
        value = wanted(value, changes[-1])
        if not value:
            return
    assert repr(held(edited(text, changes, file="x.yaml"))) == repr(value)


def text_of(seed, value, line_end="\n"):
    hand = Hand(Random(seed), line_end)
    return hand.file(value), hand.comments


def beyond(old, new):
    """How many characters of `old` are neither in the beginning nor in the end that both share."""
    short = min(len(old), len(new))
    head = next((n for n in range(short) if old[n] != new[n]), short)
    tail = next((n for n in range(short - head) if old[-1 - n] != new[-1 - n]), short - head)
    return len(old) - head - tail


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), TABLES, st.integers(0, 2**32), st.sampled_from(["\n", "\r\n"]))
def test_what_is_added_goes_between_and_nothing_else_moves(data, value, seed, line_end):
    """Without the new part the text is the old one, to the byte."""
    text, _ = text_of(seed, value, line_end)
    change = data.draw(a_change(value).filter(lambda change: isinstance(change, Add)))
    if not at(value, change.path[:-1]):
        return  # an empty one is written anew
    new = edited(text, [change], file="x.yaml")
    assert len(new) > len(text)
    assert beyond(text, new) == 0


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), TABLES, st.integers(0, 2**32), st.sampled_from(["\n", "\r\n"]))
def test_comments_stay(data, value, seed, line_end):
    """Whatever is put, added, moved or renamed; a text in place of a text, so that nothing goes with it."""
    text, comments = text_of(seed, value, line_end)
    change = data.draw(a_change(value).filter(lambda change: not isinstance(change, Remove)))
    if isinstance(change, Put):
        if not isinstance(at(value, change.path[:1]), str) or len(change.path) > 1:
            return
        change = Put(change.path, data.draw(TEXTS))
    new = edited(text, [change], file="x.yaml")
    assert [comment for comment in comments if comment not in new] == []


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_what_is_put_as_it_stands_changes_nothing(file):
    text = file.read_text(encoding="utf-8")
    assert edited(text, [Put((), held(text))], file="x.yaml") == text


def test_one_value_of_a_workflow_costs_one_line():
    """Whichever it is: all others' lines are as they were."""
    text = next(file for file in SHIPPED if file.stem == "domisili").read_text(encoding="utf-8")
    value = held(text)
    for path in paths(value):
        if not isinstance(at(value, path), str):
            continue
        new = edited(text, [Put(path, "Diubah: petugas")], file="x.yaml")
        pairs = list(zip(text.splitlines(), new.splitlines(), strict=True))
        assert sum(old != changed for old, changed in pairs) == 1
        assert '"Diubah: petugas"' in new or "'Diubah: petugas'" in new


BY_HAND = """\
# Dijaga
title:   Surat Domisili   # judul
fields:
    nik: {question: NIK, type: nik}
    # Ganti dengan pilihan formulir.
    agama:
        question: Agama
        type: choice
        options: [Islam, Kristen,   # lainnya
                  Hindu]

    ktp: {question: Foto KTP, type: file, required: false}  # boleh kosong
rules:
- unless: "umur(lahir) >= 17"
  say: Belum cukup umur.
deliver: [email]
"""


def after(*changes, text=BY_HAND):
    return edited(text, changes, file="x.yaml")


def test_quotes_alignment_and_the_comment_beside_are_kept():
    assert "title:   Surat Pindah   # judul\n" in after(Put(("title",), "Surat Pindah"))
    assert '- unless: "umur(lahir) >= 18"\n' in after(
        Put(("rules", 0, "unless"), "umur(lahir) >= 18")
    )


def test_a_field_comes_in_at_its_place_in_the_manner_of_the_file():
    kk = {"question": "Nomor KK", "type": "kk"}
    assert after(Add(("fields", "kk"), kk, 1)) == BY_HAND.replace(
        "    # Ganti", "    kk: {question: Nomor KK, type: kk}\n    # Ganti"
    )


def test_a_field_goes_with_its_own_comment_and_nothing_else():
    first, rest = BY_HAND.split("    # Ganti")
    assert after(Remove(("fields", "agama"))) == first + rest[rest.index("\n    ktp") :]


def test_a_field_moves_with_its_comment():
    new = after(Move(("fields", "agama"), 0))
    assert new.index("# Ganti") < new.index("agama:") < new.index("nik:") < new.index("ktp:")
    assert "    # Ganti dengan pilihan formulir.\n    agama:\n" in new


def test_a_limit_and_another_option_cost_no_other_line():
    assert after(Put(("fields", "nik", "max"), "3")) == BY_HAND.replace(
        "type: nik}", "type: nik, max: 3}"
    )
    assert after(Add(("fields", "agama", "options", 3), "Buddha")) == BY_HAND.replace(
        "Hindu]", "Hindu, Buddha]"
    )
    assert after(Remove(("fields", "agama", "options", 2))) == BY_HAND.replace(
        "Kristen,   # lainnya\n                  Hindu]", "Kristen   # lainnya\n]"
    )


def test_what_was_not_there_comes_at_the_end_and_the_last_rule_leaves_an_empty_list():
    assert after(Put(("letter", "valid_months"), "6")).endswith("letter: {valid_months: 6}\n")
    assert "rules: []\ndeliver" in after(Remove(("rules", 0)))
    rule = {"warn_if": "not cocok_tanggal(nik, lahir)", "say": "NIK tidak cocok."}
    assert after(Remove(("rules", 0)), Add(("rules", 0), rule)).count('- {warn_if: "not') == 1


@pytest.mark.parametrize(
    ("text", "change", "wanted"),
    [
        ("a:\nb: 1\n", Put(("a",), "x"), "a: x\nb: 1\n"),
        ("a:  # kosong\n", Put(("a", "b"), "x"), "a: {b: x}  # kosong\n"),
        ("a: [b: 1]\n", Add(("a", 0, "c"), "2"), "a: [{b: 1, c: 2}]\n"),
        ("a: {b, c: 1}\n", Put(("a", "b"), "x"), "a: {b: x, c: 1}\n"),
        ("? a\n? b\n", Put(("a",), "x"), "a: x\n? b\n"),
        ("a: &sama 1\nb: 2\n", Put(("b",), "3"), "a: &sama 1\nb: 3\n"),
        ("a: !!str 1\nb: 2\n", Rename(("a",), "c"), "c: !!str 1\nb: 2\n"),
        ("a: >-  # kata\n  x\n  y\n", Put(("a",), "z"), "a: z  # kata\n"),
        ("a: |  # kata\n  x\n", Put(("a",), {"b": {"c": "1"}}), "a: # kata\n  b: {c: 1}\n"),
        ("a: 1 #\tc\n", Put(("a",), "2"), "a: 2 #\tc\n"),
        ("{}\n", Put(("a",), "1"), "{a: 1}\n"),
        ("a: |\n  satu\n  dua", Put(("b",), "1"), "a: |-\n  satu\n  dua\nb: 1"),
        ("a: |+\n  satu\n\n", Put(("b",), "1"), "a: |+\n  satu\n\nb: 1\n"),
        ("---\na: 1\n...\n", Put(("b",), "1"), "---\na: 1\nb: 1\n...\n"),
        ("a: 1\rb: 2\r", Put(("c",), "3"), "a: 1\rb: 2\rc: 3\r"),
    ],
)
def test_odd_but_readable_yaml_can_be_changed(text, change, wanted):
    assert edited(text, [change], file="x.yaml") == wanted


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a: &x 1\nb: *x\n", "yaml-alias"),
        ("a: 1\na: 2\n", "kunci-ganda"),
        ("a: [", "yaml-salah-tulis"),
        ("a:\t1\n", "yaml-salah-tulis"),
    ],
)
def test_what_can_not_be_told_for_certain_is_not_touched(text, name):
    """Which of two is meant, or what else a change would reach."""
    with pytest.raises(Mendable) as told:
        edited(text, [Put(("a",), "3")], file="x.yaml")
    assert told.value.problems[0].name == name


@pytest.mark.parametrize(
    "change",
    [
        Add(("title",), "x"),
        Add(("rules", 5), "x"),
        Move(("fields", "nik"), 9),
        Rename(("fields", "nik"), "ktp"),
        Rename(("rules", 0), "x"),
        Put((), "x"),
    ],
)
def test_a_change_that_makes_no_sense_is_a_mistake_of_ours(change):
    with pytest.raises(ValueError, match="makes no sense"):
        after(change)


def test_a_path_that_is_not_there_is_a_mistake_of_ours():
    for change in (Remove(("fields", "kk")), Move(("rules", 7), 0), Rename(("titel",), "title")):
        with pytest.raises(KeyError):
            after(change)


def test_a_text_that_would_come_out_otherwise_is_not_given(monkeypatch):
    """The last look is at the text itself, not at what was meant."""
    monkeypatch.setattr("sync.core.workflow.edit.scalar", lambda text, **_: "lain")
    with pytest.raises(Mendable) as told:
        after(Put(("title",), "x"))
    assert told.value.problems[0].name == "berkas-tidak-dapat-diubah"
