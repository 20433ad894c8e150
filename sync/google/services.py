"""googleapiclient's face of the transport: services built from the bundled descriptions, no look-up, no httplib2.

Every request, uploads included, takes the transport's one path; its errors are ours already when they come here.
"""

import json
import threading
from typing import Any

from sync.google.transport import Transport

_made = threading.Lock()


class _Answer(dict[str, str]):
    """What googleapiclient reads of an httplib2 answer."""

    def __init__(self, status: int, reason: str, headers: dict[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})
        self.status = status
        self.reason = reason


class _Http:
    """httplib2's shape, as much of it as googleapiclient uses. Holds no connection: safe in any thread."""

    redirect_codes: frozenset[int] = frozenset()

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        **_: Any,
    ) -> tuple[_Answer, bytes]:
        sent = {
            name: value
            for name, value in (headers or {}).items()
            if name.lower() not in ("content-length", "user-agent", "accept-encoding")
        }
        response = self._transport.request(method, uri, data=body, headers=sent)
        answer = _Answer(response.status_code, response.reason or "", dict(response.headers))
        return answer, response.content

    def close(self) -> None:
        """The transport is closed by who made it."""


def build_service(transport: Transport, name: str) -> Any:
    """`name` as the bundled description is called: "drive.v3", "gmail.v1", "forms.v1"."""
    with _made:  # loading a description is not thread-safe work
        from googleapiclient.discovery import build_from_document
        from googleapiclient.discovery_cache import get_static_doc

        service, _, version = name.partition(".")
        document = json.loads(get_static_doc(service, version))
        document.pop("mtlsRootUrl", None)
        if transport.endpoint:
            document["rootUrl"] = transport.endpoint + "/"
            document["baseUrl"] = document["rootUrl"] + document["servicePath"]
        return build_from_document(document, http=_Http(transport))
