"""Gmail's drafts: one for each message that waits, however often it is planned."""

import pytest

from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import TryAgain
from sync.delivery.gmail import GmailChannel
from tests.fakes.google_delivery import FakeMailbox

TELLS = Message("Permohonan Anda", "Sudah kami terima.", "", "Domisili")


@pytest.fixture
def mailbox() -> FakeMailbox:
    return FakeMailbox()


@pytest.fixture
def channel(mailbox: FakeMailbox) -> GmailChannel:
    return GmailChannel(mailbox, sender="loket@contoh.go.id", sender_name="Disdukcapil")


def plan(channel: GmailChannel, reference: str = "SKD-26-0004F7", attempt: int = 1) -> str:
    return channel.plan(reference=reference, kind=Kind.LETTER, attempt=attempt)


def send(channel: GmailChannel, key: str) -> None:
    intent = Intent(
        1, 1, "SKD-26-0004F7", "domisili", Kind.LETTER, "email", key, "citra@example.com"
    )
    channel.send(intent, TELLS)


def test_a_draft_that_was_not_used_is_used_the_next_time(
    channel: GmailChannel, mailbox: FakeMailbox
) -> None:
    """A lot that a quota cuts short is planned again each hour: the office's drafts don't fill up."""
    first = plan(channel)
    assert plan(channel) == first
    assert list(mailbox.drafts) == [first]


def test_a_draft_is_for_one_message(channel: GmailChannel) -> None:
    """Another application, and another series of the same, have their own; one that was sent is used no more."""
    first = plan(channel)
    assert first not in (plan(channel, "SKD-26-0005G8"), plan(channel, attempt=2))
    again = plan(channel, attempt=2)
    send(channel, again)
    assert plan(channel, attempt=2) != again


def test_a_draft_that_was_begun_with_is_its_messages_own(
    channel: GmailChannel, mailbox: FakeMailbox
) -> None:
    """Whatever came of it: that message is sent in it, or asked after by it."""
    key = plan(channel)
    mailbox.fail("update_draft")
    with pytest.raises(TryAgain):
        send(channel, key)
    assert plan(channel) != key


def test_a_draft_that_somebody_threw_away_is_made_anew(
    channel: GmailChannel, mailbox: FakeMailbox
) -> None:
    """Else nobody could tell whether it was sent."""
    thrown_away = plan(channel)
    mailbox.drafts.clear()
    key = plan(channel)
    assert key != thrown_away
    send(channel, key)
    assert len(mailbox.sent) == 1
