"""Google's own Python client, pointed at the sandbox, for the people of these tests.

Every answer is compared with Google's bundled discovery document: a field that Google does not have, or of another
type, fails the test that received it.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google_auth_httplib2
import googleapiclient
import httplib2
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest, MediaInMemoryUpload, MediaIoBaseDownload

from sync.sandbox import accounts, oauth, server
from sync.sandbox.frame import Store

RATNA = accounts.OFFICER
WORKER = accounts.WORKER
CITRA = "citra@example.com"
DONI = "doni@example.com"

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"

LETTER = b"%PDF-1.7\r\n" + bytes(range(256)) * 40 + b"\r\n%%EOF\r\n"


@dataclass
class Google:
    """A running sandbox, and what only a test may do with it."""

    running: server.Running

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def store(self) -> Store:
        return self.running.desk.store

    def fails(self, *rules: dict[str, Any]) -> None:
        """Plans faults; none ends them."""
        self.running.desk.faults.replace(list(rules))

    def token(self, account: str) -> str:
        with self.store.write() as db:
            return oauth.issue(db, account, oauth.ALL_SCOPES)


@contextmanager
def google_at(folder: Path) -> Iterator[Google]:
    running = server.start(folder)
    try:
        yield Google(running)
    finally:
        running.stop()


def document(api: str) -> dict[str, Any]:
    text = (_DOCUMENTS / f"{api}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def service(api: str, url: str, token: str, timeout_s: float = 10) -> Any:
    """A googleapiclient service of the holder of this token, which checks every answer it executes."""
    described = document(api)
    described["rootUrl"] = url + "/"
    described.pop("mtlsRootUrl", None)
    described["baseUrl"] = described["rootUrl"] + described["servicePath"]
    plain = httplib2.Http(timeout=timeout_s)
    plain.redirect_codes = plain.redirect_codes - {308}  # as googleapiclient's own build_http does
    http = google_auth_httplib2.AuthorizedHttp(Credentials(token=token), http=plain)
    return build_from_document(described, http=http, requestBuilder=_checked(described))


def _checked(described: dict[str, Any]) -> type[HttpRequest]:
    answers = _answers(described)

    class Checked(HttpRequest):
        def execute(self, *args: Any, **named: Any) -> Any:
            answer = super().execute(*args, **named)
            schema = answers.get(self.methodId)
            if schema is not None and isinstance(answer, dict):
                assert problems(answer, schema, described["schemas"]) == []
            return answer

    return Checked


def _answers(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answer's schema by the method's id."""
    found = {
        method["id"]: method["response"]
        for method in resource.get("methods", {}).values()
        if "response" in method
    }
    for inner in resource.get("resources", {}).values():
        found |= _answers(inner)
    return found


def fetch(url: str, method: str = "GET", headers: dict[str, str] | None = None) -> Any:
    """Response and content, without a token: what a browser gets."""
    http = httplib2.Http(timeout=5)
    http.redirect_codes = http.redirect_codes - {308}
    try:
        return http.request(url, method, headers=headers)
    finally:
        http.close()


def errors(failure: HttpError) -> tuple[int, str, str]:
    """What a refusal says: HTTP status, reason, message."""
    error = json.loads(failure.content)["error"]
    return failure.status_code, error.get("errors", [{}])[0].get("reason", ""), error["message"]


def problems(
    value: Any, schema: dict[str, Any], schemas: dict[str, Any], at: str = "$"
) -> list[str]:
    """Where an answer is not what Google's discovery document promises."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"]]
    kind = schema.get("type", "any")
    if kind == "object":
        if not isinstance(value, dict):
            return [f"{at}: {value!r} is no object"]
        known = schema.get("properties", {})
        rest = schema.get("additionalProperties")
        found = []
        for name, inner in value.items():
            inner_schema = known.get(name, rest)
            if inner_schema is None:
                found.append(f"{at}.{name}: not a field of Google's")
            else:
                found += problems(inner, inner_schema, schemas, f"{at}.{name}")
        return found
    if kind == "array":
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [
            each
            for index, inner in enumerate(value)
            for each in problems(inner, schema["items"], schemas, f"{at}[{index}]")
        ]
    python: Any = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}.get(
        kind, object
    )
    wrong = not isinstance(value, python) or (kind == "integer" and isinstance(value, bool))
    return [f"{at}: {value!r} is no {kind}"] if wrong else []


def pdf(content: bytes = LETTER, **options: Any) -> MediaInMemoryUpload:
    return MediaInMemoryUpload(content, "application/pdf", **options)


def read(drive: Any, file_id: str, chunk_bytes: int = 4096) -> bytes:
    out = io.BytesIO()
    download = MediaIoBaseDownload(
        out, drive.files().get_media(fileId=file_id, supportsAllDrives=True), chunksize=chunk_bytes
    )
    done = False
    while not done:
        _, done = download.next_chunk()
    return out.getvalue()
