"""kill -9 around every call to a provider of messages: the letter by email, the news by WhatsApp and SMS, each once.

News changes no letter's state: where nobody can know whether a message went, that row's note says so, and no other's.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.chat_audit import audit_chat
from tests.acceptance.chat_office import ChatOffice, with_chat
from tests.acceptance.conftest import Office
from tests.acceptance.test_counter import CITRA, DONI, EKA
from tests.acceptance.test_kill_anywhere import (
    COMMIT,
    comes_to_rest,
    killed,
    three_applications,
)
from tests.fakes.meta import payload, status

PEOPLE = [CITRA[0], DONI[0], EKA[0]]
ENDS = ["Selesai", "Ditolak", "Selesai"]


class Call(NamedTuple):
    """`unknown`: the channel of which nobody knows afterwards whether the message went; "" where it can be asked."""

    step: str
    number: int = 1
    unknown: str = ""
    sms: str = "android"


CALLS = {
    "WhatsApp is told": Call("sync.delivery.whatsapp:call", unknown="whatsapp"),
    "the phone is asked for a key": Call("sync.delivery.sms_android:call"),
    "the phone is asked": Call("sync.delivery.sms_android:call", 2),
    "the phone is told": Call("sync.delivery.sms_android:call", 3),
    "the SMS gateway is told": Call("sync.delivery.sms_apprise:_notify", 1, "sms", "apprise"),
}


@pytest.fixture
def chatty(office: Office, request: pytest.FixtureRequest) -> Iterator[ChatOffice]:
    with with_chat(office, "[email, whatsapp, sms]", sms=request.param) as chatty:
        yield chatty


ANDROID = pytest.mark.parametrize("chatty", ["android"], indirect=True)


def is_whole(office: ChatOffice, applicants: list[str], unknown: list[str]) -> None:
    comes_to_rest(office)
    findings, of_chat = audit(office, applicants), audit_chat(office)
    assert findings.clean, findings
    assert findings.uncertain == 0
    assert of_chat.clean, of_chat
    assert of_chat.unknown == unknown


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("chatty", "call"),
    [pytest.param(call.sms, call, id=name) for name, call in CALLS.items()],
    indirect=["chatty"],
)
def test_a_kill_around_a_call_tells_nobody_twice(chatty: ChatOffice, call: Call, when: str) -> None:
    """The letter arrives, and the other channel tells, whatever became of this one."""
    three_applications(chatty)
    assert killed(chatty, call.step, when, call.number)
    is_whole(chatty, PEOPLE, [call.unknown] if call.unknown else [])
    rows = chatty.rows()
    assert [rows[name]["Status"] for name in PEOPLE] == ENDS
    assert len(chatty.mailbox()) == 3


@ANDROID
def test_metas_word_settles_what_a_kill_left_open(chatty: ChatOffice) -> None:
    """Meta had taken it: its report comes when nobody is there, and the row knows."""
    three_applications(chatty)
    assert killed(chatty, CALLS["WhatsApp is told"].step, "after", 1)
    [told] = chatty.meta.messages
    chatty.hears(payload(statuses=[status(told["biz_opaque_callback_data"], "delivered")]))
    is_whole(chatty, PEOPLE, [])
    assert (
        sum("WhatsApp sudah diterima" in row["Keterangan"] for row in chatty.rows().values()) == 1
    )


@ANDROID
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_while_a_report_is_taken_loses_none(chatty: ChatOffice, when: str) -> None:
    """It is taken in the transaction that changes the row."""
    three_applications(chatty)
    chatty.run_once()
    reports_all(chatty, "read")
    assert killed(chatty, "sync.worker.chat_reports:_take", when, 2)
    is_whole(chatty, PEOPLE, [])
    for row in chatty.rows().values():
        assert "WhatsApp sudah dibaca" in row["Keterangan"]
        assert "SMS sudah diterima" in row["Keterangan"]


def reports_all(office: ChatOffice, *arrivals: str) -> None:
    """Of whatever the providers have: Meta tells it in this order, the phone says it when it is asked."""
    keys = [message["biz_opaque_callback_data"] for message in office.meta.messages]
    for arrival in arrivals:
        office.hears(payload(statuses=[status(key, arrival) for key in keys]))
    office.phone.states = dict.fromkeys(office.phone.messages, "Delivered")


@ANDROID
@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_a_kill_around_every_commit_tells_nobody_twice(chatty: ChatOffice) -> None:
    """One application after the other, each killed at another commit, while word of the ones before comes back."""
    applicants, reached = three_applications(chatty), 0
    for number in range(1, 21):
        for when in ("before", "after"):
            name = f"Pemohon {'ABCDEFGHIJKLMNOPQRSTU'[number]} {when}"
            applicants.append(name)
            chatty.applies(name, f"640201{number:02d}0190{number:02d}{1 + (when == 'after'):02d}")
            chatty.run_once()
            chatty.types(name, "Keputusan", "Setujui")
            reached += killed(chatty, COMMIT, when, number)
            reports_all(chatty, "read", "sent", "read")
    assert reached >= 20
    chatty.run_once()
    reports_all(chatty, "read", "sent", "read")
    comes_to_rest(chatty)
    assert audit(chatty, applicants).clean
    of_chat = audit_chat(chatty)
    assert of_chat.clean, of_chat
    # Meta had none of those that nobody knows of: of all others its word came.
    by_whatsapp = {reference for _, reference in chatty.told["whatsapp"]}
    rows = [row for row in chatty.rows().values() if row["Status"] != "Perlu dicek"]
    lost = [row for row in rows if row["No. Permohonan"] not in by_whatsapp]
    assert of_chat.unknown == ["whatsapp"] * len(lost)
