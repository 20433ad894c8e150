"""The one road to Google: bounded, patient where asked, and honest about what came of a call."""

import threading
from collections.abc import Callable

import pytest

from sync.core.outcomes import Never, QuotaUsedUp, TryAgain
from sync.google.drive import Drive
from sync.google.refusals import NOT_SHARED, PROTECTED, SIGN_IN, Refused
from sync.google.sheets_client import SheetsClient
from sync.google.transport import Transport
from tests.fakes.loopback_http import LoopbackServer, Prepared, google_error

FILE = "https://www.googleapis.com/drive/v3/files/x"
MakeTransport = Callable[..., Transport]


@pytest.mark.parametrize(
    "fault",
    [
        google_error(429, word="RESOURCE_EXHAUSTED"),
        google_error(403, reason="rateLimitExceeded"),
        google_error(403, reason="userRateLimitExceeded"),
        google_error(500),
        google_error(502),
        google_error(503),
        google_error(504),
        Prepared(hang_up=True),
    ],
)
def test_a_passing_fault_is_tried_as_often_as_set_and_not_once_more(
    make_transport: MakeTransport, google: LoopbackServer, waits: list[float], fault: Prepared
) -> None:
    """gspread's own retry never ended; ours does, and says that it may be tried again."""
    google.answers = [fault]
    transport = make_transport(attempts=4)

    with pytest.raises(TryAgain):
        transport.request("GET", FILE)

    assert len(google.asked) == 4
    assert transport.calls == 4
    assert waits == [1.0, 2.0, 4.0]


def test_it_goes_on_as_soon_as_google_answers(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """One busy moment must not cost a cycle."""
    google.answers = [google_error(503), google_error(429), Prepared(body={"id": "x"})]

    assert make_transport().request("GET", FILE).json() == {"id": "x"}


@pytest.mark.parametrize(
    ("header", "waited_s"),
    [
        ("7", 7.0),
        ("Tue, 24 Nov 2026 09:00:20 GMT", 20.0),
        ("Tue, 24 Nov 2026 08:00:00 GMT", 0.0),
        ("next week", 1.0),
    ],
)
def test_it_waits_as_long_as_google_asks(
    make_transport: MakeTransport,
    google: LoopbackServer,
    waits: list[float],
    header: str,
    waited_s: float,
) -> None:
    """Retry-After comes as seconds or as a date."""
    google.answers = [Prepared(429, headers={"Retry-After": header}), Prepared()]

    make_transport().request("GET", FILE)

    assert waits == [waited_s]


def test_a_wait_that_would_look_like_a_hung_worker_is_left_to_the_worker(
    make_transport: MakeTransport, google: LoopbackServer, waits: list[float]
) -> None:
    """Gmail's daily limit asks for hours: asking again before them would be refused just so."""
    google.answers = [Prepared(429, headers={"Retry-After": "86400"}), Prepared()]

    with pytest.raises(QuotaUsedUp):
        make_transport().request("GET", FILE)

    assert (len(google.asked), waits) == (1, [])


def test_what_google_asked_for_reaches_the_worker(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """When the attempts are used up the worker plans the next one, so it must know how long to leave it."""
    google.answers = [Prepared(429, headers={"Retry-After": "30"})]

    with pytest.raises(TryAgain) as caught:
        make_transport(attempts=2).request("GET", FILE)

    assert caught.value.wait_s == 30


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (google_error(403, word="PERMISSION_DENIED"), NOT_SHARED),
        (google_error(404, word="NOT_FOUND"), "tidak ditemukan"),
        (google_error(400, message="You are trying to edit a protected cell."), PROTECTED),
        (google_error(403, reason="storageQuotaExceeded"), "Drive kantor penuh"),
        (google_error(400, reason="invalidSharingRequest"), "Alamat email pemohon"),
        (Prepared(400, body="not what Google answers"), "Google menolak"),
    ],
)
def test_a_refusal_is_not_repeated_and_says_what_to_mend(
    make_transport: MakeTransport, google: LoopbackServer, answer: Prepared, sentence: str
) -> None:
    """Asking again changes nothing; the officer reads what to do."""
    google.answers = [answer]

    with pytest.raises(Never) as caught:
        make_transport().request("GET", FILE)

    assert sentence in caught.value.reason
    assert len(google.asked) == 1


def test_googles_own_words_do_not_reach_the_log(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """An error message may quote the cell: a NIK would lie in a log file."""
    google.answers = [google_error(400, message='Invalid value: "6472010101900001"')]

    with pytest.raises(Refused) as caught:
        make_transport().request("GET", FILE)

    assert "6472" not in caught.value.detail + caught.value.reason


def test_a_lost_answer_of_a_write_is_repeated(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """The write may have been applied; that is why every write has an id or is read back."""
    google.answers = [Prepared(hang_up=True), Prepared(body={"updated": 1})]

    answer = make_transport().request("POST", FILE, json={"a": 1})

    assert answer.json() == {"updated": 1}
    assert [asked.body for asked in google.asked] == [b'{"a": 1}', b'{"a": 1}']


@pytest.mark.parametrize("fault", [Prepared(hang_up=True), google_error(503)])
def test_a_call_that_must_not_happen_twice_is_not_repeated(
    make_transport: MakeTransport, google: LoopbackServer, fault: Prepared
) -> None:
    """Whoever inserts columns looks at the sheet before inserting again."""
    google.answers = [fault]
    with pytest.raises(TryAgain):
        make_transport().request("POST", FILE, json={}, repeatable=False)
    assert len(google.asked) == 1


def test_a_call_that_was_certainly_not_applied_is_repeated_all_the_same(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """A full quota is told before anything is done."""
    google.answers = [google_error(429), Prepared(body={})]
    make_transport().request("POST", FILE, json={}, repeatable=False)
    assert len(google.asked) == 2


def test_an_ended_permission_waits_to_be_mended(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """A revoked key must not turn a thousand applications into failures: they wait until it is renewed."""
    google.token_answers = [Prepared(400, body={"error": "invalid_grant"})]

    with pytest.raises(TryAgain) as caught:
        make_transport().request("GET", FILE)

    assert caught.value.reason == SIGN_IN
    assert google.tokens_asked == 1


def test_a_busy_token_server_is_inside_the_same_bound(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """google-auth retries tokens on its own; nested in ours that would multiply."""
    google.token_answers = [Prepared(503, body={"error": "busy"}) for _ in range(20)]

    with pytest.raises(TryAgain):
        make_transport(attempts=3).request("GET", FILE)

    assert google.tokens_asked == 3
    assert google.asked == []


def test_many_threads_fetch_one_token(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """Eight letters going out at once are no reason for eight sign-ins."""
    transport = make_transport()
    threads = [threading.Thread(target=transport.request, args=("GET", FILE)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)

    assert google.tokens_asked == 1
    assert transport.calls == 8


@pytest.mark.parametrize(
    "url", ["https://example.com/x", "http://www.googleapis.com.evil.test/x", "file:///etc/passwd"]
)
def test_only_google_is_called(make_transport: MakeTransport, url: str) -> None:
    """A token in the header must never travel to another host."""
    with pytest.raises(ValueError, match="not an address of Google"):
        make_transport().request("GET", url)


def test_another_google_is_accepted_on_this_machine_only(make_transport: MakeTransport) -> None:
    """Plain http with a real token would be readable on the way."""
    with pytest.raises(ValueError, match="this machine only"):
        Transport(make_transport().credentials, endpoint="http://10.0.0.5:8080")


def test_gspread_takes_the_same_road(make_transport: MakeTransport, google: LoopbackServer) -> None:
    """Its addresses are rewritten and its faults are ours."""
    google.answers = [google_error(503), Prepared(body={"values": [["NIK"]]})]

    answer = SheetsClient(make_transport()).values_get("sheet-1", "'Tab'!1:1")

    assert answer == {"values": [["NIK"]]}
    assert google.asked[0].path.startswith("/v4/spreadsheets/sheet-1/values/")


def test_uploads_take_the_same_road(
    make_transport: MakeTransport, google: LoopbackServer, waits: list[float]
) -> None:
    """googleapiclient sends uploads elsewhere than the rest; a retry around only one of them is no bound."""
    google.answers = [google_error(500), Prepared(body={"id": "f1", "webViewLink": "https://d/f1"})]
    transport = make_transport()

    link = Drive(transport).upload("f1", "folder", "surat.pdf", b"%PDF-1.7")

    assert link == "https://d/f1"
    assert len(waits) == 1
    assert google.asked[0].path.startswith("/upload/drive/v3/files?")
    assert b"%PDF-1.7" in google.asked[1].body
    assert transport.bytes > 2 * len(b"%PDF-1.7")


def test_a_letter_that_is_there_already_is_a_success(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """The answer to the first upload was lost: its repeat says 409, and that is a receipt."""
    google.answers = [google_error(409), Prepared(body={"webViewLink": "https://d/f1"})]

    assert Drive(make_transport()).upload("f1", "", "a.pdf", b"%PDF") == "https://d/f1"
