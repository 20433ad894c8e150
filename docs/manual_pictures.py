"""Screenshots for the manual, from the real program beside the local Google: what they show is what people see.

Each sitting is one walk through a part of the program, by the demonstration's invented people. Times, references and
keys of the day differ between two runs; the rest does not.
"""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.text import Text

from sync.cli.demo_people import PEOPLE
from sync.cli.demo_samples import FORMS, responses
from tests.assisting import SMTP, WORKER, LocalGoogle, assisting, local_google, office_beside
from tests.previewing import previewing

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures" / "manual"
SIZE = {"width": 1320, "height": 750}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
AT_MOST_BYTES = 150_000
PATIENCE_MS = 40_000
TODAY = date(2026, 11, 24)  # for the answers of the sample people


class Camera:
    """`folder` takes the pictures, each with at most 128 colours."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder

    def shoot(
        self,
        name: str,
        *,
        width: int = SIZE["width"],
        height: int = SIZE["height"],
        whole: bool = False,
    ) -> None:
        """What stands in the window now, or the page to its end."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate(
            "Promise.all([...document.images].map(image => image.decode().catch(() => {})))"
        )
        taken = self.page.screenshot(full_page=whole, animations="disabled")
        picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(128)
        file = self.folder / f"{name}.png"
        picture.save(file, optimize=True)
        if file.stat().st_size > AT_MOST_BYTES:
            raise ValueError(f"{file.name}: {file.stat().st_size} bytes, more than {AT_MOST_BYTES}")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def arrive(self, title: str) -> None:
        self.page.locator("h1").filter(has_text=title).wait_for()
        self.page.wait_for_load_state("load")


def demonstration(camera: Camera, folder: Path) -> None:
    """The officers' desk of the running demonstration, and its sheet."""
    page = camera.page
    with _demo(folder) as address:
        page.goto(address)
        page.get_by_role("tab", name="Surat Keterangan Domisili").click()
        page.locator("#desk-grid tbody tr").filter(has_text="Selesai").first.wait_for()
        page.locator("#mail-list button").first.click()
        page.wait_for_timeout(1000)  # the mail's own frame has no event to wait for
        camera.shoot("meja")
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Buka lembar").click()
        sheet = opened.value
        sheet.wait_for_load_state("networkidle")
        Camera(sheet, camera.folder).shoot("sheet", height=560)
        sheet.close()


@contextmanager
def _demo(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "sync", "demo", "--no-browser", "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stderr is not None  # noqa: S101
    try:
        said = iter(process.stderr.readline, "")
        yield next(found[0] for line in said if (found := re.search(r"http://[0-9.:]+", line)))
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
        process.stderr.close()


def first_run(camera: Camera, folder: Path) -> None:
    """The assistant from its first page to the letter, the service's page, `preview`, and `doctor`."""
    with local_google(folder / "google") as google:
        office = office_beside(google, folder / "Loket")
        form = _form(google)
        with assisting(office) as assistant:
            camera.page.goto(assistant.address)
            _walk(camera, google, form, assistant.url)
        with previewing(office) as preview:
            camera.page.goto(preview.address)
            camera.page.locator("#pages .heard").filter(has_text="DOMISILI").first.wait_for()
            camera.shoot("pratinjau")
            camera.page.get_by_label("Tampilkan").select_option(label="Pesan: Perlu diperbaiki")
            mail = camera.page.frame_locator("#mail")
            mail.get_by_text("Yth. Bapak/Ibu Citra Lestari").wait_for()
            camera.shoot("pratinjau-pesan")
        _doctor(camera, office)


def _form(google: LocalGoogle) -> dict[str, Any]:
    """The demonstration's form, with two answers."""
    sample = next(form for form in FORMS if form.workflow == "domisili")
    questions = [
        {
            "title": question.title,
            "type": question.type,
            "required": question.required,
            "options": list(question.options),
        }
        for question in sample.questions
    ]
    form = google.form(
        questions=questions, collect_email=sample.collect_email, share_with=(WORKER,)
    )
    ordinary = [one for one in responses(TODAY) if not one.planted]
    for response in [one for one in ordinary if one.workflow == "domisili"][:2]:
        body = {"answers": dict(response.answers), "email": response.email}
        google.control("POST", f"/forms/{form['formId']}/responses", body)
    return form


def _walk(camera: Camera, google: LocalGoogle, form: dict[str, Any], url: str) -> None:
    page = camera.page
    camera.arrive("Selamat datang")
    camera.shoot("asisten-mulai")
    camera.press("Mulai menyiapkan")
    camera.arrive("Kantor mana")
    page.get_by_label("Pemerintah daerah").fill("Pemerintah Kabupaten Kutai Kartanegara")
    page.get_by_label("Kota di atas tanda tangan").fill("Tenggarong")
    page.get_by_label("Email kantor").fill(SMTP[0])
    page.get_by_label("Nama dan gelar").fill("Hj. Siti Rahmawati, S.Sos., M.Si.")
    camera.press("Simpan dan lanjut")
    camera.arrive("Bagaimana Loket masuk")
    camera.shoot("asisten-google")
    page.goto(f"{url}/google?cara=layanan")
    page.get_by_label("Kunci akun layanan").fill(google.key("worker.json"))
    camera.press("Periksa dan simpan kunci")
    page.locator(".good").wait_for()
    camera.press("Periksa dan lanjut")
    camera.arrive("Sheet mana")
    page.get_by_label("Tautan sheet").fill(form["spreadsheetUrl"])
    camera.press("Lihat sheet ini")
    camera.press("Pakai tab ini")
    camera.arrive("Layanan apa")
    camera.shoot("asisten-layanan", height=820)
    page.get_by_role("link", name="Surat Keterangan Domisili").first.click()
    camera.press("Simpan layanan")
    camera.arrive("Bagaimana surat dikirim")
    _mail(page, google)
    camera.press("Coba masuk dan simpan")
    camera.arrive("Beginilah suratnya")
    camera.shoot("asisten-surat", height=1000)
    camera.press("Suratnya benar, lanjut")
    camera.press("Kirim surat percobaan")
    page.locator(".good").wait_for()
    camera.shoot("asisten-percobaan", height=640)
    page.goto(f"{url}/ubah/domisili")
    camera.arrive("Surat Keterangan Domisili")
    camera.shoot("layanan", height=900)


def _mail(page: Page, google: LocalGoogle) -> None:
    """The local mail server, in place of Gmail's."""
    host, port = google.smtp.split(":")
    page.get_by_text("Server email selain Gmail").click()
    page.get_by_label("Server", exact=True).fill(host)
    page.get_by_label("Port").fill(port)
    page.get_by_label("Keamanan sambungan").select_option("none")
    page.get_by_label("Sandi aplikasi").fill(SMTP[1])


_TERMINAL = """<!doctype html><meta charset="utf-8"><pre style="margin: 1em; font: 18px monospace">{code}</pre>"""


def _in_terminal(command: list[str]) -> str:
    ours, its = os.openpty()
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": "100"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=its, stderr=its)  # noqa: S603
    os.close(its)
    said = b""
    with suppress(OSError):  # how Linux says that nobody writes any more
        while part := os.read(ours, 65536):
            said += part
    os.close(ours)
    process.wait(timeout=120)
    return said.decode().replace("\r\n", "\n")


def _doctor(camera: Camera, office: Path) -> None:
    """What `doctor --offline` says in a terminal of 100 columns, with its colours, as on a Windows PC."""
    said = _in_terminal(
        [sys.executable, "-m", "sync", "--root", str(office), "doctor", "--offline"]
    )
    console = Console(record=True, width=100, file=io.StringIO())
    below = re.compile(re.escape(str(office)) + r"([\w/.-]*)")
    said = below.sub(lambda path: r"C:\Loket" + path[1].replace("/", "\\"), said)
    said = said.replace("python3 loket.py", "py loket.py")
    console.print(Text.from_ansi(said.strip()))
    camera.page.goto("about:blank")  # away from the last page's own policy for styles
    camera.page.set_content(console.export_html(inline_styles=True, code_format=_TERMINAL))
    camera.shoot("doctor", height=200, whole=True)


def verification(camera: Camera, _folder: Path) -> None:
    """What a citizen sees after scanning a letter's code."""
    from sync.core.settings import Office, Settings
    from sync.core.settings import Verification as Where
    from sync.core.verification import Facts, mask_name
    from sync.ledger.verification import PublicKey
    from sync.letter.office_key import OfficeKey
    from sync.web.verifier.page import verifier_page

    address = "https://verifikasi.dukcapil.contohkab.go.id/"
    office = Office(name="Dinas Kependudukan dan Pencatatan Sipil", city="Tenggarong")
    key = OfficeKey.new()
    facts = Facts(
        "470/0123/DKPS/XI/2026",
        mask_name(next(iter(PEOPLE.values())).name),
        "Surat Keterangan Domisili",
        TODAY,
        date(2027, 5, 24),
        key.mark(b"answers"),
    )
    keys = [PublicKey(key.id, key.point.hex(), datetime(2026, 1, 2, tzinfo=UTC))]
    text = verifier_page(
        ROOT / "templates" / "verifier",
        Settings(office=office, verification=Where(url=address)),
        keys,
    )
    page = camera.page
    page.clock.set_fixed_time("2026-12-01T12:00:00")
    page.route("**/*", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(key.link(address, facts))
    page.locator("#verdict").filter(has_text="ASLI").wait_for()
    camera.shoot("periksa", height=700)


def citizens(camera: Camera, folder: Path) -> None:
    """The services on a phone, and the status of a letter that was sent."""
    from sync.cli.root import PROGRAM
    from tests.fakes.serving import serving
    from tests.unit.worker.conftest import CITRA

    services = {
        file.stem: file.read_text(encoding="utf-8")
        .replace("ISI-DENGAN-TAUTAN-SHEET", "1x2y3z4a5b6c7d8e9f0g")
        .replace("\n# form:", "\npromised_days: 3\nform: 9z8y7x6w5v4u3t2s1r0q\n# form:")
        for file in sorted((PROGRAM / "workflows").glob("*.yaml"))
    }
    settings = (
        "office: {government: Pemerintah Kabupaten Kutai Kartanegara, phone: (0541) 123456}\n"
        "site: {url: https://layanan.dukcapil.contohkab.go.id/}\n"
    )
    page = camera.page
    with serving(folder, settings=settings, services=services) as served:
        site = served.url.removesuffix("/periksa")
        page.goto(site)
        camera.shoot("warga-layanan", width=390, height=844)
        page.goto(f"{site}/layanan/suket-ktp")
        camera.shoot("warga-persyaratan", width=390, height=844)
        page.goto(f"{site}/status")
        page.get_by_label("Nomor permohonan").fill(served.application(0).reference)
        page.get_by_label("4 angka terakhir NIK").fill(CITRA["NIK"][-4:])
        camera.press("Lihat status")
        page.get_by_role("heading", name="Selesai").wait_for()
        camera.shoot("warga-status", width=390, height=844)


SITTINGS: dict[str, Callable[[Camera, Path], None]] = {
    "demonstration": demonstration,
    "first-run": first_run,
    "verification": verification,
    "citizens": citizens,
}


def sit(browser: Browser, name: str, folder: Path = FOLDER) -> None:
    """Takes the pictures of one sitting."""
    with TemporaryDirectory(prefix="loket-manual-") as beside:
        context = browser.new_context(viewport=SIZE, locale="id-ID", timezone_id="Asia/Makassar")
        context.set_default_timeout(PATIENCE_MS)
        SITTINGS[name](Camera(context.new_page(), folder), Path(beside))
        context.close()


def take(names: list[str]) -> int:
    """`names`: sittings; none: all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)  # None: playwright's own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in names or SITTINGS:
            sit(browser, name)
        browser.close()
    return 0
