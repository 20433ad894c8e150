"""The dashboard in a real browser, on a phone and a desktop, as an officer, a head of office and the province see it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.core.people import Person
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from tests.browser.axe import assert_accessible
from tests.browser.test_manual import unlike
from tests.fakes.dashboard_door import HEAD, OFFICER, PROVINCE
from tests.fakes.dashboard_site import SHEET, Dashboard, busy, serving_dashboard

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

from docs import dashboard_pictures  # noqa: E402 - after the libraries that it needs

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]

PATIENCE_MS = 30_000
PHONE, DESKTOP, SMALLEST = (
    {"width": w, "height": h} for w, h in ((390, 844), (1366, 768), (320, 640))
)
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP, SMALLEST], ids=["phone", "desktop", "320"])
PAGES = (
    (HEAD, "/petugas"),
    (HEAD, "/petugas/daftar?keadaan=menunggu"),
    (HEAD, "/petugas/daftar?keadaan=lewat-janji&umur=0-1"),
    (HEAD, "/petugas/daftar?keadaan=selesai&dari=2026-10-26&sampai=2026-11-24&halaman=2"),
    (HEAD, "/petugas/daftar?keadaan=email"),
    (HEAD, "/petugas/daftar?keadaan=apa"),
    (HEAD, "/petugas/jejak"),
    (OFFICER, "/petugas"),
    (OFFICER, "/petugas/provinsi"),
    (PROVINCE, "/petugas/provinsi"),
)
_SMALL = """[...document.querySelectorAll('nav a, button, .tiles a, .lines a, summary, .more a, .pages a')]
  .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
_SMALLEST = """[...document.querySelectorAll('td a')]
  .filter(one => { const box = one.getBoundingClientRect(); return box.height && (box.height < 24 || box.width < 24) })
  .map(one => one.outerHTML)"""
_CUT = """[...document.querySelectorAll('.figures:not(.wide), .lines li, .tiles li')]
  .filter(one => one.scrollWidth > (one.matches('table') ? one.parentElement : one).clientWidth)
  .map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Dashboard]]:
    folder = tmp_path_factory.mktemp("office")
    ledger = Ledger.open(sqlite_url(folder / "ledger.sqlite3"))
    office = Dashboard(ledger, folder)
    busy(office)
    with serving_dashboard(office) as url:
        yield url, office
    ledger.close()


@pytest.fixture
def comes(browser: Any, site: tuple[str, Dashboard]) -> Iterator[Callable[..., Any]]:
    """A page of somebody who is logged in; what its console says is kept in `said`."""
    url, office = site
    contexts = []

    def start(person: Person, path: str, **options: Any) -> Any:
        context = browser.new_context(locale="id-ID", **options)
        contexts.append(context)
        cookies = office.session(person).items()
        context.add_cookies([{"name": name, "value": one, "url": url} for name, one in cookies])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.goto(url + path)
        return page

    yield start
    for context in contexts:
        context.close()


@SIZES
def test_every_page_is_for_everybody(comes: Any, size: dict[str, int]) -> None:
    """axe-core finds nothing serious, nothing scrolls sideways or is cut off, targets can be hit, the console is silent."""
    for person, path in PAGES:
        page = comes(person, path, viewport=size)
        for details in page.locator("summary").all():
            details.click()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert page.evaluate(_SMALL) == [], path
        assert page.evaluate(_SMALLEST) == [], path
        assert page.evaluate(_CUT) == [], path
        assert [line for line in page.said if "404" not in line and "403" not in line] == []


@SIZES
def test_the_charts_are_seen_in_the_size_of_the_screen(comes: Any, size: dict[str, int]) -> None:
    """Each is drawn, and its letters are about as large as those around it."""
    page = comes(OFFICER, "/petugas", viewport=size)
    for image in page.locator("figure img").all():
        image.scroll_into_view_if_needed()
        drawn = image.evaluate("one => one.decode().then(() => [one.width, one.naturalWidth])")
        width, natural = drawn
        assert natural in (360, 760)
        assert 0.6 <= width / natural <= 1.5
    assert page.locator("figure img").count() == 2


def test_a_figure_leads_to_its_list_and_a_line_to_its_row_without_a_script(comes: Any) -> None:
    """From the first page to the address of the very row, on a phone."""
    page = comes(OFFICER, "/petugas", viewport=PHONE, java_script_enabled=False)
    late = page.get_by_role("link", name="melewati janji layanan")
    count = int(late.inner_text())
    late.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Melewati janji layanan")
    lines = page.locator(".lines li")
    assert lines.count() == count
    link = lines.first.get_by_role("link")
    address = link.get_attribute("href")
    assert address
    assert address.startswith(f"https://docs.google.com/spreadsheets/d/{SHEET}/edit#gid=0&range=A")
    assert link.inner_text().startswith(f"Baris {address.rpartition('A')[2]}")


def test_the_head_leaves_by_the_button(comes: Any) -> None:
    page = comes(HEAD, "/petugas", viewport=PHONE)
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_text("Anda sudah keluar.")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("Alamat email")).to_be_visible()


def test_nothing_of_it_stays_in_the_browser(comes: Any) -> None:
    """Also where the citizens' pages, which are kept for reading without internet, were opened before."""
    page = comes(HEAD, "/", viewport=PHONE)
    page.evaluate("navigator.serviceWorker.ready")
    for path in ("/petugas", "/petugas/daftar", "/petugas/provinsi"):
        page.goto(page.url.partition("/petugas")[0].rstrip("/") + path)
    kept = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async name => (await caches.open(name)).keys())))
          .flat().map(request => new URL(request.url).pathname)"""
    )
    assert "/berkas/gaya.css" in kept
    assert [path for path in kept if path.startswith("/petugas")] == []


def test_the_keyboard_leads_past_the_menu_to_the_figures(comes: Any) -> None:
    page = comes(OFFICER, "/petugas", viewport=DESKTOP)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Langsung ke isi")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.thorough
def test_the_manuals_pictures_can_be_taken_again(browser: Any, tmp_path: Path) -> None:
    """And each is shown in the manual; none is left over."""
    dashboard_pictures.sit(browser, tmp_path)
    taken = {file.name for file in tmp_path.glob("*.png")}
    kept = dashboard_pictures.FOLDER
    assert taken == {file.name for file in kept.glob("*.png")}
    shown = (kept.parents[1] / "panduan" / "dasbor.md").read_text(encoding="utf-8")
    assert [name for name in taken if f"pictures/dashboard/{name})" not in shown] == []
    stale = [name for name in taken if unlike(tmp_path / name, kept / name) > 8]
    assert stale == [], "python docs/dashboard_pictures.py"
