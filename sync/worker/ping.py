"""A dead man's switch: an address that is called after every round that went well. Whoever watches it rings when the
calls stop, also when this PC is off. Never raises. The address is a secret: it is never logged.
"""

import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sync.core.hosts import is_loopback
from sync.delivery.system_trust import system_trust

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
TIMEOUT_S = 10.0


class Ping:
    """`url` "" calls nobody."""

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        self._url = url
        self._clock = clock
        self._called_at: datetime | None = None

    def after_a_good_round(self) -> None:
        at = self._clock()
        early = self._called_at is not None and timedelta(0) <= at - self._called_at < EVERY
        if not self._url or early:
            return
        self._called_at = at
        try:
            with _opener(self._url).open(self._url, timeout=TIMEOUT_S):
                pass
        except urllib.error.HTTPError as error:
            error.close()
            log.warning("ping: HTTP %d", error.code)
        except Exception as error:  # its text may hold the address
            log.warning("ping: %s", type(error).__name__)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None  # the answer is a refusal then, and the secret goes nowhere else


def _opener(url: str) -> urllib.request.OpenerDirector:
    handlers: list[urllib.request.BaseHandler] = [_NoRedirects()]
    if is_loopback(urlsplit(url).hostname or ""):
        handlers.append(urllib.request.ProxyHandler({}))
    else:
        handlers.append(urllib.request.HTTPSHandler(context=system_trust()))
    return urllib.request.build_opener(*handlers)
