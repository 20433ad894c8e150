"""The tab "Loket": what waits, what is the matter, what is left; nothing of a citizen, and never too long."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sync.core.board import COLUMNS, ROWS, Facts, Matter, Quota, ServiceLine, board

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
QUOTA = Quota(312, 450)
SERVICE = ServiceLine("Surat Keterangan Domisili", 3, 1, 2, 4, 5)


def shown(*matters, services=(SERVICE,), zone="Asia/Makassar"):
    facts = Facts("PC-DEPAN", services, QUOTA, matters)
    return [line.texts for line in board(facts, cycle_at=AT, timezone=ZoneInfo(zone))]


def test_it_tells_when_where_and_what_waits():
    """Everything an officer asks about on the telephone."""
    lines = shown()
    assert ("Putaran terakhir", "24/11/2026 10:00 WITA") in lines
    assert ("Komputer", "PC-DEPAN") in lines
    assert ("Surat Keterangan Domisili", "3", "1", "2", "4", "5") in lines
    assert ("Kuota email 24 jam terakhir", "312 dari 450 (69 %)", "") in lines
    assert ("Tidak ada masalah.",) in lines


@pytest.mark.parametrize(
    ("used", "warned"),
    [(359, ""), (360, "80 %"), (404, "80 %"), (405, "90 %"), (450, "habis"), (470, "habis")],
)
def test_it_warns_before_the_quota_is_used_up(used, warned):
    """At 80 and at 90 percent, and when it is over."""
    assert warned in Quota(used, 450).warning
    assert bool(Quota(used, 450).warning) == bool(warned)


def test_a_problem_stands_with_its_remedy_and_since_when():
    """And nothing says then that all is well."""
    lines = shown(Matter("Sheet tidak dibagikan.", "Bagikan lagi.", AT), Matter("Baru.", "Lihat."))
    assert ("Sheet tidak dibagikan.", "Bagikan lagi.", "24/11/2026 10:00 WITA") in lines
    assert ("Baru.", "Lihat.", "baru saja") in lines
    assert ("Tidak ada masalah.",) not in lines


def test_no_readable_nik_gets_in():
    """Whatever a problem quotes."""
    assert "6402014101900001" not in str(shown(Matter("NIK 6402014101900001 ganda", "", AT)))


def test_it_always_fits_in_its_tab():
    """A hundred services, a hundred problems, one endless text: what is left out is said."""
    many = tuple(ServiceLine(f"Layanan {n}", 0, 0, 0, 0, 0) for n in range(100))
    matters = [Matter("x" * 60_000, f"remedy {n}", AT) for n in range(100)]
    for services in ((SERVICE,), many):
        lines = shown(*matters, services=services)
        assert len(lines) <= ROWS
        assert all(len(texts) <= COLUMNS for texts in lines)
        assert all(len(text) <= 1_000 for texts in lines for text in texts)
        assert any("lagi; lihat" in text for texts in lines for text in texts)
    assert len(shown(services=many)) <= ROWS
