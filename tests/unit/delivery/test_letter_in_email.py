"""The letter is put into the email whole, not line by line by the library: nobody can tell the difference."""

import random
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from sync.core.delivery import LetterFile, Message
from sync.delivery.email_message import POLICY, build_email


@pytest.mark.parametrize("size_bytes", [1, 56, 57, 58, 114, 5_000, 40_001])
def test_the_letter_arrives_byte_for_byte(size_bytes: int) -> None:
    """Whatever its length, in lines as the library would write them, also where the text quotes such lines."""
    pdf = random.Random(size_bytes).randbytes(size_bytes)
    by_library = EmailMessage(policy=POLICY)
    by_library.set_content(pdf, maintype="application", subtype="pdf")
    lines = by_library.as_bytes().partition(b"\r\n\r\n")[2]
    message = Message(
        "Surat", lines.decode(), "<p>Isi</p>", "Domisili", LetterFile("1", "SKD", pdf, "0" * 64)
    )
    content = build_email(
        message,
        to="citra@example.org",
        sender="loket@contoh.go.id",
        sender_name="Disdukcapil",
        message_id="<skd-26-0004f7.letter.1@loket.contoh.go.id>",
        at=datetime(2026, 11, 28, tzinfo=UTC),
    ).as_bytes()
    arrived = message_from_bytes(content, policy=default)  # type: ignore[arg-type]
    [attachment] = arrived.iter_attachments()  # type: ignore[attr-defined]
    assert attachment.get_content() == pdf
    assert b"\r\n\r\n" + lines + b"\r\n--" in content
    assert not [line for line in content.split(b"\r\n") if b"\n" in line or len(line) > 998]
