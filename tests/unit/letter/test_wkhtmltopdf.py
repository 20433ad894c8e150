"""What wkhtmltopdf does not read in a page is told to it as options: margins, and the boxes in them with page numbers."""

import pytest

from sync.letter.engines import Page
from sync.letter.engines.wkhtmltopdf import _options
from sync.letter.render import letter_environment, render
from tests.unit.letter.orders import OURS, order


def options(html: str) -> dict[str, str]:
    return _options(Page(html, {}, title="x", author="y"))


def test_the_shipped_letters_number_their_pages():
    """Page 2 of a letter that lost its first page must show it. (Builds with the system's Qt leave it out.)"""
    letter = order()
    html = render(letter_environment([OURS]), letter.template, letter.context)
    found = options(html)
    assert found["footer-right"] == "Halaman [page] dari [topage]"
    assert found["footer-left"] == "Permohonan SKD-26-0004F7"
    assert found["footer-font-name"] == "Liberation Serif"
    assert found["footer-font-size"] == "9"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("@bottom-center { content: counter(page); font-size: 10pt }", {"footer-center": "[page]"}),
        ("@top-left { content: 'a; b' \"}\" }", {"header-left": "a; b}"}),
        ("@bottom-left { content: none }", {}),
        ("@bottom-left { color: red }", {}),
    ],
)
def test_a_margin_box_becomes_a_footer_or_header(style, expected):
    """An office writes @page as everywhere else."""
    found = options(f"<style>@page {{ margin: 20mm; {style} }}</style>")
    texts = ("left", "center", "right")
    sides = {f"{kind}-{side}" for kind in ("header", "footer") for side in texts}
    assert {key: value for key, value in found.items() if key in sides} == expected
    assert found["margin-bottom"] == "20mm"


def test_files_scripts_and_the_network_stay_shut():
    """Whatever the page says."""
    found = options('<meta name="pdfkit-enable-local-file-access" content="">')
    assert {"disable-local-file-access", "disable-javascript", "disable-plugins"} <= set(found)
    assert found["proxy"] == "http://127.0.0.1:9"
    assert "enable-local-file-access" not in found


@pytest.mark.parametrize(
    ("style", "orientation"),
    [
        ("@page { size: A4 landscape; margin: 13mm }", "Landscape"),
        ("@page { margin: 1cm; size: landscape }", "Landscape"),
        ("@page { size: A4 } p { content: 'landscape' }", "Portrait"),
        ("", "Portrait"),
    ],
)
def test_a_page_that_lies_across_is_printed_across(style, orientation):
    """As the province's report."""
    assert options(f"<style>{style}</style>")["orientation"] == orientation
