"""Whether a response sheet lies open to anyone (UU 27/2022; an office once published the sheet instead of the form).

Google is asked when the worker starts and once a day; every hour while a sheet is open, so that the all-clear comes
soon, and after an error. What keeps Google from telling neither makes an alarm nor ends one.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

ASK_EVERY, ASK_SOON = timedelta(days=1), timedelta(hours=1)


@dataclass(eq=False)
class Exposure:
    """`ask` tells of a spreadsheet what lies open, for people; "" when nothing does, None where this account may not ask."""

    ask: Callable[[str], str | None]
    clock: Callable[[], datetime]
    _due: dict[str, datetime] = field(default_factory=dict)

    def of(self, spreadsheet_id: str, known: str) -> str:
        """What lies open: as Google says where it is time to ask, else `known`. Never raises."""
        at = self.clock()
        wait = self._due.get(spreadsheet_id, at) - at
        if timedelta(0) < wait <= ASK_EVERY:  # longer: the clock was set back
            return known
        try:
            answer = self.ask(spreadsheet_id)
        except Exception as error:
            log.warning("spreadsheet %s: open? %s", spreadsheet_id, type(error).__name__)
            self._due[spreadsheet_id] = at + ASK_SOON
            return known
        found = known if answer is None else answer
        self._due[spreadsheet_id] = at + (ASK_SOON if found else ASK_EVERY)
        return found
