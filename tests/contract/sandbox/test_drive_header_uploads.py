"""Uploads in X-Goog-Upload headers, as Google's client for Ruby sends them."""

import json
from typing import Any

import httplib2
import pytest

from tests.contract.sandbox.rooms import RATNA, Google

LETTER = b"%PDF-1.7 " + bytes(700_000)


def said(google: Google, address: str, command: str, body: bytes = b"", **headers: str) -> Any:
    """One request of the protocol: (answer's headers, content). Names are given with underscores."""
    http = httplib2.Http(timeout=5)
    given = {f"X-Goog-Upload-{name.replace('_', '-')}": text for name, text in headers.items()}
    given |= {"Authorization": f"Bearer {google.token(RATNA)}", "X-Goog-Upload-Command": command}
    try:
        return http.request(address, "POST", body, given)
    finally:
        http.close()


@pytest.fixture
def session(google: Google) -> str:
    """The address of a session for surat.pdf."""
    answer, _ = said(
        google,
        f"{google.url}/upload/drive/v3/files?uploadType=resumable&fields=id,name,size,mimeType",
        "start",
        json.dumps({"name": "surat.pdf"}).encode(),
        Protocol="resumable",
        Header_Content_Length=str(len(LETTER)),
        Header_Content_Type="application/pdf",
    )
    assert (answer.status, answer["x-goog-upload-status"]) == (200, "active")
    return str(answer["x-goog-upload-url"])


def test_a_file_arrives_in_one_piece(google: Google, session: str) -> None:
    answer, content = said(google, session, "upload, finalize", LETTER, Offset="0")
    assert answer["x-goog-upload-status"] == "final"
    told = json.loads(content)
    assert (told["name"], told["size"], told["mimeType"]) == (
        "surat.pdf",
        str(len(LETTER)),
        "application/pdf",
    )


def test_an_upload_goes_on_where_it_stopped(google: Google, session: str) -> None:
    """`query` tells how much has arrived; asked again after its end, the session gives the same file."""
    half = 512 * 1024
    answer, _ = said(google, session, "upload", LETTER[:half], Offset="0")
    assert answer["x-goog-upload-status"] == "active"
    answer, _ = said(google, session, "query")
    assert answer["x-goog-upload-size-received"] == str(half)
    _, first = said(google, session, "upload, finalize", LETTER[half:], Offset=str(half))
    _, again = said(google, session, "upload, finalize", LETTER[half:], Offset=str(half))
    assert json.loads(first)["size"] == str(len(LETTER))
    assert json.loads(first) == json.loads(again)


def test_an_unknown_command_is_refused(google: Google, session: str) -> None:
    answer, content = said(google, session, "sing")
    assert (answer.status, json.loads(content)["error"]["code"]) == (400, 400)
