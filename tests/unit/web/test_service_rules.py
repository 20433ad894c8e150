"""The plain rules of the service page: each is known again from its expression, and makes no other than it says."""

from datetime import date

import pytest

from sync.core.rules import compile_rule
from sync.core.workflow.read import read_workflow
from sync.core.yaml_text import read_yaml
from sync.web.service.beside import beside
from sync.web.service.form import rules_of, stored
from sync.web.service.rule_kinds import KINDS, Incomplete, Known, expression, known, sentence

FIELDS = frozenset({"a1", "b1"})
VALUES = {
    "umur-paling-sedikit": ({"a1": date(2000, 1, 1)}, {"a1": date(2020, 1, 1)}, "17"),
    "umur-paling-banyak": ({"a1": date(2020, 1, 1)}, {"a1": date(2000, 1, 1)}, "17"),
    "nik-tanggal": (
        {"a1": "6472010101900001", "b1": date(1990, 1, 1)},
        {"a1": "6472010101900001", "b1": date(1991, 1, 1)},
        "",
    ),
    "nik-jenis-kelamin": (
        {"a1": "6472010101900001", "b1": "Laki-laki"},
        {"a1": "6472010101900001", "b1": "Perempuan"},
        "",
    ),
    "nik-wilayah": ({"a1": "6472010101900001"}, {"a1": "6403010101900001"}, "6472"),
    "belum-lewat-hari-ini": ({"a1": date(2026, 1, 1)}, {"a1": date(2027, 1, 1)}, ""),
    "paling-lama": ({"a1": date(2026, 11, 1)}, {"a1": date(2025, 1, 1)}, "30"),
    "tidak-sebelum": (
        {"a1": date(2026, 1, 2), "b1": date(2026, 1, 1)},
        {"a1": date(2026, 1, 1), "b1": date(2026, 1, 2)},
        "",
    ),
    "hanya-pilihan": ({"a1": "Belum Kawin"}, {"a1": "Kawin"}, "Belum Kawin"),
    "wajib-bila": ({"a1": "Hilang", "b1": "x"}, {"a1": "Hilang", "b1": None}, "Hilang"),
}
"""Of each kind: answers that are fine, answers that are not, and its number or text."""


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("key", ["unless", "warn_if"])
def test_a_kind_says_what_its_label_says_both_ways(name, key):
    """`unless` holds when all is well, `warn_if` when it is not; both come back as the same choice."""
    fine, wrong, value = VALUES[name]
    rule = Known(name, "a1", "b1" if KINDS[name].second else "", value)
    text = expression(key, rule)
    compiled = compile_rule(text, FIELDS)
    today = date(2026, 11, 24)
    assert compiled.holds(fine, today=today) is (key == "unless")
    assert compiled.holds(wrong, today=today) is (key == "warn_if")
    assert known(key, text) == rule
    assert "{" not in sentence(rule)


@pytest.mark.parametrize(
    "text",
    [
        "umur(lahir) >= 17 and nik",
        "umur(lahir)>=x",
        "a == 'it\\'s'",
        "nik",
        "",
        "not umur(lahir) >= 17",
    ],
)
def test_any_other_expression_is_left_as_it_is(text):
    assert known("unless", text) is None


@pytest.mark.parametrize(
    "rule",
    [
        Known("umur-paling-sedikit", "", value="17"),
        Known("umur-paling-sedikit", "lahir", value="tujuh belas"),
        Known("nik-tanggal", "nik"),
        Known("hanya-pilihan", "status"),
        Known("hanya-pilihan", "status", value="it's"),
        Known("entah", "nik"),
    ],
)
def test_what_is_missing_is_told(rule):
    with pytest.raises(Incomplete):
        expression("unless", rule)


TEXT = """title: Surat
prefix: skd
fields:
  nik: {question: NIK, type: nikk, max: 3}
  alamat:
    question: Alamat
    max: banyak
rules:
  - {unless: "umur(", say: x}
letter: {template: a.html, number: "1"}
"""


def test_each_problem_goes_beside_what_it_is_about():
    """Also where several values share a line; those of other files belong to none."""
    from sync.core.mendable import Mendable, Problem

    root, _ = read_yaml(TEXT, file="x.yaml")
    with pytest.raises(Mendable) as told:
        read_workflow(TEXT, file="x.yaml")
    elsewhere = Problem("template", "templates/letters/a.html:2", "salah")
    names = {*stored(root), *(f"rules.{place}" for place in range(len(rules_of(root))))}
    placed, others = beside([*told.value.problems, elsewhere], root, names, file="x.yaml")
    found = {name: [problem.name for problem in problems] for name, problems in placed.items()}
    assert found["sheet"] == ["kunci-kurang"]
    assert "title" not in found
    assert found["prefix"] == ["prefix-salah"]
    assert found["fields.nik.type"] == ["tipe-tidak-dikenal"]
    assert found["fields.alamat.max"] == ["batas-salah"]
    assert found["letter.number"] == ["nomor-salah"]
    assert found["rules.0"] == ["aturan-salah"]
    assert elsewhere in others
