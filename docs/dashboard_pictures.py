"""Screenshots of the dashboard for the manual: `python docs/dashboard_pictures.py`. The real pages, beside a ledger of
invented applications."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - found when run as a script too

from docs.manual_pictures import BROWSERS, Camera  # noqa: E402
from sync.core.people import Person  # noqa: E402
from sync.ledger.engine import sqlite_url  # noqa: E402
from sync.ledger.ledger import Ledger  # noqa: E402
from tests.fakes.dashboard_door import HEAD, OFFICER, PROVINCE  # noqa: E402
from tests.fakes.dashboard_site import Dashboard, busy, serving_dashboard  # noqa: E402

FOLDER = ROOT / "docs" / "pictures" / "dashboard"
DESK, PHONE = (1100, 800), (390, 844)
SHOTS: tuple[tuple[str, Person | None, str, str, tuple[int, int]], ...] = (
    ("masuk", None, "/petugas/masuk", "", PHONE),
    ("ringkasan", HEAD, "/petugas", "", (1100, 1040)),
    ("lama", HEAD, "/petugas", "#tiga-puluh", (1100, 1120)),
    ("ponsel", OFFICER, "/petugas", "", PHONE),
    ("daftar-ponsel", OFFICER, "/petugas/daftar?keadaan=lewat-janji", "", PHONE),
    ("daftar", OFFICER, "/petugas/daftar?keadaan=menunggu", "", (1100, 620)),
    ("provinsi", PROVINCE, "/petugas/provinsi", "", (1300, 780)),
)
"""File, who is logged in, page, the heading that it is moved to, and the window."""


def sit(browser: Browser, folder: Path = FOLDER) -> None:
    with TemporaryDirectory(prefix="loket-dashboard-") as beside:
        ledger = Ledger.open(sqlite_url(Path(beside) / "ledger.sqlite3"))
        office = Dashboard(ledger, Path(beside))
        busy(office)
        with serving_dashboard(office) as url:
            for name, person, path, heading, (width, height) in SHOTS:
                context = browser.new_context(locale="id-ID")
                cookies = office.session(person) if person else {}
                context.add_cookies(
                    [{"name": n, "value": v, "url": url} for n, v in cookies.items()]
                )
                page = context.new_page()
                page.set_viewport_size({"width": width, "height": height})
                page.goto(url + path + heading)
                Camera(page, folder).shoot(name, width=width, height=height)
                context.close()
        ledger.close()


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)  # None: playwright's own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        sit(browser)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
