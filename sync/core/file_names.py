"""File names of letters: safe on Windows and Linux and in mail headers, whatever a citizen's name is.

The promise: no path, no control or bidi character, no reserved name, no readable NIK; at most 120 characters and
ending in `.pdf`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Template

from sync.core.cells import clean_text
from sync.core.expressions import NotAllowed, compile_text, render
from sync.core.fieldtypes import show
from sync.core.masking import mask_numbers

NAMES: dict[str, str] = {
    "nama": "nama pemohon",
    "referensi": "nomor permohonan",
    "nomor": "nomor surat",
    "tanggal_surat": "tanggal surat",
    "judul_layanan": "judul layanan",
}
"""Names in a pattern besides the workflow's fields."""

LONGEST = 120
_MOST_BYTES = 240  # a name on ext4 has 255 bytes, and one letter may take four
_SUFFIX = ".pdf"
_FORBIDDEN = re.compile(r'[<>:"|?*\\/;,=%&`$!{}^~#\'@]+')
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|COM[0-9¹²³]|LPT[0-9¹²³])", re.IGNORECASE
)


def file_name(pattern: str, values: Mapping[str, object]) -> str:
    """`values`: the fields, and those of NAMES that are known; one that the pattern reads and is not given counts
    as empty. Raises NotAllowed for a pattern that can't be read."""
    template, read = _compiled(pattern, frozenset(values) | frozenset(NAMES))
    given = {name: _given(values.get(name)) for name in read}
    try:
        text = render(template, given)
    except Exception as error:  # whatever an office's pattern may raise
        raise NotAllowed(f"tidak dapat dihitung ({type(error).__name__})") from error
    return safe_file_name(text)


def _given(value: object) -> object:
    """Lists are shown as text; the rest stays what it is, for the filters."""
    return show(value) if isinstance(value, list | tuple) else value


def safe_file_name(text: str) -> str:
    """The text as a file name that ends in .pdf; `surat.pdf` when nothing is left of it."""
    text = mask_numbers(clean_text(text)).replace("*", "x")
    if text.lower().endswith(_SUFFIX):
        text = text[: -len(_SUFFIX)]
    text = _FORBIDDEN.sub("-", text)
    text = re.sub(r"\.{2,}", ".", " ".join(text.split()))
    text = _cut(text).strip(" .-") or "surat"
    if _RESERVED.fullmatch(text.split(".")[0].strip()):
        text = f"_{text}"
    return text + _SUFFIX


def _cut(text: str) -> str:
    text = text[: LONGEST - len(_SUFFIX) - 1]  # one place is kept for a reserved name's "_"
    room = _MOST_BYTES - len(_SUFFIX) - 1
    return text.encode()[:room].decode(errors="ignore")


@lru_cache(maxsize=256)
def _compiled(pattern: str, names: frozenset[str]) -> tuple[Template, frozenset[str]]:
    return compile_text(pattern, names=names)
