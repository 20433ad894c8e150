"""Days since 30 December 1899: how Sheets holds a moment, in the spreadsheet's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number has no time zone
_DAY_S = 86_400


def of_moment(moment: datetime, time_zone: str) -> float | int:
    """An aware moment as this spreadsheet shows it, to the thousandth of a second."""
    local = moment.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    return plain(round((local - _EPOCH) / timedelta(days=1), 10))


def of_date(day: date) -> int:
    return (day - _EPOCH.date()).days


def of_time(clock: time) -> float | int:
    return plain((clock.hour * 3600 + clock.minute * 60 + clock.second) / _DAY_S)


def to_datetime(serial: float | int) -> datetime:
    """The naive local moment of a serial number, rounded to milliseconds so that 0.1 + 0.2 shows as 0.3."""
    return _EPOCH + timedelta(milliseconds=round(serial * _DAY_S * 1000))


def now() -> datetime:
    return datetime.now(UTC)


def plain(number: float | int) -> float | int:
    """Whole numbers without `.0`, as Google answers them."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return int(number)
    return number
