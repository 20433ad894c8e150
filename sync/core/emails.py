"""Email addresses: one, deliverable by its form, and not a well-known misspelling that belongs to a stranger.

Whether a mailbox exists is never asked over the network; the delivery finds out.
"""

from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

from sync.core.cells import clean_text
from sync.core.desk import Cell
from sync.core.refused import Refused

# Somebody owns most of these: a letter sent there is a letter in a stranger's hands.
MISSPELT = {
    "gmail.co": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.co.id": "gmail.com",
    "gmail.om": "gmail.com",
    "gmal.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmial.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmil.com": "gmail.com",
    "yaho.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "yahoo.co": "yahoo.com",
    "yhoo.com": "yahoo.com",
    "hotmai.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "outlok.com": "outlook.com",
    "outlook.con": "outlook.com",
}


def read_email(cell: Cell) -> str:
    """The address with its domain in lower case. Raises Refused."""
    text = clean_text(cell).removeprefix("mailto:") if isinstance(cell, str) else ""
    if "@" not in text:
        raise Refused("isi alamat email lengkap, misalnya nama@gmail.com.")
    if text.count("@") > 1 or len(text) > 254:
        raise Refused("isi satu alamat email saja.")
    try:
        # test_environment: addresses under .test are fine, nothing is ever delivered there
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailSyntaxError:
        raise Refused(
            "alamat email tidak benar; periksa ejaannya dan jangan pakai spasi."
        ) from None
    except EmailNotValidError:
        raise Refused("email ke alamat ini tidak dapat dikirim; isi alamat lain.") from None
    domain = found.ascii_domain or found.domain
    if domain in MISSPELT:
        raise Refused(f"bagian setelah @ tampaknya salah ketik; maksudnya {MISSPELT[domain]}?")
    return found.normalized
