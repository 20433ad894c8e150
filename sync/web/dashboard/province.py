"""The province's table for the dashboard: read from the regencies' reports every few minutes, whoever asks for it.

Reading asks Google, and may take long: one thread does it, and everybody else is shown what was read before.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Condition, Thread
from typing import Any

from sync.core.masking import mask_numbers
from sync.core.mendable import Mendable
from sync.core.money import grouped
from sync.core.outcomes import Failure
from sync.core.report.province import ProvinceDay, Regency, province_day
from sync.core.report.tables import plain_rows, province_notes, province_table

log = logging.getLogger(__name__)

ANEW_AFTER_S, AGAIN_AFTER_S = 300.0, 60.0
"""After a reading, and after one that failed."""
DAYS = 8
"""So many days can be looked at, today the last."""
PATIENCE_S = 8.0
"""So long who asks first waits; then the page says that it is still being read."""
_MAIN = (
    ("suket", "Suket belum dicetak"),
    ("blanks", "Blangko KTP-el"),
    ("waiting", "Menunggu petugas"),
    ("overdue", "Lewat janji"),
)


@dataclass(frozen=True, slots=True)
class Read:
    """`regencies` None: nothing was read yet. `problem` says why it is not newer."""

    regencies: Sequence[Regency] | None = None
    problem: str = ""


@dataclass(eq=False)
class ProvinceTable:
    """`read` raises Mendable and Failure."""

    read: Callable[[], Sequence[Regency]]
    ticks: Callable[[], float] = time.monotonic
    patience_s: float = PATIENCE_S
    _last: Read = Read()
    _due: float = float("-inf")
    _reading: bool = False
    _changed: Condition = field(default_factory=Condition, repr=False)

    def look(self) -> Read:
        """What was read last; who comes before anything was, waits a while for it."""
        with self._changed:
            if not self._reading and self.ticks() >= self._due:
                self._reading = True
                Thread(target=self._read, name="province", daemon=True).start()
            if self._last == Read():
                self._changed.wait_for(lambda: not self._reading, self.patience_s)
            return self._last

    def _read(self) -> None:
        found = Read(self._last.regencies, "Laporan kabupaten/kota belum dapat dibaca.")
        try:
            found = Read(self.read())
        except Mendable as error:
            found = Read(self._last.regencies, str(error.problems[0]))
        except Failure as failure:
            found = Read(self._last.regencies, failure.reason)
        except Exception:
            log.exception("the province's table")
        finally:
            pause_s = AGAIN_AFTER_S if found.problem else ANEW_AFTER_S
            with self._changed:
                self._last, self._reading, self._due = found, False, self.ticks() + pause_s
                self._changed.notify_all()


class NoDay(ValueError):
    """A day that can't be looked at."""


def read_day(text: str, today: date) -> date | None:
    """None: whichever has reports. Raises NoDay."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NoDay from error
    if not today - timedelta(days=DAYS) < day <= today:
        raise NoDay
    return day


def page_of(read: Read, name: str, day: date | None, today: date) -> Mapping[str, Any]:
    """What the template is given: the table as `report --province` has it; without a day, of the last that one reported on."""
    days = [today - timedelta(days=back) for back in range(DAYS)]
    regencies = read.regencies or ()
    reported = (one for one in days if any(one in regency.lines for regency in regencies))
    shown = day or next(reported, today)
    report = province_day(name, regencies, shown)
    table = province_table(report)
    return {
        "nama": name,
        "hari": shown,
        "hari_lain": days,
        "belum_ada": read.regencies is None,
        "masalah": mask_numbers(read.problem),
        "utama": [*_sums(report)],
        "kolom": table.columns,
        "baris": _plain(table.rows),
        "jumlah": _plain(table.foot),
        "catatan": [mask_numbers(note) for note in province_notes(report)],
    }


def _sums(report: ProvinceDay) -> Iterator[tuple[str, str, str]]:
    """(what, how many, of how many regencies)."""
    whole = len(report.regencies)
    for name, title in _MAIN:
        found = report.sums.get(name)
        if found:
            yield title, grouped(found.value), f"dari {found.of} di antara {whole} kabupaten/kota"


def _plain(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[mask_numbers(cell) for cell in row] for row in plain_rows(rows)]
