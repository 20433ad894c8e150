"""The page for people at `/` of the sandbox, in a real browser: what a visitor does reaches the sheet, and back.

The sandbox is the real one, started in this process; officers' cells are looked at through the Sheets API.
"""

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(120)]

PATIENCE_MS = 10_000
HOSTILE = "<img src=http://192.0.2.1/x onerror=alert(1)><b>Doni</b>"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OFFICE_COLUMNS = ["No. Permohonan", "Status", "Keterangan", "Keputusan", "Catatan Petugas"]


@dataclass
class Counter:
    """A sandbox with one form, its sheet with the office's columns, and what people do to it from outside."""

    url: str
    smtp: str
    form: dict[str, Any] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, *, token: str = "") -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def officer(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        token = self.call("GET", "/_sandbox/token?account=officer")["access_token"]
        return self.call(
            method, f"/v4/spreadsheets/{self.form['spreadsheetId']}{path}", body, token=token
        )

    def rows(self) -> list[list[str]]:
        tab = quote(f"'{self.form['tab']}'")
        return list(self.officer("GET", f"/values/{tab}").get("values", []))

    def column(self, header: str) -> list[str]:
        headers, *rows = self.rows()
        place = headers.index(header)
        return [row[place] if place < len(row) else "" for row in rows]

    def write(self, cell: str, values: list[list[str]]) -> None:
        place = quote(f"'{self.form['tab']}'!{cell}")
        self.officer("PUT", f"/values/{place}?valueInputOption=RAW", {"values": values})

    def apply(self, name: str, purpose: str = "Melamar pekerjaan") -> None:
        self.call(
            "POST",
            f"/_sandbox/forms/{self.form['formId']}/responses",
            {
                "answers": {"Nama Lengkap": name, "Keperluan surat": purpose},
                "email": "citra@example.com",
            },
        )

    def mail(self, subject: str, *, html: str = "") -> None:
        message = EmailMessage()
        message["From"], message["To"] = "loket@dukcapil.example.com", "citra@example.com"
        message["Subject"] = subject
        message.set_content("Yth. Citra,\n<b>Surat Anda terlampir.</b>")
        if html:
            message.add_alternative(html, subtype="html")
        message.add_attachment(PDF, maintype="application", subtype="pdf", filename="SKD Citra.pdf")
        host, port = self.smtp.split(":")
        with smtplib.SMTP(host, int(port), timeout=10) as connection:
            connection.send_message(message)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    from sync.sandbox import server

    running = server.start(tmp_path)
    try:
        made = Counter(running.url, running.smtp)
        made.form = made.call(
            "POST",
            "/_sandbox/forms",
            {
                "title": "Surat Keterangan Domisili",
                "questions": [
                    {"title": "Nama Lengkap", "type": "text", "required": True},
                    {"title": "Agama", "type": "dropdown", "required": False, "options": ["Islam", "Hindu"]},
                    {"title": "Keperluan surat", "type": "paragraph", "required": True},
                ],
                "collect_email": False,
                "share_with": ["bu.ratna@dukcapil.example.com"],
            },
        )  # fmt: skip
        made.write("E1", [OFFICE_COLUMNS])
        yield made
    finally:
        running.stop()


class Visit:
    """One visitor's page, and everything it should not have done."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))


@pytest.fixture
def visit(browser: Any, counter: Counter) -> Iterator[Visit]:
    """Opens the page at the size of an office PC; at the end nothing may have gone wrong or gone outside."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    opened = Visit(context.new_page())
    opened.page.goto(counter.url + "/")
    yield opened
    context.close()
    assert opened.errors == []
    assert opened.hosts == {"127.0.0.1"}


def _row(page: Any, text: str) -> Any:
    return page.locator("#desk-grid tbody tr").filter(has_text=text)


def _cell(page: Any, text: str, role: str) -> Any:
    return _row(page, text).locator(f"td[data-role='{role}']")


def test_a_citizens_answers_become_a_row_on_the_desk(counter: Counter, visit: Visit) -> None:
    """The form on the page is the form of the sheet: what Citra sends, Bu Ratna sees without reloading."""
    page = visit.page
    page.get_by_label("Nama Lengkap").fill("Citra Ayu Lestari")
    page.get_by_label("Keperluan surat").fill("Melamar pekerjaan")
    page.get_by_role("button", name="Kirim").click()

    expect(page.get_by_text("Jawaban terkirim")).to_be_visible(timeout=PATIENCE_MS)
    expect(_row(page, "Citra Ayu Lestari")).to_have_count(1, timeout=PATIENCE_MS)
    assert counter.column("Nama Lengkap") == ["Citra Ayu Lestari"]
    assert counter.column("Keperluan surat") == ["Melamar pekerjaan"]


def test_the_example_fills_every_required_question(counter: Counter, visit: Visit) -> None:
    """A visitor with no time for inventing an applicant gets one by a button."""
    page = visit.page
    page.get_by_role("button", name="Isi contoh").click()
    page.get_by_role("button", name="Kirim").click()

    expect(page.get_by_text("Jawaban terkirim")).to_be_visible(timeout=PATIENCE_MS)
    assert all(counter.column("Nama Lengkap") + counter.column("Keperluan surat"))


def test_an_empty_required_question_is_asked_again(counter: Counter, visit: Visit) -> None:
    """Nothing is sent, and the cursor stands where something is missing."""
    page = visit.page
    page.get_by_label("Keperluan surat").fill("Melamar pekerjaan")
    page.get_by_role("button", name="Kirim").click()

    expect(page.get_by_label("Nama Lengkap")).to_be_focused()
    expect(page.get_by_text("Pertanyaan ini wajib diisi.").first).to_be_visible()
    assert len(counter.rows()) == 1


def test_an_answer_can_be_changed_after_sending(counter: Counter, visit: Visit) -> None:
    """As in Google Forms, an edited response changes its row and adds none."""
    page = visit.page
    page.get_by_role("button", name="Isi contoh").click()
    page.get_by_role("button", name="Kirim").click()
    page.get_by_role("button", name="Ubah jawaban").click()
    page.get_by_label("Keperluan surat").fill("Membuka rekening bank")
    page.get_by_role("button", name="Simpan perubahan").click()

    expect(page.get_by_text("Perubahan tersimpan")).to_be_visible(timeout=PATIENCE_MS)
    assert counter.column("Keperluan surat") == ["Membuka rekening bank"]


def test_a_decision_chosen_on_the_desk_is_saved_in_the_sheet(
    counter: Counter, visit: Visit
) -> None:
    """Bu Ratna's choice goes through the Sheets API, like hers in the real sheet, into Citra's row alone."""
    counter.apply("Doni")
    counter.apply("Citra")
    _cell(visit.page, "Citra", "decision").locator("select").select_option("Setujui")

    expect(visit.page.get_by_text("Tersimpan di lembar.")).to_be_visible(timeout=PATIENCE_MS)
    assert counter.column("Keputusan") == ["", "Setujui"]


def test_a_note_is_written_by_keyboard_alone(counter: Counter, visit: Visit) -> None:
    """Officers type all day: arrows move, Enter edits and saves, Escape leaves things as they were."""
    counter.apply("Citra")
    page = visit.page
    _cell(page, "Citra", "decision").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("Alamat belum lengkap.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tersimpan di lembar.")).to_be_visible(timeout=PATIENCE_MS)
    page.keyboard.press("Enter")
    page.keyboard.type(" Salah ketik")
    page.keyboard.press("Escape")

    expect(_cell(page, "Citra", "officer_note")).to_have_text("Alamat belum lengkap.")
    assert counter.column("Catatan Petugas") == ["Alamat belum lengkap."]


def test_a_note_lands_in_its_row_although_the_sheet_moved(counter: Counter, visit: Visit) -> None:
    """Rows move while an officer types; a note for Citra must not reach Doni."""
    counter.apply("Citra")
    counter.apply("Doni")
    page = visit.page
    _cell(page, "Citra", "officer_note").dblclick()
    page.keyboard.type("Untuk Citra")
    (sheet,) = counter.officer("GET", "?fields=sheets.properties(sheetId)")["sheets"]
    there = {"sheetId": sheet["properties"]["sheetId"], "dimension": "ROWS"}
    counter.officer(
        "POST",
        ":batchUpdate",
        {"requests": [{"insertDimension": {"range": {**there, "startIndex": 1, "endIndex": 2}}}]},
    )
    page.keyboard.press("Enter")

    expect(page.get_by_text("Tersimpan di lembar.")).to_be_visible(timeout=PATIENCE_MS)
    assert dict(zip(counter.column("Nama Lengkap"), counter.column("Catatan Petugas"), strict=True)) == {
        "": "", "Citra": "Untuk Citra", "Doni": "",
    }  # fmt: skip


def test_a_cell_being_edited_is_left_alone_while_others_change(
    counter: Counter, visit: Visit
) -> None:
    """The page looks every moment; half a sentence of the officer's must survive that."""
    counter.apply("Citra")
    page = visit.page
    _cell(page, "Citra", "officer_note").dblclick()
    page.keyboard.type("Setengah kali")
    counter.write("F2", [["Menunggu petugas", "", "", "Dari petugas lain"]])

    expect(_cell(page, "Citra", "status")).to_have_text("Menunggu petugas", timeout=PATIENCE_MS)
    expect(page.locator("td.editing textarea")).to_have_value("Setengah kali")


def test_a_number_with_a_leading_zero_is_kept_as_text(counter: Counter, visit: Visit) -> None:
    """Sheets would make 812 of it; the page types the apostrophe that a careful officer would."""
    counter.apply("Citra", "Melamar")
    page = visit.page
    _row(page, "Citra").locator("td").filter(has_text="Melamar").dblclick()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("081255012301")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Tersimpan di lembar.")).to_be_visible(timeout=PATIENCE_MS)
    assert counter.column("Keperluan surat") == ["081255012301"]


def test_a_click_on_a_header_sorts_the_sheet_itself(counter: Counter, visit: Visit) -> None:
    """Sorting is the officers' daily act that must never misdirect anything; the page does it for real."""
    counter.apply("Yohanes")
    counter.apply("Citra")
    page = visit.page
    expect(_row(page, "Citra")).to_have_count(1, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Nama Lengkap").click()

    expect(page.locator("#desk-grid tbody tr").first).to_contain_text("Citra", timeout=PATIENCE_MS)
    assert counter.column("Nama Lengkap") == ["Citra", "Yohanes"]


def test_a_message_arrives_and_its_letter_opens(counter: Counter, visit: Visit) -> None:
    """What the mail server was handed is in the mailbox within moments, with the PDF byte for byte."""
    page = visit.page
    expect(page.get_by_text("Belum ada surat.")).to_be_visible()
    counter.mail("Surat Anda sudah selesai")
    page.get_by_role("button", name="Surat Anda sudah selesai").click()

    expect(page.locator("#mail-text")).to_contain_text("<b>Surat Anda terlampir.</b>")
    link = page.get_by_role("link", name="SKD Citra.pdf")
    answer = page.request.get(counter.url + link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.body() == PDF


def test_hostile_text_is_shown_as_text(counter: Counter, visit: Visit) -> None:
    """Doni's answer must neither run in Bu Ratna's browser nor call home."""
    counter.apply(HOSTILE)
    page = visit.page

    expect(_row(page, HOSTILE)).to_have_count(1, timeout=PATIENCE_MS)
    assert page.locator("#desk-grid img, #desk-grid b").count() == 0


def test_a_letters_markup_is_shown_without_its_scripts(counter: Counter, visit: Visit) -> None:
    """The HTML of a message is drawn in a frame that runs nothing and belongs to nobody."""
    counter.mail("Surat HTML", html="<p style='color:teal'>Isi <b>surat</b></p>")
    page = visit.page
    page.get_by_role("button", name="Surat HTML").click()

    frame = page.frame_locator("#mail-html")
    expect(frame.locator("b")).to_have_text("surat", timeout=PATIENCE_MS)
    assert "allow-scripts" not in page.locator("#mail-html").get_attribute("sandbox")
    answer = page.request.get(counter.url + page.locator("#mail-html").get_attribute("src"))
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_link_to_the_form_opens_it_with_the_answers_filled_in(
    counter: Counter, visit: Visit
) -> None:
    """Whoever must mend an answer gets such a link by mail; only the form is shown, as at Google."""
    token = counter.call("GET", "/_sandbox/token?account=officer")["access_token"]
    form = counter.call("GET", f"/v1/forms/{counter.form['formId']}", token=token)
    question = form["items"][0]["questionItem"]["question"]["questionId"]
    link = f"/forms/d/e/{form['formId']}/viewform?usp=pp_url&entry.{int(question, 16)}=Citra"
    page = visit.page
    page.goto(counter.url + link)

    expect(page.get_by_label("Nama Lengkap")).to_have_value("Citra", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", level=2)).to_have_text("Formulir warga")


def test_a_link_in_a_letter_leads_to_this_counter(counter: Counter, visit: Visit) -> None:
    """The sandbox stands in for Google: a visitor who follows a link must not end at the real one."""
    address = "https://docs.google.com/forms/d/e/abc/viewform?entry.1=x"
    counter.mail("Mohon perbaikan", html=f"<a href='{address}'>Perbaiki</a>")
    page = visit.page
    page.get_by_role("button", name="Mohon perbaikan").click()

    link = page.frame_locator("#mail-html").get_by_role("link", name="Perbaiki")
    expect(link).to_have_attribute(
        "href", counter.url + "/forms/d/e/abc/viewform?entry.1=x", timeout=PATIENCE_MS
    )


def test_on_a_phone_one_room_is_shown_at_a_time(counter: Counter, visit: Visit) -> None:
    """390 pixels hold one room; the others are one touch away, and nothing sticks out at the side."""
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    for tab, title in [("Formulir", "Formulir warga"), ("Meja", "Meja petugas"), ("Kotak surat", "Kotak surat")]:  # fmt: skip
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("heading", level=2)).to_have_text(title)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", ["/_pages/..%2f__init__.py", "/_pages/%2e%2e", "/_pages/lain.js"])
def test_only_the_pages_own_files_are_served(counter: Counter, path: str) -> None:
    """A path that climbs out of the folder is simply not there."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        counter.call("GET", path)
    refused.value.close()

    assert refused.value.code == 404


def test_the_page_allows_no_script_but_its_own(counter: Counter) -> None:
    """Even text that slipped through somewhere would find no way to run."""
    with urllib.request.urlopen(counter.url + "/", timeout=10) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = answer.read().decode()

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in html
