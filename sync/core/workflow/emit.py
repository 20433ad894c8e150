"""Values → YAML as an office writes it: plain where that is safe, quoted where it is not, short tables on one line.

Everything written here is read back by core/yaml_text.py as exactly the text that it was made from.
"""

import re
from typing import Any, Literal

import yaml

from sync.core.yaml_text import Plain

Quotes = Literal["'", '"'] | None
WIDEST = 110
"""A new line of the file is broken up rather than wider."""

_PLAIN = re.compile(r"[^\W_][^\x00-\x1f\x7f-\xa0{}\[\]\"'#&*!|>%@`\\]*")
_NOTHING = ("", "~", "null")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def scalar(text: str, *, flow: bool, quotes: Quotes = None) -> str:
    """`quotes`: as they were before; kept where they can be."""
    if quotes is None and _is_plain(text, flow):
        return text
    if any(not _seen(character) for character in text):
        return '"' + "".join(map(_escaped, text)) + '"'
    if quotes != "'" and not re.search(r'["\\]', text):
        return f'"{text}"'
    if quotes == '"' and "'" in text:
        return '"' + "".join(map(_escaped, text)) + '"'
    return "'" + text.replace("'", "''") + "'"


def inline(value: Plain, *, flow: bool = True) -> str:
    """On one line. `flow`: within brackets."""
    if isinstance(value, dict):
        pairs = (f"{scalar(key, flow=True)}: {inline(below)}" for key, below in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return scalar(value, flow=flow)


def entry_lines(start: str, value: Plain, column: int) -> list[str]:
    """An entry of a table (`start` is `key:`) or of a list (`-`) as whole lines without their ends."""
    margin = " " * column
    line = f"{margin}{start} {inline(value, flow=False)}"
    if not needs_lines(value) and (not isinstance(value, dict | list) or len(line) <= WIDEST):
        return [line]
    below = lines_of(value, column + 2)
    if start == "-":
        return [f"{margin}- {below[0].lstrip(' ')}", *below[1:]]
    return [margin + start, *below]


def lines_of(value: Plain, column: int) -> list[str]:
    """A table or list that is not empty, one entry a line or more."""
    if isinstance(value, dict):
        starts = [(f"{scalar(key, flow=False)}:", below) for key, below in value.items()]
    else:
        starts = [("-", below) for below in value]
    return [line for start, below in starts for line in entry_lines(start, below, column)]


def needs_lines(value: Plain) -> bool:
    """Tables within tables or lists are not put on one line."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(one, dict) and one for one in below)


def _is_plain(text: str, flow: bool) -> bool:
    """The reader itself is asked, as a value and as a key."""
    if text in _NOTHING or text != text.strip() or not _PLAIN.fullmatch(text):
        return False
    tried = f"[{text}, x]" if flow else f"x: {text}\n"
    try:
        below, key = (_composed(one).value[0] for one in (tried, f"{text}: x\n"))
    except (yaml.YAMLError, AttributeError, IndexError, TypeError):
        return False
    return all(
        isinstance(one, yaml.ScalarNode) and one.style is None and one.value == text
        for one in (below if flow else below[1], key[0])
    )


def _composed(text: str) -> Any:
    return yaml.compose(text, Loader=yaml.BaseLoader)


def _seen(character: str) -> bool:
    return character.isprintable() and character != "\ufeff"


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _seen(character):
        return character
    code = ord(character)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
