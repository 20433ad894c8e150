"""Gmail's search, as far as rfc822msgid, to, from, subject, in, label and plain words over the subject."""

import re

from sync.sandbox.gmail.outgoing import refusal

_TERM = re.compile(r"(-?)(\w+):(?:\"([^\"]*)\"|\(([^)]*)\)|(\S+))|\"([^\"]*)\"|(\S+)")


def condition(text: str) -> tuple[str, list[str]]:
    """SQL over gmail_messages `m`, and its values. Raises 400 for an operator that is not there."""
    parts: list[str] = ["1"]
    values: list[str] = []
    for match in _TERM.finditer(text):
        name = (match[2] or "subject").lower()
        value = next((each for each in match.groups()[2:] if each), "")
        terms: dict[str, tuple[str, str]] = {
            "rfc822msgid": ("trim(m.message_id, '<>') = ?", value.strip("<>")),
            "to": ("m.recipients LIKE ? ESCAPE '\\'", _like(value)),
            "from": ("m.account LIKE ? ESCAPE '\\'", _like(value)),
            "subject": ("m.subject LIKE ? ESCAPE '\\'", _like(value)),
            "label": ("m.label = ?", value.upper()),
            "in": ("? IN ('ANYWHERE', m.label)", value.upper().removesuffix("S")),
        }
        if name not in terms:
            raise refusal(f"The sandbox does not search by {name}:")
        condition, parameter = terms[name]
        parts.append(("NOT " if match[1] else "") + condition)
        values.append(parameter)
    return " AND ".join(parts), values


def _like(value: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", value) + "%"
