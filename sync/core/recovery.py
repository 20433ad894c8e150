"""What a row of the sheet, or a letter's number, tells when the ledger can't: read backwards what projection.py and
numbering.py write. Anything not surely read is None, never a guess."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sync.core.numbering import number_of
from sync.core.states import LABEL_QUEUED, LABELS, State
from sync.core.workflow.model import Workflow

_STATES = {label: state for state, label in LABELS.items()} | {LABEL_QUEUED: State.DELIVERING}
_NUMBER = re.compile(
    r"Surat nomor (.{1,100}?) (?:sedang|sudah|belum|mungkin sudah) di(?:siapkan|kirim)"
)
_LONGEST_SERIAL = 7


def state_in(system: Mapping[str, str]) -> State | None:
    return _STATES.get(system.get("status", "").strip())


def number_in(system: Mapping[str, str]) -> str:
    """The letter's number in a row's note; "" where it names none."""
    found = _NUMBER.search(system.get("note", ""))
    return found[1] if found else ""


def updated_in(system: Mapping[str, str], timezone: ZoneInfo) -> datetime | None:
    try:
        local = datetime.strptime(system.get("updated", ""), "%d/%m/%Y %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    return local.replace(tzinfo=timezone).astimezone(UTC)


def serial_of(
    workflow: Workflow, number: str, *, unit: str, years: Iterable[int]
) -> tuple[date, int] | None:
    """A day of the month that prints this number, and its serial: found by printing what it may have been."""
    serials = {
        int(run[start:end])
        for run in re.findall(r"[0-9]+", number)
        for start in range(len(run))
        for end in range(start + 1, min(len(run), start + _LONGEST_SERIAL) + 1)
    } - {0}
    for year in years:
        for month in range(1, 13):
            on = date(year, month, 1)
            for serial in sorted(serials):
                if number_of(workflow, serial=serial, on=on, unit=unit) == number:
                    return on, serial
    return None
