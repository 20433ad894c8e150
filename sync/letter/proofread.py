"""A finished PDF is read back before it goes out: an engine that lacks a font or a letter prints on without a word.

The promise: a PDF that passes has pages, embeds its fonts, and shows every character of the page it was made from,
within the paper's edges. How it looks is the template's affair.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from ctypes import create_string_buffer

import pypdfium2
import pypdfium2.raw as pdfium

from sync.core.cells import clean_text
from sync.letter.characters import describe
from sync.letter.failed import LetterFailed
from sync.letter.resources import MOST_PAGES


def proofread(pdf: bytes, *, page_text: str, must_contain: Iterable[str]) -> None:
    """Raises LetterFailed."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise LetterFailed(
            "Berkas PDF yang dibuat rusak.", detail="the PDF cannot be read"
        ) from error
    try:
        _proofread(document, page_text, must_contain)
    finally:
        document.close()


def _proofread(
    document: pypdfium2.PdfDocument, page_text: str, must_contain: Iterable[str]
) -> None:
    if not 0 < len(document) <= MOST_PAGES:
        raise LetterFailed(
            f"Surat terlalu panjang (lebih dari {MOST_PAGES} halaman)."
            if len(document)
            else "Surat yang dibuat tidak berisi halaman.",
            detail=f"{len(document)} pages",
        )
    on_paper: list[str] = []
    for page in document:
        text = page.get_textpage()
        on_paper.append(text.get_text_bounded(errors="replace"))
        text.close()
        _require_embedded_fonts(page)
        page.close()
    shown = _fold("".join(on_paper))
    wanted = _fold(page_text)
    if not shown:
        raise LetterFailed(
            "Surat tercetak kosong: huruf untuk surat tidak ditemukan.", detail="no text in the PDF"
        )
    lacking = _kinds(wanted) - _kinds(shown)
    unknown = _without_glyph(page_text, lacking, "".join(on_paper))
    if unknown:
        raise LetterFailed(
            f"Surat memuat huruf yang tidak dapat dicetak: {describe(unknown)}.",
            detail=f"{len(unknown)} kinds of character without a glyph",
        )
    if lacking:
        raise LetterFailed(
            "Sebagian tulisan tidak tampak di surat; periksa templatenya.",
            detail="less text in the PDF than in the page",
        )
    if "\ufffd" in "".join(on_paper):
        raise LetterFailed(
            "Surat memuat huruf yang tidak dapat dicetak.", detail="U+FFFD in the PDF's text"
        )
    for place, text in enumerate(must_contain):
        required = _fold(clean_text(text))
        # Right-to-left words come back in another order; that every character is there was seen above.
        there = (
            _fold(page_text)
            if _RIGHT_TO_LEFT & set(map(unicodedata.bidirectional, text))
            else shown
        )
        if not required or required not in there:
            raise LetterFailed(
                "Nama pemohon atau nomor surat tidak terbaca di surat; periksa templatenya.",
                detail=f"required text {place + 1} is not readable in the PDF",
            )


class _Dropped(dict[int, int | None]):
    """For `str.translate`: what is not compared is dropped. Each character is looked up once."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        # U+FFFE is how the reader tells a hyphen at a line's end.
        dropped = character in "\ufffe\ufffd\u00ad" or unicodedata.category(character) in _UNSEEN
        kept = self[code] = None if dropped else code
        return kept


_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf", "Pd")
_DROPPED = _Dropped()


def _fold(text: str) -> str:
    """Without what setting type may change: case, ligatures, spaces, hyphens and line breaks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).translate(_DROPPED)


def _without_glyph(page_text: str, lacking: Counter[str], on_paper: str) -> list[str]:
    """The characters, as they were typed, that the fonts don't have; none when the template hides or cuts text."""
    # Every font has the characters of ASCII. Others may fold to those: the one sign Ⅳ to iv.
    typed = dict.fromkeys(char for char in page_text if not char.isascii())
    seen = set(unicodedata.normalize("NFC", on_paper).casefold())
    return [
        char
        for char in typed
        if char.casefold() not in seen and (set(_fold(char)) & set(lacking) or _is_one_sign(char))
    ]


def _is_one_sign(char: str) -> bool:
    """Folds to letters (㎡ to m2) that text in the page's margins could make up for; the reader gives it back whole.

    Ligatures and presentation forms (U+FB00 and on), and what has no small form of its own, it takes apart.
    """
    return (
        unicodedata.normalize("NFC", char) == char
        and unicodedata.normalize("NFKC", char) != char
        and len(char.casefold()) == 1
        and not 0xFB00 <= ord(char) <= 0xFEFF
        and bool(_fold(char))
    )


_RIGHT_TO_LEFT = {"R", "AL"}
_MIRRORED = str.maketrans("([{<«‹", ")]}>»›")


def _kinds(folded: str) -> Counter[str]:
    """How often each character stands there; brackets turn round in right-to-left text."""
    return Counter(folded.translate(_MIRRORED))


def _require_embedded_fonts(page: pypdfium2.PdfPage) -> None:
    seen: set[bytes] = set()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=4):
        font = pdfium.FPDFTextObj_GetFont(item.raw)
        if not font:
            continue
        name = _font_name(font)
        if name in seen:
            continue
        seen.add(name)
        if not pdfium.FPDFFont_GetIsEmbedded(font):
            raise LetterFailed(
                "Huruf surat tidak ikut tersimpan di PDF; periksa folder templates/letters/fonts.",
                detail="a font is not embedded",
            )


def _font_name(font: object) -> bytes:
    buffer = create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    return buffer.value
