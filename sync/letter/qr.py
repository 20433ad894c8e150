"""`qr(text)` in a letter: a QR code (level M, quiet zone around) as an image.

ZXing writes capitals and digits in the mode that takes the least room, as those after the `#` of a verification code are.
"""

import base64
import struct
import zlib

from markupsafe import Markup

_DOTS_A_MODULE = 3
"""Some 220 dots an inch at 24 mm. As an image, for an engine takes long to draw a thousand small strokes."""


def qr(text: str) -> Markup:
    """An `<img>`, 28 mm with its quiet zone unless the letter's stylesheet says otherwise (24 mm and more can be read)."""
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dots = code.to_image(scale=_DOTS_A_MODULE)
    height, width = dots.shape
    grey = memoryview(dots).tobytes()  # type: ignore[arg-type] # it offers its bytes
    image = base64.b64encode(_png(grey, height, width)).decode()
    return Markup(  # noqa: S704 - Base64 only, no text of anybody's
        f'<img class="qr" style="image-rendering: pixelated" width="106" height="106" alt="Kode pemeriksaan" src="data:image/png;base64,{image}">'
    )


def _png(dots: bytes, height: int, width: int) -> bytes:
    """An image of grey dots, a byte each, as PNG (ISO/IEC 15948)."""
    lines = (b"\0" + dots[start : start + width] for start in range(0, len(dots), width))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(b"".join(lines), 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
