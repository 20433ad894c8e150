"""Every call to Google goes through here: one session, one bounded retry, one place where errors become ours.

Promise: a call ends after `attempts` tries, whatever Google answers; no other layer retries. A write whose answer
was lost may have been applied, and is then repeated: callers' writes are idempotent or read back. The libraries'
faces are in sheets_client.py (gspread) and services.py (googleapiclient).
"""

import email.utils
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import google.auth.transport
import google.auth.transport.requests
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from requests.adapters import HTTPAdapter

from sync.core.outcomes import TryAgain
from sync.google.credentials import is_on_loopback
from sync.google.pace import CALLS_A_MINUTE, Pace
from sync.google.refusals import NETWORK, SIGN_IN, failure_of, read_answer

HOSTS = frozenset(
    {
        "sheets.googleapis.com",
        "www.googleapis.com",
        "gmail.googleapis.com",
        "forms.googleapis.com",
        "drive.googleapis.com",
    }
)
CONNECT_TIMEOUT_S = 5.0
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 64.0
_CONNECTIONS = 16

_Lost = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class Transport:
    """Thread-safe. `calls` and `bytes` count what went over the wire since it was made, attempts included; `lost` those
    attempts that no answer came to."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        endpoint: str = "",
        timeout_s: float = 60,
        attempts: int = 5,
        calls_a_minute: int = CALLS_A_MINUTE,
        reserve: Callable[[str], float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if endpoint and not is_on_loopback(endpoint):
            raise ValueError("another Google is accepted on this machine only")
        if attempts < 1:
            raise ValueError("at least one attempt")
        self.credentials = credentials
        self.endpoint = endpoint.rstrip("/")
        self.calls = 0
        self.bytes = 0
        self.lost = 0
        self._timeout = (CONNECT_TIMEOUT_S, timeout_s)
        self._attempts = attempts
        self._sleep, self._clock, self._jitter = sleep, clock, jitter
        direct = bool(endpoint)
        self._tokens = _TokenRequest(plain_session(requests.Session(), direct))
        authorized: Any = google.auth.transport.requests.AuthorizedSession
        self._session: requests.Session = plain_session(
            authorized(credentials, max_refresh_attempts=1, auth_request=self._tokens), direct
        )
        self._pace = Pace(calls_a_minute, sleep=sleep, reserve=reserve)
        self._counting = threading.Lock()
        self._signing_in = threading.Lock()

    def pause(self, seconds: float) -> None:
        """Before the same question is asked again."""
        self._sleep(seconds)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Any = None,
        json: Any = None,
        data: bytes | str | None = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
    ) -> requests.Response:
        """An answer below 300. Raises TryAgain or Refused when no attempt brought one.

        `repeatable=False`: a call that does harm when applied twice is not sent again once it may have been
        applied; the caller looks what came of it.
        """
        target = self.at_endpoint(url)
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                self._sign_in()
                self._pace.wait(method, target)
                response = self._session.request(
                    method,
                    target,
                    params=params,
                    json=json,
                    data=data,
                    files=files,
                    headers=dict(headers or {}),
                    timeout=self._timeout,
                    allow_redirects=False,
                )
            except (*_Lost, GoogleAuthError) as error:
                self._count(0, lost=isinstance(error, _Lost))
                if isinstance(error, RefreshError) and not error.retryable:
                    raise TryAgain(SIGN_IN, detail=type(error).__name__) from error
                may_be_applied = isinstance(error, _Lost) and not repeatable
                if last or may_be_applied:
                    raise TryAgain(NETWORK, detail=type(error).__name__) from error
                self._sleep(self._wait_s(attempt, None))
                continue
            except requests.RequestException as error:  # an address or header that can't be sent
                raise TryAgain(NETWORK, detail=type(error).__name__) from error
            self._count(_size(response))
            if response.status_code < 300:
                return response
            answer = read_answer(response.status_code, response.content)
            asked_s = self._asked_s(response.headers.get("Retry-After"))
            may_be_applied = answer.status >= 500 and not repeatable
            too_long = asked_s is not None and asked_s > LONGEST_WAIT_S
            if last or too_long or may_be_applied or not answer.may_pass:
                raise failure_of(answer, asked_s)
            self._sleep(self._wait_s(attempt, asked_s))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def at_endpoint(self, url: str) -> str:
        """The same path at `endpoint`, when one is set. Only Google's own hosts are ever called."""
        parts = urlsplit(url)
        if self.endpoint:
            if url.startswith(self.endpoint + "/"):
                return url
            if parts.hostname in HOSTS:
                return self.endpoint + parts.path + (f"?{parts.query}" if parts.query else "")
        elif parts.scheme == "https" and parts.hostname in HOSTS:
            return url
        raise ValueError(f"not an address of Google: {parts.scheme}://{parts.hostname}")

    def close(self) -> None:
        self._session.close()
        self._tokens.session.close()

    def _sign_in(self) -> None:
        # One thread fetches the token, the others wait for it instead of fetching their own.
        if not self.credentials.valid:
            with self._signing_in:
                if not self.credentials.valid:
                    self.credentials.refresh(self._tokens)  # type: ignore[no-untyped-call]

    def _wait_s(self, attempt: int, asked_s: float | None) -> float:
        if asked_s is not None:
            return asked_s
        ceiling = min(FIRST_WAIT_S * 2.0**attempt, LONGEST_WAIT_S)
        return ceiling * (0.5 + self._jitter() / 2)

    def _asked_s(self, header: str | None) -> float | None:
        """Retry-After: seconds, or an HTTP date."""
        if not header:
            return None
        if header.strip().isdigit():
            return float(header)
        try:
            moment = email.utils.parsedate_to_datetime(header)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock()).total_seconds())

    def _count(self, size_bytes: int, *, lost: bool = False) -> None:
        with self._counting:
            self.calls += 1
            self.bytes += size_bytes
            self.lost += lost


class _TokenRequest(google.auth.transport.requests.Request):
    """Fetches tokens. A passing fault is raised at once: google-auth would else retry inside our retry."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = (CONNECT_TIMEOUT_S, 30)
        response: Any = super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]
        if response.status == 429 or response.status >= 500:
            raise TransportError(f"token: HTTP {response.status}")  # type: ignore[no-untyped-call]
        return response


def plain_session(session: Any, direct: bool) -> Any:
    """No retries of its own, no cookies, the system's trusted certificates (offices behind a proxy that inspects)."""
    session.mount("https://", _adapter())
    session.mount("http://", HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0))
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if direct:
        session.trust_env = False  # a proxy must not stand between us and this machine
    return session


def _adapter() -> HTTPAdapter:
    try:
        import ssl

        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except (
        ImportError,
        NotImplementedError,
        OSError,
    ):  # no trust store to ask: certifi's list serves
        return HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=0)
    return _SystemTrust(context)


class _SystemTrust(HTTPAdapter):
    def __init__(self, context: Any) -> None:
        self._context = context
        super().__init__(pool_maxsize=_CONNECTIONS, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, ssl_context=self._context, **kwargs)


def _size(response: requests.Response) -> int:
    """Bytes of the two bodies as they went over the wire."""
    body = response.request.body
    sent = len(body) if isinstance(body, (bytes, str)) else 0
    return sent + int(response.raw.tell())
