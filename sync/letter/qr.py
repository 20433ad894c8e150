"""`qr(text)` in a letter: a QR code as an inline drawing, dark modules with the quiet zone around.

Level M. What follows `#` is a piece of its own: a verification code is capitals and digits, which take the least room.
The mask is fixed: trying all eight takes four times as long, and readers don't mind.
"""

import io
from typing import Any

from markupsafe import Markup

_MASK = 3


def qr(text: str) -> Markup:
    """An `<svg>` without a size of its own: the letter's stylesheet gives it (24 mm and more can be read)."""
    import segno

    head, sign, tail = text.partition("#")
    pieces: Any = [head + sign, tail] if tail else text  # its annotations do not know of pieces
    code = segno.make(pieces, error="m", micro=False, boost_error=False, mask=_MASK)
    drawn = io.BytesIO()
    code.save(
        drawn,
        kind="svg",
        title="Kode pemeriksaan",
        xmldecl=False,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
        nl=False,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - numbers only, no text of anybody's
