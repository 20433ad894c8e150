"""The letter, the trial and the start: nothing starts that would not run."""

import email
import email.policy
import re
from pathlib import Path

from sync.web.preview.pictures import texts_of
from tests.acceptance.assistant.steps import to_google, to_mail, told
from tests.assisting import OFFICER, WORKER, Assistant, LocalGoogle


def test_the_letter_shows_the_newest_answers(assistant: Assistant, google: LocalGoogle) -> None:
    """Markup in them is text; without answers samples are shown, and what to do."""
    form = google.form()
    to_mail(assistant, google, form)
    empty = assistant.get("/surat")
    assert "belum memuat jawaban" in told(empty)
    google.applies(form)
    google.applies(form, **{"Nama Lengkap": "Ayu <i>Lestari</i>"})
    real = assistant.get("/surat")
    assert "Ayu &lt;i&gt;Lestari&lt;/i&gt;" in real.text
    picture, pdf = (
        re.findall(rf"/cetakan/[\w-]+{end}", real.text)[0] for end in (r"/1\.png", r"\.pdf")
    )
    assert assistant.get(picture).content.startswith(b"\x89PNG")
    assert assistant.get(pdf).content.startswith(b"%PDF-")
    assert assistant.get("/cetakan/tebakan.pdf").status_code == 404


def test_answers_that_would_be_refused_are_told(assistant: Assistant, google: LocalGoogle) -> None:
    """The letter shows samples in their place."""
    form = google.form()
    to_mail(assistant, google, form)
    google.applies(form, NIK="123")
    assert "harus 16 angka" in told(assistant.get("/surat"))


def test_a_trial_letter_takes_no_number_and_leaves_no_trace(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """Marked in subject, file name and number, and across the page; the ledger is not even made."""
    to_mail(assistant, google, google.form())
    answer = assistant.submit("/uji-coba", "kirim", alamat="saya@kantor.example.com")
    assert answer.ok, told(answer)
    [sent] = google.mailbox()
    assert sent["subject"] == "[CONTOH] Surat Keterangan Domisili"
    [attached] = sent["attachments"]
    assert attached["file_name"].startswith("CONTOH ")
    kept = next((google.keys / "mailbox").glob("*saya*"))
    message = email.message_from_bytes(kept.read_bytes(), policy=email.policy.default)
    pdf = next(iter(message.iter_attachments())).get_content()
    lines = texts_of(pdf)[0].split("\n")
    assert "CONTOH" in lines  # across the page
    assert any(line.startswith("Nomor: CONTOH 470/0000/") for line in lines)
    assert not (folder / "data" / "ledger.sqlite3").exists()


def test_a_trial_to_no_address_is_told(assistant: Assistant, google: LocalGoogle) -> None:
    to_mail(assistant, google, google.form())
    answer = assistant.submit("/uji-coba", "kirim", alamat="bukan alamat")
    assert answer.status_code == 422
    assert google.mailbox() == []


def test_nothing_starts_that_check_would_refuse(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """The same words as the verb `check`, on the page; mended, it starts and stops."""
    assert "selesaikan langkah Layanan dahulu" in told(assistant.submit("/mulai", "mulai"))
    to_mail(assistant, google, google.form())
    file = folder / "workflows" / "domisili.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("prefix: SKD", "prefix: skd1"), encoding="utf-8")
    answer = assistant.submit("/mulai", "mulai")
    assert answer.status_code == 422
    assert "2 sampai 5 huruf" in told(answer)
    file.write_text(good, encoding="utf-8")
    (folder / "workflows" / "pindah.yaml").write_text(
        good.replace(good.splitlines()[4], "sheet: ISI-DENGAN-TAUTAN-SHEET"), encoding="utf-8"
    )
    answer = assistant.submit("/mulai", "mulai")
    assert "Loket berjalan" in told(answer), told(answer)
    assert (folder / "workflows" / "contoh" / "pindah.yaml").exists()
    assert "Jalankan loket" in told(assistant.submit("/mulai", "henti"))


def test_a_change_while_loket_runs_is_used_after_beginning_anew(
    assistant: Assistant, google: LocalGoogle
) -> None:
    """A worker reads settings and services when it begins: until then every page says what it does not know yet."""
    to_mail(assistant, google, google.form())
    first = told(assistant.submit("/mulai", "mulai"))
    assert "belum memakai" not in told(assistant.get("/kantor"))
    assert assistant.submit("/ubah/domisili", title="Surat Domisili").url.endswith("tersimpan=ya")
    for path in ("/kantor", "/ubah/domisili"):
        assert "belum memakai perubahan terakhir" in told(assistant.get(path))
    assert "sudah diubah sesudah loket dimulai" in told(assistant.get("/mulai"))
    again = told(assistant.submit("/mulai", "ulang"))
    assert "Loket berjalan" in again
    assert "sudah diubah" not in again
    process = re.compile(r"proses (\d+)")
    assert process.findall(first) != process.findall(again)
    assistant.submit("/mulai", "henti")


def test_everything_is_examined_with_the_remedies_as_steps(
    assistant: Assistant, google: LocalGoogle
) -> None:
    """`doctor`, for who has no terminal; what only starting would mend is not called a problem before."""
    form = google.form(share_with=(OFFICER,))
    share = f"/drive/v3/files/{form['spreadsheetId']}/permissions"
    given = google.sheets("POST", share, {"type": "user", "role": "writer", "emailAddress": WORKER})
    to_mail(assistant, google, form)
    found = told(assistant.submit("/mulai", "periksa"))
    assert "Hasil pemeriksaan" in found
    assert "kolom Loket belum dibuat" not in found
    google.sheets("PATCH", f"{share}/{given['id']}", {"role": "reader"})
    answer = assistant.submit("/mulai", "periksa")
    problem = r'class="problem"><b>[^<]*hanya dapat melihat[^<]*</b>\s*<ol class="how"><li>'
    assert re.search(problem, answer.text)


def test_a_mistake_of_ours_is_told_as_one(
    assistant: Assistant, folder: Path, google: LocalGoogle
) -> None:
    """The other steps go on, and the log says what it was."""
    to_google(assistant, google)
    (folder / "data" / "assistant.json").unlink()
    (folder / "data" / "assistant.json").mkdir()  # no one would do this
    answer = assistant.submit("/selamat-datang")
    assert answer.status_code in (200, 422)
    assert "assistant.json" in told(answer) or "kesalahan program" in told(answer)
    assert assistant.get("/kantor").ok
