"""What an office promises: an answer within so many days of its calendar, the day of the application not counted."""

from datetime import date, datetime, time, timedelta, tzinfo


def due_on(received_at: datetime, days: int, zone: tzinfo) -> date:
    """The last day of the promise."""
    return received_at.astimezone(zone).date() + timedelta(days=days)


def late_before(day: date, days: int, zone: tzinfo) -> datetime:
    """Who applied before this moment waits longer on `day` than promised."""
    return datetime.combine(day - timedelta(days=days), time(), zone)
