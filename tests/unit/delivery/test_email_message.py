"""The email: one applicant, headers that nobody can add to, the same bytes every time."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.delivery import Kind, LetterFile, Message
from sync.delivery.email_message import (
    build_email,
    domain_of,
    message_id,
    one_line,
    safe_file_name,
)

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = message_id(reference="SKD-26-0004F7", kind=Kind.LETTER, attempt=1, domain="contoh.go.id")


def built(
    subject: str = "Surat",
    file_name: str = "SKD.pdf",
    to: str = "citra@example.com",
    key: str = KEY,
) -> bytes:
    letter = LetterFile("470/0001", file_name, b"%PDF-1.7", "0" * 64)
    message = Message(subject, "Isi surat\n", "<p>Isi surat</p>", "Domisili", letter)
    return build_email(
        message,
        to=to,
        sender="loket@contoh.go.id",
        sender_name="Disdukcapil Kabupaten Contoh",
        message_id=key,
        at=AT,
        reply_to="kantor@contoh.go.id",
    ).as_bytes()


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)  # type: ignore[arg-type]


def test_the_message_id_names_the_intent() -> None:
    """It is what tells, months later, which message of which application this was."""
    assert KEY == "<skd-26-0004f7.letter.1@loket.contoh.go.id>"


def test_the_same_intent_gives_the_same_bytes() -> None:
    """A second attempt hands over the same message, not another one."""
    assert built() == built()


def test_a_long_id_is_in_its_header_as_it_is() -> None:
    """Gmail is asked for it and gives the header's own text: an encoded one would not be found among those sent."""
    long = message_id(
        reference="SKD-26-0004F7-r-1234567890123456789",
        kind=Kind.LETTER,
        attempt=1,
        domain="disdukcapil.kutaikartanegarakab.go.id",
    )
    content = built(key=long)
    assert f"\r\nMessage-ID: {long}\r\n".encode() in content
    assert f"\r\nX-Loket-Id: {long}\r\n".encode() in content


def test_every_server_takes_it() -> None:
    """Old office servers know neither 8BITMIME nor long lines."""
    content = built(subject="Surat Keterangan – “Domisili” " + "panjang " * 30)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998


@given(st.text(max_size=60))
def test_a_subject_adds_no_header(subject: str) -> None:
    """The subject carries a title and a reference, and one day somebody puts a name into it."""
    arrived = read(built(subject=f"Surat {subject} Bcc: doni@example.com"))
    assert arrived["Bcc"] is None
    assert arrived["To"] == "citra@example.com"
    assert set(arrived.keys()) == {
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "X-Loket-Id",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    }


@pytest.mark.parametrize(
    "to",
    [
        "",
        "citra",
        "@example.com",
        "citra@",
        "citra@example.com, doni@example.com",
        "citra@example.com\r\nBcc: doni@example.com",
        "Citra <citra@example.com>",
        "citra @example.com",
    ],
)
def test_there_is_exactly_one_recipient(to: str) -> None:
    """Anything else might take Citra's letter to Doni."""
    with pytest.raises(ValueError, match=r"."):
        built(to=to)


@pytest.mark.parametrize(
    ("asked", "given_name"),
    [
        ("SKD Citra.pdf", "SKD Citra.pdf"),
        ("../../etc/passwd", "-..-etc-passwd.pdf"),
        ("SKD\r\nContent-Type: text/html", "SKD Content-Type- text-html.pdf"),
        ("surat \u202efdp.exe", "surat fdp.exe.pdf"),
        ("Ni Kadek Ayu Wulandarí.PDF", "Ni Kadek Ayu Wulandarí.pdf"),
        ("...", "surat.pdf"),
    ],
)
def test_the_attachment_has_a_plain_name(asked: str, given_name: str) -> None:
    """A name is typed by a citizen, and opened on a phone or on Windows."""
    assert safe_file_name(asked) == given_name
    attachment = next(read(built(file_name=asked)).iter_attachments())
    assert attachment.get_filename() == given_name
    assert attachment.get_content_type() == "application/pdf"


def test_a_domain_is_taken_from_the_sender() -> None:
    """Message-IDs of another domain look forged."""
    assert domain_of("loket@contoh.go.id") == "contoh.go.id"
    assert domain_of("") == "invalid"
    assert domain_of("a@b c\r\n") == "invalid"


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """Any line break there is, is gone."""
    assert len(one_line(text).splitlines()) <= 1
