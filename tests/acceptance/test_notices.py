"""The real program: the receipt and the letters that accompany notices, as the applicant gets them."""

from email import message_from_bytes
from email.policy import default

import pypdfium2

from tests.acceptance.conftest import Office, loket

CITRA = ("Citra Lestari", "6472010101990001")
DONI = ("Doni Saputra", "6472010101990002")
ASKED = """
receipt: ya
attach: {received: letters/tanda-terima.html, mend: letters/perbaikan.html, rejected: letters/penolakan.html}
"""


def asking(office: Office) -> None:
    file = office.folder / "workflows" / "domisili.yaml"
    file.write_text(file.read_text("utf-8") + ASKED, "utf-8")


def notices(office: Office) -> dict[str, tuple[str, str]]:
    """Address → (subject, the attached letter's text, its words joined)."""
    found = {}
    for path in sorted((office.folder.parent / "sandbox" / "mailbox").glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=default)
        (attached,) = message.iter_attachments()
        pdf = pypdfium2.PdfDocument(attached.get_content())
        text = " ".join(page.get_textpage().get_text_range() for page in pdf)
        found[str(message["to"])] = (str(message["subject"]), " ".join(text.split()))
    return found


def test_an_applicant_gets_the_receipt_and_another_what_is_to_be_mended(office: Office) -> None:
    """Each as an email and as a letter on the office's paper."""
    asking(office)
    assert loket("--root", str(office.folder), "check").returncode == 0
    office.applies(*CITRA)
    office.applies(DONI[0], "123")
    office.run_once()
    office.run_once()
    told = notices(office)
    subject, letter = told["citra@example.org"]
    reference = office.rows()[CITRA[0]]["No. Permohonan"]
    assert "kami terima" in subject
    assert "TANDA TERIMA PERMOHONAN" in letter
    assert reference in letter
    assert CITRA[0] in letter
    story = loket("--root", str(office.folder), "show", reference)
    assert (story.returncode, "tanda terima" in story.stdout) == (0, True), story.stderr
    subject, letter = told["doni@example.org"]
    assert "Mohon lengkapi" in subject
    assert "NIK" in letter
    assert DONI[0] in letter


def test_check_tries_the_attached_letters(office: Office) -> None:
    """A slip in one is told with file and line before any applicant waits for it."""
    asking(office)
    folder = office.folder / "templates" / "letters"
    (folder / "penolakan.html").write_text("<p>{{ nama }}</p>\n<p>{{ alamat }}</p>", "utf-8")
    done = loket("--root", str(office.folder), "check")
    assert done.returncode == 1
    assert "letters/penolakan.html:2" in done.stdout + done.stderr
