"""The texts for WhatsApp, SMS and the link: those that Loket comes with fit, and an office's slips are told."""

from pathlib import Path

import pytest

from sync.core.delivery import CHAT_KINDS
from sync.core.settings import Columns, Office, Settings, Sms, WhatsApp, WhatsAppTemplates
from sync.core.sms_parts import count_parts, plain_text
from sync.core.workflow.model import Workflow
from sync.delivery.chat_check import LINK_FOLDER, LINK_KINDS, chat_problems
from sync.delivery.messages import Messages
from sync.delivery.whatsapp import LONGEST_PARAMETER
from tests.fakes.meta import TEMPLATES as APPROVED
from tests.unit.worker.conftest import WORKFLOW

TEMPLATES = Path(__file__).parents[3] / "templates"
MESSAGES = Messages([TEMPLATES])
CONTEXT = {
    "nama": "Citra Ayu Lestari",
    "referensi": "SKD-26-0004F7",
    "judul_layanan": "Surat Keterangan Domisili",
    "kantor": Office().model_dump(),
}
LONG = {"masalah": ["NIK terdiri atas 16 angka; yang terisi 15."] * 20, "catatan": "Buram. " * 90}
EVERY = dict.fromkeys((kind.value for kind in CHAT_KINDS), "loket_uji")


@pytest.mark.parametrize("more", [{}, LONG], ids=["short", "long"])
@pytest.mark.parametrize("kind", CHAT_KINDS)
def test_a_whatsapp_text_has_as_many_lines_as_its_template_has_parameters(
    kind: str, more: dict[str, object]
) -> None:
    """Whatever is wrong with an application, and however long the officer's note is."""
    lines = MESSAGES.compose_chat("whatsapp", kind, {**CONTEXT, **more}).split("\n")
    name = getattr(WhatsAppTemplates(), kind) or "loket_diterima"
    assert len(lines) == APPROVED[name]
    assert all(0 < len(line) <= LONGEST_PARAMETER for line in lines)
    assert sum(map(len, lines)) < 800  # Meta: 1,024 with the template's own words


@pytest.mark.parametrize("more", [{}, LONG], ids=["short", "long"])
@pytest.mark.parametrize("kind", CHAT_KINDS)
def test_an_sms_has_at_most_two_parts(kind: str, more: dict[str, object]) -> None:
    """And names the office and the application."""
    text = MESSAGES.compose_chat("sms", kind, {**CONTEXT, **more})
    assert count_parts(plain_text(text)) <= Sms().parts
    assert "SKD-26-0004F7" in text
    assert text.startswith(Office().name)
    assert "\n" not in text


def test_a_nik_in_a_note_is_masked_on_every_way() -> None:
    note = {"catatan": "NIK 6402014101900001 sudah terdaftar."}
    for folder in ("whatsapp", "sms", LINK_FOLDER):
        text = MESSAGES.compose_chat(folder, "rejected", {**CONTEXT, **note})
        assert "terdaftar" in text
        assert "6402014101900001" not in text


def test_the_link_back_stands_in_the_email_where_the_office_has_a_number() -> None:
    """And nowhere else: most offices have none."""
    from sync.core.delivery import EMAIL_KINDS, Kind
    from sync.core.whatsapp_link import office_link

    for kind in EMAIL_KINDS:
        if kind is Kind.LINK:
            continue
        link = office_link("+628115550000", "SKD-26-0004F7")
        _, text, html = MESSAGES.compose(kind, {**CONTEXT, "tautan_whatsapp": link})
        assert link in text
        assert f'href="{link}"' in html
        assert "WhatsApp" not in MESSAGES.compose(kind, CONTEXT)[1]


def check(folder: Path, text: str, name: str, **settings: object) -> list[str]:
    file = folder / "messages" / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    given = {
        "whatsapp": WhatsApp(templates=WhatsAppTemplates(**EVERY)),
        "sms": Sms(kinds=tuple(EVERY)),  # type: ignore[arg-type]
        "columns": Columns(whatsapp="Kirim WA"),
        **settings,
    }
    applicant = {**WORKFLOW["applicant"], "phone": "WA"}
    service = {**WORKFLOW, "applicant": applicant, "deliver": ["email", "whatsapp", "sms"]}
    problems = chat_problems(
        [folder, TEMPLATES],
        Settings().model_copy(update=given),
        [Workflow.model_validate(service)],
    )
    return [f"{problem.name} {problem.where}" for problem in problems]


def test_the_texts_that_loket_comes_with_have_no_problem(tmp_path: Path) -> None:
    """Every kind of every way."""
    assert check(tmp_path, "", "unused.txt") == []
    assert all(
        (TEMPLATES / "messages" / LINK_FOLDER / f"{kind}.txt").exists() for kind in LINK_KINDS
    )


def test_a_slip_is_told_before_the_first_message(tmp_path: Path) -> None:
    assert check(tmp_path, "{{ nma }}", "whatsapp/mend.txt") == [
        "pesan-rusak templates/messages/whatsapp/mend.txt"
    ]


def test_an_sms_that_could_be_too_long_is_told(tmp_path: Path) -> None:
    """With a long note; a short one would not show it."""
    assert check(tmp_path, "{{ kalimat }}", "sms/rejected.txt") == [
        "sms-terlalu-panjang templates/messages/sms/rejected.txt"
    ]
