"""The board: what the tab "Loket" tells officers. Facts in, lines out; the same facts give the same lines.

No applicant's answer and no readable NIK ever stands here. Writing it is google/duty_tab.py's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sync.core.masking import mask_numbers

ROWS, COLUMNS = 60, 6
WARN_AT = (90, 80)
"""Percent of the mail quota at which the board warns, the most urgent first."""
LONGEST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One workflow: what waits for whom."""

    title: str
    for_officer: int
    for_delivery: int
    uncertain: int
    failed: int
    missing: int


@dataclass(frozen=True, slots=True)
class Matter:
    """A problem with its remedy. `since` is None where it was only just found."""

    found: str
    remedy: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    used: int
    per_day: int

    @property
    def percent(self) -> int:
        return self.used * 100 // self.per_day if self.per_day else 100

    def __str__(self) -> str:
        return f"{self.used} dari {self.per_day} ({self.percent} %)"

    @property
    def warning(self) -> str:
        reached = next((level for level in WARN_AT if self.percent >= level), None)
        if reached is None:
            return ""
        if self.used >= self.per_day:
            return "PERHATIAN: kuota habis; sisanya dikirim setelah kuota pulih."
        return f"PERHATIAN: sudah di atas {reached} %; setelah habis, sisanya dikirim besok."


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the board tells, but the moment: facts that are equal need not be written again."""

    computer: str
    services: tuple[ServiceLine, ...]
    quota: Quota
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class Line:
    texts: tuple[str, ...] = field(default=())
    bold: bool = False


Board = Sequence[Line]


def zoned_text(moment: datetime, timezone: ZoneInfo) -> str:
    """`24/11/2026 16:40 WITA`."""
    return moment.astimezone(timezone).strftime("%d/%m/%Y %H:%M %Z")


def board(facts: Facts, *, cycle_at: datetime, timezone: ZoneInfo) -> Board:
    """At most ROWS lines of at most COLUMNS texts."""
    head = [
        Line(("Loket",), bold=True),
        Line(("Putaran terakhir", zoned_text(cycle_at, timezone))),
        Line(("Komputer", facts.computer)),
        Line(("Kuota email 24 jam terakhir", str(facts.quota), facts.quota.warning)),
        Line(),
        Line(
            (
                "Layanan",
                "Menunggu petugas",
                "Menunggu dikirim",
                "Perlu dicek",
                "Gagal kirim",
                "Baris terhapus",
            ),
            bold=True,
        ),
    ]
    services = [
        Line(
            (
                service.title,
                str(service.for_officer),
                str(service.for_delivery),
                str(service.uncertain),
                str(service.failed),
                str(service.missing),
            )
        )
        for service in facts.services
    ]
    matters = [
        Line(
            (
                matter.found,
                matter.remedy,
                zoned_text(matter.since, timezone) if matter.since else "baru saja",
            )
        )
        for matter in facts.matters
    ] or [Line(("Tidak ada masalah.",))]
    foot = [
        Line(),
        Line(
            (
                "Tab ini ditulis Loket sendiri setiap beberapa menit; perubahan di sini akan ditimpa.",
            )
        ),
        Line(
            (
                "Jika putaran terakhir sudah lewat lebih dari satu jam, Loket tidak berjalan: "
                "periksa komputer di atas.",
            )
        ),
    ]
    title = [Line(), Line(("Masalah", "Yang perlu dilakukan", "Sejak"), bold=True)]
    room = ROWS - len(head) - len(title) - len(foot)
    services = _fitting(services, room - min(len(matters), room // 2))
    body = [*head, *services, *title, *_fitting(matters, room - len(services)), *foot]
    return [Line(tuple(_plain(text) for text in line.texts), line.bold) for line in body]


def _fitting(lines: list[Line], room: int) -> list[Line]:
    if len(lines) <= room:
        return lines
    more = len(lines) - room + 1
    return [*lines[: room - 1], Line((f"… dan {more} lagi; lihat python loket.py status",))]


def _plain(text: str) -> str:
    return mask_numbers(text)[:LONGEST_TEXT]
