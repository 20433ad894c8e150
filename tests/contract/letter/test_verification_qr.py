"""The QR of a printed letter is read from a picture of the page as a cheap scanner sees it, and what it says verifies."""

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
import zxingcpp

from sync.core.verification import Facts, mask_name, read_code
from sync.letter.engines.here import engines_here
from sync.letter.office_key import OfficeKey, verifies
from sync.letter.press import Letterpress
from sync.letter.qr import qr
from tests.conftest import missing_service
from tests.unit.letter.orders import OURS, order

ADDRESS = "https://verifikasi.disdukcapil.contohkab.go.id/"
DPI = 150
KEY = OfficeKey.new()
USUAL = Facts(
    "470/0123/DKPS/XI/2026",
    mask_name("Citra Ayu Lestari"),
    "Surat Keterangan Domisili",
    date(2026, 11, 24),
    None,
    KEY.mark(b"x"),
)
LONG = replace(
    USUAL,
    number="400.12.4.1/00123/UPTD-DKPS/XI/2026",
    name=mask_name("Raden Ajeng Kusumaningrum Widyastuti binti Abdurrahman"),
    kind="Surat Keterangan Pengganti Kartu Tanda Penduduk Elektronik Sementara",
    valid_until=date(2027, 5, 24),
)


def picture(pdf: bytes) -> memoryview:
    """The first page, grey."""
    document = pypdfium2.PdfDocument(pdf)
    bitmap = document[0].render(scale=DPI / 72, grayscale=True)
    rows = [bytes(bitmap.buffer)[y * bitmap.stride :][: bitmap.width] for y in range(bitmap.height)]
    size = (bitmap.height, bitmap.width)
    document.close()
    return memoryview(b"".join(rows)).cast("B", size)


@pytest.mark.parametrize("engine", ["plutoprint", "pdfkit", "weasyprint"])
@pytest.mark.parametrize("facts", [USUAL, LONG], ids=["usual", "long"])
def test_the_code_of_a_letter_can_be_read_and_verifies(facts: Facts, engine: str) -> None:
    """At about 24 mm and 150 dpi, with a usual and with the longest plausible facts."""
    link = KEY.link(ADDRESS, facts)
    given = order(verifikasi={"tautan": link, "alamat": "x"}, berlaku_sampai=None)
    if not {one.name: one.there for one in engines_here()}[engine]:
        missing_service(f"{engine} is not on this machine")
    with Letterpress([OURS], engine=engine, processes=1, timeout_s=60) as press:
        pdf = press.make(given)
    found = zxingcpp.read_barcodes(picture(pdf))

    assert [code.text for code in found] == [link]
    read = read_code(link.partition("#")[2])
    assert read.facts == facts
    assert verifies(read, KEY.point)
    corners = found[0].position
    width_mm = (corners.top_right.x - corners.top_left.x) / DPI * 25.4
    assert 22 < width_mm < 26  # the modules; the quiet zone comes on top


def test_a_letter_without_a_page_to_verify_at_has_no_code() -> None:
    """`verification.url` is empty: nothing changes."""
    with Letterpress([OURS], processes=1) as press:
        pdf = press.make(order(verifikasi=None, berlaku_sampai=None))
    assert zxingcpp.read_barcodes(picture(pdf)) == []


def test_a_drawing_holds_none_of_the_text_it_encodes() -> None:
    """Whatever is encoded cannot become markup."""
    drawn = str(qr('"><script>alert(1)</script>#x" onload="x'))
    assert "script" not in drawn
    assert "onload" not in drawn
    assert drawn.startswith("<img ")


def test_the_engines_draw_from_the_templates_that_offices_have() -> None:
    """The base of all letters prints the code: a change there must not lose it."""
    assert "qr(verifikasi.tautan)" in (OURS / "letters/_dasar.html").read_text(encoding="utf-8")
