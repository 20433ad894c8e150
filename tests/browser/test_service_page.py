"""The page of a service in a real browser: every part of its file is changed there, and nothing else of it moves."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import uvicorn

from sync.cli.assistant_lent import LentByVerbs
from sync.core.workflow.read import read_workflow
from sync.web.assistant.place import Place
from sync.web.assistant.step import Desk
from sync.web.local.door import Door
from sync.web.service.app import service_app
from tests.assisting import ROOT, LocalGoogle, local_google
from tests.browser.axe import assert_accessible

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(240)]

KEY = "kunci-dari-alamat-halaman-ini"
PATIENCE_MS = 30_000
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 768}

SERVICE = """\
# Ditulis tangan oleh Bu Ratna.
title: Surat Keterangan Usaha   # seperti dibaca warga
prefix: SKU
sheet: {sheet}
tab: Form Responses 1
applicant: {{name: Nama Lengkap, email: Email Address}}

fields:
    nama:   {{question: Nama Lengkap, type: text, max: 100}}
    nik:    {{question: NIK, type: nik}}
    lahir:  {{question: Tanggal Lahir, type: date}}
    # Pilihannya sama dengan formulir.
    jenis:
        question: Jenis Usaha
        type: choice
        options: [Warung, Bengkel]   # urutan formulir
    alamat: {{question: Alamat, type: text, max: 300}}

rules:
- {{unless: "umur(lahir) >= 17", say: "Pemohon harus berusia 17 tahun atau lebih."}}   # UU
- warn_if: "jenis == 'Bengkel' and alamat|length < 5"
  say: Alamat bengkel terlalu pendek.
letter: {{template: letters/usaha.html, number: "503/{{{{ serial|pad(4) }}}}/{{{{ unit }}}}/{{{{ tahun }}}}"}}
deliver: [email]
"""
LETTER = """{% extends "letters/_dasar.html" %}
{% block isi %}<p>{{ nama }} ({{ nik }}) di {{ alamat }}, lahir {{ lahir|tanggal }}: {{ jenis }}.</p>{% endblock %}
"""
HEADERS = ("Nama Lengkap", "NIK", "Tanggal Lahir", "Jenis Usaha", "Alamat", "Foto Usaha")


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGoogle]:
    with local_google(tmp_path_factory.mktemp("google")) as google:
        yield google


@pytest.fixture
def folder(tmp_path: Path, google: LocalGoogle) -> Path:
    """An office's folder with one service written by hand, its line ends those of Windows."""
    questions = [{"title": title, "type": "text"} for title in HEADERS]
    form = google.form(questions=questions)
    settings = (
        f"google:\n  endpoint: {google.url}\n  credentials: kunci.json\n  calls_per_minute: 0\n"
    )
    (tmp_path / "settings.yaml").write_text(settings, encoding="utf-8")
    (tmp_path / "kunci.json").write_text(google.key("worker.json"), encoding="utf-8")
    letters = tmp_path / "templates" / "letters"
    letters.mkdir(parents=True)
    (letters / "usaha.html").write_text(LETTER, encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    text = SERVICE.format(sheet=form["spreadsheetId"]).replace("\n", "\r\n")
    (tmp_path / "workflows" / "usaha.yaml").write_bytes(text.encode())
    return tmp_path


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """Where the pages answer."""
    with LentByVerbs(folder) as lent:
        desk = Desk(Place(folder, ROOT), lent, "")
        app = service_app(
            desk,
            Door(KEY),
            clock=lambda: datetime(2026, 11, 24, 3, tzinfo=UTC),
            next_serial=lambda workflow: 41,
        )
        config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join()


@dataclass
class Sight:
    page: Any
    address: str
    file: Path
    urls: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode()

    def input(self, name: str) -> Any:
        return self.page.locator(f'[name="{name}"]')

    def unfold(self) -> None:
        """Everything that is folded away is opened, as a reader would part by part."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")

    def save(self) -> None:
        self.page.get_by_role("button", name="Simpan layanan").click()

    def expect_saved(self) -> None:
        expect(self.page.locator(".good")).to_contain_text("Tersimpan")


def opened(browser: Any, address: str, folder: Path, **options: Any) -> Sight:
    page = browser.new_page(locale="id-ID", **options)
    page.set_default_timeout(PATIENCE_MS)
    seen = Sight(page, address, folder / "workflows" / "usaha.yaml")
    page.on("request", lambda request: seen.urls.append(request.url))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    return seen


@pytest.fixture
def sight(browser: Any, address: str, folder: Path) -> Iterator[Sight]:
    """The service's page; at the end nothing was asked of anybody else and the browser had nothing to complain of."""
    expect.set_options(timeout=PATIENCE_MS)
    seen = opened(browser, address, folder, viewport=DESKTOP)
    seen.page.goto(f"{address}/#{KEY}")
    seen.page.get_by_role("link", name="Surat Keterangan Usaha").click()
    yield seen
    seen.page.close()
    expect.set_options(timeout=5_000)
    assert {urlsplit(url).hostname for url in seen.urls} <= {"127.0.0.1", None}
    assert not [text for text in seen.complaints if "Failed to load resource" not in text]


def test_saving_what_was_not_touched_changes_not_a_byte(sight: Sight) -> None:
    before = sight.text
    sight.save()
    expect(sight.page.locator(".good")).to_contain_text("Tidak ada yang berubah")
    assert sight.text == before


def test_every_part_is_changed_and_nothing_else_moves(sight: Sight) -> None:
    """Fields, options, order, rules, number, delivery: each costs its own line; comments, columns and line ends stay."""
    before = sight.text
    sight.unfold()
    sight.input("title").fill("Surat Izin Usaha")
    sight.input("fields.nama.max").fill("80")
    sight.input("fields.alamat.required").uncheck()
    sight.input("fields.jenis.options").fill("Warung\nBengkel\nSalon: rambut")
    sight.input("fields.alamat.urutan").fill("3")
    sight.input("rules.0.value").fill("18")
    sight.input("rules.1.say").fill("Alamat terlalu pendek.")
    sight.input("letter.number").fill("503/{{ serial|pad(3) }}/{{ prefix }}/{{ tahun }}")
    sight.input("deliver").select_option("email, drive")
    sight.input("duplicates.then").select_option("refuse")
    sight.input("duplicates.same.nik").check()
    sight.save()
    sight.expect_saved()
    alamat = "    alamat: {question: Alamat, type: text, max: 300"
    jenis, _, rest = before.partition("    # Pilihannya")[2].partition(alamat + "}\r\n")
    head = before.partition("    lahir:")[0]
    lahir = before.partition("    lahir:")[2].partition("\r\n")[0]
    wanted = (
        f"{head}    lahir:{lahir}\r\n{alamat}, required: false}}\r\n    # Pilihannya{jenis}{rest}"
        "duplicates: {same: [nik], within_days: 30, then: refuse}\r\n"
    )
    assert sorted(sight.text.split("\r\n")) == sorted(
        wanted.replace("Surat Keterangan Usaha", "Surat Izin Usaha")
        .replace("max: 100", "max: 80")
        .replace("[Warung, Bengkel]", '[Warung, Bengkel, "Salon: rambut"]')
        .replace('umur(lahir) >= 17"', 'umur(lahir) >= 18"')
        .replace("Alamat bengkel terlalu pendek.", "Alamat terlalu pendek.")
        .replace("pad(4) }}/{{ unit }}", "pad(3) }}/{{ prefix }}")
        .replace("deliver: [email]", "deliver: [email, drive]")
        .split("\r\n")
    )
    assert "\n" not in sight.text.replace("\r\n", "")
    workflow = read_workflow(sight.text, file="workflows/usaha.yaml")
    assert list(workflow.fields) == ["nama", "nik", "alamat", "lahir", "jenis"]
    expect(sight.page.locator("main")).to_contain_text(
        "503/041/SKU/2026, 503/042/SKU/2026, 503/043/SKU/2026"
    )


def test_notices_messages_and_terms_are_changed(sight: Sight, folder: Path) -> None:
    """Receipt, promise, accompanying letters, wordings of one's own, how long data are kept: said in plain words, written
    as anybody would write it."""
    own = folder / "templates" / "messages" / "selesai-usaha.txt"
    own.parent.mkdir()
    own.write_text("Subjek: Izin usaha\n\nYth. {{ nama }},\n", encoding="utf-8")
    sight.page.reload()
    before = sight.text
    sight.unfold()
    sight.input("receipt").select_option(label="dikirim lewat email")
    sight.input("promised_days").fill("3")
    sight.input("attach.rejected").select_option("letters/penolakan.html")
    sight.input("messages.letter").select_option("messages/selesai-usaha.txt")
    sight.input("retention_days").fill("365")
    sight.input("retention_drive").select_option("trash")
    sight.input("letter.start").fill("2026: 124")
    sight.input("letter.series").fill("umum")
    sight.save()
    sight.expect_saved()
    head, _, letter = before.partition("letter: {")
    assert sight.text == (
        f"{head}letter: {{{letter.partition('}}deliver')[0]}"
        "receipt: ya\r\npromised_days: 3\r\nretention_days: 365\r\nretention_drive: trash\r\n"
        "attach: {rejected: letters/penolakan.html}\r\n"
        "messages: {letter: messages/selesai-usaha.txt}\r\n"
    ).replace('{{ tahun }}"}', '{{ tahun }}", series: umum, start: {2026: 124}}')
    workflow = read_workflow(sight.text, file="workflows/usaha.yaml")
    assert workflow.receipt
    assert workflow.letter.first_serial(2026) == 124


def test_a_notice_or_message_that_would_fail_is_told_and_not_saved(
    sight: Sight, folder: Path
) -> None:
    """A letter that asks for a field no notice knows; a wording with a slip; a term for nothing; a promise of no number."""
    own = folder / "templates" / "messages" / "keliru.txt"
    own.parent.mkdir()
    own.write_text("Subjek: Kabar\n\nYth. {{ nma }},\n", encoding="utf-8")
    sight.page.reload()
    before = sight.text
    sight.unfold()
    sight.input("attach.rejected").select_option("letters/usaha.html")
    sight.input("messages.mend").select_option("messages/keliru.txt")
    sight.save()
    told = sight.page.locator("[role=alert]")
    expect(told).to_contain_text("templates/letters/usaha.html:2")
    expect(told).to_contain_text("templates/messages/keliru.txt:3")
    assert sight.text == before
    sight.page.goto(f"{sight.address}/ubah/usaha")
    sight.unfold()
    sight.input("promised_days").fill("segera")
    sight.input("retention_drive").select_option("trash")
    sight.input("letter.start").fill("124")
    sight.save()
    expect(sight.input("letter.start")).to_have_attribute("aria-invalid", "true")
    sight.input("letter.start").fill("")
    sight.save()
    for name in ("promised_days", "retention_drive"):
        expect(sight.input(name)).to_have_attribute("aria-invalid", "true")
    assert sight.text == before


def test_a_field_and_a_rule_are_added_and_taken_away(sight: Sight) -> None:
    sight.input("baru.question").select_option("Foto Usaha")
    sight.input("baru.required").uncheck()
    sight.input("aturan.kind").select_option("umur-paling-banyak")
    sight.input("aturan.a").select_option("lahir")
    sight.input("aturan.value").fill("90")
    sight.input("aturan.key").select_option("warn_if")
    sight.input("rules.1.hapus").check()
    sight.save()
    sight.expect_saved()
    assert "    foto_usaha: {question: Foto Usaha, type: file, required: false}\r\n" in sight.text
    workflow = read_workflow(sight.text, file="workflows/usaha.yaml")
    assert [rule.warn_if for rule in workflow.rules] == [None, "umur(lahir) > 90"]
    sight.unfold()
    sight.input("fields.foto_usaha.hapus").check()
    sight.input("rules.0.hapus").check()
    sight.input("aturan.kind").select_option("sendiri")
    sight.input("aturan.expression").fill("nama != alamat")
    sight.input("aturan.say").fill("Nama sama dengan alamat.")
    sight.save()
    sight.expect_saved()
    workflow = read_workflow(sight.text, file="workflows/usaha.yaml")
    assert "foto_usaha" not in workflow.fields
    assert [rule.unless or rule.warn_if for rule in workflow.rules] == [
        "umur(lahir) > 90",
        "nama != alamat",
    ]


def test_what_is_wrong_is_told_beside_its_field_and_not_saved(sight: Sight) -> None:
    """What was typed stays on the page."""
    before = sight.text
    sight.unfold()
    sight.input("prefix").fill("sku")
    sight.input("fields.nama.max").fill("banyak")
    sight.input("letter.number").fill("503/{{ tahun }}")
    sight.input("rules.1.expression").fill("jenis == ")
    sight.save()
    for name in ("prefix", "fields.nama.max", "letter.number"):
        expect(sight.input(name)).to_have_attribute("aria-invalid", "true")
        described = sight.input(name).get_attribute("aria-describedby").split()
        assert any("-salah-" in each for each in described)
    expect(sight.page.locator("fieldset.aturan").nth(1).locator(".wrong")).to_have_count(1)
    expect(sight.input("prefix")).to_have_value("sku")
    expect(sight.page.locator("[role=alert]")).to_contain_text("Belum disimpan")
    assert sight.text == before


def test_each_mistake_stands_by_its_own_field_although_lines_moved(sight: Sight) -> None:
    """A field is new above, a rule is taken away: what `check` finds in the file that would be is told where it was typed."""
    sight.unfold()
    sight.input("baru.question").select_option("Foto Usaha")
    sight.input("baru.type").select_option("choice")  # without any choice to choose from
    sight.input("rules.0.hapus").check()
    sight.input("rules.1.expression").fill("jenis == ")
    sight.input("aturan.kind").select_option("sendiri")
    sight.input("aturan.expression").fill("bukan_isian > 3")
    sight.input("aturan.say").fill("Tidak ada.")
    sight.input("letter.number").fill("503/{{ tahun }}")
    sight.save()
    expect(sight.page.locator("[role=alert]")).to_contain_text("Belum disimpan")
    expect(sight.input("letter.number")).to_have_attribute("aria-invalid", "true")
    expect(sight.input("deliver")).not_to_have_attribute("aria-invalid", "true")
    boxes = sight.page.locator("fieldset.aturan")
    wrong = [boxes.nth(place).locator(".wrong").count() for place in range(3)]
    assert wrong == [0, 1, 1]
    expect(boxes.nth(2)).to_contain_text("bukan_isian")
    expect(sight.page.locator("fieldset.isian.new .wrong")).to_have_count(1)


def test_a_field_that_the_letter_prints_is_not_taken_away(sight: Sight) -> None:
    """`check` would find the letter wrong: told with the letter's line."""
    before = sight.text
    sight.unfold()
    sight.input("fields.alamat.hapus").check()
    sight.input("rules.1.hapus").check()
    sight.save()
    expect(sight.page.locator("[role=alert]")).to_contain_text("templates/letters/usaha.html:2")
    assert sight.text == before


def test_of_two_people_the_second_sees_what_the_first_saved(sight: Sight) -> None:
    sight.input("title").fill("Surat Saya")
    theirs = sight.text.replace("Surat Keterangan Usaha", "Surat Mereka")
    sight.file.write_bytes(theirs.encode())
    sight.save()
    expect(sight.page.locator("[role=alert]")).to_contain_text("diubah dari tempat lain")
    expect(sight.input("title")).to_have_value("Surat Saya")
    expect(sight.page.locator('[id="title-lain"]')).to_contain_text("Surat Mereka")
    assert sight.text == theirs
    sight.save()
    sight.expect_saved()
    assert sight.text == theirs.replace("Surat Mereka", "Surat Saya")


def test_a_file_with_mistakes_is_shown_and_mended_bit_by_bit(sight: Sight) -> None:
    sight.file.write_bytes(
        sight.text.replace("type: nik}", "type: nikk}").replace("prefix: SKU", "prefix: s").encode()
    )
    sight.page.reload()
    expect(sight.input("fields.nik.type")).to_have_value("nikk")
    expect(sight.input("fields.nik.type")).to_have_attribute("aria-invalid", "true")
    sight.input("fields.nik.type").select_option("nik")
    sight.save()
    sight.page.wait_for_url("**tersimpan=ya")
    assert "type: nik}" in sight.text
    expect(sight.input("prefix")).to_have_attribute("aria-invalid", "true")


def test_a_text_that_is_no_service_is_told_and_left_alone(sight: Sight) -> None:
    sight.file.write_bytes(b"title: [\r\n")
    sight.page.goto(f"{sight.address}/ubah/usaha")
    expect(sight.page.locator("[role=alert]")).to_contain_text("workflows/usaha.yaml")
    expect(sight.page.locator("form")).to_have_count(0)


def test_a_file_in_another_encoding_is_told_and_left_alone(sight: Sight) -> None:
    """As an old Notepad saves it: it does not vanish from the list of services."""
    sight.file.write_bytes(sight.text.replace("Ratna", "Rätna").encode("cp1252"))
    before = sight.file.read_bytes()
    sight.page.goto(f"{sight.address}/ubah")
    expect(sight.page.locator(".services")).to_contain_text("1 perlu diperbaiki")
    sight.page.get_by_role("link", name="usaha").click()
    expect(sight.page.locator("[role=alert]")).to_contain_text("UTF-8")
    expect(sight.page.locator("form")).to_have_count(0)
    assert sight.file.read_bytes() == before


def test_the_letter_is_looked_at(sight: Sight) -> None:
    sight.page.get_by_role("link", name="Lihat surat yang tersimpan").click()
    expect(sight.page.locator("figcaption").first).to_contain_text("Citra Lestari")
    picture = sight.page.locator("figure img").first
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everybody_can_read_it(sight: Sight, size: dict[str, int]) -> None:
    """axe-core finds nothing grave, also with everything unfolded and with mistakes on it; the page fits the screen."""
    sight.page.set_viewport_size(size)
    for _ in range(2):
        sight.unfold()
        assert_accessible(sight.page)
        assert sight.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        sight.input("prefix").fill("sku")
        sight.save()
        expect(sight.input("prefix")).to_have_attribute("aria-invalid", "true")
    sight.page.goto(f"{sight.address}/ubah")
    assert_accessible(sight.page)
    sight.page.goto(f"{sight.address}/ubah/usaha/surat")
    assert_accessible(sight.page)


def test_all_of_it_works_without_a_script(browser: Any, address: str, folder: Path) -> None:
    seen = opened(browser, address, folder, java_script_enabled=False)
    seen.page.goto(address)
    seen.page.locator("[name=kunci]").fill(f"{address}/#{KEY}")
    seen.page.locator("button").click()
    seen.page.get_by_role("link", name="Surat Keterangan Usaha").click()
    seen.input("title").fill("Tanpa Skrip")
    seen.input("aturan.kind").select_option("nik-tanggal")
    seen.input("aturan.a").select_option("nik")
    seen.input("aturan.b").select_option("lahir")
    seen.save()
    seen.page.get_by_text("Tersimpan.").wait_for()
    assert (
        'unless: "cocok_tanggal(nik, lahir)"' in seen.text
        or "unless: cocok_tanggal(nik, lahir)" in seen.text
    )
    seen.page.close()


def test_nobody_else_saves(address: str, folder: Path) -> None:
    """Without the cookie, without the form's token, by another host's name, or for a file that is none of the services."""
    file = folder / "workflows" / "usaha.yaml"
    before = file.read_bytes()
    url = f"{address}/ubah/usaha"
    assert requests.post(url, data={"title": "x"}, timeout=10).status_code == 403
    known = requests.Session()
    known.post(f"{address}/masuk", data={"kunci": KEY}, timeout=10)
    assert known.get(url, timeout=10).ok
    assert known.post(url, data={"title": "x"}, timeout=10).status_code == 403
    assert known.get(url, headers={"Host": "evil.example"}, timeout=10).status_code == 400
    token = {"_token": Door(KEY).token}
    for name in ("lain", "..%2Fsettings", "%2e%2e"):
        assert known.post(f"{address}/ubah/{name}", data=token, timeout=10).status_code in (
            404,
            405,
        )
    assert known.post(url, data=json.dumps(token), timeout=10).status_code == 415
    policy = known.get(url, timeout=10).headers["content-security-policy"]
    assert "unsafe" not in policy
    known.close()
    assert file.read_bytes() == before


def test_what_a_sheet_says_is_never_markup(sight: Sight, google: LocalGoogle) -> None:
    """A header of the form, and a value of the file."""
    hostile = "<img src=http://192.0.2.1/x onerror=alert(1)>"
    sheet = read_workflow(sight.text, file="workflows/usaha.yaml").sheet
    google.sheets(
        "PUT",
        f"/v4/spreadsheets/{sheet}/values/'Form Responses 1'!F1?valueInputOption=RAW",
        {"values": [[hostile]]},
    )
    sight.file.write_bytes(
        sight.text.replace("Pemohon harus berusia", f"</textarea>{hostile}").encode()
    )
    sight.page.reload()
    assert sight.page.evaluate("document.images.length") == 0
    expect(sight.input("rules.0.say")).to_have_value(f"</textarea>{hostile} 17 tahun atau lebih.")
    assert hostile in sight.input("baru.question").inner_text()
