"""What the reminder says: every figure counted, the days over told by the office's calendar, each line a link of its own."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sync.core.delivery import Kind
from sync.core.reminder import TEMPLATE, Late, LateService, reminder
from sync.core.workflow.links import row_link
from sync.delivery.messages import Messages

WITA = ZoneInfo("Asia/Makassar")
DAY = date(2026, 11, 24)
SHEET = "s" * 44
TEMPLATES = Path(__file__).parents[3] / "templates"


def late(reference: str, day: int, row: int | None, hour: int = 12) -> Late:
    came = datetime(2026, 11, day, hour, tzinfo=WITA).astimezone(UTC)
    return Late(reference, came, "Menunggu petugas", row)


def service(count: int, *longest: Late, tab: int | None = 7) -> LateService:
    return LateService("Surat Keterangan Domisili", SHEET, tab, 3, count, longest)


def message(*services: LateService, **more: Any) -> tuple[str, str, str]:
    context = reminder(services, DAY, WITA, {"name": "Disdukcapil"}) | {"tautan": ""} | more
    return Messages([TEMPLATES]).compose(Kind.LETTER, context, template=TEMPLATE)


def test_the_days_over_are_those_after_the_last_promised_one() -> None:
    """Who came on the 20th was promised an answer by the 23rd, late in the evening too."""
    _, text, _ = message(service(2, late("SKD-1", 10, 5), late("SKD-2", 20, 6, hour=23)))
    assert "SKD-1, diterima 10 November 2026, lewat 11 hari, Menunggu petugas" in text
    assert "SKD-2, diterima 20 November 2026, lewat 1 hari" in text


def test_all_are_counted_also_those_that_are_not_listed() -> None:
    """By service and in the subject."""
    subject, text, _ = message(service(7, late("SKD-1", 10, 5)), service(1, late("SKD-9", 11, 9)))
    assert subject == "8 permohonan melewati janji layanan — Selasa, 24 November 2026"
    assert "Surat Keterangan Domisili (janji 3 hari): 7 permohonan." in text
    assert text.count("- dan 6 permohonan lain.") == 1
    assert "\n\n\n" not in text


def test_each_line_s_link_opens_its_own_row() -> None:
    """Also where one address begins another: row 1 and row 12."""
    _, text, html = message(service(2, late("SKD-1", 10, 1), late("SKD-2", 11, 12)))
    for row in (1, 12):
        link = f"https://docs.google.com/spreadsheets/d/{SHEET}/edit#gid=7&range=A{row}"
        shown = link.replace("&", "&amp;")
        assert f": {link}\n" in text
        assert f'<a href="{shown}">{shown}</a></li>' in html


def test_a_row_of_a_tab_that_is_not_known_is_not_linked() -> None:
    """It would be the first tab's row: somebody else's."""
    assert row_link(SHEET, None, 12).endswith("/edit")
    assert row_link(SHEET, 0, None).endswith("/edit#gid=0")
    assert row_link(SHEET, 0, 2).endswith("/edit#gid=0&range=A2")


def test_the_dashboard_is_named_where_there_is_one() -> None:
    """Its list can be clicked."""
    link = "https://layanan.example.go.id/petugas/daftar?keadaan=lewat-janji"
    assert "dasbor" not in message(service(1, late("SKD-1", 10, 1)))[1]
    assert f'<a href="{link}">' in message(service(1, late("SKD-1", 10, 1)), tautan=link)[2]
