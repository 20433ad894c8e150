"""The facts of a letter ↔ the text of its verification code (docs/verification.md). Signing them is letter/office_key.py's affair.

A code is base32 without padding: the facts as lines of UTF-8, then 64 bytes of signature over exactly those lines. There
is one code for given facts and signature: what was lengthened, respelled or written in another version is refused.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from sync.core.cells import cell_text, clean_text
from sync.core.desk import Cell

VERSION = "L1"
SIGNATURE_BYTES = 64
LONGEST_CODE = 1_200
_LONGEST_TEXT = 120
_LONGEST_ADDRESS = 120
_LINES = 8
_DAY = re.compile(r"[0-9]{8}")
_ID = re.compile(r"[A-Z2-7]{8}")
_MARK = re.compile(r"[A-Z2-7]{13}")


class NotACode(ValueError):
    """A text that no office ever signed as a code. The message holds nothing of the text."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a code says. `name` is masked; `mark` ties the code to the answers (letter/office_key.py), 13 base32 characters."""

    number: str
    name: str
    kind: str
    dated: date
    valid_until: date | None
    mark: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read: nothing in it is to be believed before its signature was verified."""

    key_id: str
    facts: Facts
    signed: bytes
    signature: bytes


def mask_name(name: str) -> str:
    """`Citra Ayu Lestari` → `C*** A*** L***`: enough to compare with the paper, not to learn the name."""
    return " ".join(f"{word[0]}***" for word in clean_text(name).split()[:6])


def signed_text(facts: Facts, key_id: str) -> bytes:
    """What the office's key signs. A text is one line, and too long a kind is cut: it is there to be compared by eye."""
    texts = [_line(text) for text in (facts.number, facts.name, facts.kind)]
    valid_until = _written(facts.valid_until) if facts.valid_until else ""
    lines = [VERSION, key_id, _written(facts.dated), valid_until, facts.mark, *texts]
    return "\n".join(lines).encode()


def write_code(signed: bytes, signature: bytes) -> str:
    """Capitals and digits only: a QR holds them in the least room."""
    return base32(signed + signature)


def read_code(text: str) -> Code:
    """Raises NotACode."""
    if len(text) > LONGEST_CODE:
        raise NotACode("too long")
    try:
        content = base64.b32decode(text + "=" * (-len(text) % 8))
        signed, signature = content[:-SIGNATURE_BYTES], content[-SIGNATURE_BYTES:]
        lines = signed.decode().split("\n")
    except (binascii.Error, ValueError):
        raise NotACode("not base32 of UTF-8") from None
    if base32(content) != text or len(lines) != _LINES or lines[0] != VERSION:
        raise NotACode("another version, or respelled")
    _, key_id, dated, valid_until, mark, number, name, kind = lines
    if not (_ID.fullmatch(key_id) and _MARK.fullmatch(mark)):
        raise NotACode("a key or mark of another shape")
    until = _read_day(valid_until) if valid_until else None
    return Code(key_id, Facts(number, name, kind, _read_day(dated), until, mark), signed, signature)


def link_of(address: str, code: str) -> str:
    """The facts stand in the fragment: a browser does not send it to any server."""
    return f"{address}#{code}"


def answers_text(reference: str, answers: Mapping[str, Cell]) -> bytes:
    """The answers of a letter in one canonical form: by question, empty ones left out, spaces and Unicode alike."""
    texts = {
        clean_text(question): text
        for question, cell in answers.items()
        if (text := clean_text(cell_text(cell), lines=True))
    }
    return json.dumps([reference, texts], sort_keys=True, separators=(",", ":")).encode()


def site_of(address: str) -> str:
    """Host and port that the page must be seen at: `verifikasi.contoh.go.id`."""
    return urlsplit(address).netloc.lower()


def host_of(address: str) -> str:
    """The host alone; "" where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def fit_address(address: str) -> bool:
    """Whether an address can stand before `#` and a code: whole, plain ASCII, without a query, short enough for a QR."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    plain = re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+/[A-Za-z0-9._~/\-]*", address)
    return bool(plain and parts.hostname and len(address) <= _LONGEST_ADDRESS)


def base32(content: bytes) -> str:
    """Without padding."""
    return base64.b32encode(content).decode().rstrip("=")


def _line(text: str) -> str:
    line = clean_text(text)
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"


def _written(day: date) -> str:
    return f"{day:%Y%m%d}"


def _read_day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise NotACode("no date")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise NotACode("no date") from None
