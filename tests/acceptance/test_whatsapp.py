"""The real program with `deliver: [email, whatsapp]`: the letter by email, the news by WhatsApp, its receipt in the row."""

import dataclasses
from collections.abc import Iterator

import pytest
import requests
from starlette.applications import Starlette

from sync.cli.chat_wiring import whatsapp_door
from sync.cli.opening import now, open_ledger
from sync.cli.root import Root
from sync.web.whatsapp.webhook import PATH
from tests.acceptance.conftest import WORKFLOW, Office, loket
from tests.fakes.asking import ask
from tests.fakes.meta import (
    APP_SECRET,
    NUMBER_ID,
    TOKEN,
    VERIFY_TOKEN,
    Meta,
    incoming,
    payload,
    signed,
    status,
)

SETTINGS = """
whatsapp:
  office_number: 0811-5550-000
  phone_number_id: "{number}"
  endpoint: {url}
  token_file: token.txt
  app_secret_file: app.txt
  verify_token_file: kata.txt
columns:
  whatsapp: Kirim WA
"""
NUMBER = "6281234567890"


@pytest.fixture
def meta() -> Iterator[Meta]:
    meta = Meta()
    yield meta
    meta.close()


@pytest.fixture
def chatty(office: Office, meta: Meta) -> Office:
    """An office whose form asks for a WhatsApp number, with Meta's API on this machine."""
    titles = ("Nama Lengkap", "Alamat Email", "Nomor WhatsApp", "NIK", "Alamat")
    questions = [{"title": title, "type": "text"} for title in titles]
    form = requests.post(
        f"{office.url}/_sandbox/forms",
        json={"title": "Surat Keterangan Domisili", "questions": questions},
        timeout=30,
    ).json()
    text = WORKFLOW.format(sheet=form["spreadsheetId"], tab=form["tab"])
    text = text.replace("Alamat Email}", "Alamat Email, phone: Nomor WhatsApp}")
    text = text.replace("[email, drive]", "[email, whatsapp]")
    (office.folder / "workflows" / "domisili.yaml").write_text(text, encoding="utf-8")
    settings = office.folder / "settings.yaml"
    more = SETTINGS.format(number=NUMBER_ID, url=meta.url)
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    for name, secret in (("token", TOKEN), ("app", APP_SECRET), ("kata", VERIFY_TOKEN)):
        (office.folder / f"{name}.txt").write_text(secret, "utf-8")
        (office.folder / f"{name}.txt").chmod(0o600)
    return dataclasses.replace(office, form=form)


def applies(office: Office, name: str, nik: str) -> None:
    answers = {"Nama Lengkap": name, "NIK": nik, "Alamat": "Jl. Mawar 1"}
    answers |= {"Alamat Email": "citra@example.org", "Nomor WhatsApp": "0812-3456-7890"}
    url = f"{office.url}/_sandbox/forms/{office.form['formId']}/responses"
    requests.post(url, json={"answers": answers}, timeout=30).raise_for_status()


def hears(office: Office, body: bytes) -> None:
    """What Meta tells reaches the office's ledger by the webhook that `serve` mounts."""
    root = Root.of(office.folder)
    ledger = open_ledger(root)
    try:
        app = Starlette(routes=whatsapp_door(root, ledger))
        answer = ask(app, "POST", PATH, headers=signed(body).items(), body=body)
        assert answer.status == 200
    finally:
        ledger.close()


def test_from_the_form_to_the_blue_ticks(chatty: Office, meta: Meta) -> None:
    """The letter by email alone; WhatsApp tells that it went; Meta's receipt stands in the row; CEK is answered."""
    assert loket("--root", str(chatty.folder), "check").returncode == 0
    applies(chatty, "Citra Lestari", "6472010101990001")
    chatty.run_once()
    chatty.types("Citra Lestari", "Keputusan", "Setujui")
    chatty.run_once()
    row = chatty.rows()["Citra Lestari"]
    reference = row["No. Permohonan"]
    assert row["Status"] == "Selesai"
    lines = ["Citra Lestari", "Surat Keterangan Domisili", reference]
    assert meta.told == [(NUMBER, "loket_selesai", lines)]
    [message] = chatty.mailbox()
    assert "https://wa.me/628115550000?text=" in message["text"]
    assert row["Kirim WA"].startswith(f"https://wa.me/{NUMBER}?text=")

    hears(chatty, payload(statuses=[status(f"{reference}.ready.1", "read")]))
    chatty.run_once()
    row = chatty.rows()["Citra Lestari"]
    assert "sudah dikirim ke email pemohon" in row["Keterangan"]
    assert "WhatsApp sudah dibaca" in row["Keterangan"]

    hears(
        chatty,
        payload(messages=[incoming(f"cek {reference}", number=NUMBER, at=int(now().timestamp()))]),
    )
    [(to, answer)] = meta.answers
    assert to == NUMBER
    assert answer.startswith(f"{reference}: Selesai.")
    assert "Citra" not in answer


def test_a_lost_answer_is_never_sent_twice(chatty: Office, meta: Meta) -> None:
    """Meta took it, the office was not told: the row says so until the receipt comes."""
    meta.lose = True
    applies(chatty, "Citra Lestari", "123")
    chatty.run_once()
    chatty.run_once()
    row = chatty.rows()["Citra Lestari"]
    assert row["Status"] == "Perlu perbaikan"
    assert len(meta.messages) == 1
    assert "belum pasti terkirim" in row["Keterangan"]
    hears(chatty, payload(statuses=[status(f"{row['No. Permohonan']}.mend.1", "delivered")]))
    chatty.run_once()
    told = chatty.rows()["Citra Lestari"]["Keterangan"]
    assert "belum pasti" not in told
    assert "WhatsApp sudah diterima" in told
    assert len(meta.messages) == 1


def test_no_number_and_no_secret_lies_in_the_logs(chatty: Office, meta: Meta) -> None:
    """Whatever went wrong."""
    meta.next_error = (131026, 400)
    applies(chatty, "Citra Lestari", "123")
    chatty.run_once()
    logs = "".join(file.read_text("utf-8") for file in (chatty.folder / "data" / "log").glob("*"))
    assert "whatsapp failed" in logs
    assert not any(secret in logs for secret in ("81234567890", TOKEN, APP_SECRET, VERIFY_TOKEN))
