"""The benchmark of the dashboard runs, small: it fails for an answer that is no page, and never for being slow."""

from pathlib import Path

from benchmarks.dashboard import PAGES, measure


def test_every_page_is_measured(tmp_path: Path) -> None:
    figures = measure(tmp_path, applications=300, days=20, times=1)
    assert figures.keys() == {"applications", "first look", *PAGES}
    assert all(middle > 0 for middle, _ in (figures[path] for path in PAGES))
