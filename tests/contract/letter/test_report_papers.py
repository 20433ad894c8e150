"""Both reports on paper, by the press that letters are printed on: whole, on few pages, and nobody's markup in them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest

from sync.core.report.day import Figures, ServiceDay
from sync.core.report.line import Line
from sync.core.report.paper import DAY_TEMPLATE, PROVINCE_TEMPLATE, day_paper, province_paper
from sync.core.report.province import Regency, province_day
from sync.core.report.report import DayReport
from sync.core.report.sample import SUKET
from sync.core.report.stock import Stock
from sync.core.settings import Office
from sync.letter.order import LetterOrder
from sync.letter.press import Letterpress
from tests.contract.letter.installed import ENGINES, require
from tests.unit.letter.orders import OURS

DAY = date(2026, 11, 27)
OFFICE = Office().model_dump()
HOSTILE = '<b>Ribbon</b> habis {{ 7 * 7 }} "&amp;" =1+1'


@pytest.fixture(scope="module", params=ENGINES)
def press(request: pytest.FixtureRequest) -> Iterator[Letterpress]:
    with Letterpress([OURS], engine=require(request.param), processes=1, timeout_s=60) as press:
        yield press


def printed(press: Letterpress, template: str, paper: dict) -> tuple[int, str]:
    """Pages, and their text."""
    pdf = press.make(LetterOrder(template, paper, paper["judul"], (paper["hari"],)))
    document = pypdfium2.PdfDocument(pdf)
    assert document[0].get_width() > document[0].get_height()  # A4 across
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    pages = len(document)
    document.close()
    return pages, " ".join(text.split())


def test_a_day_with_many_services_is_whole(press: Letterpress) -> None:
    """Thirty of them, the longest titles, an officer's note that looks like markup."""
    services = tuple(
        ServiceDay(
            f"l{n}",
            f"Surat Keterangan Pindah Penduduk Antarkabupaten Nomor {n}",
            Figures(received=1_000 + n, waiting=(n, 0, 0, 99_999)),
        )
        for n in range(30)
    )
    report = DayReport(
        day=DAY,
        office="x",
        timezone="Asia/Makassar",
        made_at=datetime(2026, 11, 27, 8, tzinfo=UTC),
        over=False,
        services=services,
        before=Figures(),
        stock=Stock(DAY, 38_310, 113_046, None, 6, HOSTILE),
    )
    pages, text = printed(press, DAY_TEMPLATE, day_paper(report, OFFICE))
    assert pages <= 3
    for wanted in ("Nomor 29", "30.435", HOSTILE, "113.046", "Angka sampai 27/11/2026 16:00 WITA"):
        assert wanted in text


def test_a_province_with_its_chart_is_whole(press: Letterpress) -> None:
    """Two weeks of ten regencies, one of which is late."""
    lines = {
        name: {
            DAY - timedelta(days=n): Line(
                DAY - timedelta(days=n),
                suket=(suket or 1_000) + 10 * n,
                stock_day=DAY - timedelta(days=n),
                note=HOSTILE,
            )
            for n in range(15)
        }
        for name, suket in SUKET.items()
    }
    lines["Kab. Berau"].pop(DAY)
    regencies = [Regency(name, own) for name, own in lines.items()]
    report = province_day("Provinsi Kalimantan Timur", regencies, DAY)
    paper = province_paper(report, OFFICE, "27/11/2026 16:00 WITA")
    pages, text = printed(press, PROVINCE_TEMPLATE, paper)
    assert pages <= 3
    for wanted in (
        "dua pekan terakhir",
        "14 November 2026",
        "Kab. Berau (terakhir 26 November 2026)",
    ):
        assert wanted in text
    assert HOSTILE in text
    assert "9 dari 10" in text
