"""How a value is shown: numbers, dates and booleans as text, by the cell's number format and the locale."""

import math
import re
from typing import Any

from sync.sandbox.frame import Json
from sync.sandbox.sheets import number_patterns, serials
from sync.sandbox.sheets.locales import Locale, locale_of

DATE: Json = {"type": "DATE"}
TIME: Json = {"type": "TIME"}
DATE_TIME: Json = {"type": "DATE_TIME"}

_MOMENTS = ("DATE", "TIME", "DATE_TIME")
_NUMBERS = {
    "PERCENT": "0.00%",
    "CURRENCY": "$#,##0.00",
    "NUMBER": "#,##0.00",
    "SCIENTIFIC": "0.00E+00",
}
_PIECE = re.compile(
    r"\"[^\"]*\"|\\.|am/pm|a/p|\[[hms]+\]|y+|m+|d+|h+|s+(?:\.0+)?|.", re.IGNORECASE | re.DOTALL
)


def is_moment(number_format: Json) -> bool:
    return number_format.get("type") in _MOMENTS


def shown(value: Any, number_format: Json, locale: str) -> str:
    """The text in the cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    kind, pattern = number_format.get("type", ""), number_format.get("pattern", "")
    if isinstance(value, str):
        return number_patterns.text(value, pattern) if "@" in pattern else value
    if kind in _MOMENTS:
        return _moment(value, pattern or locale_of(locale).patterns[kind], locale_of(locale))
    pattern = pattern or _default(kind, locale_of(locale))
    if kind == "TEXT" or not pattern or pattern.lower() == "general":
        return general(value).replace(".", locale_of(locale).decimal)
    return number_patterns.number(value, pattern, locale_of(locale))


def _default(kind: str, locale: Locale) -> str:
    return _NUMBERS.get(kind, "").replace("$", f'"{locale.currency}"')


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
    places = 9 - math.floor(math.log10(size))  # ten digits that count
    return f"{number:.{max(0, places)}f}".rstrip("0").rstrip(".")


def _moment(serial: float | int, pattern: str, locale: Locale) -> str:
    try:
        moment = serials.to_datetime(serial)
    except OverflowError:  # beyond the year 9999: no date
        return general(serial)
    pieces = _PIECE.findall(pattern)
    half_day = any(piece.lower() in ("am/pm", "a/p") for piece in pieces)
    shown, last = [], ""
    for at, piece in enumerate(pieces):
        kind = piece[0].lower()
        if piece.lower() in ("am/pm", "a/p"):
            half = "AM" if moment.hour < 12 else "PM"
            shown.append(half if piece.lower() == "am/pm" else half[0])
        elif kind == "[" and len(piece) > 2:
            shown.append(_elapsed(serial, piece))
            kind = piece[1].lower()
        elif kind == "y":
            shown.append(f"{moment.year:04d}" if len(piece) > 2 else f"{moment.year % 100:02d}")
        elif kind == "m":
            following = next((p[0].lower() for p in pieces[at + 1 :] if p[0].isalpha()), "")
            if piece[0] == "m" and (last == "h" or following == "s"):
                shown.append(str(moment.minute).zfill(len(piece)))
            else:
                name = locale.months[moment.month - 1]
                shown.append(_named(moment.month, name, len(piece)))
        elif kind == "d":
            shown.append(_named(moment.day, locale.days[moment.weekday()], len(piece)))
        elif kind == "h":
            hour = (moment.hour % 12 or 12) if half_day else moment.hour
            shown.append(str(hour).zfill(len(piece)))
        elif kind == "s":
            whole, dot, rest = piece.partition(".")
            text = str(moment.second).zfill(len(whole))
            shown.append(text + (f".{moment.microsecond:06d}"[: len(rest) + 1] if dot else ""))
        else:
            shown.append(piece.strip('"') if piece[0] == '"' else piece.lstrip("\\") or piece)
        if piece[0].isalpha() or piece[0] == "[":
            last = kind
    return "".join(shown)


def _elapsed(serial: float | int, piece: str) -> str:
    """`[h]`: hours that go on beyond a day."""
    unit = {"h": 3600, "m": 60, "s": 1}[piece[1].lower()]
    return str(int(round(abs(serial) * 86_400, 3)) // unit).zfill(len(piece) - 2)


def _named(number: int, name: str, width: int) -> str:
    if width <= 2:
        return str(number).zfill(width)
    return name[:3] if width == 3 else name[:1] if width == 5 else name
