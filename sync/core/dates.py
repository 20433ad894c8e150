"""Dates and times as people and spreadsheets write them, and as letters print them.

Only a text with one possible meaning is read: two-digit years and month-first dates are asked again, not guessed.
"""

import calendar
import re
from datetime import date, datetime, time, timedelta

from sync.core.cells import clean_text
from sync.core.desk import Cell
from sync.core.refused import Refused

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

_MONTH_NUMBERS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari feb pebruari february peb",
            "maret mar mrt march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agu ags agt agst aug august",
            "september sep sept",
            "oktober okt oct october",
            "november nov nop nopember",
            "desember des dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_EPOCH = date(1899, 12, 30)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+Z?)?")
_DAY_FIRST = re.compile(r"(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4})(?: [\d:.]+)?")
_NAMED = re.compile(r"(?:[A-Za-z']+ ?, ?)?(\d{1,2})[ \-./]*([A-Za-z]+)[ \-./]*(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ]+(?:\d{1,2}|[A-Za-z]+)[-/. ]+\d{2}")
_TIME = re.compile(
    r"(?:pukul|jam)? ?(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))? ?(am|pm)?(?: ?(?:wib|wita|wit))?"
)
_ADVICE = "tulis hari-bulan-tahun, misalnya 17-08-1990."


def read_date(cell: Cell) -> date:
    """A day between 1850 and 2199. Raises Refused."""
    day = _from_text(clean_text(cell)) if isinstance(cell, str) else _from_serial(cell)
    if not 1850 <= day.year <= 2199:
        raise Refused(f"tahunnya tidak mungkin; {_ADVICE}")
    return day


def _from_serial(cell: int | float) -> date:
    # A bare year typed into a date column would be a day of 1905.
    if isinstance(cell, bool) or not 1 <= cell < 110_000 or 1900 <= cell <= 2100:
        raise Refused(f"tanggalnya tidak lengkap; {_ADVICE}")
    return _EPOCH + timedelta(days=int(cell))


def _from_text(text: str) -> date:
    text = re.sub(r"^(?:tanggal|tgl\.?) ", "", text, flags=re.IGNORECASE)
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _NAMED.fullmatch(text):
        name = match[2].lower()
        if name not in _MONTH_NUMBERS:
            raise Refused(f"nama bulannya tidak dikenal; {_ADVICE}")
        day, month, year = int(match[1]), _MONTH_NUMBERS[name], int(match[3])
    elif _SHORT_YEAR.fullmatch(text):
        raise Refused(f"tulis tahun dengan empat angka; {_ADVICE}")
    else:
        raise Refused(f"bukan tanggal; {_ADVICE}")
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(f"tanggal itu tidak ada; {_ADVICE}") from None


def read_time(cell: Cell) -> time:
    """A time of day, to the second. Raises Refused."""
    if isinstance(cell, str):
        match = _TIME.fullmatch(clean_text(cell).lower())
        if not match:
            raise Refused("bukan jam; tulis jam dan menit, misalnya 13.30.")
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        if match[4]:
            hour = hour % 12 + (12 if match[4] == "pm" else 0) if 1 <= hour <= 12 else 24
        try:
            return time(hour, minute, second)
        except ValueError:
            raise Refused("jam itu tidak ada; tulis misalnya 13.30.") from None
    if isinstance(cell, bool) or not 0 <= cell < 110_000:
        raise Refused("bukan jam; tulis jam dan menit, misalnya 13.30.")
    seconds = round(cell % 1 * 86400) % 86400
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def format_date(day: date, *, with_day: bool = False) -> str:
    """`24 November 2026`, or `Selasa, 24 November 2026`."""
    text = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{DAYS[day.weekday()]}, {text}" if with_day else text


def roman(number: int) -> str:
    """`11` → `XI`."""
    if not 1 <= number <= 3999:
        raise ValueError(f"Roman numerals run from 1 to 3999, not {number}")
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def roman_month(day: date) -> str:
    return roman(day.month)


def age(born: date, on: date) -> int:
    """Whole years. Who was born on 29 February grows older on 1 March in common years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def as_day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
