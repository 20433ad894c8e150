"""What a value becomes when it is written: RAW keeps it, USER_ENTERED reads it as if it had been typed.

Typed dates and percentages bring a number format with them. Reading is by the spreadsheet's locale: month first for
en_US, day first for others.
"""

import math
import re
from datetime import date, time
from typing import Any

from sync.sandbox.frame import GoogleError, Json, invalid
from sync.sandbox.sheets import serials
from sync.sandbox.sheets.cells import Formula, Value
from sync.sandbox.sheets.grid import KEEP, Keep
from sync.sandbox.sheets.render import DATE, DATE_TIME, PERCENT, TIME

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?([eE][+-]?\d+)?")
_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp][Mm]))?")


def written(value: Any, option: str, locale: str, *, as_text: bool) -> tuple[Value | Keep, Json]:
    """The cell's value and the number format it brings. `as_text`: the cell is formatted as plain text."""
    if value is None:
        return KEEP, {}
    if isinstance(value, bool):
        return value, {}
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            raise invalid("Invalid value: not a finite number.")
        return serials.plain(float(value) if abs(value) > 2**53 else value), {}
    if not isinstance(value, str):
        raise GoogleError(400, "INVALID_ARGUMENT", f"Invalid values: {value!r}")
    if option == "RAW" or as_text:
        return value, {}
    return typed(value, locale)


def typed(text: str, locale: str) -> tuple[Value, Json]:
    """As if a person had typed it into the cell."""
    if text.startswith("'"):
        return text[1:], {}
    if text.startswith("=") and len(text) > 1:
        return Formula(text), {}
    bare = text.strip()
    if bare.upper() in ("TRUE", "FALSE"):
        return bare.upper() == "TRUE", {}
    if (number := _number(bare)) is not None:
        return number, {}
    if bare.endswith("%") and (number := _number(bare[:-1].strip())) is not None:
        return serials.plain(number / 100), PERCENT
    return _moment(bare, locale) or (text, {})


def _number(text: str) -> float | int | None:
    if not any(c.isdigit() for c in text) or not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", ""))
    return serials.plain(number) if math.isfinite(number) else None


def _moment(text: str, locale: str) -> tuple[Value, Json] | None:
    first, _, second = text.partition(" ")
    if "T" in text and not second:
        first, _, second = text.partition("T")
    day, clock = _date(first, locale), _time(second.strip())
    if day is not None and not second:
        return serials.of_date(day), DATE
    if day is not None and clock is not None:
        return serials.plain(serials.of_date(day) + float(serials.of_time(clock))), DATE_TIME
    whole = _time(text)
    return (serials.of_time(whole), TIME) if whole is not None else None


def _date(text: str, locale: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    a, b, c = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        year, month, day = a, b, c
    elif len(match[4]) in (2, 4):
        year = c if len(match[4]) == 4 else c + (2000 if c < 50 else 1900)
        month, day = (a, b) if locale == "en_US" else (b, a)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, half = int(match[1]), (match[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(match[2]), int(match[3] or 0))
    except ValueError:
        return None
