"""`loket check` reads the letters before a citizen waits for one: every problem, with file and line."""

import pytest
import yaml

from sync.core.workflow.letter_facts import LETTER_FACTS
from sync.letter import check
from sync.letter.check import template_problems, trial_problem
from tests.unit.letter.orders import OURS

FACTS = set(LETTER_FACTS)


def problems(templates, source, known=FACTS):
    (templates / "letters" / "surat.html").write_text(source, encoding="utf-8")
    return template_problems([templates, OURS], "letters/surat.html", known)


@pytest.mark.parametrize(
    "file", sorted((OURS.parent / "workflows").glob("*.yaml")), ids=lambda p: p.stem
)
def test_the_letters_that_loket_comes_with_fit_their_workflows(file):
    """A field renamed in a workflow and not in its letter would stop the first citizen."""
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    known = FACTS | set(workflow["fields"])
    assert template_problems([OURS], workflow["letter"]["template"], known) == []


def test_an_unknown_name_is_told_with_its_line_and_the_nearest(templates):
    """Most wrong names are a slip of one letter."""
    (problem,) = problems(templates, "<p>\n\n{{ nomro }}</p>")
    assert problem.where == "templates/letters/surat.html:3"
    assert problem.found == '"nomro" bukan isian layanan ini; yang mirip: "nomor"'


@pytest.mark.parametrize(
    ("source", "name", "line"),
    [
        ("<p>\n{{ nama|tangal }}", "penyaring-tidak-dikenal", 2),
        ("{% if nama is bagus %}{% endif %}", "uji-tidak-dikenal", 1),
        ("\n{{ kantor.nmae }}", "nama-tidak-dikenal", 2),
        ("\n{{ kantor.head.pangkat }}", "nama-tidak-dikenal", 2),
        ("<p>\n\n{% if nama %}", "template-salah-tulis", 3),
        ('\n{% extends "letters/_dasr.html" %}', "template-tidak-ditemukan", 2),
        ('\n<img src="http://contoh.go.id/logo.png">', "berkas-surat", 2),
        ('\n<img\n src="file:///C:/logo.png">', "berkas-surat", 3),
        ('<img src="letters/tidak-ada.png">', "berkas-surat", 1),
        ("<style>\n@font-face { src: url(letters/fonts/Times.ttf) }</style>", "berkas-surat", 2),
        ("<style>@import 'x.css';</style>", "berkas-surat", 1),
        ('\n<link rel="stylesheet" href="gaya.css">', "berkas-surat", 2),
        ("{% autoescape false %}{{ nama }}{% endautoescape %}", "autoescape-dimatikan", 1),
        ("{{ nama|safe }}", "penyaring-tidak-dikenal", 1),
    ],
)
def test_each_slip_is_told_once_at_its_line(templates, source, name, line):
    """The person at the keyboard opens that file at that line."""
    (problem,) = problems(templates, source)
    assert (problem.name, problem.where.rpartition(":")[2]) == (name, str(line))
    assert problem.run == "python loket.py check"


def test_an_image_that_no_letter_could_print_is_told_with_its_line(templates):
    """A photograph of 50 MB from a telephone, and a copy that stopped half-way."""
    with (templates / "besar.png").open("wb") as photograph:
        photograph.truncate(50 * 1024 * 1024)
    (templates / "rusak.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(90))
    found = problems(templates, '<p>\n<img src="besar.png">\n<img src="rusak.png">')
    assert [problem.where.rpartition(":")[2] for problem in found] == ["2", "3"]
    assert found[0].found == "Berkas besar.png terlalu besar; paling besar 4 MB."
    assert found[1].found == "Gambar rusak.png rusak atau bukan PNG; simpan ulang gambarnya."


def test_an_endless_loop_is_told_with_its_line_and_the_check_goes_on(templates, monkeypatch):
    """Each loop is allowed, but not one in another: `check` would stand still and say nothing."""
    monkeypatch.setattr(check, "_LONGEST_TRIAL_S", 0.2)
    (templates / "letters" / "bagian.html").write_text(
        "\n\n{% for i in range(3000) %}{% for j in range(9000) %}{% endfor %}{% endfor %}",
        encoding="utf-8",
    )
    (templates / "letters" / "surat.html").write_text(
        '<p>\n{% include "letters/bagian.html" %}', encoding="utf-8"
    )
    problem = trial_problem([templates, OURS], "letters/surat.html", {})
    assert problem.name == "template-tanpa-akhir"
    assert problem.where == "templates/letters/bagian.html:3"


def test_all_problems_are_told_at_once_in_the_order_of_the_file(templates):
    """Mending one and running again, ten times, is no way to work."""
    found = problems(templates, '{{ satu }}\n<img src="x.png">\n{{ dua }}\n{{ nama|tiga }}')
    assert [problem.where.rpartition(":")[2] for problem in found] == ["1", "2", "3", "4"]


def test_a_missing_template_is_told_where_it_was_looked_for(templates):
    """`letters/domisil.html`: the nearest is offered."""
    (problem,) = template_problems([templates, OURS], "letters/domisil.html", FACTS)
    assert problem.name == "template-tidak-ditemukan"
    assert 'yang mirip: "letters/domisili.html"' in problem.found


def test_what_a_template_sets_itself_is_known(templates):
    """Loops, macros and {% set %} make names that no question has."""
    source = (
        "{% set a = nama %}{{ a }}{% for x in nama %}{{ x }}{{ loop.index }}{% endfor %}"
        "{% macro m(y) %}{{ y }}{% endmacro %}{{ m(nama) }}"
        "{% if nama %}{% set b = 1 %}{{ b }}{% endif %}"
    )
    assert problems(templates, source) == []


def test_images_put_together_by_jinja_and_those_in_comments_are_left_alone(templates):
    """Only a letter with answers can tell what they are."""
    source = (
        '<img src="{{ kantor.emblem or \'x\' }}"><!-- <img src="x.png"> -->{# <img src="y.png"> #}'
    )
    assert problems(templates, source) == []
