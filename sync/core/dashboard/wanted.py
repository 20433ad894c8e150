"""Which applications a figure of the dashboard counts. Every figure is a link to its list, and the link says no more than
this: never a name, a NIK or a reference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from urllib.parse import urlencode

from sync.core.dates import format_date
from sync.core.promise import late_before
from sync.core.report.day import AGES, LONGEST
from sync.core.states import LABEL_QUEUED, LABELS, WANTS_ITS_ROW, WITH_OFFICE, State

LONGEST_SPAN = timedelta(days=31)
"""Of days that one list covers: what it costs has a bound."""
_OLDEST = date(2000, 1, 1)


class Which(StrEnum):
    """The value is what a link says."""

    # how things stand now
    WAITING = "menunggu"
    LATE = "lewat-janji"
    RECEIVED = "diterima"
    NEEDS_FIXING = "perlu-perbaikan"
    IN_REVIEW = "menunggu-petugas"
    APPROVED = "disetujui"
    DELIVERING = "sedang-dikirim"
    QUEUED = "antre-kirim"
    UNCERTAIN = "perlu-dicek"
    FAILED = "gagal-kirim"
    ROW_GONE = "baris-hilang"
    # what happened from one day to another
    CAME = "masuk"
    DELIVERED = "selesai"
    REJECTED = "ditolak"
    CANCELLED = "dibatalkan"
    # what went out within 24 hours
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    SMS = "sms"


BY_STATE = {state: Which[state.name] for state in WITH_OFFICE}
STANDING = {which: (state,) for state, which in BY_STATE.items()} | {
    Which.WAITING: WITH_OFFICE,
    Which.LATE: WITH_OFFICE,
    Which.NEEDS_FIXING: (State.NEEDS_FIXING,),
    Which.QUEUED: (State.DELIVERING,),
    Which.ROW_GONE: WANTS_ITS_ROW,
}
ENDED = {
    Which.DELIVERED: State.DELIVERED,
    Which.REJECTED: State.REJECTED,
    Which.CANCELLED: State.CANCELLED,
}
SENT = (Which.EMAIL, Which.WHATSAPP, Which.SMS)
_AGE_WORDS = ("0-1", "2-3", "4-7", "lebih-7")
_TITLES = {
    Which.WAITING: "Menunggu kantor",
    Which.LATE: "Melewati janji layanan",
    Which.QUEUED: LABEL_QUEUED,
    Which.NEEDS_FIXING: "Menunggu perbaikan pemohon",
    Which.ROW_GONE: "Baris terhapus di Google Sheet",
    Which.CAME: "Diterima",
    Which.EMAIL: "Dikirimi email dalam 24 jam terakhir",
    Which.WHATSAPP: "Dikirimi WhatsApp dalam 24 jam terakhir",
    Which.SMS: "Dikirimi SMS dalam 24 jam terakhir",
} | {which: LABELS[state] for which, state in ENDED.items()}


class NoList(ValueError):
    """A link that no page of ours has."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`age`: an index of AGES, None for all; `service` "" for all. `days`: the first and the last of the office's days on
    which something happened; None where it is asked how things stand now."""

    which: Which = Which.WAITING
    age: int | None = None
    service: str = ""
    days: tuple[date, date] | None = None
    page: int = 1

    @property
    def query(self) -> str:
        """As `read_wanted` takes it."""
        first, last = (day.isoformat() for day in self.days) if self.days else ("", "")
        told = {
            "keadaan": self.which.value,
            "umur": "" if self.age is None else _AGE_WORDS[self.age],
            "layanan": self.service,
            "dari": first,
            "sampai": last,
            "halaman": str(self.page) if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in told.items() if value})

    def title(self, titles: Mapping[str, str], today: date | None = None) -> str:
        """`Menunggu petugas · 4–7 hari · Surat Keterangan Domisili`."""
        state = STANDING.get(self.which, (State.RECEIVED,))[0]
        parts = [_TITLES.get(self.which) or LABELS[state]]
        if self.days:
            parts.append(_days(*self.days, today))
        if self.age is not None:
            parts.append(AGES[self.age])
        if self.service:
            parts.append(titles.get(self.service, self.service))
        return " · ".join(parts)

    def at_page(self, page: int) -> "Wanted":
        return replace(self, page=page)


def read_wanted(values: Mapping[str, str], today: date) -> Wanted:
    """A link's query; what happened without days happened today. Raises NoList."""
    try:
        which = Which(values.get("keadaan", Which.WAITING.value))
        age = _AGE_WORDS.index(values["umur"]) if values.get("umur") else None
        page = _page(values.get("halaman", "1"))
        first, last = (_day(values.get(name, "")) for name in ("dari", "sampai"))
    except ValueError as error:
        raise NoList from error
    wanted = Wanted(which, age if which in STANDING else None, values.get("layanan", ""), page=page)
    if which is not Which.CAME and which not in ENDED:
        return wanted
    first = first or last or today
    last = last or first
    if not _OLDEST <= first <= last <= today or last - first > LONGEST_SPAN:
        raise NoList
    return replace(wanted, days=(first, last))


def age_bounds(age: int, day: date, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """(not before, before): when those came who are of that age on `day`."""
    midnights = age_midnights(day, zone)
    return (
        midnights[age] if age < len(midnights) else None,
        midnights[age - 1] if age else None,
    )


def age_midnights(day: date, zone: tzinfo) -> list[datetime]:
    """The moments between the AGES, the latest first: who came at or after the first is of the first age."""
    return [late_before(day, longest, zone) for longest in LONGEST]


def _page(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 5 and int(text)):
        raise ValueError("no page")
    return int(text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _days(first: date, last: date, today: date | None) -> str:
    if first == last:
        return "hari ini" if first == today else format_date(first)
    return f"{format_date(first)} sampai {format_date(last)}"
