"""Phone numbers → E.164 (`+6281234567890`), as people type them in Indonesia.

Only mobile numbers are taken for Indonesia: messages go there. Numbers of other countries need their plus sign.
"""

import re

from sync.core.cells import clean_text, whole_number
from sync.core.desk import Cell
from sync.core.refused import Refused

_MOBILE = re.compile(r"8[1-9][0-9]{7,10}")  # the national part: 10 to 13 digits with the leading 0
_ALLOWED = re.compile(r"\+?[0-9]+")
_SEPARATORS = re.compile(r"[\s().\-‐-―−_/]+")
_ADVICE = "isi nomor ponsel, misalnya 0812-3456-7890."


def read_phone(cell: Cell) -> str:
    """E.164. A number cell gets back the leading 0 or + that a spreadsheet drops. Raises Refused."""
    if isinstance(cell, str):
        text = _SEPARATORS.sub("", clean_text(cell)).removeprefix("'")
    else:
        number = whole_number(cell)
        if number is None:
            raise Refused(f"nomornya tidak tersimpan utuh; {_ADVICE}")
        text = str(number)
    if not _ALLOWED.fullmatch(text):
        raise Refused(f"isi satu nomor saja, tanpa huruf; {_ADVICE}")
    if text.startswith("00"):
        text = "+" + text[2:]
    elif text.startswith("62"):
        text = "+" + text
    elif text.startswith("8"):
        text = "0" + text
    national = text.removeprefix("+62").removeprefix("0")
    if text.startswith(("+62", "0")):
        if not _MOBILE.fullmatch(national):
            raise Refused(f"bukan nomor ponsel Indonesia; {_ADVICE}")
        return f"+62{national}"
    if not text.startswith("+"):
        raise Refused(f"awali dengan 08 atau +62; {_ADVICE}")
    import phonenumbers

    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise Refused(f"kode negaranya tidak dikenal; {_ADVICE}") from None
    if not phonenumbers.is_valid_number(parsed):
        raise Refused(f"nomornya tidak lengkap atau berlebih; {_ADVICE}")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def format_phone(phone: str) -> str:
    """E.164 → as people read it: `0812-3456-7890` at home, `+60 12-345 6789` abroad."""
    import phonenumbers

    parsed = phonenumbers.parse(phone, None)
    home = parsed.country_code == 62
    shape = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(parsed, shape.NATIONAL if home else shape.INTERNATIONAL))
