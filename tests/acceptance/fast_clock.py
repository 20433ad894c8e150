"""Runs the real program with a clock that is fast and ahead: `fast_clock.py SPEED SINCE AHEAD_S -- ARGS`.

An hour's pause before the next attempt, or tomorrow's quota, is then waited for in seconds. `SINCE` (seconds since
1970) is when the clock began to be fast, so that it never goes back when the program is started again.
"""

import sys
from datetime import UTC, datetime, timedelta


def main() -> int:
    speed, since, ahead_s = (float(text) for text in sys.argv[1:4])
    assert sys.argv[4] == "--"
    import sync.cli.wiring

    def now() -> datetime:
        real = datetime.now(UTC)
        return real + timedelta(seconds=ahead_s + (real.timestamp() - since) * (speed - 1))

    sync.cli.wiring.now = now
    from sync.cli.app import main as loket

    return loket(sys.argv[5:])


if __name__ == "__main__":
    sys.exit(main())
