"""The way through the assistant, as a browser without scripts goes it."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import requests

from tests.assisting import SMTP, Assistant, ConsentPage, LocalGoogle

OFFICE = {
    "office.government": "Pemerintah Kabupaten Berau",
    "office.city": "Tanjung Redeb",
    "office.email": SMTP[0],
    "office.head.name": "Hj. Siti Aminah, S.Sos.",
}


def told(answer: requests.Response) -> str:
    """What the page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def files(folder: Path) -> dict[str, bytes]:
    """What an office would call its own, and the secrets; not locks and logs."""
    kept = [*folder.glob("*.yaml"), *folder.rglob("workflows/*"), *folder.glob("data/keys/*")]
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in kept
        if file.is_file() and file.name != "asisten.txt"
    }


def to_google(assistant: Assistant, google: LocalGoogle) -> None:
    """Up to Google access, by a service account: the quickest of the three ways."""
    assistant.submit("/selamat-datang")
    assistant.submit("/kantor", **OFFICE)
    answer = assistant.submit("/google?cara=layanan", "kunci", berkas=google.key("worker.json"))
    assert answer.ok, told(answer)


def look_at(assistant: Assistant, link: str, form: str = "") -> requests.Response:
    return assistant.submit("/sheet", "lihat", tautan=link, formulir=form)


def to_sheet(assistant: Assistant, google: LocalGoogle, form: dict[str, Any]) -> None:
    to_google(assistant, google)
    seen = look_at(assistant, form["spreadsheetUrl"])
    answer = assistant.submit(seen.url.removeprefix(assistant.url), "pakai")
    assert answer.url.endswith("/layanan"), told(answer)


def to_service(assistant: Assistant, google: LocalGoogle, form: dict[str, Any]) -> None:
    to_sheet(assistant, google, form)
    answer = assistant.submit("/layanan?pilih=domisili", "pakai")
    assert answer.url.endswith("/email"), told(answer)


def to_mail(assistant: Assistant, google: LocalGoogle, form: dict[str, Any]) -> None:
    to_service(assistant, google, form)
    answer = sign_in_to_mail(assistant, google, SMTP[1])
    assert answer.url.endswith("/surat"), told(answer)


def sign_in_to_mail(assistant: Assistant, google: LocalGoogle, password: str) -> requests.Response:
    host, port = google.smtp.split(":")
    return assistant.submit(
        "/email",
        "smtp",
        **{
            "mail.host": host,
            "mail.port": port,
            "mail.security": "none",
            "mail.user": SMTP[0],
            "password": password,
        },
    )


def give_consent(assistant: Assistant, consent: ConsentPage, **more: str) -> requests.Response:
    """The client's file, the consent page, and back."""
    asked = assistant.submit(
        "/google?cara=oauth", "client", berkas=json.dumps(consent.client), **more
    )
    return back_from(asked, assistant)


def back_from(asked: requests.Response, assistant: Assistant) -> requests.Response:
    """Through the consent page that the answer leads to."""
    link = re.search(r'href="([^"]+/auth\?[^"]+)"', asked.text)
    assert link, told(asked)
    page = requests.get(unescape(link[1]), timeout=30).text
    back = re.search(r'href="([^"]+)"', page)
    assert back
    return assistant.session.get(unescape(back[1]), timeout=60)
