"""The service is laid beside the form, and never over what somebody wrote."""

import re
from html import unescape
from pathlib import Path

import pytest

from sync.web.assistant.place import Place
from tests.acceptance.assistant.steps import to_service, to_sheet, told
from tests.assisting import ROOT, Assistant, LocalGoogle


def test_a_ready_made_service_is_laid_beside_the_forms_questions(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """Comments and order of the shipped file stay; what the form does not ask is left out only where it may be."""
    to_sheet(assistant, google, google.form())
    fields = assistant.fields("/layanan?pilih=domisili", "pakai")
    assert fields["q.Alamat Email"] == "Email Address"
    assert fields["q.Alamat sesuai KTP"] == "Alamat KTP"
    assert fields["q.Foto KTP"] == ""
    answer = assistant.send("/layanan", fields | {"q.NIK": ""})
    assert answer.status_code == 422
    assert "memerlukan pertanyaan “NIK”" in told(answer)
    assert not (folder / "workflows").exists()
    assert assistant.send("/layanan", fields).url.endswith("/email")
    text = (folder / "workflows" / "domisili.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Surat Keterangan Domisili: tempat tinggal pemohon sekarang")
    assert "alamat: {question: Alamat KTP, type: text, max: 300}" in text
    assert "question: Foto KTP" not in text
    again = assistant.fields("/layanan?pilih=domisili", "pakai")
    assert again["q.Alamat KTP"] == "Alamat KTP"


@pytest.mark.parametrize(
    ("name", "needed", "free"),
    [
        (
            "suket-ktp",
            {"Tanggal perekaman KTP-el", "Surat kehilangan dari kepolisian"},
            "Nomor WhatsApp",
        ),
        (
            "pindah",
            {"Anggota keluarga yang ikut pindah (Nama; NIK; hubungan)"},
            "Nomor Permohonan (bila memperbaiki)",
        ),
    ],
)
def test_what_a_rule_or_the_letter_names_may_not_be_left_out(
    assistant: Assistant,
    google: LocalGoogle,
    folder: Path,
    name: str,
    needed: set[str],
    free: str,
) -> None:
    """An applicant may leave it empty, but the form must ask: else the service would name a field that it does not have. Said
    before and after, and what to add; what no one names may be missing."""
    workflow = Place(folder, ROOT).workflow(name)
    asked = [question for question in workflow.questions if question not in {*needed, free}]
    questions = [{"title": title, "type": "text"} for title in asked if title != "Alamat Email"]
    to_sheet(assistant, google, google.form(questions=questions))
    page = assistant.get(f"/layanan?pilih={name}").text
    optional = set(map(unescape, re.findall(r">([^<>]+) <small>\(boleh tidak ada\)", page)))
    assert free in optional
    assert not needed & optional
    fields = assistant.fields(f"/layanan?pilih={name}", "pakai")
    bare = {f"q.{question}": "" for question in needed | {free}}
    answer = assistant.send("/layanan", fields | bare)
    assert answer.status_code == 422
    for question in needed:
        assert f"memerlukan pertanyaan “{question}”, karena dipakai" in told(answer)
    assert f"memerlukan pertanyaan “{free}”" not in told(answer)
    assert "tidak dikenal" not in told(answer)
    laid = {f"q.{question}": "Pekerjaan" for question in needed}
    assert assistant.send("/layanan", fields | bare | laid).url.endswith("/email")


def test_a_service_changed_on_disk_is_not_written_over(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    to_service(assistant, google, google.form())
    fields = assistant.fields("/layanan?pilih=domisili", "pakai")
    file = folder / "workflows" / "domisili.yaml"
    mine = file.read_text(encoding="utf-8").replace("prefix: SKD", "prefix: DOM")
    file.write_text(mine, encoding="utf-8")
    answer = assistant.send("/layanan", fields)
    assert answer.status_code == 422
    assert "sudah diubah dari tempat lain" in told(answer)
    assert file.read_text(encoding="utf-8") == mine


def test_one_tab_is_one_service(assistant: Assistant, google: LocalGoogle, folder: Path) -> None:
    to_service(assistant, google, google.form())
    fields = assistant.fields("/layanan?pilih=belum-menikah", "pakai")
    for name in fields:
        if name.startswith("q.") and not fields[name]:
            fields[name] = "Keperluan surat"
    answer = assistant.send("/layanan", fields)
    assert answer.status_code == 422
    assert "sudah dipakai layanan Surat Keterangan Domisili" in told(answer)
    assert [file.name for file in (folder / "workflows").iterdir()] == ["domisili.yaml"]


def test_a_tab_renamed_meanwhile_is_told(assistant: Assistant, google: LocalGoogle) -> None:
    form = google.form()
    to_sheet(assistant, google, form)
    book = f"/v4/spreadsheets/{form['spreadsheetId']}"
    first = google.sheets("GET", book)["sheets"][0]["properties"]["sheetId"]
    renamed = {"properties": {"sheetId": first, "title": "Jawaban"}, "fields": "title"}
    google.sheets("POST", f"{book}:batchUpdate", {"requests": [{"updateSheetProperties": renamed}]})
    assert "pilih tabnya sekali lagi" in told(assistant.get("/layanan?pilih=domisili"))


def test_a_service_is_made_from_the_forms_questions(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """The same draft as the verb `new` makes, with its reasons; never written over, and ready for the letter."""
    to_sheet(assistant, google, google.form())
    shown = told(assistant.get("/layanan?buat=ya"))
    assert "NIK" in shown
    answer = assistant.submit("/layanan?buat=ya", "buat", judul="Surat Keterangan Usaha")
    assert answer.ok, told(answer)
    assert "/ubah/" in answer.url  # where every guess can be changed
    assert 'href="/">Lanjut menyiapkan loket' in answer.text
    assert assistant.get("/").url.endswith("/email")
    [made] = (folder / "workflows").glob("*.yaml")
    assert "title: Surat Keterangan Usaha" in made.read_text(encoding="utf-8")
    assert "sudah dipakai layanan" in told(assistant.get("/layanan?buat=ya"))
    letter = assistant.get("/surat")
    assert "Contoh" in told(letter) or "SURAT KETERANGAN USAHA" in told(letter)


def test_an_office_that_came_with_its_own_service_goes_on_with_it(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """A file that somebody wrote by hand is as good as one made here."""
    form = google.form()
    to_service(assistant, google, form)
    file = folder / "workflows" / "domisili.yaml"
    file.rename(file.with_name("tulisan-tangan.yaml"))
    (folder / "data" / "assistant.json").unlink()
    fields = assistant.fields("/layanan", "lanjut")
    assert fields["layanan"] == "tulisan-tangan"
    assert assistant.send("/layanan", fields).url.endswith("/email")
    assert "SURAT KETERANGAN DOMISILI" in told(assistant.get("/surat"))
