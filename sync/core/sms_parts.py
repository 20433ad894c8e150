"""How many parts an SMS has: 160 characters of GSM-7 or 70 of UCS-2; of several parts 153 and 67 each.

The alphabet is that of 3GPP TS 23.038: one letter outside it makes the whole message UCS-2, with less than
half the room. So what an ordinary letter can stand for is written with that.
"""

import unicodedata

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "·": "-"}
    | {"\u00a0": " ", "\t": " ", "`": "'"}
)


def plain_text(text: str) -> str:
    """The text in GSM-7 where each of its letters has one that stands for it; others stay as they are."""
    return "".join(_plain(letter) for letter in text.translate(_PLAIN))


def count_parts(text: str) -> int:
    """0 for an empty text."""
    if all(letter in _GSM or letter in _TWO_SEPTETS for letter in text):
        # A character of two septets is not torn apart: then the part before ends one earlier.
        sizes, one, several = [1 + (letter in _TWO_SEPTETS) for letter in text], 160, 153
    else:
        sizes, one, several = [1 + (ord(letter) > 0xFFFF) for letter in text], 70, 67
    if sum(sizes) <= one:
        return int(bool(text))
    parts, room = 1, several
    for size in sizes:
        if size > room:
            parts, room = parts + 1, several
        room -= size
    return parts


def _plain(letter: str) -> str:
    if letter in _GSM or letter in _TWO_SEPTETS:
        return letter
    base = unicodedata.normalize("NFKD", letter)
    kept = "".join(part for part in base if not unicodedata.combining(part))
    return kept if kept and all(part in _GSM for part in kept) else letter
