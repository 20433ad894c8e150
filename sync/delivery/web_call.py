"""One call to a provider of messages over HTTP, and what may be said when no answer came.

Each call has a connection of its own: one that was kept may be gone, and then nobody knows whether it took the message.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from sync.core.hosts import is_private
from sync.delivery.system_trust import system_trust

CONNECT_TIMEOUT_S = 5.0
LONGEST_ANSWER = 1_000_000


class NotSent(Exception):
    """No connection came about: it certainly had no effect. Its text names no address."""


class AnswerLost(Exception):
    """It may have had its effect."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`told` is empty where the answer was no JSON object."""

    status: int
    told: Mapping[str, Any]


def call(
    method: str,
    url: str,
    *,
    timeout_s: float,
    content: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> Answer:
    """Raises NotSent or AnswerLost."""
    try:
        with _session(url) as session:
            response = session.request(
                method,
                url,
                json=content,
                headers=headers,
                auth=auth,
                timeout=(CONNECT_TIMEOUT_S, timeout_s),
                allow_redirects=False,
                stream=True,
            )
            response._content = response.raw.read(LONGEST_ANSWER, decode_content=True)
            return Answer(response.status_code, _object(response))
    except (requests.ConnectTimeout, ValueError) as error:
        raise NotSent(type(error).__name__) from error
    except Exception as error:
        refused = _refused(error)
        if refused:
            raise NotSent(refused) from error
        raise AnswerLost(type(error).__name__) from error


def _refused(error: Exception) -> str:
    """Why no connection came about; "" where one did, or may have: TLS breaks off with one class of error, before the
    request and after it."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if type(reason).__name__ in ("NewConnectionError", "NameResolutionError"):
        return type(reason).__name__
    cause = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    return type(cause).__name__ if isinstance(cause, ssl.SSLCertVerificationError) else ""


def _session(url: str) -> requests.Session:
    session = requests.Session()
    session.mount("https://", _SystemTrust(max_retries=0))
    session.mount("http://", HTTPAdapter(max_retries=0))
    # Neither a proxy nor somebody's .netrc may stand between us and this machine or the office's network.
    session.trust_env = not is_private(urlsplit(url).hostname or "")
    return session


class _SystemTrust(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=system_trust(), **kwargs)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, ssl_context=system_trust(), **kwargs)


def _object(response: requests.Response) -> Mapping[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
