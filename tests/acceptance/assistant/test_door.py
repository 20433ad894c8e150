"""Nobody but who sits at the computer gets into the assistant."""

import re
from pathlib import Path

import requests

from tests.acceptance.assistant.steps import OFFICE, files
from tests.assisting import Assistant


def test_nobody_without_the_key_gets_anything(assistant: Assistant) -> None:
    """Not a page, not a picture of a letter, and no form is taken, whatever cookie or host is claimed."""
    stranger = requests.Session()
    for path in ("/", "/kantor", "/google", "/gambar/alur.svg", "/cetakan/x.pdf"):
        assert stranger.get(assistant.url + path, timeout=30).status_code == 403
    assert (
        stranger.post(f"{assistant.url}/masuk", data={"kunci": "tebakan"}, timeout=30).status_code
        == 403
    )
    name = next(iter(assistant.session.cookies.keys()))
    stranger.cookies.set(name, "tebakan")
    assert stranger.post(f"{assistant.url}/kantor", data=OFFICE, timeout=30).status_code == 403
    elsewhere = {"Host": "jahat.example"}
    assert (
        assistant.session.get(assistant.url + "/", headers=elsewhere, timeout=30).status_code == 400
    )


def test_a_form_of_another_site_is_refused(assistant: Assistant, folder: Path) -> None:
    """Even with this browser's cookie: it lacks the token that our own forms carry."""
    before = files(folder)
    fields = assistant.fields("/kantor") | OFFICE
    for token in ("", "0" * 64):
        assert assistant.send("/kantor", fields | {"_token": token}).status_code == 403
    headers = {"Content-Type": "text/plain"}
    plain = assistant.session.post(
        assistant.url + "/kantor", data="x=1", headers=headers, timeout=30
    )
    assert plain.status_code == 415
    large = assistant.send("/google", fields | {"berkas": "x" * 300_000})
    assert large.status_code == 413
    assert files(folder) == before


def test_answers_carry_a_strict_policy(assistant: Assistant) -> None:
    """No script or style but our own files, nothing kept by the browser."""
    answer = assistant.get("/kantor")
    assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=", answer.text)
