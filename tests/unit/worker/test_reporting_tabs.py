"""The tabs "Stok" and "Laporan Harian" as the worker reads and writes them: what is wrong there is told, and no report is lost by it."""

from datetime import date
from typing import Any

import pytest

from sync.core.mendable import Mendable
from sync.core.outcomes import TryAgain
from sync.core.report.line import COLUMNS
from sync.core.report.stock import HEADERS
from sync.worker.errand import REST
from sync.worker.reporting import PATIENCE
from tests.unit.worker.report_world import (
    Office,
    at,
    reporting_office,  # noqa: F401 - a fixture
)


def test_a_sheet_that_is_away_is_waited_for_and_then_left_out(office: Office) -> None:
    """The report says that it was; after midnight it is looked at again."""
    office.stock.fail = TryAgain("Google tidak dapat dihubungi.")
    office.runs(at(16) + PATIENCE - REST, REST)
    assert office.told == []
    office.runs(at(17), REST)
    assert office.told == ["2026-11-24"]
    assert "tidak terbaca: Google tidak dapat dihubungi." in office.channel.arrived[0][1].text
    office.stock.fail, office.stock.rows = None, [list(HEADERS.values()), [46350, 7]]
    office.runs(at(1, 25))
    kept = office.kept[date(2026, 11, 24)]
    assert kept.stock is not None
    assert kept.problems == ()
    office.stock.fail = TryAgain("Google tidak dapat dihubungi.")  # and so the next time
    office.runs(at(16, 25) + PATIENCE - REST)
    assert office.told == ["2026-11-24"]


@pytest.mark.parametrize(
    ("fail", "rows"),
    [
        (TryAgain("Google tidak dapat dihubungi."), None),
        (Mendable.one("x", where="tab", found="sheet tidak dibagikan"), None),
        (None, [["Hari", *list(HEADERS.values())[1:]], [46353, 7]]),
    ],
    ids=["away", "not shared", "a header renamed"],
)
def test_what_was_known_of_a_day_outlives_a_tab_that_can_not_be_read(
    office: Office, fail: Exception | None, rows: list[list[Any]] | None
) -> None:
    """The stock, and the days that were missed: after midnight, and by a person's command. The report says what is wrong."""
    office.runs(at(17))
    office.now = at(16, 27)
    office.starts()
    office.stock.rows = [list(HEADERS.values()), [46353, 38310]]
    office.runs(at(17, 27))
    told = office.kept[date(2026, 11, 27)]
    assert told.stock is not None
    assert len(told.missed) == 2
    office.stock.fail, office.stock.rows = fail, rows
    maker = office.worker.maker
    by_hand = maker.make(told.day, at(18, 27), *maker.stock_if_any(told.day))
    assert (by_hand.stock, by_hand.missed) == (told.stock, told.missed)
    office.runs(at(3, 28))
    final = office.kept[told.day]
    assert (final.over, final.stock, final.missed) == (True, told.stock, told.missed)
    assert final.problems
    line = dict(zip(COLUMNS, office.lines.written[told.day], strict=True))
    assert line["Blangko KTP-el"] == 38310


def test_a_stock_that_officers_took_back_is_gone(office: Office) -> None:
    """A tab that can be read has the last word, also where it is empty."""
    office.stock.rows = [list(HEADERS.values()), [46350, 38310]]
    office.runs(at(17))
    office.stock.rows = [list(HEADERS.values())]
    office.runs(at(1, 25))
    final = office.kept[date(2026, 11, 24)]
    assert (final.stock, final.problems) == (None, ('Tab "Stok" belum diisi.',))


def test_a_tab_that_is_missing_is_made(office: Office) -> None:
    """And the report says that it is empty."""
    office.stock.rows = None
    office.runs(at(17))
    assert office.stock.rows == [list(HEADERS.values())]
    assert office.kept[date(2026, 11, 24)].problems == ('Tab "Stok" belum diisi.',)


@pytest.mark.parametrize(
    "error", [TryAgain("Google sibuk."), Mendable.one("x", where="tab", found="Google sibuk.")]
)
def test_a_line_that_can_not_be_written_holds_up_no_email(office: Office, error: Exception) -> None:
    """It is tried again; what came of it meanwhile is told."""
    office.lines.fail = error
    office.runs(at(17))
    assert office.told == ["2026-11-24"]
    [matter] = office.worker.matters()
    assert "Google sibuk." in matter.found
    office.lines.fail = None
    office.runs(at(18))
    assert office.worker.matters() == []


def test_why_nothing_may_be_published_is_told(office: Office) -> None:
    """All the time."""
    office.refused = "sheet itu memuat jawaban warga"
    office.starts()
    office.runs(at(9))
    assert [matter.found for matter in office.worker.matters()] == [office.refused]
