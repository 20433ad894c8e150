"""A finished PDF as people see and hear it: each page as a picture and as text."""

import struct
import threading
import zlib
from contextlib import closing
from typing import Any

import pypdfium2

_SCALE = 2.0  # 144 dots an inch: sharp on every screen
_MOST_PIXELS = 2400
PDFIUM = threading.Lock()
"""PDFium is not for two threads at once."""


def texts_of(pdf: bytes) -> list[str]:
    """Each page's text, in reading order."""
    with PDFIUM, closing(pypdfium2.PdfDocument(pdf)) as document:
        return [_text(page) for page in document]


def _text(page: Any) -> str:
    with closing(page), closing(page.get_textpage()) as text:
        return str(text.get_text_bounded(errors="replace")).replace("\r\n", "\n")


def picture_of(pdf: bytes, number: int) -> bytes | None:
    """Page `number`, counted from 1, as PNG; None when there is no such page."""
    with PDFIUM, closing(pypdfium2.PdfDocument(pdf)) as document:
        if not 1 <= number <= len(document):
            return None
        with closing(document[number - 1]) as page:
            scale = min(_SCALE, _MOST_PIXELS / max(page.get_size()))
            with closing(page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)) as bitmap:
                stride, width = bitmap.stride, bitmap.width
                pixels, colours = bytes(bitmap.buffer), bitmap.n_channels
                height = bitmap.height
    rows = (pixels[row * stride : row * stride + width * colours] for row in range(height))
    return _png(width, height, colours, b"".join(b"\0" + row for row in rows))


def _png(width: int, height: int, colours: int, rows: bytes) -> bytes:
    """`rows` are unfiltered, one byte a colour: RGB, or grey."""
    kind = {1: 0, 3: 2, 4: 6}[colours]
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
