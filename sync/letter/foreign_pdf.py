"""A PDF made elsewhere, checked before it is relayed: is it one, can everybody open it, is its signature intact.

Intact means that no byte was changed since it was signed (the byte range, the CMS, what was appended later). Whether the
signer is who he says is not judged: the roots of BSrE, which signs for SIAK, are not ours to vouch for, and an
applicant's PDF reader asks them. The bytes are anybody's: they are read by a process of its own, with limits, and what
crashes or hangs there is refused.
"""

import os
import subprocess
import sys
from pathlib import Path

from sync.core.officer_file import MOST_BYTES
from sync.core.outcomes import Never

TIMEOUT_S = 60.0
_MOST_MEMORY_BYTES = 1_500_000_000
_PROGRAM = Path(__file__).resolve().parents[2]
_CHILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); from sync.letter.foreign_pdf import main; main()"
)
# Nothing else of the environment goes down: passwords may be in it.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
_HEADER_WITHIN_BYTES = 1024

_REFUSED = {
    "not-a-pdf": "Berkas Petugas bukan PDF yang utuh. Unggah lagi PDF yang dapat dibuka.",
    "encrypted": "Berkas Petugas terkunci kata sandi. Unggah PDF yang dapat dibuka tanpa kata sandi.",
    "broken": "Tanda tangan elektronik di Berkas Petugas rusak. Unduh lagi PDF aslinya dari SIAK.",
    "altered": "Berkas Petugas diubah sesudah ditandatangani. Unduh lagi PDF aslinya dari SIAK.",
    "unclear": "Tanda tangan elektronik di Berkas Petugas tidak dapat diperiksa. "
    "Unduh lagi PDF aslinya dari SIAK.",
}
_UNCHECKED = "Berkas Petugas tidak dapat diperiksa. Unduh lagi PDF aslinya."


def is_signed(pdf: bytes, *, timeout_s: float = TIMEOUT_S) -> bool:
    """Whether the PDF bears an electronic signature. Raises Never for one that must not be relayed."""
    if len(pdf) > MOST_BYTES:
        raise Never(_UNCHECKED, detail=f"{len(pdf)} bytes")
    if b"%PDF-" not in pdf[:_HEADER_WITHIN_BYTES]:
        raise Never(_REFUSED["not-a-pdf"], detail="no header")
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter, our own code
            [sys.executable, "-X", "utf8", "-c", _CHILD, str(_PROGRAM)],
            input=pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            timeout=timeout_s,
            check=False,
            start_new_session=True,  # Ctrl-C is for the parent
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        raise Never(_UNCHECKED, detail=f"not read within {timeout_s:g} s") from None
    verdict = done.stdout.decode(errors="replace").strip()
    if done.returncode != 0 or verdict not in (*_REFUSED, "signed", "unsigned"):
        raise Never(_UNCHECKED, detail=f"its reader ended with code {done.returncode}")
    if verdict in _REFUSED:
        raise Never(_REFUSED[verdict], detail=verdict)
    return verdict == "signed"


def main() -> None:
    """The reader's process: a PDF comes in, one word goes out."""
    import signal

    for asked in (signal.SIGINT, signal.SIGTERM):  # for the parent, which finishes the step in hand
        signal.signal(asked, signal.SIG_IGN)
    _limit_memory()
    verdict = _verdict(sys.stdin.buffer.read())
    sys.stdout.write(verdict)


def _verdict(pdf: bytes) -> str:
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(pdf)
        fields = pdfium.FPDF_GetSignatureCount(document.raw)
        document[0].close()  # raises where there is no page
        document.close()
    except (pypdfium2.PdfiumError, IndexError) as error:
        locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD
        return "encrypted" if locked else "not-a-pdf"
    # A signature names the bytes that it covers in clear; pyHanko is slow to load.
    return _signatures(pdf) if fields or b"/ByteRange" in pdf else "unsigned"


def _signatures(pdf: bytes) -> str:
    import io

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:  # against editing only: it could be opened
            reader.decrypt(b"")
        signatures = reader.embedded_regular_signatures
        for signature in signatures:
            trusting_nobody = ValidationContext(trust_roots=[], allow_fetching=False)
            status = validate_pdf_signature(signature, trusting_nobody)
            if not (status.intact and status.valid):
                return "broken"
            if not status.docmdp_ok:
                return "altered"
    except Exception:
        return "unclear"
    return "signed" if signatures else "unsigned"


def _limit_memory() -> None:
    # Windows knows no such limit for a process by itself; there the time limit bounds it.
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
