"""Both reports as the templates in templates/reports/ know them: plain values only."""

from collections.abc import Mapping
from typing import Any

from sync.core.board import zoned_text
from sync.core.dates import format_date
from sync.core.masking import mask_numbers
from sync.core.report.chart import chart
from sync.core.report.province import PACE_DAYS, ProvinceDay, Sum
from sync.core.report.report import DayReport
from sync.core.report.tables import (
    day_heading,
    day_notes,
    day_tables,
    day_until,
    pace_text,
    plain_rows,
    province_heading,
    province_notes,
    province_table,
    shown,
)

DAY_TEMPLATE = "reports/harian.html"
PROVINCE_TEMPLATE = "reports/provinsi.html"
CHART_MM = (240.0, 80.0)


def day_paper(report: DayReport, office: Mapping[str, Any]) -> dict[str, Any]:
    """The context of harian.html, and of the email; `office` is what templates know as `kantor`."""
    services, *stock = day_tables(report)
    figures = report.total
    return {
        "kantor": dict(office),
        "judul": day_heading(report),
        "hari": format_date(report.day, with_day=True),
        "sampai": day_until(report),
        "dibuat": zoned_text(report.made_at, report.local.tzinfo),  # type: ignore[arg-type]
        "utama": [
            {"label": "Diterima", "nilai": shown(figures.received)},
            {"label": "Selesai", "nilai": shown(figures.delivered)},
            {"label": "Menunggu petugas", "nilai": shown(figures.all_waiting)},
            {"label": "Lewat janji", "nilai": shown(figures.overdue)},
        ],
        "kolom": list(services.columns),
        "baris": plain_rows(services.rows),
        "jumlah": plain_rows(services.foot),
        "stok_judul": stock[0].title if stock else "",
        "stok": plain_rows(stock[0].rows) if stock else [],
        "catatan": [mask_numbers(note) for note in day_notes(report)],
    }


def province_paper(report: ProvinceDay, office: Mapping[str, Any], made: str) -> dict[str, Any]:
    """The context of provinsi.html. `made` says when and by whom."""
    table = province_table(report)
    rows = plain_rows(table.rows)
    suket = [one.count("suket") or 0 for one in report.regencies]
    most = max([*suket, 1])
    return {
        "kantor": dict(office),
        "judul": province_heading(report),
        "provinsi": report.name,
        "hari": format_date(report.day, with_day=True),
        "dibuat": made,
        "utama": [
            _tile("Blangko KTP-el", report.sums.get("blanks"), report),
            _tile("Suket belum dicetak", report.sums.get("suket"), report),
            _tile("Alat cetak", report.sums.get("printers"), report),
            {"label": "Suket habis dalam", "nilai": pace_text(report.pace), "dari": _pace(report)},
        ],
        "kolom": list(table.columns),
        "baris": rows,
        "panjang": [round(100 * value / most, 1) for value in suket],
        "jumlah": plain_rows(table.foot),
        "grafik": _drawing(report),
        "catatan": [mask_numbers(note) for note in province_notes(report)],
    }


def _tile(label: str, total: Sum | None, report: ProvinceDay) -> dict[str, str]:
    of = f"{total.of} dari {len(report.regencies)} kabupaten/kota" if total else ""
    return {"label": label, "nilai": shown(total.value if total else None), "dari": of}


def _pace(report: ProvinceDay) -> str:
    if report.pace is None:
        return f"belum diketahui: perlu angka {PACE_DAYS} hari lalu"
    return f"menurut laju {PACE_DAYS} hari terakhir, {report.pace_of} kabupaten/kota"


def _drawing(report: ProvinceDay) -> dict[str, Any] | None:
    width, height = CHART_MM
    drawn = chart([value for _, value in report.trend], width, height)
    if drawn is None:
        return None
    days = [day for day, _ in report.trend]
    return {
        "lebar": width,
        "tinggi": height,
        "garis": [" ".join(f"{x},{y}" for x, y in line) for line in drawn.lines],
        "titik": [[x, y] for line in drawn.lines for x, y in line],
        "sumbu": [[shown(mark), down] for mark, down in drawn.marks],
        "awal": format_date(days[0]),
        "akhir": format_date(days[-1]),
    }
