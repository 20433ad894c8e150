"""What is seen of the office's signature: a small box on the last page, as low on the right as nothing else stands.

The box is a letter of its own (templates/letters/_tanda-tangan.html), printed once by the same press, with the same fonts;
an office changes it as it changes its letters.
"""

from collections.abc import Callable, Mapping
from io import BytesIO

import pypdfium2
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import ArrayObject, FloatObject
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

from sync.letter.failed import LetterFailed
from sync.letter.order import LetterOrder

TEMPLATE = "letters/_tanda-tangan.html"
WIDTH_MM, HEIGHT_MM = 78, 17
"""Of the template's page the upper left corner."""
_RIGHT_MM, _LEAST_MM = 20, 8
"""The right margin of our letters, and what printers don't reach above and below."""
NOT_CERTIFIED = "Bukan tanda tangan elektronik tersertifikasi (TTE) BSrE."
_POINTS_PER_MM = 72 / 25.4
_WIDTH, _HEIGHT = round(WIDTH_MM * _POINTS_PER_MM), round(HEIGHT_MM * _POINTS_PER_MM)


class SignatureBox:
    """Not for two threads at once. `make` is the press's; `office` is what letters know as `kantor`."""

    def __init__(self, make: Callable[[LetterOrder], bytes], office: Mapping[str, object]) -> None:
        self._make = make
        self._office = office
        self._printed: dict[str, bytes] = {}

    def style(self, signer: str) -> StaticStampStyle:
        """Raises LetterFailed."""
        if signer not in self._printed:
            self._printed[signer] = self._make(
                LetterOrder(
                    template=TEMPLATE,
                    context={
                        "kantor": self._office,
                        "penanda_tangan": signer,
                        "bukan_tte": NOT_CERTIFIED,
                    },
                    title="Tanda tangan elektronik kantor",
                    must_contain=(signer, NOT_CERTIFIED),
                )
            )
        return StaticStampStyle(
            border_width=0,
            background=_Corner(self._printed[signer]),
            background_layout=SimpleBoxLayoutRule(
                x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MIN
            ),
        )

    def place(self, pdf: bytes) -> tuple[int, int, int, int]:
        """Left, bottom, right, top on the last page, in points. Raises LetterFailed when there is no room."""
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[len(document) - 1]
            # One pixel a millimetre: fine enough to see whether anything stands there.
            picture = page.render(scale=1 / _POINTS_PER_MM, grayscale=True)
            right = picture.width - _RIGHT_MM
            bottom = _lowest_free(picture, right - WIDTH_MM, right)
        finally:
            document.close()
        if bottom is None:
            raise LetterFailed(
                "Tidak ada tempat di halaman terakhir surat untuk kotak tanda tangan elektronik; "
                "sisakan tempat di templatenya, atau pilih signature.visible: false.",
                detail="no room for the signature's box",
            )
        x, y = round((right - WIDTH_MM) * _POINTS_PER_MM), round(bottom * _POINTS_PER_MM)
        return x, y, x + _WIDTH, y + _HEIGHT


def _lowest_free(picture: pypdfium2.PdfBitmap, left: int, right: int) -> int | None:
    """Millimetres above the paper's lower edge, with one more free above and below."""
    pixels = bytes(picture.buffer)
    white = b"\xff" * (right - left)
    free = 0
    for above in range(_LEAST_MM - 1, picture.height - _LEAST_MM + 1):
        start = (picture.height - 1 - above) * picture.stride
        free = free + 1 if pixels[start + left : start + right] == white else 0
        if free == HEIGHT_MM + 2:
            return above - HEIGHT_MM
    return None


class _Corner(PdfContent):
    """The upper left corner of a PDF's first page."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__(box=BoxConstraints(_WIDTH, _HEIGHT))
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        form = page.get_object()
        left, _, _, top = (float(edge) for edge in form["/BBox"])
        bottom = top - _HEIGHT
        form["/BBox"] = ArrayObject(map(FloatObject, (left, bottom, left + _WIDTH, top)))
        self.resources.xobject["/Kotak"] = page
        return b"1 0 0 1 %g %g cm /Kotak Do" % (-left, -bottom)
