"""Google's `fields`: which parts of an answer the caller wants, e.g. `nextPageToken,files(id,owners/emailAddress)`.

`parse` gives a tree, `keep` cuts an answer down to it. A mask only selects; it never computes anything.
"""

import re
from typing import Any

from sync.sandbox.frame import GoogleError

Mask = dict[str, "Mask"]
"""A name and what is wanted below it; an empty tree below means all of it."""

_TOKEN = re.compile(r"\s*([\w*]+|[(),./])")


def invalid_selection(name: str) -> GoogleError:
    return GoogleError(
        400, "INVALID_ARGUMENT", f"Invalid field selection {name}", reason="invalidParameter"
    )


def parse(text: str) -> Mask:
    """Raises Google's 400 for what is no mask."""
    tokens: list[str] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise invalid_selection(text)
        tokens.append(match[1])
        at = match.end()
    tokens.append("")
    mask, at = _selection(tokens, 0, text)
    if tokens[at] != "":
        raise invalid_selection(text)
    return mask


def _selection(tokens: list[str], at: int, text: str) -> tuple[Mask, int]:
    mask: Mask = {}
    while True:
        below = mask
        while True:
            name = tokens[at]
            if not re.fullmatch(r"[\w*]+", name):
                raise invalid_selection(text)
            below = below.setdefault(name, {})
            at += 1
            if tokens[at] not in ("/", "."):
                break
            at += 1
        if tokens[at] == "(":
            inner, at = _selection(tokens, at + 1, text)
            if tokens[at] != ")":
                raise invalid_selection(text)
            below.update(inner)
            at += 1
        if tokens[at] != ",":
            return mask, at
        at += 1


def keep(value: Any, mask: Mask) -> Any:
    """The parts of the answer that the mask names."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [keep(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: keep(value[name], below) for name, below in mask.items() if name in value}


def wants(mask: Mask, name: str) -> bool:
    return not mask or "*" in mask or name in mask
