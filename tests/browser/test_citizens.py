"""Citizens' pages in a real browser: on a phone and a desktop, without scripts, without internet, and installed."""

import functools
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sync.cli.page_server import listener
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.web.citizens.place import Place
from sync.web.citizens.shelf import Pages
from sync.web.verifier.app import verifier_routes
from sync.web.verifier.lookup import Outcome
from sync.web.verifier.page import verifier_page
from tests.browser.axe import assert_accessible
from tests.fakes.citizens_site import ROOT, SETTINGS, Office, office_at
from tests.unit.worker.conftest import CITRA

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]

PATIENCE_MS = 30_000
PHONE, DESKTOP, SMALLEST = (
    {"width": w, "height": h} for w, h in ((390, 844), (1366, 768), (320, 640))
)
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
RIGHT = CITRA["NIK"][-4:]


@dataclass
class Site:
    url: str
    office: Office
    reference: str
    stop: Callable[[], None]


@dataclass
class Visit:
    """A browser on the site; what its console says is kept."""

    page: Any
    url: str
    said: list[str] = field(default_factory=list)

    def opens(self, path: str) -> None:
        self.page.goto(self.url + path)

    def asks(self, reference: str, digits: str) -> None:
        self.opens("/status")
        self.page.get_by_label("Nomor permohonan").fill(reference)
        self.page.get_by_label("4 angka terakhir NIK").fill(digits)
        self.page.get_by_role("button", name="Lihat status").click()

    def kept(self) -> list[str]:
        """The paths that the browser would show without internet."""
        script = """async () => {
          const all = await Promise.all((await caches.keys()).map(async name => (await caches.open(name)).keys()));
          return all.flat().map(request => new URL(request.url).pathname);
        }"""
        return list(self.page.evaluate(script))


def _showing_with_verifier(office: Office) -> Any:
    showing = office.showing()
    pages = Pages(SETTINGS, showing.pages.services, Place(verifies=True))
    return type(showing)(pages, pages.shelf(), showing.questions, showing.titles, showing.days)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The pages served beside a counter in memory; one application is delivered."""
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    office = office_at(tmp_path, ledger)
    reference = office.delivered()
    showing = _showing_with_verifier(office)
    app = office.app(showing=lambda: showing)
    page = verifier_page(ROOT / "templates" / "verifier", SETTINGS, [], lookup="/periksa/status")
    app.router.routes[:0] = verifier_routes(lambda: page, lambda _: Outcome.UNKNOWN)
    listening = listener("serve", 0)
    server = uvicorn.Server(uvicorn.Config(app, ws="none", lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()

    def stop() -> None:
        server.should_exit = server.force_exit = True
        thread.join(20)

    yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", office, reference, stop)
    stop()
    ledger.close()


@pytest.fixture
def visit(browser: Any, site: Site) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def start(**options: Any) -> Visit:
        context = browser.new_context(locale="id-ID", **{"viewport": PHONE, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        visitor = Visit(page, site.url)
        page.on("console", lambda message: visitor.said.append(message.text))
        page.on("pageerror", lambda error: visitor.said.append(str(error)))
        return visitor

    yield start
    for context in contexts:
        context.close()


@SIZES
def test_every_page_is_for_everybody(visit: Any, site: Site, size: dict[str, int]) -> None:
    """axe-core finds nothing serious, nothing scrolls sideways, targets can be hit with a thumb, the console is silent."""
    citizen = visit(viewport=size)
    shown = 0

    def looks() -> None:
        nonlocal shown
        shown += 1
        assert_accessible(citizen.page)
        assert citizen.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        small = citizen.page.evaluate(
            """[...document.querySelectorAll('nav a, button, .button, input:not([type=hidden]), address a')]
              .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
        )
        assert small == []

    for path in ("/", "/layanan/domisili", "/status", "/luring", "/periksa", "/tidak-ada"):
        citizen.opens(path)
        looks()
    citizen.asks(site.reference, "9999")
    expect(citizen.page.get_by_role("alert")).to_contain_text("tidak ditemukan")
    looks()
    citizen.asks(site.reference, RIGHT)
    expect(citizen.page.get_by_role("heading", name="Selesai")).to_be_visible()
    looks()
    citizen.page.get_by_role("button", name="Kirim ulang tautan ke email saya").click()
    expect(citizen.page.get_by_role("heading", name="Permintaan diterima")).to_be_visible()
    looks()
    assert shown == 9
    assert [line for line in citizen.said if "404" not in line] == []


def test_it_fits_the_smallest_phone(visit: Any, site: Site) -> None:
    """320 pixels, which is also 400 % on a desktop (WCAG 1.4.10)."""
    citizen = visit(viewport=SMALLEST)
    for path in ("/", "/layanan/domisili", "/status"):
        citizen.opens(path)
        assert citizen.page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
    citizen.asks(site.reference, RIGHT)
    assert citizen.page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]


def test_the_keyboard_leads_through(visit: Any) -> None:
    """The first stop leads past the header, and every stop can be seen."""
    citizen = visit(viewport=DESKTOP)
    citizen.opens("/status")
    citizen.page.keyboard.press("Tab")
    focused = citizen.page.locator(":focus")
    expect(focused).to_have_text("Langsung ke isi")
    expect(focused).to_be_in_viewport()
    names = []
    for _ in range(7):
        citizen.page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert citizen.page.evaluate(outline) == "solid"
        names.append(
            citizen.page.evaluate(
                "document.activeElement.id || document.activeElement.textContent.trim()"
            )
        )
    assert names[-3:] == ["nomor", "angka", "Lihat status"]


@SIZES
def test_the_letter_again_without_a_script(visit: Any, site: Site, size: dict[str, int]) -> None:
    """From the list to the file on the disk: every step is a plain page and a form."""
    citizen = visit(viewport=size, java_script_enabled=False, accept_downloads=True)
    citizen.opens("/")
    citizen.page.get_by_role("link", name="Cek status permohonan").click()
    citizen.asks(site.reference, RIGHT)
    citizen.page.get_by_role("button", name="Kirim ulang tautan ke email saya").click()
    expect(citizen.page.get_by_role("heading")).to_have_text("Permintaan diterima")
    site.office.world.cycle()
    sent = site.office.world.email.letters_to(CITRA["Alamat Email"])[0].letter

    in_the_mail = visit(java_script_enabled=False, accept_downloads=True)  # another browser
    in_the_mail.opens(site.office.link_mailed())
    with in_the_mail.page.expect_download() as download:
        in_the_mail.page.get_by_role("button", name="Unduh surat").click()
    assert sha256(Path(download.value.path()).read_bytes()).hexdigest() == sent.sha256
    assert download.value.suggested_filename.endswith(".pdf")
    in_the_mail.opens(site.office.link_mailed())
    expect(in_the_mail.page.get_by_role("heading")).to_have_text("Tautan ini tidak berlaku lagi")


def test_what_was_seen_is_there_without_internet(visit: Any, site: Site) -> None:
    """The real thing: the server is gone. What is everybody's is read from the phone, and says that it may be old;
    what is one applicant's is not there, and a page says why."""
    citizen = visit()
    citizen.opens("/")
    citizen.page.evaluate("navigator.serviceWorker.ready")
    citizen.opens("/periksa")
    citizen.asks(site.reference, RIGHT)
    expect(citizen.page.get_by_role("heading", name="Selesai")).to_be_visible()
    kept = citizen.kept()
    assert {"/", "/layanan/domisili", "/luring", "/berkas/gaya.css", "/periksa"} <= set(kept)
    assert not [path for path in kept if re.match(r"/(status|surat)", path)]

    site.stop()
    citizen.page.context.set_offline(True)
    citizen.opens("/")
    expect(citizen.page.get_by_role("heading", name="Layanan daring")).to_be_visible()
    expect(citizen.page.get_by_role("status")).to_contain_text("tanpa internet")
    citizen.page.get_by_role("link", name="Surat Keterangan Domisili").click()
    expect(citizen.page.get_by_role("heading", name="Yang perlu disiapkan")).to_be_visible()
    brand = "getComputedStyle(document.querySelector('header')).backgroundColor"
    assert citizen.page.evaluate(brand) == "rgb(10, 69, 68)"  # the style is there too
    citizen.opens("/periksa")
    expect(citizen.page.locator("#verdict")).to_have_text("BELUM ADA KODE")
    for path in ("/status", "/surat/apa-saja"):
        citizen.opens(path)
        expect(citizen.page.get_by_role("heading")).to_have_text("Anda sedang tanpa internet")


def test_it_can_be_installed(browser: Any, chromium: str, site: Site, tmp_path: Path) -> None:
    """The browser's own judgement, in a profile that lasts."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=chromium,
        args=["--no-sandbox"],
        viewport=PHONE,
    )
    try:
        page = context.new_page()
        page.goto(site.url)
        page.evaluate("navigator.serviceWorker.ready")
        session = context.new_cdp_session(page)
        manifest = session.send("Page.getAppManifest")
        errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    finally:
        context.close()
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["name"] == f"Layanan {SETTINGS.office.name}"
    assert errors == []


def test_an_old_letters_code_at_the_front_door_goes_on_to_the_verifier(visit: Any) -> None:
    """Where letters name the site's root as the page that verifies them."""
    citizen = visit()
    citizen.opens("/#" + "A" * 200)
    citizen.page.wait_for_url("**/periksa#" + "A" * 200)
    expect(citizen.page.locator("#verdict")).to_have_text("TIDAK ASLI")


def test_paper_has_what_paper_needs(visit: Any) -> None:
    """The form's address to type, and nothing to press."""
    citizen = visit(viewport=DESKTOP)
    citizen.opens("/layanan/domisili")
    address = citizen.page.get_by_text("Alamatnya: https://docs.google.com/forms/")
    expect(address).to_be_hidden()
    citizen.page.emulate_media(media="print")
    expect(address).to_be_visible()
    expect(citizen.page.get_by_role("link", name="Isi formulir")).to_be_hidden()
    expect(citizen.page.get_by_role("navigation")).to_be_hidden()


@SIZES
def test_published_files_are_the_same_pages_in_any_folder(
    browser: Any, site: Site, tmp_path: Path, size: dict[str, int]
) -> None:
    """On a hosting that knows nothing of us, below another folder: links, style, and the pages without internet."""
    folder = tmp_path / "www" / "dukcapil"
    services = site.office.showing().pages.services
    for name, kept in Pages(SETTINGS, services, Place(files=True, status_at="")).shelf().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(kept.content)
    handler = functools.partial(_Quiet, directory=str(tmp_path / "www"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context(viewport=size)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    try:
        page.goto(f"http://127.0.0.1:{server.server_port}/dukcapil/")
        page.evaluate("navigator.serviceWorker.ready")
        page.get_by_role("link", name="Surat Keterangan Domisili").click()
        expect(page.get_by_role("heading", name="Yang perlu disiapkan")).to_be_visible()
        assert_accessible(page)
        assert said == []
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
    page.get_by_role("link", name="Semua layanan").click()
    expect(page.get_by_role("heading", name="Layanan daring")).to_be_visible()
    context.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def guess_type(self, path: Any) -> str:
        """Windows' registry may call scripts something else."""
        return "text/javascript" if str(path).endswith(".js") else super().guess_type(path)

    def log_message(self, *_: Any) -> None:
        pass
