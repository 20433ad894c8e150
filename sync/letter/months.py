"""How long a letter is valid: whole months later, on the same day or the month's last."""

import calendar
from datetime import date


def add_months(day: date, months: int) -> date:
    """Six months after 31 August is 28 February (29 in a leap year)."""
    year, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
