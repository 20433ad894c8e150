"""How a value is shown: numbers, dates and booleans as text, by the cell's number format and the locale."""

import re
from typing import Any

from sync.sandbox.frame import Json
from sync.sandbox.sheets import serials

DATE: Json = {"type": "DATE"}
TIME: Json = {"type": "TIME"}
DATE_TIME: Json = {"type": "DATE_TIME"}
PERCENT: Json = {"type": "PERCENT", "pattern": "0.00%"}

_MOMENTS = ("DATE", "TIME", "DATE_TIME")
_DEFAULT_PATTERNS = {
    "en_US": {"DATE": "M/d/yyyy", "TIME": "h:mm:ss am/pm", "DATE_TIME": "M/d/yyyy H:mm:ss"},
    "": {"DATE": "dd/mm/yyyy", "TIME": "H:mm:ss", "DATE_TIME": "dd/mm/yyyy H:mm:ss"},
}
_PIECE = re.compile(
    r"\"[^\"]*\"|\\.|am/pm|a/p|y+|m+|d+|h+|s+(?:\.0+)?|.", re.IGNORECASE | re.DOTALL
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def is_moment(number_format: Json) -> bool:
    return number_format.get("type") in _MOMENTS


def shown(value: Any, number_format: Json, locale: str) -> str:
    """The text in the cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    kind = number_format.get("type", "")
    pattern = number_format.get("pattern", "")
    if kind in _MOMENTS:
        defaults = _DEFAULT_PATTERNS.get(locale, _DEFAULT_PATTERNS[""])
        return _moment(value, pattern or defaults[kind])
    if kind == "TEXT" or not (pattern or kind in ("PERCENT", "CURRENCY", "NUMBER", "SCIENTIFIC")):
        return general(value)
    default = {
        "PERCENT": "0.00%",
        "CURRENCY": "$#,##0.00",
        "NUMBER": "#,##0.00",
        "SCIENTIFIC": "0.00E+00",
    }
    return _number(value, pattern or default[kind])


def general(number: float | int) -> str:
    """Automatic format: long numbers are cut, and huge ones become 6.47201E+15."""
    size = abs(number)
    if number == 0:
        return "0"
    if size >= 1e15 or size < 1e-9:
        mantissa, _, exponent = f"{number:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent[0]}{int(exponent[1:]):02d}"
    if float(number).is_integer():
        return str(int(number))
    return f"{number:.{max(0, 10 - len(str(int(size))))}f}".rstrip("0").rstrip(".")


def _number(number: float | int, pattern: str) -> str:
    positive, _, rest = pattern.partition(";")
    if number < 0 and rest:
        return _number(-number, rest.partition(";")[0])
    match = re.search(r"[#0?][#0?,]*(\.[0#?]*)?([eE][+-]?0+)?%?", positive)
    if match is None:
        return positive.replace('"', "") if positive else general(number)
    body = match[0]
    value = abs(number) * (100 if "%" in positive else 1)
    places = len((match[1] or "").strip("."))
    least = (match[1] or "").count("0")
    if match[2]:
        text = f"{value:.{places}E}"
    else:
        text = f"{value:{',' if ',' in body else ''}.{places}f}"
        if places > least and "." in text:
            fixed = text.index(".") + 1 + least
            text = (text[:fixed] + text[fixed:].rstrip("0")).rstrip(".")
        width = body.partition(".")[0].count("0")
        whole, dot, decimals = text.partition(".")
        text = whole.zfill(width) + dot + decimals
    text += "%" if body.endswith("%") else ""
    before, after = (
        re.sub(r'["\\]', "", part) for part in (positive[: match.start()], positive[match.end() :])
    )
    return ("-" if number < 0 else "") + before + text + after


def _moment(serial: float | int, pattern: str) -> str:
    moment = serials.to_datetime(serial)
    pieces = _PIECE.findall(pattern)
    half_day = any(piece.lower() in ("am/pm", "a/p") for piece in pieces)
    shown, last = [], ""
    for at, piece in enumerate(pieces):
        kind = piece[0].lower()
        if piece.lower() in ("am/pm", "a/p"):
            half = "AM" if moment.hour < 12 else "PM"
            shown.append(half if piece.lower() == "am/pm" else half[0])
        elif kind == "y":
            shown.append(f"{moment.year:04d}" if len(piece) > 2 else f"{moment.year % 100:02d}")
        elif kind == "m":
            following = next((p[0].lower() for p in pieces[at + 1 :] if p[0].isalpha()), "")
            if piece[0] == "m" and (last == "h" or following == "s"):
                shown.append(str(moment.minute).zfill(len(piece)))
            else:
                name = _MONTHS[moment.month - 1]
                shown.append(_named(moment.month, name, len(piece)))
        elif kind == "d":
            shown.append(_named(moment.day, _DAYS[moment.weekday()], len(piece)))
        elif kind == "h":
            hour = (moment.hour % 12 or 12) if half_day else moment.hour
            shown.append(str(hour).zfill(len(piece)))
        elif kind == "s":
            whole, dot, rest = piece.partition(".")
            text = str(moment.second).zfill(len(whole))
            shown.append(text + (f".{moment.microsecond:06d}"[: len(rest) + 1] if dot else ""))
        else:
            shown.append(piece.strip('"') if piece[0] == '"' else piece.lstrip("\\") or piece)
        if piece[0].isalpha():
            last = kind
    return "".join(shown)


def _named(number: int, name: str, width: int) -> str:
    if width <= 2:
        return str(number).zfill(width)
    return name[:3] if width == 3 else name
