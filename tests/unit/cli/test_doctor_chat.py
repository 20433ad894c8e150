"""`doctor` on WhatsApp and SMS: each way of being wrong has its remedy, and an office without them sees no line."""

from pathlib import Path

import pytest

from sync.cli.doctor.case import Case
from sync.cli.doctor.chat import sms_finding, whatsapp_finding
from sync.cli.doctor.table import checks_of
from sync.cli.root import Root
from tests.fakes.meta import NUMBER_ID, TOKEN, Meta
from tests.fakes.sms_gate import PASSWORD, USER, SmsGate
from tests.unit.cli.conftest import NOW, SETTINGS, Diagnose


def office(folder: Path, more: str, **secrets: str) -> None:
    (folder / "settings.yaml").write_text(SETTINGS + more, encoding="utf-8")
    for name, secret in secrets.items():
        (folder / f"{name}.txt").write_text(secret, encoding="utf-8")
        (folder / f"{name}.txt").chmod(0o600)


def whatsapp(url: str) -> str:
    return (
        f'whatsapp: {{phone_number_id: "{NUMBER_ID}", endpoint: "{url}", token_file: token.txt}}\n'
    )


def test_an_office_without_chat_is_told_nothing_of_it(folder: Path) -> None:
    with Case(Root(folder), NOW) as case:
        assert not {"whatsapp", "sms"} & {check.name for check in checks_of(case)}


def test_meta_is_asked_without_sending(folder: Path, diagnose: Diagnose) -> None:
    """The right token, and an expired one; the webhook is a matter of choice."""
    meta = Meta()
    try:
        office(folder, whatsapp(meta.url), token=TOKEN)
        assert "whatsapp-tanpa-webhook" in diagnose("whatsapp")
        office(folder, whatsapp(meta.url), token="kedaluwarsa")
        assert "whatsapp-token" in diagnose("whatsapp")
        assert {call.method for call in meta.calls} == {"GET"}
    finally:
        meta.close()
    office(folder, whatsapp(meta.url), token=TOKEN)
    assert "whatsapp-jaringan" in diagnose("whatsapp")
    (folder / "token.txt").write_text("", encoding="utf-8")
    assert "whatsapp-tanpa-rahasia" in diagnose("whatsapp")


def test_the_phone_is_asked_without_sending(folder: Path, diagnose: Diagnose) -> None:
    phone = SmsGate()
    says = f'sms: {{url: "{phone.url}", user: {USER}, password_file: sandi.txt}}\n'
    try:
        office(folder, says, sandi=PASSWORD)
        assert diagnose("sms") == {}
        office(folder, says, sandi="salah")
        assert "sms-sandi" in diagnose("sms")
        assert phone.messages == {}
    finally:
        phone.close()
    assert "sms-ponsel" in diagnose("sms")


@pytest.mark.parametrize(
    ("finding", "name"),
    [
        (whatsapp_finding(400, 100, "", ""), "whatsapp-nomor"),
        (whatsapp_finding(200, None, "Disdukcapil", "RED"), "whatsapp-mutu"),
        (whatsapp_finding(200, None, "Disdukcapil", "GREEN"), ""),
        (sms_finding(404, "http://192.168.1.20"), "sms-ponsel"),
    ],
)
def test_what_they_answer_means(finding: object, name: str) -> None:
    assert getattr(finding, "name", None) == name
