"""What comes back by WhatsApp and SMS: reports in any order, and a citizen's few words."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.chat import (
    Arrival,
    Command,
    Report,
    before_news,
    best,
    news_of,
    read_command,
    trouble_of,
    with_news,
)
from sync.core.delivery import IntentState
from sync.core.references import make_reference
from sync.core.sms_parts import count_parts, plain_text
from sync.core.whatsapp_link import LONGEST_TEXT, chat_link, office_link

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
REFERENCE = make_reference("SKD", 26, 231)


def report(arrival: Arrival, reason: str = "") -> Report:
    return Report("whatsapp", "k", arrival, AT, reason)


@pytest.mark.parametrize("order", list(permutations(Arrival, 3)))
def test_the_order_of_reports_does_not_matter(order: tuple[Arrival, ...]) -> None:
    """Meta guarantees none: what was read was delivered, and what arrived somewhere did not fail."""
    found = best([report(arrival) for arrival in order])
    assert found is not None
    expected = next(
        one
        for one in (Arrival.READ, Arrival.DELIVERED, Arrival.FAILED, Arrival.SENT)
        if one in order
    )
    assert found.arrival is expected


def test_the_row_says_the_latest_once() -> None:
    """The note does not grow with every report, and keeps all else."""
    note = "Surat nomor 470/0001/DKPS/2026 sudah dikirim ke email pemohon."
    told = note
    for arrival in (Arrival.SENT, Arrival.DELIVERED, Arrival.READ):
        told = with_news(told, "whatsapp", news_of(report(arrival), "24/11/2026 16:40"))
    assert told == f"{note} WhatsApp sudah dibaca 24/11/2026 16:40."
    failed = news_of(report(Arrival.FAILED, "nomor itu tidak memakai WhatsApp"), "24/11/2026 16:41")
    told = with_news(told, "whatsapp", failed)
    assert told.endswith("tidak sampai 24/11/2026 16:41: nomor itu tidak memakai WhatsApp.")
    told = with_news(told, "sms", "SMS terkirim 24/11/2026 16:42.")
    assert with_news(told, "whatsapp", "") == f"{note} SMS terkirim 24/11/2026 16:42."


def test_what_was_appended_about_messages_is_no_word_to_the_applicant() -> None:
    """Whatever channel it is of, and however much of it there is."""
    note = "NIK terdiri atas 16 angka; yang terisi 15.\nFoto KTP belum terbaca."
    told = note + trouble_of("email", IntentState.UNCERTAIN, "Sambungan putus. Dicek lagi.")
    assert before_news(told) == before_news(note) == note
    told = note + trouble_of("whatsapp", IntentState.FAILED, "Nomor itu tidak memakai WhatsApp.")
    assert "Pemberitahuan lewat WhatsApp tidak terkirim: Nomor" in told
    assert before_news(told) == note
    told = with_news(note, "sms", news_of(Report("sms", "k", Arrival.SENT, AT), "24/11/2026 16:42"))
    assert told != note
    assert before_news(told) == note
    assert trouble_of("sms", IntentState.DELIVERED, "") == ""


@pytest.mark.parametrize(
    ("text", "command", "reference"),
    [
        (f"CEK {REFERENCE}", Command.CHECK, REFERENCE),
        (f"  cek   {REFERENCE.lower()} ", Command.CHECK, REFERENCE),
        (f"Cek: {REFERENCE.replace('-', ' ')}.", Command.CHECK, REFERENCE),
        (REFERENCE, Command.CHECK, REFERENCE),
        ("cek", Command.CHECK, ""),
        (f"cek {REFERENCE[:-1]}", Command.CHECK, ""),
        ("STOP", Command.STOP, ""),
        ("berhenti.", Command.STOP, ""),
        ("Mulai", Command.START, ""),
        ("stop kirim surat ke alamat lama", Command.OTHER, ""),
        ("selamat pagi", Command.OTHER, ""),
        ("", Command.OTHER, ""),
    ],
)
def test_a_citizen_is_understood(text: str, command: Command, reference: str) -> None:
    """However it was typed; a sentence that happens to begin so is no command."""
    assert read_command(text) == (command, reference)


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever a citizen, or somebody worse, sends."""
    command, reference = read_command(text)
    assert reference == "" or command is Command.CHECK


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("{" * 80, 1),  # of the extension table: two septets
        ("{" * 81, 2),
        ("a" * 152 + "{" + "a" * 152, 3),  # which is not torn apart
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),  # two units of UTF-16
        ("😀" * 36, 2),
    ],
)
def test_the_parts_of_an_sms_are_those_the_office_pays(text: str, parts: int) -> None:
    """3GPP TS 23.038 and 23.040: 160/153 in GSM-7, 70/67 in UCS-2."""
    assert count_parts(text) == parts


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=160))
def test_a_plain_text_never_costs_more(text: str) -> None:
    """And says the same twice."""
    assert plain_text(plain_text(text)) == plain_text(text)
    if not set(text) & set("…·"):  # three dots, or a dash, for one sign
        assert count_parts(plain_text(text)) <= count_parts(text)


def test_a_link_holds_its_text_and_nothing_else() -> None:
    """Whatever a citizen typed: & and # would end the text, a line break the address."""
    text = "Yth. Citra & Doni #1 +50% ?x=y\nSalam \"'<b>é"
    link = chat_link("+6281234567890", text)
    assert link.startswith("https://wa.me/6281234567890?text=Yth.%20Citra%20%26%20Doni")
    assert not set(link) & set(" &#+\n\"'<>")
    assert chat_link("", text) == ""
    assert len(chat_link("+6281234567890", "a" * 5000)) < LONGEST_TEXT + 60


def test_the_citizens_link_names_the_application() -> None:
    """So that the officer who is asked knows which."""
    assert REFERENCE in office_link("+628115550000", REFERENCE)
    assert office_link("", REFERENCE) == ""
