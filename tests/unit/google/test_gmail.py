"""Gmail's drafts: gone is an answer, not an error."""

import base64
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from sync.core.outcomes import Never
from sync.google.gmail import Gmail
from sync.google.transport import Transport
from tests.fakes.loopback_http import LoopbackServer, Prepared, google_error

MakeTransport = Callable[..., Transport]


def test_a_draft_carries_the_message_as_it_is(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """Gmail wants it in base64url."""
    google.answers = [Prepared(body={"id": "r-1"})]
    assert Gmail(make_transport()).create_draft(b"Subject: \xc3\xbe\r\n\r\n>>??") == "r-1"
    raw = json.loads(google.asked[0].body)["message"]["raw"]
    assert base64.urlsafe_b64decode(raw) == b"Subject: \xc3\xbe\r\n\r\n>>??"


def test_a_draft_that_is_gone_is_told_as_such(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """After a lost answer a 404 is how Gmail says that it went."""
    google.answers = [google_error(404, reason="notFound")]
    gmail = Gmail(make_transport())
    assert gmail.send_draft("r-1") is None
    assert not gmail.has_draft("r-1")
    assert not gmail.update_draft("r-1", b"x")


def test_another_refusal_is_not_taken_for_gone(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """A missing permission must never look like a letter that went out."""
    google.answers = [google_error(403, reason="insufficientPermissions")]
    gmail = Gmail(make_transport())
    for ask in (gmail.send_draft, gmail.has_draft):
        with pytest.raises(Never):
            ask("r-1")


def test_a_sent_message_is_found_by_our_own_header(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """Gmail replaces the Message-ID; a message to the same applicant is not enough to be the one."""

    def shown(value: str) -> Prepared:
        return Prepared(body={"payload": {"headers": [{"name": "X-Loket-Id", "value": value}]}})

    google.answers = [
        Prepared(body={"messages": [{"id": "m-2"}, {"id": "m-1"}]}),
        shown("<a.2@loket>"),
        shown("<a.1@loket>"),
        Prepared(body={}),
    ]
    gmail = Gmail(make_transport())
    asked = {"to": "citra@example.com", "header": "X-Loket-Id", "value": "<a.1@loket>"}

    assert gmail.find_sent(**asked) == "m-1"
    assert gmail.find_sent(**asked) is None
    query = parse_qs(urlsplit(google.asked[0].path).query)["q"]
    assert query == ["in:sent to:citra@example.com"]
