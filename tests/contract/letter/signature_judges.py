"""Two judges of a signed PDF that share nothing: pyHanko's validator and poppler's pdfsig."""

import os
import shutil
import subprocess
import tempfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from tests.conftest import missing_service
from tests.contract.letter.certificates import NOW


def pdfsig(pdf: bytes) -> str:
    """Its whole answer. Certificates are the other judge's affair: poppler has no place of its own for an authority."""
    program = shutil.which("pdfsig")
    if program is None:
        missing_service("poppler's pdfsig is not installed")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "surat.pdf")
        file.write_bytes(pdf)
        done = subprocess.run(
            [str(program), "-nocert", str(file)],
            env={**os.environ, "HOME": folder},  # no certificates of whoever runs the tests
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    return done.stdout


def good_by_pdfsig(pdf: bytes) -> bool:
    told = pdfsig(pdf)
    return (
        told.count("Signature #") == 1
        and "Signature Validation: Signature is Valid." in told
        and "Total document signed" in told
    )


def pyhanko(pdf: bytes, authority: x509.Certificate, *, at: datetime = NOW) -> PdfSignatureStatus:
    """Raises what it raises for a PDF that it can't read, or that bears no signature."""
    root = Certificate.load(authority.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[root], moment=at, allow_fetching=False)
    [signature] = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, context)


def good_by_pyhanko(pdf: bytes, authority: x509.Certificate) -> bool:
    try:
        return pyhanko(pdf, authority).bottom_line
    except Exception:  # whatever a reader meets in a broken file
        return False
