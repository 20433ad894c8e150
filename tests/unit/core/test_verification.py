"""Facts of a letter ↔ the text of its code: one spelling, nothing lost, nothing of another shape taken."""

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.mendable import Mendable
from sync.core.verification import (
    LONGEST_CODE,
    SIGNATURE_BYTES,
    Facts,
    NotACode,
    answers_text,
    base32,
    fit_address,
    link_of,
    mask_name,
    read_code,
    signed_text,
    write_code,
)
from sync.core.workflow.read import read_workflow

FACTS = Facts(
    "470/0123/DKPS/XI/2026",
    "C*** L***",
    "Surat Keterangan Domisili",
    date(2026, 11, 24),
    date(2027, 5, 24),
    "ABCDEFGHIJKL2",
)
SIGNATURE = bytes(range(SIGNATURE_BYTES))
CODE = write_code(signed_text(FACTS, "KEYKEY23"), SIGNATURE)

line = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@given(line, line, line, st.dates(date(2000, 1, 1)), st.none() | st.dates(date(2000, 1, 1)))
def test_a_code_gives_back_the_facts_that_were_written(number, name, kind, dated, until):
    """Whatever letters a name or a service is written with; a text is kept in NFC, as everywhere in Loket."""
    texts = (unicodedata.normalize("NFC", text) for text in (number, name, kind))
    facts = Facts(*texts, dated, until, FACTS.mark)
    read = read_code(write_code(signed_text(facts, "KEYKEY23"), SIGNATURE))
    assert (read.facts, read.key_id) == (facts, "KEYKEY23")
    assert (read.signed, read.signature) == (signed_text(facts, "KEYKEY23"), SIGNATURE)


def test_no_text_can_pass_for_another_line():
    """A service's title with a line break would push the others along."""
    sly = Facts("1\n2", "A***", "Surat\r\nPalsu", FACTS.dated, None, FACTS.mark)
    facts = read_code(write_code(signed_text(sly, "KEYKEY23"), SIGNATURE)).facts
    assert (facts.number, facts.name, facts.kind) == ("1 2", "A***", "Surat Palsu")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        CODE[:-1],
        CODE[:-8],
        CODE[1:],
        CODE + "A",
        CODE + "AAAAAAAA",
        CODE.lower(),
        CODE + "=",
        CODE + " ",
        "A" * (LONGEST_CODE + 1),
        "é" * 40,
        write_code(signed_text(FACTS, "KEYKEY23").replace(b"L1", b"L2"), SIGNATURE),
        write_code(signed_text(FACTS, "KEYKEY23") + b"\nmore", SIGNATURE),
        write_code(signed_text(FACTS, "KEYKEY23").replace(b"20261124", b"20261324"), SIGNATURE),
        write_code(signed_text(FACTS, "KEY"), SIGNATURE),
        write_code(b"\xff" + signed_text(FACTS, "KEYKEY23"), SIGNATURE),
        write_code(b"", SIGNATURE),
    ],
)
def test_what_is_no_code_is_refused(text):
    """Truncated, padded, respelled, of another version or shape. A cut that leaves a shape whole leaves no signature
    that fits: tests/contract/letter/test_office_key.py."""
    try:
        read = read_code(text)
    except NotACode:
        return
    assert (read.signed, read.signature) != (signed_text(FACTS, "KEYKEY23"), SIGNATURE)
    assert text in (CODE[:-8], CODE + "AAAAAAAA")


@given(st.text(max_size=400) | st.binary(max_size=250).map(base32))
def test_no_text_whatever_breaks_the_reading(text):
    """Anybody may send anything to the look-up."""
    with suppress(NotACode):
        read = read_code(text)
        assert write_code(read.signed, read.signature) == text


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Citra Ayu Lestari", "C*** A*** L***"),
        ("  Siti   Nur'aini ", "S*** N***"),
        ("Ong", "O***"),
        ("a b c d e f g h", "a*** b*** c*** d*** e*** f***"),
        ("", ""),
    ],
)
def test_a_name_is_masked_word_by_word(name, masked):
    """Enough to compare with the paper, too little to learn the name from a code found somewhere."""
    assert mask_name(name) == masked


def test_the_answers_have_one_form():
    """Empty answers, spaces, Unicode's spellings and the columns' order tell nothing; a changed answer does."""
    plain = answers_text("SKD-26-0004F7", {"NIK": "1", "Nama": "René", "Catatan": ""})
    assert plain == answers_text("SKD-26-0004F7", {"Nama": "Rene\u0301 ", "NIK": 1.0})
    assert plain != answers_text("SKD-26-0004F7", {"NIK": "2", "Nama": "René"})
    assert plain != answers_text("SKD-26-0004G7", {"NIK": "1", "Nama": "René"})


@pytest.mark.parametrize(
    ("address", "fit"),
    [
        ("https://verifikasi.contoh.go.id/", True),
        ("https://contoh.go.id/surat/periksa.html", True),
        ("http://127.0.0.1:8080/periksa", True),
        ("https://contoh.go.id", False),  # without the slash some scanners take no link of it
        ("https://contoh.go.id/?a=b", False),
        ("https://contoh.go.id/#x", False),
        ("https://petugas@contoh.go.id/", False),
        ("https://contoh.go.id:99999/", False),
        ("https://contoh go.id/", False),
        ("ftp://contoh.go.id/", False),
        ("https:///x", False),
        (f"https://contoh.go.id/{'x' * 120}", False),
    ],
)
def test_an_address_that_can_carry_a_code(address, fit):
    """What stands before the # is an office's to write, and is printed on every letter."""
    assert fit_address(address) is fit


def test_a_usual_link_is_short():
    """A QR of it is read at 24 mm: tests/contract/letter/test_verification_qr.py."""
    assert len(link_of("https://verifikasi.contoh.go.id/", CODE)) < 320


@pytest.mark.parametrize("months", ["0", "121", "-6", "enam", "6.5", "''"])
def test_a_term_is_a_whole_number_of_months(months):
    """`letter.valid_months`, 1 to 120; what is wrong is told with its line."""
    with pytest.raises(Mendable) as caught:
        read_workflow(WORKFLOW.format(months=months), file="workflows/x.yaml")
    (problem,) = caught.value.problems
    assert problem.where == "workflows/x.yaml:10"
    assert "letter.valid_months" in problem.found


def test_a_term_is_read():
    assert read_workflow(WORKFLOW.format(months="6"), file="x.yaml").letter.valid_months == 6


WORKFLOW = """\
title: Suket
prefix: SKT
sheet: 1AbCdEfGhIjKlMnOpQrStUvWxYz
tab: A
applicant: {{name: Nama, email: Email}}
fields: {{nik: {{question: NIK, type: nik}}}}
letter:
  template: letters/x.html
  number: "{{{{ serial }}}}/{{{{ tahun }}}}"
  valid_months: {months}
"""
