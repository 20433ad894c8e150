"""`preview`: the letter as it will be printed, shown to this machine alone; nothing is sent and nothing is changed."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import time
from pathlib import Path

import pytest
import requests

from tests.acceptance.conftest import LETTER, ROOT, WORKFLOW, Office, loket
from tests.previewing import previewing

NIK = "6472010101900001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "templates" / "letters").mkdir(parents=True)
    (tmp_path / "templates" / "letters" / "uji.html").write_text(LETTER, encoding="utf-8")
    text = WORKFLOW.format(sheet="1" * 44, tab="Form Responses 1")
    (tmp_path / "workflows" / "domisili.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def everything(ledger: Path) -> list[str]:
    connection = sqlite3.connect(ledger)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_a_service_that_does_not_exist_is_told_with_the_nearest(folder: Path) -> None:
    """A slip in the name costs one look at the screen."""
    done = loket("--root", str(folder), "preview", "domisil")
    assert done.returncode == 1
    assert "yang mirip: domisili" in done.stderr


@pytest.mark.parametrize("reference", ["SKD-26-00001Q", "bukan nomor"])
def test_a_reference_of_nobody_is_told_before_the_browser_opens(
    folder: Path, reference: str
) -> None:
    """And a folder without applications gets no ledger from being looked at."""
    done = loket("--root", str(folder), "preview", "domisili", "--reference", reference)
    assert done.returncode == 1
    assert "belum ada permohonan" in done.stderr
    assert not (folder / "data" / "ledger.sqlite3").exists()


def test_a_port_that_is_taken_is_told(folder: Path) -> None:
    """With what to do, not with a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = loket("--root", str(folder), "preview", "domisili", "--port", port)
    assert done.returncode == 1
    assert "port-terpakai" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_ends_at_once_also_while_an_endless_letter_is_printed(
    folder: Path, number: int, code: int
) -> None:
    """The press would wait for its time limit; a person who pressed Ctrl-C does not."""
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    with previewing(folder) as preview:
        assert preview.ask()["letter"]
        (folder / "templates/letters/uji.html").write_text(endless, encoding="utf-8")
        with pytest.raises(requests.Timeout):
            requests.post(
                f"{preview.url}/surat", json={}, headers={"X-Loket-Key": preview.key}, timeout=1
            )
        started = time.monotonic()
        assert preview.end(number) == code
    assert time.monotonic() - started < 10  # the limit of a letter is 20


@pytest.mark.parametrize("name", [path.stem for path in (ROOT / "workflows").glob("*.yaml")])
def test_every_letter_of_ours_can_be_looked_at_before_its_sheet_is_named(
    tmp_path: Path, name: str
) -> None:
    """An office sees its letters first. The shortest, the usual and the longest answers all give one."""
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    with previewing(tmp_path, name) as preview:
        seen = [preview.ask({"answers": extent}) for extent in ("terpendek", "biasa", "terpanjang")]
    assert [look["problems"] for look in seen] == [[], [], []]
    short, usual, long = (len("".join(look["letter"]["pages"])) for look in seen)
    assert short < usual < long


def test_only_its_own_page_on_this_machine_gets_a_letter(folder: Path) -> None:
    """Another site's page, another name for this machine, another user without the key: none of them reads a letter."""
    with previewing(folder) as preview:
        asked = {"url": f"{preview.url}/surat", "json": {}, "timeout": 30}
        key = {"X-Loket-Key": preview.key}
        codes = [
            requests.post(**asked, headers=key | {"Host": "evil.example"}).status_code,
            requests.get(f"{preview.url}/", headers={"Host": "evil.example"}, timeout=30).status_code,
            requests.post(**asked).status_code,
            requests.post(**asked, headers={"X-Loket-Key": preview.key[:-1]}).status_code,
            requests.post(**asked, headers=key | {"Content-Type": "text/plain"}).status_code,
            requests.post(**asked | {"json": {"reference": "x" * 2000}}, headers=key).status_code,
            requests.post(**asked | {"json": {"answers": "semua"}}, headers=key).status_code,
            requests.get(f"{preview.url}/surat/{'A' * 22}.pdf", timeout=30).status_code,
            requests.get(f"{preview.url}/surat/{'A' * 22}/1.png", timeout=30).status_code,
            requests.get(f"{preview.url}/..%2f__init__.py", timeout=30).status_code,
        ]  # fmt: skip
        assert codes == [400, 400, 403, 403, 415, 413, 400, 404, 404, 404]
        assert requests.post(**asked, headers=key).status_code == 200


def test_messages_are_shown_to_this_page_alone_and_run_nothing(folder: Path) -> None:
    """Whatever an office, or an answer, wrote into one."""
    with previewing(folder) as preview:
        key = {"X-Loket-Key": preview.key}
        asked = {"url": f"{preview.url}/pesan", "json": {"kind": "mend"}, "timeout": 60}
        assert requests.post(**asked).status_code == 403
        assert requests.post(**{**asked, "json": {"kind": "x"}}, headers=key).status_code == 400
        seen = requests.post(**asked, headers=key).json()["message"]
        page = requests.get(f"{preview.url}/pesan/{seen['name']}.html", timeout=30)
        assert requests.get(f"{preview.url}/pesan/{'A' * 22}.html", timeout=30).status_code == 404
    assert "Citra Lestari" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; sandbox")
    assert "script-src" not in policy


def test_the_page_runs_nothing_and_fetches_nothing_but_its_own(folder: Path) -> None:
    """Text that slipped through somewhere would find no way to run or to call."""
    with previewing(folder) as preview:
        page = requests.get(preview.url, timeout=30)
        files = [requests.get(f"{preview.url}/page.{kind}", timeout=30) for kind in ("css", "js")]
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "<script>" not in page.text
    assert not [
        found for file in (page, *files) for found in re.findall(r"(?:https?:)?//\w+\.", file.text)
    ]
    assert {file.headers["Cache-Control"] for file in (page, *files)} == {"no-store"}


def test_the_pdf_is_what_the_pictures_show(folder: Path) -> None:
    """The link gives the very letter, and each page its picture."""
    with previewing(folder) as preview:
        letter = preview.ask()["letter"]
        pdf = requests.get(f"{preview.url}/surat/{letter['name']}.pdf", timeout=30)
        pictures = [
            requests.get(f"{preview.url}/surat/{letter['name']}/{n}.png", timeout=30)
            for n in (0, 1, 2)
        ]
    assert pdf.content.startswith(b"%PDF-")
    assert len(pdf.content) == letter["bytes"]
    assert [picture.status_code for picture in pictures] == [404, 200, 404]
    width, height = (int.from_bytes(pictures[1].content[at : at + 4]) for at in (16, 20))
    assert height / width == pytest.approx(297 / 210, abs=0.01)


def test_what_is_wrong_with_files_is_told_with_its_line(folder: Path) -> None:
    """Service and settings together; of settings.yaml no line is shown: somebody may have put a password there."""
    with previewing(folder) as preview:
        text = (folder / "workflows/domisili.yaml").read_text(encoding="utf-8")
        (folder / "workflows/domisili.yaml").write_text(
            text.replace("type: nik", "type: nikk"), encoding="utf-8"
        )
        (folder / "settings.yaml").write_text("mail:\n  sandi: rahasia\n", encoding="utf-8")
        problems = {one["where"]: one for one in preview.ask()["problems"]}
    line = 1 + next(n for n, one in enumerate(text.splitlines()) if "type: nik" in one)
    [here] = [one for one in problems[f"workflows/domisili.yaml:{line}"]["lines"] if one["here"]]
    assert "type: nikk" in here["text"]
    assert problems["settings.yaml:2"]["lines"] == []


def test_a_preview_of_a_code_is_none_that_a_page_takes_for_genuine(folder: Path) -> None:
    """The office sees how its letter looks with a QR; what it prints from here proves nothing."""
    from sync.core.verification import NotACode, read_code

    shown = "<p>{{ nama }} {{ nomor }} {{ verifikasi.tautan }} {{ verifikasi.alamat }}</p>"
    (folder / "templates/letters/uji.html").write_text(shown, encoding="utf-8")
    (folder / "settings.yaml").write_text(
        "verification:\n  url: https://periksa.example.org/\n", encoding="utf-8"
    )
    with previewing(folder) as preview:
        text = preview.ask()["letter"]["pages"][0]
    code = re.sub(r"\s|\ufffe", "", text).partition("#")[2].partition("periksa.")[0]
    assert len(code) > 200
    with pytest.raises(NotACode):
        read_code(code)


def test_a_real_application_is_shown_while_the_worker_runs(office: Office) -> None:
    """Its answers, its number once it has one; the ledger stays as it is, and the screen names nobody."""
    office.applies("Doni Prasetyo", NIK)
    office.run_once()
    row = office.rows()["Doni Prasetyo"]
    reference = row["No. Permohonan"]
    ledger = office.folder / "data" / "ledger.sqlite3"
    before = everything(ledger)
    asked = {"answers": "biasa", "reference": reference.lower()}
    with previewing(office.folder, "domisili", "--reference", reference) as preview:
        first = preview.ask()
        assert first["choice"]["reference"] == reference
        assert first == first | {"problems": []}
        assert everything(ledger) == before
        letter = first.pop("letter")
        assert "Doni Prasetyo" in letter["pages"][0]
        assert NIK in letter["pages"][0]
        assert f"470/0000/DKPS/{time.gmtime().tm_year}" in letter["pages"][0]
        assert "belum bernomor" in first["note"]
        assert "Doni" not in str(first)

        worker = office.start()
        try:
            office.types("Doni Prasetyo", "Keputusan", "Setujui")
            patience = time.monotonic() + 60
            while (then := preview.ask(asked))["note"]:
                assert then["problems"] == []
                assert time.monotonic() < patience
                time.sleep(0.2)
        finally:
            os.kill(worker.pid, signal.SIGTERM)
            worker.wait(timeout=30)
            assert worker.stderr is not None
            worker.stderr.close()
        assert f"470/0001/DKPS/{time.gmtime().tm_year}" in then["letter"]["pages"][0]
        [unknown] = preview.ask({"answers": "biasa", "reference": "SKD-26-99999Z"})["problems"]
        assert "nomor permohonan" in unknown["found"]
        assert preview.end() == 130
    office.run_once()
    assert len(office.mailbox()) == 1
    assert reference not in "".join(preview.said)
    assert NIK not in "".join(preview.said)
