"""How long to wait until the sheets are asked again whether something changed. Pure.

Fast while people are at work in them, slow at night, and never faster than the quota of Sheets' calls allows.
"""

from datetime import datetime, time, timedelta

FAST_FOR = timedelta(minutes=2)
"""So long after something was found there is likely more: an officer decides row after row."""
FAST, NIGHT = 1 / 3, 4.0
FASTEST_S = 5.0
NIGHT_FROM, NIGHT_UNTIL = time(20), time(6)
READS_A_LOOK = 5
"""Of Sheets, by a spreadsheet in which something changed: the glance, the rows, a look before the write and one after
it, and one to spare."""


def interval_s(
    day_s: float, *, now: datetime, active_at: datetime | None, busy: int, calls_per_minute: int
) -> float:
    """`day_s`: the setting; `now` in the office's time; `active_at`: when something was last found; `busy`: how many spreadsheets
    changed in the last round; `calls_per_minute` 0: no quota."""
    if active_at is not None and timedelta(0) <= now - active_at < FAST_FOR:
        wanted = min(day_s, max(FASTEST_S, day_s * FAST))
    elif NIGHT_UNTIL <= now.time() < NIGHT_FROM:
        wanted = day_s
    else:
        wanted = day_s * NIGHT
    if not calls_per_minute:
        return wanted
    return max(wanted, 60.0 * busy * READS_A_LOOK / calls_per_minute)
