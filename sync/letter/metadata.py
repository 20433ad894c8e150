"""Title, author and language of a finished PDF: what a reader's window, a search and a screen reader go by.

In one place for every engine: PlutoPrint writes no language, wkhtmltopdf none of the three. A PDF that tells its
language (WeasyPrint's) has them all, and stays as it is; from a page that names none, WeasyPrint's tells "".
"""

import io

from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def with_metadata(pdf: bytes, *, title: str, author: str, language: str) -> bytes:
    """Appends to the PDF and changes nothing in it: the pages stay the same bytes. `language` is a tag as HTML's."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    if writer.root.get("/Lang"):
        return pdf
    writer.document_meta.title = title
    writer.document_meta.author = author or None
    writer.document_meta.creator = "Loket"
    writer.root["/Lang"] = pdf_string(language)
    writer.update_root()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()
