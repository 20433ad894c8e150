"""What a value becomes when it is written: RAW keeps it, USER_ENTERED reads it as if it had been typed.

What is typed as an amount, a percentage, a date or a time brings a number format with it, so that it is shown as it
was typed. Reading is by the spreadsheet's locale (locales.py).
"""

import math
import re
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sync.sandbox.frame import GoogleError, Json, invalid
from sync.sandbox.sheets import serials
from sync.sandbox.sheets.cells import Formula, Value
from sync.sandbox.sheets.grid import KEEP, Keep
from sync.sandbox.sheets.locales import Locale, locale_of

_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_SHORT_DATE = re.compile(r"(\d{1,2})([-/])(\d{1,2})")
_NAMED_DATES = {  # the pattern it is shown by; `mmmm` when the month's whole name was typed
    re.compile(r"(?P<day>\d{1,2})[ -](?P<month>[A-Za-z]{3,})[ -](?P<year>\d{4})"): "d {} yyyy",
    re.compile(r"(?P<month>[A-Za-z]{3,}) (?P<day>\d{1,2}),? (?P<year>\d{4})"): "{} d, yyyy",
    re.compile(r"(?P<day>\d{1,2})[ -](?P<month>[A-Za-z]{3,})(?P<year>)"): "d {}",
    re.compile(r"(?P<month>[A-Za-z]{3,})[ -](?P<day>\d{1,2})(?P<year>)"): "{} d",
    re.compile(r"(?P<month>[A-Za-z]{3,})[ -](?P<day>)(?P<year>\d{4})"): "{} yyyy",
}
_TIME = re.compile(r"(\d{1,4}):(\d{2})(?::(\d{2}(?:\.\d{1,3})?))?(?:\s*([AaPp][Mm]))?")


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
    found = _number(bare, locale_of(locale)) or _moment(bare, locale_of(locale))
    return found or (text, {})


def _number(text: str, locale: Locale) -> tuple[Value, Json] | None:
    """A plain number, with thousands, as a percentage, an amount, or in powers of ten."""
    match = _number_shape(locale).fullmatch(text)
    if match is None or not match["whole"] + (match["decimals"] or ""):
        return None
    digits = match["whole"].replace(locale.thousands, "") or "0"
    number = float(f"{digits}.{match['decimals'] or '0'}{match['power'] or ''}")
    if not math.isfinite(number):
        return None
    if "-" in (match["sign"], match["inner_sign"]):
        number = -number
    places = ".00" if match["decimals"] else ""
    number_format: Json = {}
    if match["percent"]:
        number = float(Decimal(str(number)).scaleb(-2))
        number_format = {"type": "PERCENT", "pattern": f"0{places}%"}
    elif match["currency"]:
        number_format = {"type": "CURRENCY", "pattern": f'"{locale.currency}"#,##0{places}'}
    elif match["power"]:
        number_format = {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    elif locale.thousands in match["whole"]:
        number_format = {"type": "NUMBER", "pattern": f"#,##0{places}"}
    return serials.plain(number), number_format


@cache
def _number_shape(locale: Locale) -> re.Pattern[str]:
    thousands, decimal = re.escape(locale.thousands), re.escape(locale.decimal)
    return re.compile(
        rf"(?P<sign>[+-]?)(?P<currency>{re.escape(locale.currency)} ?)?(?P<inner_sign>-?)"
        rf"(?P<whole>\d{{1,3}}(?:{thousands}\d{{3}})+|\d*)"
        rf"(?:{decimal}(?P<decimals>\d*))?(?P<power>[eE][+-]?\d{{1,4}})?(?P<percent> ?%)?"
    )


def _moment(text: str, locale: Locale) -> tuple[Value, Json] | None:
    clock = _time(text)
    if clock is not None:
        return clock[0], {"type": "TIME", "pattern": clock[1]}
    day = _date(text, locale)
    if day is not None:
        return day[0], {"type": "DATE", "pattern": day[1] or locale.patterns["DATE"]}
    first, _, second = text.replace("T", " ").rpartition(" ")
    if second[:2].upper() in ("AM", "PM"):  # `1/31/2026 1:30 PM`
        first, _, half = first.rpartition(" ")
        second = f"{half} {second}"
    day, clock = _date(first, locale), _time(second)
    if day is None or clock is None or clock[0] >= 1:
        return None
    pattern = f"{day[1]} {clock[1]}" if day[1] else locale.patterns["DATE_TIME"]
    return serials.plain(day[0] + clock[0]), {"type": "DATE_TIME", "pattern": pattern}


def _date(text: str, locale: Locale) -> tuple[int, str] | None:
    """The day's serial number and the pattern it was typed in; "" for the locale's own."""
    for shape, pattern in _NAMED_DATES.items():
        if match := shape.fullmatch(text):
            name = match["month"].casefold()
            for number, month in enumerate(locale.months, 1):
                if name in (month.casefold(), month[:3].casefold()):
                    whole = "mmmm" if len(name) > 3 else "mmm"
                    year = int(match["year"] or serials.now().year)
                    day = _day(year, number, int(match["day"] or 1))
                    return None if day is None else (day, pattern.format(whole))
            return None
    if match := _SHORT_DATE.fullmatch(text):  # of this year: `1/31`, where others write 31/1
        first, second, year = int(match[1]), int(match[3]), serials.now().year
        order = (second, first) if locale.day_first else (first, second)
        day = _day(year, *order)
        shown = match[2].join("dm" if locale.day_first else "md")
        return None if day is None else (day, shown)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    a, b, c = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        shown = f"yyyy{match[2]}mm{match[2]}dd" if len(match[3]) == len(match[4]) == 2 else ""
        day = _day(a, b, c)
        return None if day is None else (day, shown)
    if len(match[4]) not in (2, 4):
        return None
    year = c if len(match[4]) == 4 else c + (2000 if c < 50 else 1900)
    day = _day(year, b, a) if locale.day_first else _day(year, a, b)
    return None if day is None else (day, "")


def _day(year: int, month: int, day: int) -> int | None:
    try:
        return serials.of_date(date(year, month, day))
    except ValueError:
        return None


def _time(text: str) -> tuple[float | int, str] | None:
    """The part of a day, and the pattern it was typed in. Beyond 24 hours it is a duration."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2]), (match[4] or "").lower()
    second = float(match[3] or 0)
    if minute > 59 or second >= 60 or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    pattern = ("[h]" if hour > 23 else "h") + ":mm" + (":ss" if match[3] else "")
    part = (hour * 3600 + minute * 60 + second) / 86_400
    return serials.plain(part), pattern + (" am/pm" if half else "")
