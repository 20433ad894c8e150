"""Every wrong turn in the assistant is answered with what to do, and leaves nothing half written.

The real program beside the local Google, asked as a browser without scripts asks it.
"""

import email
import email.policy
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.web.preview.pictures import texts_of
from tests.assisting import (
    OFFICER,
    ROOT,
    SMTP,
    WORKER,
    Assistant,
    ConsentPage,
    LocalGoogle,
    assisting,
    consent_page,
    fields_in,
    local_google,
    office_beside,
)

OFFICE = {
    "office.government": "Pemerintah Kabupaten Berau",
    "office.city": "Tanjung Redeb",
    "office.email": SMTP[0],
    "office.head.name": "Hj. Siti Aminah, S.Sos.",
}


@pytest.fixture(scope="module")
def shared_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGoogle]:
    with local_google(tmp_path_factory.mktemp("google")) as google:
        yield google


@pytest.fixture
def google(shared_google: LocalGoogle) -> LocalGoogle:
    shared_google.control("POST", "/reset", {})
    return shared_google


@pytest.fixture
def folder(google: LocalGoogle, tmp_path: Path) -> Path:
    return office_beside(google, tmp_path / "kantor kami")


@pytest.fixture
def assistant(folder: Path) -> Iterator[Assistant]:
    with assisting(folder) as running:
        yield running.enter()


def told(answer: requests.Response) -> str:
    """What the page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def files(folder: Path) -> dict[str, bytes]:
    """What an office would call its own, and the secrets; not locks and logs."""
    kept = [*folder.glob("*.yaml"), *folder.rglob("workflows/*"), *folder.glob("data/keys/*")]
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in kept
        if file.is_file() and file.name != "asisten.txt"
    }


def to_google(assistant: Assistant, google: LocalGoogle) -> None:
    """Up to Google access, by a service account: the quickest of the three ways."""
    assistant.submit("/selamat-datang")
    assistant.submit("/kantor", **OFFICE)
    answer = assistant.submit("/google?cara=layanan", "kunci", berkas=google.key("worker.json"))
    assert answer.ok, told(answer)


def look_at(assistant: Assistant, link: str, form: str = "") -> requests.Response:
    return assistant.submit("/sheet", "lihat", tautan=link, formulir=form)


def to_sheet(assistant: Assistant, google: LocalGoogle, form: dict[str, Any]) -> None:
    to_google(assistant, google)
    seen = look_at(assistant, form["spreadsheetUrl"])
    answer = assistant.submit(seen.url.removeprefix(assistant.url), "pakai")
    assert answer.url.endswith("/layanan"), told(answer)


def to_service(assistant: Assistant, google: LocalGoogle, form: dict[str, Any]) -> None:
    to_sheet(assistant, google, form)
    answer = assistant.submit("/layanan?pilih=domisili", "pakai")
    assert answer.url.endswith("/email"), told(answer)


def to_mail(assistant: Assistant, google: LocalGoogle, form: dict[str, Any]) -> None:
    to_service(assistant, google, form)
    answer = sign_in_to_mail(assistant, google, SMTP[1])
    assert answer.url.endswith("/surat"), told(answer)


def sign_in_to_mail(assistant: Assistant, google: LocalGoogle, password: str) -> requests.Response:
    host, port = google.smtp.split(":")
    return assistant.submit(
        "/email",
        "smtp",
        **{
            "mail.host": host,
            "mail.port": port,
            "mail.security": "none",
            "mail.user": SMTP[0],
            "password": password,
        },
    )


# The door


def test_nobody_without_the_key_gets_anything(assistant: Assistant) -> None:
    """Not a page, not a picture of a letter, and no form is taken, whatever cookie or host is claimed."""
    stranger = requests.Session()
    for path in ("/", "/kantor", "/google", "/gambar/alur.svg", "/cetakan/x.pdf"):
        assert stranger.get(assistant.url + path, timeout=30).status_code == 403
    assert (
        stranger.post(f"{assistant.url}/masuk", data={"kunci": "tebakan"}, timeout=30).status_code
        == 403
    )
    name = next(iter(assistant.session.cookies.keys()))
    stranger.cookies.set(name, "tebakan")
    assert stranger.post(f"{assistant.url}/kantor", data=OFFICE, timeout=30).status_code == 403
    elsewhere = {"Host": "jahat.example"}
    assert (
        assistant.session.get(assistant.url + "/", headers=elsewhere, timeout=30).status_code == 400
    )


def test_a_form_of_another_site_is_refused(assistant: Assistant, folder: Path) -> None:
    """Even with this browser's cookie: it lacks the token that our own forms carry."""
    before = files(folder)
    fields = assistant.fields("/kantor") | OFFICE
    for token in ("", "0" * 64):
        assert assistant.send("/kantor", fields | {"_token": token}).status_code == 403
    headers = {"Content-Type": "text/plain"}
    plain = assistant.session.post(
        assistant.url + "/kantor", data="x=1", headers=headers, timeout=30
    )
    assert plain.status_code == 415
    large = assistant.send("/google", fields | {"berkas": "x" * 300_000})
    assert large.status_code == 413
    assert files(folder) == before


def test_answers_carry_a_strict_policy(assistant: Assistant) -> None:
    """No script or style but our own files, nothing kept by the browser."""
    answer = assistant.get("/kantor")
    assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=", answer.text)


# Starting


def test_without_a_verb_the_assistant_opens(folder: Path) -> None:
    """As a double click starts it; where there is no browser to open, the address is on the screen."""
    os.environ["BROWSER"] = "true"  # a program that does nothing, for any address
    try:
        with assisting(folder, "--root", str(folder)) as running:
            assert "Selamat datang" in told(running.enter().get("/"))
    finally:
        del os.environ["BROWSER"]


def test_a_second_start_finds_the_first(assistant: Assistant, folder: Path) -> None:
    """It names the same address and ends; the first goes on."""
    with assisting(folder) as second:
        assert second.address == assistant.address
        assert second.process.wait(timeout=20) == 0
    assert assistant.get("/kantor").ok


def test_killed_midway_it_continues_where_it_was(google: LocalGoogle, folder: Path) -> None:
    """Progress lies in data/; the new address has a new key, and an old browser must come in again."""
    with assisting(folder) as first:
        to_google(first.enter(), google)
        cookies = first.session.cookies.copy()
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait(timeout=20)
    with assisting(folder) as again:
        assert again.key != first.key
        again.session.cookies.update(cookies)
        assert again.get("/kantor").status_code == 403
        assert again.enter().get("/").url.endswith("/sheet")
        assert again.fields("/kantor")["office.city"] == OFFICE["office.city"]


# The office


def test_settings_that_are_there_are_edited_with_their_comments(
    assistant: Assistant, folder: Path
) -> None:
    """What a person wrote stays; a section that was not there comes with its explanations."""
    assistant.submit("/kantor", **OFFICE)
    text = (folder / "settings.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Catatan kami sendiri\ngoogle:\n  endpoint: http://127.0.0.1:")
    assert "   # di komputer ini\n  calls_per_minute: 0\n" in text
    assert re.search(r"city: \"?Tanjung Redeb\"? +# kota di atas tanda tangan", text)


def test_a_first_settings_file_has_every_setting_explained(tmp_path: Path) -> None:
    """It is the example, filled in."""
    with assisting(tmp_path) as running:
        running.enter().submit("/kantor", **OFFICE)
    made = (tmp_path / "settings.yaml").read_text(encoding="utf-8").splitlines()
    example = (ROOT / "settings.example.yaml").read_text(encoding="utf-8").splitlines()
    differing = [line for line in made if line not in example]
    assert len(made) == len(example)
    assert len(differing) == len(OFFICE)


def test_what_is_wrong_stands_beside_its_field(assistant: Assistant, folder: Path) -> None:
    """All at once, with what was typed still there, and the file untouched."""
    before = files(folder)
    wrong = OFFICE | {"office.email": "bukan email", "office.head.nip": "12", "office.city": " "}
    answer = assistant.submit("/kantor", **wrong)
    assert answer.status_code == 422
    assert 'value="bukan email"' in answer.text
    beside = re.findall(r'id="([\w.]+)-salah"', answer.text)
    assert beside == ["office.city"]
    answer = assistant.submit("/kantor", **(wrong | {"office.city": "Berau"}))
    assert re.findall(r'id="([\w.]+)-salah"', answer.text) == ["office.email", "office.head.nip"]
    assert files(folder) == before


def test_a_broken_settings_file_is_told_with_its_line(assistant: Assistant, folder: Path) -> None:
    """And is not written over."""
    (folder / "settings.yaml").write_text("office:\n\tname: x\n", encoding="utf-8")
    answer = assistant.get("/kantor")
    assert "settings.yaml:2" in told(answer)
    assert "Tab" in told(answer)
    assert (folder / "settings.yaml").read_text(encoding="utf-8") == "office:\n\tname: x\n"


def test_of_two_people_the_second_sees_what_the_first_saved(
    assistant: Assistant, folder: Path
) -> None:
    """Nothing is lost silently: both texts are on the page, and saving once more is a choice."""
    other = assistant.another_browser()
    mine, theirs = assistant.fields("/kantor"), other.fields("/kantor")
    assert other.send("/kantor", theirs | OFFICE | {"office.city": "Berau"}).ok
    answer = assistant.send("/kantor", mine | OFFICE | {"office.city": "Derawan"})
    assert answer.status_code == 422
    assert "sudah diubah dari tempat lain" in told(answer)
    assert "Yang tersimpan sekarang: Berau" in told(answer)
    assert 'value="Derawan"' in answer.text
    assert "city: Berau" in (folder / "settings.yaml").read_text(encoding="utf-8").replace('"', "")
    again = fields_in(re.findall(r"<form.*?</form>", answer.text, re.DOTALL)[0])
    assert assistant.send("/kantor", again).ok
    assert "Derawan" in (folder / "settings.yaml").read_text(encoding="utf-8")
    assert other.get("/").url.endswith("/selamat-datang")  # both see the same progress
    other.session.close()


# Google access


@pytest.fixture
def consent(google: LocalGoogle) -> Iterator[ConsentPage]:
    with consent_page(google) as page:
        yield page


def give_consent(assistant: Assistant, consent: ConsentPage, **more: str) -> requests.Response:
    """The client's file, the consent page, and back."""
    asked = assistant.submit(
        "/google?cara=oauth", "client", berkas=json.dumps(consent.client), **more
    )
    return back_from(asked, assistant)


def back_from(asked: requests.Response, assistant: Assistant) -> requests.Response:
    """Through the consent page that the answer leads to."""
    link = re.search(r'href="([^"]+/auth\?[^"]+)"', asked.text)
    assert link, told(asked)
    page = requests.get(unescape(link[1]), timeout=30).text
    back = re.search(r'href="([^"]+)"', page)
    assert back
    return assistant.session.get(unescape(back[1]), timeout=60)


def test_the_offices_own_account_lets_loket_in(
    assistant: Assistant, folder: Path, consent: ConsentPage
) -> None:
    """Asked for no more than is needed, with PKCE; what is kept only this account may read."""
    assistant.submit("/kantor", **OFFICE)
    fields = assistant.fields("/google?cara=oauth", "client")
    fields.pop("gmail")
    asked = assistant.send("/google", fields | {"berkas": json.dumps(consent.client)})
    assert "spreadsheets" in asked.text
    assert "gmail" not in unescape(re.findall(r'href="([^"]+/auth\?[^"]+)"', asked.text)[0])
    answer = give_consent(assistant, consent)
    assert OFFICER in told(answer)
    assert consent.asked["code_challenge_method"] == "S256"
    assert consent.asked["access_type"] == "offline"
    kept = list((folder / "data" / "keys").glob("google-*.json"))
    assert len(kept) == 2
    if os.name == "posix":
        assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}
        assert (folder / "data" / "keys").stat().st_mode & 0o777 == 0o700
    secret = consent.client["installed"]["client_secret"]
    assert secret not in (folder / "settings.yaml").read_text(encoding="utf-8")
    assert secret not in answer.text
    assert assistant.submit("/google", "periksa").url.endswith("/sheet")


def test_a_consent_that_was_not_given_changes_nothing(
    assistant: Assistant, folder: Path, consent: ConsentPage
) -> None:
    """Denied, boxes left unticked, or an old address: told with what to do, and the access there was holds."""
    assistant.submit("/kantor", **OFFICE)
    settings = (folder / "settings.yaml").read_bytes()
    consent.deny = True
    assert "izin tidak diberikan" in told(give_consent(assistant, consent)).casefold()
    consent.deny, consent.scopes = False, "https://www.googleapis.com/auth/spreadsheets"
    answer = told(give_consent(assistant, consent))
    assert "Google Drive" in answer
    assert "centang semua kotak" in answer
    old = assistant.get("/?state=lama&code=x")
    assert old.status_code == 422
    assert "tekan tombol izin sekali lagi" in told(old)
    assert (folder / "settings.yaml").read_bytes() == settings
    assert [file.name for file in (folder / "data/keys").glob("google-*")] == ["google-client.json"]


def test_a_wrong_client_file_is_told(assistant: Assistant, folder: Path) -> None:
    """What it is instead, and which file is meant."""
    before = files(folder)
    for text, says in {
        "": "pilih berkasnya",
        "halo": "bukan JSON",
        '{"web": {"client_id": "x"}}': "Aplikasi web",
        '{"type": "service_account"}': "kunci akun layanan",
        '{"installed": {"client_id": "x"}}': "client_secret",
        "[]": "bukan berkas client",
    }.items():
        answer = assistant.submit("/google?cara=oauth", "client", berkas=text)
        assert answer.status_code == 422
        assert says in told(answer)
    assert files(folder) == before


def test_a_wrong_key_is_told_and_the_old_access_holds(
    assistant: Assistant, folder: Path, google: LocalGoogle
) -> None:
    """Half a key, a client's file, a key that Google does not know: no secret comes back on the page."""
    to_google(assistant, google)
    before = files(folder)
    key = json.loads(google.key("worker.json"))
    stranger = json.dumps(key | {"client_email": "lain@x.iam.gserviceaccount.com"})
    for text, says in {
        "{": "bukan JSON",
        '{"installed": {}}': "client OAuth",
        '{"type": "placeholder"}': "contoh kosong",
        json.dumps(key | {"private_key": "rusak-sekali"}): "tidak dapat dibaca",
        stranger: "tidak mengenal kunci",
        json.dumps(key | {"token_uri": "https://oauth2.googleapis.com/token"}): "google.endpoint",
    }.items():
        answer = assistant.submit("/google?cara=layanan", "kunci", berkas=text)
        assert answer.status_code == 422
        assert says in told(answer)
        assert key["private_key"][40:80] not in answer.text
        assert "rusak-sekali" not in answer.text
    assert files(folder) == before


def test_delegation_is_tried_at_once(assistant: Assistant, google: LocalGoogle) -> None:
    """An account of another domain is refused with where to allow it; the office's own works."""
    assistant.submit("/kantor", **OFFICE)
    key = google.key("worker.json")
    answer = assistant.submit("/google?cara=delegasi", "kunci", berkas=key, akun="a@lain.example")
    assert "Delegasi seluruh domain" in told(answer)
    assert answer.status_code == 422
    answer = assistant.submit("/google?cara=delegasi", "kunci", berkas=key, akun=OFFICER)
    assert answer.ok, told(answer)
    assert OFFICER in told(answer)


def test_a_place_for_letters_is_tried_too(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """A service account's letters need a shared drive that it may write into."""
    to_google(assistant, google)
    mine = google.sheets(
        "POST",
        "/drive/v3/files",
        {"name": "Saya", "mimeType": "application/vnd.google-apps.folder"},
    )
    for link, says in {
        "https://drive.google.com/file/d/abc/view": "bukan tautan folder",
        f"https://drive.google.com/drive/folders/{mine['id']}": "Pengelola konten",
    }.items():
        answer = assistant.submit("/google?cara=layanan", "folder", folder=link)
        assert answer.status_code == 422
        assert says in told(answer)
    google.sheets(
        "POST",
        f"/drive/v3/files/{mine['id']}/permissions",
        {"type": "user", "role": "writer", "emailAddress": WORKER},
    )
    answer = assistant.submit("/google?cara=layanan", "folder", folder=mine["id"])
    assert "Pakai drive bersama" in told(answer)
    shared = google.sheets("GET", "/drive/v3/drives")["drives"][0]["id"]
    answer = assistant.submit(
        "/google?cara=layanan",
        "folder",
        folder=f"https://drive.google.com/drive/u/0/folders/{shared}",
    )
    assert answer.url.endswith("/sheet"), told(answer)
    assert f"folder: {shared}" in (folder / "settings.yaml").read_text(encoding="utf-8").replace(
        '"', ""
    )


def test_without_a_network_nothing_is_written(tmp_path: Path, google: LocalGoogle) -> None:
    """Told in a short while, and the same step can be taken again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path / "kantor"
    folder.mkdir()
    (folder / "settings.yaml").write_text(f"google: {{endpoint: '{dead}'}}\n", encoding="utf-8")
    key = json.loads(google.key("worker.json")) | {"token_uri": dead + "/token"}
    with assisting(folder) as running:
        before = files(folder)
        answer = running.enter().submit("/google?cara=layanan", "kunci", berkas=json.dumps(key))
        assert answer.status_code == 422
        assert "sambungan internet" in told(answer)
        assert files(folder) == before


def test_a_revoked_token_leads_back_to_the_consent(
    assistant: Assistant, google: LocalGoogle, consent: ConsentPage
) -> None:
    """On whatever page it shows; the client's file need not be looked for again."""
    form = google.form(share_with=(OFFICER,))
    assistant.submit("/kantor", **OFFICE)
    assert give_consent(assistant, consent).ok
    token = json.loads(google.key("officer-oauth.json"))["refresh_token"]
    requests.post(google.url + "/revoke", data={"token": token}, timeout=30).raise_for_status()
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert "berikan izin sekali lagi" in told(answer)
    assert "dicabut" in told(assistant.submit("/google", "periksa"))
    assert "Minta izin lagi" in told(assistant.get("/google?cara=oauth"))


# The sheet


def test_a_wrong_link_is_told_apart(assistant: Assistant) -> None:
    """What was pasted, and what to paste instead; nothing is asked of Google for it."""
    for link, says in {
        "": "tempel tautan",
        "halo dunia": "bukan tautan Google Sheet",
        "https://docs.google.com/forms/d/1abcdefghijklmnop/edit": "tautan formulir",
        "https://forms.gle/abc": "tautan formulir",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1abcdefgh/pubhtml": "terbitan web",
        "https://drive.google.com/drive/folders/1abcdefghijklmnop": "tautan Google Drive",
        "https://docs.google.com/document/d/1abcdefghijklmnop/edit": "Google Dokumen",
    }.items():
        answer = look_at(assistant, link)
        assert answer.status_code == 422
        assert says in told(answer)


def test_the_forms_public_link_is_no_editors_link(
    assistant: Assistant, google: LocalGoogle
) -> None:
    form = google.form()
    answer = look_at(
        assistant,
        form["spreadsheetUrl"],
        "https://docs.google.com/forms/d/e/1FAIpQLSabcdefgh/viewform",
    )
    assert "berakhir /edit" in told(answer)


def test_a_sheet_that_is_not_shared_names_the_account(
    assistant: Assistant, google: LocalGoogle
) -> None:
    """To copy into the sheet's sharing; once that is done, the same form goes through."""
    to_google(assistant, google)
    form = google.form(share_with=())
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert f"bagikan kepada {WORKER}" in told(answer)
    share = f"/drive/v3/files/{form['spreadsheetId']}/permissions"
    google.sheets("POST", share, {"type": "user", "role": "reader", "emailAddress": WORKER})
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert "hanya dapat melihat" in told(answer)
    google.sheets("POST", share, {"type": "user", "role": "writer", "emailAddress": WORKER})
    assert look_at(assistant, form["spreadsheetUrl"]).ok


@pytest.mark.parametrize(
    ("fault", "says"), [("400", "Simpan sebagai Google Spreadsheet"), ("403-disabled", "Library")]
)
def test_an_excel_file_or_an_api_that_is_off_is_told(
    assistant: Assistant, google: LocalGoogle, fault: str, says: str
) -> None:
    """An uploaded workbook has a link like any sheet's; Sheets refuses it, and the remedy is not to share it again."""
    to_google(assistant, google)
    form = google.form()
    google.control("PUT", "/faults", {"rules": [{"api": "sheets.spreadsheets.get", "do": fault}]})
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert says in told(answer)


def test_a_public_sheet_is_not_taken(assistant: Assistant, google: LocalGoogle) -> None:
    """Every NIK would lie open: first it is closed, and how is told."""
    to_google(assistant, google)
    form = google.form()
    share = f"/drive/v3/files/{form['spreadsheetId']}/permissions"
    google.sheets("POST", share, {"type": "anyone", "role": "reader"})
    answer = look_at(assistant, form["spreadsheetUrl"])
    assert answer.status_code == 422
    assert "SIAPA PUN" in told(answer)
    assert "Dibatasi" in told(answer)


def test_a_form_without_email_is_told_how_to_ask_for_it(
    assistant: Assistant, google: LocalGoogle
) -> None:
    to_google(assistant, google)
    form = google.form(collect_email=False)
    seen = look_at(assistant, form["spreadsheetUrl"])
    assert "belum meminta alamat email" in told(seen)
    answer = assistant.submit(seen.url.removeprefix(assistant.url), "pakai")
    assert answer.status_code == 422
    assert "Kumpulkan alamat email" in told(answer)
    assert assistant.get("/layanan").text.count("Ke langkah Sheet jawaban")


def test_of_two_tabs_alike_a_person_chooses(assistant: Assistant, google: LocalGoogle) -> None:
    """Loket says how to tell them apart and takes neither by itself."""
    to_google(assistant, google)
    form = google.form()
    book = f"/v4/spreadsheets/{form['spreadsheetId']}"
    first = google.sheets("GET", book)["sheets"][0]["properties"]["sheetId"]
    copy = {"duplicateSheet": {"sourceSheetId": first, "newSheetName": "Form Responses 2"}}
    google.sheets("POST", f"{book}:batchUpdate", {"requests": [copy]})
    seen = look_at(assistant, form["spreadsheetUrl"])
    assert "Ada 2 tab jawaban formulir yang sama judul kolomnya" in told(seen)
    path = seen.url.removeprefix(assistant.url)
    assert "tab" not in assistant.fields(path, "pakai")
    answer = assistant.submit(path, "pakai")
    assert answer.status_code == 422
    assert "pilih tab" in told(answer)
    assert assistant.submit(path, "pakai", tab="Form Responses 2").url.endswith("/layanan")


def test_a_form_that_writes_elsewhere_is_told(assistant: Assistant, google: LocalGoogle) -> None:
    """And one that Loket may not read is optional."""
    to_google(assistant, google)
    form, other = google.form(), google.form()
    link = "https://docs.google.com/forms/d/{}/edit"
    answer = look_at(assistant, form["spreadsheetUrl"], link.format(other["formId"]))
    assert answer.status_code == 422
    assert re.search("menulis ke sheet yang lain|belum boleh membaca formulir", told(answer))
    assert look_at(assistant, form["spreadsheetUrl"]).ok


# The service


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


# Mail


def test_a_wrong_password_is_told_beside_it_and_kept_nowhere(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    to_service(assistant, google, google.form())
    before = files(folder)
    answer = sign_in_to_mail(assistant, google, "sandi-akun-biasa")
    assert answer.status_code == 422
    assert "sandi aplikasi 16 huruf" in told(answer)
    assert "sandi-akun-biasa" not in answer.text
    assert files(folder) == before
    assert sign_in_to_mail(assistant, google, SMTP[1]).url.endswith("/surat")
    kept = folder / "data" / "keys" / "sandi-email.txt"
    assert kept.read_text(encoding="utf-8").strip() == SMTP[1]
    if os.name == "posix":
        assert kept.stat().st_mode & 0o777 == 0o600
    assert SMTP[1] not in (folder / "settings.yaml").read_text(encoding="utf-8")
    assert SMTP[1] not in assistant.get("/email").text
    log = folder / "data" / "log" / "loket.log"
    assert SMTP[1] not in log.read_text(encoding="utf-8")


def test_a_wrong_mail_server_is_told(
    assistant: Assistant, google: LocalGoogle, folder: Path
) -> None:
    """What is wrong with it, and nothing is kept."""
    assistant.submit("/kantor", **OFFICE)
    before = files(folder)
    host, port = google.smtp.split(":")
    given = {"mail.host": host, "mail.port": port, "mail.security": "none", "mail.user": SMTP[0]}
    for field, value, says in (
        ("mail.host", "server.invalid", "tidak dikenal"),
        ("mail.port", "1", "menolak sambungan"),
        ("mail.port", "banyak", "angka: 465 atau 587"),
        ("mail.security", "tls", "tidak cocok dengan port"),
        ("password", "", "mohon diisi"),
        ("mail.sender", "bukan email", "alamat"),
    ):
        answer = assistant.submit("/email", "smtp", **(given | {"password": SMTP[1], field: value}))
        assert answer.status_code == 422
        assert says in told(answer)
    assert files(folder) == before


def test_gmail_needs_no_password(
    assistant: Assistant, google: LocalGoogle, folder: Path, consent: ConsentPage
) -> None:
    """Where the office's own account gave its consent."""
    assistant.submit("/kantor", **OFFICE)
    assert give_consent(assistant, consent, gmail="ya").ok
    assert assistant.submit("/email", "gmail").url.endswith("/surat")
    text = (folder / "settings.yaml").read_text(encoding="utf-8").replace('"', "")
    assert "via: gmail" in text
    assert f"sender: {OFFICER}" in text


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("403-scope", "Surat juga dikirim lewat Gmail"),
        ("403-disabled", "Gmail API belum diaktifkan"),
    ],
)
def test_gmail_that_may_not_be_used_is_told(
    assistant: Assistant,
    google: LocalGoogle,
    folder: Path,
    consent: ConsentPage,
    fault: str,
    says: str,
) -> None:
    """Its box was left unticked, or its API is off: told where to mend that, and nothing is kept."""
    assistant.submit("/kantor", **OFFICE)
    give_consent(assistant, consent)
    before = files(folder)
    google.control("PUT", "/faults", {"rules": [{"api": "gmail.users.getProfile", "do": fault}]})
    answer = assistant.submit("/email", "gmail")
    assert answer.status_code == 422
    assert says in told(answer)
    assert files(folder) == before


# The letter, the trial, the start


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
