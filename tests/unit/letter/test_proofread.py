"""The read-back: a PDF that says less than its page, or only on this PC, does not go out."""

import io

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from sync.letter.characters import describe
from sync.letter.failed import LetterFailed
from sync.letter.proofread import proofread


def pdf(*texts: str) -> bytes:
    """One page a text, in a font that every reader has and no PDF carries."""
    document = pypdfium2.PdfDocument.new()
    font = pdfium.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
    for text in texts:
        page = document.new_page(595, 842)
        if text:
            line = pdfium.FPDFPageObj_CreateTextObj(document.raw, font, 12)
            encoded = (text + "\0").encode("utf-16-le")
            buffer = (pdfium.FPDF_WCHAR * (len(encoded) // 2)).from_buffer_copy(encoded)
            pdfium.FPDFText_SetText(line, buffer)
            pdfium.FPDFPageObj_Transform(line, 1, 0, 0, 1, 72, 700)
            pdfium.FPDFPage_InsertObject(page.raw, line)
            page.gen_content()
        page.close()
    pdfium.FPDFFont_Close(font)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def reason(made: bytes, page_text: str = "Citra", must: tuple[str, ...] = ("Citra",)) -> str:
    with pytest.raises(LetterFailed) as caught:
        proofread(made, page_text=page_text, must_contain=must)
    return caught.value.reason


def test_a_font_that_is_not_in_the_file_is_found():
    """On a telephone without that font the letter would look otherwise, or be empty."""
    assert "tidak ikut tersimpan" in reason(pdf("Citra"))


def test_an_empty_page_is_found():
    """It is what an engine without fonts gives, with exit code 0."""
    assert reason(pdf("")).startswith("Surat tercetak kosong")


def test_a_file_that_is_no_pdf_is_found():
    """An engine that was stopped half-way leaves such a file."""
    assert reason(b"%PDF-1.7\nrusak") == "Berkas PDF yang dibuat rusak."


def test_more_than_fifty_pages_are_no_letter():
    """One tall box made 10,742 pages once."""
    assert "terlalu panjang" in reason(pdf(*[""] * 51))


def test_kinds_of_characters_are_told_in_words():
    """An officer knows "huruf Arab", not U+0639; and a long list helps nobody."""
    assert describe("ع😀ل") == "huruf Arab (ع, ل), emoji atau simbol (😀)"
    assert describe("文字漢日本語") == "huruf Tionghoa (文, 字, 漢, 日, 本, …)"
