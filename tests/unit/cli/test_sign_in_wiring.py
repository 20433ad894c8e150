"""Whether the worker mails links into the dashboard, as settings.yaml says."""

from pathlib import Path
from threading import Event

import pytest

from sync.cli.root import Root
from sync.cli.sign_in_wiring import sign_in_mails
from sync.cli.wiring import assembled

SITE = "site: {url: 'https://layanan.contoh.go.id/'}\noffice: {email: surat@contoh.go.id}\n"
PEOPLE = "dashboard:\n  people: [{address: kepala@contoh.go.id, role: head, name: Ibu Kepala}]\n"


@pytest.mark.parametrize(("text", "sends"), [(SITE, False), (SITE + PEOPLE, True)])
def test_links_are_mailed_where_there_are_people(tmp_path: Path, text: str, *, sends: bool) -> None:
    (tmp_path / "settings.yaml").write_text(text, encoding="utf-8")
    with assembled(Root(tmp_path), Event()) as wiring:
        assert (sign_in_mails(wiring) is not None) == sends
