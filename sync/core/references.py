"""References of applications, e.g. `SKP-26-0004F7`: prefix, year, serial in Crockford's base32, check character.

The promise: a reference read with one wrong character, or with two neighbours exchanged, is not taken for another
one. The check character is a weighted sum over GF(32) in which every position has a weight of its own.
"""

import re
import unicodedata
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL_DIGITS = 5
LAST_SERIAL = 32**SERIAL_DIGITS - 1

_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, irreducible over GF(2)
_WEIGHT = 6  # any element but 0 and 1 generates all 31 non-zero ones
_SHAPE = re.compile(r"([A-Z]{2,5})([0-9]{2})([0-9A-HJKMNP-TV-Z]{5})([0-9A-HJKMNP-TV-Z])")
_PREFIX = re.compile(r"[A-Z]{2,5}")
_FORGIVEN = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-‐-―−_.]+")


def _times(a: int, b: int) -> int:
    result = 0
    while b:
        if b & 1:
            result ^= a
        a <<= 1
        if a & 32:
            a ^= _POLYNOMIAL
        b >>= 1
    return result


_TIMES_WEIGHT = tuple(_times(value, _WEIGHT) for value in range(32))


def _check_character(prefix: str, digits: str) -> str:
    total = 0
    for value in [*(ord(letter) - ord("A") for letter in prefix), *map(ALPHABET.index, digits)]:
        total = _TIMES_WEIGHT[total ^ value]
    return ALPHABET[total]


@dataclass(frozen=True, slots=True)
class Reference:
    """`year` has two digits. `str()` gives the one written form."""

    prefix: str
    year: int
    serial: int

    def __str__(self) -> str:
        serial = "".join(
            ALPHABET[self.serial >> 5 * place & 31] for place in reversed(range(SERIAL_DIGITS))
        )
        check = _check_character(self.prefix, f"{self.year:02d}{serial}")
        return f"{self.prefix}-{self.year:02d}-{serial}{check}"


def make_reference(prefix: str, year: int, serial: int) -> str:
    """The reference of the application with this serial; `year` with two digits or four."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a prefix has 2 to 5 letters A to Z, not {prefix!r}")
    if not 0 <= serial <= LAST_SERIAL:
        raise ValueError(f"a serial lies between 0 and {LAST_SERIAL}, not {serial}")
    return str(Reference(prefix, year % 100, serial))


def read_reference(text: str) -> Reference | None:
    """What a person typed or pasted; None when it is no reference, or its check character doesn't fit.

    Forgiven: lower case, spaces, other or missing dashes, and O for 0, I or L for 1 after the prefix.
    """
    compact = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not 10 <= len(compact) <= 13:
        return None
    prefix_length = len(compact) - 2 - SERIAL_DIGITS - 1
    shape = _SHAPE.fullmatch(compact[:prefix_length] + compact[prefix_length:].translate(_FORGIVEN))
    if not shape:
        return None
    prefix, year, serial, check = shape.groups()
    if _check_character(prefix, year + serial) != check:
        return None
    value = 0
    for digit in serial:
        value = value << 5 | ALPHABET.index(digit)
    return Reference(prefix, int(year), value)
