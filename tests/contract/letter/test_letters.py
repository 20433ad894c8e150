"""The eight letters with their shortest, usual and longest answers: whole, readable, small, and well broken over pages."""

import re
from collections.abc import Callable, Iterator, Mapping
from ctypes import byref, c_size_t
from dataclasses import replace
from datetime import date
from functools import cache

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from sync.core.dates import format_date
from sync.core.filters import baris
from sync.core.settings import Head, Office
from sync.core.workflow.letter_facts import LETTER_FACTS
from sync.letter.check import template_problems
from sync.letter.press import Letterpress
from tests.conftest import missing_service
from tests.contract.letter.sample_letters import LETTERS, LINK, NOTICES, SIZES, letter_order
from tests.unit.letter.orders import OURS

PAGES = dict.fromkeys(LETTERS, 2) | dict.fromkeys(("pindah", *NOTICES), 3)
"""Of the longest letters; all others have one."""

IMAGE = pdfium.FPDF_PAGEOBJ_IMAGE
FOOT = 25 / 25.4 * 72  # the bottom margin: reference and page number
ELSEWHERE = ("referensi", "unit", "emblem")
"""In the foot, in the number, and no text."""

UNPRINTED = {"kantor.head", "kantor.responsible", "kantor.timezone", "kantor.emblem"}
"""Of the office, for Loket itself or put into the letterhead."""

ALL = [(letter, size) for letter in LETTERS for size in SIZES]


@pytest.fixture(scope="module")
def press() -> Iterator[Letterpress]:
    try:
        import plutoprint  # noqa: F401
    except ImportError:
        missing_service("PlutoPrint has no build for this machine")
    with Letterpress([OURS], processes=1) as press:
        yield press


@pytest.fixture(scope="module")
def made(press: Letterpress) -> Callable[[str, str], bytes]:
    """`made("domisili", "usual")`: that letter's PDF, made once."""
    return cache(lambda letter, size: press.make(letter_order(letter, size)))


def pages_of(pdf: bytes, *, foot: bool = False) -> list[str]:
    """Each page's text in reading order, without its foot (or that alone), and without spaces and line breaks."""
    document = pypdfium2.PdfDocument(pdf)
    texts = []
    for page in document:
        text = page.get_textpage()
        part = {"top": FOOT} if foot else {"bottom": FOOT}
        texts.append(squeezed(text.get_text_bounded(**part)))
        text.close()
        page.close()
    document.close()
    return texts


def squeezed(text: str) -> str:
    """The reader has signs of its own for a hyphen at a line's end; letterheads are set in capitals."""
    return "".join(text.replace("\ufffe", "-").replace("\x02", "-").split()).casefold()


def values(name: str, value: object) -> Iterator[str]:
    """A value's parts as they stand on paper: dates in words, lines and list entries apart."""
    if name in ELSEWHERE or value in (None, ""):
        return
    if name == "nip":
        yield f"NIP {value}"
    elif name == "anggota" and isinstance(value, str):
        for person in baris(value, ";"):
            yield "".join(person)
    elif isinstance(value, date):
        yield format_date(value)
    elif isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from values(key, part)
    elif isinstance(value, list):
        for part in value:
            yield from values(name, part)


@pytest.mark.parametrize(("letter", "size"), ALL)
def test_every_value_can_be_read_in_the_letter(made, letter, size):
    """Copied, searched and read aloud: what the applicant wrote is text, whole, in one place of one page."""
    pages = pages_of(made(letter, size))
    context = dict(letter_order(letter, size).context)
    if letter == "tanda-terima":  # nobody signs it
        context["kantor"] = {**context["kantor"], "head": {}}
    for name, value in context.items():
        for part in values(name, value):
            assert any(squeezed(part) in page for page in pages), (name, part)


@pytest.mark.parametrize(("letter", "size"), ALL)
def test_a_letter_has_no_more_pages_than_it_needs_and_counts_them(made, letter, size):
    """ "Halaman 1 dari 2" tells who holds one sheet that another belongs to it."""
    pdf = made(letter, size)
    expected = PAGES[letter] if size == "longest" else 1
    feet = pages_of(pdf, foot=True)
    assert feet == [
        f"permohonanskd-26-0004f7halaman{number}dari{expected}" for number in range(1, expected + 1)
    ]
    assert len(pdf) < 60_000


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_a4_within_its_margins(made, letter):
    """3 cm on the left for the file's holes, 2 cm on the right."""
    document = pypdfium2.PdfDocument(made(letter, "longest"))
    for page in document:
        assert [round(points / 72 * 25.4) for points in page.get_size()] == [210, 297]
        left, _, right, _ = zip(*(item.get_bounds() for item in page.get_objects()), strict=True)
        assert min(left) / 72 * 25.4 >= 29.5
        assert max(right) / 72 * 25.4 <= 190.5
        page.close()
    document.close()


@pytest.mark.parametrize("letter", LETTERS)
def test_every_font_is_in_the_letter_and_only_what_is_used_of_it(made, letter):
    """The whole fonts would be a megabyte and more; a telephone has none of them."""
    document = pypdfium2.PdfDocument(made(letter, "usual"))
    fonts = {}
    for item in document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        fonts[item.get_font().get_base_name()] = pdfium.FPDFTextObj_GetFont(item.raw)
    assert len(fonts) == 2, fonts  # regular and bold
    for name, font in fonts.items():
        assert "LiberationSerif" in name
        assert pdfium.FPDFFont_GetIsEmbedded(font)
        size = c_size_t()
        assert pdfium.FPDFFont_GetFontData(font, None, 0, byref(size))
        assert 1_000 < size.value < 40_000
    document.close()


@pytest.mark.parametrize("letter", LETTERS)
def test_the_last_page_has_more_than_a_signature(made, letter):
    """A page with nothing but a signature could be put under any text."""
    last = pages_of(made(letter, "longest"))[-1]
    signed = (
        "hormatkami" if letter in ("perbaikan", "penolakan") else "tanjungcontohselatan,31agustus"
    )
    closing = last.partition(signed)[0]
    assert len(closing) > 80
    assert last.endswith(
        "perlindungananak" if letter == "tanda-terima" else "nip197003121995032002"
    )


def test_the_family_list_has_its_head_on_every_page(made):
    """Sixteen digits without "NIK" above them say nothing; no person stands half on one page and half on the next."""
    pages = pages_of(made("pindah", "longest"))
    of_list = [page for page in pages if "putralestari" in page]
    assert len(of_list) == 2
    for page in of_list:
        assert "no.namanikhubungankeluarga" in page


def test_a_list_of_any_length_anywhere_leaves_no_head_alone_and_loses_nobody(press):
    """Wherever the page ends, a person stands under the list's head and its sentence, and text above the signature."""
    order = letter_order("pindah", "usual")
    for people in range(1, 41):
        names = [f"Orang{number}Selesai" for number in range(1, people + 1)]
        changed = {
            "anggota": "\n".join(f"{name}; 6402051107950003; anak" for name in names),
            "alamat": "\n".join(["Jalan Kenanga"] * people),
        }
        pages = pages_of(press.make(replace(order, context={**order.context, **changed})))
        for page in pages:
            assert ("namanikhubungan" in page) == ("selesai" in page)
            assert ("keluargaberikut:" in page) == ("orang1selesai" in page)
        assert "demikiansuratketerangan" in pages[-1]
        assert all(any(name.casefold() in page for page in pages) for name in names)


def test_a_person_who_is_written_otherwise_stands_in_the_list_as_written(press):
    """ "Budi, anak" without a NIK: the officer has seen it and approved it."""
    order = letter_order("pindah", "usual")
    family = "Budi Santoso, anak\nDewi; 6402051107950003; anak; kandung"
    (page,) = pages_of(press.make(replace(order, context={**order.context, "anggota": family})))
    assert "1.budisantoso,anak2.dewi;6402051107950003;anak;kandung" in page


@pytest.mark.parametrize("letter", [letter for letter in LETTERS if letter not in NOTICES])
def test_a_letter_that_can_be_verified_has_its_code_and_says_that_it_is_no_tte(press, letter):
    """Printed at home, 24 mm are what the camera of a cheap telephone reads."""
    pdf = press.make(letter_order(letter, "usual", link=LINK))
    (page,) = pages_of(pdf)
    assert (
        "pindaiuntukmemeriksasuratinidisurat.contoh.go.id.bukantandatanganelektronik(tte)." in page
    )
    assert len(pdf) < 60_000

    document = pypdfium2.PdfDocument(pdf)
    drawn = [item.get_bounds() for item in document[0].get_objects() if item.type == IMAGE]
    left, bottom, right, top = max(drawn, key=lambda box: min(box[2] - box[0], box[3] - box[1]))
    assert 27 < (right - left) / 72 * 25.4 < 29  # with the quiet zone: 4 of 69 modules on each side
    assert 27 < (top - bottom) / 72 * 25.4 < 29
    assert bottom > FOOT
    document.close()


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_without_a_code_does_not_speak_of_one(made, letter):
    """An office without a verifier's page promises none."""
    assert "pindai" not in "".join(pages_of(made(letter, "usual")))


def test_one_who_moves_alone_gets_no_empty_list(made):
    """An empty table looks like something was cut out."""
    (page,) = pages_of(made("pindah", "short"))
    assert "hubungankeluarga" not in page
    assert "anggotakeluarga" not in page


@pytest.mark.parametrize("letter", NOTICES)
def test_a_notice_without_notes_has_no_empty_places(made, letter):
    """Most receipts have no note of an officer."""
    (page,) = pages_of(made(letter, "short"))
    for word in ("catatanpetugas", "berikut:permohonan", "alasansebagaiberikut", "perludilengkapi"):
        assert word not in page


@pytest.mark.parametrize("letter", NOTICES)
def test_a_notice_needs_nothing_of_the_service(letter):
    """One file for all services: what `check` would say of it for any of them."""
    known = {*letter_order(letter, "usual").context, "verifikasi"}
    assert template_problems([OURS], f"letters/{letter}.html", known) == []


@pytest.mark.parametrize("letter", LETTERS)
def test_what_a_letter_is_not_is_said_where_it_could_be_mistaken(made, letter):
    """A receipt is no certificate, and a letter about a move is not the one of SIAK."""
    text = "".join(pages_of(made(letter, "usual")))
    assert ("bukansuratketerangan" in text) == (letter == "tanda-terima")
    assert ("tidakmenggantikandokumenkependudukan" in text) == (
        letter in ("tanda-terima", "pindah")
    )
    assert ("tidakdipungutbiaya" in text) == (letter in (*NOTICES, "pengantar-rekam"))


def test_the_guide_shows_every_letter_and_names_everything_a_letter_knows():
    """docs/panduan/surat.md ↔ templates/letters, sync/worker/letters.py and the office's settings."""
    guide = (OURS.parent / "docs" / "panduan" / "surat.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^]]+\]\((\S+?)\)", guide)
    assert sorted(shown) == sorted(f"../pictures/letters/{letter}.png" for letter in LETTERS)
    for picture in shown:
        assert (OURS.parent / "docs" / "panduan" / picture).is_file()
    files = {f"{letter}.html" for letter in LETTERS}
    assert files == {file.name for file in (OURS / "letters").glob("[!_]*.html")}
    assert files <= set(re.findall(r"^\| `(\S+\.html)` \|", guide, re.MULTILINE))

    names = guide.split("## 4.")[1].split("## 5.")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", names, re.MULTILINE)) == set(LETTER_FACTS)
    office = {f"kantor.{name}" for name in Office.model_fields} | {
        f"kantor.head.{name}" for name in Head.model_fields
    }
    assert set(re.findall(r"`(kantor\.[\w.]+)`", names)) == office - UNPRINTED
