"""The officer's file (Berkas Petugas): a PDF made elsewhere, named by a Drive link and relayed instead of a letter.

What the link says, how large the file may be, and how a row's note calls it. Fetching is google/officer_file.py's
affair, checking letter/foreign_pdf.py's, binding it to the decision worker/officer_files.py's.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sync.core.hosts import is_loopback

MOST_BYTES = 10_000_000
"""As an email's attachment it grows by a third, and many mail servers take no more than 20 MB."""

_HOSTS = frozenset({"drive.google.com", "docs.google.com", "drive.usercontent.google.com"})
_ID = re.compile(r"[\w-]{20,200}", re.ASCII)
_PATH = re.compile(
    r"(?:/a/[\w.-]+|/drive)?/file/(?:u/\d+/)?(?:d/)?([\w-]{20,200})(?:/\w*)?", re.ASCII
)
_ASKED = re.compile(r"(?:/a/[\w.-]+)?(?:/u/\d+)?/(?:open|uc|download)", re.ASCII)
_KEY = re.compile(r"[\w-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DriveLink:
    """`resource_key` is what Drive asks for besides the id of some older files shared by link; "" for the others."""

    id: str
    resource_key: str = ""


def read_link(text: str) -> DriveLink | None:
    """The file that a link names, in every form that Drive hands out, or a bare id; None for anything else.

    Links of the local Google are on this machine's own address.
    """
    text = text.strip()
    if _ID.fullmatch(text):
        return DriveLink(text)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return None
    known = host in _HOSTS or is_loopback(host)
    if parts.scheme not in ("https", "http") or not known:
        return None
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if found := _PATH.fullmatch(parts.path):
        file_id = found[1]
    elif _ASKED.fullmatch(parts.path):
        file_id = asked.get("id", "")
    else:
        return None
    key = asked.get("resourcekey", "")
    if not _ID.fullmatch(file_id):
        return None
    return DriveLink(file_id, key if _KEY.fullmatch(key) else "")


def letter_words(number: str, *, signed: bool = True) -> str:
    """How a row's note calls what is sent: the office's letter by its number; an officer's file has none of Loket's."""
    if number:
        return f"Surat nomor {number}"
    return "Berkas Petugas" if signed else "Berkas Petugas (tanpa tanda tangan elektronik)"
