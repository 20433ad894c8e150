"""WhatsApp: what each of Meta's answers means, and that nothing of an applicant gets into a log."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.core.delivery import Intent, Kind, Message
from sync.core.outcomes import CannotKnow, Failure, Never, QuotaUsedUp, TryAgain
from sync.core.settings import WhatsApp
from sync.delivery import web_call
from sync.delivery.whatsapp import WhatsAppChannel, failure_of
from sync.sandbox.certificates import Certificate, certificate
from tests.fakes.meta import NUMBER_ID, TOKEN, Meta

NUMBER = "+6281234567890"
READY = "Citra\nSurat Keterangan Domisili\nSKD-26-0004F7"


@pytest.fixture
def meta() -> Iterator[Meta]:
    meta = Meta()
    yield meta
    meta.close()


def channel(meta: Meta, token: str = TOKEN, **settings: object) -> WhatsAppChannel:
    given = {"phone_number_id": NUMBER_ID, "endpoint": meta.url, **settings}
    return WhatsAppChannel(WhatsApp.model_validate(given), token)


def intent(kind: Kind = Kind.READY, number: str = NUMBER) -> Intent:
    key = f"SKD-26-0004F7.{kind}.1"
    return Intent(1, 1, "SKD-26-0004F7", "domisili", kind, "whatsapp", key, number)


def told(text: str) -> Message:
    return Message("", text, "", folder="")


def test_each_line_is_a_parameter_of_the_approved_template(meta: Meta) -> None:
    """And our key goes along, for the webhook that settles a lost answer."""
    receipt = channel(meta).send(intent(), told(READY))
    assert meta.told == [("6281234567890", "loket_selesai", READY.split("\n"))]
    assert meta.messages[0]["biz_opaque_callback_data"] == "SKD-26-0004F7.ready.1" == receipt.id


def test_what_a_citizen_typed_cannot_break_a_template(meta: Meta) -> None:
    """Meta refuses parameters with tabs, line breaks, or many spaces; direction marks are stripped too."""
    channel(meta).send(intent(), told("Citra\t\u202e       Lestari\r\nx\u2028y\nSKD"))
    [(_, _, parameters)] = meta.told
    assert parameters == ["Citra Lestari", "x y", "SKD"]


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        (131026, 400, Never),  # not on WhatsApp
        (131030, 400, Never),
        (131050, 400, Never),
        (999999, 400, Never),
        (130429, 400, TryAgain),
        (131056, 400, TryAgain),
        (131016, 500, TryAgain),
        (999999, 503, TryAgain),
        (80007, 400, QuotaUsedUp),
        (131048, 400, QuotaUsedUp),
        (190, 401, TryAgain),  # the token has expired: mended, all goes out
        (131042, 400, TryAgain),  # the bill was not paid
        (132001, 404, TryAgain),  # the template is not approved yet
        (132000, 400, TryAgain),
    ],
)
def test_a_code_of_meta_means(code: int, status: int, outcome: type[Failure]) -> None:
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes"""
    failure = failure_of(code, status)
    assert type(failure) is outcome
    assert failure.reason.endswith(".")
    assert str(code) in failure.detail


def test_metas_words_are_kept_nowhere(meta: Meta) -> None:
    """They may quote the number."""
    meta.next_error = (131026, 400)
    with pytest.raises(Never) as caught:
        channel(meta).send(intent(), told(READY))
    assert "812345" not in caught.value.detail + caught.value.reason


def test_an_expired_token_is_told_as_such(meta: Meta) -> None:
    """The officer reads what to renew; nothing is lost meanwhile."""
    with pytest.raises(TryAgain, match="token"):
        channel(meta, "kedaluwarsa").send(intent(), told(READY))
    assert meta.messages == []


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[1]", b'{"error": "no"}'])
@pytest.mark.parametrize("status", [200, 502])
def test_an_answer_without_meaning_says_nothing(meta: Meta, status: int, body: bytes) -> None:
    """A gateway between us and Meta may have lost the answer, not the message."""
    meta.next_body = (status, body)
    with pytest.raises(CannotKnow):
        channel(meta).send(intent(), told(READY))


def test_nobody_at_the_door_is_certainly_nothing_sent(meta: Meta) -> None:
    """Only then may it be tried again."""
    meta.close()
    with pytest.raises(TryAgain):
        channel(meta).send(intent(), told(READY))


@contextmanager
def broken_off(tls: Certificate) -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes one message by TLS and answers with what is no TLS; its address, and what it took."""
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(5)

        def serve() -> None:
            connection, _ = door.accept()
            with connection:
                try:
                    secured = tls.context.wrap_socket(connection, server_side=True)
                except ssl.SSLError:
                    return  # the certificate was not trusted
                secured.settimeout(5)
                said = b""
                while READY.split("\n")[2].encode() not in said and (part := secured.recv(65536)):
                    said += part
                taken.append(said)
                with socket.socket(fileno=secured.detach()) as bare:
                    bare.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        server = threading.Thread(target=serve)
        server.start()
        yield f"https://localhost:{door.getsockname()[1]}", taken
        server.join(5)


def test_tls_that_breaks_off_after_the_message_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was taken must not go twice, whatever became of the connection afterwards."""
    tls = certificate(tmp_path)
    monkeypatch.setattr(
        web_call, "system_trust", lambda: ssl.create_default_context(cafile=str(tls.authority))
    )
    with broken_off(tls) as (url, taken):
        settings = WhatsApp(phone_number_id=NUMBER_ID, endpoint=url)
        with pytest.raises(CannotKnow):
            WhatsAppChannel(settings, TOKEN).send(intent(), told(READY))
    assert len(taken) == 1


def test_a_certificate_that_is_not_trusted_gets_no_message(tmp_path: Path) -> None:
    """Certainly nothing was sent: it goes when the certificate is right."""
    with broken_off(certificate(tmp_path)) as (url, taken):
        settings = WhatsApp(phone_number_id=NUMBER_ID, endpoint=url)
        with pytest.raises(TryAgain):
            WhatsAppChannel(settings, TOKEN).send(intent(), told(READY))
    assert taken == []


def test_a_slow_answer_is_not_waited_for_forever(
    meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says nothing about the message."""
    release = threading.Event()
    answer = meta.answer
    monkeypatch.setattr(meta, "answer", lambda call: release.wait(5) and answer(call))
    try:
        with pytest.raises(CannotKnow):
            channel(meta, timeout_s=0.2).send(intent(), told(READY))
    finally:
        release.set()


def test_what_has_no_template_is_not_sent(meta: Meta) -> None:
    """The letter itself least of all."""
    for kind in (Kind.LETTER, Kind.RECEIVED):
        with pytest.raises(Never):
            channel(meta).send(intent(kind), told(READY))
    assert meta.calls == []


def test_a_number_that_wants_none_gets_none(meta: Meta) -> None:
    """Also what was planned before it said so."""
    settings = WhatsApp(phone_number_id=NUMBER_ID, endpoint=meta.url)
    quiet = WhatsAppChannel(settings, TOKEN, stopped=lambda number: number == NUMBER)
    with pytest.raises(Never, match="tidak dikirimi"):
        quiet.send(intent(), told(READY))
    quiet.send(intent(number="+6281234567891"), told(READY))
    assert [number for number, _, _ in meta.told] == ["6281234567891"]
