"""Raw cells → clean text or digits. A cell is what Sheets gave: text, a number, or a tick.

The promise: a number is turned back into the digits that were typed only when that is certain; else the applicant
is asked. Which digits make a NIK or a phone number is the affair of their own modules.
"""

import re
import unicodedata

from sync.core.desk import Cell
from sync.core.refused import Refused

CERTAIN_NUMBER = 2**53
"""Beyond it a spreadsheet's number no longer holds every integer."""

_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_BETWEEN_DIGITS = re.compile(r"[\s.\-‐-―−_/]+")
_ARROWS = "\u2190"  # signs below it, like ° and ©, stand in every font
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean_text(text: str, *, lines: bool = False) -> str:
    """NFC, without control, bidi, zero-width and half characters; spaces made one. `lines` keeps line breaks."""
    if text.isascii() and text.isprintable():  # as nearly all are
        return " ".join(text.split())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\v", "\n")
    kept = "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in _UNSEEN
    )
    kept = unicodedata.normalize("NFC", kept)
    if not lines:
        return " ".join(kept.split())
    stripped = "\n".join(line.strip() for line in _SPACES.sub(" ", kept).split("\n"))
    return _BLANK_LINES.sub("\n\n", stripped).strip()


def cell_text(cell: Cell) -> str:
    """A cell as plain text: 1.0, 1 and "1" are alike."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def printable_text(cell: Cell, *, lines: bool = False) -> str:
    """Clean text for a letter. Raises Refused for emoji: no letter prints them, and the applicant can mend that."""
    text = clean_text(cell_text(cell), lines=lines)
    pictures = dict.fromkeys(
        character
        for character in text
        if unicodedata.category(character) == "So" and character > _ARROWS
    )
    if pictures:
        raise Refused(f"jangan memakai emoji atau simbol ({' '.join(list(pictures)[:5])}).")
    return text


def is_empty(cell: Cell) -> bool:
    """True when nothing that can be seen is in the cell."""
    return isinstance(cell, str) and not clean_text(cell)


def whole_number(cell: Cell) -> int | None:
    """The cell's number if it is one that the spreadsheet kept exactly."""
    if isinstance(cell, bool | str):
        return None
    if isinstance(cell, float):
        if not cell.is_integer():
            return None
        cell = int(cell)
    return cell if 0 <= cell < CERTAIN_NUMBER else None


def digits_of(cell: Cell, length: int) -> str:
    """Exactly `length` ASCII digits, without the spaces, dots and dashes between them. Raises Refused."""
    if isinstance(cell, str):
        digits = _BETWEEN_DIGITS.sub("", clean_text(cell)).removeprefix("'")
        digits = unicodedata.normalize("NFKC", digits)
        if not (digits.isascii() and digits.isdecimal()):
            raise Refused(f"isi dengan {length} angka saja, tanpa huruf.")
        if len(digits) != length:
            raise Refused(f"harus {length} angka; yang terisi {len(digits)} angka.")
        return digits
    number = whole_number(cell)
    digits = "" if number is None else str(number)
    if 0 < len(digits) < min(length, 15):  # kept whole, so this is what was typed
        raise Refused(f"harus {length} angka; yang terisi {len(digits)} angka.")
    # Spreadsheets that keep 15 significant digits leave a 0 in the 16th place: it may have been any digit.
    if len(digits) != length or (length > 15 and digits.endswith("0")):
        raise Refused(f"angkanya tidak tersimpan utuh; mohon isi lagi {length} angka lengkap.")
    return digits
