"""Characters that no font of the letter has, told to the officer by kind: "huruf Arab", "emoji"."""

import unicodedata
from collections.abc import Iterable

# The first words of Unicode's own names → what an officer calls it.
_SCRIPTS = {
    "ARABIC": "huruf Arab",
    "CJK": "huruf Tionghoa",
    "HIRAGANA": "huruf Jepang",
    "KATAKANA": "huruf Jepang",
    "HANGUL": "huruf Korea",
    "THAI": "huruf Thai",
    "DEVANAGARI": "huruf Dewanagari",
    "TAMIL": "huruf Tamil",
    "JAVANESE": "aksara Jawa",
    "BALINESE": "aksara Bali",
    "SUNDANESE": "aksara Sunda",
    "BUGINESE": "aksara Lontara",
    "BATAK": "aksara Batak",
    "REJANG": "aksara Rejang",
}
_MOST = 5


def describe(characters: Iterable[str]) -> str:
    """`emoji (😀), huruf Arab (ع, ل)`, the kinds in order of their first appearance."""
    by_kind: dict[str, list[str]] = {}
    for character in characters:
        by_kind.setdefault(_kind(character), []).append(character)
    return ", ".join(
        f"{kind} ({', '.join(found[:_MOST])}{', …' if len(found) > _MOST else ''})"
        for kind, found in by_kind.items()
    )


def _kind(character: str) -> str:
    script = unicodedata.name(character, "").split(" ")[0]
    if script in _SCRIPTS:
        return _SCRIPTS[script]
    category = unicodedata.category(character)
    if category in ("So", "Sk") and ord(character) > 0x2190:
        return "emoji atau simbol"
    if category.startswith("L"):
        return "huruf asing"
    return "tanda"
