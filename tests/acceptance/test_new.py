"""`new`: a service from a sheet and its form, by the real program against the local Google."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.core.mendable import Mendable
from sync.core.workflow.draft import FormSeen, draft_of
from sync.core.workflow.read import read_workflow
from sync.google.first_look import TabSeen
from tests.acceptance.conftest import Office, an_office, loket

QUESTIONS = [
    {"title": "Nama Lengkap", "type": "text", "required": True},
    {"title": "NIK (16 digit)", "type": "text", "required": True},
    {"title": "Tempat Lahir", "type": "text", "required": True},
    {"title": "Tanggal Lahir", "type": "date", "required": True},
    {"title": "Jenis Kelamin", "type": "choice", "options": ["Laki-laki", "Perempuan"]},
    {"title": "Berkas yang dibawa", "type": "checkbox", "options": ["KTP", "KK", "Akta"]},
    {"title": "Alamat {{ 7*7 }} <b>usaha</b> #1", "type": "paragraph", "required": True},
    {"title": "Mulai usaha (jika ada): tanggal", "type": "text"},
    {"title": "Jam buka", "type": "time"},
    {"title": "Foto tempat usaha", "type": "file", "required": True},
    {"title": "Nomor WhatsApp", "type": "text"},
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("new")) as office:
        (office.folder / "workflows" / "domisili.yaml").unlink()
        yield office


@pytest.fixture(autouse=True)
def _empty(office: Office) -> Iterator[None]:
    yield
    for folder in ("workflows", "templates/letters"):
        for file in (office.folder / folder).glob("*"):
            if file.name != "uji.html":
                file.unlink()


def a_form(office: Office, **more: Any) -> dict[str, Any]:
    body = {
        "title": "Formulir Surat Keterangan Usaha",
        "questions": QUESTIONS,
        "collect_email": True,
    }
    answer = requests.post(f"{office.url}/_sandbox/forms", json=body | more, timeout=30)
    answer.raise_for_status()
    return dict(answer.json())


def links(form: dict[str, Any], *, with_form: bool = True) -> list[str]:
    sheet = f"https://docs.google.com/spreadsheets/d/{form['spreadsheetId']}/edit#gid=0"
    editor = f"https://docs.google.com/forms/d/{form['formId']}/edit"
    return ["--sheet", sheet, *(["--form", editor] if with_form else [])]


def new(office: Office, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = loket("--root", str(office.folder), "new", *arguments, "--json")
    assert done.returncode == code, done.stderr
    return dict(json.loads(done.stdout)) if code == 0 else {"said": done.stderr}


def test_check_finds_nothing_wrong_with_what_new_wrote(office: Office) -> None:
    """The letter too, which the office can look at and a counter can print."""
    made = new(office, *links(a_form(office)))
    assert made["workflow"] == "usaha"
    assert made["prefix"] == "SKU"
    done = loket("--root", str(office.folder), "check", "--json")
    assert json.loads(done.stdout) == {"workflows": ["usaha"], "problems": []}
    file = office.folder / "workflows" / "usaha.yaml"
    text = file.read_text(encoding="utf-8")
    workflow = read_workflow(text, file="workflows/usaha.yaml")
    types = {field.question: (field.type, field.required) for field in workflow.fields.values()}
    assert types == {
        "Nama Lengkap": ("text", True),
        "NIK (16 digit)": ("nik", True),
        "Tempat Lahir": ("text", True),
        "Tanggal Lahir": ("date", True),
        "Jenis Kelamin": ("choice", False),
        "Berkas yang dibawa": ("choices", False),
        "Alamat {{ 7*7 }} <b>usaha</b> #1": ("paragraph", True),
        "Mulai usaha (jika ada): tanggal": ("text", False),
        "Jam buka": ("time", False),
        "Foto tempat usaha": ("file", True),
    }
    assert workflow.fields["jenis_kelamin"].options == ("Laki-laki", "Perempuan")
    assert workflow.applicant.email == "Email Address"
    assert workflow.applicant.phone == "Nomor WhatsApp"
    assert "# pertanyaan tanggal" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o644 or sys.platform == "win32"
    letter = (office.folder / "templates" / "letters" / "usaha.html").read_text(encoding="utf-8")
    assert "7*7" in letter
    assert "{{ 7*7" not in letter
    assert "<b>usaha</b>" not in letter


def test_a_citizen_gets_a_letter_from_the_new_service(office: Office) -> None:
    """From the form to the mailbox, with nothing changed by hand."""
    form = a_form(office, title="Surat Izin", questions=QUESTIONS[:4])
    new(office, *links(form))
    office.form.update(form)
    answers = {
        "Nama Lengkap": "Citra Lestari",
        "NIK (16 digit)": "6472014101900001",
        "Tempat Lahir": "Samarinda",
        "Tanggal Lahir": "1990-01-01",
    }
    url = f"{office.url}/_sandbox/forms/{form['formId']}/responses"
    body = {"answers": answers, "email": "citra@example.org"}
    requests.post(url, json=body, timeout=30).raise_for_status()
    office.run_once()
    office.types("Citra Lestari", "Keputusan", "Setujui")
    office.run_once()
    office.run_once()
    assert office.rows()["Citra Lestari"]["Status"] == "Selesai"
    assert any("citra@example.org" in str(message) for message in office.mailbox())


def test_a_dry_run_writes_nothing_and_shows_the_file(office: Office) -> None:
    form = a_form(office)
    made = new(office, *links(form), "--dry-run")
    assert made["written"] == []
    done = loket("--root", str(office.folder), "new", *links(form), "--dry-run")
    assert made["text"] in done.stdout
    assert list((office.folder / "workflows").iterdir()) == []
    assert not (office.folder / "templates" / "letters" / "usaha.html").exists()


def test_without_the_form_headers_are_all_there_is(office: Office) -> None:
    made = new(
        office, "usaha-kecil", *links(a_form(office), with_form=False), "--title", "Usaha Kecil"
    )
    types = {field["question"]: field["type"] for field in made["fields"]}
    assert types["NIK (16 digit)"] == "nik"
    assert types["Jenis Kelamin"] == types["Jam buka"] == "text"
    assert made["title"] == "Usaha Kecil"
    assert "form:" not in made["text"].replace("# form:", "")


def test_a_letter_that_is_there_is_used_when_its_names_fit(office: Office) -> None:
    questions = [{"title": title, "type": "text"} for title in ("Nama Lengkap", "NIK", "Alamat")]
    form = a_form(office, questions=questions)
    made = new(office, *links(form), "--letter", "uji")
    assert made["template"] == "letters/uji.html"
    assert len(made["written"]) == 1
    said = new(office, "lain", *links(a_form(office)), "--letter", "domisili", code=1)["said"]
    assert "domisili.html" in said
    assert not (office.folder / "workflows" / "lain.yaml").exists()
    said = new(office, "lain", *links(a_form(office)), "--letter", "x", code=1)["said"]
    assert "surat-tidak-ada" in said


def test_nothing_is_overwritten(office: Office) -> None:
    """Neither by the same name, nor by a second service on one tab; both files stay as they were."""
    form = a_form(office)
    new(office, *links(form))
    file = office.folder / "workflows" / "usaha.yaml"
    file.write_text(before := file.read_text(encoding="utf-8") + "# milik kami\n", encoding="utf-8")
    assert "nama-terpakai" in new(office, "usaha", *links(a_form(office)), code=1)["said"]
    assert "tab-kembar" in new(office, "lain", *links(form), code=1)["said"]
    assert file.read_text(encoding="utf-8") == before
    again = new(office, *links(a_form(office)))
    assert (again["workflow"], again["template"]) == ("usaha-2", "letters/usaha-2.html")
    assert again["prefix"] != "SKU"


@pytest.mark.parametrize("name", ["Usaha", "../usaha", "a b", "x" * 41])
def test_a_name_that_is_no_file_name_is_refused(office: Office, name: str) -> None:
    assert "nama-layanan" in new(office, name, *links(a_form(office)), code=1)["said"]


def test_a_form_that_asks_no_email_is_told_how_to(office: Office) -> None:
    said = new(office, *links(a_form(office, collect_email=False)), code=1)["said"]
    assert "formulir-tanpa-email" in said
    assert "Kumpulkan alamat email" in said


def test_a_sheet_or_form_that_is_not_shared_is_told_with_the_account(office: Office) -> None:
    hidden = a_form(office, share_with=["lain@example.org"])
    for arguments in (
        links(hidden, with_form=False),
        [*links(a_form(office))[:2], *links(hidden)[2:]],
    ):
        said = new(office, *arguments, code=1)["said"]
        assert "gserviceaccount.com" in said
    assert list((office.folder / "workflows").iterdir()) == []


def test_an_api_that_is_off_is_switched_on_and_not_shared_once_more(office: Office) -> None:
    """One of the four was forgotten: the form was shared long ago."""
    rule = {"api": "forms.forms.get", "do": "403-disabled"}
    faults = f"{office.url}/_sandbox/faults"
    requests.put(faults, json={"rules": [rule]}, timeout=30).raise_for_status()
    try:
        said = new(office, *links(a_form(office)), code=1)["said"]
    finally:
        requests.put(faults, json={"rules": []}, timeout=30).raise_for_status()
    assert "aktifkan Google Sheets API, Google Drive API, Google Forms API" in said
    assert "kolaborator" not in said


def test_a_form_of_another_sheet_is_told(office: Office) -> None:
    arguments = [*links(a_form(office))[:2], *links(a_form(office))[2:]]
    assert "formulir-lain" in new(office, *arguments, code=1)["said"]


def test_doubled_headers_and_tabs_alike_are_told(office: Office) -> None:
    form = a_form(office)
    office.form.update(form)
    book = office.tab.spreadsheet
    office.tab.update_cell(1, 4, "Nama lengkap:")
    said = new(office, *links(form), code=1)["said"]
    assert "kolom-ganda" in said
    assert "C, D" in said
    book.duplicate_sheet(office.tab.id, new_sheet_name="Salinan")
    said = new(office, *links(form, with_form=False), code=1)["said"]
    assert "tab-tidak-pasti" in said
    assert "--tab" in said
    assert "tab-tidak-ditemukan" in new(office, *links(form), "--tab", "Lama", code=1)["said"]


def test_a_form_that_is_closed_or_collects_email_since_a_moment_ago_is_told() -> None:
    """The local Google knows neither, so this is what Google's would show."""
    tab = TabSeen("Form Responses 1", ("Timestamp", "Email Address", "Nama"), 0)
    closed = FormSeen("f", "Usaha", (), True, accepting=False, sheet="s")
    with pytest.raises(Mendable) as told:
        draft_of(tab, closed, sheet="s", sheet_title="Usaha", own=())
    assert [problem.name for problem in told.value.problems] == ["formulir-ditutup"]
    late = TabSeen("Form Responses 1", ("Timestamp", "Nama"), 0)
    with pytest.raises(Mendable) as told:
        draft_of(late, replace(closed, accepting=True), sheet="s", sheet_title="Usaha", own=())
    assert [problem.name for problem in told.value.problems] == ["kolom-email-belum-ada"]


def test_a_wrong_link_is_told_before_google_is_asked(office: Office) -> None:
    said = new(office, "--sheet", "https://docs.google.com/forms/d/e/1FAIpQL/viewform", code=1)[
        "said"
    ]
    assert "tautan formulir" in said
    assert "pilihan-kurang" in new(office, code=1)["said"]  # nobody to ask: no terminal


def test_a_disk_that_takes_nothing_leaves_nothing_half_written(office: Office) -> None:
    """The letter that was written first goes again."""
    workflows = office.folder / "workflows"
    workflows.rmdir()
    workflows.write_text("bukan folder")
    try:
        said = new(office, *links(a_form(office)), code=1)["said"]
    finally:
        workflows.unlink()
        workflows.mkdir()
    assert "berkas-tidak-tersimpan" in said
    letters = office.folder / "templates" / "letters"
    assert [file.name for file in letters.iterdir()] == ["uji.html"]


def test_questions_in_the_terminal(office: Office) -> None:
    """Where there is a terminal, what is missing is asked there: the sheet, the form, the title."""
    pty = pytest.importorskip("pty")
    form = a_form(office)
    sheet, editor = links(form)[1], links(form)[3]
    main, side = pty.openpty()
    command = [sys.executable, "-m", "sync", "--root", str(office.folder), "new"]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        command, cwd=root, stdin=side, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    os.close(side)
    os.write(main, f"{sheet}\n{editor}\nUsaha Mikro\n".encode())
    said = process.communicate(timeout=60)[1].decode()
    os.close(main)
    assert process.returncode == 0, said
    assert "Tautan sheet jawaban formulir" in said
    text = (office.folder / "workflows" / "usaha.yaml").read_text(encoding="utf-8")
    assert "title: Usaha Mikro" in text
