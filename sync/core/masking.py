"""Hides numbers and addresses of people in texts that others may read: logs, notes, the dashboard.

The promise: after `mask_numbers` no NIK or KK number is left readable in a text, however it was grouped. More is
masked rather than less: longer runs (a NIP, a NIK with a digit too many) are masked too.
"""

import re

_LENGTH = 16
_RUN = re.compile(r"\d{16,}")
_GROUPED = re.compile(r"(?<!\d)\d(?:[\s.\-–—·_/]{0,3}\d){15,}(?!\d)")


def mask_nik(nik: str) -> str:
    """`6472010101900001` → `6472********0001`; a text too short to be a NIK is masked whole."""
    if len(nik) < _LENGTH:
        return "*" * len(nik)
    return nik[:4] + "*" * (len(nik) - 8) + nik[-4:]


def _mask_digits(match: re.Match[str]) -> str:
    text = match[0]
    places = [place for place, character in enumerate(text) if character.isdecimal()]
    hidden = set(places[4:-4])
    return "".join("*" if place in hidden else letter for place, letter in enumerate(text))


def mask_numbers(text: str) -> str:
    """The text with every run of 16 digits or more masked, also when spaces, dots or dashes group it."""
    return _GROUPED.sub(_mask_digits, _RUN.sub(_mask_digits, text))


def mask_email(email: str) -> str:
    """`citra@example.com` → `c***@example.com`."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain}" if at else "***"
