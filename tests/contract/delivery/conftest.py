import hashlib
from collections.abc import Iterator

import pytest

from sync.core.delivery import LetterFile, Message
from tests.contract.google.conftest import google  # noqa: F401 - a fixture
from tests.fakes.smtp_server import MailServer

PDF = b"%PDF-1.7 surat Citra"


@pytest.fixture
def letter() -> Message:
    """The message that takes Citra's letter to her."""
    return Message(
        subject="Surat Anda sudah selesai (SKD-26-0004F7)",
        text="Yth. Ibu Citra,\n\nSurat terlampir.\n",
        html="<p>Surat terlampir.</p>",
        folder="Surat Keterangan Domisili",
        letter=LetterFile(
            number="470/0001/DKPS/XI/2026",
            file_name="SKD Citra.pdf",
            pdf=PDF,
            sha256=hashlib.sha256(PDF).hexdigest(),
        ),
    )


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()
