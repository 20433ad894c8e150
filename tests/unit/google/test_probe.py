"""Looking at Google for `doctor`: causes are told apart, and each has its remedy."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.cli.doctor.finding import Level
from sync.cli.doctor.trouble import finding_of, network_finding
from sync.core.outcomes import Failure
from sync.google import probe
from sync.google.refusals import Refused
from sync.google.sheet_check import opened
from sync.google.transport import Transport
from sync.sandbox.certificates import certificate
from tests.fakes.loopback_http import LoopbackServer, Prepared, google_error
from tests.unit.cli.remedies import shown

MakeTransport = Callable[..., Transport]


@pytest.fixture
def door() -> Iterator[probe.Door]:
    made = probe.Door(direct=True)
    yield made
    made.close()


def failure_of(transport: Transport) -> Failure:
    with pytest.raises(Failure) as caught:
        probe.account(transport)
    return caught.value


class TestNetwork:
    """What stands between this computer and a host."""

    def test_any_answer_is_one_and_tells_the_time(
        self, door: probe.Door, google: LoopbackServer
    ) -> None:
        """Also one that sends elsewhere: somebody answered, and nobody else is asked."""
        google.answers = [Prepared(302, {}, {"Location": "http://127.0.0.1:1/"})]
        reached = door.knock(f"{google.url}/generate_204")
        assert reached.trouble == ""
        assert reached.date is not None
        assert abs(reached.date - datetime.now(UTC)) < timedelta(minutes=1)
        assert "Authorization" not in google.asked[0].headers

    def test_a_closed_door(self, door: probe.Door) -> None:
        """Refused at once."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        assert door.knock(f"http://127.0.0.1:{port}/").trouble == "refused"

    def test_nobody_answers(self, door: probe.Door) -> None:
        """As behind a firewall that drops."""
        with listening() as port:
            assert door.knock(f"http://127.0.0.1:{port}/", timeout_s=0.2).trouble == "timeout"

    def test_the_name_is_unknown(self, door: probe.Door, monkeypatch: pytest.MonkeyPatch) -> None:
        """As without internet."""

        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        assert door.knock("http://google.example/").trouble == "dns"

    def test_a_certificate_that_nobody_here_trusts(self, door: probe.Door, tmp_path: Path) -> None:
        """As from a proxy that inspects."""
        with serving_tls(certificate(tmp_path).context) as port:
            assert door.knock(f"https://127.0.0.1:{port}/").trouble == "certificate"

    def test_a_proxy_that_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The one that the environment names."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        outside = probe.Door()
        assert outside.knock("https://google.example/").trouble == "proxy"
        outside.close()

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("jaringan-dns", "Wi-Fi"),
            ("jaringan-timeout", "*.googleapis.com"),
            ("jaringan-refused", "google.endpoint"),
            ("jaringan-proxy", "HTTPS_PROXY"),
            ("jaringan-certificate", "Otoritas Sertifikasi Akar"),
            ("jaringan-cut", "port 443"),
        ],
    )
    def test_each_has_its_remedy(self, name: str, words: str) -> None:
        """In words of somebody who has a router, not a degree."""
        finding = network_finding(name.removeprefix("jaringan-"), "www.googleapis.com")
        assert (finding.level, finding.name) == (Level.PROBLEM, name)
        assert words in shown(finding)

    def test_a_call_that_is_cut_off_is_told_as_that(
        self, make_transport: MakeTransport, google: LoopbackServer
    ) -> None:
        """The request arrives, the answer does not."""
        google.answers = [Prepared(hang_up=True)]
        assert finding_of(failure_of(make_transport(attempts=1))).name == "jaringan-cut"


TOKENS = [
    ("token-revoked", "invalid_grant", "Token has been expired or revoked.", "In production"),
    ("token-revoked", "invalid_grant", "Bad Request", "In production"),
    (
        "token-clock",
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
        "waktu otomatis",
    ),
    ("token-key", "invalid_grant", "Invalid JWT Signature.", "Add key"),
    ("token-key", "invalid_grant", "Invalid grant: account not found", "Add key"),
    (
        "token-delegation",
        "unauthorized_client",
        "Client is unauthorized",
        "https://admin.google.com",
    ),
    ("token-delegation", "invalid_grant", "Invalid email or User ID", "https://admin.google.com"),
    ("token-client", "deleted_client", "The OAuth client was deleted.", "Aplikasi desktop"),
    ("token-other", "invalid_scope", "Invalid OAuth scope", "Buat kunci baru"),
]


@pytest.mark.parametrize(("name", "code", "sentence", "words"), TOKENS)
def test_why_a_token_is_refused(
    make_transport: MakeTransport,
    google: LoopbackServer,
    name: str,
    code: str,
    sentence: str,
    words: str,
) -> None:
    """By Google's own sentences."""
    google.token_answers = [Prepared(400, {"error": code, "error_description": sentence})]
    finding = finding_of(failure_of(make_transport(attempts=1)))
    assert (finding.level, finding.name) == (Level.PROBLEM, name)
    assert words in shown(finding)


def refused(status: int, reason: str) -> Refused:
    return Refused("Google menolak.", status=status, reasons=frozenset({reason}))


@pytest.mark.parametrize(
    ("failure", "name", "words"),
    [
        (refused(403, "accessNotConfigured"), "api-belum-aktif", "“Gmail API”"),
        (refused(403, "SERVICE_DISABLED"), "api-belum-aktif", "Enable"),
        (refused(403, "insufficientPermissions"), "izin-kurang", "Centang semua izin"),
        (refused(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "izin-kurang", "Gmail API"),
        (refused(400, "failedPrecondition"), "gmail-delegasi", "mail.via: smtp"),
        (refused(403, "forbidden"), "google-menolak", "diberi akses"),
    ],
)
def test_why_a_call_is_refused(failure: Failure, name: str, words: str) -> None:
    """Google's reasons, each with its remedy."""
    finding = finding_of(failure, api="gmail")
    assert (finding.level, finding.name) == (Level.PROBLEM, name)
    assert words in shown(finding)


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        (google_error(503), "google-sibuk", "lima menit"),
        (google_error(429), "google-sibuk", "lima menit"),
        (google_error(403, "dailyLimitExceeded"), "google-kuota", "besok"),
    ],
)
def test_what_passes_by_itself_is_a_warning(
    make_transport: MakeTransport,
    google: LoopbackServer,
    answer: Prepared,
    name: str,
    words: str,
) -> None:
    """Nobody has to do anything."""
    google.answers = [answer]
    finding = finding_of(failure_of(make_transport(attempts=1)))
    assert (finding.level, finding.name) == (Level.WARNING, name)
    assert words in shown(finding)


def test_what_a_form_does_not_say_is_not_held_against_it(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """Older forms have no publish settings (Forms API, Form.publishSettings)."""
    google.answers = [Prepared(body={"info": {"title": "Domisili"}, "linkedSheetId": "1"})]
    form = probe.form(make_transport(), "f")
    assert form == probe.Form("Domisili", (), collects_email=False, accepting=True, sheet="1")
    closed = {"publishState": {"isPublished": True}}  # what is false is left out
    google.answers = [Prepared(body={"publishSettings": closed})]
    assert not probe.form(make_transport(), "f").accepting


def test_a_published_document_is_seen(
    make_transport: MakeTransport, google: LoopbackServer
) -> None:
    """Where Google lets this account ask; else nothing is claimed."""
    google.answers = [Prepared(body={"published": True})]
    assert probe.is_published(make_transport(), "s")
    assert google.asked[-1].path.startswith("/drive/v3/files/s/revisions/head?")
    google.answers = [google_error(403, "insufficientFilePermissions")]
    assert not probe.is_published(make_transport(), "s")


@pytest.mark.parametrize(
    ("sharing", "told"), [(Prepared(body={}), ""), (google_error(403, "forbidden"), None)]
)
def test_a_published_sheet_lies_open_whatever_may_be_asked_of_its_sharing(
    make_transport: MakeTransport, google: LoopbackServer, sharing: Prepared, told: str | None
) -> None:
    """What the worker asks once a day; where neither is open, that is not claimed of what it may not ask."""
    google.answers = [sharing, Prepared(body={"published": True})]
    assert "DIPUBLIKASIKAN" in str(opened(make_transport(), "s"))
    google.answers = [sharing, google_error(403, "insufficientFilePermissions")]
    assert opened(make_transport(), "s") == told


@contextmanager
def listening() -> Iterator[int]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def serving_tls(context: ssl.SSLContext) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shake_hands() -> None:
            connection, _ = server.accept()
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

        thread = threading.Thread(target=shake_hands, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)
