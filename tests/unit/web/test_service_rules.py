"""The plain rules of the service page: each is known again from its expression, and makes no other than it says."""

from datetime import date

import pytest

from sync.core.rules import compile_rule
from sync.core.workflow.edit import edited
from sync.core.workflow.read import read_workflow
from sync.core.yaml_text import read_yaml
from sync.web.preview.wording import Wordings
from sync.web.service import page, values
from sync.web.service.beside import beside
from sync.web.service.form import Unfit, changes_of
from sync.web.service.rule_kinds import KINDS, Incomplete, Known, expression, known, sentence
from sync.web.service.values import rules_of, stored

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


FILE = """\
title: Surat Usaha
receipt: {receipt}   # diminta Bu Ratna
letter: {{template: letters/usaha.html, number: "x", start: {{2025: 7}}}}
attach:
  # surat penolakan
  rejected: letters/penolakan.html
  lain: letters/lain.html
messages: {{letter: messages/usaha.txt}}
"""


def saved(sent: dict[str, str], receipt: str = "ya") -> str:
    """The file after the page sent these values and all others as they were."""
    text = FILE.format(receipt=receipt)
    root, _ = read_yaml(text, file="x.yaml")
    return edited(text, changes_of(root, {**stored(root), **sent}), file="x.yaml")


@pytest.mark.parametrize(
    ("written", "shown"), [("ya", "ya"), ("true", "ya"), ("no", "tidak"), ("kadang", "kadang")]
)
def test_yes_and_no_are_known_however_they_were_written(written, shown):
    """And are written anew only where somebody chose otherwise."""
    root, _ = read_yaml(FILE.format(receipt=written), file="x.yaml")
    assert stored(root)["receipt"] == shown
    assert saved({}, written) == FILE.format(receipt=written)


def test_a_choice_taken_back_keeps_its_comment():
    assert "receipt: tidak   # diminta Bu Ratna\n" in saved({"receipt": "tidak"})


def test_a_table_that_nothing_is_left_of_goes_and_what_the_page_does_not_know_stays():
    """`attach: {}` would be nobody's wish; `attach.lain` is told by `check`."""
    after = saved({"attach.rejected": "", "messages.letter": ""})
    assert "messages" not in after
    assert "attach:\n  # surat penolakan\n  lain: letters/lain.html\n" in after
    assert "letters/penolakan" not in after


def test_one_taken_away_and_another_put_in_its_place_are_both_done():
    """Under the same key, where the file held that one alone."""
    after = saved({"messages.letter": "", "messages.rejected": "messages/ditolak.txt"})
    assert "messages: {rejected: messages/ditolak.txt}\n" in after


def test_papers_stay_where_all_else_of_their_table_goes():
    text = "title: y\npublic: {summary: Izin usaha}\n"
    root, _ = read_yaml(text, file="x.yaml")
    sent = {**stored(root), "public.summary": "", "public.requirements": "KTP"}
    assert "public: {requirements: [KTP]}\n" in edited(text, changes_of(root, sent), file="x.yaml")


def test_what_citizens_are_told_is_lines_and_goes_when_nothing_is_left():
    first = saved({"public.summary": "Izin usaha", "public.requirements": "KTP\r\n\r\nFoto usaha"})
    assert "public: {summary: Izin usaha, requirements: [KTP, Foto usaha]}\n" in first
    root, _ = read_yaml(first, file="x.yaml")
    none = {"public.summary": "", "public.requirements": ""}
    changes = changes_of(root, {**stored(root), **none})
    assert "public" not in edited(first, changes, file="x.yaml")


def test_the_first_serials_of_years_are_lines():
    assert "start: {2025: 7, 2026: 124}" in saved({"letter.start": "2025: 7\r\n2026 : 124\r\n"})
    assert "start" not in saved({"letter.start": ""})
    with pytest.raises(Unfit) as told:
        saved({"letter.start": "124"})
    assert "2026: 124" in told.value.wrong["letter.start"]


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        ("[email]", {"deliver.sms": "ya"}, "[email, sms]"),
        ("[whatsapp, email, sms]", {"deliver.sms": ""}, "[email, whatsapp]"),
        ("[email, whatsapp]", {"deliver": "email, drive"}, "[email, drive, whatsapp]"),
        ("[whatsapp, email]", {"title": "x"}, "[whatsapp, email]"),
    ],
)
def test_what_tells_and_carries_no_letter_is_ticked(before, sent, after):
    """An order that somebody wrote stays until something of it is chosen otherwise."""
    root, _ = read_yaml(f"title: y\ndeliver: {before}\n", file="x.yaml")
    text = edited(
        f"title: y\ndeliver: {before}\n",
        changes_of(root, {**stored(root), **sent}),
        file="x.yaml",
    )
    assert f"deliver: {after}\n" in text


def test_the_page_has_words_for_every_message():
    """And so has the preview."""
    assert tuple(page.MESSAGES) == values.MESSAGES
    assert {kind for kind, _ in Wordings.kinds()} == set(values.MESSAGES)
    assert tuple(page.NOTICES) == values.NOTICES
