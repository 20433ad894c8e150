"""`demo` as a visitor sees it: the real program, the real worker, the page in a real browser."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 40_000


@pytest.fixture
def demo(chromium: str, tmp_path: Path) -> Iterator[str]:
    """The running demonstration's address; at the end Ctrl-C, which must end it with its code."""
    command = [sys.executable, "-m", "sync", "demo", "--no-browser", "--data", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = iter(process.stderr.readline, "")
        yield next(found[0] for line in said if (found := re.search(r"http://[0-9.:]+", line)))
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 130
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
        process.stderr.close()


def test_a_visitor_decides_in_the_row_and_the_letter_arrives(demo: str, browser: Any) -> None:
    """Setujui typed in a row; the row becomes Selesai and the mailbox holds the letter with its PDF."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="id-ID")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(demo)
    rows = page.locator("#desk-grid tbody tr")
    waiting = rows.filter(has_text="Menunggu petugas").first
    reference = re.search(r"[A-Z]+-\d\d-\w{6}", waiting.inner_text())
    assert reference is not None
    row = rows.filter(has_text=reference[0])
    row.locator("td[data-role='decision'] select").select_option("Setujui")
    expect(row).to_contain_text("Selesai", timeout=PATIENCE_MS)
    arrived = page.locator("#mail-list button").filter(has_text=reference[0])
    expect(arrived).to_have_count(1, timeout=PATIENCE_MS)
    expect(arrived).to_contain_text("PDF")
    page.close()
