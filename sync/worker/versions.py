"""The versions of spreadsheets that several workflows share: asked once by the cycles of a round."""

from datetime import datetime, timedelta

from sync.worker.counter import Counter

_FRESH = timedelta(seconds=5)
"""A cycle before this one may have taken long."""


class Versions:
    """A version that is a little older than the rows read after it is only asked about once more."""

    def __init__(self) -> None:
        self._asked: dict[str, tuple[str, datetime]] = {}

    def of(self, counter: Counter) -> str:
        """Raises what the desk raises."""
        sheet, now = counter.workflow.sheet, counter.clock()
        version, at = self._asked.get(sheet, ("", now))
        if not version or not timedelta(0) <= now - at < _FRESH:
            version = counter.desk.version()
            self._asked[sheet] = (version, now)
        return version
