"""What `serve` shows follows the office's files while it runs, and a slip in one of them takes no page away."""

from pathlib import Path

import pytest

from sync.cli.citizens_shown import Shown
from sync.cli.root import Root
from sync.core.mendable import Mendable
from tests.fakes.serving import SERVICE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "domisili.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "settings.yaml").write_text("office: {name: Dinas Satu}\n", encoding="utf-8")
    return tmp_path


def front(shown: Shown) -> str:
    return shown().shelf["/"].content.decode()


def test_a_change_is_shown_soon(folder: Path) -> None:
    """Files are looked at every few seconds, not for every page."""
    ticks = [0.0]
    shown = Shown(Root.of(folder), ticks=lambda: ticks[0])
    assert "Dinas Satu" in front(shown)
    assert "Domisili" in front(shown)
    (folder / "settings.yaml").write_text("office: {name: Dinas Dua Kota}\n", encoding="utf-8")
    other = SERVICE.replace("Domisili", "Pindah Datang").replace("SKD", "SPD")
    (folder / "workflows" / "pindah.yaml").write_text(other, encoding="utf-8")
    assert "Dinas Satu" in front(shown)
    ticks[0] = 6.0
    assert "Dinas Dua Kota" in front(shown)
    assert "Pindah Datang" in front(shown)
    assert shown().questions == {"domisili": "NIK", "pindah": "NIK"}
    (folder / "workflows" / "pindah.yaml").unlink()
    ticks[0] = 12.0
    assert "Pindah Datang" not in front(shown)


def test_a_service_with_a_slip_is_still_known_to_who_applied(folder: Path) -> None:
    """What is not readable for an hour must not be "not found"; where its file is gone it is."""
    ticks = [0.0]
    shown = Shown(Root.of(folder), ticks=lambda: ticks[0])
    before = shown()
    file = folder / "workflows" / "domisili.yaml"
    file.write_text(SERVICE.replace("prefix:", "prefiks:"), encoding="utf-8")
    ticks[0] = 6.0
    assert "Domisili" not in front(shown)
    now = shown()
    assert now.questions == {"domisili": "NIK"}
    assert (now.titles, now.days) == (before.titles, before.days)
    file.unlink()
    ticks[0] = 12.0
    assert shown().questions == {}


def test_settings_with_a_slip_leave_the_pages_as_they_were(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ticks = [0.0]
    shown = Shown(Root.of(folder), ticks=lambda: ticks[0])
    assert "Dinas Satu" in front(shown)
    (folder / "settings.yaml").write_text("ofice: {}\n", encoding="utf-8")
    ticks[0] = 6.0
    assert "Dinas Satu" in front(shown)
    assert "the pages stay as they were" in caplog.text


def test_before_the_first_page_a_slip_is_a_problem(folder: Path) -> None:
    (folder / "settings.yaml").write_text("ofice: {}\n", encoding="utf-8")
    with pytest.raises(Mendable):
        Shown(Root.of(folder))()
