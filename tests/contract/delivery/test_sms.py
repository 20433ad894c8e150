"""SMS: the office's phone is asked what it did; what apprise's gateways do not say nobody claims to know."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from sync.core.chat import Arrival
from sync.core.delivery import Intent, Kind, Message
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, TryAgain
from sync.core.settings import Sms
from sync.delivery.sms_android import AndroidSmsChannel
from sync.delivery.sms_apprise import AppriseSmsChannel, ensure_gateway
from tests.fakes.http_stub import Call, HttpStub
from tests.fakes.sms_gate import PASSWORD, USER, SmsGate

NUMBER = "+6281234567890"
BULK = "bulksms://pengguna:sandi@/{nomor}"
TEXT = "Disdukcapil: permohonan SKD-26-0004F7 sudah selesai."


@pytest.fixture
def phone() -> Iterator[SmsGate]:
    phone = SmsGate()
    yield phone
    phone.close()


def channel(phone: SmsGate, password: str = PASSWORD, **more: object) -> AndroidSmsChannel:
    settings = Sms.model_validate({"url": phone.url, "user": USER, **more})
    return AndroidSmsChannel(settings, password)


def intent(number: str = NUMBER) -> Intent:
    key = "SKD-26-0004F7.ready.1"
    return Intent(1, 1, "SKD-26-0004F7", "domisili", Kind.READY, "sms", key, number)


def told(text: str = TEXT) -> Message:
    return Message("", text, "", folder="")


def test_the_phone_says_how_far_a_message_came(phone: SmsGate) -> None:
    """Pending is no news; why it failed is told in words."""
    channel(phone).send(intent(), told())
    [id_] = phone.messages
    assert channel(phone).arrival(intent()) is None
    phone.states[id_] = "Delivered"
    assert channel(phone).arrival(intent()) == (Arrival.DELIVERED, "")
    phone.states[id_] = "Failed"
    arrival, why = channel(phone).arrival(intent()) or (None, "")
    assert arrival is Arrival.FAILED
    assert "pulsa" in why


def test_what_the_phone_failed_to_send_can_be_sent_again(phone: SmsGate) -> None:
    """Its id is used up; the next attempt has one that follows from the same key."""
    channel(phone).send(intent(), told())
    phone.states[next(iter(phone.messages))] = "Failed"
    assert channel(phone).happened(intent()) is None
    channel(phone).send(intent(), told())
    channel(phone).send(intent(), told())
    assert len(phone.messages) == 2


def test_a_key_from_before_a_lost_ledger_hides_no_news(phone: SmsGate) -> None:
    """The ledger begins to count anew, and the phone remembers: its old message is not taken for the new one."""
    keys = []
    for _ in range(2):
        key = channel(phone).plan(reference="SKD-26-0004F7", kind=Kind.MEND, attempt=1)
        channel(phone).send(dataclasses.replace(intent(), kind=Kind.MEND, key=key), told())
        keys.append(key)
    assert len(set(keys)) == len(phone.messages) == 2


def test_a_wrong_password_waits_for_the_office(phone: SmsGate) -> None:
    with pytest.raises(TryAgain, match="kata sandi"):
        channel(phone, "salah").send(intent(), told())


def test_a_phone_that_is_off_is_waited_for(phone: SmsGate) -> None:
    phone.close()
    with pytest.raises(TryAgain, match="Wi-Fi"):
        channel(phone).send(intent(), told())


def test_a_text_is_sent_in_letters_that_every_phone_has(phone: SmsGate) -> None:
    """Quotation marks and dashes of a word processor would double the price."""
    channel(phone).send(intent(), told("Catatan: “foto KTP” – belum terbaca…\nTerima kasih."))
    assert phone.told == [(NUMBER, 'Catatan: "foto KTP" - belum terbaca... Terima kasih.')]


def test_a_text_that_is_too_long_is_refused_and_not_cut(phone: SmsGate) -> None:
    """The officer reads which template to shorten."""
    with pytest.raises(Never, match=r"sms/ready\.txt"):
        channel(phone, parts=1).send(intent(), told("x" * 161))
    assert phone.calls == []


class BulkSms(HttpStub):
    """https://www.bulksms.com/developer/json/v1/#operation/sendMessages"""

    status = 201

    def answer(self, call: Call) -> tuple[int, Any] | None:
        return self.status, []


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[BulkSms]:
    ensure_gateway(BULK, where="")  # apprise is imported by us, with its warnings
    from apprise.plugins.bulksms import NotifyBulkSMS

    gateway = BulkSms()
    monkeypatch.setattr(NotifyBulkSMS, "notify_url", gateway.url)
    yield gateway
    gateway.close()


def test_a_gateway_of_apprise_takes_the_text_and_the_number(gateway: BulkSms) -> None:
    AppriseSmsChannel(Sms(via="apprise"), BULK).send(intent(), told())
    [call] = gateway.calls
    assert b"6281234567890" in call.body
    assert b"SKD-26-0004F7" in call.body


def test_a_gateways_no_may_be_a_lost_answer(
    gateway: BulkSms, caplog: pytest.LogCaptureFixture
) -> None:
    """So nobody gets two; and apprise's own log, which names the number, is not kept."""
    gateway.status = 500
    with pytest.raises(CannotKnow):
        AppriseSmsChannel(Sms(via="apprise"), BULK).send(intent(), told())
    assert "81234567890" not in caplog.text


@pytest.mark.parametrize("wrong", [None, "", "bulksms://a:b@/6281", "apaini://{nomor}"])
def test_an_address_that_apprise_cannot_use_is_told_at_the_start(wrong: str | None) -> None:
    """Without repeating it: it holds the gateway's password."""
    with pytest.raises(Mendable) as caught:
        ensure_gateway(wrong, where="sms.gateway_file")
    assert "a:b" not in str(caught.value)
    assert ensure_gateway(BULK, where="") == BULK
