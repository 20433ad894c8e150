"""`preview` as whoever writes a letter sees it: the real program, files changed on disk, the page in a real browser."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.axe import assert_accessible
from tests.previewing import ROOT, Preview, previewing

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]

PATIENCE_MS = 30_000
NIK = "6472010101900001"
HOSTILE = "<img src=http://192.0.2.1/x onerror=alert(1)><b>Doni</b>{{ 7*7 }}"
WATCH_THE_PAGES = """() => {
  window.shownAt = new Promise((resolve) => new MutationObserver(() => resolve(Date.now()))
    .observe(document.querySelector("#pages"), { childList: true }));
}"""


@dataclass
class Sight:
    """The page in front of somebody, and the files that they edit."""

    page: Any
    folder: Path
    preview: Preview
    urls: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def letter(self) -> Any:
        """What a screen reader reads of the pages."""
        return self.page.locator("#pages .heard")

    @property
    def problem(self) -> Any:
        return self.page.locator(".problem")

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        file = self.folder / name
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")

    def expect_letter(self, text: str) -> None:
        expect(self.letter.first).to_contain_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return tmp_path


@pytest.fixture
def sight(folder: Path, browser: Any) -> Iterator[Sight]:
    """An open page; at the end it asked nothing of anybody else, and the browser had nothing to complain of."""
    with previewing(folder) as preview:
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="id-ID")
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        seen = Sight(page, folder, preview)
        page.on("request", lambda request: seen.urls.append(request.url))
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(preview.address)
        seen.expect_letter("SURAT KETERANGAN DOMISILI")
        yield seen
        page.close()
        expect.set_options(timeout=5_000)  # as it was, for others
        assert {urlsplit(url).hostname for url in seen.urls} <= {"127.0.0.1", None}
        assert seen.complaints == []


def test_a_saved_template_is_seen_within_a_second(sight: Sight) -> None:
    """Of three saves the quickest counts: a busy machine is slow now and then. The pictures come with the text."""
    took = []
    for word in ("Pertama", "Kedua", "Ketiga"):
        sight.page.evaluate(WATCH_THE_PAGES)
        sight.edit(
            "templates/letters/domisili.html",
            lambda text, word=word: text.replace("menerangkan", f"{word} menerangkan", 1),
        )
        saved = time.time()
        took.append(sight.page.evaluate("() => window.shownAt") / 1000 - saved)
        sight.expect_letter(word)
    assert min(took) < 1, took
    picture = sight.page.locator("#pages img").first
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 1000
    described = picture.get_attribute("aria-describedby")
    assert "Ketiga" in sight.page.locator(f"#{described}").inner_text()


def test_a_message_is_seen_as_its_reader_will_see_it(sight: Sight) -> None:
    """With the office's letterhead and as plain text, again after every save; a slip is told with its line, and the last
    good one stays, dimmed. Then the letter is there again."""
    page, mail = sight.page, sight.page.frame_locator("#mail")
    page.get_by_label("Tampilkan").select_option(label="Pesan: Perlu diperbaiki")
    expect(mail.locator("body")).to_contain_text("Yth. Bapak/Ibu Citra Lestari")
    expect(page.locator("#subject")).to_contain_text("Mohon lengkapi permohonan")
    expect(page.locator("#pages")).to_be_hidden()
    page.get_by_text("Sebagai teks biasa").click()
    expect(page.locator("#text")).to_contain_text("Catatan petugas:")
    page.get_by_label("terpendek").check()
    expect(page.locator("#text")).not_to_contain_text("Catatan petugas:")
    file = "templates/messages/mend.txt"
    sight.edit(file, lambda text: text.replace("Terima kasih", "<b>Salam</b> {{ 7*7 }}"))
    expect(mail.locator("body")).to_contain_text("<b>Salam</b> 49")
    sight.edit(file, lambda text: text.replace("{{ nama }}", "{{ nma }}"))
    expect(sight.problem).to_contain_text('"nma" tidak dikenal; yang mirip: "nama"')
    expect(sight.problem.locator("[data-here]")).to_contain_text("{{ nma }}")
    expect(page.locator("#message[data-stale] iframe")).to_have_css("opacity", "0.38")
    expect(page.locator("#name-rows tr").filter(has_text="tautan_perbaikan")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Tampilkan").select_option(label="Surat")
    sight.expect_letter("SURAT KETERANGAN DOMISILI")
    expect(page.locator("#pages")).to_be_visible()
    expect(page.locator("#message")).to_be_hidden()
    assert_accessible(page)


def test_base_image_and_settings_count_as_well(sight: Sight) -> None:
    """Whatever the letter comes from, saving it shows."""
    sight.edit(
        "templates/letters/_dasar.html",
        lambda text: text.replace('<div class="nomor">Nomor:', '<div class="nomor">Nomor dasar:'),
    )
    sight.expect_letter("Nomor dasar:")
    (sight.folder / "settings.yaml").write_text("office:\n  city: Tenggarong\n", encoding="utf-8")
    sight.expect_letter("Tenggarong, 24 November 2026")
    sight.edit("workflows/domisili.yaml", lambda text: text.replace("prefix: SKD", "prefix: SKX"))
    sight.expect_letter("SKX-26-000000")
    before = sight.page.locator("#pages img").first.get_attribute("src")
    sight.edit("templates/letters/img/lambang.svg", lambda text: text + "\n")
    expect(sight.page.locator("#pages img").first).not_to_have_attribute("src", before)


def test_a_broken_template_is_told_with_its_line_and_the_names_that_exist(sight: Sight) -> None:
    """The last good letter stays, dimmed; once mended, the page is as before."""
    text = (sight.folder / "templates/letters/domisili.html").read_text(encoding="utf-8")
    line = 1 + next(n for n, one in enumerate(text.splitlines()) if "{{ nik }}" in one)
    sight.edit(
        "templates/letters/domisili.html", lambda text: text.replace("{{ nik }}", "{{ nikk }}")
    )
    expect(sight.problem).to_have_count(1)
    expect(sight.problem).to_contain_text(f"templates/letters/domisili.html:{line}")
    expect(sight.problem.locator("[data-here]")).to_contain_text("{{ nikk }}")
    expect(sight.problem.locator("pre span")).to_have_count(7)
    expect(sight.page.locator("#pages[data-stale] figure").first).to_have_css("opacity", "0.38")
    sight.expect_letter(NIK)
    names = sight.page.locator("#name-rows tr")
    expect(names.filter(has_text="nik").first).to_contain_text(NIK)
    expect(names.filter(has_text="kantor.head.name")).to_be_visible()
    sight.page.locator("#filters summary").click()
    expect(sight.page.locator("#filter-rows tr").filter(has_text="terbilang")).to_be_visible()

    sight.edit("templates/letters/domisili.html", lambda _: text)
    expect(sight.problem).to_have_count(0)
    expect(sight.page.locator("#pages[data-stale]")).to_have_count(0)
    expect(sight.page.locator("#stale")).to_be_hidden()


def test_whatever_stops_a_letter_is_told(sight: Sight) -> None:
    """In words, as text: markup in a message would be markup in the page."""
    good = (sight.folder / "templates/letters/domisili.html").read_text(encoding="utf-8")
    for wrong, told in {
        "{{ nik|tanggal }}": "tidak dapat diisi",  # every name and filter exists
        "{% if nik %}": "perintah templat tidak dapat dibaca",
        "<script>alert(1)</script>": "<script>",
        '<img src="letters/img/hilang.png">': "hilang.png",
        "&#x0D9A;": "tidak dapat dicetak",  # a letter that no font of ours has
    }.items():
        sight.edit(
            "templates/letters/domisili.html",
            lambda _, wrong=wrong: good.replace("{{ nik }}", wrong),
        )
        expect(sight.problem).to_contain_text(told)
        expect(sight.problem).to_contain_text("templates/letters/domisili.html")


def test_a_broken_service_or_settings_file_is_told(sight: Sight) -> None:
    """With file and line, all at once."""
    sight.edit("workflows/domisili.yaml", lambda text: text.replace("type: nik}", "type: nikk}"))
    (sight.folder / "settings.yaml").write_text("ofice: {}\n", encoding="utf-8")
    expect(sight.problem.filter(has_text="workflows/domisili.yaml:")).to_contain_text("nikk")
    expect(sight.problem.filter(has_text="settings.yaml:1")).to_contain_text("ofice")
    expect(sight.page.locator("#pages[data-stale]")).to_be_visible()


def test_short_and_long_answers_are_a_click_away(sight: Sight) -> None:
    """And the facts under the letter follow."""
    page = sight.page
    facts = page.locator("#facts")
    expect(facts).to_contain_text("1 halaman")
    expect(facts).to_contain_text("kB")
    page.get_by_label("terpanjang").check()
    sight.expect_letter("Kepercayaan terhadap Tuhan YME")
    page.get_by_label("terpendek").check()
    expect(sight.letter.first).not_to_contain_text("Kepercayaan terhadap Tuhan YME")
    sight.expect_letter("Ai")
    page.get_by_label("biasa").check()
    sight.expect_letter("Citra Lestari")
    link = page.get_by_role("link", name="Buka PDF").get_attribute("href")
    assert page.request.get(sight.preview.url + link).body().startswith(b"%PDF-")


def apply(folder: Path, **answers: str) -> str:
    """An application in the folder's ledger; gives its reference."""
    from sync.ledger.applications import Arrival
    from sync.ledger.engine import sqlite_url
    from sync.ledger.ledger import Ledger

    usual = {
        "Nama Lengkap": "Doni",
        "NIK": NIK,
        "Tempat Lahir": "Tenggarong",
        "Tanggal Lahir": "01-01-1990",
        "Jenis Kelamin": "Laki-laki",
        "Agama": "Islam",
        "Pekerjaan": "Nelayan",
        "Alamat sesuai KTP": "Jl. Mawar 1",
        "Alamat tempat tinggal sekarang": "Jl. Melati 2",
        "Tinggal di alamat tersebut sejak tanggal": "01-01-2020",
        "Keperluan surat": "Melamar pekerjaan",
        "Alamat Email": "doni@example.org",
    }
    (folder / "data").mkdir(exist_ok=True)
    ledger = Ledger.open(sqlite_url(folder / "data" / "ledger.sqlite3"))
    with ledger.begin() as tx:
        made = tx.applications.register(
            Arrival(
                "domisili", "SKD", 2026, usual | answers, "f", "s", None, answers["Nama Lengkap"],
                "doni@example.org", "", datetime.now(UTC),
            )
        )  # fmt: skip
    ledger.close()
    return made.reference


def test_a_real_application_with_hostile_answers_is_shown_as_text(sight: Sight) -> None:
    """The letter shows what was answered, letter for letter; the page around it shows no NIK, and no address the reference."""
    reference = apply(sight.folder, **{"Nama Lengkap": HOSTILE, "NIK": "6472010101900077"})
    page = sight.page
    page.get_by_label("Nomor permohonan").fill(reference)
    page.get_by_role("button", name="Tampilkan").click()
    sight.expect_letter("onerror=alert(1)")
    sight.expect_letter("6472010101900077")
    sight.expect_letter("{{ 7*7 }}")
    expect(page.locator("#note")).to_contain_text("belum bernomor")
    assert page.get_by_label("permohonan", exact=True).is_checked()
    around = page.locator("header, aside, #note, #facts").all_inner_texts()
    assert "6472010101900077" not in "".join(around)
    assert page.locator("img[onerror], #pages b").count() == 0
    assert not [url for url in [*sight.urls, page.url] if reference in url]

    page.get_by_label("Nomor permohonan").fill("SKD-26-00001X")
    page.get_by_role("button", name="Tampilkan").click()
    expect(sight.problem).to_contain_text("nomor permohonan")


def test_without_the_key_the_page_says_what_to_open(sight: Sight) -> None:
    """Another user of this machine may find the port; a letter they do not get."""
    page = sight.page.context.browser.new_page()
    page.goto(sight.preview.url)
    expect(page.locator("#state")).to_contain_text("Buka alamat lengkap")
    expect(page.locator("#pages img")).to_have_count(0)
    page.close()


def test_the_page_says_when_the_preview_has_ended(sight: Sight) -> None:
    """What is on the screen may be old then."""
    assert sight.preview.end() == 130
    expect(sight.page.locator("#state")).to_contain_text("tidak berjalan lagi")
    sight.page.close()
    sight.complaints.clear()  # the browser tells of the refused connections


def test_it_fits_a_laptop_and_a_phone(sight: Sight) -> None:
    """Nothing sticks out at the side."""
    for width in (1366, 1024, 390):
        sight.page.set_viewport_size({"width": width, "height": 700})
        assert sight.page.evaluate("document.documentElement.scrollWidth") <= width
