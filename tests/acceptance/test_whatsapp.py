"""The real program with `deliver: [email, whatsapp]`: the letter by email, the news by WhatsApp, its receipt in the row."""

from collections.abc import Iterator

import pytest

from sync.cli.opening import now
from tests.acceptance.chat_office import ChatOffice, with_chat
from tests.acceptance.conftest import Office, loket
from tests.fakes.meta import APP_SECRET, TOKEN, VERIFY_TOKEN, incoming, payload, status

NUMBER = "6281234560001"


@pytest.fixture
def chatty(office: Office) -> Iterator[ChatOffice]:
    with with_chat(office, "[email, whatsapp]") as chatty:
        yield chatty


def test_from_the_form_to_the_blue_ticks(chatty: ChatOffice) -> None:
    """The letter by email alone; WhatsApp tells that it went; Meta's receipt stands in the row; CEK is answered."""
    assert loket("--root", str(chatty.folder), "check").returncode == 0
    chatty.applies("Citra Lestari", "6472010101990001")
    chatty.run_once()
    chatty.types("Citra Lestari", "Keputusan", "Setujui")
    chatty.run_once()
    row = chatty.rows()["Citra Lestari"]
    reference = row["No. Permohonan"]
    assert row["Status"] == "Selesai"
    lines = ["Citra Lestari", "Surat Keterangan Domisili", reference]
    assert chatty.meta.told == [(NUMBER, "loket_selesai", lines)]
    [message] = chatty.mailbox()
    assert "https://wa.me/628115550000?text=" in message["text"]
    assert row["Kirim WA"].startswith(f"https://wa.me/{NUMBER}?text=")

    chatty.hears(payload(statuses=[status(f"{reference}.ready.1", "read")]))
    chatty.run_once()
    row = chatty.rows()["Citra Lestari"]
    assert "sudah dikirim ke email pemohon" in row["Keterangan"]
    assert "WhatsApp sudah dibaca" in row["Keterangan"]

    chatty.hears(
        payload(messages=[incoming(f"cek {reference}", number=NUMBER, at=int(now().timestamp()))]),
    )
    [(to, answer)] = chatty.meta.answers
    assert to == NUMBER
    assert answer.startswith(f"{reference}: Selesai.")
    assert "Citra" not in answer


def test_a_lost_answer_is_never_sent_twice(chatty: ChatOffice) -> None:
    """Meta took it, the office was not told: the row says so until the receipt comes."""
    chatty.meta.lose = True
    chatty.applies("Citra Lestari", "1230001")
    chatty.run_once()
    chatty.run_once()
    row = chatty.rows()["Citra Lestari"]
    assert row["Status"] == "Perlu perbaikan"
    assert len(chatty.meta.messages) == 1
    assert "belum pasti terkirim" in row["Keterangan"]
    chatty.hears(payload(statuses=[status(f"{row['No. Permohonan']}.mend.1", "delivered")]))
    chatty.run_once()
    told = chatty.rows()["Citra Lestari"]["Keterangan"]
    assert "belum pasti" not in told
    assert "WhatsApp sudah diterima" in told
    assert len(chatty.meta.messages) == 1


def test_no_number_and_no_secret_lies_in_the_logs(chatty: ChatOffice) -> None:
    """Whatever went wrong."""
    chatty.meta.next_error = (131026, 400)
    chatty.applies("Citra Lestari", "1230001")
    chatty.run_once()
    logs = "".join(file.read_text("utf-8") for file in (chatty.folder / "data" / "log").glob("*"))
    assert "whatsapp failed" in logs
    assert not any(secret in logs for secret in ("81234560001", TOKEN, APP_SECRET, VERIFY_TOKEN))
