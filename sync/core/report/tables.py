"""What both reports say, as tables and sentences: the same on the screen, in the workbook and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sync.core.board import zoned_text
from sync.core.dates import format_date
from sync.core.money import grouped
from sync.core.report.day import AGES, Figures
from sync.core.report.province import PACE_DAYS, Pace, ProvinceDay, RegencyDay, Sum
from sync.core.report.report import DayReport
from sync.core.report.stock import HEADERS, NUMBERS, Stock

UNKNOWN = "–"
NOT_SHRINKING = "tidak berkurang"

Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """`foot` are the rows below the line: sums, and what belongs to them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()


def shown(cell: Cell) -> str:
    """A cell as people read it: dots between thousands, a dash for what nobody knows."""
    if cell is None:
        return UNKNOWN
    if isinstance(cell, int):
        return grouped(cell)
    return format_date(cell) if isinstance(cell, date) else cell


_DAY_COLUMNS = (
    "Layanan",
    "Diterima",
    "Selesai",
    "Ditolak",
    "Dibatalkan",
    "Diminta perbaikan",
    "Menunggu petugas",
    *AGES,
    "Lewat janji",
    "Menunggu pemohon",
)


def day_heading(report: DayReport) -> str:
    """`Laporan Harian — Senin, 4 Mei 2020`."""
    return f"Laporan Harian — {format_date(report.day, with_day=True)}"


def day_until(report: DayReport) -> str:
    """How far the day's figures go."""
    made = zoned_text(report.made_at, report.local.tzinfo)  # type: ignore[arg-type]
    return "Angka seluruh hari." if report.over else f"Angka sampai {made}; hari itu belum selesai."


def day_tables(report: DayReport) -> tuple[Table, ...]:
    services = Table(
        "Permohonan",
        _DAY_COLUMNS,
        tuple((one.title, *_figures(one.figures)) for one in report.services),
        (
            ("Jumlah", *_figures(report.total)),
            ("Hari sebelumnya", *_figures(report.before)),
        ),
    )
    return (services, stock_table(report.stock)) if report.stock else (services,)


def stock_table(stock: Stock) -> Table:
    rows = tuple((HEADERS[name], getattr(stock, name)) for name in NUMBERS)
    return Table(f"Stok per {format_date(stock.day)}", ("Keterangan", "Jumlah"), rows)


def day_notes(report: DayReport) -> list[str]:
    notes = []
    if report.stock and report.stock.day < report.day:
        notes.append(f"Stok terakhir diisi untuk {format_date(report.stock.day)}.")
    if report.stock and report.stock.note:
        notes.append(f"Catatan stok: {report.stock.note}")
    if report.missed:
        days = ", ".join(format_date(day) for day in report.missed)
        notes.append(f"Laporan tidak dikirim (Loket tidak berjalan): {days}.")
    return [*notes, *report.problems]


_PROVINCE_COLUMNS = (
    "Kabupaten/Kota",
    "Blangko KTP-el",
    "Suket belum dicetak",
    "Dibanding kemarin",
    f"Dibanding {PACE_DAYS} hari lalu",
    "Suket habis dalam",
    "Alat cetak",
    "Berfungsi",
    "Diterima",
    "Selesai",
    "Menunggu petugas",
    "Lewat janji",
    "Keterangan",
)
_COUNTED = ("blanks", "suket")
_COUNTED_AFTER = ("printers", "printers_working", "received", "delivered", "waiting", "overdue")


def province_heading(report: ProvinceDay) -> str:
    return f"Laporan Harian Provinsi — {format_date(report.day, with_day=True)}"


def province_table(report: ProvinceDay) -> Table:
    sums = report.sums
    changes = (report.day_before, report.week_before)
    whole = len(report.regencies)
    total: tuple[Cell, ...] = (
        "Jumlah",
        *(_value(sums.get(name)) for name in _COUNTED),
        *(_signed(_value(change)) for change in changes),
        pace_text(report.pace),
        *(_value(sums.get(name)) for name in _COUNTED_AFTER),
        "",
    )
    counted: tuple[Cell, ...] = (
        "Dihitung dari",
        *(_of(sums.get(name), whole) for name in _COUNTED),
        *(_of(change, whole) for change in changes),
        f"{report.pace_of} dari {whole}" if report.pace else UNKNOWN,
        *(_of(sums.get(name), whole) for name in _COUNTED_AFTER),
        "",
    )
    rows = tuple(_regency(one) for one in report.regencies)
    return Table("Kabupaten/Kota", _PROVINCE_COLUMNS, rows, (total, counted))


def province_notes(report: ProvinceDay) -> list[str]:
    notes = [report.source] if report.source else []
    if report.missing:
        names = ", ".join(f"{one.name} ({_last(one.last)})" for one in report.missing)
        reported = len(report.regencies) - len(report.missing)
        notes.append(
            f"Melapor: {reported} dari {len(report.regencies)}. Belum melapor: {names}. "
            "Angkanya tidak ikut dijumlahkan."
        )
    notes += [f"{one.name}: {text}" for one in report.regencies for text in one.problems]
    return notes


def pace_text(pace: Pace | None) -> str:
    if pace is None:
        return UNKNOWN
    return NOT_SHRINKING if pace.days is None else f"{grouped(pace.days)} hari"


def _figures(figures: Figures) -> tuple[int, ...]:
    return (
        figures.received,
        figures.delivered,
        figures.rejected,
        figures.cancelled,
        figures.mending,
        figures.all_waiting,
        *figures.waiting,
        figures.overdue,
        figures.with_applicant,
    )


def _regency(one: RegencyDay) -> tuple[Cell, ...]:
    return (
        one.name,
        *(one.count(name) for name in _COUNTED),
        _signed(one.day_before),
        _signed(one.week_before),
        pace_text(one.pace),
        *(one.count(name) for name in _COUNTED_AFTER),
        _remark(one),
    )


def _remark(one: RegencyDay) -> str:
    if one.line is None:
        return f"belum melapor ({_last(one.last)})"
    if one.line.stock_day is None:
        return "stok belum diisi"
    if one.line.stock_day != one.line.day:
        return f"stok terakhir {format_date(one.line.stock_day)}, tidak dihitung"
    return one.line.note


def _last(day: date | None) -> str:
    return f"terakhir {format_date(day)}" if day else "belum pernah"


def _value(total: Sum | None) -> int | None:
    return total.value if total else None


def _of(total: Sum | None, whole: int) -> str:
    return f"{total.of} dari {whole}" if total else UNKNOWN


def _signed(change: int | None) -> str:
    if change is None:
        return UNKNOWN
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{grouped(abs(change))}"


def plain_rows(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[shown(cell) for cell in row] for row in rows]
