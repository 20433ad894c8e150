"""The whole assistant as one person in an office meets it: the real program, a real browser, from nothing to the first letter."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.assisting import (
    ANSWERS,
    OFFICER,
    SMTP,
    Assistant,
    ConsentPage,
    LocalGoogle,
    assisting,
    consent_page,
    local_google,
    office_beside,
)
from tests.browser.axe import assert_accessible

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(240)]

PATIENCE_MS = 30_000
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGoogle]:
    with local_google(tmp_path_factory.mktemp("google")) as google:
        yield google


@pytest.fixture
def consent(google: LocalGoogle) -> Iterator[ConsentPage]:
    with consent_page(google) as page:
        yield page


@dataclass
class Sight:
    """The page in front of somebody; every page they meet is looked at for accessibility and width."""

    page: Any
    assistant: Assistant
    urls: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def expect_step(self, title: str) -> None:
        """The page is there, fits the screen, and axe-core finds nothing grave."""
        expect(self.page.locator("h1")).to_contain_text(title)
        self.page.wait_for_load_state("load")
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
        assert_accessible(self.page)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return dict(request.param)


@pytest.fixture
def sight(
    tmp_path: Path, google: LocalGoogle, size: dict[str, int], browser: Any
) -> Iterator[Sight]:
    """At the end nothing was asked of anybody but this machine, and the browser had nothing to complain of."""
    folder = office_beside(google, tmp_path / "kantor kami")
    with assisting(folder) as assistant:
        page = browser.new_page(viewport=size, locale="id-ID")
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        seen = Sight(page, assistant)
        page.on("request", lambda request: seen.urls.append(request.url))
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(assistant.address)
        yield seen
        page.close()
        expect.set_options(timeout=5_000)
        assert {urlsplit(url).hostname for url in seen.urls} <= {"127.0.0.1", None}
        # A form that is wrong, and the door, are answered with a status that Chromium notes.
        assert not [text for text in seen.complaints if "Failed to load resource" not in text]


def office_step(sight: Sight) -> None:
    page = sight.page
    sight.expect_step("Selamat datang")
    sight.press("Mulai menyiapkan")
    sight.expect_step("Kantor mana")
    sight.press("Simpan dan lanjut")  # nothing filled in yet
    expect(page.get_by_label("Kota di atas tanda tangan")).to_have_attribute("aria-invalid", "true")
    sight.expect_step("Kantor mana")
    page.get_by_label("Pemerintah daerah").fill("Pemerintah Kabupaten Berau")
    page.get_by_label("Kota di atas tanda tangan").fill("Tanjung Redeb")
    page.get_by_label("Email kantor").fill(SMTP[0])
    page.get_by_label("Nama dan gelar").fill("Hj. Siti Aminah, S.Sos.")
    sight.press("Simpan dan lanjut")


def test_from_nothing_to_the_first_letter(
    sight: Sight, google: LocalGoogle, consent: ConsentPage
) -> None:
    """Consent of the office's account, a sheet by its link, a ready-made service, mail, the letter with a real answer,
    a trial letter in the mailbox, the counter running: and the officer finds Loket's columns in the sheet."""
    form = google.form(share_with=(OFFICER,))
    google.applies(form)
    mails = len(google.mailbox())
    page = sight.page
    office_step(sight)

    sight.expect_step("Bagaimana Loket masuk")
    sight.follow("Akun Google kantor")
    sight.expect_step("Masuk dengan akun Google kantor")
    page.get_by_label("Berkas client_secret").fill(json.dumps(consent.client))
    sight.press("Lanjut ke izin Google")
    sight.expect_step("Masuk dengan akun Google kantor")
    sight.follow("Buka halaman izin Google")
    page.get_by_role("link", name="Lanjutkan").click()
    sight.expect_step("Bagaimana Loket masuk")
    expect(page.locator(".good")).to_contain_text(OFFICER)
    sight.press("Periksa dan lanjut")

    sight.expect_step("Sheet mana")
    page.get_by_label("Tautan sheet").fill(form["spreadsheetUrl"])
    page.get_by_label("Tautan formulir").fill(
        f"https://docs.google.com/forms/d/{form['formId']}/edit"
    )
    sight.press("Lihat sheet ini")
    expect(page.get_by_role("radio", checked=True)).to_have_value(form["tab"])
    sight.expect_step("Sheet mana")
    sight.press("Pakai tab ini")

    sight.expect_step("Layanan apa")
    sight.follow("Surat Keterangan Domisili")
    expect(page.get_by_label("Alamat sesuai KTP")).to_have_value("Alamat KTP")
    expect(page.get_by_text("perkiraan – mohon periksa")).to_have_count(1)
    sight.expect_step("Surat Keterangan Domisili")
    sight.press("Simpan layanan")

    sight.expect_step("Bagaimana surat dikirim")
    host, port = google.smtp.split(":")
    page.get_by_text("Server email selain Gmail").click()
    page.get_by_label("Server", exact=True).fill(host)
    page.get_by_label("Port").fill(port)
    page.get_by_label("Keamanan sambungan").select_option("none")
    page.get_by_label("Sandi aplikasi").fill("salah")
    sight.press("Coba masuk dan simpan")
    expect(page.locator("#password-petunjuk .wrong")).to_contain_text("ditolak")
    page.get_by_label("Sandi aplikasi").fill("abcd efgh ijkl mnop".replace(" ", ""))
    sight.press("Coba masuk dan simpan")

    sight.expect_step("Beginilah suratnya")
    letter = page.locator("figcaption").first
    expect(letter).to_contain_text(ANSWERS["Nama Lengkap"])  # with its markup, as text
    expect(letter).to_contain_text("PEMERINTAH KABUPATEN BERAU")
    picture = page.locator("figure img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000
    sight.press("Suratnya benar, lanjut")

    sight.expect_step("Kirim satu surat percobaan")
    sight.press("Kirim surat percobaan")
    expect(page.locator(".good")).to_contain_text(SMTP[0])
    sight.expect_step("Kirim satu surat percobaan")
    sent = google.mailbox()[mails:]
    assert [message["subject"] for message in sent] == ["[CONTOH] Surat Keterangan Domisili"]
    sight.follow("Suratnya sampai, lanjut")

    sight.expect_step("Jalankan loket")
    sight.press("Mulai sekarang")
    sight.expect_step("Loket berjalan")
    cells = f"/v4/spreadsheets/{form['spreadsheetId']}/values/{form['tab']}!A1:Z2"
    for _ in range(60):
        rows = google.sheets("GET", cells)["values"]
        if len(rows) > 1 and "Menunggu petugas" in rows[1]:
            break
        page.wait_for_timeout(500)
    assert "Keputusan" in rows[0]
    assert "Menunggu petugas" in rows[1]
    sight.press("Periksa semuanya")
    expect(page.get_by_role("heading", name="Hasil pemeriksaan")).to_be_visible()
    sight.expect_step("Loket berjalan")
    sight.press("Hentikan loket")
    sight.expect_step("Jalankan loket")


def test_the_other_two_ways_to_google_are_explained(sight: Sight) -> None:
    """A service account with a shared drive, and delegation: each with its drawing, which loads."""
    office_step(sight)
    for way, title in {"layanan": "drive bersama", "delegasi": "mewakili akun"}.items():
        sight.page.goto(f"{sight.assistant.url}/google?cara={way}")
        sight.expect_step(title)
        widths = sight.page.locator("main img").evaluate_all(
            "images => Promise.all(images.map(image => image.decode().then(() => image.naturalWidth)))"
        )
        assert min(widths) > 100


def test_a_service_of_the_forms_own_questions_leads_on_to_its_letter(
    sight: Sight, google: LocalGoogle
) -> None:
    """Every guess is changed on the service's page, where the way goes on; and again while Loket knows the old ones."""
    form = google.form()
    google.applies(form)
    page = sight.page
    office_step(sight)
    sight.expect_step("Bagaimana Loket masuk")
    page.goto(f"{sight.assistant.url}/google?cara=layanan")
    page.get_by_label("Kunci akun layanan").fill(google.key("worker.json"))
    sight.press("Periksa dan simpan kunci")
    page.goto(f"{sight.assistant.url}/sheet")
    page.get_by_label("Tautan sheet").fill(form["spreadsheetUrl"])
    sight.press("Lihat sheet ini")
    sight.press("Pakai tab ini")
    sight.follow("Buat dari pertanyaan formulir")
    sight.expect_step("Layanan dari pertanyaan formulir")
    page.get_by_label("Judul surat").fill("Surat Keterangan Usaha")
    sight.press("Buat layanan ini")
    sight.expect_step("Surat Keterangan Usaha")
    page.locator('[name="fields.pekerjaan.type"]').select_option("paragraph")
    sight.press("Simpan layanan")
    expect(page.locator(".good")).to_contain_text("Tersimpan")
    sight.follow("Lanjut menyiapkan loket")
    sight.expect_step("Bagaimana surat dikirim")
    page.goto(f"{sight.assistant.url}/surat")
    sight.expect_step("Beginilah suratnya")
    expect(page.locator("figcaption").first).to_contain_text("SURAT KETERANGAN USAHA")
    expect(page.locator("figcaption").first).to_contain_text(ANSWERS["Pekerjaan"])
    page.goto(f"{sight.assistant.url}/mulai")
    sight.press("Mulai sekarang")
    sight.expect_step("Loket berjalan")
    sight.follow("Layanan")
    sight.follow("ubah isian, aturan, dan nomornya")
    page.locator('[name="promised_days"]').fill("3")
    sight.press("Simpan layanan")
    expect(page.get_by_text("belum memakai perubahan terakhir")).to_be_visible()
    sight.expect_step("Surat Keterangan Usaha")
    sight.follow("Mulai ulang")
    sight.press("Mulai ulang")
    expect(page.get_by_text("belum memakai perubahan terakhir")).to_have_count(0)
    sight.press("Hentikan loket")
    sight.expect_step("Jalankan loket")


def test_a_key_file_can_be_chosen_or_dropped(sight: Sight, google: LocalGoogle) -> None:
    """Its text goes into the box; a service account's address is shown for sharing."""
    office_step(sight)
    page = sight.page
    page.goto(f"{sight.assistant.url}/google?cara=layanan")
    page.get_by_label("Pilih berkasnya").set_input_files(google.keys / "worker.json")
    expect(page.get_by_label("Kunci akun layanan")).to_have_value(google.key("worker.json"))
    sight.press("Periksa dan simpan kunci")
    expect(page.locator(".good")).to_contain_text("loket@loket-sandbox.iam.gserviceaccount.com")
    sight.expect_step("Akun layanan dan drive bersama")


def test_without_the_key_nothing_is_shown(sight: Sight, browser: Any) -> None:
    """Another person at this computer may find the port; the door asks for the key, which can be pasted."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sight.assistant.url}/kantor")
    expect(page.locator("h1")).to_have_text("Halaman ini terkunci")
    page.get_by_label("Kunci").fill("bukan-kuncinya-ya")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("alert")).to_contain_text("tidak cocok")
    page.get_by_label("Kunci").fill(sight.assistant.key)
    page.get_by_role("button", name="Masuk").click()
    expect(page.locator("h1")).to_contain_text("Selamat datang")
    context.close()
