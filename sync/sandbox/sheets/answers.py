"""A resource as Google answers it: what has its default value is left out, and a colour is told in both of its fields.

Bodies are kept as they were given (a range with its sheet's id, by which it is found); they go through `told` on
their way out.
"""

from typing import Any

from sync.sandbox.frame import Json

# Google tells these though they are false, zero or empty: there a default differs from "not set".
_SHOWN_AS_FALSE = frozenset(("bold", "italic", "strikethrough", "underline", "boolValue"))
_SHOWN_AS_EMPTY = frozenset(("stringValue", "userEnteredValue"))
# Only these numbers are left out when they are 0.
_LEFT_OUT_AS_ZERO = frozenset(("red", "green", "blue", "frozenRowCount", "frozenColumnCount"))

COLOURS = {
    name: name + "Style"
    for name in (
        "backgroundColor",
        "foregroundColor",
        "tabColor",
        "color",
        "headerColor",
        "firstBandColor",
        "secondBandColor",
        "footerColor",
    )
}
_STYLES = {style: name for name, style in COLOURS.items()}


def told(value: Any) -> Any:
    """Without defaults. A sheet's own properties are not for this: they show `sheetId` and `index` as 0."""
    if isinstance(value, list):
        return [told(part) for part in value]
    if not isinstance(value, dict):
        return value
    answer: Json = {}
    for name, part in value.items():
        if name == "textFormatRuns":
            answer[name] = [
                {key: told(each) for key, each in run.items() if key != "startIndex" or each}
                for run in part
            ]
        elif not _left_out(name, part, value):
            answer[name] = told(part)
    return answer


def _left_out(name: str, part: Any, among: Json) -> bool:
    if part is False:
        return name not in _SHOWN_AS_FALSE
    if part == "":
        return name not in _SHOWN_AS_EMPTY
    if part == 0 and isinstance(part, int | float):
        return name in _LEFT_OUT_AS_ZERO or (name == "sheetId" and "locationType" not in among)
    return False


def coloured(value: Any) -> Any:
    """Each colour in both of its fields; where both were given, the style is what counts."""
    if isinstance(value, list):
        return [coloured(part) for part in value]
    if not isinstance(value, dict):
        return value
    answer = {name: coloured(part) for name, part in value.items()}
    for name, style in COLOURS.items():
        if name == "color" and "colorType" in value:
            continue  # a theme's colour has one field
        if style in value:
            match_colour(answer, style)
        elif name in value and isinstance(value[name], dict):
            match_colour(answer, name)
    return answer


def match_colour(body: Json, name: str) -> None:
    """`name` of the body was set or removed: its twin, if it is a colour, goes after it."""
    if name in COLOURS:
        twin, given = COLOURS[name], body.get(name)
        found = None if given is None else {"rgbColor": given}
    elif name in _STYLES:
        twin, given = _STYLES[name], body.get(name)
        found = _rgb(given) if isinstance(given, dict) else None
    else:
        return
    if found is None:
        body.pop(twin, None)
    else:
        body[twin] = found


THEME: dict[str, Json] = {
    "TEXT": {},
    "BACKGROUND": {"red": 1, "green": 1, "blue": 1},
    "ACCENT1": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275},
    "ACCENT2": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
    "ACCENT3": {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275},
    "ACCENT4": {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902},
    "ACCENT5": {"red": 1, "green": 0.42745098, "blue": 0.003921569},
    "ACCENT6": {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706},
    "LINK": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8},
}
"""A new spreadsheet's colours, in the order in which Google tells them."""


def _rgb(style: Json) -> Json | None:
    if "rgbColor" in style:
        found: Json = style["rgbColor"]
        return found
    return THEME.get(str(style.get("themeColor")))
