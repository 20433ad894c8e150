"""gspread's face of the transport: its methods for values, our retry, our errors."""

from collections.abc import Mapping, MutableMapping
from typing import Any

import gspread
import requests

from sync.google.transport import Transport


class SheetsClient(gspread.HTTPClient):
    """A gspread client that never sends anything itself."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport.credentials, session=requests.Session())
        self._transport = transport

    def request(
        self,
        method: str,
        endpoint: str,
        params: MutableMapping[str, Any] | None = None,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        files: Any = None,
        headers: MutableMapping[str, str] | None = None,
    ) -> requests.Response:
        return self._transport.request(
            method.upper(),
            endpoint,
            params=params,
            data=data,
            json=json,
            files=files,
            headers=headers,
        )
