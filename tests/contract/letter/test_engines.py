"""What every engine must do: the same letter, with its fonts, and nothing opened that it was not given."""

import re
import socket
import sys
from ctypes import POINTER, c_ushort, cast, create_string_buffer
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from sync.letter.engines import Page, load_engine
from sync.letter.fonts import write_fontconfig
from sync.letter.press import LetterFailed, Letterpress
from tests.contract.letter.installed import ENGINES, require
from tests.unit.letter.orders import HEAD, NUMBER, OFFICE, OURS, order, soon, text_of

# WeasyPrint leaves the closing of its colour profile to the collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:(?s).*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning"
)
LETTERS = ("letters/domisili.html", "letters/belum-menikah.html", "letters/suket-ktp.html")


@pytest.fixture(params=ENGINES)
def name(request):
    """An engine that is on this machine."""
    return require(request.param)


@pytest.fixture
def templates(tmp_path):
    folder = tmp_path / "templates"
    (folder / "letters").mkdir(parents=True)
    return folder


@pytest.fixture
def press(name, templates):
    with Letterpress([templates, OURS], engine=name, processes=1) as press:
        yield press


@pytest.fixture
def engine(name, tmp_path, monkeypatch):
    folder = tmp_path / "engine"
    folder.mkdir()
    write_fontconfig(folder, [OURS])
    monkeypatch.setenv("FONTCONFIG_FILE", "")  # an engine may set it, for its own process
    return load_engine(name, folder=folder, timeout_s=10)


def page(body: str) -> Page:
    return Page(f"<!DOCTYPE html><html><body>{body}</body></html>", {}, title="x", author="y")


def result_of(engine, body: str) -> bytes:
    """The PDF, or nothing when the engine refused."""
    try:
        return engine.print(page(body))
    except LetterFailed:
        return b""


@pytest.mark.parametrize("template", LETTERS)
def test_every_letter_is_one_a4_page(press, template):
    """An office may change the engine and keep its letters."""
    document = pypdfium2.PdfDocument(press.make(order(template)))
    assert len(document) == 1
    assert [round(points / 72 * 25.4) for points in document[0].get_size()] == [210, 297]
    document.close()


def test_every_font_is_embedded_and_is_the_letters_own(press):
    """A letter must look the same on every PC, and on a telephone."""
    document = pypdfium2.PdfDocument(press.make(order()))
    for text in document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        assert pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(text.raw))
        assert "LiberationSerif" in text.get_font().get_base_name().replace("-", "")
    document.close()


@pytest.mark.parametrize(("said", "read"), [('lang="id"', "id"), ('lang="en"', "en"), ("", "id")])
def test_a_letter_tells_its_title_author_and_language(press, templates, said, read):
    """A screen reader speaks Indonesian by it, and a window and an archive show what the letter is."""
    (templates / "letters" / "surat.html").write_text(
        HEAD.replace('lang="id"', said) + "<body>{{ nama }} {{ nomor }}</body></html>",
        encoding="utf-8",
    )
    document = pypdfium2.PdfDocument(press.make(order("letters/surat.html")))
    buffer = create_string_buffer(32)
    pdfium.FPDFCatalog_GetLanguage(document, cast(buffer, POINTER(c_ushort)), len(buffer))
    assert buffer.raw.decode("utf-16-le").rstrip("\0") == read
    facts = document.get_metadata_dict()
    document.close()
    assert facts["Title"] == f"Surat Keterangan Domisili {NUMBER}"
    assert facts["Author"] == OFFICE["name"]
    assert facts["Creator"] == "Loket"


def test_a_title_may_hold_any_letters(press):
    """Services are named by people."""
    named = replace(order(), title="Surat “Ḥusayn” – Żółć (1/2) \\ 文")
    document = pypdfium2.PdfDocument(press.make(named))
    assert document.get_metadata_dict()["Title"] == named.title
    document.close()


def test_text_has_its_true_size(press, templates):
    """wkhtmltopdf sets everything at four fifths when it is let."""
    (templates / "letters" / "surat.html").write_text(
        HEAD
        + "<style>@page { margin: 20mm } body { margin: 0; font-size: 12pt }</style><body><p>{{ nama }} {{ nomor }}"
        '</p><div style="width: 100mm; text-align: right">|</div></body></html>',
        encoding="utf-8",
    )
    document = pypdfium2.PdfDocument(press.make(order("letters/surat.html")))
    text = document[0].get_textpage()
    bar = text.get_charbox(text.count_chars() - 1)
    text.close()
    document.close()
    assert bar[2] / 72 * 25.4 == pytest.approx(120, abs=1)


def test_a_character_without_a_font_is_refused(press):
    """Also where an engine would quietly take another font, or none."""
    with pytest.raises(LetterFailed, match="huruf Arab"):
        press.make(order(alamat="مسجد"))


def test_hostile_answers_are_printed_as_typed(press):
    """Escaping is the template's affair, and the same for every engine."""
    typed = "<img src=file:///etc/passwd> {{ 7*7 }} url(letters/img/lambang.svg) <meta name='pdfkit-page-size' content='A0'>"
    text = text_of(press.make(order(alamat=typed))).replace(" ", "")
    assert typed.replace(" ", "") in text


@pytest.mark.parametrize(
    "body",
    [
        '<img src="{url}">',
        '<iframe src="{url}"></iframe>',
        '<object data="{url}"></object>',
        '<link rel="stylesheet" href="{url}">',
        "<style>@import '{url}';</style>",
        '<p style="background: url({url})">x</p>',
        "<style>@font-face {{ font-family: F; src: url({url}) }} p {{ font-family: F }}</style><p>x</p>",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}" width="9" height="9"/></svg>',
    ],
)
def test_an_engine_opens_no_connection(engine, body):
    """The second lock: HTML that came past the first one, straight to the engine."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.2)
        url = f"http://127.0.0.1:{door.getsockname()[1]}/x"
        result_of(engine, body.format(url=url))
        with pytest.raises(TimeoutError):
            door.accept()


def test_an_engine_reads_no_file(engine, tmp_path):
    """A text file in a frame would be printed as text."""
    secret = tmp_path / "rahasia.html"
    secret.write_text("<p>rahasia kantor</p>", encoding="utf-8")
    open_door = result_of(engine, f'<p>surat</p><iframe src="{secret.as_uri()}"></iframe>')
    assert "rahasia" not in (text_of(open_door) if open_door else "")


def test_options_in_meta_tags_are_not_obeyed(engine, tmp_path):
    """pdfkit hands them to wkhtmltopdf as options (CVE-2025-26240)."""
    target = tmp_path / "bukti.txt"
    body = f'<meta name="pdfkit-page-size" content="A0"><meta name="pdfkit-cookie-jar" content="{target}"><p>x</p>'
    pdf = result_of(engine, body)
    assert not target.exists()
    if pdf:
        document = pypdfium2.PdfDocument(pdf)
        assert round(document[0].get_width() / 72 * 25.4) == 210
        document.close()


def test_the_engines_print_the_same_text():
    """An office that changes PCs, and with it the engine, sends the same letters."""
    texts = []
    for name in ENGINES:
        with Letterpress([OURS], engine=require(name), processes=1) as press:
            made = [text_of(press.make(order(letter))) for letter in LETTERS]
            texts.append([_without_the_margins(text) for text in made])
    assert texts[0] == texts[1] == texts[2]


def _without_the_margins(text):
    # Debian's wkhtmltopdf, with the system's Qt, prints nothing there.
    return re.sub(r"Permohonan SKD-26-0004F7|Halaman \d+ dari \d+", "", text).split()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_an_engine_that_hangs_leaves_nothing_behind(name, templates, monkeypatch):
    """A killed printer takes the program along that it started."""
    (templates / "letters" / "surat.html").write_text(
        HEAD + "<body>" + "<div><table><tr><td>" * 15_000 + "</body></html>", encoding="utf-8"
    )
    monkeypatch.setenv("TMPDIR", str(templates.parent))
    with (
        Letterpress([templates, OURS], engine=name, processes=1, timeout_s=1) as press,
        pytest.raises(LetterFailed),
    ):
        press.make(order("letters/surat.html"))
    marker = f"TMPDIR={templates.parent}".encode()
    assert soon(
        lambda: not any(marker in _read(file) for file in Path("/proc").glob("[0-9]*/environ"))
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
