"""Prefilled links: the applicant's mended answer carries its reference."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from sync.google.forms import Forms
from sync.google.transport import Transport
from tests.fakes.loopback_http import LoopbackServer, Prepared

FORM = {
    "formId": "f",
    "responderUri": "https://docs.google.com/forms/d/e/abc/viewform",
    "items": [
        {"title": "Bagian 1", "pageBreakItem": {}},
        {"title": "Nama Lengkap", "questionItem": {"question": {"questionId": "1f"}}},
        {"title": "No. Permohonan", "questionItem": {"question": {"questionId": "7fffffff"}}},
    ],
}


def test_a_link_opens_the_form_with_answers_filled_in(
    make_transport: Callable[..., Transport], google: LoopbackServer
) -> None:
    """Question ids are hexadecimal in the API and decimal in links."""
    google.answers = [Prepared(body=FORM)]
    link = Forms(make_transport()).prefilled_link(
        "f", {"no. permohonan:": "SKD-26-0004F7", "Nama Lengkap": "Citra & Doni", "Umur": "9"}
    )

    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == FORM["responderUri"]
    assert parse_qs(parts.query) == {
        "usp": ["pp_url"],
        "entry.2147483647": ["SKD-26-0004F7"],
        "entry.31": ["Citra & Doni"],
    }


def test_a_form_is_asked_once(
    make_transport: Callable[..., Transport], google: LoopbackServer
) -> None:
    """A hundred messages a day are no reason for a hundred look-ups."""
    google.answers = [Prepared(body=FORM)]
    forms = Forms(make_transport())
    forms.prefilled_link("f", {})
    assert forms.questions("f") == {"Nama Lengkap": "1f", "No. Permohonan": "7fffffff"}
    assert len(google.asked) == 1
