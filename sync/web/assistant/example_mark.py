"""A word across every page of a finished PDF, so that nobody takes a trial letter for a real one."""

import ctypes
import io
import math
from contextlib import closing
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from sync.web.preview.pictures import PDFIUM

_FONT = b"Helvetica-Bold"  # one of the fourteen that every reader has
_COLOUR = (200, 40, 30, 60)  # red, green, blue, opacity
_WIDE = 0.75
"""The word's length, as a share of the page's diagonal."""


def marked(pdf: bytes, word: str) -> bytes:
    """The word lies over the text, which stays readable and can still be searched."""
    with PDFIUM, closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            with closing(page):
                _mark(document, page, word)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def _mark(document: Any, page: Any, word: str) -> None:
    width, height = page.get_size()
    angle = math.atan2(height, width)
    written = pdfium.FPDFPageObj_NewTextObj(document, _FONT, 100)
    pdfium.FPDFText_SetText(written, (ctypes.c_ushort * (len(word) + 1))(*map(ord, word), 0))
    pdfium.FPDFPageObj_SetFillColor(written, *_COLOUR)
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(written, left, bottom, right, top)
    long, tall = right.value - left.value, top.value - bottom.value
    scale = _WIDE * math.hypot(width, height) / long
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    x, y = -(left.value + long / 2), -(bottom.value + tall / 2)
    pdfium.FPDFPageObj_Transform(
        written, cos, sin, -sin, cos, width / 2 + x * cos - y * sin, height / 2 + x * sin + y * cos
    )
    pdfium.FPDFPage_InsertObject(page, written)
    pdfium.FPDFPage_GenerateContent(page)
